"""``auditor run``, ``transcribe`` and ``audit``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from auditor.cli.contacts import contact_options
from auditor.cli.options import (
    canary_options,
    cluster_options,
    input_options,
    output_options,
    policy_option,
    recogniser_options,
    settings_from,
    store_options,
    workers_option,
)
from auditor.cli.streams import perhaps_unread
from auditor.domain.findings import Severity
from auditor.errors import RecogniserError, counted
from auditor.resources import data_folder
from auditor.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from auditor.errors import Problem
    from auditor.pipeline.canary import Canary, CanaryEnd
    from auditor.pipeline.jobs import Plan, Recipe
    from auditor.pipeline.run import RunResult
    from auditor.pipeline.telling import Told

NO_MODEL = (
    "choose a recogniser with --model: a folder with a CTranslate2 Whisper model, a name such as "
    "large-v3 (downloaded where there is network), or demo (synthetic recordings only); "
    "'auditor doctor' shows what is here. Transcripts alone need no model: 'auditor audit'."
)

fail_on_option = click.option(
    "--fail-on",
    type=click.Choice([severity.label for severity in Severity]),
    help="Exit with 1 when a finding of this severity or above counts.",
)


@click.command()
@input_options
@output_options
@cluster_options
@store_options
@canary_options
@contact_options
@policy_option
@recogniser_options
@fail_on_option
@click.option("--no-clips", is_flag=True, help="Leave sound clips out of the report.")
def run(**options: Any) -> int:
    """Audit recordings and transcripts from end to end.

    INPUT is a folder (searched recursively), a recording, a transcript or a manifest. Recordings
    need a manifest row that says whose call it is. What was transcribed once is never transcribed
    again, so an interrupted run is finished by starting it again.

    Writes findings.jsonl, calls.jsonl, scorecards.csv, report.html, report.xlsx, run.json,
    certificate.json and transcripts/ into the output folder.
    """
    return _run(options, recordings=True)


@click.command()
@input_options
@output_options
@cluster_options
@store_options
@canary_options
@contact_options
@policy_option
@fail_on_option
def audit(**options: Any) -> int:
    """Audit transcript JSON files; no recogniser is needed or loaded.

    INPUT is a folder, one transcript, or a manifest that names transcripts.
    """
    return _run(options, recordings=False)


@click.command()
@input_options
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("transcripts"),
    show_default=True,
    help="Folder for one JSON file a call.",
)
@workers_option
@policy_option
@recogniser_options
def transcribe(**options: Any) -> int:
    """Write transcripts of recordings without judging them."""
    from auditor.cli.progress import showing
    from auditor.domain.findings import CallOutcome
    from auditor.pipeline.plan import make_plan
    from auditor.pipeline.run import exit_code_of
    from auditor.pipeline.settling import settle_in_memory
    from auditor.pipeline.telling import failures_of
    from auditor.store.atomic import make_folder
    from auditor.store.lock import locked

    source, manifest, out = options.pop("source"), options.pop("manifest"), options.pop("out")
    settings = settings_from(options)
    if settings.model is None:
        raise RecogniserError(NO_MODEL)
    plan = make_plan(source, settings, manifest=manifest, exclude=(out,), transcripts=False)
    recipe = make_recipe(settings, out, judge=False)
    make_folder(out / "transcripts")
    _announce_demo(settings.model)
    with locked(out), showing(plan.rows) as progress:
        records = settle_in_memory(plan, recipe, progress)
    written = sum(record.outcome is CallOutcome.AUDITED for record in records)
    with perhaps_unread():
        _tell_failures(*failures_of(r for r in records if r.outcome is not CallOutcome.AUDITED))
        click.echo(f"{counted(written, 'transcript')} in {out / 'transcripts'}")
    return exit_code_of(records)


def _run(options: dict[str, Any], *, recordings: bool) -> int:
    from auditor.pipeline.plan import make_plan
    from auditor.pipeline.unchanged import standing

    source, manifest, out = options.pop("source"), options.pop("manifest"), options.pop("out")
    previous = options.pop("previous")
    canary, own = options.pop("canary"), options.pop("canaries")
    histories, consents = tuple(options.pop("history")), options.pop("consents")
    fail_on, as_json = options.pop("fail_on"), options.pop("as_json")
    options["clips"] = False if options.pop("no_clips", False) else None
    settings = settings_from(options)
    plan = make_plan(source, settings, manifest=manifest, exclude=(out,), recordings=recordings)
    model = _model_for(plan, settings) if recordings else None
    recipe = replace(
        make_recipe(settings, out, judge=True, model=model),
        previous=previous,
        histories=histories,
        consents=consents,
    )
    worst = None if fail_on is None else Severity[fail_on.upper()]
    if model is not None:
        _announce_demo(model)
    told = None if canary or own is not None else standing(plan, recipe)
    if told is not None:
        with perhaps_unread():
            click.echo(f"nothing has changed since run {told.info.run_id}: it stands", err=True)
            tell_summary(told, out, as_json=as_json)
        return told.exit_code(worst)
    canaries = _canaries(settings, model, own, shipped=canary)
    return run_and_tell(plan, recipe, canaries, as_json=as_json).exit_code(worst)


def run_and_tell(
    plan: Plan, recipe: Recipe, canaries: Sequence[Canary] = (), *, as_json: bool
) -> RunResult:
    """Do a run and tell how it goes and what it came to."""
    from auditor.cli.progress import showing
    from auditor.pipeline.engines import engine_of
    from auditor.pipeline.run import run as run_plan

    engine = engine_of(recipe.settings)
    with showing(plan.rows) as progress:
        result = run_plan(plan, recipe, progress, canaries, do=engine)
    with perhaps_unread():
        told = result.told()
        tell_summary(told, recipe.out, result.canaries, result.damaged, as_json=as_json)
    return result


def _canaries(
    settings: Settings, model: str | None, own: Path | None, *, shipped: bool
) -> tuple[Canary, ...]:
    from auditor.pipeline.canary import read_canaries, shipped_canaries
    from auditor.transcribe.models import DEMO_NAME

    found = shipped_canaries(settings, demo=model == DEMO_NAME) if shipped else ()
    if own is not None:
        more = read_canaries(own, settings, recordings=model is not None, first=len(found))
        found = (*found, *more)
    return found


def _model_for(plan: Plan, settings: Settings) -> str | None:
    if not any(job.recording is not None for job in plan.jobs):
        return None
    if settings.model is None:
        raise RecogniserError(NO_MODEL)
    return settings.model


def make_recipe(settings: Settings, out: Path, *, judge: bool, model: str | None = None) -> Recipe:
    """Return how calls are done, from what was chosen."""
    from auditor.pipeline.jobs import Recipe
    from auditor.pipeline.places import DATABASE, default_cache
    from auditor.store.archive import default_archive

    database = settings.db or str(out / DATABASE)
    chosen = model if judge else settings.model
    return Recipe(
        settings=settings,
        out=out,
        policy=settings.policy or data_folder("lexicons"),
        cache=None if chosen is None else settings.cache or default_cache(),
        model=chosen,
        judge=judge,
        database=database if judge else None,
        archive=settings.archive or default_archive(database) if judge else None,
    )


def _announce_demo(model: str) -> None:
    from auditor.transcribe.models import DEMO_NAME, DEMO_NOTICE

    if model == DEMO_NAME:
        click.echo(DEMO_NOTICE, err=True)


def _tell_failures(lines: Iterable[str], more: int) -> None:
    for line in lines:
        click.echo(line, err=True)
    if more:
        click.echo(f"... and {more} more; calls.jsonl holds all of them", err=True)


def tell_summary(
    told: Told,
    out: Path,
    canaries: Sequence[CanaryEnd] = (),
    damaged: Problem | None = None,
    *,
    as_json: bool,
) -> None:
    """Print what a run came to."""
    _tell_failures(told.failures, told.more)
    missed = [end for end in canaries if not end.lives]
    found = f"{len(canaries) - len(missed)} of {len(canaries)} canary calls found"
    if missed:
        click.echo(f"only {found}: DO NOT RELY ON THIS RUN", err=True)
        for end in missed:
            click.echo(f"  canary {end}", err=True)
    if damaged is not None:
        click.echo(
            f"warning: the certificate before is damaged: {damaged}\n"
            "  This run's certificate says so, and 'auditor certificate verify' will not pass it.",
            err=True,
        )
    if as_json:
        from auditor.domain.jsonform import run_to_json

        click.echo(json.dumps(run_to_json(told.info), ensure_ascii=False, indent=1))
        return
    counts = told.info.counts
    click.echo(
        f"{counted(counts['rows'], 'call')}: {counts['audited']} audited, "
        f"{counts['skipped']} skipped, {counts['failed']} failed; "
        f"{counted(counts['findings'], 'finding')}, "
        f"{counts['undetermined']} for review, {counted(counts['fatal_calls'], 'fatal call')}"
    )
    if canaries and not missed:
        click.echo(found)
    click.echo(f"{'agent':16} {'calls':>5} {'score':>6} {'fatal':>5}  calls with violations")
    for line in told.agents:
        violations = ", ".join(f"{kind} {number}" for kind, number in line.violations if number)
        score = "n/a" if line.score is None else f"{line.score:.1f}"
        click.echo(
            f"{line.agent_id:16} {line.calls:5d} {score:>6} {line.fatal_calls:5d}  {violations}"
        )
    click.echo(f"Report: {(out / 'report.html').resolve()}")
