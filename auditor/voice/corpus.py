"""The training text of the demo recogniser: written dialogues, filled frames, random words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from auditor.errors import AuditorError, UsageError
from auditor.ingest import splits as batches
from auditor.ingest.splits import SPLITS_FILE, TRAINING
from auditor.voice.measure import spoken
from auditor.voice.numerals import spell_out
from auditor.voice.slots import SLOTS

#: Calls of the training batches kept to watch the training (not for the final figures).
WATCHED_CALLS = re.compile(r"-(25|50)$")
MAX_CLIP_CHARACTERS = 42
#: So many of the most frequent characters appear in random words.
FREQUENT_CHARACTERS = 3000
#: So many belong to the vocabulary, for written texts that come after it is fixed.
VOCABULARY_CHARACTERS = 3600

_TURN = re.compile(r"^([AC]):\s*(?:\{[^}]*\})?\s*(.*)$")
_SLOT = re.compile(r"\{(\w+)\}")
_PAUSES = re.compile(r"[、；：;:,…—\-~～]+")
_DROPPED = re.compile(r"[“”‘’「」『』《》〈〉（）()\[\]【】\"'·•\s]+")
_REPEATED = re.compile(r"[，。？！]*([。？！])[，。？！]*|(，)，+")
_SPOKEN = re.compile(r"[\u4e00-\u9fff，。？！]+")
_SENTENCE_END = re.compile(r"(?<=[。？！])")
_COMMA = re.compile(r"(?<=，)")


class CorpusError(AuditorError):
    """The corpus files are missing or malformed."""


@dataclass(frozen=True, slots=True)
class WrittenTurn:
    """One turn of a written call: who speaks (A or C) and the cleaned text."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class WrittenCall:
    """One hand-written call of the corpus.

    ``faithful`` is false for calls written in the manner of a recogniser, with wrong
    same-sound characters on purpose: they are no reference for what was said.
    """

    call_id: str
    faithful: bool
    turns: tuple[WrittenTurn, ...]


def clean(text: str) -> str | None:
    """Reduce a written sentence to spoken hanzi and ，。？！, numbers spelled out.

    Returns:
        None when something remains that the voice would not say in Mandarin (Latin letters).
    """
    text = spell_out(text.replace("％", "%"))
    text = _DROPPED.sub("", text)
    text = text.replace("?", "？").replace("!", "！")
    text = _PAUSES.sub("，", text)
    text = _REPEATED.sub(lambda match: match.group(1) or match.group(2), text).strip("，")
    return text if _SPOKEN.fullmatch(text) and re.search(r"[\u4e00-\u9fff]", text) else None


def read_calls(path: Path) -> tuple[WrittenCall, ...]:
    """Read one file of written calls (blocks ``=== id`` ... ``===``)."""
    calls: list[WrittenCall] = []
    call_id: str | None = None
    faithful = True
    turns: list[WrittenTurn] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("==="):
            if call_id is not None and turns:
                calls.append(WrittenCall(call_id, faithful, tuple(turns)))
            call_id, faithful, turns = line[3:].strip() or None, True, []
        elif line.startswith("style:"):
            faithful = line.removeprefix("style:").strip() != "asr"
        elif match := _TURN.match(line):
            text = clean(match.group(2))
            if text is not None:
                turns.append(WrittenTurn(match.group(1), text))
    if call_id is not None and turns:
        calls.append(WrittenCall(call_id, faithful, tuple(turns)))
    return tuple(calls)


def read_splits(corpus: Path) -> Mapping[str, str]:
    """Batch name to split (training, development, test), also of batches yet to be written.

    Raises:
        CorpusError: The file is missing, lacks a column or names a batch twice.
    """
    try:
        return batches.read_splits(corpus).of
    except UsageError as error:
        raise CorpusError(f"{corpus / SPLITS_FILE}: {error}") from error


def calls_of(corpus: Path, name: str) -> tuple[WrittenCall, ...]:
    """The faithful calls of a split or of one batch, as far as they are written.

    Raises:
        CorpusError: Nothing is written under this name.
    """
    calls = _calls(
        corpus, {batch for batch, at in read_splits(corpus).items() if name in (at, batch)}
    )
    if not calls:
        raise CorpusError(f"no written calls of {name} in {corpus / 'calls'}")
    return calls


def _files(corpus: Path, batches: Set[str]) -> list[Path]:
    return [path for path in sorted((corpus / "calls").glob("b*.txt")) if path.stem in batches]


def _calls(corpus: Path, batches: Set[str]) -> tuple[WrittenCall, ...]:
    calls = (call for path in _files(corpus, batches) for call in read_calls(path))
    return tuple(call for call in calls if call.faithful)


