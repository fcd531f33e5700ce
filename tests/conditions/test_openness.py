"""Undetermined travels: what is decided while something is open stands however that turns out.

Random rules of all kinds of groups over random talks, some fields of the manifest unknown. Whenever
a rule answers hit or miss, filling the unknown fields in, in any way, gives the same answer; so an
open question can end in review and never in a score.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from rule_bench import Bench

from auditor.conditions.truth import Truth
from auditor.detect.judging import judge
from auditor.domain.calls import Call
from auditor.domain.findings import Outcome

FIELDS = ("one", "two")
"""Fields that nobody recorded."""

TERMS = {"asking": ("丁",), "negation": ("丙",)}

words = st.builds(
    lambda speaker, text: {"speaker": speaker, "pattern": text},
    st.sampled_from(["agent", "customer", "any"]),
    st.sampled_from(["甲", "乙", "丙"]),
)
unknown = st.sampled_from([{"metadata": {"field": name, "is": "x"}} for name in FIELDS])
within = st.sampled_from(["turn", "call", {"turns": 1}, {"seconds": 1}])
turns = st.integers(0, 2)


def groups(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Every kind of group over some conditions."""
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda of: {"any": of}, some),
        # A group of nothing but 'not' is a mistake of the file.
        st.builds(
            lambda of, sure, reach: {"all": [*of, sure], "within": reach}, some, words, within
        ),
        st.builds(lambda of: {"not": of}, inner),
        st.builds(
            lambda of, count: {"at_least": {"count": min(count, len(of)), "of": of}},
            some,
            st.integers(1, 3),
        ),
        st.builds(lambda of, reach: {"sequence": of, "within": reach}, some, within),
        st.builds(
            lambda one, two, far: {"followed": {"that": one, "by": two, "turns": far}},
            *(inner, inner, turns),
        ),
        st.builds(
            lambda of, far, ordered: {"near": {"of": of, "turns": far, "ordered": ordered}},
            *(some, turns, st.booleans()),
        ),
        st.builds(
            lambda of, far, ordered: {"near": {"of": of, "chars": far, "ordered": ordered}},
            *(some, turns, st.booleans()),
        ),
        st.builds(
            lambda shown, needed, excuse: {
                "trigger": {"words": shown, "requires": [needed], "unless": [{"call": excuse}]}
            },
            *(inner, inner, inner),
        ),
        st.builds(
            lambda holds, far, each: {
                "in_part": {"where": {"first_turns": far + 1}, "holds": holds, "each": each}
            },
            *(inner, turns, st.booleans()),
        ),
        st.builds(
            lambda of, anchor, side, which: {
                "any": [of],
                "where": {side: {"of": anchor, "hit": which, "turns": 1}},
            },
            *(inner, inner, st.sampled_from(["before", "after", "around"])),
            st.sampled_from(["first", "last", "any", "each", 2]),
        ),
        st.builds(
            lambda of, anchor, side: {"any": [of], "where": {side: anchor}},
            *(inner, inner, st.sampled_from(["before", "after"])),
        ),
        st.builds(
            lambda of, unit: {"speaker": "any", "every": {"holds": of, "unit": unit}},
            *(inner, st.sampled_from(["turn", "sentence"])),
        ),
        st.builds(
            lambda start, step, far: {
                "flow": {
                    "when": start,
                    "then": [{"name": "x", "says": step, "within": {"turns": far}, "end": "kept"}],
                }
            },
            *(inner, inner, turns),
        ),
        st.builds(lambda of, times: {"any": [of], "min": times}, inner, st.integers(1, 2)),
        st.builds(
            lambda of, does: {"act": {"does": does, "of": of}},
            *(inner, st.sampled_from(["asks_for", "negated", "says_plainly"])),
        ),
    )


rules = st.recursive(st.one_of(words, words, unknown), groups, max_leaves=6)
talks = st.lists(
    st.builds(
        lambda who, what: f"{who} {what}",
        st.sampled_from("AC"),
        st.text("甲乙丙丁。", min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=4,
)


def call(**fields: str) -> Call:
    """A call with some fields of its manifest filled in."""
    return Call(call_id="c", agent_id="a", attributes=fields)


def possible(told: Any, lines: list[str]) -> set[Truth]:
    """The answers there are once the fields are known."""
    answers = set()
    for values in product("xy", repeat=len(FIELDS)):
        fields = dict(zip(FIELDS, values, strict=True))
        answers.add(Bench(TERMS).answer(told, *lines, call=call(**fields)).truth)
    return answers


slow = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@slow
@given(rules, talks)
def test_a_decided_answer_stands_whatever_the_open_fields_hold(told: Any, lines: list[str]) -> None:
    """Hit and miss are final; nothing is undetermined once every field is known."""
    answer = Bench(TERMS).answer(told, *lines, call=call()).truth
    after = possible(told, lines)
    event(answer.value)
    assert Truth.UNDETERMINED not in after
    if answer is not Truth.UNDETERMINED:
        assert after == {answer}


@slow
@given(words, rules, rules, talks)
def test_a_rule_never_fails_a_call_on_something_open(
    find: Any, applies: Any, excuse: Any, lines: list[str]
) -> None:
    """A failed rule fails however the open fields turn out, with its premise and its excuses."""
    bench = Bench(TERMS)
    rule = bench.rule(find, applies=applies, unless=[{"call": excuse}])
    outcome = judge(rule, bench.scene(*lines, call=call())).outcome
    event(outcome.value)
    if outcome is not Outcome.FAIL:
        return
    for values in product("xy", repeat=len(FIELDS)):
        known = call(**dict(zip(FIELDS, values, strict=True)))
        assert judge(rule, bench.scene(*lines, call=known)).outcome is Outcome.FAIL
