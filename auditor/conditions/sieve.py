"""One pass over a call that tells which conditions cannot hold in it.

Every pattern needs some words, every lexicon its terms. All of them are searched for at once (A.
Aho and M. Corasick, Efficient String Matching, 1975); a condition none of whose words are said is
a miss without being asked, and a pattern is run over no turn that lacks what it needs. Nothing is
ever answered differently for it: what may hold is left to the condition itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from auditor.conditions.rows import Rows, Table
from auditor.conditions.seeking import Barring, Seeking, all_nodes
from auditor.conditions.spans import Encoded
from auditor.domain.calls import Speaker

if TYPE_CHECKING:
    from auditor.conditions.base import Condition
    from auditor.conditions.scene import TurnView

Place = tuple[int, int, int, str]
"""Turn, start and end of a term that is said, in the turn's searched text."""


@dataclass(slots=True)
class Sifted:
    """What of all that is looked for may be in one call.

    Args:
        sieve: What is looked for.
        turns: For each turn the rows whose words it holds, as bits, if it is of the right speaker.
        live: Rows of any turn.
        terms: Where the terms of each lexicon are said, in order of their ends.
    """

    sieve: Sieve
    turns: list[int]
    live: int
    terms: dict[str, list[Place]]
    _encoded: dict[int, Encoded] = field(default_factory=dict)

    def closed(self, masks: tuple[int, ...]) -> bool:
        """Whether nothing is live of what one of the masks asks for."""
        live = self.live
        for mask in masks:  # noqa: SIM110 - asked a hundred times a call; a generator takes longer
            if not live & mask:
                return True
        return False

    def patterns(self, rows: Rows, turn: int) -> Iterator[int]:
        """Numbers of a condition's patterns that may match in a turn, ascending."""
        bits = self.turns[turn] >> rows.first & rows.mask
        last = -1
        while bits:
            low = bits & -bits
            owner = rows.owners[low.bit_length() - 1]
            # A pattern may match in several ways, whose rows stand together.
            if owner != last:
                yield owner
                last = owner
            bits ^= low

    def places(self, lexicon: str) -> Iterator[Place]:
        """Where a lexicon's terms are said; none inside a longer term of the same lexicon."""
        at, reached = -1, -1
        for place in sorted(self.terms.get(lexicon, ()), key=_longest_first):
            turn, _, end, _ = place
            if turn != at or end > reached:
                yield place
                at, reached = turn, end

    def encoded(self, view: TurnView) -> Encoded:
        """The searched text of a turn as RE2 sees it."""
        index = view.turn.index
        if index not in self._encoded:
            self._encoded[index] = Encoded.of(view.text)
        return self._encoded[index]


def _longest_first(place: Place) -> tuple[int, int, int]:
    turn, start, end, _ = place
    return turn, start, -end


class Sieve:
    """The words of all conditions of a policy, to be searched for at once.

    ``rows`` are, by their ids, of the conditions that rest on words of the call and nothing else.
    """

    __slots__ = (
        *("_allowed", "_always", "_automaton", "_lexicons", "_marks", "_needs"),
        *("_nodes", "_size", "_words", "rows"),
    )

    def __init__(
        self,
        roots: Iterable[object],
        signals: Mapping[str, object],
        lexicons: Mapping[str, Iterable[str]],
    ) -> None:
        """Collect what is looked for.

        Args:
            roots: Conditions, exemptions, and whatever holds such.
            signals: Conditions by the name of their signal.
            lexicons: Folded terms by lexicon.
        """
        import ahocorasick_rs

        # Kept: as long as the sieve lives no other object has the id of one of them.
        self._nodes = all_nodes((*roots, *signals.values()))
        table = Table(lexicons)
        self.rows: dict[int, Rows] = {}
        own: dict[int, int] = {}
        for key, node in self._nodes.items():
            sought = node.sought() if isinstance(node, Seeking) else None
            if sought is not None:
                self.rows[key] = table.add(sought)
                own[key] = self.rows[key].held | table.rows_of(sought.lexicons)
        self._size = len(table.speakers)
        self._always, self._words, self._marks = table.words()
        self._lexicons = table.terms
        self._allowed = {speaker: table.allowed(speaker) for speaker in Speaker}
        kind = ahocorasick_rs.MatchKind.Standard
        self._automaton = ahocorasick_rs.AhoCorasick(self._words, matchkind=kind)
        barring = Barring(cast("Mapping[str, Condition]", signals), own)
        self._needs = {key: barring.of(node) for key, node in self._nodes.items()}

    def needs(self, condition: object) -> tuple[int, ...] | None:
        """Rows of which some must be live, for each mask; nothing where it must be asked.

        ``None`` for a condition that is none of those collected.
        """
        return self._needs.get(id(condition))

    def sift(self, views: Iterable[TurnView]) -> Sifted:
        """Search a call once for everything."""
        views = tuple(views)
        heard = [view for view in views if view.turn.usable]
        marks, lexicons, words = self._marks, self._lexicons, self._words
        terms: dict[str, list[Place]] = {}
        found = [0] * len(views)
        begin = past = index = bits = 0
        turns = iter(heard)
        for word, start, end in self._automaton.find_matches_as_indexes(
            "\n".join([view.text for view in heard]), overlapping=True
        ):
            while start >= past:
                found[index] |= bits
                view = next(turns)
                begin, index, bits = past, view.turn.index, 0
                past = begin + len(view.text) + 1
            bits |= marks[word]
            if word < len(lexicons):
                place = (index, start - begin, end - begin, words[word])
                for name in lexicons[word]:
                    terms.setdefault(name, []).append(place)
        if found:
            found[index] |= bits
        live = 0
        for view in heard:
            bits = found[view.turn.index] | self._always
            bits &= bits >> self._size & self._allowed[view.turn.speaker]
            found[view.turn.index] = bits
            live |= bits
        return Sifted(self, found, live, terms)
