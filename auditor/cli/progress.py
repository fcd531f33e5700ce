"""Show how far a run is: a bar on a terminal, plain lines for cron."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import click

from auditor.cli.streams import perhaps_unread
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord

_EVERY_SECONDS = 10.0


class Pace:
    """Counts what is done and how fast.

    Args:
        total: Rows of the run.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.outcomes: Counter[CallOutcome] = Counter()
        self.audio_seconds = 0.0
        self.begun = time.monotonic()

    def add(self, record: CallRecord) -> None:
        """Count one settled row."""
        self.outcomes[record.outcome] += 1
        self.audio_seconds += record.duration or 0.0

    @property
    def done(self) -> int:
        """Rows settled so far."""
        return self.outcomes.total()

    def line(self) -> str:
        """Calls, failures, hours of audio, real-time factor and time left, in one line."""
        elapsed = max(time.monotonic() - self.begun, 1e-9)
        left = (self.total - self.done) * elapsed / self.done if self.done else 0.0
        hours = self.audio_seconds / 3600
        return (
            f"{self.done}/{self.total} calls, {self.outcomes[CallOutcome.FAILED]} failed, "
            f"{self.outcomes[CallOutcome.SKIPPED]} skipped, {hours:.2f} h audio, "
            f"{self.audio_seconds / elapsed:.1f}x real time, {_clock(left)} left"
        )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


class Progress:
    """Receives records while a run goes on."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace

    def __call__(self, record: CallRecord) -> None:
        """Take one settled row."""
        self.pace.add(record)


class _Lines(Progress):
    """A line every ten seconds, without control characters."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(pace)
        self.last = time.monotonic()

    def __call__(self, record: CallRecord) -> None:
        super().__call__(record)
        now = time.monotonic()
        if now - self.last >= _EVERY_SECONDS or self.pace.done == self.pace.total:
            with perhaps_unread():
                click.echo(self.pace.line(), err=True)
            self.last = now


@contextmanager
def showing(total: int) -> Iterator[Progress]:
    """Give a receiver of records that shows progress on standard error."""
    pace = Pace(total)
    if not sys.stderr.isatty():
        yield _Lines(pace)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(BarColumn(), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task(pace.line(), total=total)

        class _OnBar(Progress):
            def __call__(self, record: CallRecord) -> None:
                super().__call__(record)
                bar.update(task, completed=pace.done, description=pace.line())

        yield _OnBar(pace)
