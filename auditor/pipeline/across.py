"""Look at the calls of a run together, after each has come to its own outcome."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from auditor.contacts.consents import Consents, read_consents
from auditor.contacts.gather import Besides, Placed, look_across
from auditor.contacts.history import ContactHistory, open_history
from auditor.domain.runs import CallRecord
from auditor.pipeline.jobs import Plan
from auditor.policy.model import Policy
from auditor.scoring.calls import score_call


def read_besides(
    plan: Plan,
    *,
    histories: Sequence[Path] = (),
    consents: Path | None = None,
    timezone: str | None = None,
    stored: ContactHistory | None = None,
) -> Besides:
    """Read what the checks across calls look at besides the run.

    Args:
        plan: The run; its declared lengths stand in where nobody could listen.
        histories: Tables, JSON lines or output folders of earlier nights and other agencies.
        consents: Table of consents to other hours.
        timezone: Zone of times without offset in these tables.
        stored: Earlier nights in the store.

    Raises:
        UsageError: A table is missing or cannot be used.
    """
    declared = {
        job.call_id: job.recording.duration
        for job in plan.jobs
        if job.recording is not None and job.recording.duration is not None
    }
    told = tuple(open_history(path, timezone) for path in histories)
    for history in told:
        # A damaged table is to be known before the first call is touched, not in the morning.
        deque(history.contacts(), maxlen=0)
    return Besides(
        histories=told if stored is None else (*told, stored),
        consents=Consents() if consents is None else read_consents(consents),
        durations=MappingProxyType(declared),
    )


def judge_across(
    records: Callable[[], Placed], policy: Policy, besides: Besides
) -> Iterator[tuple[int, CallRecord]]:
    """Yield the records that change when the calls are looked at together, scored anew.

    Args:
        records: Gives the records of the run with their places; called twice.
        policy: Its rules about contacts, and the constants of scores.
        besides: History and consents.

    Raises:
        UsageError: A history is damaged.
        OutputError: There is no room for contacts that wait to be sorted.
    """
    for place, record in look_across(records, policy.rules, besides):
        if record.score is None or record.audit is None:
            yield place, record
        else:
            score = score_call(record.audit, policy.rules, policy.scoring)
            yield place, replace(record, score=score)
