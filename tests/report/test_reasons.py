"""Why calls were not audited reads as Chinese in the Chinese report, as English in the other."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

import auditor.audio
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.report.i18n import TEXTS, Words
from auditor.report.reasons import REASONS

PACKAGE = Path(auditor.audio.__file__).parent.parent
NOT_OF_A_CALL = {
    # These stop a run or a file is refused as a whole; no call ends with them.
    *("bad_column_type", "duplicate_column", "empty_manifest", "missing_column", "nothing_to_do"),
    *(
        "output_is_input",
        "two_manifests",
        "unknown_timezone",
        "unknown_disclosure",
        "unknown_label",
        "bad_line",
    ),
    # These are faults of a table of splits.
    *("no_batch", "unknown_split", "repeated_batch"),
    # These are notes about a transcript that is used all the same.
    *("cleaned_text", "ignored_key", "out_of_order", "overlap_same_speaker", "words_differ"),
}
RAISED = re.compile(
    r"""(?:AudioError|Problem|_error|InstantError|problem|_skip)\(\s*"""
    r"""(?:[^"'(),]+(?:\([^()]*\))?[^"'(),]*,\s*|f?"[^"]*",\s*)?"([a-z]+(?:_[a-z]+)+)"[,)]"""
    r"""|reason="([a-z]+(?:_[a-z]+)+)\""""
)


def raised() -> set[str]:
    """Reasons of two words or more as the modules that read calls write them."""
    folders = (PACKAGE / name for name in ("audio", "ingest", "pipeline"))
    text = "".join(path.read_text("utf-8") for folder in folders for path in folder.glob("*.py"))
    return {first or second for first, second in RAISED.findall(text)}


def failed(reason: str | None, recording: str | None = None, row: int | None = None) -> CallRecord:
    """A call that was not audited."""
    return CallRecord(
        call_id="C1",
        outcome=CallOutcome.FAILED,
        reason=reason,
        message="the message in English",
        recording=recording,
        row=row,
    )


def test_the_search_finds_reasons() -> None:
    """The pattern of this test sees what it has to see."""
    known = {"empty_file", "hash_mismatch", "naive_time", "no_manifest_row", "end_before_start"}
    assert known <= raised()


def test_every_reason_a_call_can_end_with_has_its_words() -> None:
    """A reason new in the code gets a name and a sentence before it gets into a report."""
    columns = {"amount_as_of", "started_at"}
    assert raised() - NOT_OF_A_CALL - columns - set(REASONS) == set()


def test_documented_reasons_of_recordings_have_their_words() -> None:
    """The list in the package's own words is covered."""
    listed = (auditor.audio.__doc__ or "").partition("is one of:")[2]
    assert set(re.findall(r"``(\w+)``", listed)) <= set(REASONS)


@pytest.mark.parametrize("name", REASONS)
def test_advice_is_one_chinese_sentence(name: str) -> None:
    """Names are short, sentences end, and neither quotes code."""
    reason = REASONS[name]
    assert reason.advice.endswith("。")
    assert reason.advice.count("。") == 1
    assert len(reason.zh) <= 16
    assert not re.search(r"[a-z_]{3,}", reason.zh + reason.advice)


@pytest.mark.parametrize(
    ("record", "zh"),
    [
        (failed("empty_file", "a/b.wav", 3), "a/b.wav：录音文件为零字节，请重新复制。"),
        (failed("path_missing", None, 3), "清单第 3 行：清单该行没有填写录音路径，请补填。"),
        (
            failed("out_of_memory"),
            "处理该通电话时内存不足，请减少同时处理的通数，或放宽每个进程的内存上限。",
        ),
        (failed("from_a_plugin", "a.wav"), "the message in English"),
        (failed(None), "the message in English"),
    ],
)
def test_the_detail_is_in_the_language_of_the_report(record: CallRecord, zh: str) -> None:
    """Chinese says file or row and what to do; English is the call's own message."""
    assert Words("zh").detail_of(record) == zh
    assert Words("en").detail_of(record) == "the message in English"


@pytest.mark.parametrize(
    ("message", "place"),
    [
        (
            "m.csv, row 3, column call_id: rows 3 and 5 give one id to several calls",
            "清单第 3、5 行",
        ),
        ("m.csv, row 2: rows 2, 3, 4, 5, 6 and 3 more give one id", "清单第 2、3、4、5、6 行"),
        ("a.json, sub/b.json: these files carry one call id", "a.json、sub/b.json"),
        ("a.wav (row 3), b.json: these files carry one call id", "a.wav（清单行 3）、b.json"),
        ("nothing is known of it", "a.wav"),
    ],
)
def test_calls_of_one_id_are_named_together_in_chinese(message: str, place: str) -> None:
    """All files or rows that the message names, else the call's own."""
    record = replace(failed("conflicting_duplicate", "a.wav", 3), message=message)
    assert Words("zh").detail_of(record).startswith(f"{place}：同一通话编号")


@pytest.mark.parametrize(
    ("key", "one", "many"),
    [
        ("not_covered", "1 call was not audited and nothing here covers it: ", "2 calls were not"),
        (
            "attention_note",
            "A machine judged 1 call fatal; review it first.",
            "A machine judged 2 calls",
        ),
        ("overdue", "1 day overdue", "2 days overdue"),
        ("case_words", "1 finding in its words", "2 findings in its words"),
        ("left_out", "1 more finding is in", "2 more findings are in"),
    ],
)
def test_one_of_a_thing_is_told_in_the_singular(key: str, one: str, many: str) -> None:
    """In English; Chinese has no plural."""
    english = Words("en")
    assert english(key, number=1) == one
    assert english(key, number=2).startswith(many)
    assert "1" in Words("zh")(key, number=1)


def test_every_text_takes_one_and_many() -> None:
    """No choice between singular and plural is left unfilled in either language."""
    for key, pair in TEXTS.items():
        names = {name for _, name, _, _ in Formatter().parse(pair[1]) if name}
        for number in (0, 1, 2):
            for language in ("zh", "en"):
                told = Words(language)(key, **dict.fromkeys(names, number))
                assert "|" not in told
                assert "{" not in told
