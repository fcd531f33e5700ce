"""The words that a recogniser writes in place of another: same sound or nearly, and frequent."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from auditor.noise.sounds import LEAST_COUNT, LONGEST, Reading, Readings, telephone_class
from auditor.text.prob import WordFrequencies

# Chosen so that of the wrong characters about half keep syllable and tone, a third have another
# tone and a sixth another syllable: nearer sounds first, as in 8,760 sentences of a Mandarin
# recogniser (TAP_ASR: 0.72, 0.17, 0.10), yet enough of the others to learn from.
_OTHER_TONE = 0.12
_NEAR_SYLLABLE = 0.07
# Between "each rival alike" (0) and "always the most frequent" (large).
_FREQUENCY_POWER = 0.7
_MOST_RIVALS = 12
_LEAST_SHARE = 0.01
_LEAST_CHAR_COUNT = 300
# The dictionary was counted in newspapers and novels; on the telephone these are everywhere.
_SAID = {"您": 500_000, "你": 500_000, "我": 1_000_000, "喂": 60_000, "嗯": 60_000, "哦": 60_000}
# A character that mostly stands inside words is a rare guess for one that stands alone.
_INSIDE_WORDS = 0.1


@dataclass(frozen=True, slots=True)
class Rivals:
    """Words that may be written for another.

    Args:
        words: The heaviest first.
        sums: Running sums of their weights.
        own: Weight of the word itself on the same scale.
    """

    words: tuple[str, ...] = ()
    sums: tuple[float, ...] = ()
    own: float = 1.0

    @property
    def total(self) -> float:
        """Sum of all weights, 0 without rivals."""
        return self.sums[-1] if self.sums else 0.0

    @property
    def strength(self) -> float:
        """How likely a rival is beside the word itself, 0 (nothing sounds so) to nearly 1."""
        return self.total / (self.total + self.own)

    def draw(self, uniform: float) -> str:
        """Return the rival that a uniform number below 1 points at."""
        place = bisect_right(self.sums, uniform * self.total)
        return self.words[min(place, len(self.words) - 1)]


class Homophones:
    """Rivals of words and characters by sound and frequency; building takes some two seconds.

    What was looked up is kept, at most the dictionary once.
    """

    __slots__ = ("_counts", "_known", "_readings", "_sounding")

    def __init__(self, frequencies: WordFrequencies) -> None:
        self._readings = Readings()
        self._counts = _counts(frequencies, self._readings)
        self._known: dict[str, tuple[Rivals, Rivals]] = {}
        sounding: defaultdict[Reading, list[str]] = defaultdict(list)
        for word in self._counts:
            reading = self._readings.of(word)
            if reading is not None:
                sounding[_blurred(reading)].append(word)
        self._sounding: Mapping[Reading, list[str]] = dict(sounding)

    def of(self, word: str) -> tuple[Rivals, Rivals]:
        """Return the rivals of equal sound and tone, and those of near sound or other tone.

        Args:
            word: Simplified; need not be in the dictionary.
        """
        found = self._known.get(word)
        if found is None:
            found = self._find(word)
            if word in self._counts:
                self._known[word] = found
        return found

    def _find(self, word: str) -> tuple[Rivals, Rivals]:
        reading = self._readings.of(word)
        if reading is None:
            return Rivals(), Rivals()
        own = float(max(self._counts.get(word, 0), LEAST_COUNT)) ** _FREQUENCY_POWER
        same: list[tuple[float, str]] = []
        near: list[tuple[float, str]] = []
        for rival in self._sounding.get(_blurred(reading), ()):
            if rival == word:
                continue
            other = self._readings.of(rival) or ()
            likeness = _likeness(reading, other)
            weight = likeness * self._counts[rival] ** _FREQUENCY_POWER
            (same if likeness == 1.0 else near).append((weight, rival))
        return _rivals(same, own), _rivals(near, own)


def _counts(frequencies: WordFrequencies, readings: Readings) -> dict[str, int]:
    """Counts of the words to choose from, and of characters alone and (less) inside words."""
    counts: dict[str, int] = {}
    chars: defaultdict[str, float] = defaultdict(float)
    for word, count in frequencies.table.items():
        if not count:
            continue
        for char in word:
            chars[char] += count if len(word) == 1 else count * _INSIDE_WORDS
        if count >= LEAST_COUNT and 2 <= len(word) <= LONGEST:
            counts[word] = count
    for char in readings.chars():
        # GB 2312 has what people write; what is outside was put into dictionaries by scholars.
        if chars[char] >= _LEAST_CHAR_COUNT and char.encode("gb2312", "ignore"):
            counts[char] = _SAID.get(char, round(chars[char]))
    return counts


def _blurred(reading: Reading) -> Reading:
    return tuple(telephone_class(syllable[:-1]) for syllable in reading)


def _likeness(reading: Reading, other: Reading) -> float:
    likeness = 1.0
    for heard, written in zip(reading, other, strict=True):
        if heard[:-1] != written[:-1]:
            likeness *= _NEAR_SYLLABLE
        elif heard != written:
            likeness *= _OTHER_TONE
    return likeness


def _rivals(weighted: list[tuple[float, str]], own: float) -> Rivals:
    best = sorted(weighted, key=lambda pair: (-pair[0], pair[1]))[:_MOST_RIVALS]
    kept = [pair for pair in best if pair[0] >= _LEAST_SHARE * best[0][0]]
    return Rivals(
        tuple(word for _, word in kept), tuple(accumulate(weight for weight, _ in kept)), own
    )
