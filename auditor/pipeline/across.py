"""Look at the calls of a run together, after each has come to its own outcome."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import MappingProxyType

from auditor.contacts.consents import Consents, read_consents
from auditor.contacts.gather import Besides, Placed, look_across
from auditor.contacts.history import open_history
from auditor.contacts.stored import StoreHistory
from auditor.domain.runs import CallRecord
from auditor.pipeline.jobs import Plan, Recipe
from auditor.policy.model import Policy
from auditor.scoring.calls import score_call
from auditor.store.store import Store


def read_besides(plan: Plan, recipe: Recipe) -> Besides:
    """Read what the checks across calls look at besides the run.

    Args:
        plan: The run; its declared lengths stand in where nobody could listen.
        recipe: Names the tables of history and consents.

    Raises:
        UsageError: A table is missing or cannot be used.
    """
    declared = {
        job.call_id: job.recording.duration
        for job in plan.jobs
        if job.recording is not None and job.recording.duration is not None
    }
    settings = recipe.settings
    histories = tuple(open_history(path, settings.timezone) for path in recipe.histories)
    for history in histories:
        # A damaged table is to be known before the first call is touched, not in the morning.
        deque(history.contacts(()), maxlen=0)
    return Besides(
        histories=histories,
        consents=Consents() if recipe.consents is None else read_consents(recipe.consents),
        durations=MappingProxyType(declared),
    )


def revise_across(store: Store, run_id: str, policy: Policy, besides: Besides) -> None:
    """Look at all calls of a run together and keep what that changes.

    Other finished runs of the store are history, too.

    Raises:
        UsageError: A history is damaged.
        OutputError: The database cannot be written, or there is no room to sort the contacts.
    """
    histories = (*besides.histories, StoreHistory(store, run_id))
    besides = replace(besides, histories=histories)
    records = store.records(run_id)
    for place, record in judge_across(records.placed, policy, besides):
        store.revise(run_id, place, record)
    store.flush()


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
