"""Read the example dialogues kept beside rules and signals."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType

from auditor.conditions.node import Node
from auditor.policy.model import Example, Line

EXPECTATIONS = ("finding", "none", "not_applicable", "undetermined")
CALL_KEYS = frozenset(
    {
        "callee",
        "direction",
        "overdue_days",
        "seat",
        "agent_name",
        "amount_due",
        "duration",
        "case_status",
        "started_at",
        "attributes",
    }
)
_LINE_KEYS = ("agent", "customer", "unknown", "after", "lasts")
_KEYS = ("name", "expect", "evidence", "call", "dialogue", "known_wrong")


def read_examples(node: Node) -> tuple[Example, ...]:
    """Read ``examples:``; names must differ and findings must name the words they quote."""
    examples = tuple(_example(item) for item in node.items())
    names = [example.name for example in examples]
    for name in sorted({name for name in names if names.count(name) > 1}):
        node.problem("duplicate_example", f"two examples are named {name!r}")
    return examples


def _example(node: Node) -> Example:
    node.only(_KEYS)
    expect = node.child("expect").choice(EXPECTATIONS)
    call = node.child("call")
    if call.value is not None:
        call.only(CALL_KEYS)
        _started(call.child("started_at"))
        if call.has("attributes"):
            call.child("attributes").keys()
    lines = tuple(_line(item) for item in node.child("dialogue").items())
    if not lines:
        node.problem("no_dialogue", "an example needs a dialogue")
    return Example(
        name=node.child("name").text(),
        expect=expect,
        evidence=node.child("evidence").text("") if node.has("evidence") else "",
        dialogue=lines,
        call=MappingProxyType(dict(call.value) if isinstance(call.value, dict) else {}),
        known_wrong=node.child("known_wrong").flag(),
        line=node.line,
    )


def _line(node: Node) -> Line:
    node.only(_LINE_KEYS)
    speakers = [key for key in ("agent", "customer", "unknown") if node.has(key)]
    if len(speakers) != 1:
        node.problem("bad_line", "a line of dialogue is 'agent: …', 'customer: …' or 'unknown: …'")
        return Line("agent", "")
    return Line(
        speakers[0],
        str(node.child(speakers[0]).value or ""),
        node.child("after").number(0.5, low=-600, high=3600),
        node.child("lasts").number(low=0.1, high=3600) if node.has("lasts") else None,
    )


def _started(node: Node) -> None:
    if node.value is None:
        return
    try:
        zoned = datetime.fromisoformat(node.text()).tzinfo is not None
    except ValueError:
        zoned = False
    if not zoned:
        node.problem("not_an_instant", "expected an instant like 2026-03-05T10:15:00+08:00")
