"""``negated``, ``warned``, ``quoted``, ``refused``, ``hypothetical``: words mentioned, not meant.

Each looks in a short stretch before the hit for terms of the lexicon of the same name. That is
the window idea of NegEx (W. Chapman et al., A Simple Algorithm for Identifying Negated Findings,
2001) with Chinese word lists; terms of ``<name>-but`` in the window switch it off
(不信, 难道不 and the like assert what they seem to deny). A term counts when it starts before the
hit, also when it runs into it (不收 before a hit on 收现金). Terms of ``<name>-after``, where there
is such a lexicon, excuse from behind (…的您别理): Chinese often says last what it thinks of
the thing mentioned.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions import truth
from auditor.conditions.base import Exemption, Hit
from auditor.conditions.node import Node
from auditor.conditions.reading import Reading
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth

_WINDOWS = {"negated": 6, "warned": 12, "quoted": 14, "refused": 10, "hypothetical": 12}
_LEXICONS = {
    "negated": "negation",
    "warned": "warning",
    "quoted": "quoting",
    "refused": "refusing",
    "hypothetical": "hypothesis",
}
_BEHIND = 12
_TITLES = {
    "negated": "被否定",
    "warned": "属于提醒",
    "quoted": "属于转述",
    "refused": "属于拒绝",
    "hypothetical": "属于假设",
}
_WORDS = {
    "negated": "否定",
    "warned": "提醒",
    "quoted": "转述",
    "refused": "拒绝",
    "hypothetical": "假设",
}
KEYS = tuple(_WINDOWS)


@dataclass(frozen=True, slots=True)
class SpeechAct:
    """A word before the hit shows that it is denied, warned against, quoted or supposed."""

    act: str
    lexicon: str
    chars: int
    same_clause: bool

    def excuses(self, scene: Scene, hit: Hit) -> Truth:
        """Look before the hit, not across a clause where punctuation shows one, then behind."""
        speaker = scene.views[hit.turn].turn.speaker
        if any(
            other.turn == hit.turn and hit.end <= other.start and other.end <= hit.end + _BEHIND
            for other in scene.term_hits(f"{self.lexicon}-after", speaker)
        ):
            return Truth.HIT
        shown, switch = self._shown(scene, hit)
        return truth.of(shown is not None and switch is None)

    def _shown(self, scene: Scene, hit: Hit) -> tuple[Hit | None, Hit | None]:
        """The word before the hit that shows the act, and the one that switches it off."""
        view = scene.views[hit.turn]
        low = max(0, hit.start - self.chars)
        if self.same_clause:
            low = max(low, view.clause_start(hit.start))
        speaker = view.turn.speaker
        inside = (
            other
            for other in scene.term_hits(self.lexicon, speaker)
            if other.turn == hit.turn and low <= other.start < hit.start
        )
        shown = next(inside, None)
        if shown is None:
            return None, None
        switches = (
            other
            for other in scene.term_hits(f"{self.lexicon}-but", speaker)
            if other.turn == hit.turn and low - 4 <= other.start < hit.start
        )
        return shown, next(switches, None)

    def why_not(self, scene: Scene, hit: Hit) -> tuple[str, str]:
        """Say that no word shows it, or what switches the word off."""
        shown, switch = self._shown(scene, hit)
        if shown is not None and switch is not None:
            zh = f"虽有“{shown.source}”，但“{switch.source}”使其不成立"
            return zh, f"“{shown.source}” stands before, but “{switch.source}” switches it off"
        clause, clause_en = ("同一分句内", ", same clause") if self.same_clause else ("", "")
        zh = f"前{self.chars}字{clause}没有{_WORDS[self.act]}用语"
        en = f"no word of “{self.lexicon}” within {self.chars} characters before{clause_en}"
        return zh, en

    def describe(self) -> str:
        """Say in Chinese."""
        return _TITLES[self.act]

    def brief(self) -> str:
        """Name the kind of excuse."""
        return _TITLES[self.act]


def read(node: Node, key: str, reading: Reading) -> Exemption:
    """Read ``negated: true`` or ``negated: {chars: 4, same_clause: false}``."""
    lexicon = _LEXICONS[key]
    if lexicon not in reading.vocabulary.lexicons:
        node.problem("unknown_lexicon", f"{key!r} needs a lexicon named {lexicon!r}")
    chars, same_clause = _WINDOWS[key], True
    if node.is_mapping:
        node.only(("chars", "same_clause"))
        chars = node.child("chars").integer(chars, low=1, high=500)
        same_clause = node.child("same_clause").flag(default=True)
    elif node.value is not True:
        node.problem("not_a_flag", "expected true, or {chars: n, same_clause: true}")
    return SpeechAct(key, lexicon, chars, same_clause)
