"""Rules that hit what is not theirs: the examples of other rules, and innocent talk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.detect.judging import judge
from auditor.detect.signals import asks_model
from auditor.domain.findings import Kind, Outcome
from auditor.policy.model import Rule
from auditor.workbench.notices import Check, Level, Notice
from auditor.workbench.subjects import Subject

OVERLAP_SHARE = 0.5
"""Share of another rule's examples from which a rule overlaps it."""

FEWEST = 2
"""Examples below which nothing is said: one may be a coincidence."""

VAGUE_SHARE = 0.02
"""Share of innocent examples from which conditions are too wide, exemptions aside."""


def check_overlaps(
    subjects: Sequence[Subject], tell: Callable[[], None] = lambda: None
) -> Iterator[Notice]:
    """Judge the examples of every rule by all the others.

    Rules that ask the classifier are left out: they are meant to hear what other rules hear.

    Args:
        subjects: Rules and signals with their examples laid out.
        tell: Called after each rule.
    """
    rules = [s.rule for s in subjects if s.rule is not None and _looks_for_words(s.rule)]
    guilty = {rule.rule_id: _scenes(subjects, rule, "finding") for rule in rules}
    innocent = [
        (subject.name, example.name, scene)
        for subject in subjects
        for example, scene in zip(subject.examples, subject.scenes, strict=True)
        if subject.rule is not None and example.expect in ("none", "not_applicable")
    ]
    files = {subject.name: subject.file for subject in subjects}
    for rule in rules:
        yield from _overlaps(rule, guilty, files[rule.rule_id])
        yield from _vague(rule, innocent, files[rule.rule_id])
        tell()


def _looks_for_words(rule: Rule) -> bool:
    return rule.kind is Kind.VIOLATION and rule.status.judges and not asks_model(rule)


def _scenes(subjects: Sequence[Subject], rule: Rule, expect: str) -> list[tuple[str, Scene]]:
    return [
        (example.name, scene)
        for subject in subjects
        if subject.name == rule.rule_id
        for example, scene in zip(subject.examples, subject.scenes, strict=True)
        if example.expect == expect
    ]


def _fails(rule: Rule, scene: Scene) -> bool:
    return judge(rule, scene).outcome is Outcome.FAIL


def _overlaps(
    rule: Rule, guilty: Mapping[str, list[tuple[str, Scene]]], file: str
) -> Iterator[Notice]:
    for other, examples in guilty.items():
        if other == rule.rule_id:
            continue
        hit = tuple(name for name, scene in examples if _fails(rule, scene))
        if len(hit) >= FEWEST and len(hit) >= OVERLAP_SHARE * len(examples):
            yield Notice(
                Check.OVERLAP,
                Level.NOTE,
                rule.rule_id,
                file,
                f"also hits {len(hit)} of the {len(examples)} examples of {other}",
                hit,
            )


def _vague(rule: Rule, innocent: Sequence[tuple[str, str, Scene]], file: str) -> Iterator[Notice]:
    found: dict[str, list[str]] = defaultdict(list)
    wide = 0
    others = 0
    for owner, name, scene in innocent:
        if owner == rule.rule_id:
            continue
        others += 1
        if rule.find.find(scene).truth is Truth.HIT:
            wide += 1
            if _fails(rule, scene):
                found[owner].append(name)
    wrong = tuple(f"{owner} {name!r}" for owner, names in found.items() for name in names)
    if len(wrong) >= FEWEST:
        yield Notice(
            Check.VAGUE,
            Level.WARNING,
            rule.rule_id,
            file,
            f"finds something in {len(wrong)} of {others} examples that other rules call innocent",
            wrong,
        )
    elif others and wide >= max(FEWEST, VAGUE_SHARE * others):
        yield Notice(
            Check.VAGUE,
            Level.NOTE,
            rule.rule_id,
            file,
            f"its conditions hit {wide} of {others} innocent examples of other rules; "
            "only exemptions and premises keep them out",
        )
