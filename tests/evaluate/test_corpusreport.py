"""The report on labelled calls counts right, prints no text and fails for copies across splits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from auditor.domain.findings import Category, Disclosure
from auditor.evaluate.agreement import agreement, cohens_kappa
from auditor.evaluate.corpus import read_batches
from auditor.evaluate.corpuscheck import oddities
from auditor.evaluate.corpusreport import main
from auditor.evaluate.corpusstats import part
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.vocabulary import vocabularies

from .conftest import call, plain_call, write_corpus

ABUSE, THREAT = Category.ABUSE, Category.THREAT
NOTICE = Disclosure.RECORDING_NOTICE
GUILTY = call(
    "b001-01",
    "A: {institution_identity, act:apology} 您好，海岱银行信用卡中心。",
    "C: {cue:hardship, cue:dispute} 我下岗了，这笔账也不对。",
    "A: {!threat~, !abuse} 孩子上学的事你自己掂量，没出息。",
    "C: {cue:hardship} 我真的没钱。",
    "A: {!threat} 那我们上门找你。",
).replace("person: debtor", "person: third_party, debtor@3")
INNOCENT = call(
    "b001-02", "A: {institution_identity, recording_notice} 您好，通话会录音。", "C: 好。"
).replace("omitted: recording_notice", "omitted:")
OTHER = plain_call("b002-01", "喂，请问是哪里呀？", "我是隔壁老王介绍来的。")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two calls for training, one for testing."""
    return write_corpus(
        tmp_path / "corpus", {"b001": ("training", GUILTY + INNOCENT), "b002": ("test", OTHER)}
    )


def report(corpus: Path, status: int = 0) -> dict[str, Any]:
    """The report as JSON values."""
    done = CliRunner().invoke(main, [str(corpus), "--json"])
    assert done.exit_code == status, done.output
    read: dict[str, Any] = json.loads(done.stdout)
    return read


def test_calls_turns_and_labels_are_counted_by_split_and_batch(corpus: Path) -> None:
    """A veiled turn counts as a turn too; a call counts once for a category."""
    made = report(corpus)
    training, test, everything = made["splits"]
    assert [one["name"] for one in made["splits"]] == ["training", "test", "all"]
    assert [one["calls"] for one in made["splits"]] == [2, 1, 3]
    assert [one["turns"] for one in made["splits"]] == [7, 2, 9]
    assert training["categories"] == {
        "abuse": {"calls": 1, "veiled_calls": 0, "turns": 1, "veiled": 0},
        "threat": {"calls": 1, "veiled_calls": 1, "turns": 2, "veiled": 1},
    }
    assert training["calls_with_cue"] == {"dispute": 1, "hardship": 1}
    assert training["calls_with_act"] == {"apology": 1}
    assert training["omitted"] == {"recording_notice": 1}
    assert training["person"] == {"debtor": 2, "third_party": 1}
    assert training["calls_with_change_of_person"] == 1
    assert training["turns_per_call"] == {"least": 2, "middle": 3.5, "most": 5}
    assert everything["calls_without_violation"] == 2
    assert (test["calls_without_omission"], training["calls_without_either"]) == (0, 1)
    assert [(one["name"], one["split"]) for one in made["batches"]] == [
        ("b001", "training"),
        ("b002", "test"),
    ]


def test_no_word_of_any_call_is_printed(corpus: Path) -> None:
    """The test split stays closed, in the table and as JSON; also where it has a copy."""
    (corpus / "splits.csv").write_text(
        "batch,split\nb001,training\nb002,test\nb003,test\n", encoding="utf-8"
    )
    copy = OTHER.replace("b002", "b003") + GUILTY.replace("b001", "b003").replace("-01", "-02")
    (corpus / "calls" / "b003.txt").write_text(copy, encoding="utf-8")
    for options in ([], ["--json"]):
        done = CliRunner().invoke(main, [str(corpus), *options])
        assert done.exit_code == 1
        assert "b003-02" in done.output
        for words in ("老王", "掂量", "海岱", "everything away"):
            assert words not in done.output


def test_a_broken_batch_is_left_out_and_said(corpus: Path) -> None:
    """Status 3, the others are counted."""
    path = corpus / "calls" / "b002.txt"
    path.write_text(OTHER + "=== x\nnothing known: 1\n", encoding="utf-8")
    made = report(corpus, status=3)
    assert [one["name"] for one in made["splits"]] == ["training", "all"]
    assert "b002.txt" in made["left_out"][0]


