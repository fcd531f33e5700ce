"""Find where a text is said in other words, and how like it that is."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.text.pinyin import Syllables


@dataclass(frozen=True, slots=True)
class Likeness:
    """The most alike stretch of a text.

    Args:
        score: 0..1; the share of characters that agree (Indel similarity).
        start: First character of the stretch.
        end: One past its last.
    """

    score: float
    start: int
    end: int


def most_alike(wanted: str, text: str) -> Likeness:
    """Return the stretch of ``text`` that is most like ``wanted``, as long as it or the whole.

    Uses rapidfuzz's partial alignment; a text shorter than what is wanted is compared as a whole,
    because otherwise a single character would be a perfect part of anything.
    """
    from rapidfuzz import fuzz

    if not wanted or not text:
        return Likeness(0.0, 0, 0)
    if len(text) <= len(wanted):
        return Likeness(fuzz.ratio(wanted, text) / 100, 0, len(text))
    found = fuzz.partial_ratio_alignment(wanted, text)
    if found is None:
        return Likeness(0.0, 0, 0)
    return Likeness(found.score / 100, found.dest_start, found.dest_end)


@dataclass(frozen=True, slots=True)
class Ear:
    """Compares texts by their characters, or by their sound on a telephone."""

    syllables: Syllables | None = None

    def hear(self, text: str) -> str:
        """Return one character for each of the text: itself, or its class of sounds."""
        if self.syllables is None:
            return text
        sounds = self.syllables.blur(self.syllables.encode(text))
        # What has no Chinese sound, such as a digit, stays itself.
        return "".join(
            heard if self.syllables.ids(char) != (0,) else char
            for heard, char in zip(sounds, text, strict=True)
        )
