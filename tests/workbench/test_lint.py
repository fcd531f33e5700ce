"""A policy looked over: what is idle, hidden, double, vague or bare."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from auditor.workbench.lint import lint, steps
from auditor.workbench.notices import Check, Level, Notice
from auditor.workbench.subjects import Workshop
from auditor.workbench.unneeded import find_unneeded

Open = Callable[..., Workshop]


def notices(workshop: Workshop, check: Check) -> list[Notice]:
    """What one check says."""
    return [notice for notice in lint(workshop) if notice.check is check]


def parts(workshop: Workshop, kind: str) -> list[str]:
    """Unneeded parts of a kind in the only rule."""
    [subject] = workshop.subjects
    return [part.text for part in find_unneeded(subject).unneeded if part.kind == kind]


def test_what_an_example_needs_is_not_reported(workshop: Open, rule: str) -> None:
    """The negation, the lexicon's terms and the first alternative are used."""
    opened = workshop(threat__legs=rule)
    assert parts(opened, "condition") == ["unless: warned: True"]
    assert parts(opened, "pattern") == ["pattern: 卸了你"]
    assert parts(opened, "alternative") == ["打断过", "敲断"]


def test_an_example_makes_a_part_needed(workshop: Open, rule: str) -> None:
    """One more example, one idle part less."""
    line = "  - {name: h, expect: none, dialogue: [{agent: 当心有人打断你的腿}]}\n"
    assert parts(workshop(threat__legs=rule + line), "condition") == []
    line = "  - {name: h, expect: finding, evidence: 卸了你, dialogue: [{agent: 卸了你}]}\n"
    assert parts(workshop(threat__legs=rule + line), "pattern") == []
    line = "  - {name: h, expect: finding, evidence: 敲断腿, dialogue: [{agent: 敲断腿}]}\n"
    assert parts(workshop(threat__legs=rule + line), "alternative") == ["打断过"]


def test_of_an_idle_pattern_the_alternatives_are_not_told_one_by_one(
    workshop: Open, rule: str
) -> None:
    """What is said of the whole need not be said of its parts."""
    text = rule.replace("'卸了你'", "'(卸了|拆了)你'")
    assert parts(workshop(threat__legs=text), "alternative") == ["打断过", "敲断"]


@pytest.mark.parametrize(
    ("find", "idle"),
    [
        ("{speaker: agent, lexicon: legs, where: {first_turns: 1}}", ["first_turns"]),
        ("{speaker: agent, lexicon: [legs, warning]}", ["warning"]),
        ("{all: [{speaker: agent, lexicon: legs}, {speaker: agent, pattern: 打断}]}", ["打断"]),
        ("{any: [{speaker: agent, lexicon: legs}, {speaker: agent, pattern: 打断}]}", ["打断"]),
    ],
)
def test_every_kind_of_condition_is_tried(
    workshop: Open, rule: str, find: str, idle: list[str]
) -> None:
    """Keys that narrow, names in lists, parts of groups."""
    head, _, tail = rule.partition("find:\n")
    text = f"{head}find: {find}\n" + tail[tail.index("unless:") :]
    text = text.replace("evidence: 打断你的腿", "evidence: 腿")
    text = text.replace("evidence: 打断你胳膊", "evidence: 胳膊")
    text = text.replace("evidence: 打断腿", "evidence: 腿").replace("  - warned: true\n", "")
    found = parts(workshop(threat__legs=text), "condition")
    assert len(found) == len(idle)
    for part, name in zip(found, idle, strict=True):
        assert name in part


def test_the_place_of_a_part_is_its_line(workshop: Open, rule: str) -> None:
    """An author finds it."""
    [subject] = workshop(threat__legs=rule).subjects
    found = {part.text: part.where for part in find_unneeded(subject).unneeded}
    line = rule.splitlines().index("    - '卸了你'") + 1
    assert found["pattern: 卸了你"] == f"rules/threat/legs.yaml:{line}"


def test_examples_known_to_be_wrong_need_nothing(workshop: Open, rule: str) -> None:
    """What comes out wrong today cannot come out otherwise by a change."""
    line = (
        "  - {name: h, expect: finding, evidence: 打断过腿, known_wrong: true, "
        "dialogue: [{agent: 从不打断过腿}]}\n"
    )
    [subject] = workshop(threat__legs=rule + line).subjects
    assert "h" not in [example.name for example in subject.examples]


def test_shadowed_alternatives_and_terms_are_named(workshop: Open, rule: str) -> None:
    """An alternative that never matches, a term that holds a shorter one."""
    text = rule.replace("'卸了你'", "'卸了(你|你们)'")
    found = notices(workshop(threat__legs=text), Check.SHADOWED)
    assert [(n.subject, n.level) for n in found] == [
        ("threat.legs", Level.WARNING),
        ("negation", Level.NOTE),
    ]
    assert found[0].parts == ("你们",)
    assert found[1].parts == ("不会 ⊃ 不", "从不 ⊃ 不")


