"""The page of the rule language: every key has an example, and every example holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from rule_bench import Bench, talk, timed

from auditor.conditions import exemptions, operators
from auditor.conditions.base import Answer, Hit, span_of
from auditor.conditions.node import Node, Source
from auditor.conditions.ranges import KEYS as RANGES
from auditor.conditions.reading import _modules
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.detect.examples import as_transcript
from auditor.policy.examples import read_examples
from auditor.policy.model import Example
from auditor.policy.strictyaml import read_text

PAGE = Path(__file__).resolve().parents[2] / "lexicons" / "README.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^### (.*?)\n.*?^```yaml\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
_ALLOWED = {"terms", "signals", "find", "unless", "examples"}
_EXPECTED = {"finding": Truth.HIT, "none": Truth.MISS, "undetermined": Truth.UNDETERMINED}


def keys_of(heading: str) -> list[str]:
    """The keys a heading explains."""
    return re.findall(r"`([a-z_]+)`", heading)


def uses(value: Any, key: str) -> bool:
    """Whether a key stands anywhere in a piece of YAML."""
    if isinstance(value, dict):
        return key in value or any(uses(inside, key) for inside in value.values())
    return isinstance(value, list) and any(uses(inside, key) for inside in value)


def answer(told: dict[str, Any], example: Example) -> tuple[Answer, Scene]:
    """What a block says of one of its dialogues, exemptions taken off."""
    terms = {name: tuple(words) for name, words in (told.get("terms") or {}).items()}
    bench = Bench(terms, told.get("signals") or {}, classifier="turn-risk")
    condition = bench.condition(told["find"])
    reasons = [bench.exemption(item) for item in told.get("unless") or ()]
    assert bench.source.problems == []
    scene = bench.detector().scene(as_transcript(example))
    found = condition.find(scene)
    kept = tuple(hit for hit in found.hits if not _excused(scene, hit, reasons))
    return (Answer(Truth.MISS) if found.hits and not kept else Answer(found.truth, kept)), scene


def _excused(scene: Scene, hit: Hit, reasons: list[Any]) -> bool:
    return any(reason.excuses(scene, hit) is Truth.HIT for reason in reasons)


@pytest.mark.parametrize(("heading", "text"), BLOCKS, ids=[heading for heading, _ in BLOCKS])
def test_every_example_holds(heading: str, text: str) -> None:
    """Each block is read like a rule file and answers every dialogue as it says."""
    source = Source("README.md", {})
    told = read_text(text, source)
    assert source.problems == []
    assert told.keys() <= _ALLOWED
    for key in keys_of(heading):
        assert uses(told, key), key
    examples = read_examples(Node(told, source).child("examples"))
    assert source.problems == []
    for example in examples:
        found, scene = answer(told, example)
        assert found.truth is _EXPECTED[example.expect], example.name
        quoted = [span_of(scene, h).of(scene.views[h.turn].turn.text) for h in found.hits]
        if example.evidence:
            assert example.evidence in quoted, (example.name, quoted)
    expected = {example.expect for example in examples}
    assert expected - {"none"}, "one dialogue that hits"
    # A dialogue has neither a model nor a recording.
    assert "none" in expected or heading in ("`classifier`", "`sound`"), "one that does not"


def test_every_key_is_explained() -> None:
    """Each kind of condition, exemption and range has a section of its own."""
    explained = {key for heading, _ in BLOCKS for key in keys_of(heading)}
    wanted = {*_modules(operators), *_modules(exemptions), *RANGES, "person", "min", "speaker"}
    assert wanted - explained == set()


STRANGE = [
    talk(),
    talk("A "),
    talk("A 。", "C ，"),
    talk("U 您好", "U 法院起诉密码"),
    timed("A 0 0 您好", "C 0 0 困难", "A 0 0 三千元"),
    talk(*(f"{'AC'[i % 2]} 您好困难分期密码三千多块法院起诉录音{i}" for i in range(200))),
]


@pytest.mark.parametrize(("heading", "text"), BLOCKS, ids=[heading for heading, _ in BLOCKS])
def test_no_call_is_too_strange(heading: str, text: str) -> None:
    """Nobody speaks, only marks, unknown speakers, no times, very long: there is an answer."""
    told = read_text(text, Source(heading, {}))
    terms = {name: tuple(words) for name, words in (told.get("terms") or {}).items()}
    bench = Bench(terms, told.get("signals") or {}, classifier="turn-risk")
    condition = bench.condition(told["find"])
    for transcript in STRANGE:
        scene = bench.laid_out(transcript)
        found = condition.find(scene)
        assert found == condition.find(bench.laid_out(transcript))
        assert list(found.hits) == sorted(set(found.hits))
        for hit in found.hits:
            assert 0 <= hit.start <= hit.end <= len(scene.views[hit.turn].text)
