"""Do all calls of a plan and write the output folder."""

from __future__ import annotations

import hashlib
import os
import platform
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

import auditor
from auditor.domain.findings import CallOutcome, Outcome, Severity
from auditor.domain.runs import CallRecord, RunInfo, Scorecard
from auditor.errors import ExitCode, RecogniserError, UsageError
from auditor.pipeline.doing import do_jobs
from auditor.pipeline.jobs import Plan, Recipe
from auditor.pipeline.judging import build_detector
from auditor.policy.model import Policy
from auditor.report.write import write_outputs
from auditor.resources import model_folder
from auditor.scoring.agents import scorecards
from auditor.store.atomic import make_folder
from auditor.store.lock import locked

Watch = Callable[[CallRecord], None]
"""Told of every record as it is settled, for progress."""

_PACKAGES = ("faster-whisper", "ctranslate2", "av", "jieba", "scikit-learn", "numpy")


@dataclass(frozen=True, slots=True)
class RunResult:
    """What a run gave.

    Args:
        records: One for every row, in input order.
        cards: One for every agent.
        info: What the run was made with.
    """

    records: tuple[CallRecord, ...]
    cards: tuple[Scorecard, ...]
    info: RunInfo

    def exit_code(self, fail_on: Severity | None = None) -> ExitCode:
        """The exit status: failed calls weigh more than findings."""
        settled = exit_code_of(self.records)
        if settled is not ExitCode.DONE:
            return settled
        if fail_on is not None and any(
            finding.counts and finding.severity >= fail_on
            for record in self.records
            if record.audit is not None
            for finding in record.audit.findings
        ):
            return ExitCode.FINDINGS
        return ExitCode.DONE


def exit_code_of(records: Sequence[CallRecord]) -> ExitCode:
    """Return the exit status for how calls ended: all done, some failed, or none done at all.

    A silent recording was listened to, so it counts as done.
    """
    if not any(map(_heard, records)):
        return ExitCode.NOTHING_RAN
    failed = any(record.outcome is CallOutcome.FAILED for record in records)
    return ExitCode.SOME_FAILED if failed else ExitCode.DONE


def run(plan: Plan, recipe: Recipe, watch: Watch) -> RunResult:
    """Do every call, settle every row, and write reports.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder cannot be written.
    """
    started = datetime.now(UTC)
    # Whatever is wrong with the policy or the model is said before the first call is touched.
    policy = build_detector(recipe.policy).policy
    make_folder(recipe.out)
    with locked(recipe.out):
        make_folder(recipe.out / "transcripts")
        records = settle(plan, recipe, watch)
        cards = tuple(scorecards(records, policy.scoring))
        info = _info(plan, recipe, policy, records, started)
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
    return RunResult(records, cards, info)


def settle(plan: Plan, recipe: Recipe, watch: Watch) -> tuple[CallRecord, ...]:
    """Bring every row of a plan to its one outcome, in input order.

    Raises:
        RecogniserError: The model is missing or cannot be loaded.
        OutputError: The output folder cannot be written.
    """
    settled = dict(plan.settled)
    for record in settled.values():
        watch(record)
    for index, record in do_jobs(plan.jobs, recipe):
        settled[index] = record
        watch(record)
    records = [settled[index] for index in sorted(settled)]
    if len(records) != plan.rows:
        raise RuntimeError(f"{plan.rows} rows, but {len(records)} outcomes")
    return tuple(_once(records))


def _once(records: Sequence[CallRecord]) -> Iterator[CallRecord]:
    """Fail what would give one call two transcripts: equal ids from different files."""
    heard = Counter(r.call_id for r in records if _heard(r))
    for record in records:
        if _heard(record) and heard[record.call_id] > 1:
            yield replace(
                record,
                outcome=CallOutcome.FAILED,
                reason="conflicting_duplicate",
                message="several files carry this call id; give each call its own",
                audit=None,
                score=None,
            )
        else:
            yield record


def _heard(record: CallRecord) -> bool:
    return record.outcome is CallOutcome.AUDITED or record.reason == "no_speech"


def _info(
    plan: Plan, recipe: Recipe, policy: Policy, records: Sequence[CallRecord], started: datetime
) -> RunInfo:
    finished = datetime.now(UTC)
    outcomes = Counter(record.outcome.value for record in records)
    findings = [f for r in records if r.audit is not None for f in r.audit.findings]
    counts = {
        "rows": plan.rows,
        **{outcome.value: outcomes[outcome.value] for outcome in CallOutcome},
        "findings": sum(finding.counts for finding in findings),
        "undetermined": sum(finding.outcome is Outcome.UNDETERMINED for finding in findings),
        "fatal_calls": sum(r.score is not None and r.score.fatal for r in records),
        "ignored_files": plan.ignored,
    }
    reasons = Counter(record.reason for record in records if record.reason is not None)
    demo = any(record.synthetic_model for record in records)
    return RunInfo(
        run_id=_run_id(recipe, policy, started),
        started_at=started,
        finished_at=finished,
        input_path=plan.source.name,
        versions=MappingProxyType(_versions()),
        policy=MappingProxyType(
            {
                "id": policy.policy_id,
                "version": policy.version,
                "title": policy.title,
                "fingerprint": policy.fingerprint,
                "rules": str(len(policy.rules)),
                **_classifier(policy),
            }
        ),
        recogniser=MappingProxyType(_recogniser(recipe)),
        counts=MappingProxyType(counts),
        reasons=MappingProxyType(dict(sorted(reasons.items()))),
        demo=demo,
    )


def _classifier(policy: Policy) -> dict[str, str]:
    if not policy.classifier:
        return {}
    card = model_folder(policy.classifier) / "card.json"
    digest = hashlib.sha256(card.read_bytes()).hexdigest()
    return {"classifier": f"{policy.classifier} {digest[:16]}"}


def _run_id(recipe: Recipe, policy: Policy, started: datetime) -> str:
    seed = f"{started.isoformat()}|{policy.fingerprint}|{recipe.out.resolve()}"
    return started.strftime("%Y%m%dT%H%M%SZ-") + hashlib.sha256(seed.encode()).hexdigest()[:8]


def _versions() -> dict[str, str]:
    found = {"auditor": auditor.__version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _recogniser(recipe: Recipe) -> dict[str, str]:
    if recipe.model is None:
        return {}
    from auditor.transcribe.models import resolve_model

    try:
        model = resolve_model(recipe.model, download=False)
    except RecogniserError:
        return {"model": recipe.model}
    return {"model": model.name, "digest": model.digest, "notice": model.notice}


def default_cache() -> Path:
    """Folder of the transcription cache when none is given: private to the user.

    Raises:
        UsageError: The user has no home folder.
    """
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "auditor" / "transcripts"
    except RuntimeError as error:
        raise UsageError("there is no home folder; name a folder with --cache") from error
