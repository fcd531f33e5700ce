"""A second labeller sees whom the dialler called and what was said, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.calls import Callee
from auditor.errors import UsageError
from auditor.evaluate.blind import choose, main
from auditor.evaluate.corpus import read_batches
from auditor.ingest.scripts import Script
from auditor.ingest.transcripts import read_transcript

from .conftest import INNOCENT, call, plain_call, write_corpus

LABELLED = call(
    "b002-01",
    "A: {institution_identity, act:apology} 您好，海岱银行。",
    "C: {cue:hardship} 我下岗了。",
    "A: {!threat~, !abuse} 那你孩子上学的事，你自己掂量。",
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """One labelled call of the test split, and ten plain ones for training."""
    plain = "".join(plain_call(f"b001-{n:02}", *INNOCENT) for n in range(10))
    return write_corpus(
        tmp_path / "corpus", {"b001": ("training", plain), "b002": ("test", LABELLED)}
    )


def blind(corpus: Path, out: Path, *options: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(main, [str(corpus), "--out", str(out), *options])


def test_no_label_title_or_name_is_in_the_copy(corpus: Path, tmp_path: Path) -> None:
    """Neither in the transcript nor in the text to be read."""
    done = blind(corpus, tmp_path / "out", "--split", "test", "--count", "1")
    assert done.exit_code == 0, done.output
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {path.name for path in written} == {"calls.txt", "b002-01.json"}
    forbidden = ["threat", "abuse", "hardship", "apology", "title", "recording_notice"]
    forbidden += ["institution", "马骁", "everything away", "overdue", "{", "!"]
    for path in written:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            text = json.dumps(json.loads(text), ensure_ascii=False).replace("{", "")
        assert not [word for word in forbidden if word in text]


def test_the_turns_are_whole_and_numbered_from_0(corpus: Path, tmp_path: Path) -> None:
    """The number before a turn is the segment a label names."""
    blind(corpus, tmp_path / "out", "--call", "b002-01")
    transcript = read_transcript(tmp_path / "out" / "transcripts" / "b002-01.json")
    assert transcript.call.callee is Callee.DEBTOR
    assert [turn.text for turn in transcript.turns] == [
        "您好，海岱银行。",
        "我下岗了。",
        "那你孩子上学的事，你自己掂量。",
    ]
    lines = (tmp_path / "out" / "calls.txt").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "=== b002-01  外呼对象：债务人"
    assert lines[3] == "  2 坐席：那你孩子上学的事，你自己掂量。"


def test_the_terminal_shows_no_text(corpus: Path, tmp_path: Path) -> None:
    """Text of the test split goes to the labeller's folder only."""
    done = blind(corpus, tmp_path / "out", "--split", "test", "--count", "1")
    assert "海岱" not in done.output


@pytest.mark.parametrize(
    "options",
    [
        ("--split", "test", "--count", "2"),
        ("--call", "b999-01"),
        ("--call", "b001-01", "--split", "test"),
        ("--call", "b001-01", "--count", "1"),
        (),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    corpus: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    """Too many, unknown ids, both ways or none: status 2 and no folder."""
    done = blind(corpus, tmp_path / "out", *options)
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_the_draw_depends_on_the_seed_alone(corpus: Path) -> None:
    """Equal seeds draw the same calls, others others."""
    (batch,) = read_batches(corpus, "training")
    draws = [[s.call_id for s in choose(batch.scripts, 5, seed)] for seed in (1, 1, 2, 3)]
    assert draws[0] == draws[1]
    assert len({tuple(draw) for draw in draws}) == 3
    with pytest.raises(UsageError):
        choose(batch.scripts, 11, 1)


@given(st.sets(st.integers(0, 500), min_size=1), st.integers(), st.data())
def test_a_draw_has_no_call_twice_and_calls_written_later_displace_only(
    numbers: set[int], seed: int, data: st.DataObject
) -> None:
    """Of a larger corpus the draw keeps every call drawn before that new ones do not push out."""
    scripts = [Script(f"c-{n}", {}, ()) for n in sorted(numbers)]
    count = data.draw(st.integers(1, len(scripts)))
    drawn = [s.call_id for s in choose(scripts, count, seed)]
    assert len(set(drawn)) == count
    new = [Script(f"n-{n}", {}, ()) for n in range(3)]
    later = [s.call_id for s in choose([*scripts, *new], count, seed)]
    kept = [one for one in later if one.startswith("c-")]
    assert kept == drawn[: len(kept)]
