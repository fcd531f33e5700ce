"""``says_field``: the speaker says what the manifest has in a field, e.g. the agent's own name.

A recogniser writes names with other characters of the same sound, so ``by_sound`` compares
syllables (tones dropped, the pairs that telephones confuse merged) when the characters differ.
Rare surnames are heard wrong and agents often give no surname at all: with ``given_name`` the
last two characters of a longer name are enough.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields

from auditor.conditions.base import MISS, UNDETERMINED, Answer, Condition, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.domain.calls import Call, Speaker
from auditor.domain.findings import How
from auditor.text.pinyin import Syllables

KEYS = ("says_field",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = True

SHORTEST = 2
"""Characters a value needs: one character alone is said by chance."""

_GIVEN = 2
"""Characters of the given name in a name that is longer than that."""

_MISSING = {"undetermined": UNDETERMINED, "miss": MISS}

_FIELDS = tuple(f.name for f in fields(Call) if f.name not in ("attributes", "started_at"))


@dataclass(frozen=True, slots=True)
class SaysField:
    """A speaker says the text of a field of the call.

    Args:
        name: Field of the call, or an attribute of the manifest.
        speaker: Whose speech is searched, ``None`` for everybody's.
        missing: Answer where nobody recorded the field.
        given_name: Whether the given name alone, character by character, counts.
        fold: Folds a text the way transcripts are folded.
        syllables: Sounds of characters; ``None`` compares characters only.
    """

    name: str
    speaker: Speaker | None
    missing: Answer
    fold: Callable[[str], str] = field(compare=False)
    syllables: Syllables | None = field(compare=False)
    given_name: bool = False

    def find(self, scene: Scene) -> Answer:
        """Every place the value is said; undetermined where nobody recorded it."""
        call = scene.transcript.call
        value = getattr(call, self.name) if self.name in _FIELDS else call.attributes.get(self.name)
        wanted = self.fold(str(value)) if value is not None else ""
        if len(wanted) < SHORTEST:
            return self.missing
        return Answer.of_hits(self._hits(scene, wanted))

    def _hits(self, scene: Scene, wanted: str) -> Iterator[Hit]:
        track = scene.track(self.speaker)
        for start in _places(track.text, wanted):
            yield scene.hit(track, start, start + len(wanted), How.LEXICON, wanted)
        if self.given_name and len(wanted) > _GIVEN:
            for start in _places(track.text, wanted[-_GIVEN:]):
                yield scene.hit(track, start, start + _GIVEN, How.LEXICON, wanted[-_GIVEN:])
        if self.syllables is None:
            return
        sounds = self.syllables
        _, near = sounds.sounds(track.text)
        for start in _places(near, sounds.blur(sounds.encode(wanted))):
            end = start + len(wanted)
            heard = track.text[start:end]
            if heard != wanted and _shares_a_character(heard, wanted):
                yield scene.hit(track, start, end, How.PINYIN, wanted)

    def describe(self) -> str:
        """Say in Chinese."""
        return f"说出通话信息中的〔{self.name}〕"


def _places(text: str, wanted: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _shares_a_character(heard: str, wanted: str) -> bool:
    """Two syllables meet by chance; three do not, nor do two with one character right."""
    return len(wanted) > SHORTEST or any(a == b for a, b in zip(heard, wanted, strict=True))


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``says_field: {field: agent_name, by_sound: true, if_missing: miss}``.

    ``given_name: true`` also takes the name without the surname.
    """
    inside = node.child(key)
    inside.only(("field", "by_sound", "if_missing", "given_name"))
    name = inside.child("field").text()
    sounds = Syllables() if inside.child("by_sound").flag() else None
    missing = inside.child("if_missing").choice(_MISSING, "undetermined")
    return SaysField(
        name,
        reading.speaker,
        _MISSING[missing],
        reading.vocabulary.fold,
        sounds,
        inside.child("given_name").flag(),
    )
