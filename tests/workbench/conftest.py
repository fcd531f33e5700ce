"""A small policy to be looked over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.detect.engine import Detector
from auditor.detect.views import ViewBuilder
from auditor.policy.loader import load_policy
from auditor.text.normalise import Normaliser
from auditor.workbench.subjects import Workshop, open_workshop

HEAD = """\
version: 1
title: 标题
kind: violation
category: threat
severity: major
weight: 30
status: stable
"""
FILES = {
    "policy.yaml": "id: test\nversion: '1'\ntitle: 测试\n",
    "clauses/law.yaml": (
        "document: 《某法》\nclauses:\n"
        "  - {id: law-1, section: 第1条, grade: V1, summary: 不得如何。}\n"
        "  - {id: law-2, section: 条号未核实, grade: M, summary: 记得如此。}\n"
        "  - {id: law-3, section: 第3条, grade: V1, summary: 存, checkable: false, reason: 听}\n"
    ),
    "terms/negation.yaml": "id: negation\ntitle: 否定\nterms: [不, 不会, 从不]\n",
    "terms/warning.yaml": "id: warning\ntitle: 提醒\nterms: [当心, 留神]\n",
    "terms/legs.yaml": "id: legs\ntitle: 腿\nterms: [腿, 胳膊]\n",
}
RULE = f"""\
id: threat.legs
{HEAD}\
clauses: [law-1]
find:
  speaker: agent
  pattern:
    - '(打断|打断过|敲断).{{0,3}}<legs>'
    - '卸了你'
unless:
  - negated: true
  - warned: true
examples:
  - {{name: a, expect: finding, evidence: 打断你的腿, dialogue: [{{agent: 打断你的腿}}]}}
  - {{name: b, expect: finding, evidence: 打断你胳膊, dialogue: [{{agent: 打断你胳膊}}]}}
  - {{name: c, expect: finding, evidence: 打断腿, dialogue: [{{agent: 打断腿}}]}}
  - {{name: d, expect: none, dialogue: [{{agent: 不会打断你的腿}}]}}
  - {{name: e, expect: none, dialogue: [{{customer: 打断你的腿}}]}}
  - {{name: f, expect: none, dialogue: [{{agent: 您好}}]}}
  - {{name: g, expect: none, dialogue: [{{agent: 卸货}}]}}
"""

Open = Callable[..., Workshop]


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    """The project's normaliser."""
    return Normaliser()


@pytest.fixture
def workshop(tmp_path: Path, normaliser: Normaliser) -> Open:
    """Write a policy of some rules and lay it out; rules are given as ``family/name``."""

    def open_(*names: str, **rules: str) -> Workshop:
        written = {f"rules/{name.replace('__', '/')}.yaml": text for name, text in rules.items()}
        for name, text in {**FILES, **written}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        policy = load_policy(tmp_path, normaliser)
        detector = Detector.build(policy, ViewBuilder(normaliser))
        return open_workshop(tmp_path, detector, normaliser, names)

    return open_


@pytest.fixture
def rule() -> str:
    """A rule of two patterns and two exemptions."""
    return RULE
