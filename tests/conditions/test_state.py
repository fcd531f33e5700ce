"""What the whole talk shows, told apart from what nobody can say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from rule_bench import Bench, on_line

from auditor.conditions.scene import DialogueState, Person
from auditor.conditions.truth import Truth

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
DEBTOR, THIRD = (Person.DEBTOR, 0.9), (Person.THIRD_PARTY, 0.9)
SURE = on_line(DEBTOR)


@pytest.mark.parametrize(
    ("names", "state", "expected"),
    [
        ("debtor_on_line", SURE, H),
        ("debtor_on_line", on_line(THIRD, DEBTOR), H),
        ("debtor_on_line", on_line((Person.DEBTOR, 0.6)), H),
        ("debtor_on_line", on_line((Person.DEBTOR, 0.59)), U),
        ("debtor_on_line", on_line((Person.UNKNOWN, 0.3)), U),
        ("debtor_on_line", on_line(THIRD, (Person.UNKNOWN, 0.3)), U),
        ("debtor_on_line", on_line((Person.UNKNOWN, 0.3), DEBTOR), H),
        ("debtor_on_line", on_line(THIRD), M),
        ("debtor_on_line", on_line((Person.MACHINE, 0.9)), M),
        ("debtor_on_line", on_line((Person.UNKNOWN, 0.9)), M),
        ("debtor_on_line", on_line(), M),
        ("third_party_on_line", on_line(DEBTOR, THIRD), H),
        ("third_party_on_line", SURE, M),
        ("guarantor_on_line", on_line((Person.GUARANTOR, 0.9)), H),
        ("guarantor_on_line", SURE, M),
        ("minor_on_line", on_line((Person.MINOR, 0.9)), H),
        ("minor_on_line", on_line(THIRD), M),
        ("person_reached", SURE, H),
        ("person_reached", replace(SURE, reached_person=False), M),
        ("got_far_enough", SURE, H),
        ("got_far_enough", replace(SURE, ended_early=True), M),
        ("debt_named", replace(SURE, debt_named_at=0), H),
        ("debt_named", SURE, M),
        ("verified", replace(SURE, verified_at=0), H),
        ("verified", SURE, M),
        (["debtor_on_line", "verified"], replace(SURE, verified_at=0), H),
        (["debtor_on_line", "verified"], SURE, M),
        (["debtor_on_line", "verified"], on_line((Person.DEBTOR, 0.3)), M),
        (["debtor_on_line", "person_reached"], on_line((Person.DEBTOR, 0.3)), U),
    ],
)
def test_states(names: object, state: DialogueState, expected: Truth) -> None:
    """All the named states hold, or it is open whether they do; none points at words."""
    answer = Bench().answer({"state": names}, state=state)
    assert answer.truth is expected
    assert answer.hits == ()


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        ("asleep", "unknown_word"),
        (["verified", "asleep"], "unknown_word"),
        ([], "empty_list"),
        (None, "empty_list"),
        ({"verified": True}, "unknown_word"),
    ],
)
def test_mistakes_are_reported(names: object, reason: str) -> None:
    """An unknown state is named; no state at all would hold in every call."""
    bench = Bench()
    bench.condition({"state": names})
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """The names are in the explanation."""
    assert "通话状态〔已核实身份〕" in Bench().condition({"state": "verified"}).describe()
