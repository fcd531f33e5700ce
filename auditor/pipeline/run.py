"""Do all calls of a plan and write the output folder."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from auditor.contacts.gather import Besides
from auditor.domain.findings import CallOutcome, Severity
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.errors import ExitCode, Problem
from auditor.failpoints import Point, reach
from auditor.ingest.manifest import NO_RECORDING
from auditor.pipeline.across import read_besides, revise_across
from auditor.pipeline.canary import Canary, CanaryEnd, count_ends, told_ends
from auditor.pipeline.certificate import certify, damage_of, require_previous
from auditor.pipeline.coverage import account_for, counts_of
from auditor.pipeline.describe import describe
from auditor.pipeline.doing import Do, do_jobs
from auditor.pipeline.jobs import Plan, Recipe
from auditor.pipeline.judging import checked_policy
from auditor.pipeline.keys import keys_of
from auditor.pipeline.places import database_of
from auditor.pipeline.settling import Watch, fail_shared_ids, settle_all, was_heard
from auditor.pipeline.telling import Told, tell
from auditor.pipeline.unchanged import Before, leave_note, remove_note
from auditor.policy.model import Policy
from auditor.report.write import write_outputs
from auditor.scoring.agents import scorecards
from auditor.store.atomic import make_folder
from auditor.store.lock import locked
from auditor.store.store import Store, open_store
from auditor.store.tally import Tally, tally

logger = logging.getLogger(__name__)

HELD = 2_000
"""Rows of a run whose records are held while reports are written; others are read page by page."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave.

    Args:
        records: One for every row, in input order, read from the store as they are gone through.
        cards: One for every agent.
        info: What the run was made with.
        tally: What it came to.
        unheard: Those of ``records`` that were skipped or failed.
        canaries: What became of the calls whose findings are known.
        damaged: What is wrong with the certificate that the run had to go on from.
    """

    records: Collection[CallRecord]
    cards: tuple[Scorecard, ...]
    info: RunInfo
    tally: Tally
    unheard: Collection[CallRecord]
    canaries: tuple[CanaryEnd, ...] = ()
    damaged: Problem | None = None

    def told(self) -> Told:
        """Return what is told when the run ends."""
        return tell(self.info, self.exit_code(), self.tally.worst, self.unheard, self.cards)

    def exit_code(self, fail_on: Severity | None = None) -> ExitCode:
        """The exit status: failed calls weigh more than findings."""
        # Attempts that nobody answered are checked by their times, so they are something done.
        if not self.tally.heard and not self.tally.reasons.get(NO_RECORDING):
            return ExitCode.NOTHING_RAN
        if not all(end.lives for end in self.canaries):
            return ExitCode.UNRELIABLE
        if self.tally.outcomes[CallOutcome.FAILED] or self.damaged is not None:
            return ExitCode.SOME_FAILED
        worst = self.tally.worst
        if fail_on is not None and worst is not None and worst >= fail_on:
            return ExitCode.FINDINGS
        return ExitCode.DONE


def exit_code_of(records: Sequence[CallRecord]) -> ExitCode:
    """Return the exit status for how calls ended: all done, some failed, or none done at all."""
    if not any(map(was_heard, records)):
        return ExitCode.NOTHING_RAN
    failed = any(record.outcome is CallOutcome.FAILED for record in records)
    return ExitCode.SOME_FAILED if failed else ExitCode.DONE


def run(
    plan: Plan,
    recipe: Recipe,
    watch: Watch,
    canaries: Sequence[Canary] = (),
    *,
    do: Do = do_jobs,
) -> RunResult:
    """Do every call, settle every row in the store, and write reports.

    A run that was interrupted is gone on with when the same is asked for again; what it settled
    is not done again. Of a run that was finished, a new one takes over every call for which
    nothing has changed.

    Args:
        plan: What is to be done.
        recipe: How.
        watch: Told of every row as it is settled.
        canaries: Calls with known findings that are mixed in.
        do: The engine that does the jobs.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder or the database cannot be written.
        UsageError: There is no certificate where the one before should be.
        CertificateError: Rows are unaccounted for.
    """
    reach(Point.AFTER_PLAN)
    require_previous(recipe.previous)
    started = datetime.now(UTC)
    # Whatever is wrong with the policy or the model is said before the first call is touched.
    policy = checked_policy(recipe.policy)
    before = Before.take(plan, recipe, policy)
    besides = read_besides(plan, recipe)
    make_folder(recipe.out)
    with locked(recipe.out):
        reach(Point.AFTER_CLAIM)
        remove_note(recipe.out)
        with open_store(database_of(recipe)) as store:
            result = _run(store, started, plan, recipe, policy, besides, watch, canaries, do)
            told = result.told()
        # Only now nothing more is written into the database.
        if not canaries and result.damaged is None:
            leave_note(recipe, plan, before, told, result.unheard)
        return result


def _run(
    store: Store,
    started: datetime,
    plan: Plan,
    recipe: Recipe,
    policy: Policy,
    besides: Besides,
    watch: Watch,
    canaries: Sequence[Canary],
    do: Do,
) -> RunResult:
    """Do what ``run`` says with an open store."""
    damaged = damage_of(recipe.previous or recipe.out)
    if damaged is not None:
        logger.warning("the certificate to go on from is damaged: %s", damaged)
    make_folder(recipe.out / "transcripts")
    head = describe(recipe, policy, started, plan.source.name)
    if plan.again:
        head = replace(head, recogniser=plan.heard_by)
    keys = keys_of(plan, recipe, policy, head)
    with store.claimed(keys.run):
        run_id = store.begin_run(
            head,
            fingerprint=keys.run,
            rows=plan.rows,
            kind="reaudit" if plan.again else "run",
            judged_again=plan.judged_again,
        ).run_id
        ends = settle_all(store, run_id, plan, recipe, keys, watch, canaries, do=do)
        # From here on everything is made anew from what the calls came to by themselves.
        store.unrevise(run_id)
        fail_shared_ids(store, run_id, plan)
        revise_across(store, run_id, policy, besides)
        stored = store.records(run_id)
        # Reports go through the records a dozen times; a small run is not read each time.
        records = tuple(stored) if plan.rows <= HELD else stored
        lean = stored.lean() if records is stored else records
        cards = tuple(scorecards(lean, policy.scoring))
        cells = account_for(lean, plan)
        counts = counts_of(cells) | count_ends(ends)
        info = _finished(store, run_id, counts, ignored=plan.ignored)
        write_outputs(
            recipe.out,
            info,
            records,
            cards,
            policy,
            lang=recipe.settings.lang,
            root=plan.root,
            clips=recipe.settings.clips,
        )
        store.finish_run(info)
        certify(recipe.out, info, cells, plan, recipe.previous, told_ends(ends))
        unheard = store.records(run_id, besides=CallOutcome.AUDITED)
        total = tally(store.engine, run_id)
        return RunResult(stored, cards, info, total, unheard, ends, damaged)


def _finished(store: Store, run_id: str, coverage: Mapping[str, int], ignored: int) -> RunInfo:
    total = tally(store.engine, run_id)
    counts = {
        "rows": total.rows,
        **{outcome.value: total.outcomes[outcome] for outcome in CallOutcome},
        "findings": total.findings,
        "undetermined": total.undetermined,
        "fatal_calls": total.fatal_calls,
        "ignored_files": ignored,
        **coverage,
    }
    return replace(
        store.run(run_id).info,
        finished_at=datetime.now(UTC),
        counts=MappingProxyType(counts),
        reasons=total.reasons,
        demo=total.demo,
    )
