"""How the calls of a run ended, and what the run was made with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from auditor.domain.calls import Call
from auditor.domain.findings import CallAudit, CallOutcome, Category, Disclosure, Severity
from auditor.domain.transcripts import Health

OUTPUT_MARK = ".auditor-run"
"""Name of the hidden file that tells an output folder from an input."""

OUTPUT_FILES = ("run.json", "certificate.json")
OUTPUT_FOLDERS = ("archive", "certificates")
"""What an output folder holds that would look like input where both are one."""


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points one failed rule takes from a call, however often it was hit."""

    rule_id: str
    title: str
    points: float
    dimension: str | None
    fatal: bool


@dataclass(frozen=True, slots=True)
class CallScore:
    """Score of one call.

    Args:
        score: Points left, 0 to the policy's base; a fatal finding sets the policy's fatal score.
        weighted: Points left if no finding were fatal.
        fatal: Whether a critical finding fails the call (一票否决).
        dimensions: Dimension -> share of its points kept, 0..100; ``None`` where no rule applied.
        deductions: One for each failed rule.
    """

    score: float
    weighted: float
    fatal: bool
    dimensions: Mapping[str, float | None]
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One row of the run: exactly one for every manifest row or transcript.

    Args:
        call_id: As the manifest or the transcript says; a made-up ``row-12`` where it says nothing.
        call: ``None`` when the row was too broken to tell.
        reason: Machine-readable reason of a skip or failure.
        message: The same in one sentence; names the file or row, never call text.
        row: Manifest row as a spreadsheet counts: the header is row 1.
        recording: Path of the sound relative to the recordings root.
        duration: Seconds.
        seconds: Wall seconds spent on the call, by stage.
        synthetic_model: The demo recogniser wrote the transcript.
        transcript: Digest under which the transcript is kept; ``None`` where none is kept.
    """

    call_id: str
    outcome: CallOutcome
    call: Call | None = None
    reason: str | None = None
    message: str = ""
    row: int | None = None
    audit: CallAudit | None = None
    score: CallScore | None = None
    recording: str | None = None
    duration: float | None = None
    health: Health | None = None
    seconds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    synthetic_model: bool = False
    transcript: str | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its Wilson 95 % interval; ``None`` where the denominator is 0."""

    part: int
    whole: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """One agent in one run.

    Args:
        calls: Calls audited.
        score: Mean call score; ``None`` without calls.
        score_low: Lower end of the 95 % interval of the mean; ``None`` under two calls.
        score_high: Upper end.
        fatal_calls: Calls with a fatal finding.
        categories: Calls with a counted finding of the category, of the calls it applied to.
        severities: Counted findings by severity.
        disclosures: Calls where the disclosure was made, of those where it was required.
        undetermined: Findings that went to review.
        ranked: Enough calls to be compared with others.
        rank: 1 is best; only for ranked agents.
    """

    agent_id: str
    agent_name: str | None
    team: str | None
    calls: int
    talk_seconds: float
    score: float | None
    score_low: float | None
    score_high: float | None
    fatal_calls: int
    categories: Mapping[Category, Rate]
    severities: Mapping[Severity, int]
    disclosures: Mapping[Disclosure, Rate]
    dimensions: Mapping[str, float | None]
    undetermined: int
    ranked: bool
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """What a run was made with and how it came out.

    Args:
        versions: Package -> version.
        policy: Id, version, title, fingerprint and rule count of the policy.
        recogniser: Name, fingerprint, demo notice; empty when nothing was transcribed.
        counts: ``rows``, ``audited``, ``skipped``, ``failed`` and more by name.
        reasons: Reason of a skip or failure -> number of calls.
        demo: The demo recogniser was used somewhere.
    """

    run_id: str
    started_at: datetime
    finished_at: datetime
    input_path: str
    versions: Mapping[str, str]
    policy: Mapping[str, str]
    recogniser: Mapping[str, str]
    counts: Mapping[str, int]
    reasons: Mapping[str, int]
    demo: bool = False
