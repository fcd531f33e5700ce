"""Windows of similar length turned into padded arrays for training."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.voice.synth import Audio
from auditor.voice.targets import IGNORED, Writer
from auditor.voice.tokens import CHUNK_SECONDS, Vocabulary
from auditor.voice.windows import Window, WindowMaker

MAX_FRAMES = CHUNK_SECONDS * 100
#: Frames of one CTC step: 100 frames are a second, 50 encoder positions and 25 steps.
CTC_FRAMES = 4
_POOL_BATCHES = 12
#: Share of windows with text before the task tokens, and with timestamps in their targets.
_PROMPTED = 0.12
_TIMED = 0.1


@dataclass(frozen=True, slots=True)
class Batch:
    """One padded training batch.

    Args:
        features: float16 log-mel, (windows, 80, frames), zeros after the end of each window.
        inputs: Decoder input ids, (windows, tokens).
        targets: Ids to predict, -100 where nothing is to be learned.
        sounds: CTC targets of all windows with speech, one after the other.
        sound_counts: Number of CTC targets of each window.
        sound_columns: Column of ``targets`` with the character that each CTC target belongs to.
        steps: CTC steps that hold audio in each window.
    """

    features: NDArray[np.float16]
    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    sounds: NDArray[np.int64]
    sound_counts: NDArray[np.int64]
    sound_columns: NDArray[np.int64]
    steps: NDArray[np.int64]


def log_mel(samples: Audio) -> NDArray[np.float16]:
    """Log-mel of 16 kHz samples exactly as the recogniser makes it, at most one window long."""
    from auditor.transcribe import whisper

    mel = whisper.log_mel(samples, CHUNK_SECONDS)
    return np.asarray(mel[:, :MAX_FRAMES], dtype=np.float16)


class Sounds:
    """Initials and toned finals of text as CTC class numbers; 0 is the blank.

    About 200 classes in place of 1,400 toned syllables: each is heard often, so the alignment is
    found in minutes, and syllables that never occurred are no surprise.
    """

    def __init__(self, characters: tuple[str, ...]) -> None:
        readings = (_readings(character, heteronym=True) for character in characters)
        units = {syllable: _units(syllable) for each in readings for syllable in each}
        self.names = ("", *sorted({unit for each in units.values() for unit in each}))
        numbers = {name: number for number, name in enumerate(self.names)}
        self._units = {name: [numbers[unit] for unit in each] for name, each in units.items()}
        self._tones: dict[str, list[int]] = {}
        for number, name in enumerate(self.names):
            self._tones.setdefault(name.rstrip("12345"), []).append(number)

    def spell(self, text: str) -> list[list[int]]:
        """Class numbers of each character; punctuation has none."""
        readings = iter(_readings(text))
        return [
            self._units.get(next(readings), []) if "\u4e00" <= character <= "\u9fff" else []
            for character in text
        ]

    def encode(self, text: str) -> list[int]:
        """Class numbers of a whole text."""
        return [number for units in self.spell(text) for number in units]

    def tones_of(self, number: int) -> list[int]:
        """The same final in all its tones; an initial is alone."""
        return self._tones[self.names[number].rstrip("12345")]


def _readings(text: str, *, heteronym: bool = False) -> list[str]:
    from pypinyin import Style, pinyin

    found = pinyin(
        text,
        style=Style.TONE3,
        heteronym=heteronym,
        errors="ignore",
        neutral_tone_with_five=True,
    )
    return [syllable for choices in found for syllable in choices]


def _units(syllable: str) -> list[str]:
    from pypinyin.contrib.tone_convert import to_finals_tone3, to_initials

    both = to_initials(syllable), to_finals_tone3(syllable, neutral_tone_with_five=True)
    return [unit for unit in both if unit]


class BatchMaker:
    """Draws windows, sorts them by length and pads them to batches of about equal cost."""

    def __init__(
        self, maker: WindowMaker, vocabulary: Vocabulary, sounds: Sounds, frames: int
    ) -> None:
        self.maker = maker
        self.vocabulary = vocabulary
        self.sounds = sounds
        self.frames = frames
        self.rng = random.Random(maker.rng.random())
        self._writer = Writer(
            vocabulary, self.rng, prompts=self._prompt, prompted=_PROMPTED, timed=_TIMED
        )

    def batches(self, progress: float) -> Iterator[Batch]:
        """About a dozen batches for one stage of training, in random order."""
        usable: list[tuple[NDArray[np.float16], Window]] = []
        frames = 0
        while frames < self.frames * _POOL_BATCHES:
            window = self.maker.draw(progress)
            if all(self.vocabulary.encode(text) for text in window.texts):
                usable.append((log_mel(window.samples), window))
                frames += usable[-1][0].shape[1]
        usable.sort(key=lambda pair: pair[0].shape[1])
        groups: list[tuple[int, list[tuple[NDArray[np.float16], Window]]]] = []
        while usable:
            longest = usable[-1][0].shape[1]
            # At inference every window is padded with zeros to the full length.
            full_share = 0.2 if progress < 0.75 else 0.45
            if self.rng.random() < full_share and progress > 0.5:
                width = self.rng.choice((MAX_FRAMES, self.rng.randint(longest, MAX_FRAMES)))
            else:
                width = min(MAX_FRAMES, longest + self.rng.randint(0, 40))
            width += -width % CTC_FRAMES
            count = max(2, self.frames // width)
            groups.append((width, usable[-count:]))
            del usable[-count:]
        self.rng.shuffle(groups)
        for width, group in groups:
            yield self._pad(group, width)

    def _prompt(self) -> str:
        return "，".join(clip.text for clip in self.rng.choices(self.maker.store.clips, k=2))

    def _pad(self, group: list[tuple[NDArray[np.float16], Window]], width: int) -> Batch:
        rows = [self._writer.tokens(window.texts, window.spans) for _, window in group]
        longest = max(len(inputs) for inputs, _, _ in rows)
        end = self.vocabulary.ids["<|endoftext|>"]
        features = np.zeros((len(group), 80, width), np.float16)
        inputs = np.full((len(group), longest), end, np.int64)
        targets = np.full((len(group), longest), IGNORED, np.int64)
        for row, ((mel, _), (given, wanted, _)) in enumerate(zip(group, rows, strict=True)):
            features[row, :, : mel.shape[1]] = mel
            inputs[row, : len(given)] = given
            targets[row, : len(wanted)] = wanted
        counts: list[int] = []
        sounds: list[int] = []
        where: list[int] = []
        for (_, window), (_, _, columns) in zip(group, rows, strict=True):
            spelled = self.sounds.spell("".join(window.texts))
            counts.append(sum(map(len, spelled)))
            for units, column in zip(spelled, columns, strict=True):
                sounds += units
                where += [column] * len(units)
        return Batch(
            features,
            inputs,
            targets,
            np.array(sounds, np.int64),
            np.array(counts, np.int64),
            np.array(where, np.int64),
            np.array([-(-mel.shape[1] // CTC_FRAMES) for mel, _ in group], np.int64),
        )
