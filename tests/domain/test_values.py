"""Spans, turns and findings keep their promises."""

from __future__ import annotations

import doctest
import pickle
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain import spans
from auditor.domain.calls import Speaker
from auditor.domain.findings import (
    ClauseRef,
    Evidence,
    Finding,
    How,
    Kind,
    Match,
    Outcome,
    Severity,
    Status,
)
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.domain.transcripts import Turn, Word
from auditor.errors import AudioError, AuditorError, PolicyError, Problem

_TEXT = "请您今天还款，谢谢"


def make_turn(text: str = _TEXT, *, timed: bool = False) -> Turn:
    """A turn from 1 s to 3 s, with or without a word for every two characters."""
    words: tuple[Word, ...] = ()
    if timed:
        pieces = [text[i : i + 2] for i in range(0, len(text), 2)]
        step = 2000 // max(1, len(pieces))
        words = tuple(
            Word(piece, TimeSpan(1000 + i * step, 1000 + (i + 1) * step))
            for i, piece in enumerate(pieces)
        )
    return Turn(index=0, speaker=Speaker.AGENT, text=text, time=TimeSpan(1000, 3000), words=words)


def make_finding(text: str = "还款") -> Finding:
    """A finding that quotes a turn."""
    start = _TEXT.index(text)
    span = CharSpan(start, start + len(text))
    evidence = Evidence(3, TimeSpan(0, 10), Speaker.AGENT, _TEXT, (Match(text, span, How.LEXICON),))
    return Finding(
        call_id="C1",
        agent_id="A1",
        kind=Kind.VIOLATION,
        rule_id="threat.exposure",
        rule_version=1,
        title="标题",
        status=Status.STABLE,
        outcome=Outcome.FAIL,
        severity=Severity.MAJOR,
        weight=10,
        clauses=(ClauseRef("文件", "第1条", "V1"),),
        confidence=0.9,
        explanation="说明",
        evidence=evidence,
    )


def test_examples_in_docstrings_hold() -> None:
    """The doctests of the span types pass."""
    assert doctest.testmod(spans).failed == 0


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2), (-2, -1)])
def test_a_span_is_never_backwards_or_negative(start: int, end: int) -> None:
    """Impossible ranges are refused."""
    with pytest.raises(ValueError, match="not a range"):
        CharSpan(start, end)
    with pytest.raises(ValueError, match="not a range"):
        TimeSpan(start, end)


@given(st.data(), st.booleans())
def test_time_of_characters_lies_inside_the_turn_and_grows(
    data: st.DataObject, timed: bool
) -> None:
    """Later characters are never said earlier, and nothing is said outside its turn."""
    turn = make_turn(timed=timed)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(turn.text)), min_size=4, max_size=4)))
    first, second = CharSpan(cuts[0], cuts[1]), CharSpan(cuts[2], cuts[3])
    one, two = turn.time_of(first), turn.time_of(second)
    for time in (one, two):
        assert turn.time.start_ms <= time.start_ms <= time.end_ms <= turn.time.end_ms
    if cuts[0] < cuts[1] and cuts[2] < cuts[3]:
        assert one.start_ms <= two.start_ms
        assert one.end_ms <= two.end_ms


def test_words_that_do_not_spell_the_text_are_not_trusted_for_times() -> None:
    """Times fall back to an even share when words and text differ."""
    turn = replace(make_turn(timed=True), text="完全不同的文字内容啊")
    assert turn.time_of(CharSpan(0, 5)) == TimeSpan(1000, 2000)


@pytest.mark.parametrize(
    "change", [{"rule_version": 2}, {"severity": Severity.MINOR}, {"explanation": "别的"}]
)
def test_finding_identity_survives_a_new_rule_version(change: dict[str, object]) -> None:
    """A verdict stays attached when the rule's version, severity or wording changes."""
    assert replace(make_finding(), **change).finding_id == make_finding().finding_id  # type: ignore[arg-type]


def test_finding_identity_differs_by_words_call_and_rule() -> None:
    """Different words, calls or rules are different findings."""
    base = make_finding()
    others = [
        make_finding("今天"),
        replace(base, call_id="C2"),
        replace(base, rule_id="abuse.insult"),
        replace(base, occurrence=1),
    ]
    assert len({finding.finding_id for finding in [base, *others]}) == 5


@pytest.mark.parametrize(
    ("status", "outcome", "counts"),
    [
        (Status.STABLE, Outcome.FAIL, True),
        (Status.TRIAL, Outcome.FAIL, False),
        (Status.STABLE, Outcome.UNDETERMINED, False),
        (Status.TRIAL, Outcome.UNDETERMINED, False),
        (Status.DRAFT, Outcome.FAIL, False),
        (Status.RETIRED, Outcome.FAIL, False),
    ],
)
def test_only_stable_failures_count(status: Status, outcome: Outcome, *, counts: bool) -> None:
    """Trial rules and open checks never reach a score."""
    assert replace(make_finding(), status=status, outcome=outcome).counts is counts


@pytest.mark.parametrize(
    "error",
    [
        AuditorError("text", Problem("a.csv:3", "bad_value", "message")),
        PolicyError("text", Problem("x", "y", "z"), Problem("x2", "y2", "z2")),
        AudioError("empty_file", "the recording has no bytes"),
    ],
)
def test_errors_travel_between_processes(error: AuditorError) -> None:
    """An error that crossed a process border still says the same."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.exit_code == error.exit_code
