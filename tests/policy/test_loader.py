"""A sound policy loads; a broken one says everything that is wrong, with file and line."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.detect.engine import Detector
from auditor.detect.examples import run_rule_examples
from auditor.detect.views import ViewBuilder
from auditor.errors import PolicyError
from auditor.policy.model import Policy
from auditor.text.normalise import Normaliser

Write = Callable[[dict[str, str]], Path]
Load = Callable[[Path], Policy]

RULE = "rules/secret/code.yaml"
TERMS = "terms/codes.yaml"
CLAUSES = "clauses/law.yaml"


def _problems(load: Load, folder: Path) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        load(folder)
    return {problem.reason: problem.where for problem in caught.value.problems}


def test_a_sound_policy_loads_and_its_examples_pass(
    write_policy: Write, load: Load, normaliser: Normaliser
) -> None:
    """Terms are folded, and the examples come out as they say."""
    policy = load(write_policy({}))
    assert policy.lexicons["codes"].terms == ("验证码", "密码")
    detector = Detector.build(policy, ViewBuilder(normaliser))
    results = list(run_rule_examples(detector, policy.rules[0]))
    assert [result.message for result in results if not result.passed] == []
    assert len(results) == 7


def test_the_fingerprint_changes_with_any_file_and_only_then(
    write_policy: Write, load: Load
) -> None:
    """Equal folders have equal fingerprints; one more term gives another."""
    first = load(write_policy({})).fingerprint
    assert load(write_policy({})).fingerprint == first
    changed = write_policy({TERMS: "id: codes\ntitle: 码\nterms: [验证码, 密码, 口令]\n"})
    assert load(changed).fingerprint != first


def _edit(write_policy: Write, old: str, new: str, name: str = RULE) -> Path:
    folder = write_policy({})
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("old", "new", "reason", "line"),
    [
        ("weight: 30", "wieght: 30", "unknown_key", 8),
        ("weight: 30", "weight: 30\nweight: 31", "duplicate_key", 9),
        ("weight: 30", "weight: heavy", "not_a_number", 8),
        ("version: 1", "version: 1.5", "not_a_whole_number", 2),
        ("severity: critical", "severity: awful", "unknown_word", 7),
        ("kind: violation", "kind: sin", "unknown_word", 4),
        ("category: credential_request", "disclosure: recording_notice", "wrong_key", 5),
        ("clauses: [law-1]", "clauses: [law-2]", "unknown_clause", 6),
        ("clauses: [law-1]", "clauses: []", "no_clause", 6),
        ("id: secret.code", "id: secret.other", "id_not_place", 1),
        ("id: secret.code", "id: Secret Code", "bad_id", 1),
        ("title: 索要", "title: 1.10", "not_text", 3),
        ("speaker: agent\n  pattern", "pattern", "no_speaker", 10),
        ("speaker: agent", "speaker: bystander", "unknown_word", 11),
        ("<codes>", "<cods>", "unknown_lexicon", 12),
        ("'<codes>.{0,4}(给|告诉)我'", "'(验证码'", "pattern_syntax", 12),
        ("'<codes>.{0,4}(给|告诉)我'", "'(?=验证码)给'", "pattern_syntax", 12),
        ("'<codes>.{0,4}(给|告诉)我'", "'(验)\\1'", "pattern_syntax", 12),
        ("'<codes>.{0,4}(给|告诉)我'", "'(码)*'", "pattern_matches_nothing", 12),
        ("'<codes>.{0,4}(给|告诉)我'", "'验证码，给我'", "punctuation", 12),
        ("pattern:", "patern:", "no_operator", 10),
        ("negated: true", "denied: true", "no_exemption", 14),
        ("negated: true", "negated: {chars: 4, words: 2}", "unknown_key", 14),
        ("status: stable", "status: stable\neffective: {from: 1.2.2026}", "not_a_date", 10),
        (
            "status: stable",
            "status: stable\neffective: {from: '2026-02-01', to: '2026-01-01'}",
            "never_in_force",
            10,
        ),
        ("expect: finding", "expect: maybe", "unknown_word", 16),
        ("evidence: 验证码给我, ", "", "no_evidence", 15),
        ("{agent: 您好}", "{agnt: 您好}", "bad_line", 22),
        ("name: g", "name: f", "duplicate_example", 15),
        ("  - {name: g, expect: none, dialogue: [{agent: 您好}]}\n", "", "too_few_examples", 15),
    ],
)
def test_a_mistake_in_a_rule_is_named_with_its_line(
    write_policy: Write, load: Load, old: str, new: str, reason: str, line: int
) -> None:
    """Each kind of mistake has its reason and points at its line."""
    found = _problems(load, _edit(write_policy, old, new))
    assert found.get(reason) == f"{RULE}:{line}", found


def test_all_mistakes_are_listed_at_once(write_policy: Write, load: Load) -> None:
    """Mistakes in several files come out together."""
    folder = _edit(write_policy, "weight: 30", "weight: x")
    (folder / TERMS).write_text("id: codes\ntitle: 码\nterms: ['。', 码, 码]\n")
    (folder / CLAUSES).write_text(
        "document: 《某法》\nclauses:\n  - {id: law-1, section: 某章, grade: V2, summary: 不得。}\n"
    )
    found = _problems(load, folder)
    assert {"not_a_number", "empty_term", "duplicate_term", "unverified"} <= set(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x [1]\nb: *x\n", "alias"),
        ("a: !!python/object/apply:os.system ['true']\n", "tag"),
        ("a: [" + "[" * 60 + "]" * 60 + "]\n", "too_deep"),
        ("a: 1\na: 2\n", "duplicate_key"),
        ("a: [1\n", "yaml_syntax"),
        ("a:\n\t- 1\n", "yaml_syntax"),
        ("", "empty_file"),
        ("- 1\n", "empty_file"),
        ("a: " + "x" * 1_100_000 + "\n", "file_too_large"),
    ],
)
def test_hostile_yaml_is_refused_at_once(
    write_policy: Write, load: Load, text: str, reason: str
) -> None:
    """Aliases, tags, depth and size are refused before anything is built from them."""
    begun = time.monotonic()
    assert reason in _problems(load, write_policy({"rules/secret/bad.yaml": text}))
    assert time.monotonic() - begun < 20


def test_an_alias_bomb_takes_no_time(write_policy: Write, load: Load) -> None:
    """A kilobyte that stands for gigabytes is refused, not expanded."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [" + ", ".join([f"*a{i - 1}"] * 9) + "]" for i in range(1, 30)]
    bomb = "\n".join(lines)
    assert "alias" in _problems(load, write_policy({"terms/bomb.yaml": bomb}))


