"""Find out how a text file is encoded, and rather refuse it than garble it."""

from __future__ import annotations

import codecs

from auditor.errors import ManifestError, Problem

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_SHARE = 0.95
_ADVICE = "save it as UTF-8, or declare its encoding"


def decode_text(data: bytes, encoding: str | None, name: str) -> str:
    """Decode a whole file.

    Without a declared encoding: a byte-order mark decides; else strict UTF-8; else GBK, if nearly
    all of its characters are among the 6,763 of GB 2312 (a wrong guess hits rare ones).

    Args:
        data: The file's bytes.
        encoding: Declared, or ``None``.
        name: Of the file, for the error.

    Raises:
        ManifestError: ``bad_encoding`` with the line of the first wrong byte.
    """
    try:
        if encoding is not None:
            text = data.decode(encoding)
        else:
            marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
            text = data.decode(marked) if marked else _detect(data)
    except LookupError as error:
        raise _error(name, "no such encoding; e.g. utf-8 or gbk") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _error(f"{name}, line {line}", f"is not {error.encoding} text; {_ADVICE}") from error
    except UnicodeError as error:  # codecs that exist but decode nothing
        raise _error(name, f"cannot be decoded so; {_ADVICE}") from error
    text = text.removeprefix("\ufeff")
    if "\x00" in text.split("\n", 1)[0]:
        raise _error(f"{name}, line 1", f"looks like UTF-16 without its mark; {_ADVICE}")
    return text


def _detect(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        try:
            text = data.decode("gbk")
        except UnicodeDecodeError:
            raise error from None
        if not _is_common_chinese(text):
            raise
        return text


def _is_common_chinese(text: str) -> bool:
    foreign = [character for character in text if ord(character) > 0x7F]
    common = 0
    for character in foreign:
        try:
            # Rows 16 to 87 of GB 2312 hold its hanzi; rows 1 and 3 punctuation and full width.
            row = character.encode("gb2312")[0] - 0xA0
        except UnicodeEncodeError:
            continue
        common += row in {1, 3} or 16 <= row <= 87
    return common >= _COMMON_SHARE * len(foreign)


def _error(where: str, message: str) -> ManifestError:
    return ManifestError("the manifest cannot be used", Problem(where, "bad_encoding", message))
