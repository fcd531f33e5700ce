"""What the audit says about a call, with the evidence it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType

from auditor.domain.calls import Speaker
from auditor.domain.contacts import Cues, Trail
from auditor.domain.spans import CharSpan, TimeSpan


class Category(StrEnum):
    """Kinds of violation (the interchange contract's list)."""

    ABUSE = "abuse"
    THREAT = "threat"
    HARASSMENT = "harassment"
    CREDENTIAL_REQUEST = "credential_request"
    THIRD_PARTY = "third_party"
    IMPERSONATION = "impersonation"
    MISREPRESENTATION = "misrepresentation"
    IMPROPER_PAYMENT = "improper_payment"
    INDUCEMENT = "inducement"
    SERVICE_FAILURE = "service_failure"
    CALLING_HOURS = "calling_hours"
    CALL_FREQUENCY = "call_frequency"
    CONTACT_AFTER_REFUSAL = "contact_after_refusal"


class Disclosure(StrEnum):
    """What an agent has to say (the interchange contract's list)."""

    INSTITUTION_IDENTITY = "institution_identity"
    AGENT_IDENTITY = "agent_identity"
    RECORDING_NOTICE = "recording_notice"
    DEBTOR_VERIFICATION = "debtor_verification"
    OVERDUE_AMOUNT = "overdue_amount"
    REPAYMENT_CHANNEL = "repayment_channel"
    REPAYMENT_DEADLINE = "repayment_deadline"
    FEE_EXPLANATION = "fee_explanation"
    HARDSHIP_OPTION = "hardship_option"
    DEBT_DETAIL = "debt_detail"


class Kind(StrEnum):
    """Something said that must not be, or something unsaid that must be."""

    VIOLATION = "violation"
    OMISSION = "omission"


class Severity(IntEnum):
    """How bad; ``CRITICAL`` is fatal to the call (一票否决)."""

    MINOR = 1
    MAJOR = 2
    CRITICAL = 3

    @property
    def label(self) -> str:
        """The name used in files and on the command line."""
        return self.name.lower()


class Status(StrEnum):
    """Life of a rule; only ``STABLE`` counts in scores."""

    DRAFT = "draft"
    TRIAL = "trial"
    STABLE = "stable"
    RETIRED = "retired"

    @property
    def judges(self) -> bool:
        """Whether calls are judged by the rule at all."""
        return self in (Status.TRIAL, Status.STABLE)


class Outcome(StrEnum):
    """Answer of one rule for one call."""

    PASS = "pass"  # noqa: S105 - an outcome, not a secret
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


class How(StrEnum):
    """What produced a match."""

    LEXICON = "lexicon"
    PATTERN = "pattern"
    PINYIN = "pinyin"
    CLASSIFIER = "classifier"
    ABSENCE = "absence"


@dataclass(frozen=True, slots=True)
class ClauseRef:
    """A citable place in a rule book.

    Args:
        document: Title of the law, standard or guideline.
        section: Article or heading; says 条号未核实 where the number was not seen.
        grade: How well the reference was verified: V1, V2, V3 or M.
    """

    document: str
    section: str
    grade: str


@dataclass(frozen=True, slots=True)
class Match:
    """Characters of the quoted turn that a condition hit.

    Args:
        text: The characters as written.
        span: Where in the quoted turn's text.
        how: Kind of condition.
        source: Which lexicon term, pattern or label, for the explanation.
    """

    text: str
    span: CharSpan
    how: How
    source: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The quoted turn of a finding.

    Args:
        turn: Index of the turn.
        time: When the matched words (or the turn) were said.
        speaker: Who said it.
        quote: The turn's text as written.
        matches: What was hit in it.
    """

    turn: int
    time: TimeSpan
    speaker: Speaker
    quote: str
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence for people in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Voice:
    """One signal of the joint judgement and how much it weighs.

    Args:
        zh: What it is, in Chinese.
        en: The same in English.
        weight: Log-odds that it adds: above 0 it speaks for the finding, below against it.
    """

    zh: str
    en: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """Why a finding stands, point by point.

    Args:
        conditions: Which conditions hit, on which words.
        heard: What was heard and what was meant, where words were read by their sound.
        exemptions: Reasons not to count the words that were looked at, and why they do not apply.
        excused: Similar words that were not counted, and why.
        missing: For an omission: the nearest attempt, what part of it was missing, and whether
            the audio there was usable.
        voices: Signals of the joint judgement, the heaviest first.
    """

    conditions: tuple[Told, ...] = ()
    heard: tuple[Told, ...] = ()
    exemptions: tuple[Told, ...] = ()
    excused: tuple[Told, ...] = ()
    missing: tuple[Told, ...] = ()
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule failed (or could not be judged) in one call.

    Args:
        category: Set for violations.
        disclosure: Set for omissions.
        evidence: Absent when a whole call lacks something.
        trail: Evidence of a check across calls, in place of a quoted turn.
        confidence: 0..1.
        explanation: Chinese sentences for the compliance officer.
        explanation_en: The same in English.
        grounds: The same point by point, and the weights of the judgement.
    """

    call_id: str
    agent_id: str
    kind: Kind
    rule_id: str
    rule_version: int
    title: str
    status: Status
    outcome: Outcome
    severity: Severity
    weight: float
    clauses: tuple[ClauseRef, ...]
    confidence: float
    explanation: str
    explanation_en: str = ""
    title_en: str = ""
    category: Category | None = None
    disclosure: Disclosure | None = None
    evidence: Evidence | None = None
    trail: Trail | None = None
    occurrence: int = 0
    grounds: Grounds = field(default_factory=Grounds)

    @property
    def finding_id(self) -> str:
        """Identity that survives a re-run and a new version of the rule.

        Built from call, rule, turn, matched text and which of several equal hits it is; not
        from times or the rule's version, so that a reviewer's verdict stays attached.
        """
        turn = "" if self.evidence is None else str(self.evidence.turn)
        matched = "" if self.evidence is None else "|".join(m.text for m in self.evidence.matches)
        parts = (self.call_id, self.rule_id, turn, matched, str(self.occurrence))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]

    @property
    def counts(self) -> bool:
        """Whether the finding enters a score."""
        return self.status is Status.STABLE and self.outcome is Outcome.FAIL

    @property
    def fatal(self) -> bool:
        """Whether it fails the whole call (一票否决)."""
        return self.counts and self.severity is Severity.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """Answer of one rule for one call, also where it passed: the denominators of every rate."""

    rule_id: str
    outcome: Outcome
    disclosure: Disclosure | None = None
    category: Category | None = None
    status: Status = Status.STABLE


class CallOutcome(StrEnum):
    """How a call of the run ended; every manifest row has exactly one."""

    AUDITED = "audited"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAudit:
    """Everything the audit of one call produced.

    Args:
        findings: Failures and undetermined checks, by turn then rule.
        rules: One outcome for every rule in force.
        made: Disclosures made -> index of the turn.
        cues: What was heard that matters to later calls; ``None`` where nobody listened.
    """

    call_id: str
    agent_id: str
    findings: tuple[Finding, ...]
    rules: tuple[RuleOutcome, ...]
    made: Mapping[Disclosure, int] = field(default_factory=lambda: MappingProxyType({}))
    cues: Cues | None = None
