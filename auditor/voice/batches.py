"""Windows of similar length turned into padded arrays for training."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.voice.synth import Audio
from auditor.voice.tokens import CHUNK_SECONDS, Vocabulary
from auditor.voice.windows import Window, WindowMaker

MAX_FRAMES = CHUNK_SECONDS * 100
#: Encoder positions of one CTC step: 1200 frames are 600 positions and 300 steps of 40 ms.
CTC_FRAMES = 4
IGNORED = -100
_POOL_BATCHES = 12


@dataclass(frozen=True, slots=True)
class Batch:
    """One padded training batch.

    Args:
        features: float16 log-mel, (windows, 80, frames), zeros after the end of each window.
        inputs: Decoder input ids, (windows, tokens).
        targets: Ids to predict, -100 where nothing is to be learned.
        centres: Encoder position near which each target is spoken, -1 where that is unknown.
        sounds: CTC targets of all windows with speech, one after the other.
        sound_counts: Number of CTC targets of each window.
        steps: CTC steps that hold audio in each window.
    """

    features: NDArray[np.float16]
    inputs: NDArray[np.int64]
    targets: NDArray[np.int64]
    centres: NDArray[np.float32]
    sounds: NDArray[np.int64]
    sound_counts: NDArray[np.int64]
    steps: NDArray[np.int64]


def log_mel(samples: Audio) -> NDArray[np.float16]:
    """Log-mel of 16 kHz samples exactly as faster-whisper makes it, at most one window long."""
    from faster_whisper.feature_extractor import FeatureExtractor

    mel = FeatureExtractor(chunk_length=CHUNK_SECONDS)(samples)[..., :-1]
    return np.asarray(mel[:, :MAX_FRAMES], dtype=np.float16)


class Sounds:
    """Initials and toned finals of text as CTC class numbers; 0 is the blank.

    About 200 classes in place of 1,400 toned syllables: each is heard often, so the alignment is
    found in minutes, and syllables that never occurred are no surprise.
    """

    def __init__(self, characters: tuple[str, ...]) -> None:
        found = {unit for c in characters for unit in self._units(c, heteronym=True)}
        self.names = ("", *sorted(found))
        self._numbers = {name: number for number, name in enumerate(self.names)}

    @staticmethod
    def _units(text: str, *, heteronym: bool = False) -> list[str]:
        from pypinyin import Style, pinyin
        from pypinyin.contrib.tone_convert import to_finals_tone3, to_initials

        readings = pinyin(
            text,
            style=Style.TONE3,
            heteronym=heteronym,
            errors="ignore",
            neutral_tone_with_five=True,
        )
        units = []
        for syllable in (syllable for choices in readings for syllable in choices):
            units.append(to_initials(syllable))
            units.append(to_finals_tone3(syllable, neutral_tone_with_five=True))
        return [unit for unit in units if unit]

    def encode(self, text: str) -> list[int]:
        """Class numbers of the sounds of a text; punctuation has none."""
        return [self._numbers[unit] for unit in self._units(text) if unit in self._numbers]


def _centres(count: int, start: float, stop: float) -> list[float]:
    """Encoder positions (20 ms) of ``count`` characters spread evenly over a clip."""
    step = (stop - start) / count
    return [50 * (start + (number + 0.5) * step) for number in range(count)]


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
            if self.rng.random() < full_share and progress > 0.07:
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

    def tokens(self, window: Window) -> tuple[list[int], list[int], list[float]]:
        """Decoder input, targets and the targets' encoder positions of one window."""
        ids = self.vocabulary.ids
        task = [ids["<|startoftranscript|>"], ids["<|zh|>"], ids["<|transcribe|>"]]
        end = ids["<|endoftext|>"]
        text = [self.vocabulary.encode(part) or [] for part in window.texts]
        if not window.texts:
            inputs = [*task, ids["<|notimestamps|>"]]
            return inputs, [ids["<|nospeech|>"], IGNORED, IGNORED, end], [-1.0] * 4
        if self.rng.random() < 0.1:
            said: list[int] = []
            centres = [-1.0, -1.0]
            for part, (start, stop) in zip(text, window.spans, strict=True):
                stamps = self.vocabulary.timestamp(start), self.vocabulary.timestamp(stop)
                said += [stamps[0], *part, stamps[1]]
                centres += [-1.0, *_centres(len(part), start, stop), -1.0]
            inputs = [*task, *said]
        else:
            said = [token for part in text for token in part]
            inputs = [*task, ids["<|notimestamps|>"], *said]
            centres = [-1.0, -1.0, -1.0]
            for part, (start, stop) in zip(text, window.spans, strict=True):
                centres += _centres(len(part), start, stop)
        targets = [ids["<|zh|>"], IGNORED, *inputs[3:], end]
        centres.append(-1.0)
        if self.rng.random() < 0.12:
            prompt = self._prompt()
            inputs = prompt + inputs
            targets = [IGNORED] * len(prompt) + targets
            centres = [-1.0] * len(prompt) + centres
        return inputs, targets, centres

    def _prompt(self) -> list[int]:
        words = "，".join(clip.text for clip in self.rng.choices(self.maker.store.clips, k=2))
        words = " " + words[: self.rng.randint(4, 40)]
        return [self.vocabulary.ids["<|startofprev|>"], *(self.vocabulary.encode(words) or [])]

    def _pad(self, group: list[tuple[NDArray[np.float16], Window]], width: int) -> Batch:
        rows = [self.tokens(window) for _, window in group]
        longest = max(len(inputs) for inputs, _, _ in rows)
        end = self.vocabulary.ids["<|endoftext|>"]
        features = np.zeros((len(group), 80, width), np.float16)
        inputs = np.full((len(group), longest), end, np.int64)
        targets = np.full((len(group), longest), IGNORED, np.int64)
        centres = np.full((len(group), longest), -1.0, np.float32)
        for row, ((mel, _), (given, wanted, where)) in enumerate(zip(group, rows, strict=True)):
            features[row, :, : mel.shape[1]] = mel
            inputs[row, : len(given)] = given
            targets[row, : len(wanted)] = wanted
            centres[row, : len(where)] = where
        said = [self.sounds.encode("".join(window.texts)) for _, window in group]
        return Batch(
            features,
            inputs,
            targets,
            centres,
            np.array([number for part in said for number in part], np.int64),
            np.array([len(part) for part in said], np.int64),
            np.array([-(-mel.shape[1] // CTC_FRAMES) for mel, _ in group], np.int64),
        )
