"""What the store keeps, it gives back: durable, once, and equal on both databases."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres import emptied
from sqlalchemy import text

from auditor.domain.findings import CallOutcome, Outcome
from auditor.domain.runs import CallRecord
from auditor.errors import OutputError, UsageError
from auditor.store.coding import Decoder, Encoder, fit
from auditor.store.database import database_url, shown
from auditor.store.store import Earlier, Store, open_store

from .conftest import dump, failed, finding, info, keep, night, record

ROOT = Path(__file__).resolve().parents[2]


def test_records_come_back_equal_and_in_input_order(store: Store) -> None:
    """Whatever order calls were done in, the run reads as the input was."""
    made = night()
    run = store.begin_run(info(), fingerprint="f", rows=len(made))
    for place in (3, 0, 4, 2, 1):
        store.settle(run.run_id, place, made[place])
    records = store.records(run.run_id)
    assert list(records) == made
    assert len(records) == len(made)
    assert records.at(4, 1, 99) == {1: made[1], 4: made[4]}


def test_a_run_longer_than_a_page_is_read_whole(store: Store) -> None:
    """Pages join without a gap and without a repeat."""
    made = [record(number) for number in range(1203)]
    run_id = keep(store, made)
    assert list(store.records(run_id)) == made
    assert list(store.records(run_id)) == made


@given(st.text(max_size=40), st.text(max_size=10))
def test_any_text_survives(name: str, reason: str) -> None:
    """Also control characters and halves of characters, as file names may hold them."""
    before = CallRecord(
        call_id=f"x{name}", outcome=CallOutcome.SKIPPED, reason=reason, message=name
    )
    rows = Encoder().rows(before)
    again = Decoder().record({**rows.result, "call": None, "row": None, "seconds": "{}"}, ())
    assert again == before


@pytest.mark.parametrize("name", ["a\x00b", "\udce4.wav", "客户\ud800"])
def test_odd_names_are_kept_by_the_database(store: Store, name: str) -> None:
    """A name that no database takes as text comes back all the same."""
    odd = CallRecord(call_id=name, outcome=CallOutcome.FAILED, reason="bad", message=name)
    run_id = keep(store, [odd])
    assert list(store.records(run_id)) == [odd]
    assert fit(name) != name


def test_settling_twice_changes_nothing(store: Store) -> None:
    """The first outcome of a row counts; nothing is kept twice."""
    made = night()
    run_id = keep(store, made)
    before = dump(store.engine)
    for place, settled in enumerate(made):
        store.settle(run_id, place, settled)
    store.flush()
    assert dump(store.engine) == before
    store.settle(run_id, 0, failed(0))
    store.flush()
    assert dump(store.engine)["outcomes"] == before["outcomes"]


def test_the_same_night_again_changes_nothing_that_did_not_change(store: Store) -> None:
    """A second run adds its row and its outcomes; calls, results and findings stay."""
    keep(store, night())
    before = dump(store.engine)
    keep(store, night(), fingerprint="f2", run_id="20261117T200000Z-bbbb0002", minute=5)
    after = dump(store.engine)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"runs", "outcomes"}
    assert [row for row in after["outcomes"] if row in before["outcomes"]] == before["outcomes"]


def test_one_changed_call_adds_its_own_rows_only(store: Store) -> None:
    """The earlier run still reads as it was."""
    first = keep(store, night())
    before = dump(store.engine)
    later = night()
    later[0] = record(0, finding("C0"))
    second = keep(store, later, fingerprint="f2", run_id="20261117T200000Z-bbbb0002", minute=5)
    after = dump(store.engine)
    assert len(after["findings"]) == len(before["findings"]) + 1
    assert len(after["results"]) == len(before["results"]) + 1
    assert after["calls"] == before["calls"]
    assert list(store.records(first)) == night()
    assert list(store.records(second)) == later


def test_an_unfinished_run_is_gone_on_with(address: str) -> None:
    """The same fingerprint finds its run again; what was settled is known."""
    with open_store(address) as store:
        run = store.begin_run(info(), fingerprint="f", rows=3)
        store.settle(run.run_id, 0, record(0))
        store.settle(run.run_id, 2, record(2))
        store.flush()
    with open_store(address) as store:
        again = store.begin_run(info("20261117T000000Z-cccc0003"), fingerprint="f", rows=3)
        assert again.run_id == run.run_id
        assert again.info.started_at == run.info.started_at
        assert store.settled(run.run_id) == {0, 2}
        with pytest.raises(OutputError, match="3 rows, but 2 outcomes"):
            store.finish_run(info())
        store.settle(run.run_id, 1, record(1))
        store.finish_run(info())
        fresh = store.begin_run(info("20261117T000000Z-cccc0003"), fingerprint="f", rows=3)
        assert fresh.run_id != run.run_id


def test_what_was_not_flushed_is_lost_and_nothing_else(address: str) -> None:
    """A killed process leaves whole batches."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from tests.store.conftest import info, night\n"
        "from auditor.store.store import open_store\n"
        "store = open_store(sys.argv[1]); made = night()\n"
        "run = store.begin_run(info(), fingerprint='f', rows=5)\n"
        "store.settle(run.run_id, 0, made[0]); store.settle(run.run_id, 1, made[1])\n"
        "store.flush(); store.writer.written_at = 1e18\n"
        "store.settle(run.run_id, 2, made[2])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = f"{ROOT}:{ROOT / 'tests'}"
    done = subprocess.run(
        [sys.executable, "-c", code, address, str(ROOT)],
        check=False,
        env={"PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == -9, done.stderr
    with open_store(address) as store:
        assert store.settled(info().run_id) == {0, 1}
        assert list(store.records(info().run_id)) == night()[:2]


def test_equal_jobs_are_taken_over_but_failures_are_not(store: Store) -> None:
    """What the very same job came to counts again; what failed is tried again."""
    made = night()
    keep(store, made)
    run = store.begin_run(info("20261117T0Z-b", minute=9), fingerprint="f2", rows=6)
    jobs = [Earlier(place, f"job-{place}", row=50 + place) for place in range(5)]
    assert store.take_over(run.run_id, [*jobs, Earlier(5, "unknown")]) == {0, 1, 2, 4}
    records = store.records(run.run_id).at(*range(6))
    assert set(records) == {0, 1, 2, 4}
    assert records[1].audit == made[1].audit
    assert records[1].row == 51


def test_revised_outcomes_stand_beside_their_own(store: Store) -> None:
    """What the other calls mean for a call can be undone and done again."""
    made = night()
    run_id = keep(store, made)
    revised = record(0, finding("C0", rule_id="calls.too_many"))
    store.revise(run_id, 0, revised)
    assert next(iter(store.records(run_id))) == revised
    assert list(store.records(run_id, own=True)) == made
    store.unrevise(run_id)
    assert list(store.records(run_id)) == made


def test_disclosures_can_be_asked_for(store: Store) -> None:
    """One row a call and disclosure that applied, by its answer."""
    keep(store, night())
    with store.engine.connect() as connection:
        query = text("SELECT answer, count(*) FROM disclosures GROUP BY answer ORDER BY answer")
        assert [tuple(row) for row in connection.execute(query)] == [("made", 3), ("missed", 1)]


def test_counts_of_a_result_are_columns(store: Store) -> None:
    """Counted and undetermined findings can be summed without reading bodies."""
    unsure = finding("C1", outcome=Outcome.UNDETERMINED)
    keep(store, [record(0, finding("C0")), record(1, unsure, answers="upp")])
    with store.engine.connect() as connection:
        query = text("SELECT counted, undetermined FROM results ORDER BY call_id")
        assert [tuple(row) for row in connection.execute(query)] == [(1, 0), (0, 1)]


def test_runs_are_found_by_part_of_their_name(store: Store) -> None:
    """The newest finished one without a name; several or none is an error that lists them."""
    keep(store, night())
    keep(store, night(), fingerprint="f2", run_id="20261117T200000Z-bbbb0002", minute=5)
    assert store.run().run_id == "20261117T200000Z-bbbb0002"
    assert store.run("aaaa0001").run_id == "20261116T200000Z-aaaa0001"
    for wrong, said in (("2026", "several runs"), ("zzz", "there is no run zzz")):
        with pytest.raises(UsageError, match=said) as caught:
            store.run(wrong)
        assert "bbbb0002" in str(caught.value)


def test_an_interrupted_run_is_not_taken_for_a_finished_one(store: Store) -> None:
    """It is found by its name, but nothing is made of it."""
    run = store.begin_run(info(), fingerprint="f", rows=3)
    assert store.run(run.run_id) == run
    with pytest.raises(UsageError, match="was interrupted"):
        store.finished_run(run.run_id)
    with pytest.raises(UsageError, match="there is no finished run"):
        store.finished_run()


def test_what_a_run_was_made_with_comes_back(store: Store) -> None:
    """Counts and reasons belong to a finished run."""
    run_id = keep(store, night(), counts={"rows": 5}, reasons={"empty_file": 1})
    stored = store.run(run_id)
    assert stored.finished
    assert stored.info == info(counts={"rows": 5}, reasons={"empty_file": 1})


def test_a_newer_schema_is_refused(address: str) -> None:
    """It names the schema, and what to do."""
    with open_store(address) as store, store.engine.begin() as connection:
        connection.execute(text("UPDATE auditor_schema SET version_num = '9999'"))
    with pytest.raises(OutputError, match=r"newer auditor \(schema 9999\)"):
        open_store(address)


def test_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    """A database that has ``runs`` of its own is not ours to change."""
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE runs (x)")
    other.close()
    with pytest.raises(OutputError, match="another program"):
        open_store(path)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """The file is named and untouched."""
    path = tmp_path / "audit.db"
    path.write_bytes(b"call_id,path\n" * 100)
    with pytest.raises(OutputError, match=r"audit\.db: file is not a database"):
        open_store(path)
    assert path.read_bytes() == b"call_id,path\n" * 100


@pytest.mark.parametrize(
    "wrong", ["mysql://u@h/d", "sqlite://", "postgresql:/x://", "http://x/", "sqlite:///:memory:"]
)
def test_other_databases_are_refused(wrong: str) -> None:
    """Only files and PostgreSQL, said in one sentence."""
    with pytest.raises(UsageError, match="database"):
        database_url(wrong)


def test_passwords_are_not_shown() -> None:
    """The address in messages hides them."""
    url = database_url("postgresql://auditor:secret@db.bank/night")
    assert "secret" not in shown(url)
    assert "db.bank" in shown(url)


def test_an_unreachable_server_is_named() -> None:
    """Without a trace, with the address."""
    with pytest.raises(OutputError, match=r"127\.0\.0\.1:1/none"):
        open_store("postgresql://nobody@127.0.0.1:1/none")


def test_sqlite_survives_a_power_cut_and_lets_readers_read(tmp_path: Path) -> None:
    """Write-ahead log, full synchronisation, foreign keys."""
    with open_store(tmp_path / "a.db") as store, store.engine.connect() as connection:
        shown_ = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert shown_ == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_second_process_on_another_host_is_told_who_does_the_run(postgres: str) -> None:
    """The claim ends with its holder; other runs are free."""
    address = emptied(postgres)
    said = r"another process .* since \d{4}-"
    with open_store(address) as one, open_store(address) as two:
        with one.claimed("f"), two.claimed("g"), pytest.raises(OutputError, match=said):
            two.claimed("f").__enter__()
        with two.claimed("f"):
            pass


def test_errors_of_the_database_quote_nothing(store: Store) -> None:
    """What could not be written is not repeated in the message."""
    odd = record(1, finding("C1", explanation="绝密的话"))
    with pytest.raises(OutputError) as caught:
        store.settle("no such run", 0, odd)
    shown_ = str(caught.value)
    assert re.search("foreign key", shown_, re.IGNORECASE)
    assert "绝密" not in shown_
    assert "no such run" not in shown_
