"""Count what labelled calls are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from types import MappingProxyType

from auditor.domain.calls import Speaker
from auditor.domain.runs import Rate
from auditor.evaluate.corpus import Batch
from auditor.ingest.scripts import Script
from auditor.ingest.splits import SPLITS
from auditor.scoring.stats import wilson

_PERSON = re.compile(r"[,，]\s*")


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How often one category is labelled.

    Args:
        calls: Calls with it.
        veiled_calls: Calls in which it is only hinted at, at least once.
        turns: Turns with it.
        veiled: Turns that only hint at it.
    """

    calls: int
    veiled_calls: int
    turns: int
    veiled: int


@dataclass(frozen=True, slots=True)
class Length:
    """Least, middle and most of a number per call."""

    least: int
    middle: float
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a batch or split is made of.

    Args:
        name: Of the batch or split.
        innocent: Calls without violation.
        complete: Calls without omission.
        blameless: Calls without either.
        categories: By name; those that do not occur are left out.
        omissions: Disclosure -> calls that omit it.
        applicable: Disclosure -> calls that require it.
        made: Disclosure -> turns that make it.
        cues: Cue -> calls with it.
        acts: Act -> calls with it.
        headers: Header -> value -> calls (floor, style, direction, callee, person).
        changes: Calls in which another person comes to the telephone.
        turns_per_call: Length in turns.
        characters_per_call: Length in characters.
    """

    name: str
    calls: int
    turns: int
    agent_turns: int
    characters: int
    innocent: Rate
    complete: Rate
    blameless: Rate
    categories: Mapping[str, CategoryCount]
    omissions: Mapping[str, int]
    applicable: Mapping[str, int]
    made: Mapping[str, int]
    cues: Mapping[str, int]
    acts: Mapping[str, int]
    headers: Mapping[str, Mapping[str, int]]
    changes: int
    turns_per_call: Length
    characters_per_call: Length


HEADERS = ("floor", "style", "direction", "callee", "person")


def part(name: str, scripts: Sequence[Script]) -> Part:
    """Count the calls of one batch or split.

    Args:
        name: What to call it.
        scripts: At least one call.
    """
    turns = [len(script.lines) for script in scripts]
    characters = [sum(len(line.text) for line in script.lines) for script in scripts]
    innocent = [script for script in scripts if not script.violations]
    people = [_people(script) for script in scripts]
    headers = {
        key: _sorted(Counter(script.headers.get(key, "") or "-" for script in scripts))
        for key in HEADERS[:-1]
    }
    headers["person"] = _sorted(Counter(who for many in people for who in set(many)))
    return Part(
        name=name,
        calls=len(scripts),
        turns=sum(turns),
        agent_turns=sum(line.speaker is Speaker.AGENT for s in scripts for line in s.lines),
        characters=sum(characters),
        innocent=wilson(len(innocent), len(scripts)),
        complete=wilson(sum(not script.omitted for script in scripts), len(scripts)),
        blameless=wilson(sum(not script.omitted for script in innocent), len(scripts)),
        categories=_categories(scripts),
        omissions=_calls(script.omitted for script in scripts),
        applicable=_calls(script.applicable for script in scripts),
        made=_sorted(
            Counter(d.value for s in scripts for line in s.lines for d in line.disclosures)
        ),
        cues=_calls({cue for line in script.lines for cue in line.cues} for script in scripts),
        acts=_calls({act for line in script.lines for act in line.acts} for script in scripts),
        headers=MappingProxyType(headers),
        changes=sum(any(a != b for a, b in pairwise(many)) for many in people),
        turns_per_call=_length(turns),
        characters_per_call=_length(characters),
    )


def _people(script: Script) -> tuple[str, ...]:
    written = script.headers.get("person", "")
    names = [one.partition("@")[0].strip() for one in _PERSON.split(written)]
    return tuple(name for name in names if name) or ("-",)


def _categories(scripts: Sequence[Script]) -> Mapping[str, CategoryCount]:
    calls: Counter[str] = Counter()
    veiled_calls: Counter[str] = Counter()
    turns: Counter[str] = Counter()
    veiled: Counter[str] = Counter()
    for script in scripts:
        said = [category.value for line in script.lines for category in line.violations]
        hinted = [category.value for line in script.lines for category in line.veiled]
        turns.update(said)
        veiled.update(hinted)
        calls.update(set(said))
        veiled_calls.update(set(hinted))
    return MappingProxyType(
        {
            name: CategoryCount(calls[name], veiled_calls[name], turns[name], veiled[name])
            for name in sorted(calls)
        }
    )


def _calls(groups: Iterable[Iterable[str]]) -> Mapping[str, int]:
    return _sorted(Counter(str(name) for group in groups for name in group))


def _sorted(counter: Counter[str]) -> Mapping[str, int]:
    return MappingProxyType(dict(sorted(counter.items())))


def _length(numbers: Sequence[int]) -> Length:
    return Length(min(numbers), median(numbers), max(numbers))


def parts_by_split(batches: Sequence[Batch]) -> tuple[Part, ...]:
    """Count each split, in the order training, development, test, then all calls."""
    return tuple(_splits(batches))


def _splits(batches: Sequence[Batch]) -> Iterator[Part]:
    for split in SPLITS:
        scripts = [script for b in batches if b.split == split for script in b.scripts]
        if scripts:
            yield part(split, scripts)
    yield part("all", [script for batch in batches for script in batch.scripts])
