"""Every error with what was said around it. It quotes calls: for files the user asked for only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from auditor.domain.findings import Category, Disclosure
from auditor.domain.transcripts import Transcript
from auditor.evaluate.found import Found, Topic
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.score import near

BEFORE, AFTER = 2, 1
"""Turns shown around the one meant."""

TextOf = Callable[[str], Transcript | None]
"""Gives what was said in a call; ``None`` where nobody knows."""

MadeIn = Callable[[str, Disclosure], int | None]
"""Gives the turn where the run heard a disclosure made."""


class Mistake(StrEnum):
    """What is wrong."""

    MISSED = "missed"
    FALSE = "false"
    MISPLACED = "misplaced"


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of the surroundings.

    Args:
        meant: The turn the label or the finding points at.
    """

    segment: int
    speaker: str
    text: str
    meant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One error.

    Args:
        segment: Labelled turn of what was missed, found turn of what is false; for an omission
            missed, where the run heard it made; for one falsely reported, where it is labelled.
        rule: Rule of a false finding.
        matched: Words it hit.
        uncounted: Findings that would be right and do not count: ``rule (trial)`` or
            ``rule (undetermined)``.
        around: What was said there.
    """

    mistake: Mistake
    call_id: str
    topic: Topic
    segment: int | None = None
    rule: str = ""
    matched: tuple[str, ...] = ()
    confidence: float | None = None
    uncounted: tuple[str, ...] = ()
    around: tuple[Said, ...] = ()


def listing(
    labels: Sequence[LabelledCall],
    found: Iterable[Found],
    text_of: TextOf,
    made_in: MadeIn,
    *,
    trial: bool = False,
) -> tuple[Entry, ...]:
    """List every error of a run, call by call in the order of the labels.

    Args:
        labels: Every call once.
        found: All findings of the run.
        text_of: What was said.
        made_in: Where the run heard a disclosure.
        trial: Findings on trial count.
    """
    by_call: dict[str, list[Found]] = {call.call_id: [] for call in labels}
    for one in found:
        if one.call_id in by_call:
            by_call[one.call_id].append(one)
    entries: list[Entry] = []
    for call in labels:
        own = by_call[call.call_id]
        errors = [
            *_violations(call, own, trial=trial),
            *_omissions(call, own, made_in, trial=trial),
        ]
        transcript = text_of(call.call_id) if errors else None
        entries += [_with_text(entry, transcript) for entry in errors]
    return tuple(entries)


def _violations(call: LabelledCall, own: Sequence[Found], *, trial: bool) -> Iterator[Entry]:
    told = [one for one in own if isinstance(one.topic, Category)]
    held = [one for one in told if one.counts(trial=trial)]
    hit = {one.topic for one in held}
    for category, segment in sorted(call.violations, key=lambda pair: (pair[1], pair[0])):
        if category not in hit:
            yield Entry(
                mistake=Mistake.MISSED,
                call_id=call.call_id,
                topic=category,
                segment=segment,
                uncounted=_uncounted(told, category, trial=trial),
            )
    for one in held:
        turns = [segment for category, segment in call.violations if category == one.topic]
        if not turns:
            yield _false(one, one.segment)
        elif not near(one.segment, turns):
            yield Entry(
                mistake=Mistake.MISPLACED,
                call_id=call.call_id,
                topic=one.topic,
                segment=one.segment,
                rule=one.rule,
                matched=one.matched,
                confidence=one.confidence,
            )


def _omissions(
    call: LabelledCall, own: Sequence[Found], made_in: MadeIn, *, trial: bool
) -> Iterator[Entry]:
    told = [one for one in own if isinstance(one.topic, Disclosure)]
    held = {one.topic: one for one in told if one.counts(trial=trial)}
    for disclosure in sorted(call.omissions - held.keys()):
        yield Entry(
            mistake=Mistake.MISSED,
            call_id=call.call_id,
            topic=disclosure,
            segment=made_in(call.call_id, disclosure),
            uncounted=_uncounted(told, disclosure, trial=trial),
        )
    for topic, one in held.items():
        if topic not in call.omissions:
            made = call.made.get(Disclosure(topic), ())
            yield _false(one, made[0] if made else one.segment)


def _false(one: Found, segment: int | None) -> Entry:
    return Entry(
        mistake=Mistake.FALSE,
        call_id=one.call_id,
        topic=one.topic,
        segment=segment,
        rule=one.rule,
        matched=one.matched,
        confidence=one.confidence,
    )


def _uncounted(told: Sequence[Found], topic: Topic, *, trial: bool) -> tuple[str, ...]:
    names = [
        f"{one.rule} ({'undetermined' if one.undetermined else one.status.value})"
        for one in told
        if one.topic == topic and not one.counts(trial=trial)
    ]
    return tuple(dict.fromkeys(names))


def _with_text(entry: Entry, transcript: Transcript | None) -> Entry:
    if transcript is None or entry.segment is None:
        return entry
    low, high = max(0, entry.segment - BEFORE), entry.segment + AFTER + 1
    around = tuple(
        Said(turn.index, turn.speaker.value, turn.text, turn.index == entry.segment)
        for turn in transcript.turns[low:high]
    )
    return replace(entry, around=around)
