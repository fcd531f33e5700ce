"""Rules and signals as files that can be changed and tried again on their examples."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import re2

from auditor.conditions.node import Node, Source
from auditor.conditions.node import Path as NodePath
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript, difference, signal_difference
from auditor.detect.judging import judge
from auditor.policy.contactrules import ContactRule
from auditor.policy.loader import load_for_work
from auditor.policy.model import Clause, Example, Policy, Rule, Signal
from auditor.policy.rulefile import read_rule, read_signal
from auditor.policy.strictyaml import read_yaml
from auditor.text.normalise import Normaliser


@dataclass(frozen=True, slots=True)
class PatientReading(Reading):
    """Reads conditions and keeps every pattern it compiled: changed files share most of them."""

    compiled: dict[str, re2._Regexp | None] = field(default_factory=dict, compare=False)

    def pattern(self, node: Node) -> re2._Regexp | None:
        """Compile a pattern once."""
        text = node.value
        if not isinstance(text, str):
            return Reading.pattern(self, node)
        if text not in self.compiled:
            self.compiled[text] = Reading.pattern(self, node)
        return self.compiled[text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One rule or signal with its file and its examples laid out.

    Args:
        name: Rule id or signal name.
        file: Relative to the policy.
        value: The file as read; never changed.
        lines: Line of every key.
        examples: Those that come out right today and are not known to be wrong.
        scenes: One for each of these examples.
        rule: ``None`` for a signal.
    """

    name: str
    file: str
    value: Mapping[str, Any]
    lines: Mapping[NodePath, int]
    examples: tuple[Example, ...]
    scenes: tuple[Scene, ...]
    reading: PatientReading
    clauses: Mapping[str, Clause]
    rule: Rule | None

    def where(self, path: NodePath) -> str:
        """A place as an author would look for it: file and line."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"

    def tried(self, value: Mapping[str, Any], among: Collection[int]) -> str | None:
        """Judge examples by a changed file.

        Args:
            value: The changed file.
            among: Numbers of the examples that may come out otherwise.

        Returns:
            The name of the first example that comes out otherwise, nothing where none does,
            ``None`` where the changed file cannot be read.
        """
        source = Source(self.file, self.lines)
        node = Node(value, source)
        changed: Rule | Signal
        if self.rule is not None:
            changed = read_rule(node, self.reading, self.clauses, self.name)
        else:
            changed = read_signal(node, self.reading)
        if source.problems:
            return None
        for number in among:
            if _wrong(changed, self.examples[number], self.scenes[number]):
                return self.examples[number].name
        return ""


def _wrong(subject: Rule | Signal, example: Example, scene: Scene) -> str:
    if isinstance(subject, Rule):
        return difference(subject, example, judge(subject, scene))
    return signal_difference(subject, example, scene)


@dataclass(frozen=True, slots=True)
class Workshop:
    """A policy taken apart for work on its rules.

    Args:
        subjects: Its rules about words and its signals; rules about contacts have no words.
    """

    policy: Policy
    detector: Detector
    reading: PatientReading
    subjects: tuple[Subject, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules among the subjects."""
        return tuple(subject.rule for subject in self.subjects if subject.rule is not None)


def open_workshop(
    folder: Path, detector: Detector, normaliser: Normaliser, names: Sequence[str] = ()
) -> Workshop:
    """Lay out the rules and signals of a policy with their examples.

    Args:
        folder: The policy's folder.
        detector: Built from the same folder.
        normaliser: Folds texts and patterns.
        names: Rules, signals and families wanted; none for all.

    Raises:
        PolicyError: Anything is wrong with the policy.
    """
    policy, plain = load_for_work(folder, normaliser)
    reading = PatientReading(plain.vocabulary)
    wanted = [
        subject
        for subject in _subjects(policy)
        if not names or any(_fits(_name(subject), name) for name in names)
    ]
    laid_out = tuple(_subject(folder, policy, detector, reading, one) for one in wanted)
    return Workshop(policy, detector, reading, laid_out)


def _subjects(policy: Policy) -> Iterator[Rule | Signal]:
    yield from (rule for rule in policy.rules if not isinstance(rule, ContactRule))
    yield from policy.signals.values()


def _name(subject: Rule | Signal) -> str:
    return subject.rule_id if isinstance(subject, Rule) else subject.name


def _fits(name: str, wanted: str) -> bool:
    return name == wanted or name.startswith(f"{wanted}.")


def _subject(
    folder: Path,
    policy: Policy,
    detector: Detector,
    reading: PatientReading,
    subject: Rule | Signal,
) -> Subject:
    file = subject.file if isinstance(subject, Rule) else f"signals/{subject.name}.yaml"
    value, source = read_yaml(folder / file, file)
    right: list[tuple[Example, Scene]] = []
    for example in subject.examples:
        scene = detector.scene(as_transcript(example))
        if not example.known_wrong and not _wrong(subject, example, scene):
            right.append((example, scene))
    return Subject(
        name=_name(subject),
        file=file,
        value=value,
        lines=source.lines,
        examples=tuple(example for example, _ in right),
        scenes=tuple(scene for _, scene in right),
        reading=reading,
        clauses=policy.clauses,
        rule=subject if isinstance(subject, Rule) else None,
    )
