"""Where the findings to be evaluated come from: an earlier run, a run made now, or scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from auditor.domain.findings import CallOutcome, Disclosure, Finding
from auditor.domain.runs import CallRecord
from auditor.domain.transcripts import Transcript
from auditor.errors import RecogniserError, UsageError
from auditor.evaluate.found import Found, of_findings, read_findings
from auditor.evaluate.lines import read_lines
from auditor.evaluate.listing import MadeIn, TextOf
from auditor.ingest.fields import Fields
from auditor.ingest.strict_json import read_object
from auditor.report.quotes import Surroundings
from auditor.settings import Settings

if TYPE_CHECKING:
    from auditor.detect.engine import Detector

Showing = Callable[[int], AbstractContextManager[Callable[[CallRecord], None]]]
"""Opens a display of progress over so many calls; it is told of every call done."""

FINDINGS, CALLS, RUN = "findings.jsonl", "calls.jsonl", "run.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was found in calls, and what was said in them.

    Args:
        found: All findings, whether they count or not.
        text_of: What was said in a call.
        made_in: Where a disclosure was heard.
        judged: Calls that were judged or found silent; ``None`` where nobody says.
        facts: Policy and run the findings come from, as far as known.
        findings: The same findings in full, where they were made in this process.
    """

    found: tuple[Found, ...]
    text_of: TextOf
    made_in: MadeIn
    judged: frozenset[str] | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _CallLine:
    call_id: str
    judged: bool
    made: Mapping[Disclosure, int]


def is_run(path: Path) -> bool:
    """Tell whether a path holds findings already."""
    return path.suffix == ".jsonl" or (path / FINDINGS).is_file()


def read_run(path: Path) -> Heard:
    """Read the output folder of a run, or a file of findings alone.

    Raises:
        UsageError: A file is missing or damaged; lines are named, not quoted.
        TranscriptError: ``run.json`` is damaged.
    """
    if path.is_file():
        return Heard(found=read_findings(path), text_of=_nobody, made_in=_nowhere)
    if not (path / FINDINGS).is_file():
        raise UsageError(f"{path.name} holds no {FINDINGS}")
    calls = list(read_lines(path / CALLS, _call)) if (path / CALLS).is_file() else None
    made = {call.call_id: call.made for call in calls or ()}
    return Heard(
        found=read_findings(path / FINDINGS),
        text_of=Surroundings(path / "transcripts").transcript,
        made_in=_maker(made),
        judged=None if calls is None else frozenset(c.call_id for c in calls if c.judged),
        facts=_facts(path / RUN),
    )


def _nobody(_: str) -> Transcript | None:
    return None


def _nowhere(_: str, __: Disclosure) -> int | None:
    return None


def _maker(made: Mapping[str, Mapping[Disclosure, int]]) -> MadeIn:
    def made_in(call_id: str, disclosure: Disclosure) -> int | None:
        return made.get(call_id, {}).get(disclosure)

    return made_in


def _call(fields: Fields) -> _CallLine:
    fields.text("outcome", required=True)
    outcome = fields.choice("outcome", CallOutcome)
    values = fields.mapping("disclosures_made") or {}
    made: dict[Disclosure, int] = {}
    known = {disclosure.value: disclosure for disclosure in Disclosure}
    inner = Fields(f"{fields.where}, disclosures_made", values, fields.problems)
    for name in values:
        turn = inner.whole(name) if name in known else None
        if turn is not None:
            made[known[name]] = turn
    judged = outcome is CallOutcome.AUDITED or fields.text("reason") == "no_speech"
    return _CallLine(fields.text("call_id", required=True) or "", judged, made)


def _facts(path: Path) -> Mapping[str, str]:
    if not path.is_file():
        return MappingProxyType({})
    values = read_object(path)
    policy = values.get("policy")
    named = {"run": values.get("run_id")}
    if isinstance(policy, dict):
        named |= {"policy": policy.get("id"), "version": policy.get("version")}
        named["fingerprint"] = policy.get("fingerprint")
    return MappingProxyType({k: v for k, v in named.items() if isinstance(v, str)})


def judge(transcripts: Iterable[Transcript], detector: Detector) -> Heard:
    """Judge transcripts here and now, without writing anything.

    Args:
        transcripts: Calls, every id once.
        detector: The policy to judge by.
    """
    texts = {transcript.call.call_id: transcript for transcript in transcripts}
    audits = [detector.audit(transcript) for transcript in texts.values()]
    findings = tuple(finding for audit in audits for finding in audit.findings)
    policy = detector.policy
    return Heard(
        found=of_findings(findings),
        text_of=texts.get,
        made_in=_maker({audit.call_id: audit.made for audit in audits}),
        judged=frozenset(texts),
        facts=MappingProxyType(
            {
                "policy": policy.policy_id,
                "version": policy.version,
                "fingerprint": policy.fingerprint,
            }
        ),
        findings=findings,
    )


def audit_into(
    source: Path,
    settings: Settings,
    out: Path,
    showing: Showing,
) -> Heard:
    """Audit a folder of transcripts or recordings into ``out``, then read what was found.

    Args:
        source: As for ``auditor run``.
        settings: Policy, and model where there are recordings.
        out: Output folder; gets everything a run writes.
        showing: Shows progress over so many calls.

    Raises:
        AuditorError: As for ``auditor run``.
    """
    from auditor.pipeline.jobs import Recipe
    from auditor.pipeline.places import default_cache
    from auditor.pipeline.plan import make_plan
    from auditor.pipeline.run import run
    from auditor.resources import data_folder

    plan = make_plan(source, settings, exclude=(out,))
    hears = any(job.recording is not None for job in plan.jobs)
    if hears and settings.model is None:
        raise RecogniserError("recordings need a recogniser: name one with --model")
    recipe = Recipe(
        settings=settings,
        out=out,
        policy=settings.policy or data_folder("lexicons"),
        cache=settings.cache or default_cache() if hears else None,
        model=settings.model if hears else None,
    )
    with showing(plan.rows) as watch:
        run(plan, recipe, watch)
    return read_run(out)


def missing(call_ids: Sequence[str], heard: Heard) -> tuple[str, ...]:
    """Return the labelled calls that the run did not judge; none where nobody says."""
    if heard.judged is None:
        return ()
    return tuple(call_id for call_id in call_ids if call_id not in heard.judged)
