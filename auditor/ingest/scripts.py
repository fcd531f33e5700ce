"""Read call scripts: dialogues written by hand, with what an officer would find in them.

A file holds any number of calls. A call starts with ``=== id``, then ``key: value`` lines, then
one line a turn, ``A:`` for the agent and ``C:`` for the customer. Labels of a turn stand in braces
at its start: ``!threat`` for a violation (``!threat~`` when veiled), the name of a disclosure
made, ``cue:x`` for what a customer gives away, ``act:x`` for what an agent does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from auditor.domain.calls import Call, Callee, Direction, Seat, Speaker
from auditor.domain.findings import Category, Disclosure
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Transcript, Turn
from auditor.errors import Problem, TranscriptError

HEADERS = frozenset(
    [
        "title",
        "floor",
        "callee",
        "person",
        "direction",
        "overdue",
        "agent",
        "style",
        "applicable",
        "omitted",
        "voices",
        "codec",
        "sound",
        "started",
        "team",
        "agent_id",
        "customer",
    ]
)
ACTS = ("plan", "refusal", "apology", "statement_promise", "verification_attempt")
"""What an agent does; in the order in which arrays hold them."""

CUES = (
    "hardship",
    "dispute",
    "identity_theft",
    "stop_request",
    "later_time",
    "asks_fees",
    "asks_details",
    "complaint",
    "self_harm",
    "not_debtor",
    "pays_now",
)
"""What a customer gives away; in the order in which arrays hold them."""

_LABELS = re.compile(r"\{([^{}]*)\}\s*")
_MS_PER_CHAR = 210
_SPEAKERS = {"A": Speaker.AGENT, "C": Speaker.CUSTOMER}


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One turn of a script.

    Args:
        violations: Categories the agent violates here.
        veiled: Those of them that are only hinted at.
        disclosures: Disclosures made here.
        cues: What the customer gives away.
        acts: What the agent does.
    """

    speaker: Speaker
    text: str
    violations: tuple[Category, ...] = ()
    veiled: tuple[Category, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    cues: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """A scripted call.

    Args:
        headers: The ``key: value`` lines as written.
        applicable: Disclosures the call requires.
        omitted: Those of them that nobody makes.
    """

    call_id: str
    headers: Mapping[str, str]
    lines: tuple[ScriptLine, ...]
    applicable: frozenset[Disclosure] = frozenset()
    omitted: frozenset[Disclosure] = frozenset()

    @property
    def violations(self) -> frozenset[tuple[Category, int]]:
        """Every labelled violation with its turn."""
        return frozenset((c, i) for i, line in enumerate(self.lines) for c in line.violations)

    def transcript(self) -> Transcript:
        """The script as a transcript, with times as long as the text takes to say."""
        at = 300
        turns = []
        for index, line in enumerate(self.lines):
            end = at + max(500, len(line.text) * _MS_PER_CHAR)
            turns.append(
                Turn(index=index, speaker=line.speaker, text=line.text, time=TimeSpan(at, end))
            )
            at = end + 400
        return Transcript(call=self.call(), turns=tuple(turns), duration=at / 1000)

    def call(self) -> Call:
        """What a dialler would know about the scripted call."""
        head = self.headers
        callee = head.get("callee", "unknown")
        overdue = head.get("overdue", "")
        return Call(
            call_id=self.call_id,
            agent_id=head.get("agent_id", head.get("agent", "unknown")),
            agent_name=head.get("agent"),
            team=head.get("team"),
            customer_id=head.get("customer"),
            direction=Direction(head.get("direction", "outbound")),
            callee=Callee(callee) if callee in [*Callee] else Callee.UNKNOWN,
            overdue_days=int(overdue) if overdue.isdigit() else None,
            seat={"bank": Seat.OWN, "agency": Seat.AGENCY}.get(head.get("floor", "")),
        )


def read_scripts(path: Path) -> tuple[Script, ...]:
    """Read every call of a script file.

    Raises:
        TranscriptError: Lists every bad line of the file.
    """
    problems: list[Problem] = []
    scripts = tuple(_scripts(path, problems))
    if problems:
        raise TranscriptError(f"{path.name} has {len(problems)} bad lines", *problems)
    return scripts


def _scripts(path: Path, problems: list[Problem]) -> Iterator[Script]:
    call_id = ""
    headers: dict[str, str] = {}
    lines: list[ScriptLine] = []
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("==="):
            if call_id and lines:
                yield _script(call_id, headers, lines, f"{path.name}:{number}", problems)
            call_id, headers, lines = line[3:].strip(), {}, []
            continue
        key, colon, rest = line.replace("：", ":", 1).partition(":")
        if colon and key in _SPEAKERS:
            lines.append(_line(_SPEAKERS[key], rest.strip(), f"{path.name}:{number}", problems))
        elif colon and key.strip() in HEADERS and not lines:
            headers[key.strip()] = rest.strip()
        else:
            problems.append(
                Problem(f"{path.name}:{number}", "bad_line", "expected a header, 'A:' or 'C:'")
            )
    if call_id and lines:
        yield _script(call_id, headers, lines, path.name, problems)


def _script(
    call_id: str,
    headers: dict[str, str],
    lines: list[ScriptLine],
    where: str,
    problems: list[Problem],
) -> Script:
    def named(key: str) -> frozenset[Disclosure]:
        names = headers.get(key, "").replace(",", " ").split()
        problems.extend(
            Problem(where, "unknown_disclosure", f"{call_id}: {name!r}")
            for name in names
            if name not in [*Disclosure]
        )
        return frozenset(Disclosure(name) for name in names if name in [*Disclosure])

    return Script(
        call_id,
        MappingProxyType(dict(headers)),
        tuple(lines),
        named("applicable"),
        named("omitted"),
    )


def _line(speaker: Speaker, text: str, where: str, problems: list[Problem]) -> ScriptLine:
    labels: list[str] = []
    match = _LABELS.match(text)
    if match:
        labels = [label.strip() for label in match.group(1).split(",") if label.strip()]
        text = text[match.end() :]
    violations, veiled, disclosures, cues, acts = [], [], [], [], []
    for label in labels:
        name = label.strip("!~")
        if label.startswith("!") and name in [*Category]:
            violations.append(Category(name))
            if label.endswith("~"):
                veiled.append(Category(name))
        elif label in [*Disclosure]:
            disclosures.append(Disclosure(label))
        elif label.startswith("cue:") and label[4:] in CUES:
            cues.append(label[4:])
        elif label.startswith("act:") and label[4:] in ACTS:
            acts.append(label[4:])
        else:
            problems.append(Problem(where, "unknown_label", f"unknown label {label!r}"))
    return ScriptLine(
        speaker,
        text.strip(),
        tuple(violations),
        tuple(veiled),
        tuple(disclosures),
        tuple(cues),
        tuple(acts),
    )
