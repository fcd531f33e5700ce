"""Consents and histories: what is read, and what is said of damaged tables."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

import pytest
from contact_bench import CHINA, contact, numbered

from auditor.contacts.consents import Consent, Hours, parse_hours, read_consents
from auditor.contacts.history import LinesHistory, TableHistory, open_history
from auditor.contacts.rows import contact_to_json
from auditor.domain.calls import Callee, Direction, Seat
from auditor.domain.contacts import Cues, Later, Party
from auditor.errors import UsageError

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def to(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return to


@pytest.mark.parametrize(
    ("written", "hours"),
    [
        ("21:00-23:00", Hours(time(21), time(23))),
        ("21:00 - 23:00", Hours(time(21), time(23))),
        ("9:05～9:30", Hours(time(9, 5), time(9, 30))),
        ("22:00至1:00", Hours(time(22), time(1))),
        ("22:00-24:00", Hours(time(22), time(0))),
        ("全天", Hours(time(0), time.max)),
        ("ANY", Hours(time(0), time.max)),
        ("22-23", None),
        ("25:00-26:00", None),
        ("22:00-24:30", None),
        ("", None),
        ("22:00", None),
    ],
)
def test_hours_are_read_strictly(written: str, hours: Hours | None) -> None:
    """Two clock times with a dash, or the whole day."""
    assert parse_hours(written) == hours


def test_consents_are_kept_by_customer(write: Write) -> None:
    """Several records and several windows of one debtor count together."""
    path = write(
        "consents.csv",
        "customer_id,from,until,hours\n"
        "D1,2026-03-01,,22:00-23:00;06:00-08:00\nD1,,,any\n007,,2026-12-31,21:30-22:30\n",
    )
    consents = read_consents(path)
    assert consents.by_customer["D1"] == (
        Consent(Hours(time(22), time(23)), date(2026, 3, 1)),
        Consent(Hours(time(6), time(8)), date(2026, 3, 1)),
        Consent(Hours(time(0), time.max)),
    )
    assert consents.cover("007", datetime(2026, 12, 31, 22, 0, tzinfo=CHINA))
    assert not consents.cover("007", datetime(2027, 1, 1, 22, 0, tzinfo=CHINA))
    assert not consents.cover("7", datetime(2026, 12, 31, 22, 0, tzinfo=CHINA))
    assert not consents.cover(None, datetime(2026, 12, 31, 22, 0, tzinfo=CHINA))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("customer_id,from,until\nD1,,\n", "no column hours"),
        ("customer_id,from,until,hours\n,,,any\n", "row 2, column customer_id"),
        ("customer_id,from,until,hours\nD1,,,\n", "row 2, column hours"),
        ("customer_id,from,until,hours\nD1,,,late\n", "row 2, column hours"),
        ("customer_id,from,until,hours\nD1,soon,,any\n", "row 2, column from"),
        ("customer_id,from,until,hours\nD1,,any\n", "row 2"),
        ("", "header"),
    ],
)
def test_a_damaged_table_of_consents_is_refused(write: Write, text: str, place: str) -> None:
    """With file, row and column, and without what stands in it."""
    with pytest.raises(UsageError) as caught:
        read_consents(write("consents.csv", text))
    assert place in str(caught.value)
    assert "soon" not in str(caught.value)


def test_a_table_of_contacts_is_read(write: Write) -> None:
    """Known columns have their meaning, the others are kept; what was heard may stand in it."""
    path = write(
        "history.csv",
        "call_id,agent_id,customer_id,started_at,direction,callee,seat,answered,duration,number,"
        "heard,later,agreed\n"
        "B1,X1,D1,2026-03-04 09:00,outbound,third_party,agency,yes,33,13800000009,"
        "third_party;talked;stop,,\n"
        "B2,X1,D1,2026-03-04T10:00:00+08:00,,,,,,,talked,2026-03-05 15:00,no\n",
    )
    with pytest.raises(UsageError, match="naive_time"):
        list(TableHistory(path).contacts())
    first, second = open_history(path, "Asia/Shanghai").contacts(())
    assert first.call.started_at == datetime(2026, 3, 4, 9, tzinfo=CHINA)
    assert (first.call.direction, first.call.callee, first.call.seat) == (
        *(Direction.OUTBOUND, Callee.THIRD_PARTY, Seat.AGENCY),
    )
    assert (first.call.answered, first.duration) == (True, 33.0)
    assert first.call.attributes == {"number": "13800000009"}
    assert first.cues == Cues(party=Party.THIRD_PARTY, talked=True, stop=True)
    assert second.cues == Cues(
        talked=True, later=Later(datetime(2026, 3, 5, 15, tzinfo=CHINA), agreed=False)
    )
    assert first.place is None


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("call_id,agent_id,started_at\nB1,X,2026-03-04T09:00:00Z\n", "no column customer_id"),
        ("call_id,agent_id,customer_id,started_at\nB1,X,,2026-03-04T09:00:00Z\n", "customer_id"),
        ("call_id,agent_id,customer_id,started_at\nB1,X,D1,\n", "column started_at"),
        ("call_id,agent_id,customer_id,started_at\nB1,X,D1,yesterday\n", "row 2"),
        (
            "call_id,agent_id,customer_id,started_at,heard\nB1,X,D1,2026-03-04T09:00:00Z,shouts\n",
            "row 2, column heard",
        ),
    ],
)
def test_a_damaged_table_of_contacts_is_refused(write: Write, text: str, place: str) -> None:
    """With file, row and column."""
    with pytest.raises(UsageError) as caught:
        list(TableHistory(write("history.csv", text)).contacts())
    assert place in str(caught.value)
    assert "shouts" not in str(caught.value)


def test_json_lines_are_read_back(write: Write) -> None:
    """Contacts as lines come back as they were, without a place in a run."""
    run = numbered([contact("2026-03-04 09:00", cues=Cues(stop=True)), contact("2026-03-04 10:00")])
    path = write("h.jsonl", "\n".join(json.dumps(contact_to_json(one)) for one in run) + "\n\n")
    assert [one.call.call_id for one in LinesHistory(path).contacts()] == [
        one.call.call_id for one in run
    ]
    assert [one.place for one in LinesHistory(path).contacts()] == [None, None]


@pytest.mark.parametrize("line", ["{", "[]", '{"call_id": "C1"}', '{"outcome": "audited"}', "x"])
def test_a_damaged_line_is_named(write: Write, line: str) -> None:
    """File and line are said, not what stands there."""
    good = json.dumps(contact_to_json(contact("2026-03-04 09:00")))
    path = write("h.jsonl", good + "\n" + line + "\n")
    with pytest.raises(UsageError) as caught:
        list(LinesHistory(path).contacts())
    assert "h.jsonl, line 2" in str(caught.value)


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    """A missing file, and a folder that no run wrote."""
    for path in (tmp_path, tmp_path / "missing.csv"):
        with pytest.raises(UsageError, match="history"):
            open_history(path)
