"""The character vocabulary of the demo recogniser and its tokenizer file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LANGUAGES = ("zh", "en")
#: Length of the model's window. Shorter than Whisper's 30 s by far: what a small decoder has to
#: find in a window decides how long it takes to train.
CHUNK_SECONDS = 8
TIMESTAMP_SECONDS = 0.02

_SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{language}|>" for language in LANGUAGES),
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)


@dataclass(frozen=True)
class Vocabulary:
    """Token strings in the order of their ids; the first ``text_count`` are characters.

    faster-whisper takes everything from ``<|endoftext|>`` on as special. CTranslate2 looks for the
    empty string to tell a multilingual model, so it and the blank are part of the text tokens.
    """

    tokens: tuple[str, ...]
    text_count: int

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token string to id."""
        return {token: number for number, token in enumerate(self.tokens)}

    def encode(self, text: str) -> list[int] | None:
        """Ids of the characters, or None when one of them is not in the vocabulary."""
        ids = [self.ids.get(character, -1) for character in text]
        return None if min(ids, default=-1) < 0 else ids

    def decode(self, ids: Iterable[int]) -> str:
        """Text of the character ids; special tokens are left out."""
        return "".join(self.tokens[number] for number in ids if number < self.text_count)

    def timestamp(self, seconds: float) -> int:
        """Id of the timestamp token nearest to ``seconds`` from the start of the window."""
        steps = round(min(max(seconds, 0), CHUNK_SECONDS) / TIMESTAMP_SECONDS)
        return self.ids["<|0.00|>"] + steps


def build(characters: Iterable[str]) -> Vocabulary:
    """Vocabulary over the given characters, in a fixed order."""
    text = ("", "<unk>", " ", *sorted(set(characters) - {" "}))
    steps = round(CHUNK_SECONDS / TIMESTAMP_SECONDS)
    stamps = tuple(f"<|{step * TIMESTAMP_SECONDS:.2f}|>" for step in range(steps + 1))
    return Vocabulary((*text, *_SPECIAL, *stamps), len(text))


def save_tokenizer(vocabulary: Vocabulary, path: Path) -> None:
    """Write ``tokenizer.json``: one token a character, decoded without blanks between."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers

    words = models.WordLevel(vocabulary.ids, unk_token="<unk>")  # noqa: S106
    tokenizer = Tokenizer(words)
    # Oniguruma refuses (?s)., so "any character" is spelled as a class.
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), "isolated")
    tokenizer.decoder = decoders.Fuse()
    special = vocabulary.tokens[vocabulary.text_count :]
    tokenizer.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in special])
    tokenizer.save(str(path))


def save_vocabulary(vocabulary: Vocabulary, path: Path) -> None:
    """Write the vocabulary for training to resume with."""
    content = {"tokens": vocabulary.tokens, "text_count": vocabulary.text_count}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def load_vocabulary(path: Path) -> Vocabulary:
    """Read what ``save_vocabulary`` wrote."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return Vocabulary(tuple(content["tokens"]), content["text_count"])
