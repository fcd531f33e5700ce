"""From what the user names to an evaluation and its files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.domain.jsonform import finding_to_json
from auditor.domain.transcripts import Transcript
from auditor.errors import ExitCode, UsageError
from auditor.evaluate.evaluation import Evaluation, NoisePoint, evaluate
from auditor.evaluate.heard import (
    FINDINGS,
    RUN,
    Heard,
    Showing,
    audit_into,
    is_run,
    judge,
    read_run,
)
from auditor.evaluate.labels import Labels, read_labels
from auditor.evaluate.listing import TextOf
from auditor.evaluate.page import render_page
from auditor.evaluate.text import entry_to_text
from auditor.evaluate.written import entry_to_json, evaluation_to_json
from auditor.settings import Settings
from auditor.store.atomic import make_folder, write_bytes, write_text, writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to evaluate.

    Args:
        labels: Table of labels, labelled calls, or a folder of them.
        splits: Which splits of a folder.
        calls: Output of a run, or what is audited first; ``None`` for the labelled calls' own text.
        against: Output of an earlier run.
        trial: Count findings on trial.
        shares: Shares of damaged characters for the noise curve.
        seed: Decides the damage.
        out: Folder for everything written; ``None`` writes nothing.
        settings: Policy, model and language.
    """

    labels: Path
    splits: tuple[str, ...] = ()
    calls: Path | None = None
    against: Path | None = None
    trial: bool = False
    shares: tuple[float, ...] = ()
    seed: int = 1
    out: Path | None = None
    settings: Settings


def evaluated(request: Request, showing: Showing) -> tuple[Evaluation, Heard]:
    """Audit what has to be audited and hold it against the labels.

    Raises:
        UsageError: Labels, calls or the earlier run cannot be used, or do not fit together.
        AuditorError: As for ``auditor run`` where something is audited.
    """
    labels = read_labels(request.labels, request.splits)
    earlier = None if request.against is None else read_run(request.against)
    own = {script.call_id: script for script in labels.scripts}

    def spoken(call_id: str) -> Transcript | None:
        return own[call_id].transcript() if call_id in own else None

    with ExitStack() as stack:
        heard = _heard(request, labels, showing, stack)
        noise = _noise(request, labels, lambda one: heard.text_of(one) or spoken(one))
        made = evaluate(
            _title(request),
            labels.calls,
            heard,
            trial=request.trial,
            text_of=spoken,
            earlier=earlier,
            noise=noise,
        )
    return made, heard


def _heard(request: Request, labels: Labels, showing: Showing, stack: ExitStack) -> Heard:
    if request.calls is None:
        if not labels.scripts:
            raise UsageError("a table of labels holds no calls; name a run or a folder of calls")
        from auditor.pipeline.judging import build_detector

        detector = build_detector(request.settings.policy)
        return judge((script.transcript() for script in labels.scripts), detector)
    if is_run(request.calls):
        return read_run(request.calls)
    out = request.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="auditor-")))
    return audit_into(request.calls, request.settings, out, showing)


def _noise(request: Request, labels: Labels, text_of: TextOf) -> tuple[NoisePoint, ...]:
    if not request.shares:
        return ()
    from auditor.evaluate.noisecurve import noise_curve
    from auditor.pipeline.judging import build_detector

    texts = [text for call in labels.calls if (text := text_of(call.call_id)) is not None]
    if len(texts) < len(labels.calls):
        lacking = len(labels.calls) - len(texts)
        raise UsageError(f"--noise needs the text of every labelled call; {lacking} have none")
    detector = build_detector(request.settings.policy)
    return noise_curve(
        labels.calls, texts, detector, request.shares, request.seed, trial=request.trial
    )


def _title(request: Request) -> str:
    names = [request.labels.name, *request.splits]
    if request.calls is not None:
        names.append(request.calls.name)
    return " · ".join(names)


def exit_code(made: Evaluation) -> ExitCode:
    """Return the exit status: labelled calls that were not judged weigh as failed ones."""
    if not made.unheard:
        return ExitCode.DONE
    all_of_them = len(made.unheard) == made.score.calls
    return ExitCode.NOTHING_RAN if all_of_them else ExitCode.SOME_FAILED


def check_out(request: Request) -> None:
    """Refuse an output folder whose findings would be mixed with those of a run.

    Raises:
        UsageError: The folder belongs to a run and other findings would be written into it.
        OutputError: The folder cannot be written.
    """
    if request.out is None:
        return
    if request.calls is None and (request.out / RUN).is_file():
        raise UsageError(f"{request.out} holds a run; choose another folder with --out")
    make_folder(request.out)


def write_evaluation(made: Evaluation, heard: Heard, request: Request, out: Path) -> None:
    """Write ``evaluation.json``, the page, and the errors as text and JSON.

    Findings made without a run are written as ``findings.jsonl``, for ``--against`` later.

    Args:
        made: What was found out.
        heard: The run behind it.
        request: What was asked for.
        out: An existing folder.

    Raises:
        OutputError: A file cannot be written.
    """
    write_text(out / "evaluation.json", json_text(evaluation_to_json(made)))
    _lines(out / "errors.jsonl", map(entry_to_json, made.entries))
    page = render_page(made, request.settings.lang, seed=request.seed)
    write_bytes(out / "evaluation.html", page.encode("utf-8", "replace"))
    write_text(out / "errors.txt", "\n".join(map(entry_to_text, made.entries)))
    if heard.findings:
        _lines(out / FINDINGS, map(finding_to_json, heard.findings))


def json_text(values: Mapping[str, Any]) -> str:
    """Return an evaluation as the text of a JSON file."""
    return json.dumps(values, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with writing(path) as file:
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, allow_nan=False)
            file.write(line.encode("utf-8", "replace") + b"\n")


def shares_from(text: str) -> tuple[float, ...]:
    """Read the shares of a noise curve: ``0.05,0.1``.

    Raises:
        UsageError: Something is no number above 0 and at most 0.5.
    """
    from auditor.noise.recipe import MOST

    try:
        shares = [float(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise UsageError("--noise takes shares such as 0.05,0.1,0.2") from None
    if not all(0 < share <= MOST for share in shares):
        raise UsageError(f"shares of --noise lie above 0 and up to {MOST}")
    return tuple(sorted(set(shares)))
