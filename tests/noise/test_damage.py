"""The share is met, equal arguments give equal damage, and turns stay where they are."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.domain.calls import Speaker
from auditor.errors import UsageError
from auditor.noise.damage import Damager
from auditor.noise.measure import ErrorRate, error_rate
from auditor.noise.recipe import ALL_KINDS, IN_PLACE, STRUCTURAL, Kind, Recipe

from .conftest import CALL

LINES = st.lists(
    st.tuples(
        st.sampled_from([*Speaker]),
        st.text("您好我欠钱还款一二三十百千万0123，。？……不是的吧呢逾期 aB錢還\u3000", max_size=30),
    ),
    max_size=8,
)
QUICK = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def measured(damager: Damager, recipe: Recipe, calls: int) -> ErrorRate:
    """Error rate over copies of the call under different ids."""
    rate = ErrorRate()
    said = [text for _, text in CALL]
    for call in range(calls):
        pieces = damager.pieces(CALL, recipe, f"C{call}")
        rate += error_rate(said, (piece.text for piece in pieces), damager.fold)
    return rate


@pytest.mark.parametrize("kinds", [IN_PLACE, ALL_KINDS], ids=["in place", "all"])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.3])
def test_the_share_is_met(damager: Damager, share: float, kinds: frozenset[Kind]) -> None:
    """Within a twentieth over many calls, within a quarter and two characters in each."""
    rate = measured(damager, Recipe(share, 3, kinds), 60).rate
    assert rate == pytest.approx(share, rel=0.05)
    for call in range(20):
        pieces = damager.pieces(CALL, Recipe(share, 3, kinds), f"C{call}")
        texts = [text for _, text in CALL]
        one = error_rate(texts, (piece.text for piece in pieces), damager.fold)
        assert abs(one.errors - share * one.characters) <= 2 + share * one.characters / 4


@given(lines=LINES, seed=st.integers())
@QUICK
def test_a_share_of_nothing_changes_nothing(
    damager: Damager, lines: list[tuple[Speaker, str]], seed: int
) -> None:
    """Not even a mark or a blank."""
    assert damager.lines(lines, Recipe(0, seed, IN_PLACE), "C1") == tuple(lines)
    pieces = damager.pieces(lines, Recipe(0, seed), "C1")
    assert [(piece.speaker, piece.text) for piece in pieces] == lines


@given(
    lines=LINES,
    seed=st.integers(),
    share=st.floats(0, 0.5),
    kinds=st.frozensets(st.sampled_from([*Kind])),
    call=st.text(max_size=5),
)
@QUICK
def test_damage_is_a_function_and_loses_no_turn(
    damager: Damager,
    lines: list[tuple[Speaker, str]],
    seed: int,
    share: float,
    kinds: frozenset[Kind],
    call: str,
) -> None:
    """Any kinds, any text: the same again, every turn in its place, never more than asked."""
    recipe = Recipe(share, seed, kinds)
    pieces = damager.pieces(lines, recipe, call)
    assert pieces == damager.pieces(lines, recipe, call)
    parts = [part for piece in pieces for part in piece.parts]
    assert [part.turn for part in parts] == sorted(part.turn for part in parts)
    assert {part.turn for part in parts} == set(range(len(lines)))
    for turn in range(len(lines)):
        own = [part for part in parts if part.turn == turn]
        assert own[0].start == 0
        assert own[-1].end == 1
        assert all(one.end == next_.start for one, next_ in pairwise(own))
    said = [text for _, text in lines]
    wrong = error_rate(said, (piece.text for piece in pieces), damager.fold)
    assert wrong.errors <= share * wrong.characters + 1
    if not kinds & STRUCTURAL:
        assert len(damager.lines(lines, recipe, call)) == len(lines)


def test_neither_order_nor_history_matters(damager: Damager) -> None:
    """A call comes out the same whatever was damaged before it."""
    recipe = Recipe(0.2, 5, IN_PLACE)
    forth = {call: damager.lines(CALL, recipe, call) for call in ("a", "b", "c")}
    back = {call: damager.lines(CALL, recipe, call) for call in ("c", "b", "a")}
    assert forth == back
    assert len(set(forth.values())) == 3


def test_the_seed_matters(damager: Damager) -> None:
    """Other seeds, other damage."""
    assert len({damager.lines(CALL, Recipe(0.2, seed, IN_PLACE), "a") for seed in range(8)}) == 8


def test_a_kind_left_out_does_not_change_the_others(damager: Damager) -> None:
    """The words go wrong alike with and without wrong speakers."""
    some = damager.lines(CALL, Recipe(0.2, 5, IN_PLACE - {Kind.SPEAKER}), "a")
    every = damager.lines(CALL, Recipe(0.2, 5, IN_PLACE), "a")
    assert [text for _, text in some] == [text for _, text in every]


def test_more_damage_mostly_contains_less(damager: Damager) -> None:
    """A turn damaged at a small share is damaged at a large one too."""
    kinds = frozenset({Kind.SAME, Kind.NEAR})
    said = [text for _, text in CALL]
    for call in "abcdefgh":
        less = [t for _, t in damager.lines(CALL, Recipe(0.05, 5, kinds), call)]
        more = [t for _, t in damager.lines(CALL, Recipe(0.3, 5, kinds), call)]
        worse = [i for i, text in enumerate(less) if text != said[i]]
        assert all(more[i] != said[i] for i in worse)


def test_the_hash_seed_of_the_process_does_not_matter(damager: Damager) -> None:
    """Another process with another hash seed damages alike."""
    code = (
        "from auditor.noise.damage import Damager\n"
        "from auditor.noise.recipe import Recipe\n"
        "from auditor.domain.calls import Speaker\n"
        f"call = [(Speaker(who), text) for who, text in {[(w.value, t) for w, t in CALL]!r}]\n"
        "print([(p.speaker.value, p.text) for p in Damager().pieces(call, Recipe(0.3, 9), 'C1')])"
    )
    expected = [(p.speaker.value, p.text) for p in damager.pieces(CALL, Recipe(0.3, 9), "C1")]
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == repr(expected)


@pytest.mark.parametrize("kind", sorted(STRUCTURAL))
def test_turn_by_turn_no_turn_may_come_or_go(damager: Damager, kind: Kind) -> None:
    """Kinds that change the number of turns are refused by name."""
    with pytest.raises(UsageError, match=kind):
        damager.lines(CALL, Recipe(0.1, 1, IN_PLACE | {kind}), "C1")


@pytest.mark.parametrize("share", [-0.1, 0.51, 2, float("nan")])
def test_shares_out_of_range_are_refused(share: float) -> None:
    """Half of a call is the most."""
    with pytest.raises(UsageError, match="share"):
        Recipe(share, 1)
