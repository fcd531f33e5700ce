"""Coverage certificates: they hold as written, and any tampering is named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from night import write_night, write_policy

from auditor.errors import ExitCode
from auditor.pipeline.certificate import seal_of
from auditor.pipeline.unchanged import NOTE

from .conftest import Invoke

Body = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A folder of calls and a small policy."""
    folder = tmp_path_factory.mktemp("night")
    return write_night(folder / "calls", transcripts=3), write_policy(folder / "policy")


@pytest.fixture
def audit(invoke: Invoke, made: tuple[Path, Path]) -> Callable[..., Path]:
    """Audit the calls into a folder, which is returned."""
    calls, policy = made

    def run(out: Path, *more: str | Path) -> Path:
        # Without its note, what nothing changed is done anew.
        (out / NOTE).unlink(missing_ok=True)
        done = invoke("audit", calls, "--policy", policy, "--out", out, *more)
        assert done.status in (ExitCode.DONE, ExitCode.SOME_FAILED), done.err
        return out

    return run


def read(path: Path) -> Body:
    """A certificate's content."""
    body: Body = json.loads(path.read_text(encoding="utf-8"))
    return body


def write(path: Path, body: Body, *, seal: bool = True) -> None:
    """Write a certificate, sealed anew unless told otherwise."""
    if seal:
        body["seal"] = seal_of(body)
    path.write_text(json.dumps(body), encoding="utf-8")


