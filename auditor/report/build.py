"""Turn a run into the values of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from urllib.parse import quote

from auditor.domain.findings import (
    Disclosure,
    Finding,
    Kind,
    Outcome,
)
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.domain.transcripts import Transcript
from auditor.policy.model import Scoring
from auditor.report.charts import score_bar
from auditor.report.clips import ClipMaker, address
from auditor.report.columns import clock, moment
from auditor.report.contact_section import trail_text
from auditor.report.i18n import Words
from auditor.report.labels import GRADE, RECOGNISER
from auditor.report.matrices import category_matrix, disclosure_matrix
from auditor.report.quotes import Surroundings, around, quote_parts
from auditor.report.survey import AgentSums, Survey
from auditor.report.view import (
    AgentView,
    CallView,
    ClauseView,
    FindingView,
    Page,
    Unheard,
)
from auditor.scoring.agents import topic_answers
from auditor.store.names import file_name
from auditor.store.reader import Records

MOST_FINDINGS = 2_000
"""Findings shown on the page; the workbook and ``findings.jsonl`` hold all."""

MOST_FATAL = 50
MOST_UNHEARD = 500
MOST_CLEAN = 100
LEAST_CLEAN = 3
MOST_CLEAN_CALLS = 10_000
"""Ids of clean calls on the page, over all agents; a few for each in any case."""

MOST_AGENTS = 300
"""Agents compared on the page; ``scorecards.csv`` and the workbook hold all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Where the page finds sound and text.

    Args:
        out: Folder of the page.
        root: Folder of the recordings; ``None`` when there is no sound.
        clips: Cuts clips; ``None`` when none are wanted.
    """

    out: Path
    root: Path | None = None
    clips: ClipMaker | None = None


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds the page of one run.

    Args:
        records: One for every call, in input order.
        words: Language.
        sources: Sound and text.
        most: Findings shown at most.
    """

    records: Collection[CallRecord]
    scoring: Scoring
    words: Words
    sources: Sources
    most: int = MOST_FINDINGS

    def page(self, info: RunInfo, cards: Sequence[Scorecard]) -> Page:
        """Build everything on the page, in two passes over the records."""
        most_clean = min(MOST_CLEAN, max(LEAST_CLEAN, MOST_CLEAN_CALLS // max(1, len(cards))))
        survey = Survey(self.most, MOST_UNHEARD, most_clean)
        lean = self.records.lean() if isinstance(self.records, Records) else self.records
        shown = survey.chosen(lean)
        picked = _picked(self.records, shown)
        # Fatal calls first: they get the clips while there is room for any.
        order = sorted(shown, key=lambda place: not _fatal(picked[place]))
        views = {place: self._call(place, picked[place], shown[place]) for place in order}
        calls = {place: views[place] for place in shown}
        review = [
            (view.agent, finding)
            for view in calls.values()
            for finding in view.findings
            if finding.undetermined
        ]
        calls = {
            place: replace(view, findings=tuple(f for f in view.findings if not f.undetermined))
            for place, view in calls.items()
        }
        fatal = sorted((v for v in calls.values() if v.fatal), key=lambda v: v.weighted)
        listed = _worst(cards)
        agents = self._agents(cards, survey, calls, picked)
        return Page(
            info=info,
            period=str(survey.period),
            made_at=moment(info.finished_at),
            hours=survey.seconds / 3600,
            agents=agents,
            listed=tuple(agent for agent in agents if agent.card.agent_id in listed),
            min_calls=self.scoring.min_calls,
            base=self.scoring.base,
            attention=tuple(fatal[:MOST_FATAL]),
            fatal_calls=survey.fatal_calls,
            categories=category_matrix(cards, self.words, listed),
            disclosures=disclosure_matrix(cards, self.words, listed),
            review=tuple(review),
            unheard=tuple(map(self._unheard, survey.unheard)),
            unheard_total=survey.unheard_total,
            trend=survey.timeline.trend(),
            shadows=survey.shadows.result(),
            shown=sum(len(keys) for keys in shown.values()),
            total=survey.total,
            made_with=tuple(
                (self.words.label("recogniser", name), info.recogniser[name])
                for name in RECOGNISER
                if info.recogniser.get(name)
            ),
            grades=tuple((grade, self.words.label("grade", grade)) for grade in GRADE),
            topics=sorted({f.topic for v in calls.values() for f in v.findings}),
        )

    def _unheard(self, record: CallRecord) -> Unheard:
        reason = "" if record.reason is None else self.words.label("reason", record.reason)
        return Unheard(record, reason, self.words.detail_of(record))

    def _agents(
        self,
        cards: Sequence[Scorecard],
        survey: Survey,
        calls: Mapping[int, CallView],
        picked: Mapping[int, CallRecord],
    ) -> tuple[AgentView, ...]:
        views: dict[str, list[CallView]] = defaultdict(list)
        for place, view in calls.items():
            call = picked[place].call
            if view.findings and call is not None:
                views[call.agent_id].append(view)
        return tuple(
            self._agent(
                number,
                card,
                survey.agents.get(card.agent_id, AgentSums()),
                views.get(card.agent_id, []),
            )
            for number, card in enumerate(cards)
        )

    def _agent(
        self, number: int, card: Scorecard, sums: AgentSums, views: list[CallView]
    ) -> AgentView:
        views.sort(key=lambda view: (not view.fatal, view.weighted))
        shown = sum(len(view.findings) for view in views)
        counted = sum(card.severities.values())
        return AgentView(
            anchor=f"a{number}",
            card=card,
            name=card.agent_name or "",
            bar=score_bar(card, self.scoring.base),
            findings=counted,
            per_100=100 * counted / card.calls if card.calls else None,
            dims=self._dims(card.dimensions),
            calls=tuple(views),
            clean=tuple(sums.clean),
            clean_left_out=sums.clean_total - len(sums.clean),
            left_out=sums.judged - shown,
        )

    def _call(self, place: int, record: CallRecord, numbers: Iterable[int]) -> CallView:
        call, audit, score, words = record.call, record.audit, record.score, self.words
        if call is None or audit is None or score is None:
            raise ValueError("only judged calls have findings")
        answers = dict(topic_answers(audit))
        required = [d for d in Disclosure if d in answers]
        folder = self.sources.out / "transcripts"
        transcript = Surroundings(folder).transcript(record.call_id)
        shown = [audit.findings[number] for number in numbers]
        if self.sources.clips is not None and record.recording is not None:
            times = [f.evidence.time for f in shown if f.evidence is not None]
            self.sources.clips.hold(record.recording, times)
        findings = [self._finding(place, finding, record, transcript) for finding in shown]
        findings.sort(key=lambda view: -1.0 if view.second is None else view.second)
        name = file_name(record.call_id, ".json")
        return CallView(
            anchor=f"c{place}",
            call_id=record.call_id,
            agent=" ".join(filter(None, (call.agent_id, call.agent_name))),
            started="" if call.started_at is None else call.started_at.strftime("%Y-%m-%d %H:%M"),
            minutes="" if record.duration is None else clock(record.duration),
            callee="" if call.callee is None else words.label("callee", call.callee.value),
            overdue_days=call.overdue_days,
            score=score.score,
            weighted=score.weighted,
            fatal=score.fatal,
            dims=self._dims(score.dimensions),
            made=tuple(words.label("disclosure", d.value) for d in required if not answers[d]),
            unmade=tuple(words.label("disclosure", d.value) for d in required if answers[d]),
            health=()
            if record.health is None
            else tuple(words.label("health", issue.value) for issue in record.health.issues),
            findings=tuple(findings),
            sound=self._sound(record),
            transcript=None if transcript is None else _link("transcripts", name),
            synthetic_model=record.synthetic_model,
        )

    def _dims(self, values: Mapping[str, float | None]) -> tuple[tuple[str, float | None], ...]:
        titles = self.scoring.dimension_titles if self.words.lang == "zh" else {}
        return tuple((titles.get(name, name), value) for name, value in values.items())

    def _sound(self, record: CallRecord) -> str | None:
        if self.sources.root is None or record.recording is None:
            return None
        return address(self.sources.out, self.sources.root, record.recording)

    def _finding(
        self, place: int, finding: Finding, record: CallRecord, transcript: Transcript | None
    ) -> FindingView:
        words, evidence = self.words, finding.evidence
        turn = -2 if evidence is None else evidence.turn
        before, after = around(transcript, turn)
        sound = None
        if evidence is not None and record.recording is not None and self.sources.clips is not None:
            sound = self.sources.clips.clip(record.recording, evidence.time)
        return FindingView(
            anchor=f"f{place}-{finding.finding_id}",
            call_id=finding.call_id,
            severity=finding.severity.label,
            severity_text=words.label("severity", finding.severity.label),
            kind_text=words.label("kind", finding.kind.value),
            topic=words.topic(finding.category, finding.disclosure),
            title=words.title_of(finding),
            omission=finding.kind is Kind.OMISSION,
            counted=finding.counts,
            undetermined=finding.outcome is Outcome.UNDETERMINED,
            status_text=words.label("status", finding.status.value),
            clock="" if evidence is None else clock(evidence.time.start),
            second=None if evidence is None else evidence.time.start,
            end=None if evidence is None else evidence.time.end,
            speaker="" if evidence is None else words.label("speaker", evidence.speaker.value),
            parts=() if evidence is None else quote_parts(evidence),
            before=before,
            after=after,
            clauses=tuple(
                ClauseView(
                    document=ref.document,
                    section=ref.section,
                    grade=ref.grade,
                    verified=ref.grade == "V1",
                    grade_text=words.label("grade", ref.grade),
                )
                for ref in finding.clauses
            ),
            explanation=words.explanation_of(finding),
            grounds=tuple(words.grounds_of(finding)),
            voices=tuple(words.voices_of(finding)),
            confidence=round(100 * finding.confidence),
            points=finding.weight,
            fatal=finding.fatal,
            rule=f"{finding.rule_id} v{finding.rule_version}",
            finding_id=finding.finding_id,
            sound=sound,
            trail=trail_text(finding.trail, words),
        )


def _picked(
    records: Iterable[CallRecord], places: Mapping[int, list[int]]
) -> Mapping[int, CallRecord]:
    """Read the records at some places: the only ones that are held together."""
    if not places:
        return {}
    last = max(places)
    return {
        place: record
        for place, record in zip(range(last + 1), records, strict=False)
        if place in places
    }


def _worst(cards: Sequence[Scorecard]) -> frozenset[str]:
    """Return the agents that the page has room for: those with most to look at."""
    first = sorted(
        cards,
        key=lambda card: (
            -card.fatal_calls,
            inf if card.score is None else card.score,
            -sum(card.severities.values()),
        ),
    )
    return frozenset(card.agent_id for card in first[:MOST_AGENTS])


def _fatal(record: CallRecord) -> bool:
    return record.score is not None and record.score.fatal


def _link(folder: str, name: str) -> str:
    return f"{folder}/{quote(name)}"