def test_times_and_words_stay_text(write_policy: Write, load: Load) -> None:
    """12:30:45 is not 45045 and NO is not false."""
    folder = write_policy({TERMS: "id: codes\ntitle: NO\nterms: [12:30:45, NO, on]\n"})
    (folder / RULE).unlink()
    lexicon = load(folder).lexicons["codes"]
    assert lexicon.title == "NO"
    assert set(lexicon.terms) == {"123045", "no", "on"}


def test_signals_may_not_go_in_circles(write_policy: Write, load: Load) -> None:
    """Two signals that need each other are refused."""
    folder = write_policy(
        {
            "signals/one.yaml": "signal: one\ntitle: 一\nfind: {signal: two}\nexamples: []\n",
            "signals/two.yaml": "signal: two\ntitle: 二\nfind: {signal: one}\nexamples: []\n",
        }
    )
    assert "signal_cycle" in _problems(load, folder)


def test_a_catastrophic_pattern_is_harmless(
    write_policy: Write, load: Load, normaliser: Normaliser
) -> None:
    """A pattern that ruins backtracking engines takes linear time here."""
    folder = _edit(write_policy, "'<codes>.{0,4}(给|告诉)我'", "'(a+)+$|给我'")
    policy = load(folder)
    detector = Detector.build(policy, ViewBuilder(normaliser))
    begun = time.monotonic()
    text = "a" * 50_000 + "!"
    from auditor.detect.examples import as_transcript
    from auditor.policy.model import Example, Line

    detector.audit(as_transcript(Example(name="x", expect="none", dialogue=(Line("agent", text),))))
    assert time.monotonic() - begun < 10


def test_a_folder_without_policy_file_is_no_policy(tmp_path: Path, load: Load) -> None:
    """The error names the folder."""
    with pytest.raises(PolicyError, match=r"no policy\.yaml"):
        load(tmp_path)


def test_foreign_files_do_not_hide_in_a_policy(write_policy: Write, load: Load) -> None:
    """A rule saved under another ending would silently not count; it is reported."""
    folder = write_policy({"rules/secret/late.yml": "id: x"})
    assert "unexpected_file" in _problems(load, folder)
