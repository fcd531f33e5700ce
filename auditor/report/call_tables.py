"""Tables about calls and the findings in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.domain.calls import Call
from auditor.domain.findings import Finding, Outcome
from auditor.domain.runs import CallRecord
from auditor.policy.model import Scoring
from auditor.report.columns import (
    NUMBER,
    SHARE,
    TEXT,
    WHOLE,
    Column,
    Row,
    Table,
    clock,
    dimension_cells,
    dimension_columns,
    rounded,
    shortened,
)
from auditor.report.contact_section import trail_text
from auditor.report.i18n import Words


def findings_table(records: Iterable[CallRecord], words: Words) -> Table:
    """One row a finding, also undetermined ones and those of rules on trial."""
    columns = (
        Column("agent_id", "工号", "Agent", TEXT, 10),
        Column("agent_name", "姓名", "Name", TEXT, 10),
        Column("team", "班组", "Team", TEXT, 12),
        Column("call_id", "通话编号", "Call", TEXT, 14),
        Column("severity", "严重程度", "Severity", TEXT, 9),
        Column("kind", "性质", "Kind", TEXT, 7),
        Column("topic", "类别", "Topic", TEXT, 16),
        Column("title", "规则", "Rule", TEXT, 26),
        Column("outcome", "机器判定", "Machine says", TEXT, 10),
        Column("review", "复核状态", "Review", TEXT, 10),
        Column("time", "时间点", "Time", TEXT, 8),
        Column("second", "秒", "Second", NUMBER, 8),
        Column("speaker", "说话人", "Speaker", TEXT, 8),
        Column("quote", "原话", "Quote", TEXT, 50),
        Column("matched", "命中词句", "Matched", TEXT, 24),
        Column("clauses", "依据条款（核实等级）", "Clauses (grade)", TEXT, 50),
        Column("explanation", "说明", "Explanation", TEXT, 50),
        Column("confidence", "把握度", "Confidence", SHARE, 8),
        Column("points", "扣分", "Points", NUMBER, 7),
        Column("status", "规则状态", "Rule status", TEXT, 12),
        Column("rule_id", "规则编号", "Rule id", TEXT, 26),
        Column("rule_version", "规则版本", "Rule version", WHOLE, 9),
        Column("finding_id", "发现编号", "Finding id", TEXT, 22),
    )

    def rows() -> Iterator[Row]:
        for record in records:
            for finding in () if record.audit is None else record.audit.findings:
                yield _finding_cells(finding, record.call, words)

    return Table("findings", "发现", "Findings", columns, rows)


def _finding_cells(finding: Finding, call: Call | None, words: Words) -> Row:
    evidence = finding.evidence
    heard: Row = ("", None, "", "", "")
    if evidence is not None:
        heard = (
            clock(evidence.time.start),
            round(evidence.time.start, 1),
            words.label("speaker", evidence.speaker.value),
            shortened(evidence.quote),
            " / ".join(match.text for match in evidence.matches),
        )
    elif finding.trail is not None:
        heard = ("", None, "", shortened(trail_text(finding.trail, words)), "")
    return (
        finding.agent_id,
        None if call is None else call.agent_name,
        None if call is None else call.team,
        finding.call_id,
        words.label("severity", finding.severity.label),
        words.label("kind", finding.kind.value),
        words.topic(finding.category, finding.disclosure),
        words.title_of(finding),
        words.label("outcome", finding.outcome.value),
        words("review_pending"),
        *heard,
        "; ".join(f"{ref.document} {ref.section}（{ref.grade}）" for ref in finding.clauses),
        words.explanation_of(finding),
        round(finding.confidence, 3),
        finding.weight if finding.counts else None,
        words.label("status", finding.status.value),
        finding.rule_id,
        finding.rule_version,
        finding.finding_id,
    )


def calls_table(records: Iterable[CallRecord], scoring: Scoring, words: Words) -> Table:
    """One row a call of the input, whatever became of it."""
    columns = (
        Column("call_id", "通话编号", "Call", TEXT, 14),
        Column("agent_id", "工号", "Agent", TEXT, 10),
        Column("agent_name", "姓名", "Name", TEXT, 10),
        Column("team", "班组", "Team", TEXT, 12),
        Column("started_at", "通话时间", "Started", TEXT, 17),
        Column("callee", "外呼对象", "Callee", TEXT, 9),
        Column("overdue_days", "逾期天数", "Days overdue", WHOLE, 9),
        Column("minutes", "分钟", "Minutes", NUMBER, 8),
        Column("outcome", "结果", "Outcome", TEXT, 9),
        Column("reason", "原因", "Reason", TEXT, 24),
        Column("message", "详情", "Message", TEXT, 40),
        Column("score", "得分", "Score", NUMBER, 8),
        Column("weighted", "不计否决得分", "Score without fatal", NUMBER, 12),
        Column("fatal", "一票否决", "Fatal", TEXT, 9),
        Column("findings", "发现", "Findings", WHOLE, 8),
        Column("undetermined", "待人工判定", "For review", WHOLE, 10),
        Column("deductions", "扣分项", "Deductions", TEXT, 50),
        *dimension_columns(scoring),
        Column("health", "录音质量", "Sound", TEXT, 20),
        Column("recording", "录音文件", "Recording", TEXT, 30),
        Column("row", "清单行", "Manifest row", WHOLE, 8),
    )

    def rows() -> Iterator[Row]:
        return (_call_cells(record, scoring, words) for record in records)

    return Table("calls", "通话", "Calls", columns, rows)


def _call_cells(record: CallRecord, scoring: Scoring, words: Words) -> Row:
    call, score, audit = record.call, record.score, record.audit
    started = None if call is None else call.started_at
    issues = () if record.health is None else record.health.issues
    deductions = () if score is None else score.deductions
    return (
        record.call_id,
        None if call is None else call.agent_id,
        None if call is None else call.agent_name,
        None if call is None else call.team,
        None if started is None else started.strftime("%Y-%m-%d %H:%M"),
        None if call is None or call.callee is None else words.label("callee", call.callee.value),
        None if call is None else call.overdue_days,
        None if record.duration is None else round(record.duration / 60, 1),
        words.label("call_outcome", record.outcome.value),
        None if record.reason is None else words.label("reason", record.reason),
        None if record.reason is None else words.detail_of(record),
        None if score is None else rounded(score.score),
        None if score is None else rounded(score.weighted),
        None if score is None else words("yes" if score.fatal else "no"),
        None if audit is None else sum(finding.counts for finding in audit.findings),
        None if audit is None else sum(f.outcome is Outcome.UNDETERMINED for f in audit.findings),
        "; ".join(f"{item.title} -{item.points:g}" for item in deductions),
        *dimension_cells(None if score is None else score.dimensions, scoring),
        "; ".join(words.label("health", issue.value) for issue in issues),
        record.recording,
        record.row,
    )
