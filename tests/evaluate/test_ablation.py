"""What is left out is left out, and the rest stays."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.conditions.scene import Person
from auditor.detect.engine import Detector
from auditor.detect.signals import asks_model
from auditor.domain.calls import Callee, Speaker
from auditor.domain.findings import Category
from auditor.domain.transcripts import Transcript
from auditor.evaluate.ablation import (
    VARIANTS,
    classifier_alone,
    main,
    rules_alone,
    without_following,
    without_sound,
)
from auditor.ingest.scripts import Script, ScriptLine
from auditor.pipeline.judging import build_detector

CALL = """=== a-01
title: a relative answers
floor: bank
callee: debtor
person: third_party
direction: outbound
overdue: 9
agent: 温如
style: clean
applicable: institution_identity
omitted: institution_identity
A: 喂，是老秦家吗？
C: 他不在家，我是他姐姐。
A: {!abuse} 那你告诉他，他就是个不要脸的老赖。
===
"""


@pytest.fixture(scope="module")
def full() -> Detector:
    """The shipped policy with everything."""
    return build_detector()


def talk(*said: str, callee: Callee = Callee.DEBTOR) -> Transcript:
    """Agent and customer in turn."""
    sides = (Speaker.AGENT, Speaker.CUSTOMER)
    lines = tuple(ScriptLine(sides[n % 2], text) for n, text in enumerate(said))
    made = Script("a", {}, lines).transcript()
    return replace(made, call=replace(made.call, callee=callee))


def test_rules_alone_ask_no_classifier(full: Detector) -> None:
    """Neither a rule nor the judgement hears of it."""
    alone = rules_alone(full)
    assert alone.classifier is None
    assert alone.judgement is None
    assert 0 < len(alone.policy.rules) < len(full.policy.rules)
    assert not any(map(asks_model, alone.policy.rules))


def test_the_classifier_alone_has_no_words(full: Detector) -> None:
    """Only rules that ask it are left, one for each category it knows."""
    alone = classifier_alone(full)
    assert all(map(asks_model, alone.policy.rules))
    assert alone.classifier is full.classifier


def test_without_sound_a_misheard_term_is_not_read(full: Detector) -> None:
    """What is written right is read by both."""
    for text, heard in (("把收到的验正码念给我听", False), ("把收到的验证码念给我听", True)):
        for change, right in ((rules_alone, True), (VARIANTS["rules, no sound"], heard)):
            audit = change(full).audit(talk("您好", "嗯", text))
            asked = Category.CREDENTIAL_REQUEST in {f.category for f in audit.findings if f.counts}
            assert asked is right
    assert without_sound(full).judgement is full.judgement


def test_without_following_the_dialler_is_believed(full: Detector) -> None:
    """Who answers does not matter."""
    said = ("您好，秦先生在吗？", "他不在，我是他姐姐。", "那我晚点再打。", "好。")
    for callee, person in ((Callee.DEBTOR, Person.DEBTOR), (Callee.UNKNOWN, Person.UNKNOWN)):
        state = without_following(full).scene(talk(*said, callee=callee)).state
        assert set(state.person) == {person}
    assert Person.THIRD_PARTY in full.scene(talk(*said)).state.person


def test_the_command_measures_every_variant_clean_and_damaged(tmp_path: Path) -> None:
    """One line for each variant and share; nothing of the calls is quoted."""
    (tmp_path / "a.txt").write_text(CALL, "utf-8")
    made = CliRunner().invoke(main, [str(tmp_path / "a.txt"), "--noise", "0.2"])
    assert made.exit_code == 0, made.output
    rows = made.output.splitlines()[2:]
    assert len(rows) == 2 * len(VARIANTS)
    assert all(row.startswith(name) for row, name in zip(rows[::2], VARIANTS, strict=True))
    assert "老赖" not in made.output