def training_files(corpus: Path) -> list[Path]:
    """Files of the training split, as far as they are written."""
    splits = read_splits(corpus)
    return _files(corpus, {batch for batch, split in splits.items() if split == TRAINING})


def training_calls(corpus: Path) -> tuple[WrittenCall, ...]:
    """All written calls of the training split but those that training is watched on."""
    calls = calls_of(corpus, TRAINING)
    return tuple(call for call in calls if not WATCHED_CALLS.search(call.call_id))


def watched_calls(corpus: Path) -> tuple[WrittenCall, ...]:
    """Calls of the training split that training does not use but watches its progress on."""
    calls = calls_of(corpus, TRAINING)
    return tuple(call for call in calls if WATCHED_CALLS.search(call.call_id))


def held_out_calls(corpus: Path) -> tuple[WrittenCall, ...]:
    """The calls of every other split: training must never see their text."""
    splits = read_splits(corpus)
    return _calls(corpus, {batch for batch, split in splits.items() if split != TRAINING})


def banned_sentences(corpus: Path) -> frozenset[str]:
    """Sentences of the held-out calls, longer than a greeting and without their punctuation."""
    turns = (turn.text for call in held_out_calls(corpus) for turn in call.turns)
    parts = (spoken(part) for turn in turns for part in sentences(turn))
    return frozenset(part for part in parts if len(part) > 6)


def sentences(text: str) -> tuple[str, ...]:
    """Split cleaned text after 。？！."""
    return tuple(part for part in _SENTENCE_END.split(text) if part)


def clips(text: str, limit: int = MAX_CLIP_CHARACTERS) -> tuple[str, ...]:
    """Cut cleaned text into pieces of at most about ``limit`` characters, at pauses only."""
    pieces: list[str] = []
    for sentence in sentences(text):
        parts = [sentence] if len(sentence) <= limit else _COMMA.split(sentence)
        for part in parts:
            if pieces and len(pieces[-1]) + len(part) <= limit:
                pieces[-1] += part
            elif part:
                pieces.append(part)
    return tuple(pieces)


def read_lines(path: Path) -> tuple[str, ...]:
    """Lines of a text file without comments and the leading ``A:`` or ``C:``."""
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    return tuple(re.sub(r"^[AC]:\s*", "", line) for line in lines if line and line[0] != "#")


def fill(frame: str, rng: random.Random) -> str:
    """Fill the ``{slots}`` of a frame: ``欠{amt}`` becomes ``欠两千零四十五块``.

    Raises:
        CorpusError: The frame names an unknown slot.
    """

    def value(match: re.Match[str]) -> str:
        maker = SLOTS.get(match.group(1))
        if maker is None:
            raise CorpusError(f"unknown slot {match.group(1)} in a sentence frame")
        return maker(rng)

    return _SLOT.sub(value, frame)


def word_frequencies() -> dict[str, int]:
    """Words of jieba's dictionary with their counts, hanzi only, from the installed package."""
    import jieba

    with jieba.get_dict_file() as lines:
        rows = (line.decode("utf-8").split() for line in lines)
        return {row[0]: int(row[1]) for row in rows if re.fullmatch(r"[\u4e00-\u9fff]+", row[0])}


def frequent_characters(frequencies: dict[str, int], count: int) -> tuple[str, ...]:
    """The ``count`` most frequent characters, each counted as often as its words."""
    totals: dict[str, int] = {}
    for word, frequency in frequencies.items():
        for character in word:
            totals[character] = totals.get(character, 0) + frequency
    return tuple(sorted(totals, key=lambda character: (-totals[character], character))[:count])


def random_words(
    frequencies: dict[str, int], rng: random.Random, *, flatten: float = 0.85
) -> Iterator[str]:
    """Endless word sequences of 6 to 18 characters, drawn by frequency to the power ``flatten``."""
    known = set(frequent_characters(frequencies, FREQUENT_CHARACTERS))
    words = [word for word in frequencies if len(word) <= 4 and known.issuperset(word)]
    weights = list(accumulate(max(frequencies[word], 1) ** flatten for word in words))
    while True:
        length = rng.randint(6, 18)
        text = ""
        for word in rng.choices(words, cum_weights=weights, k=18):
            text += word + ("，" if rng.random() < 0.08 else "")
            if len(text) >= length:
                break
        yield text.strip("，") + "。"


def composed(frames: Sequence[str], rng: random.Random) -> Iterator[str]:
    """Endless sentences from the frames, each frame about equally often."""
    while True:
        for frame in rng.sample(frames, len(frames)):
            yield fill(frame, rng)
