"""Three-valued answers: what cannot be checked is neither passed nor failed."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.conditions import truth
from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
values = st.lists(st.sampled_from([*Truth]), max_size=6)


@pytest.mark.parametrize(
    ("parts", "conjunction", "disjunction"),
    [
        ([], H, M),
        ([H], H, H),
        ([M], M, M),
        ([U], U, U),
        ([H, H], H, H),
        ([H, M], M, H),
        ([H, U], U, H),
        ([M, U], M, U),
        ([U, U], U, U),
        ([M, M], M, M),
        ([H, M, U], M, H),
    ],
)
def test_and_or(parts: list[Truth], conjunction: Truth, disjunction: Truth) -> None:
    """A miss decides a conjunction, a hit a disjunction; else the open one leaves it open."""
    assert truth.all_of(parts) is conjunction
    assert truth.any_of(parts) is disjunction


@pytest.mark.parametrize(("value", "denied"), [(H, M), (M, H), (U, U)])
def test_not(value: Truth, denied: Truth) -> None:
    """The denial of an open answer is open."""
    assert ~value is denied


@pytest.mark.parametrize(
    ("wanted", "parts", "expected"),
    [
        (1, [H], H),
        (1, [U], U),
        (1, [M], M),
        (1, [], M),
        (0, [], H),
        (2, [H, H, M], H),
        (2, [H, U, M], U),
        (2, [U, U, M], U),
        (2, [H, M, M], M),
        (2, [U, M, M], M),
        (3, [H, U, M], M),
        (3, [H, U, U], U),
    ],
)
def test_at_least(wanted: int, parts: list[Truth], expected: Truth) -> None:
    """Open answers count both ways, so the result is open only where they decide it."""
    assert truth.at_least(wanted, parts) is expected


@pytest.mark.parametrize(("value", "expected"), [(1, H), ((), M), (None, M), ("x", H)])
def test_plain_yes_and_no(value: object, expected: Truth) -> None:
    """A plain value is a hit or a miss."""
    assert truth.of(value) is expected


@given(values)
def test_de_morgan(parts: list[Truth]) -> None:
    """Denying a disjunction is the conjunction of the denials."""
    assert ~truth.any_of(parts) is truth.all_of(~part for part in parts)


@given(values, st.integers(1, 6))
def test_an_answer_stands_whatever_the_open_parts_turn_out_to_be(
    parts: list[Truth], wanted: int
) -> None:
    """An answer is open exactly where filling the open parts in gives both answers."""
    choices = [[part] if part is not U else [H, M] for part in parts]
    filled = list(product(*choices))
    cases = (truth.all_of, truth.any_of, lambda seen: truth.at_least(wanted, seen))
    for judge in cases:
        possible = {judge(case) for case in filled}
        assert judge(parts) is (possible.pop() if len(possible) == 1 else U)
