"""What still fires when the words of a rule's examples are denied, quoted, supposed and the like.

Every example that must give a finding is said again so that nobody is wronged (``mutators``). A
mutant that a rule still finds is a false accusation in the making. It is judged twice: by the
rule alone, and by everything together, where the judgement asks what the whole talk makes likely.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript
from auditor.detect.judging import judge
from auditor.domain.calls import Speaker
from auditor.domain.findings import Evidence, Finding, How, Kind, Outcome
from auditor.domain.transcripts import Transcript
from auditor.policy.model import Example, Rule
from auditor.workbench.mutators import Mutation, Words, mutate

_NEUTRAL = "嗯，我在听，您请讲。"
"""Says nothing that any rule could be about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One example said another way.

    Args:
        said: The changed turn, as it stands in the dialogue.
        fires: The rule by itself still finds it.
        charged: Everything together still charges the agent with the rule's category; ``None``
            where the policy weighs nothing.
    """

    rule_id: str
    example: str
    mutation: Mutation
    said: str
    fires: bool
    charged: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMutants:
    """The mutants of one rule.

    Args:
        charged: Of the examples as they are, how many everything together charges; ``None``
            where the policy weighs nothing.
        left_out: Examples whose violation is not in the words: there is nothing to deny.
    """

    rule_id: str
    examples: int
    charged: int | None
    left_out: int
    mutants: tuple[Mutant, ...]

    def count(self, mutation: Mutation) -> tuple[int, int, int]:
        """Mutants of a kind, how many of them fire, how many are charged."""
        mine = [mutant for mutant in self.mutants if mutant.mutation is mutation]
        return len(mine), sum(m.fires for m in mine), sum(bool(m.charged) for m in mine)


def mutate_rules(
    detector: Detector, rules: Sequence[Rule], tell: Callable[[str], None] = lambda _: None
) -> Iterator[RuleMutants]:
    """Mutate the examples of rules that look for words.

    Args:
        detector: Judges the mutants.
        rules: Omissions are left out: to deny a disclosure is to leave it out.
        tell: Called with the id of the rule before its mutants are judged.
    """
    for rule in rules:
        if rule.kind is Kind.VIOLATION and rule.status.judges and rule.examples:
            tell(rule.rule_id)
            yield _mutate_rule(detector, rule)


def _mutate_rule(detector: Detector, rule: Rule) -> RuleMutants:
    made: list[Mutant] = []
    originals: list[bool | None] = []
    left_out = 0
    for example in rule.examples:
        if example.expect != "finding" or example.known_wrong:
            continue
        transcript = as_transcript(example)
        evidence = _evidence(_judged(detector, rule, transcript))
        if not evidence or not _in_words(detector, rule, example, evidence):
            left_out += 1
            continue
        originals.append(_charged(detector, rule, transcript))
        for mutation in Mutation:
            changed = _changed(example, evidence, mutation)
            if changed.dialogue != example.dialogue:
                made.append(_mutant(detector, rule, changed, evidence[0].turn, mutation))
    weighed = detector.judgement is not None
    return RuleMutants(
        rule_id=rule.rule_id,
        examples=len(originals),
        charged=sum(map(bool, originals)) if weighed else None,
        left_out=left_out,
        mutants=tuple(made),
    )


def _mutant(
    detector: Detector, rule: Rule, changed: Example, turn: int, mutation: Mutation
) -> Mutant:
    transcript = as_transcript(changed)
    return Mutant(
        rule_id=rule.rule_id,
        example=changed.name,
        mutation=mutation,
        said=changed.dialogue[turn].text,
        fires=bool(_judged(detector, rule, transcript)),
        charged=_charged(detector, rule, transcript),
    )


def _judged(detector: Detector, rule: Rule, transcript: Transcript) -> tuple[Finding, ...]:
    judged = judge(rule, detector.scene(transcript))
    return tuple(finding for finding in judged.findings if finding.outcome is Outcome.FAIL)


def _charged(detector: Detector, rule: Rule, transcript: Transcript) -> bool | None:
    """Whether a finding of the rule's category enters the score, whichever rule quotes it."""
    if detector.judgement is None:
        return None
    findings = detector.audit(transcript).findings
    return any(finding.counts and finding.category is rule.category for finding in findings)


def _evidence(findings: Sequence[Finding]) -> list[Evidence]:
    """What the findings quote of agents, by turn."""
    found = [finding.evidence for finding in findings if finding.evidence is not None]
    said = [e for e in found if e.matches and e.speaker is not Speaker.CUSTOMER]
    return sorted(said, key=lambda evidence: evidence.turn)


def _in_words(
    detector: Detector, rule: Rule, example: Example, evidence: Sequence[Evidence]
) -> bool:
    """Whether the finding goes away with the words: a rule may ask for any words at all."""
    told = {piece.turn: _NEUTRAL for piece in evidence}
    return not _judged(detector, rule, as_transcript(_retold(example, told)))


def _changed(example: Example, evidence: Sequence[Evidence], mutation: Mutation) -> Example:
    if mutation is Mutation.CUSTOMER:
        turns = {piece.turn for piece in evidence}
        lines = tuple(
            replace(line, speaker="customer") if number in turns else line
            for number, line in enumerate(example.dialogue)
        )
        return replace(example, dialogue=lines)
    told = {}
    for piece in evidence:
        text = example.dialogue[piece.turn].text
        told[piece.turn] = mutate(_words(text, piece), mutation, example.name)
    return _retold(example, told)


def _words(text: str, piece: Evidence) -> Words:
    """The words that break the rule; of the classifier it is the whole turn."""
    if any(match.how is How.CLASSIFIER for match in piece.matches):
        return Words(text, 0, len(text))
    start = min(match.span.start for match in piece.matches)
    return Words(text, start, max(match.span.end for match in piece.matches))


def _retold(example: Example, told: dict[int, str]) -> Example:
    lines = tuple(
        replace(line, text=told.get(number, line.text))
        for number, line in enumerate(example.dialogue)
    )
    return replace(example, dialogue=lines)