def test_a_second_labelling_and_a_rereading_are_read_where_they_are(corpus: Path) -> None:
    """Without them the report says so; with them it shows agreement and the share relabelled."""
    assert report(corpus)["agreement"] == report(corpus)["relabelled"] == []
    (corpus / "second").mkdir()
    rows = [
        {"call_id": "b001-01", "violations": [{"category": "threat", "segment": 2}]},
        {"call_id": "b001-02", "violations": []},
    ]
    table = corpus / "second" / "anna.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (corpus / "relabelled.csv").write_text(
        "batch,turns_read,turns_changed,by what\nb001,100,2,wrong cue\nb002,50,1,\n", "utf-8"
    )
    made = report(corpus)
    (anna,) = made["agreement"]
    assert anna["score"]["calls"] == 2
    assert anna["score"]["violations"]["f1"] == pytest.approx(2 / 3)
    assert anna["kappa"] == {"abuse": 0.0, "threat": 1.0, "recording_notice": 0.0}
    assert made["relabelled"][0] == {"batch": "b001", "turns_read": 100, "turns_changed": 2}
    lines = CliRunner().invoke(main, [str(corpus)]).output
    assert "reread: 150 turns, relabelled 0.020" in lines
    assert "second labelling anna: 2 calls" in lines


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("second/x.jsonl", '{"call_id": "b009-01", "violations": []}\n'),
        ("second/x.jsonl", '{"call_id": "b001-01", "violations": []}\n' * 2),
        ("second/x.jsonl", '{"call_id": "b001-01", "violations": [{"category": "x"}]}\n'),
        ("relabelled.csv", "batch,turns_read,turns_changed\nb001,10,11\n"),
        ("relabelled.csv", "batch,turns_read,turns_changed\nb001,ten,1\n"),
        ("relabelled.csv", "batch,turns\nb001,10\n"),
    ],
)
def test_wrong_second_labels_and_rereadings_are_refused(corpus: Path, name: str, text: str) -> None:
    """Unknown or repeated calls, unknown categories, impossible numbers."""
    path = corpus / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, [str(corpus)])
    assert done.exit_code == 2
    assert path.name in done.output


def test_words_that_training_does_not_have_are_counted(corpus: Path) -> None:
    """Different ones and running ones; marks are no words."""
    batches = read_batches(corpus)
    training, test = vocabularies(batches, list)
    assert training.unseen.part == 0
    known = {c for s in batches[0].scripts for line in s.lines for c in line.text if c.isalnum()}
    said = [c for s in batches[1].scripts for line in s.lines for c in line.text if c.isalnum()]
    assert test.running == len(said)
    assert test.unseen_running.part == sum(char not in known for char in said)
    assert test.unseen.part == len(set(said) - known)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("C: {!abuse} 你滚。", "turn 1: a label of the agent"),
        ("C: {recording_notice} 在录音吧。", "turn 1: a label of the agent"),
        ("A: {cue:hardship} 您有困难。", "turn 1: a customer's cue"),
        ("A: 再见。", "recording_notice is omitted and not required"),
    ],
)
def test_labels_that_contradict_each_other_are_named(tmp_path: Path, line: str, found: str) -> None:
    """Who can violate, disclose and give cues, and what can be omitted."""
    text = call("b001-01", "A: {institution_identity} 您好。", line)
    if "not required" in found:
        text = text.replace("institution_identity recording_notice\n", "institution_identity\n")
    corpus = write_corpus(tmp_path, {"b001": ("training", text)})
    (odd,) = oddities(read_batches(corpus)[0].scripts)
    assert found in str(odd)


def test_a_required_disclosure_is_made_or_omitted(tmp_path: Path) -> None:
    """Neither is a label forgotten; the plain call forgets one."""
    corpus = write_corpus(tmp_path, {"b001": ("training", GUILTY + plain_call("b001-09", "喂？"))})
    (odd,) = oddities(read_batches(corpus)[0].scripts)
    assert str(odd) == "b001-09: institution_identity is required, not made, not omitted"


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60))
def test_kappa_is_cohens(marks: list[tuple[bool, bool]]) -> None:
    """As scikit-learn computes it; undefined where both said the same of every call."""
    cells = [marks.count(pair) for pair in ((True, True), (True, False), (False, True))]
    made = cohens_kappa(*cells, marks.count((False, False)))
    if len({mark for pair in marks for mark in pair}) == 1:
        assert made is None
    else:
        first, second = zip(*marks, strict=True)
        assert made == pytest.approx(cohen_kappa_score(first, second), abs=1e-12)


def test_agreement_is_the_same_both_ways_round() -> None:
    """F1 and kappa do not ask who was first; calls only one labelled are left out."""
    one = [LabelledCall("a", frozenset({(ABUSE, 1)}), frozenset({NOTICE})), LabelledCall("b")]
    two = [
        LabelledCall("b", frozenset({(ABUSE, 3)})),
        LabelledCall("a", frozenset({(ABUSE, 2), (THREAT, 1)})),
        LabelledCall("c", frozenset({(THREAT, 3)})),
    ]
    there, back = agreement("x", one, two), agreement("x", two, one)
    assert there is not None
    assert back is not None
    assert there.kappa == back.kappa
    assert there.score.violations.f1 == back.score.violations.f1
    assert there.score.calls == 2
    assert agreement("x", one[:1], two[:1]) is None


def test_the_projects_own_labels_do_not_contradict_each_other() -> None:
    """In the batches for training, which everybody may read."""
    own = Path(__file__).resolve().parents[2] / "models" / "corpus"
    scripts = [s for b in read_batches(own, "training", lambda _: None) for s in b.scripts]
    assert part("training", scripts).calls == len(scripts) >= 500
    assert oddities(scripts) == ()
