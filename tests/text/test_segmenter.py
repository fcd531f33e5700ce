"""Words cover the text; every policy has its own; nothing is written to disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auditor.domain.spans import CharSpan
from auditor.text.prob import WordFrequencies
from auditor.text.segmenter import Segmenter, on_boundaries

PLAIN = Segmenter(WordFrequencies())


@given(
    st.text(
        alphabet=st.one_of(
            st.sampled_from("您好请还信用卡逾期验证码 \r\n\t,。abc12.%"), st.characters()
        ),
        max_size=50,
    )
)
@example("\r\n")
@example("\ud800卡")
def test_tokens_cover_the_text_without_gaps(text: str) -> None:
    """The tokens in order are the text, and their spans say where."""
    tokens = PLAIN.tokens(text)
    assert "".join(token.text for token in tokens) == text
    assert all(token.span.of(text) == token.text for token in tokens)
    assert all(token.text for token in tokens)
    assert [token.span.start for token in tokens[1:]] == [token.span.end for token in tokens[:-1]]


def test_words_belong_to_one_segmenter() -> None:
    """A word with a high count joins in its own segmenter and in no other."""
    own = Segmenter(WordFrequencies({"渡口分期": 100_000}))
    text = "您在渡口分期的借款"
    assert "渡口分期" in [token.text for token in own.tokens(text)]
    assert "渡口分期" not in [token.text for token in PLAIN.tokens(text)]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 3, True), (0, 5, True), (3, 5, True), (0, 2, False), (1, 3, False), (2, 4, False)],
)
def test_boundaries(*, start: int, end: int, expected: bool) -> None:
    """信用卡|逾期: only whole words stand on boundaries."""
    assert on_boundaries(PLAIN.tokens("信用卡逾期"), CharSpan(start, end)) is expected


def test_no_cache_file_and_no_output(tmp_path: Path) -> None:
    """Building and cutting leaves the temporary folder empty and prints nothing."""
    code = (
        "from auditor.text.prob import WordFrequencies\n"
        "from auditor.text.segmenter import Segmenter\n"
        "assert Segmenter(WordFrequencies()).tokens('信用卡逾期')\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={"TMPDIR": str(tmp_path), "PATH": ""},
        capture_output=True,
        check=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_text_modules_loads_no_heavy_library() -> None:
    """jieba, opencc and pypinyin wait until somebody needs them."""
    code = (
        "import sys\n"
        "import auditor.text.normalise, auditor.text.compact, auditor.text.numbers\n"
        "import auditor.text.segmenter, auditor.text.lexmatch\n"
        "print(sorted({'jieba', 'opencc', 'pypinyin', 'pandas', 'numpy'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
