"""Turn a run into the values of the page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from auditor.domain.findings import (
    CallOutcome,
    Disclosure,
    Finding,
    Kind,
    Outcome,
)
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.domain.transcripts import Transcript
from auditor.policy.model import Scoring
from auditor.report.agent_tables import period
from auditor.report.charts import score_bar, trend
from auditor.report.clips import ClipMaker, address
from auditor.report.columns import clock, moment
from auditor.report.i18n import Words
from auditor.report.labels import GRADE, RECOGNISER
from auditor.report.matrices import category_matrix, disclosure_matrix
from auditor.report.quotes import Surroundings, around, quote_parts
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

MOST_FINDINGS = 2_000
"""Findings shown on the page; the workbook and ``findings.jsonl`` hold all."""

MOST_FATAL = 50
MOST_UNHEARD = 500
MOST_CLEAN = 100


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

    records: Sequence[CallRecord]
    scoring: Scoring
    words: Words
    sources: Sources
    most: int = MOST_FINDINGS

    def page(self, info: RunInfo, cards: Sequence[Scorecard]) -> Page:
        """Build everything on the page."""
        shown = self._shown()
        # Fatal calls first: they get the clips while there is room for any.
        order = sorted(shown, key=lambda place: not _fatal(self.records[place]))
        views = {place: self._call(place, shown[place]) for place in order}
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
        unheard = [r for r in self.records if r.outcome is not CallOutcome.AUDITED]
        audited = [r for r in self.records if r.outcome is CallOutcome.AUDITED]
        return Page(
            info=info,
            period=period(self.records),
            made_at=moment(info.finished_at),
            hours=sum(record.duration or 0.0 for record in audited) / 3600,
            agents=self._agents(cards, calls),
            min_calls=self.scoring.min_calls,
            base=self.scoring.base,
            attention=tuple(fatal[:MOST_FATAL]),
            fatal_calls=sum(map(_fatal, audited)),
            categories=category_matrix(cards, self.words),
            disclosures=disclosure_matrix(cards, self.words),
            review=tuple(review),
            unheard=tuple(map(self._unheard, unheard[:MOST_UNHEARD])),
            unheard_total=len(unheard),
            trend=trend(self.records),
            shown=sum(len(keys) for keys in shown.values()),
            total=sum(len(r.audit.findings) for r in audited if r.audit is not None),
            made_with=tuple(
                (self.words.label("recogniser", name), info.recogniser[name])
                for name in RECOGNISER
                if info.recogniser.get(name)
            ),
            grades=tuple((grade, self.words.label("grade", grade)) for grade in GRADE),
            topics=sorted({f.topic for v in calls.values() for f in v.findings}),
        )

    def _shown(self) -> Mapping[int, list[int]]:
        """Choose the findings that the page has room for: counted and severe ones first."""
        keys = [
            (_order(finding), place, number)
            for place, record in enumerate(self.records)
            if record.audit is not None
            for number, finding in enumerate(record.audit.findings)
        ]
        chosen: dict[int, list[int]] = defaultdict(list)
        for _, place, number in sorted(keys)[: self.most]:
            chosen[place].append(number)
        return {place: sorted(chosen[place]) for place in sorted(chosen)}

    def _unheard(self, record: CallRecord) -> Unheard:
        reason = "" if record.reason is None else self.words.label("reason", record.reason)
        return Unheard(record, reason, self.words.detail_of(record))

    def _agents(
        self, cards: Sequence[Scorecard], calls: Mapping[int, CallView]
    ) -> tuple[AgentView, ...]:
        places: dict[str, list[int]] = defaultdict(list)
        for place, record in enumerate(self.records):
            if record.call is not None and record.outcome is CallOutcome.AUDITED:
                places[record.call.agent_id].append(place)
        return tuple(
            self._agent(number, card, places[card.agent_id], calls)
            for number, card in enumerate(cards)
        )

    def _agent(
        self, number: int, card: Scorecard, places: list[int], calls: Mapping[int, CallView]
    ) -> AgentView:
        views = [calls[p] for p in places if p in calls and calls[p].findings]
        views.sort(key=lambda view: (not view.fatal, view.weighted))
        clean = [self.records[p].call_id for p in places if not _fails(self.records[p])]
        shown = sum(len(view.findings) for view in views)
        judged = sum(_judged(self.records[place]) for place in places)
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
            clean=tuple(clean[:MOST_CLEAN]),
            clean_left_out=max(0, len(clean) - MOST_CLEAN),
            left_out=judged - shown,
        )

    def _call(self, place: int, numbers: Iterable[int]) -> CallView:
        record = self.records[place]
        call, audit, score, words = record.call, record.audit, record.score, self.words
        if call is None or audit is None or score is None:
            raise ValueError("only judged calls have findings")
        answers = dict(topic_answers(audit))
        required = [d for d in Disclosure if d in answers]
        folder = self.sources.out / "transcripts"
        transcript = Surroundings(folder).transcript(record.call_id)
        findings = [
            self._finding(place, audit.findings[number], record, transcript) for number in numbers
        ]
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
            confidence=round(100 * finding.confidence),
            points=finding.weight,
            fatal=finding.fatal,
            rule=f"{finding.rule_id} v{finding.rule_version}",
            finding_id=finding.finding_id,
            sound=sound,
        )


def _order(finding: Finding) -> tuple[bool, bool, int]:
    undetermined = finding.outcome is Outcome.UNDETERMINED
    return (not finding.counts, not undetermined, -int(finding.severity))


def _fatal(record: CallRecord) -> bool:
    return record.score is not None and record.score.fatal


def _fails(record: CallRecord) -> bool:
    return _judged(record) > 0


def _judged(record: CallRecord) -> int:
    findings = () if record.audit is None else record.audit.findings
    return sum(finding.outcome is not Outcome.UNDETERMINED for finding in findings)


def _link(folder: str, name: str) -> str:
    return f"{folder}/{quote(name)}"
