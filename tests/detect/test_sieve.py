"""What is left out because its words are not said would have been a miss."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace

import pytest

from auditor.conditions.base import Answer, Condition
from auditor.conditions.scene import Scene
from auditor.conditions.sieve import Sieve
from auditor.conditions.truth import Truth
from auditor.detect.engine import Detector
from auditor.detect.examples import as_transcript
from auditor.domain.transcripts import Transcript
from auditor.ingest.scripts import read_scripts
from auditor.noise.damage import Damager
from auditor.noise.recipe import Recipe
from auditor.noise.transcripts import damage_transcript
from auditor.pipeline.judging import build_detector
from auditor.resources import data_folder
from tests.rule_bench import Bench, talk

CALLS = data_folder("models") / "corpus" / "calls"


@pytest.fixture(scope="module")
def detector() -> Detector:
    """The shipped policy, ready for judging."""
    return build_detector()


@pytest.fixture(scope="module")
def calls() -> list[Transcript]:
    """Labelled calls, each as written and as a bad recogniser would have heard it."""
    written = [script.transcript() for script in read_scripts(CALLS / "b004.txt")][:30]
    damager, recipe = Damager(), Recipe(share=0.2, seed=5)
    return [*written, *(damage_transcript(damager, one, recipe).transcript for one in written)]


def test_no_audit_changes(detector: Detector, calls: list[Transcript]) -> None:
    """Findings, outcomes and cues are the same when every condition searches by itself."""
    plain = replace(detector, sieve=None)
    examples = [
        as_transcript(example) for rule in detector.policy.rules[::4] for example in rule.examples
    ]
    for transcript in (*calls[::4], *examples[::3]):
        assert detector.audit(transcript) == plain.audit(transcript)


def test_company_changes_no_audit(detector: Detector, calls: list[Transcript]) -> None:
    """Calls that are judged together get the audits they get alone, whatever their order."""
    some = calls[::3]
    alone = [detector.audit(transcript) for transcript in some]
    assert detector.audit_many(some) == alone
    assert detector.audit_many(some[::-1]) == alone[::-1]
    assert detector.audit_many([]) == []


def test_no_condition_answers_differently(detector: Detector, calls: list[Transcript]) -> None:
    """Every condition of the policy, asked in every call with and without the sieve."""
    conditions = list(of_policy(detector))
    barred = 0
    for transcript in calls:
        scene, plain = detector.scene(transcript), replace(detector, sieve=None).scene(transcript)
        assert scene.sifted is not None
        for condition in conditions:
            assert same(scene.answer(condition), plain.answer(condition)), condition
            barred += scene.sifted.closed(scene.sifted.sieve.needs(condition) or ())
    assert barred * 2 > len(calls) * len(conditions)


def same(one: Answer, other: Answer) -> bool:
    """Whether two answers agree in truth and hits."""
    return (one.truth, one.hits) == (other.truth, other.hits)


def of_policy(detector: Detector) -> Iterator[Condition]:
    """Every condition of the rules in force and of the signals, also those inside others."""
    seen: set[int] = set()
    roots = [
        root
        for rule in detector.policy.rules
        if not rule.across
        for root in (rule.find, rule.applies, rule.before, rule.nearest, *rule.unless)
    ]
    queue: list[object] = [*roots, *(s.condition for s in detector.policy.signals.values())]
    while queue:
        node = queue.pop()
        if isinstance(node, tuple):
            queue += node
        elif is_dataclass(node) and not isinstance(node, type) and id(node) not in seen:
            seen.add(id(node))
            queue += [getattr(node, part.name) for part in fields(node)]
            if hasattr(node, "find") and hasattr(node, "describe"):
                yield node


CASES: list[tuple[object, tuple[str, ...]]] = [
    ({"pattern": "还钱"}, ("A 还，钱", "C 还钱")),
    ({"pattern": "^还|钱$"}, ("A 您还钱", "A 还您", "A 您钱")),
    ({"pattern": r"\Aabc"}, ("A 您", "A abc")),
    ({"pattern": r"abc\z"}, ("A abc", "A 您")),
    ({"pattern": "[^您]钱"}, ("A 您", "A 钱", "A 还钱")),
    ({"pattern": r"您\W钱|您\s钱"}, ("A 您", "A 钱")),
    ({"pattern": "还", "except": "还是"}, ("A 还是还钱", "C 还")),
    ({"pattern": ["还", "还钱", ".钱"]}, ("A 还钱还钱", "A 给钱")),
    ({"pattern": "(?i)VX|微信"}, ("A 加ＶＸ", "A 微信")),
    ({"pattern": "[a-z]{2,3}号"}, ("A SK号",)),
    ({"lexicon": "money"}, ("A 本金利息", "A 本金利息和利")),
    ({"any": [{"pattern": "滚"}, {"lexicon": "money"}]}, ("A 您的利息",)),
    ({"all": [{"pattern": "您"}, {"not": {"pattern": "钱"}}]}, ("A 您好", "A 您的钱")),
    ({"not": {"pattern": "钱"}}, ("A 您好",)),
    ({"sequence": [{"pattern": "您"}, {"pattern": "钱"}], "within": "call"}, ("A 您", "A 钱")),
    ({"near": {"of": [{"pattern": "您"}, {"pattern": "钱"}], "chars": 3}}, ("A 您的钱",)),
    ({"keywords": {"words": ["钱"], "which": "none"}}, ("A 您",)),
    ({"pattern": "钱", "where": {"last_turns": 1}}, ("A 钱", "A 您", "A 钱")),
    ({"pattern": "钱", "min": 2}, ("A 钱钱",)),
    ({"in_part": {"where": {"first_turns": 1}, "holds": {"pattern": "钱"}}}, ("A 您", "A 钱")),
    ({"in_part": {"where": {"first_turns": 1}, "holds": {"lexicon": "money"}}}, ("A 您", "A 利息")),
    ({"signal": "greets"}, ("A 您好", "A 利息")),
]


@pytest.mark.parametrize(("told", "lines"), CASES, ids=[str(told)[:50] for told, _ in CASES])
@pytest.mark.parametrize("speaker", ["agent", "customer", "any"])
def test_sifted_and_plain_answers_agree(
    told: dict[str, object], lines: tuple[str, ...], speaker: str
) -> None:
    """A condition of each kind, in a call that meets it and in calls that nearly do."""
    bench = Bench(
        {"money": ("利息", "本金利息", "利")},
        {"greets": {"speaker": "any", "pattern": "您好"}},
    )
    condition = bench.condition({**told, "speaker": speaker})
    assert bench.source.problems == []
    sieve = Sieve([condition], bench.signals, bench.lexicons)
    for marked in ((), (0,)):
        for said in (lines, lines[:1], (*lines, "C 还钱您"), ("U 钱",), ()):
            plain = bench.laid_out(talk(*said, marked=[m for m in marked if m < len(said)]))
            sifted = Scene(plain.transcript, plain.views, plain.find_terms, plain.signals)
            sifted.sifted = sieve.sift(plain.views)
            assert same(sifted.answer(condition), plain.answer(condition)), said


def test_a_condition_is_asked_once(detector: Detector) -> None:
    """What an answer costs is paid once per call, however many rules share the condition."""
    bench = Bench()
    condition = bench.condition({"speaker": "agent", "pattern": "钱"})
    scene = bench.scene("A 还钱")
    assert scene.answer(condition) is scene.answer(condition)
    assert scene.answer(condition).truth is Truth.HIT


def test_conditions_made_for_the_moment_are_not_kept(detector: Detector) -> None:
    """A workbench tries thousands of changed rules in one scene: it must not hold them all."""
    bench = Bench()
    scene = detector.scene(talk("A 还钱"))
    before = len(scene._asked)
    for word in "还钱您":
        condition = bench.condition({"speaker": "agent", "pattern": word})
        assert (scene.answer(condition).truth is Truth.HIT) is (word != "您")
    assert len(scene._asked) == before


def test_shipped_patterns_are_all_understood(detector: Detector) -> None:
    """None of the shipped patterns has to be run over every call for want of being understood."""
    assert detector.sieve is not None
    sieve = detector.sieve.get()
    patterns = [c for c in of_policy(detector) if type(c).__name__ == "PatternSaid"]
    assert len(patterns) > 200
    assert [one for one in patterns if id(one) not in sieve.rows] == []
