"""The rules that ship: complete, cited, explained in both languages, and none lost unseen."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from auditor.domain.findings import Category, Disclosure, Kind, Severity, Status
from auditor.policy.clausefile import UNVERIFIED
from auditor.policy.loader import load_policy
from auditor.policy.model import Policy, Rule
from auditor.policy.rulefile import MIN_NEGATIVE, MIN_POSITIVE
from auditor.text.normalise import Normaliser

HERE = Path(__file__).parent
SHIPPED = HERE.parents[1] / "lexicons"
RULE_IDS = HERE / "rule_ids.txt"

# Whether a call came too late, too often or after a refusal stands in many calls' times, not in
# the words of one.
FROM_TIMES = {Category.CALLING_HOURS, Category.CALL_FREQUENCY, Category.CONTACT_AFTER_REFUSAL}


@pytest.fixture(scope="module")
def shipped() -> Policy:
    """The shipped policy."""
    return load_policy(SHIPPED, Normaliser())


def _wrong(rules: tuple[Rule, ...], sound: dict[str, bool]) -> list[str]:
    """Ids of the rules that are not sound."""
    return [rule.rule_id for rule in rules if not sound[rule.rule_id]]


def test_no_rule_comes_or_goes_unseen(shipped: Policy) -> None:
    """A new, renamed or vanished rule shows as a line changed in ``rule_ids.txt``."""
    known = RULE_IDS.read_text(encoding="utf-8").split()
    assert [rule.rule_id for rule in shipped.rules] == known
    assert known == sorted(set(known))


def test_every_category_and_disclosure_has_a_counting_rule(shipped: Policy) -> None:
    """Whatever the contract names and words can show is judged by a stable rule."""
    stable = [rule for rule in shipped.rules if rule.status is Status.STABLE]
    assert set(Category) - {rule.category for rule in stable} <= FROM_TIMES
    assert set(Disclosure) == {rule.disclosure for rule in stable} - {None}


def test_every_rule_has_titles_and_reasons_in_both_languages(shipped: Policy) -> None:
    """Titles and rationales are Chinese, with English beside them, and no title is used twice."""

    def chinese(text: str) -> bool:
        return any("一" <= char <= "鿿" for char in text)

    sound = {
        rule.rule_id: chinese(rule.title)
        and chinese(rule.rationale)
        and rule.title_en.isascii()
        and bool(rule.title_en)
        and bool(rule.rationale_en)
        and not chinese(rule.title_en + rule.rationale_en)
        for rule in shipped.rules
    }
    assert _wrong(shipped.rules, sound) == []
    for titles in ([r.title for r in shipped.rules], [r.title_en for r in shipped.rules]):
        assert [title for title, count in Counter(titles).items() if count > 1] == []


def test_every_rule_cites_clauses_a_call_can_show(shipped: Policy) -> None:
    """Each clause cited exists, none is cited twice, and at least one can be checked by a call."""
    sound = {
        rule.rule_id: len(set(rule.clauses)) == len(rule.clauses)
        and all(shipped.clauses[clause.clause_id] is clause for clause in rule.clauses)
        and any(clause.checkable for clause in rule.clauses)
        for rule in shipped.rules
    }
    assert _wrong(shipped.rules, sound) == []


def test_every_stable_rule_has_enough_examples(shipped: Policy) -> None:
    """Three with a finding and four without that come out right today, all distinct."""
    sound: dict[str, bool] = {}
    for rule in shipped.rules:
        if rule.across:  # has cases of contacts in place of dialogues; counted when it is read
            sound[rule.rule_id] = True
            continue
        right = [example for example in rule.examples if not example.known_wrong]
        positive = sum(example.expect == "finding" for example in right)
        negative = sum(example.expect in ("none", "not_applicable") for example in right)
        talks = {(example.dialogue, tuple(example.call.items())) for example in rule.examples}
        sound[rule.rule_id] = rule.status is not Status.STABLE or (
            positive >= MIN_POSITIVE
            and negative >= MIN_NEGATIVE
            and len(talks) == len(rule.examples)
        )
    assert _wrong(shipped.rules, sound) == []


def test_known_mistakes_stay_few(shipped: Policy) -> None:
    """Examples known to come out wrong are kept, and are fewer than one in twenty."""
    examples = [example for rule in shipped.rules for example in rule.examples]
    assert sum(example.known_wrong for example in examples) * 20 < len(examples)


def test_severity_weight_and_kind_fit(shipped: Policy) -> None:
    """Rules of the call's words cost points; worse ones no less; omissions never fail a call."""
    sound = {
        rule.rule_id: 0 < rule.weight <= 100
        and 0 < rule.confidence <= 1
        # Who is wrong more often than right must not count.
        and (rule.confidence >= 0.5 or rule.status is Status.TRIAL)
        and (rule.kind is Kind.VIOLATION or rule.severity is not Severity.CRITICAL)
        for rule in shipped.rules
    }
    assert _wrong(shipped.rules, sound) == []
    least_critical = min(r.weight for r in shipped.rules if r.severity is Severity.CRITICAL)
    most_minor = max(r.weight for r in shipped.rules if r.severity is Severity.MINOR)
    assert most_minor < least_critical


def test_families_hold_one_subject(shipped: Policy) -> None:
    """A rule's family is its category; disclosures are one family."""
    for rule in shipped.rules:
        family = rule.rule_id.partition(".")[0]
        assert family == (rule.category or "disclosure")


def test_clauses_whose_number_was_not_seen_say_so(shipped: Policy) -> None:
    """Below the primary text a number was read in an account, or the section says 条号未核实.

    A number given from memory counts as seen where a better graded clause has the same section.
    """
    seen = {
        (clause.document, clause.section)
        for clause in shipped.clauses.values()
        if clause.grade in ("V1", "V2")
    }
    unsaid = [
        clause.clause_id
        for clause in shipped.clauses.values()
        if clause.grade != "V1"
        and UNVERIFIED not in clause.section
        and (
            not any(char.isdigit() for char in clause.section)
            or (clause.document, clause.section) not in seen
        )
    ]
    assert unsaid == []


def test_clauses_a_call_cannot_show_say_why(shipped: Policy) -> None:
    """What no rule of words can show has a reason."""
    for clause in shipped.clauses.values():
        assert clause.summary
        assert clause.document
        assert clause.checkable or clause.reason