def test_every_run_has_a_certificate_that_holds(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """It accounts for every row, by where it came from and how it ended."""
    out = audit(tmp_path / "out")
    body = read(out / "certificate.json")
    counts = body["counts"]
    assert counts["rows"] == 8
    assert counts["manifest_rows"] == 7
    assert counts["transcripts_without_row"] == 1
    assert counts["audited"] == 4
    assert body["skipped"] == {"not_asked_for": 4}
    assert (body["sequence"], body["previous"]) == (1, None)
    assert json.loads((out / "run.json").read_text())["counts"]["manifest_rows"] == 7
    done = invoke("certificate", "verify", out)
    assert done.status == ExitCode.DONE
    assert "holds" in done.out
    assert "8 rows, 4 audited, 4 skipped, 0 failed" in done.out


def test_runs_into_one_folder_are_chained(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """The earlier certificates stay in the folder and hold together."""
    for _ in range(3):
        out = audit(tmp_path / "out")
    assert read(out / "certificate.json")["sequence"] == 3
    done = invoke("certificate", "verify", out, "--json")
    assert done.status == ExitCode.DONE
    told = json.loads(done.out)
    assert [one["sequence"] for one in told] == [1, 2, 3]
    assert read(out / "certificate.json")["previous"] == told[1]["seal"]


def test_nights_in_folders_of_their_own_are_chained_by_name(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """``--previous`` names last night's folder or certificate."""
    monday = audit(tmp_path / "monday")
    tuesday = audit(tmp_path / "tuesday", "--previous", monday)
    wednesday = audit(tmp_path / "wednesday", "--previous", tuesday / "certificate.json")
    assert invoke("certificate", "verify", wednesday, monday, tuesday).status == ExitCode.DONE
    alone = invoke("certificate", "verify", wednesday)
    assert alone.status == ExitCode.DONE
    assert "the chain starts here" in alone.out
    gap = invoke("certificate", "verify", monday, wednesday)
    assert gap.status == ExitCode.USAGE
    assert "the one before was changed or is missing" in gap.err


def test_a_folder_without_certificate_is_no_run_before(
    invoke: Invoke, made: tuple[Path, Path], tmp_path: Path
) -> None:
    """A mistake in the name must not start another chain, nor be found at the end of the night."""
    (tmp_path / "monday").mkdir()
    done = invoke("audit", made[0], "--out", tmp_path / "out", "--previous", tmp_path / "monday")
    assert done.status == ExitCode.USAGE
    assert "has no certificate.json" in done.err
    assert not (tmp_path / "out").exists()


def more_audited(body: Body) -> None:
    """One more than there are."""
    body["counts"]["audited"] += 1


def more_everywhere(body: Body) -> None:
    """One more than there are, in all sums alike."""
    for name in ("rows", "manifest_rows", "audited"):
        body["counts"][name] += 1
    for name in ("rows", "manifest_rows"):
        body["expected"][name] += 1
    next(cell for cell in body["cells"] if cell[3] == "audited")[-1] += 1


def fewer_expected(body: Body) -> None:
    """A row that the manifest had is hidden."""
    body["expected"]["manifest_rows"] -= 1


def nothing_skipped(body: Body) -> None:
    """The reasons are taken out."""
    body["skipped"] = {}


def other_files(body: Body) -> None:
    """The certificate speaks of another file."""
    body["files"]["findings.jsonl"] = "0" * 64


def no_cells(body: Body) -> None:
    """A part is missing."""
    del body["cells"]


def words_for_numbers(body: Body) -> None:
    """A number is none."""
    body["counts"]["rows"] = "eight"


def odd_link(body: Body) -> None:
    """The seal before is no text."""
    body["previous"] = [["x"]]


@pytest.mark.parametrize(
    ("change", "sealed", "said"),
    [
        (more_audited, False, "[seal]"),
        (more_audited, True, "[sum]"),
        (more_everywhere, True, "has other outcomes"),
        (fewer_expected, True, "[sum]"),
        (nothing_skipped, True, "[sum]"),
        (other_files, True, "is not the file that was certified"),
        (no_cells, True, "[content]"),
        (words_for_numbers, True, "[content]"),
        (odd_link, True, "[chain]"),
    ],
)
def test_a_changed_certificate_does_not_hold(
    audit: Callable[..., Path],
    invoke: Invoke,
    tmp_path: Path,
    change: Callable[[Body], None],
    sealed: bool,
    said: str,
) -> None:
    """Also when it is sealed anew: what it says no longer adds up, or fits no file."""
    out = audit(tmp_path / "out")
    body = read(out / "certificate.json")
    change(body)
    write(out / "certificate.json", body, seal=sealed)
    done = invoke("certificate", "verify", out)
    assert done.status == ExitCode.USAGE
    assert "DOES NOT HOLD" in done.out
    assert said in done.err


@pytest.mark.parametrize("name", ["calls.jsonl", "findings.jsonl", "scorecards.csv", "report.html"])
def test_a_changed_file_is_named(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path, name: str
) -> None:
    """A line less, or one byte more, after the run."""
    out = audit(tmp_path / "out")
    lines = (out / name).read_bytes().splitlines(keepends=True)
    (out / name).write_bytes(b"".join(lines[1:]))
    done = invoke("certificate", "verify", out)
    assert done.status == ExitCode.USAGE
    assert f"{name}: is not the file that was certified" in done.err
    assert ("has other outcomes" in done.err) == (name == "calls.jsonl")


def test_a_file_that_is_gone_is_named(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """To take all files away is no way to pass."""
    out = audit(tmp_path / "out")
    for path in out.glob("*.*"):
        if path.name != "certificate.json" and path.is_file():
            path.unlink()
    done = invoke("certificate", "verify", out)
    assert done.status == ExitCode.USAGE
    assert "calls.jsonl: is not the file that was certified" in done.err
    assert "calls.jsonl: cannot be counted" in done.err


def test_a_rewritten_past_breaks_the_chain(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """An earlier certificate that was changed and sealed anew is followed by none."""
    monday = audit(tmp_path / "monday")
    tuesday = audit(tmp_path / "tuesday", "--previous", monday)
    body = read(monday / "certificate.json")
    body["input"] = "other"
    write(monday / "certificate.json", body)
    done = invoke("certificate", "verify", monday, tuesday)
    assert done.status == ExitCode.USAGE
    assert "the one before was changed or is missing" in done.err


def test_two_runs_after_the_same_one_are_seen(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """Whoever hides a night by doing it again leaves a fork in the chain."""
    monday = audit(tmp_path / "monday")
    nights = [audit(tmp_path / name, "--previous", monday) for name in ("a", "b")]
    done = invoke("certificate", "verify", monday, *nights)
    assert done.status == ExitCode.USAGE
    assert "is one of several that follow the same one" in done.err


def test_a_folder_without_certificate_is_said(invoke: Invoke, tmp_path: Path) -> None:
    """There is none; that is another thing than a broken one."""
    done = invoke("certificate", "verify", tmp_path)
    assert done.status == ExitCode.USAGE
    assert "certificate.json: is not there" in done.err


def test_a_damaged_past_costs_no_night_and_stays_visible(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """The next run goes on; its certificate names what it found, and the check says so."""
    out = audit(tmp_path / "out")
    (out / "certificate.json").write_text("{ half", encoding="utf-8")
    audit(out)
    done = invoke("certificate", "verify", out)
    assert done.status == ExitCode.USAGE
    assert "is no readable certificate" in done.err
    assert "goes on from a certificate that was damaged" in done.err


def half(path: Path) -> None:
    """The disk was full, or the copy broke off."""
    path.write_bytes(path.read_bytes()[:100])


def no_number(path: Path) -> None:
    """Sealed, but without its place in the chain."""
    write(path, {**read(path), "sequence": "two"})


def changed(path: Path) -> None:
    """A number was changed after it was sealed."""
    body = read(path)
    body["counts"]["audited"] += 1
    write(path, body, seal=False)


@pytest.mark.parametrize("damage", [half, no_number, changed])
@pytest.mark.parametrize("elsewhere", [False, True])
def test_a_damaged_certificate_before_is_said(
    audit: Callable[..., Path],
    invoke: Invoke,
    made: tuple[Path, Path],
    tmp_path: Path,
    damage: Callable[[Path], None],
    elsewhere: bool,
) -> None:
    """By name, with status 3; the count goes on, and no check of the new certificate passes.

    Also when the damaged one is taken away afterwards, and for every run after that one.
    """
    for _ in range(2):
        before = audit(tmp_path / "out")
    damage(before / "certificate.json")
    out = tmp_path / "next" if elsewhere else before
    command = ["audit", made[0], "--policy", made[1], "--out", out]
    done = invoke(*command, *(["--previous", before] if elsewhere else []))
    assert done.status == ExitCode.SOME_FAILED
    assert f"damaged: {before / 'certificate.json'}: " in done.err
    body = read(out / "certificate.json")
    assert body["sequence"] == 3
    assert body["previous"] is not None
    assert Path(body["after_damaged"]["file"]).is_file()
    for left in (before / "certificates").glob("*.json"):
        left.unlink()
    assert invoke(*command).status == ExitCode.DONE
    checked = invoke("certificate", "verify", out)
    assert checked.status == ExitCode.USAGE
    assert "goes on from a certificate that was damaged" in checked.err


@pytest.mark.parametrize("content", ["", "[]", '{"format": 99}', "[" * 100_000])
def test_what_is_no_certificate_is_said(invoke: Invoke, tmp_path: Path, content: str) -> None:
    """Any file may be given; none ends in a traceback."""
    path = tmp_path / "certificate.json"
    path.write_text(content, encoding="utf-8")
    done = invoke("certificate", "verify", path)
    assert done.status == ExitCode.USAGE
    assert str(path) in done.err


def test_a_certificate_alone_is_checked_without_its_files(
    audit: Callable[..., Path], invoke: Invoke, tmp_path: Path
) -> None:
    """Kept elsewhere, it still proves its sums; what was not checked is said."""
    out = audit(tmp_path / "out")
    kept = tmp_path / "kept.json"
    shutil.copy(out / "certificate.json", kept)
    done = invoke("certificate", "verify", kept)
    assert done.status == ExitCode.DONE
    assert "were not checked" in done.out