def test_terms_that_no_example_says_are_listed(workshop: Open, rule: str) -> None:
    """By word list; only where the whole policy is looked over."""
    found = {n.subject: n.parts for n in notices(workshop(threat__legs=rule), Check.UNTESTED)}
    assert found == {"warning": ("当心", "留神"), "negation": ("从不",)}


def other(rule: str, **changes: Any) -> str:
    """A second rule, changed."""
    text = rule.replace("threat.legs", "threat.arms")
    for old, new in changes.items():
        text = text.replace(old, new)
    return text


def test_two_rules_for_the_same_words_overlap(workshop: Open, rule: str) -> None:
    """Each is told of the other, with the examples."""
    opened = workshop(threat__legs=rule, threat__arms=other(rule))
    found = notices(opened, Check.OVERLAP)
    assert {n.subject: n.parts for n in found} == {
        "threat.legs": ("a", "b", "c"),
        "threat.arms": ("a", "b", "c"),
    }


def test_rules_apart_do_not_overlap(workshop: Open, rule: str) -> None:
    """Other words, no notice."""
    apart = other(rule, 打断="锯掉", 卸了="拆了")
    opened = workshop(threat__legs=rule, threat__arms=apart)
    assert notices(opened, Check.OVERLAP) == []
    assert notices(opened, Check.VAGUE) == []


def test_a_rule_that_finds_what_others_call_innocent_is_vague(workshop: Open, rule: str) -> None:
    """Every such example is named."""
    wide = other(rule, 打断="锯掉").replace("'卸了你'", "'卸|您好|打断'")
    wide = wide.replace("{agent: 您好}", "{agent: 嗯嗯}").replace("{agent: 卸货}", "{agent: 哦哦}")
    found = notices(workshop(threat__legs=rule, threat__arms=wide), Check.VAGUE)
    told = [n for n in found if n.parts and "innocent" in n.message]
    assert [(n.subject, n.level) for n in told] == [("threat.arms", Level.WARNING)]
    assert told[0].parts == ("threat.legs 'f'", "threat.legs 'g'")


def test_a_very_short_pattern_is_vague(workshop: Open, rule: str) -> None:
    """One character stands for many things; in an exclusion it may."""
    short = rule.replace("'卸了你'", "'卸'\n    - '拆(了)?'")
    found = notices(workshop(threat__legs=short), Check.VAGUE)
    assert [n.parts for n in found] == [("卸",), ("拆(了)?",)]
    excluded = rule.replace("'卸了你'\n", "'卸了你'\n  except: '拆'\n")
    assert notices(workshop(threat__legs=excluded), Check.VAGUE) == []


@pytest.mark.parametrize(
    ("clauses", "level"),
    [
        ("[law-1]", None),
        ("[law-2]", Level.NOTE),
        ("[law-3]", Level.WARNING),
        ("[law-1, law-2]", None),
    ],
)
def test_a_rule_needs_a_clause_that_a_call_can_show(
    workshop: Open, rule: str, clauses: str, level: Level | None
) -> None:
    """From memory only is worth a note, beyond any call a warning."""
    text = rule.replace("clauses: [law-1]", f"clauses: {clauses}")
    found = notices(workshop(threat__legs=text), Check.CLAUSE)
    assert [n.level for n in found] == ([] if level is None else [level])


@pytest.mark.parametrize(("lines", "level"), [(0, None), (2, Level.NOTE), (4, Level.WARNING)])
def test_a_rule_needs_negative_examples(
    workshop: Open, rule: str, lines: int, level: Level | None
) -> None:
    """Fewer than those with a finding is worth a note, none a warning."""
    text = rule.replace("status: stable", "status: draft")
    kept = text.splitlines()[: len(text.splitlines()) - lines]
    found = notices(workshop(threat__legs="\n".join(kept) + "\n"), Check.EXAMPLES)
    assert [n.level for n in found] == ([] if level is None else [level])


def test_progress_is_told_as_often_as_announced(workshop: Open, rule: str) -> None:
    """A bar reaches its end."""
    opened = workshop(threat__legs=rule, threat__arms=other(rule))
    told: list[None] = []
    list(lint(opened, lambda: told.append(None)))
    assert len(told) == steps(opened)


def test_some_rules_can_be_chosen(workshop: Open, rule: str) -> None:
    """By name or family."""
    rules = {"threat__legs": rule, "threat__arms": other(rule)}
    assert [s.name for s in workshop("threat.legs", **rules).subjects] == ["threat.legs"]
    assert len(workshop("threat", **rules).subjects) == 2
    assert workshop("abuse", **rules).subjects == ()
