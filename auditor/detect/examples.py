"""Run the examples kept beside rules and signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.detect.engine import Detector
from auditor.detect.judging import Judged, judge
from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
from auditor.domain.findings import Kind, Outcome
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.policy.model import Example, Rule, Signal

_MS_PER_CHAR = 220
_LAST_PAUSE = 0.5

_EXPECTED = {
    "finding": Outcome.FAIL,
    "none": Outcome.PASS,
    "not_applicable": Outcome.NOT_APPLICABLE,
    "undetermined": Outcome.UNDETERMINED,
}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How an example came out.

    Args:
        subject: Rule id or signal name.
        passed: The answer was the expected one (for ``known_wrong``: still is not).
        message: What differed.
    """

    subject: str
    example: Example
    passed: bool
    message: str = ""


def as_transcript(example: Example) -> Transcript:
    """Turn an example's dialogue into a transcript with plausible times."""
    at = 0
    turns = []
    for index, line in enumerate(example.dialogue):
        start = max(0, at + round(1000 * line.after)) if index else 0
        length = max(400, len(line.text) * _MS_PER_CHAR)
        if line.lasts is not None:
            length = round(1000 * line.lasts)
        at = start + length
        time = TimeSpan(start, at)
        turns.append(Turn(index=index, speaker=Speaker(line.speaker), text=line.text, time=time))
    said = round(at + 1000 * _LAST_PAUSE)
    return Transcript(call=_call(example), turns=tuple(turns), duration=_duration(example, said))


def _duration(example: Example, spoken_ms: int) -> float:
    declared = example.call.get("duration")
    return float(declared) if isinstance(declared, int | float) else max(60.0, spoken_ms / 1000)


def _call(example: Example) -> Call:
    told = example.call
    days = told.get("overdue_days")
    amount = told.get("amount_due")
    name = told.get("agent_name")
    status = told.get("case_status")
    started = told.get("started_at")
    more = told.get("attributes")
    return Call(
        call_id="example",
        agent_id="example",
        callee=Callee(str(told.get("callee", "debtor"))),
        direction=Direction(str(told.get("direction", "outbound"))),
        seat=Seat(str(told["seat"])) if "seat" in told else None,
        overdue_days=days if isinstance(days, int) else None,
        amount_due=float(amount) if isinstance(amount, int | float) else None,
        agent_name=str(name) if name is not None else None,
        case_status=str(status) if status is not None else None,
        started_at=datetime.fromisoformat(started) if isinstance(started, str) else None,
        attributes={str(key): str(value) for key, value in more.items()}
        if isinstance(more, dict)
        else {},
    )


def run_rule_examples(detector: Detector, rule: Rule) -> Iterator[ExampleResult]:
    """Judge every example of a rule by that rule alone."""
    for example in rule.examples:
        judged = judge(rule, detector.scene(as_transcript(example)))
        message = difference(rule, example, judged)
        yield _result(rule.rule_id, example, message)


def run_signal_examples(detector: Detector, signal: Signal) -> Iterator[ExampleResult]:
    """Look for the signal in every one of its examples."""
    for example in signal.examples:
        scene = detector.scene(as_transcript(example))
        yield _result(signal.name, example, signal_difference(signal, example, scene))


def _result(subject: str, example: Example, message: str) -> ExampleResult:
    if example.known_wrong:
        note = "" if message else "is right now: remove known_wrong"
        return ExampleResult(subject, example, bool(message), note)
    return ExampleResult(subject, example, not message, message)


def difference(rule: Rule, example: Example, judged: Judged) -> str:
    """Say how the answer differs from the expected one; nothing where it does not."""
    wanted = _EXPECTED[example.expect]
    if judged.outcome is not wanted:
        return f"expected {example.expect}, got {judged.outcome.value}"
    if example.expect != "finding" or not example.evidence:
        return ""
    if rule.kind is Kind.OMISSION:
        quotes = [f.evidence.quote for f in judged.findings if f.evidence is not None]
        return "" if any(example.evidence in q for q in quotes) else "quotes other words"
    matched = [
        finding.evidence.quote[
            min(m.span.start for m in finding.evidence.matches) : max(
                m.span.end for m in finding.evidence.matches
            )
        ]
        for finding in judged.findings
        if finding.evidence is not None and finding.evidence.matches
    ]
    if any(example.evidence in text or text in example.evidence for text in matched):
        return ""
    return f"expected the words {example.evidence!r}, got {matched!r}"


def signal_difference(signal: Signal, example: Example, scene: Scene) -> str:
    """Say how what the signal finds differs from the expected; nothing where it does not."""
    answer = scene.answer(signal.condition)
    wanted = example.expect == "finding"
    if (answer.truth is Truth.HIT) is not wanted:
        return f"expected {example.expect}, got {answer.truth.value}"
    if not wanted or not example.evidence:
        return ""
    texts = [
        scene.views[h.turn].original_span(h.start, h.end).of(scene.views[h.turn].turn.text)
        for h in answer.hits
    ]
    if any(example.evidence in text or text in example.evidence for text in texts):
        return ""
    return f"expected the words {example.evidence!r}, got {texts!r}"
