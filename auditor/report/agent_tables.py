"""Tables about agents: scorecards, comparison, disclosures, and the summary of the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auditor.domain.findings import Category, Disclosure, Severity
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.policy.model import Scoring
from auditor.report.columns import (
    NUMBER,
    SHARE,
    TEXT,
    WHOLE,
    Column,
    Row,
    Table,
    Value,
    dimension_cells,
    dimension_columns,
    moment,
    per_100,
    rounded,
)
from auditor.report.i18n import Words
from auditor.report.labels import RECOGNISER


def _rate_columns(topic: str, zh: str, en: str, kind: str) -> tuple[Column, ...]:
    hit_zh, hit_en = ("涉及通数", "calls") if kind == "calls" else ("做到通数", "made")
    of_zh, of_en = ("适用通数", "applicable") if kind == "calls" else ("应做通数", "required")
    return (
        Column(f"{topic}_{kind}", f"{zh} {hit_zh}", f"{en}: {hit_en}", WHOLE),
        Column(f"{topic}_{of_en}", f"{zh} {of_zh}", f"{en}: {of_en}", WHOLE),
        Column(f"{topic}_per_100", f"{zh} 每百通", f"{en}: per 100", NUMBER),
        Column(f"{topic}_low", f"{zh} 下限", f"{en}: low", NUMBER),
        Column(f"{topic}_high", f"{zh} 上限", f"{en}: high", NUMBER),
    )


_AGENT = (
    Column("rank", "名次", "Rank", WHOLE, 6),
    Column("agent_id", "工号", "Agent", TEXT, 10),
    Column("agent_name", "姓名", "Name", TEXT, 10),
    Column("team", "班组", "Team", TEXT, 12),
    Column("calls", "质检通数", "Calls audited", WHOLE, 9),
    Column("talk_minutes", "通话分钟", "Talk minutes", NUMBER, 9),
    Column("score", "平均分", "Mean score", NUMBER, 8),
    Column("score_low", "平均分下限", "Score low", NUMBER, 10),
    Column("score_high", "平均分上限", "Score high", NUMBER, 10),
    Column("ranked", "样本量", "Sample", TEXT, 14),
    Column("fatal_calls", "一票否决通数", "Fatal calls", WHOLE, 11),
    Column("critical_findings", "致命发现", "Critical findings", WHOLE, 9),
    Column("major_findings", "严重发现", "Major findings", WHOLE, 9),
    Column("minor_findings", "一般发现", "Minor findings", WHOLE, 9),
    Column("findings_per_100", "每百通发现", "Findings per 100 calls", NUMBER, 10),
    Column("undetermined", "待人工判定", "For review", WHOLE, 10),
)


def _agent_cells(card: Scorecard, sample: Value) -> Row:
    levels = [card.severities.get(level, 0) for level in sorted(Severity, reverse=True)]
    return (
        card.rank,
        card.agent_id,
        card.agent_name,
        card.team,
        card.calls,
        round(card.talk_seconds / 60, 1),
        rounded(card.score),
        rounded(card.score_low),
        rounded(card.score_high),
        sample,
        card.fatal_calls,
        *levels,
        round(100 * sum(levels) / card.calls, 1) if card.calls else None,
        card.undetermined,
    )


def scorecard_table(cards: Sequence[Scorecard], scoring: Scoring, words: Words) -> Table:
    """Everything about every agent in one wide row: ``scorecards.csv``."""
    columns = [*_AGENT, *dimension_columns(scoring)]
    for category in Category:
        zh, en = words.pair("category", category.value)
        columns += _rate_columns(category.value, zh, en, "calls")
    for disclosure in Disclosure:
        zh, en = words.pair("disclosure", disclosure.value)
        columns += _rate_columns(disclosure.value, zh, en, "made")

    def rows() -> Iterator[Row]:
        for card in cards:
            row = [*_agent_cells(card, card.ranked), *dimension_cells(card.dimensions, scoring)]
            rates = [card.categories.get(topic) for topic in Category]
            rates += [card.disclosures.get(topic) for topic in Disclosure]
            for rate in rates:
                row += (None,) * 5 if rate is None else (rate.part, rate.whole, *per_100(rate))
            yield tuple(row)

    return Table("scorecards", "评分卡", "Scorecards", tuple(columns), rows)


def agents_table(cards: Sequence[Scorecard], scoring: Scoring, words: Words) -> Table:
    """One row an agent with what a supervisor compares."""
    columns = [*_AGENT, *dimension_columns(scoring)]
    for category in Category:
        zh, en = words.pair("category", category.value)
        columns.append(Column(f"{category}_per_100", f"{zh}/百通", f"{en} per 100", NUMBER, 11))

    def rows() -> Iterator[Row]:
        for card in cards:
            rates = (card.categories.get(topic) for topic in Category)
            yield (
                *_agent_cells(card, words("sample_enough" if card.ranked else "sample_small")),
                *dimension_cells(card.dimensions, scoring),
                *(None if rate is None else per_100(rate)[0] for rate in rates),
            )

    return Table("agents", "坐席", "Agents", tuple(columns), rows)


def disclosures_table(cards: Sequence[Scorecard], words: Words) -> Table:
    """One row an agent and disclosure: made, required, rate with interval."""
    columns = (
        Column("agent_id", "工号", "Agent", TEXT, 10),
        Column("agent_name", "姓名", "Name", TEXT, 10),
        Column("team", "班组", "Team", TEXT, 12),
        Column("disclosure", "必须告知事项", "Disclosure", TEXT, 18),
        Column("made", "做到通数", "Calls made", WHOLE, 10),
        Column("required", "应做通数", "Calls required", WHOLE, 10),
        Column("rate", "告知率", "Rate", SHARE, 9),
        Column("low", "95%区间下限", "95% low", SHARE, 12),
        Column("high", "95%区间上限", "95% high", SHARE, 12),
    )

    def rows() -> Iterator[Row]:
        for card in cards:
            for disclosure, rate in card.disclosures.items():
                name = words.label("disclosure", disclosure.value)
                who = (card.agent_id, card.agent_name, card.team)
                yield (*who, name, rate.part, rate.whole, rate.value, rate.low, rate.high)

    return Table("disclosures", "告知事项", "Disclosures", columns, rows)


def summary_table(
    info: RunInfo, records: Iterable[CallRecord], words: Words, days: str | None = None
) -> Table:
    """What the run covered and what it was made with, as pairs."""
    columns = (
        Column("item", "项目", "Item", TEXT, 26),
        Column("value", "内容", "Value", TEXT, 60),
    )

    def rows() -> Iterator[Row]:
        if info.demo:
            yield words("warning"), words("demo_band")
        if missed := info.counts.get("canaries_missed"):
            planted = info.counts.get("canaries")
            yield words("warning"), words("canary_alarm", missed=missed, planted=planted)
        elif planted := info.counts.get("canaries"):
            yield words("canaries"), words("canary_line", planted=planted)
        yield words("policy"), f"{info.policy.get('title', '')} {info.policy.get('version', '')}"
        yield words("period"), (period(records) if days is None else days) or words("unknown")
        for name in ("rows", "audited", "skipped", "failed", "findings", "undetermined"):
            yield words(f"count_{name}"), info.counts.get(name)
        yield words("count_fatal_calls"), info.counts.get("fatal_calls")
        for reason, number in info.reasons.items():
            yield f"{words('reason')}: {words.label('reason', reason)}", number
        yield words("review"), words("review_note")
        yield words("run"), info.run_id
        yield words("made_at"), moment(info.finished_at)
        yield words("fingerprint"), info.policy.get("fingerprint", "")
        for name in RECOGNISER:
            if info.recogniser.get(name):
                yield words.label("recogniser", name), info.recogniser[name]
        yield from info.versions.items()

    return Table("summary", "概要", "Summary", columns, rows)


@dataclass(slots=True)
class Period:
    """First and last day of calls."""

    first: str = ""
    last: str = ""

    def add(self, record: CallRecord) -> None:
        """Take in a call; one without a time says nothing."""
        if record.call is None or record.call.started_at is None:
            return
        day = record.call.started_at.strftime("%Y-%m-%d")
        self.first = min(self.first or day, day)
        self.last = max(self.last, day)

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first} – {self.last}"


def period(records: Iterable[CallRecord]) -> str:
    """Return first and last day of the calls, or nothing where none has a time."""
    days = Period()
    for record in records:
        days.add(record)
    return str(days)
