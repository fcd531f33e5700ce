"""A made-up night of calls: six agents, sixty calls, violations, omissions and bad files."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from auditor.conditions.operators.logic import AnyOf
from auditor.domain.calls import Call, Callee, Speaker
from auditor.domain.findings import (
    CallAudit,
    CallOutcome,
    Category,
    ClauseRef,
    Disclosure,
    Evidence,
    Finding,
    Grounds,
    How,
    Kind,
    Match,
    Outcome,
    RuleOutcome,
    Severity,
    Status,
    Told,
    Voice,
)
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.domain.transcripts import Health, HealthIssue
from auditor.policy.model import Policy, Rule, Scoring
from auditor.report.write import write_outputs
from auditor.scoring.agents import scorecards
from auditor.scoring.calls import score_call

CHINA = timezone(timedelta(hours=8))
STARTED = datetime(2026, 11, 16, 9, 0, tzinfo=CHINA)
AGENTS = (
    ("A01", "陈思雨", "早期一组"),
    ("A02", "赵强", "委外二组"),
    ("A03", "周敏", "后期一组"),
    ("A04", "孙浩", "委外二组"),
    ("A05", "欧阳晓燕", "早期一组"),
    ("A06", "李伟", "后期一组"),
)
SEED = ClauseRef("《银行信用卡催收指引》（网络文本）", "第3段第3句", "V1")
PACT = ClauseRef(
    "中国互联网金融协会《互联网金融逾期债务催收自律公约（试行）》（2018-03-28）", "第18条", "V2"
)
STANDARD = ClauseRef("GB/T 45251—2025 《互联网金融 个人网络消费信贷 贷后催收风控指引》", "5.3", "M")
SAYINGS: tuple[tuple[Category, str, str, str, Severity, float], ...] = (
    (
        Category.THREAT,
        "以家人相威胁",
        "你再不还，明天我就派人去你爸妈村里贴大字报，让左邻右舍都看看。",
        "派人去你爸妈村里贴大字报",
        Severity.CRITICAL,
        40,
    ),
    (
        Category.CREDENTIAL_REQUEST,
        "索要密码或短信验证码",
        "您手机上收到六位验证码了吧，念给我听一下，我这边帮您操作。",
        "验证码了吧，念给我",
        Severity.CRITICAL,
        40,
    ),
    (
        Category.ABUSE,
        "辱骂客户",
        "欠钱不还，你这人就是个老赖、骗子，脸都不要了。",
        "老赖、骗子",
        Severity.MAJOR,
        20,
    ),
    (
        Category.MISREPRESENTATION,
        "虚称免除全部欠款",
        "今天还一千，剩下的全部给您免掉，征信也马上给您洗白。",
        "征信也马上给您洗白",
        Severity.MAJOR,
        20,
    ),
)
SILENCES = (
    (Disclosure.RECORDING_NOTICE, "未告知录音", 5),
    (Disclosure.INSTITUTION_IDENTITY, "未表明机构", 8),
    (Disclosure.REPAYMENT_DEADLINE, "未说明还款期限", 6),
    (Disclosure.HARDSHIP_OPTION, "客户表示困难时未提供协商办法", 6),
)
SCORING = Scoring(
    min_calls=8,
    dimensions={
        "conduct": ("abuse", "threat", "misrepresentation"),
        "privacy": ("credential_request",),
        "opening": ("recording_notice", "institution_identity"),
        "payment": ("repayment_deadline", "hardship_option"),
    },
    dimension_titles={
        "conduct": "言行规范",
        "privacy": "信息保护",
        "opening": "身份与告知",
        "payment": "还款与费用",
    },
)


def _rule(rule_id: str, title: str, weight: float, topic: Category | Disclosure) -> Rule:
    broken = isinstance(topic, Category)
    return Rule(
        rule_id=rule_id,
        version=1,
        title=title,
        title_en="",
        kind=Kind.VIOLATION if broken else Kind.OMISSION,
        category=topic if isinstance(topic, Category) else None,
        disclosure=topic if isinstance(topic, Disclosure) else None,
        clauses=(),
        severity=Severity.MAJOR,
        weight=weight,
        status=Status.STABLE,
        find=AnyOf(()),
    )


RULES = (
    *(_rule(f"{c.value}.sample", title, points, c) for c, title, _, _, _, points in SAYINGS),
    *(_rule(f"disclosure.{d.value}", title, points, d) for d, title, points in SILENCES),
)


@dataclass(frozen=True, slots=True)
class Night:
    """A run to be reported."""

    info: RunInfo
    records: tuple[CallRecord, ...]
    cards: tuple[Scorecard, ...]
    policy: Policy


def violation(call: Call, number: int, at: float, **changes: Any) -> Finding:
    """A finding with its quote."""
    category, title, quote, words, severity, weight = SAYINGS[number]
    start = quote.index(words)
    match = Match(words, CharSpan(start, start + len(words)), How.LEXICON, words)
    values: dict[str, Any] = {
        "call_id": call.call_id,
        "agent_id": call.agent_id,
        "kind": Kind.VIOLATION,
        "category": category,
        "rule_id": f"{category.value}.sample",
        "rule_version": 2,
        "title": title,
        "title_en": f"Sample rule on {category.value}",
        "status": Status.STABLE,
        "outcome": Outcome.FAIL,
        "severity": severity,
        "weight": weight,
        "clauses": (SEED, PACT),
        "confidence": 0.93,
        "explanation": f"坐席话语命中“{title}”：“{words}”（词表）。已核对排除情形，均不成立。",
        "explanation_en": f"The agent's words hit “{words}”.",
        "evidence": Evidence(
            turn=3,
            time=TimeSpan.from_seconds(at, at + 4.2),
            speaker=Speaker.AGENT,
            quote=quote,
            matches=(match,),
        ),
        "grounds": Grounds(
            conditions=(Told(f"“{words}”符合词表", f"“{words}” meets lexicon"),),
            exemptions=(
                Told("被否定：前6字同一分句内没有否定用语", "no word of “negation” before"),
            ),
            voices=(
                Voice("分类模型：整通电话", "classifier: the whole call", 2.41),
                Voice("该类别的一般水平", "how usual the category is", -1.2),
            ),
        ),
    }
    return Finding(**{**values, **changes})


def omission(call: Call, number: int, **changes: Any) -> Finding:
    """A finding about something unsaid."""
    disclosure, title, weight = SILENCES[number]
    values: dict[str, Any] = {
        "call_id": call.call_id,
        "agent_id": call.agent_id,
        "kind": Kind.OMISSION,
        "disclosure": disclosure,
        "rule_id": f"disclosure.{disclosure.value}",
        "rule_version": 1,
        "title": title,
        "status": Status.STABLE,
        "outcome": Outcome.FAIL,
        "severity": Severity.MINOR,
        "weight": weight,
        "clauses": (STANDARD,),
        "confidence": 0.9,
        "explanation": f"{title}：全程没有听到符合要求的表述，也没有近似的表述。",
        "explanation_en": "The rule: nothing that meets the requirement was heard.",
        "grounds": Grounds(missing=(Told("全程录音可用", "the audio is usable throughout"),)),
    }
    return Finding(**{**values, **changes})


def audited(call: Call, findings: tuple[Finding, ...], **changes: Any) -> CallRecord:
    """An audited and scored call; checks without a finding passed."""
    failed = {finding.rule_id: finding.outcome for finding in findings}
    rules = [
        RuleOutcome(
            rule_id=f"{category.value}.sample",
            outcome=failed.get(f"{category.value}.sample", Outcome.PASS),
            category=category,
        )
        for category, *_ in SAYINGS
    ]
    rules += [
        RuleOutcome(
            rule_id=f"disclosure.{topic.value}",
            outcome=failed.get(
                f"disclosure.{topic.value}",
                Outcome.NOT_APPLICABLE if topic is Disclosure.HARDSHIP_OPTION else Outcome.PASS,
            ),
            disclosure=topic,
        )
        for topic, *_ in SILENCES
    ]
    made = {r.disclosure: 0 for r in rules if r.disclosure and r.outcome is Outcome.PASS}
    audit = CallAudit(
        call_id=call.call_id,
        agent_id=call.agent_id,
        findings=findings,
        rules=tuple(rules),
        made=made,
    )
    values: dict[str, Any] = {
        "call_id": call.call_id,
        "outcome": CallOutcome.AUDITED,
        "call": call,
        "audit": audit,
        "score": score_call(audit, RULES, SCORING),
        "duration": 95.0,
        "seconds": {"listen": 3.2, "judge": 0.01},
    }
    return CallRecord(**{**values, **changes})


def records(calls: int) -> Iterator[CallRecord]:
    """Calls of six agents of different care, over five days."""
    draw = random.Random(7)
    for number in range(calls):
        agent_id, name, team = AGENTS[min(number % 7, 5)]
        call = Call(
            call_id=f"C{1001 + number}",
            agent_id=agent_id,
            agent_name=name,
            team=team,
            started_at=STARTED + timedelta(hours=2 * number),
            callee=Callee.DEBTOR,
            overdue_days=3 + number % 90,
        )
        if number == 17:
            yield CallRecord(
                call_id=call.call_id,
                outcome=CallOutcome.FAILED,
                call=call,
                row=number + 1,
                reason="empty_file",
                message="recordings/C1018.wav: the file is empty",
            )
            continue
        if number in (23, 41):
            yield CallRecord(
                call_id=call.call_id,
                outcome=CallOutcome.SKIPPED,
                call=call,
                row=number + 1,
                reason="no_speech",
                message=f"{call.call_id}: nobody speaks in the recording",
            )
            continue
        findings: list[Finding] = []
        if draw.random() < 0.08 * (number % 7):
            findings.append(violation(call, draw.randrange(4), 12.0 + number))
        if draw.random() < 0.35:
            findings.append(omission(call, draw.randrange(4)))
        if number % 19 == 5:
            findings.append(violation(call, 2, 71.5, outcome=Outcome.UNDETERMINED))
        if number % 17 == 4:
            trial = violation(call, 3, 30.0, status=Status.TRIAL, rule_id="trial.wash")
            findings.append(trial)
        health = Health(issues=(HealthIssue.TRUNCATED,)) if number == 9 else None
        yield audited(call, tuple(findings), health=health)


def night(made: tuple[CallRecord, ...], *, demo: bool = False) -> Night:
    """A run from its records."""
    outcomes = [record.outcome for record in made]
    findings = [f for r in made if r.audit is not None for f in r.audit.findings]
    reasons: dict[str, int] = {}
    for record in made:
        if record.reason is not None:
            reasons[record.reason] = reasons.get(record.reason, 0) + 1
    info = RunInfo(
        run_id="20261121T010000Z-0a1b2c3d",
        started_at=datetime(2026, 11, 21, 1, 0, tzinfo=UTC),
        finished_at=datetime(2026, 11, 21, 1, 12, 30, tzinfo=UTC),
        input_path="recordings",
        versions={"auditor": "0.0.0", "python": "3.11.0"},
        policy={
            "id": "cn-collection",
            "version": "2026.11",
            "title": "个人消费类贷款与信用卡催收通话合规审计",
            "fingerprint": "24c345a8c07e5748",
            "rules": "8",
        },
        recogniser={"model": "demo", "digest": "00ff"} if demo else {},
        counts={
            "rows": len(made),
            **{outcome.value: outcomes.count(outcome) for outcome in CallOutcome},
            "findings": sum(finding.counts for finding in findings),
            "undetermined": sum(f.outcome is Outcome.UNDETERMINED for f in findings),
            "fatal_calls": sum(r.score is not None and r.score.fatal for r in made),
        },
        reasons=reasons,
        demo=demo,
    )
    policy = Policy(
        policy_id="cn-collection",
        version="2026.11",
        title="个人消费类贷款与信用卡催收通话合规审计",
        fingerprint="24c345a8c07e5748",
        clauses={},
        lexicons={},
        signals={},
        rules=RULES,
        scoring=SCORING,
    )
    return Night(info, made, scorecards(made, SCORING), policy)


@dataclass(frozen=True, slots=True)
class Maker:
    """Builds nights, calls and findings."""

    def night(self, calls: int = 60, *, demo: bool = False) -> Night:
        """A whole run."""
        return night(tuple(records(calls)), demo=demo)

    def of(self, *made: CallRecord, demo: bool = False) -> Night:
        """A run of the given records."""
        return night(made, demo=demo)

    def call(self, call_id: str = "C1", **changes: Any) -> Call:
        """One call of A01."""
        agent_id, name, team = AGENTS[0]
        values: dict[str, Any] = {"agent_id": agent_id, "agent_name": name, "team": team}
        return Call(call_id=call_id, **{**values, **changes})

    def violation(self, call: Call, number: int = 0, at: float = 31.2, **changes: Any) -> Finding:
        """A finding with its quote."""
        return violation(call, number, at, **changes)

    def omission(self, call: Call, number: int = 0, **changes: Any) -> Finding:
        """A finding about something unsaid."""
        return omission(call, number, **changes)

    def write(self, out: Path, night: Night, **options: Any) -> Path:
        """Write a run's output folder and return it."""
        out.mkdir(parents=True, exist_ok=True)
        given = {"lang": "zh", "root": None, "clips": False, **options}
        write_outputs(out, night.info, night.records, night.cards, night.policy, **given)
        return out

    def audited(self, call: Call, *findings: Finding, **changes: Any) -> CallRecord:
        """An audited call."""
        return audited(call, findings, **changes)


@pytest.fixture(scope="session")
def make() -> Maker:
    """Builds nights, calls and findings."""
    return Maker()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden files be written anew: ``pytest tests/report --update-golden``."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its golden file."""
    folder = Path(__file__).parent / "golden"
    update = request.config.getoption("--update-golden", default=False)

    def compare(name: str, text: str) -> None:
        path = folder / name
        if update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        with path.open(encoding="utf-8", newline="") as file:
            assert text == file.read(), f"{name} differs; look, then run with --update-golden"

    return compare
