"""Confusion, calibration and the list of errors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from auditor.domain.calls import Speaker
from auditor.domain.findings import Category, Disclosure, Status
from auditor.domain.transcripts import Transcript
from auditor.evaluate.calibration import reliability
from auditor.evaluate.confusion import NOTHING, confusion
from auditor.evaluate.found import Found
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.listing import Mistake, listing
from auditor.evaluate.text import entry_to_text
from auditor.ingest.scripts import Script, ScriptLine

ABUSE, THREAT, HARASSMENT = Category.ABUSE, Category.THREAT, Category.HARASSMENT
NOTICE, AMOUNT = Disclosure.RECORDING_NOTICE, Disclosure.OVERDUE_AMOUNT
TEXT = tuple(f"这是第{n}句。" for n in "零一二三四五六七")


def spoken(call_id: str) -> Transcript | None:
    """Eight turns, the two sides in turn."""
    sides = (Speaker.AGENT, Speaker.CUSTOMER)
    lines = tuple(ScriptLine(sides[n % 2], text) for n, text in enumerate(TEXT))
    return Script(call_id, {}, lines).transcript()


def test_confusion_pairs_what_was_missed_with_what_was_found_instead() -> None:
    """Calls in agreement are left out; one-sided errors stand against nothing."""
    labels = [
        LabelledCall("agrees", frozenset({(ABUSE, 1)})),
        LabelledCall("swapped", frozenset({(ABUSE, 1), (HARASSMENT, 2)})),
        LabelledCall("missed", frozenset({(ABUSE, 1)})),
        LabelledCall("innocent"),
    ]
    held = [
        Found("agrees", ABUSE, 7),
        Found("swapped", THREAT, 1),
        Found("swapped", HARASSMENT, 1),
        Found("innocent", THREAT, 1),
        Found("innocent", NOTICE),
    ]
    made = confusion(labels, held)
    assert dict(made.cells) == {
        ("abuse", "threat"): 1,
        ("abuse", NOTHING): 1,
        (NOTHING, "threat"): 1,
    }
    assert made.labelled == ("abuse", NOTHING)


def test_calibration_takes_the_surest_finding_of_a_pair() -> None:
    """Three pairs, two of them right; what states no confidence is only counted."""
    labels = [LabelledCall("a", frozenset({(ABUSE, 1)}), frozenset({NOTICE})), LabelledCall("b")]
    held = [
        Found("a", ABUSE, 1, confidence=0.55),
        Found("a", ABUSE, 3, confidence=0.95),
        Found("b", ABUSE, 3, confidence=1.0),
        Found("b", THREAT, 3),
        Found("a", NOTICE, confidence=0.7),
    ]
    made = reliability(labels, held, Category)
    (only,) = made.bins
    assert (only.low, only.high, only.mean) == (0.95, 1.0, pytest.approx(0.975))
    assert (only.right.part, only.right.whole) == (1, 2)
    assert made.error == pytest.approx(0.475)
    assert made.brier == pytest.approx((0.05**2 + 1) / 2)
    assert made.without == 1
    assert [(b.low, b.right.part) for b in reliability(labels, held, Disclosure).bins] == [(0.7, 1)]


@settings(deadline=None)
@given(st.dictionaries(st.integers(0, 99), st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_every_confidence_falls_in_one_bin_and_brier_is_sklearns(
    points: dict[int, tuple[float, bool]],
) -> None:
    """No finding is lost at an edge."""
    labels = [
        LabelledCall(str(n), frozenset({(ABUSE, 0)}) if right else frozenset())
        for n, (_, right) in points.items()
    ]
    held = [Found(str(n), ABUSE, confidence=sure) for n, (sure, _) in points.items()]
    made = reliability(labels, held, Category)
    assert sum(one.right.whole for one in made.bins) == len(points)
    assert all(one.low <= one.mean <= one.high for one in made.bins)
    truth = [right for _, right in points.values()]
    expected = brier_score_loss(truth, [sure for sure, _ in points.values()], pos_label=True)
    assert made.brier == pytest.approx(expected)


def test_every_error_is_listed_with_its_place_and_surroundings() -> None:
    """Missed turn by turn, false with rule and words, found elsewhere apart."""
    labels = [
        LabelledCall("a", frozenset({(ABUSE, 3), (ABUSE, 5), (THREAT, 6)})),
        LabelledCall("b"),
    ]
    found = [
        Found("a", ABUSE, 3, Status.TRIAL, rule="abuse.insult"),
        Found("a", ABUSE, 3, undetermined=True, rule="abuse.insult"),
        Found("a", THREAT, 1, rule="threat.family", confidence=0.9),
        Found("b", THREAT, 0, rule="threat.visit", matched=("第零", "句")),
    ]
    made = listing(labels, found, spoken, lambda *_: None)
    assert [(e.mistake, e.call_id, e.topic, e.segment) for e in made] == [
        (Mistake.MISSED, "a", ABUSE, 3),
        (Mistake.MISSED, "a", ABUSE, 5),
        (Mistake.MISPLACED, "a", THREAT, 1),
        (Mistake.FALSE, "b", THREAT, 0),
    ]
    assert made[0].uncounted == ("abuse.insult (trial)", "abuse.insult (undetermined)")
    assert [(s.segment, s.meant) for s in made[0].around] == [
        (1, False),
        (2, False),
        (3, True),
        (4, False),
    ]
    text = entry_to_text(made[3])
    assert text.startswith(
        "false threat: b turn 0 [threat.visit; 第零+句]\n  >   0 agent: 这是第零句"
    )


def test_an_omission_missed_points_to_where_it_was_heard_a_false_one_to_the_label() -> None:
    """So that a reader sees at once what the rule took for the disclosure."""
    labels = [
        LabelledCall("a", omissions=frozenset({NOTICE})),
        LabelledCall("b", made={AMOUNT: (4, 6)}),
    ]
    found = [Found("b", AMOUNT, rule="disclosure.amount")]
    heard = {("a", NOTICE): 2}
    missed, false = listing(labels, found, spoken, lambda *place: heard.get(place))
    assert (missed.mistake, missed.topic, missed.segment) == (Mistake.MISSED, NOTICE, 2)
    assert (false.mistake, false.topic, false.segment) == (Mistake.FALSE, AMOUNT, 4)


def test_without_a_text_the_error_is_listed_all_the_same() -> None:
    """A table of labels and a file of findings know no words."""
    (entry,) = listing(
        [LabelledCall("a")], [Found("a", ABUSE, 99)], lambda _: None, lambda *_: None
    )
    assert entry.around == ()
    (beyond,) = listing([LabelledCall("a")], [Found("a", ABUSE, 99)], spoken, lambda *_: None)
    assert beyond.around == ()


def test_trial_findings_that_count_are_errors_too() -> None:
    """With trial counted, a false one is listed and a right one is no miss."""
    labels = [LabelledCall("a", frozenset({(ABUSE, 3)})), LabelledCall("b")]
    found = [Found("a", ABUSE, 3, Status.TRIAL), Found("b", ABUSE, 3, Status.TRIAL)]
    made = listing(labels, found, spoken, lambda *_: None, trial=True)
    assert [(e.mistake, e.call_id) for e in made] == [(Mistake.FALSE, "b")]
