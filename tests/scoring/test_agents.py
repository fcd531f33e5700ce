"""Scorecards of agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from auditor.domain.calls import Call
from auditor.domain.findings import CallOutcome, Category, Disclosure, Outcome, Severity, Status
from auditor.domain.runs import CallRecord
from auditor.scoring.agents import scorecards

ABUSE, NOTICE = Category.ABUSE, Disclosure.RECORDING_NOTICE
PASS, FAIL = Outcome.PASS, Outcome.FAIL
OPEN, NONE = Outcome.UNDETERMINED, Outcome.NOT_APPLICABLE


def one(bench: Any, *calls: tuple[Any, ...]) -> Any:
    """Return the card of one agent with these calls."""
    records = (bench.record(checks, f"C{n}") for n, checks in enumerate(calls))
    (card,) = scorecards(records, bench.scoring)
    return card


@pytest.mark.parametrize(
    ("outcomes", "part", "whole"),
    [
        ([PASS, FAIL], 1, 2),
        ([PASS, NONE, NONE], 0, 1),
        ([FAIL, OPEN], 1, 1),
        ([OPEN, NONE], 0, 0),
        ([], 0, 0),
    ],
)
def test_only_calls_with_an_answer_are_in_the_denominator(
    bench: Any, check: Any, outcomes: list[Outcome], part: int, whole: int
) -> None:
    """Open and inapplicable calls count neither as failed nor as clean."""
    card = one(bench, *((check(ABUSE, outcome),) for outcome in outcomes), ())
    rate = card.categories[ABUSE]
    assert (rate.part, rate.whole) == (part, whole)
    assert (rate.value is None) == (whole == 0)


@pytest.mark.parametrize(
    ("outcomes", "part", "whole"),
    [([PASS, FAIL, PASS], 2, 3), ([NONE], 0, 0), ([OPEN, PASS], 1, 1)],
)
def test_disclosure_rates_count_what_was_made(
    bench: Any, check: Any, outcomes: list[Outcome], part: int, whole: int
) -> None:
    """The rate is calls that made it, of those that had to."""
    rate = one(bench, *((check(NOTICE, o),) for o in outcomes)).disclosures[NOTICE]
    assert (rate.part, rate.whole) == (part, whole)


@pytest.mark.parametrize(
    ("outcomes", "answer"),
    [
        ([PASS, FAIL], (1, 1)),
        ([PASS, OPEN], (0, 0)),
        ([PASS, NONE], (0, 1)),
        ([FAIL, OPEN], (1, 1)),
    ],
)
def test_a_category_answers_once_a_call(
    bench: Any, check: Any, outcomes: list[Outcome], answer: tuple[int, int]
) -> None:
    """Several rules of a category give one answer: failed before open before passed."""
    rate = one(bench, tuple(check(ABUSE, outcome) for outcome in outcomes)).categories[ABUSE]
    assert (rate.part, rate.whole) == answer


def test_rules_on_trial_stay_out_of_every_figure(bench: Any, check: Any) -> None:
    """A trial failure is in no rate, no severity count and no score."""
    card = one(bench, (check(ABUSE, FAIL, severity=Severity.CRITICAL, status=Status.TRIAL),))
    assert card.categories[ABUSE].whole == 0
    assert sum(card.severities.values()) == 0
    assert (card.score, card.fatal_calls) == (100.0, 0)


def test_a_trial_rule_that_passes_is_in_no_denominator(bench: Any, check: Any) -> None:
    """A rule on trial answers for nothing, whether it fails or passes."""
    record = bench.record([check(ABUSE, PASS, status=Status.TRIAL), check(NOTICE, PASS)])
    (card,) = scorecards([record], bench.scoring)
    assert card.categories[ABUSE].value is None
    assert card.disclosures[NOTICE].value == 1.0


def test_agents_under_the_minimum_are_not_ranked(bench: Any, check: Any) -> None:
    """Two calls where three are asked for: marked, no rank, last in order, whatever the score."""
    records = [bench.record([check(ABUSE, PASS)], f"few-{n}", "A1") for n in range(2)]
    records += [bench.record([check(ABUSE, FAIL)], f"many-{n}", "A2") for n in range(3)]
    first, second = scorecards(records, bench.scoring)
    assert (first.agent_id, first.ranked, first.rank) == ("A2", True, 1)
    assert (second.agent_id, second.ranked, second.rank) == ("A1", False, None)


def test_equal_scores_share_a_rank(bench: Any, check: Any) -> None:
    """1, 1, 3: nobody is put behind somebody with the same score."""
    records = [
        bench.record([check(ABUSE, outcome, weight=10)], f"{agent}-{n}", agent)
        for agent, outcome in (("A3", FAIL), ("A2", PASS), ("A1", PASS))
        for n in range(3)
    ]
    cards = scorecards(records, bench.scoring)
    assert [(card.agent_id, card.rank) for card in cards] == [("A1", 1), ("A2", 1), ("A3", 3)]


@pytest.mark.parametrize("outcome", [CallOutcome.SKIPPED, CallOutcome.FAILED])
def test_an_agent_whose_calls_were_not_audited_has_a_card_without_figures(
    bench: Any, outcome: CallOutcome
) -> None:
    """No calls, no score: never 0 and never 100."""
    call = Call(call_id="C1", agent_id="A9")
    record = CallRecord(call_id="C1", outcome=outcome, call=call, reason="empty_file")
    (card,) = scorecards([record], bench.scoring)
    assert (card.calls, card.score, card.score_low, card.ranked) == (0, None, None, False)
    assert all(rate.value is None for rate in card.categories.values())
    assert all(value is None for value in card.dimensions.values())


def test_rows_too_broken_to_name_an_agent_make_no_card(bench: Any) -> None:
    """Nobody is charged with a row that names nobody."""
    record = CallRecord(call_id="row-3", outcome=CallOutcome.FAILED, reason="agent_id_missing")
    assert scorecards([record], bench.scoring) == ()


def test_no_agent_ranks_without_calls_even_where_no_minimum_is_set(bench: Any) -> None:
    """A minimum of 0 does not rank the unheard."""
    record = CallRecord(
        call_id="C1", outcome=CallOutcome.FAILED, call=Call(call_id="C1", agent_id="A1")
    )
    (card,) = scorecards([record], replace(bench.scoring, min_calls=0))
    assert (card.ranked, card.rank) == (False, None)


def test_records_are_read_once_and_in_any_order(bench: Any, check: Any) -> None:
    """A generator is enough, and the order of calls changes nothing."""
    records = [
        bench.record([check(ABUSE, FAIL if n % 3 else PASS, weight=n)], f"C{n}", f"A{n % 4}")
        for n in range(24)
    ]
    forward = scorecards(iter(records), bench.scoring)
    backward = scorecards(iter(records[::-1]), bench.scoring)
    assert [c.agent_id for c in forward] == [c.agent_id for c in backward]
    for one_way, other_way in zip(forward, backward, strict=True):
        assert one_way.score == pytest.approx(other_way.score)
        assert one_way.categories == other_way.categories


def test_findings_for_review_and_severities_are_counted(bench: Any, check: Any) -> None:
    """Open findings are counted apart from failures."""
    card = one(
        bench,
        (check(ABUSE, FAIL, severity=Severity.CRITICAL, hits=2), check(NOTICE, OPEN)),
        (check(ABUSE, PASS),),
    )
    assert card.severities[Severity.CRITICAL] == 2
    assert (card.undetermined, card.fatal_calls, card.calls) == (1, 1, 2)
    assert card.talk_seconds == 120.0
