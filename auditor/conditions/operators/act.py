"""``act``: what the speaker does with the words: asks for them, gives, offers, refuses, warns.

别把验证码告诉任何人 names a code and asks for none. Each act is shown by words of a lexicon of
the policy beside the words in question, in the same clause; asking, giving and offering count
only where nothing is at the same time denied, warned against, refused or another's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.conditions import truth
from auditor.conditions.base import Answer, Condition, Hit
from auditor.conditions.exemptions.speechact import SpeechAct
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.seeking import Groups, Signals
from auditor.conditions.truth import Truth

KEYS = ("act",)
MODIFIERS: frozenset[str] = frozenset()
NEEDS_SPEAKER = False


@dataclass(frozen=True, slots=True)
class _Kind:
    """An act: its name, its lexicon, how far to look, and whether it is positive."""

    title: str
    lexicon: str
    chars: int
    meant: bool = False


_MENTIONED = {
    "negated": _Kind("否定", "negation", 6),
    "warns_against": _Kind("提醒防范", "warning", 12),
    "reports": _Kind("转述", "quoting", 14),
    "refuses": _Kind("拒绝", "refusing", 10),
}
_KINDS = {
    "asks_for": _Kind("索要", "asking", 10, meant=True),
    "gives": _Kind("告知", "giving", 10, meant=True),
    "offers": _Kind("提出", "offering", 12, meant=True),
    **_MENTIONED,
    "conditional": _Kind("假设", "hypothesis", 12),
}
_PLAIN = "says_plainly"
_BEHIND = 5
_FURTHER = 6
"""Characters that a denial may stand before the word that shows an act."""


@dataclass(frozen=True, slots=True)
class ActDone:
    """Words with which one of some acts is done.

    Args:
        acts: Looks for the acts, one each; none of them for words that are plainly said.
        barred: Acts that must not be done at the same time.
    """

    names: tuple[str, ...]
    of: Condition
    acts: tuple[SpeechAct, ...]
    barred: tuple[SpeechAct, ...]

    def find(self, scene: Scene) -> Answer:
        """The words with which it is done."""
        answer = scene.answer(self.of)
        kept = tuple(
            hit
            for hit in answer.hits
            if (not self.acts or self._any(self.acts, scene, hit))
            and not self._any(self.barred, scene, hit)
            and not (self.barred and _denied_behind(scene, hit))
        )
        if not answer.hits:
            return Answer(Truth.UNDETERMINED if answer.truth is Truth.UNDETERMINED else Truth.MISS)
        return Answer(answer.truth if kept else Truth.MISS, kept)

    def _any(self, acts: tuple[SpeechAct, ...], scene: Scene, hit: Hit) -> bool:
        return truth.any_of(act.excuses(scene, hit) for act in acts) is Truth.HIT

    def rests_on(self, signals: Signals) -> Groups:  # noqa: ARG002 - of all such conditions
        """The words."""
        return ((self.of,),)

    def describe(self) -> str:
        """Say in Chinese."""
        names = {**{name: kind.title for name, kind in _KINDS.items()}, _PLAIN: "直接说"}
        return f"{'或'.join(names[name] for name in self.names)}：{self.of.describe()}"


def _denied_behind(scene: Scene, hit: Hit) -> bool:
    """Whether a negation follows the words at once: 验证码不要给我."""
    end = scene.views[hit.turn].clause_end(max(hit.start, hit.end - 1))
    speaker = scene.views[hit.turn].turn.speaker
    return any(
        other.turn == hit.turn and hit.end <= other.start < min(end, hit.end + _BEHIND)
        for other in scene.term_hits("negation", speaker)
    )


def read(node: Node, key: str, reading: Reading) -> Condition:
    """Read ``act: {does: asks_for, of: …, chars: 10, same_clause: true}``."""
    inside = node.child(key)
    inside.only(("does", "of", "chars", "same_clause", "speaker"))
    reading = reading.speaking(inside)
    names = tuple(item.choice((*_KINDS, _PLAIN)) for item in inside.child("does").some())
    known = reading.vocabulary.lexicons
    for name in names:
        if name != _PLAIN and _KINDS[name].lexicon not in known:
            inside.child("does").problem(
                "unknown_lexicon", f"{name!r} needs a lexicon named {_KINDS[name].lexicon!r}"
            )
    if _PLAIN in names and len(names) > 1:
        inside.child("does").problem("two_meanings", f"{_PLAIN!r} stands alone")
    same_clause = inside.child("same_clause").flag(default=True)
    given = inside.child("chars")
    chars = None if given.value is None else given.integer(low=1, high=500)

    def looked(kinds: dict[str, _Kind], *, own: bool) -> tuple[SpeechAct, ...]:
        return tuple(
            SpeechAct(
                name,
                kind.lexicon,
                chars if own and chars is not None else kind.chars,
                same_clause if own else True,
            )
            for name, kind in kinds.items()
            if kind.lexicon in known
        )

    plain = _PLAIN in names
    wanted = {} if plain else {name: _KINDS[name] for name in names}
    meant = plain or any(kind.meant for kind in wanted.values())
    reach = max((kind.chars for kind in wanted.values()), default=0) + _FURTHER
    barred = {
        name: replace(kind, chars=max(kind.chars, 0 if plain else reach))
        for name, kind in _MENTIONED.items()
        if meant and name not in names
    }
    if plain:
        barred["conditional"] = _KINDS["conditional"]
    return ActDone(
        names,
        reading.condition(inside.child("of")),
        looked(wanted, own=True),
        looked(barred, own=False),
    )
