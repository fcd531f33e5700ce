"""A small policy folder that tests break on purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.policy.loader import load_policy
from auditor.policy.model import Policy
from auditor.text.normalise import Normaliser

FILES = {
    "policy.yaml": "id: test\nversion: '1'\ntitle: 测试\n",
    "clauses/law.yaml": (
        "document: 《某法》\nclauses:\n"
        "  - {id: law-1, section: 第1条, grade: V1, summary: 不得如何。}\n"
    ),
    "terms/negation.yaml": "id: negation\ntitle: 否定\nterms: [不, 别]\n",
    "terms/codes.yaml": "id: codes\ntitle: 码\nterms: [验证码, 密碼]\n",
    "signals/asks.yaml": (
        "signal: asks\ntitle: 问\nfind: {speaker: agent, pattern: '什么'}\nexamples: []\n"
    ),
    "rules/secret/code.yaml": """\
id: secret.code
version: 1
title: 索要
kind: violation
category: credential_request
clauses: [law-1]
severity: critical
weight: 30
status: stable
find:
  speaker: agent
  pattern: '<codes>.{0,4}(给|告诉)我'
unless:
  - negated: true
examples:
  - {name: a, expect: finding, evidence: 验证码给我, dialogue: [{agent: 验证码给我}]}
  - {name: b, expect: finding, evidence: 密码告诉我, dialogue: [{agent: 密码告诉我}]}
  - {name: c, expect: finding, evidence: 驗證碼給我, dialogue: [{agent: 驗證碼給我}]}
  - {name: d, expect: none, dialogue: [{agent: 别把验证码给我}]}
  - {name: e, expect: none, dialogue: [{customer: 验证码给我}]}
  - {name: f, expect: none, dialogue: [{agent: 验证码}]}
  - {name: g, expect: none, dialogue: [{agent: 您好}]}
""",
}

Write = Callable[[dict[str, str]], Path]


@pytest.fixture
def write_policy(tmp_path: Path) -> Write:
    """Write the small policy with some files replaced; returns the folder."""

    def write(changes: dict[str, str]) -> Path:
        folder = tmp_path / "policy"
        for name, text in {**FILES, **changes}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder

    return write


@pytest.fixture(scope="session")
def normaliser() -> Normaliser:
    """The project's normaliser."""
    return Normaliser()


@pytest.fixture
def load(normaliser: Normaliser) -> Callable[[Path], Policy]:
    """Load a folder."""
    return lambda folder: load_policy(folder, normaliser)
