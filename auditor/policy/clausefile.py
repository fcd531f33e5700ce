"""Read the clauses a policy rests on, and what they ask for in common."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.conditions.node import Node
from auditor.policy.model import Clause, Requirement

GRADES = ("V1", "V2", "V3", "M")
UNVERIFIED = "条号未核实"

CLAUSE_KEYS = {
    "id": "short id that rules cite",
    "section": "article as cited; says 条号未核实 where the number was not seen",
    "grade": "V1, V2, V3 or M: how well the reference was verified",
    "summary": "what it asks for, in our words",
    "checkable": "false where no call can show it",
    "reason": "why not",
}
REQUIREMENT_KEYS = {
    "id": "short id",
    "title": "Chinese, as reports print it",
    "title_en": "the same in English",
    "clauses": "ids of the clauses that ask for exactly this",
    "also": "ids of clauses that ask for this among other things",
}


def read_clauses(node: Node, found: dict[str, Clause]) -> None:
    """Add the clauses of one document; problems go to the node's source."""
    node.only(("document", "clauses"))
    document = node.child("document").text()
    for item in node.child("clauses").items():
        clause = _clause(item, document)
        if clause.clause_id in found:
            item.problem("duplicate_clause", f"clause {clause.clause_id!r} exists already")
        found[clause.clause_id] = clause


def _clause(node: Node, document: str) -> Clause:
    node.only(CLAUSE_KEYS)
    grade = node.child("grade").choice(GRADES)
    section = node.child("section").text()
    checkable = node.child("checkable").flag(default=True)
    reason = node.child("reason").text("")
    if not checkable and not reason:
        node.problem("no_reason", "say why a call cannot show it")
    if grade != "V1" and UNVERIFIED not in section and not any(c.isdigit() for c in section):
        node.child("section").problem(
            "unverified", f"say {UNVERIFIED} where the number was not seen"
        )
    return Clause(
        clause_id=node.child("id").text(),
        document=document,
        section=section,
        grade=grade,
        summary=node.child("summary").text(),
        checkable=checkable,
        reason=reason,
    )


def read_requirements(node: Node, clauses: Mapping[str, Clause]) -> Mapping[str, Requirement]:
    """Read what several clauses ask for in common; problems go to the node's source.

    Args:
        node: A file with ``requirements:``.
        clauses: Every clause of the policy.
    """
    node.only(("requirements",))
    found: dict[str, Requirement] = {}
    for item in node.child("requirements").items():
        item.only(REQUIREMENT_KEYS)
        name = item.child("id").text()
        if name in found:
            item.problem("duplicate_requirement", f"requirement {name!r} exists already")
        found[name] = Requirement(
            requirement_id=name,
            title=item.child("title").text(),
            title_en=item.child("title_en").text(""),
            clauses=_known(item.child("clauses"), clauses),
            also=_known(item.child("also"), clauses) if item.has("also") else (),
        )
    return found


def _known(node: Node, clauses: Mapping[str, Clause]) -> tuple[Clause, ...]:
    found = []
    for item in node.some():
        name = item.text()
        if name in clauses:
            found.append(clauses[name])
        else:
            item.problem("unknown_clause", f"there is no clause {name!r}")
    return tuple(found)
