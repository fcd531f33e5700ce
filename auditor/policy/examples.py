"""Read the example dialogues kept beside rules and signals."""

from __future__ import annotations

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
    }
)
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
    keys = node.keys()
    if len(keys) != 1 or keys[0] not in ("agent", "customer", "unknown"):
        node.problem("bad_line", "a line of dialogue is 'agent: …', 'customer: …' or 'unknown: …'")
        return Line("agent", "")
    return Line(keys[0], str(node.child(keys[0]).value or ""))
