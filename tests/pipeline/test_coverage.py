"""The partition behind a certificate: every row in exactly one place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.errors import CertificateError
from auditor.pipeline.coverage import (
    _TRIED,
    Stage,
    account_for,
    cell_of,
    cells_of,
    check_sums,
    counts_of,
    reasons_of,
)
from auditor.pipeline.jobs import Job, Plan
from auditor.report import reasons

AUDITED = {"outcome": "audited", "reason": None, "row": 2, "recording": "a.wav", "transcript": "x"}

LINES = st.fixed_dictionaries(
    {
        "outcome": st.sampled_from([outcome.value for outcome in CallOutcome]),
        "reason": st.sampled_from(["missing", "no_speech", "recogniser_failed", "worker_died"])
        | st.sampled_from(["no_manifest_row", "unreadable_folder", "bad_call_id", "too_long"]),
        "row": st.none() | st.integers(2, 9),
        "recording": st.sampled_from([None, "a.wav", "b.json"]),
        "transcript": st.sampled_from([None, "digest"]),
    }
)


@pytest.mark.parametrize(
    ("change", "stage"),
    [
        ({}, Stage.AUDITED),
        ({"outcome": "skipped", "reason": "no_speech"}, Stage.TRANSCRIBED),
        ({"outcome": "failed", "reason": "conflicting_duplicate"}, Stage.TRANSCRIBED),
        ({"outcome": "failed", "reason": "recogniser_failed", "transcript": None}, Stage.DECODED),
        ({"outcome": "failed", "reason": "undecodable", "transcript": None}, Stage.FOUND),
        ({"outcome": "failed", "reason": "timed_out", "transcript": None}, Stage.FOUND),
        ({"outcome": "failed", "reason": "missing", "transcript": None}, Stage.MISSING),
        ({"outcome": "skipped", "reason": "duplicate_row", "transcript": None}, Stage.NOT_TRIED),
        ({"outcome": "failed", "reason": "bad_agent_id", "transcript": None}, Stage.NOT_TRIED),
    ],
)
def test_how_far_a_row_got(change: dict[str, object], stage: Stage) -> None:
    """Only what is proven counts: a worker that was lost proves that the file was there."""
    assert cell_of({**AUDITED, **change}).stage == stage


def test_every_reason_about_a_recording_is_placed() -> None:
    """A new reason of the decoder must be counted as a recording that was found."""
    heard = {"missing", "no_speech", "unreadable_folder"}
    assert set(reasons._RECORDING) - heard <= _TRIED


@given(st.lists(LINES, max_size=30))
def test_counts_of_any_rows_add_up(lines: list[dict[str, object]]) -> None:
    """Whatever the rows are: the sums hold, and every row is in them."""
    cells = cells_of(lines)
    counts = counts_of(cells)
    skipped = reasons_of(cells, CallOutcome.SKIPPED)
    failed = reasons_of(cells, CallOutcome.FAILED)
    assert check_sums(counts, skipped, failed, {}) == ()
    assert counts["rows"] == len(lines)


@given(st.lists(LINES, min_size=1, max_size=30), st.data())
def test_any_one_wrong_count_is_noticed(
    lines: list[dict[str, object]], data: st.DataObject
) -> None:
    """No number of the partition can be changed by itself."""
    cells = cells_of(lines)
    counts = counts_of(cells)
    steps = ("recordings_decoded", "recordings_transcribed")
    name = data.draw(st.sampled_from([name for name in counts if name not in steps]))
    counts[name] += data.draw(st.sampled_from([-1, 1, 1000]))
    skipped = reasons_of(cells, CallOutcome.SKIPPED)
    failed = reasons_of(cells, CallOutcome.FAILED)
    assert check_sums(counts, skipped, failed, {})


def test_a_lost_row_is_refused() -> None:
    """A run that cannot account for a row gets no certificate."""
    jobs = tuple(Job(index=i, call_id=f"C{i}", shown=f"{i}.wav", row=i + 2) for i in range(2))
    plan = Plan(jobs=jobs, settled=(), source=Path(), root=Path())
    record = CallRecord(call_id="C0", outcome=CallOutcome.FAILED, reason="missing", row=2)
    with pytest.raises(
        CertificateError, match="manifest_rows: 1, but what was set out with make 2"
    ):
        account_for([record], plan)
    assert sum(account_for([record, record], plan).values()) == 2
    assert json.dumps(counts_of(account_for([record, record], plan)))
