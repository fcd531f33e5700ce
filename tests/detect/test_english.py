"""Conditions say themselves in English, too; only the words that they look for stay Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from rule_bench import Bench

from auditor.conditions.node import Source
from auditor.detect.english import in_english
from auditor.pipeline.judging import build_detector
from auditor.policy.strictyaml import read_text

PAGE = Path(__file__).resolve().parents[2] / "lexicons" / "README.md"
BLOCKS = re.findall(
    r"^### (.*?)\n.*?^```yaml\n(.*?)^```",
    PAGE.read_text("utf-8"),
    flags=re.MULTILINE | re.DOTALL,
)


def chinese_left(told: str) -> str:
    """What is Chinese outside quotation marks."""
    return "".join(re.findall(r"[\u3000-\u9fff\uff00-\uffef]", re.sub("“[^”]*”", "", told)))


def described(value: object) -> Iterator[str]:
    """Descriptions of a condition and of everything in it."""
    for name in ("describe", "brief"):
        if hasattr(value, name):
            yield getattr(value, name)()
    if is_dataclass(value):
        for part in fields(value):
            if part.name in ("acts", "barred") and not hasattr(value, "parts"):
                continue  # how the operator ``act`` looks, which it says by itself
            inner = getattr(value, part.name)
            for one in inner if isinstance(inner, tuple) else (inner,):
                yield from described(one)


def test_everything_in_the_shipped_policy_is_said_in_english() -> None:
    """Conditions, premises, exemptions and signals of all rules."""
    policy = build_detector(weighed=False).policy
    roots: list[object] = [signal.condition for signal in policy.signals.values()]
    for rule in policy.rules:
        if not rule.across:
            roots += [rule.find, rule.applies, rule.before, rule.nearest, *rule.unless]
    said = {text for root in roots for text in described(root)}
    assert len(said) > 100
    assert {text: told for text in said if chinese_left(told := in_english(text))} == {}


@pytest.mark.parametrize(("heading", "text"), BLOCKS, ids=[heading for heading, _ in BLOCKS])
def test_every_operator_is_said_in_english(heading: str, text: str) -> None:
    """As the page of the rule language shows it."""
    told = read_text(text, Source("README.md", {}))
    terms = {name: tuple(words) for name, words in (told.get("terms") or {}).items()}
    bench = Bench(terms, told.get("signals") or {}, classifier="turn-risk")
    roots = [bench.condition(told["find"]), *map(bench.exemption, told.get("unless") or ())]
    said = {text for root in roots for text in described(root)}
    assert {text: english for text in said if chinese_left(english := in_english(text))} == {}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("plain ascii", "plain ascii"),
        ("信号〔索要验证码（asks）、bare〕", "signal “asks”, “bare”"),
        ("句式〔(验证码|密码).{0,4}给我〕", "pattern “(验证码|密码).{0,4}给我”"),
        (
            "通话状态〔有人接听、债务人在线〕",
            "state of the call: somebody answered, debtor on the line",
        ),
        ("通话信息〔callee：debtor、guarantor〕", "the call's “callee”: “debtor”, “guarantor”"),
        ("对第三人说：句式〔欠款〕", "said to third party: pattern “欠款”"),
        ("句式〔a〕，且没有（句式〔b〕）", "pattern “a”, and not (pattern “b”)"),
        ("之前6字内有词表〔negation〕", "6 characters before: word list “negation”"),
        ("前4段，或句式〔很长很", "the first 4 turns, or pattern “很长很”"),
        ("静音超过8秒", "silence above 8 s"),
        ("至少2项：句式〔a〕；句式〔b〕", "at least 2 of: pattern “a”; pattern “b”"),
        ("不足2次", "fewer than 2 times"),
        ("“请还款”按句式", "“请还款”按句式"),
    ],
)
def test_what_is_said(said: str, told: str) -> None:
    """Phrase by phrase; words that are looked for are quoted, what is cut off is closed."""
    assert in_english(said) == told
