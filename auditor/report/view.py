"""What the page shows, as values: the template adds markup and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.domain.runs import CallRecord, Rate, RunInfo, Scorecard
from auditor.report.charts import ScoreBar, Trend
from auditor.report.clause_map import ClauseMap
from auditor.report.contact_section import ContactSection
from auditor.report.quotes import Part, Said
from auditor.scoring.shadow import Shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseView:
    """A clause with how well it was verified."""

    document: str
    section: str
    grade: str
    verified: bool
    grade_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingView:
    """One finding, ready to print.

    Args:
        anchor: Fragment that leads to it.
        omission: Something unsaid; the quote, if any, is the nearest attempt.
        counted: Enters a score; else on trial or undetermined.
        clock: ``mm:ss`` of the words, nothing where a whole call lacks something.
        second: The same in seconds.
        end: Where the words end.
        sound: Address of a clip of the flagged seconds.
        trail: The calls that a finding across calls rests on, in place of a quote.
        grounds: Headings with the points under them: why it stands.
        voices: Signals of the judgement: name, log-odds, whether it speaks for the finding.
    """

    anchor: str
    call_id: str
    severity: str
    severity_text: str
    kind_text: str
    topic: str
    title: str
    omission: bool
    counted: bool
    undetermined: bool
    status_text: str
    clock: str
    second: float | None
    end: float | None
    speaker: str
    parts: tuple[Part, ...]
    before: Said | None
    after: Said | None
    clauses: tuple[ClauseView, ...]
    explanation: str
    grounds: tuple[tuple[str, tuple[str, ...]], ...]
    voices: tuple[tuple[str, str, bool], ...]
    confidence: int
    points: float
    fatal: bool
    rule: str
    finding_id: str
    sound: str | None = None
    trail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """One audited call.

    Args:
        anchor: Fragment that leads to it.
        dims: Name and score of each dimension.
        made: Names of the required disclosures that were made.
        unmade: Names of those that were not.
        findings: Counted findings and those on trial, by time.
        sound: Address of the recording.
        transcript: Address of its transcript.
    """

    anchor: str
    call_id: str
    agent: str
    started: str
    minutes: str
    callee: str
    overdue_days: int | None
    score: float
    weighted: float
    fatal: bool
    dims: tuple[tuple[str, float | None], ...]
    made: tuple[str, ...]
    unmade: tuple[str, ...]
    health: tuple[str, ...]
    findings: tuple[FindingView, ...]
    sound: str | None
    transcript: str | None
    synthetic_model: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentView:
    """One agent with the calls worth reading.

    Args:
        calls: Calls with findings, fatal first, then by points lost.
        clean: Audited calls without findings.
        left_out: Findings that the page has no room for.
    """

    anchor: str
    card: Scorecard
    name: str
    bar: ScoreBar | None
    findings: int
    per_100: float | None
    dims: tuple[tuple[str, float | None], ...]
    calls: tuple[CallView, ...]
    clean: tuple[str, ...]
    clean_left_out: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Unheard:
    """A call of the manifest that was not audited."""

    record: CallRecord
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rates of agents (rows) by topic (columns), with a row over all agents."""

    topics: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[Rate, ...]], ...]
    total: tuple[Rate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything on the page.

    Args:
        agents: All agents.
        listed: Those that are compared with each other.
        attention: Fatal calls, worst first, at most ``MOST_FATAL``.
        fatal_calls: How many there are.
        review: Undetermined findings shown, with the call's agent.
        shadows: Rules on trial, those that cost most first.
        shown: Findings on the page.
        total: Findings of the run.
        made_with: What is known of the recogniser, by name.
        contacts: Debtors whose contacts have findings; nothing where nobody looked.
        clause_map: Clauses, rules and findings; nothing where the policy is not at hand.
    """

    info: RunInfo
    period: str
    made_at: str
    hours: float
    agents: tuple[AgentView, ...]
    listed: tuple[AgentView, ...]
    min_calls: int
    base: float
    attention: tuple[CallView, ...]
    fatal_calls: int
    categories: Matrix
    disclosures: Matrix
    review: tuple[tuple[str, FindingView], ...]
    unheard: tuple[Unheard, ...]
    unheard_total: int
    trend: Trend | None
    shadows: tuple[Shadow, ...]
    shown: int
    total: int
    made_with: tuple[tuple[str, str], ...]
    grades: Sequence[tuple[str, str]]
    topics: Sequence[str]
    clause_map: ClauseMap | None = None
    contacts: ContactSection | None = None
