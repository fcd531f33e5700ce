"""What the decoder is given and what it has to answer for one window."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from auditor.voice.tokens import Vocabulary

IGNORED = -100


class Writer:
    """Turns texts into decoder inputs and targets.

    Args:
        vocabulary: Tokens.
        rng: Draws which windows get a prompt or timestamps.
        prompts: Gives some text to stand before the task, as of an earlier window.
        prompted: Share of windows with such text.
        timed: Share of windows with timestamps in their targets.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        rng: random.Random,
        *,
        prompts: Callable[[], str] = str,
        prompted: float = 0.0,
        timed: float = 0.0,
    ) -> None:
        self.vocabulary = vocabulary
        self._prompts = prompts
        self._prompted = prompted
        self._timed = timed
        self._rng = rng

    def tokens(
        self, texts: Sequence[str], spans: Sequence[tuple[float, float]] | None
    ) -> tuple[list[int], list[int], list[int]]:
        """Decoder input and targets of one window, and the target column of each character.

        Args:
            texts: What is said; nothing when nobody speaks.
            spans: Start and end of each text in seconds; None when not known.
        """
        ids = self.vocabulary.ids
        inputs = [ids[token] for token in ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>")]
        end = ids["<|endoftext|>"]
        if not texts:
            # An empty hypothesis has length 0, by which beam search divides its score: it never
            # wins. The time token is written in its place; faster-whisper reads it as no text.
            nothing = ids["<|0.00|>"]
            inputs += [ids["<|notimestamps|>"], nothing]
            return inputs, [ids["<|nospeech|>"], IGNORED, IGNORED, nothing, end], []
        before = self._prompt() if self._rng.random() < self._prompted else []
        timed = spans is not None and self._rng.random() < self._timed
        if not timed:
            inputs.append(ids["<|notimestamps|>"])
        columns: list[int] = []
        for text, (start, stop) in zip(texts, spans or [(0.0, 0.0)] * len(texts), strict=True):
            part = self.vocabulary.encode(text) or []
            if timed:
                inputs.append(self.vocabulary.timestamp(start))
            first = len(before) + len(inputs) - 1
            columns += range(first, first + len(part))
            inputs += part
            if timed:
                inputs.append(self.vocabulary.timestamp(stop))
        targets = [ids["<|zh|>"], IGNORED, *inputs[3:], end]
        return before + inputs, [IGNORED] * len(before) + targets, columns

    def _prompt(self) -> list[int]:
        words = " " + self._prompts()[: self._rng.randint(4, 40)]
        return [self.vocabulary.ids["<|startofprev|>"], *(self.vocabulary.encode(words) or [])]
