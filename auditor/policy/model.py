"""The frozen values of a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import ClassVar

from auditor.conditions.base import Condition, Exemption
from auditor.domain.findings import Category, ClauseRef, Disclosure, Kind, Severity, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A citable place in a law, standard or guideline.

    Args:
        clause_id: Short id used by rules.
        document: Title as cited.
        section: Article, or a heading with 条号未核实 where the number was not seen.
        grade: V1 primary text read, V2 consistent secondary account, V3 weak page, M from memory.
        summary: What it asks for, in our words.
        checkable: Whether a recording of one call can show it.
        reason: Why not, for clauses a call cannot show.
    """

    clause_id: str
    document: str
    section: str
    grade: str
    summary: str
    checkable: bool = True
    reason: str = ""

    @property
    def ref(self) -> ClauseRef:
        """The reference a finding carries."""
        return ClauseRef(self.document, self.section, self.grade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One thing that several clauses ask for: whoever shows it shows all of them.

    Args:
        clauses: Ask for exactly this.
        also: Ask for this among other things.
    """

    requirement_id: str
    title: str
    title_en: str
    clauses: tuple[Clause, ...]
    also: tuple[Clause, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A named set of terms.

    Args:
        terms: Folded, without punctuation, longest first.
        by_sound: Whether homophones of the terms count.
    """

    lexicon_id: str
    title: str
    terms: tuple[str, ...]
    by_sound: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an example dialogue.

    Args:
        after: Seconds of silence before it; negative where it begins before the last one ends.
        lasts: Seconds it takes to say; ``None`` for the usual pace.
    """

    speaker: str
    text: str
    after: float = 0.5
    lasts: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A dialogue kept beside a rule with the answer it must give.

    Args:
        expect: ``finding``, ``none``, ``not_applicable`` or ``undetermined``.
        evidence: Words a finding must quote.
        call: Circumstances, e.g. ``callee``, ``overdue_days``.
        known_wrong: The rule is known to answer differently today.
    """

    name: str
    expect: str
    dialogue: tuple[Line, ...]
    evidence: str = ""
    call: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    known_wrong: bool = False
    line: int = 1


@dataclass(frozen=True, slots=True)
class Signal:
    """A named condition with examples, shared by rules and by the reading of the dialogue."""

    name: str
    title: str
    condition: Condition
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A declarative check.

    A violation is a hit of ``find`` that no exemption excuses. An omission is the absence of
    ``find`` where ``applies`` holds; ``before`` names what it must precede.

    Args:
        weighed: Judged together with the other rules and the classifier; else by itself, and it
            says nothing about its category.
        effective_from: First day the rule is in force.
        effective_to: First day it is no longer in force.
        across: Whether the rule looks at many calls' times and not at one call's words.
    """

    across: ClassVar[bool] = False

    rule_id: str
    version: int
    title: str
    title_en: str
    kind: Kind
    category: Category | None
    disclosure: Disclosure | None
    clauses: tuple[Clause, ...]
    severity: Severity
    weight: float
    status: Status
    find: Condition
    applies: Condition | None = None
    before: Condition | None = None
    unless: tuple[Exemption, ...] = ()
    nearest: Condition | None = None
    rationale: str = ""
    rationale_en: str = ""
    confidence: float = 0.9
    weighed: bool = True
    effective_from: date | None = None
    effective_to: date | None = None
    examples: tuple[Example, ...] = ()
    file: str = ""

    def in_force(self, day: date | None) -> bool:
        """Whether the rule judges a call of that day; a call without a day is judged by all."""
        if day is None:
            return True
        after_start = self.effective_from is None or day >= self.effective_from
        return after_start and (self.effective_to is None or day < self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Constants of the score.

    Args:
        base: Points a call starts with.
        fatal_score: Score of a call with a fatal finding.
        min_calls: Fewest audited calls for an agent to be ranked.
        dimensions: Name of a dimension -> categories and disclosures in it.
    """

    base: float = 100.0
    fatal_score: float = 0.0
    min_calls: int = 30
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    dimension_titles: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A versioned set of clauses, lexicons, signals and rules.

    Args:
        fingerprint: Hash of every file read; the same policy has the same fingerprint.
        prompt: Short text that shows a recogniser the style wanted.
        hotwords: Terms a recogniser should expect.
        classifier: Name of the trained model that rules may ask; empty for none.
        judgement: Name of the weights that let rules and classifier decide together; empty:
            each rule decides by itself.
        requirements: What clauses ask for in common, by id.
    """

    policy_id: str
    version: str
    title: str
    fingerprint: str
    clauses: Mapping[str, Clause]
    lexicons: Mapping[str, Lexicon]
    signals: Mapping[str, Signal]
    rules: tuple[Rule, ...]
    scoring: Scoring = field(default_factory=Scoring)
    prompt: str = ""
    hotwords: str = ""
    classifier: str = ""
    judgement: str = ""
    requirements: Mapping[str, Requirement] = field(default_factory=lambda: MappingProxyType({}))

    def rule(self, rule_id: str) -> Rule | None:
        """The rule of that id."""
        return next((rule for rule in self.rules if rule.rule_id == rule_id), None)
