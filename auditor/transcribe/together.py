"""Hearing many calls at once: their windows share batches, and the recogniser waits for nobody.

One thread opens recordings ahead, finds speech and makes features; others, as many as the
recogniser can serve at once, decode batches of whatever windows are ready; the caller's thread gets
the calls as they are complete. How far the first may run ahead is bounded by the sound that is
held.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Condition
from time import perf_counter

from auditor.domain.calls import Call, Recording
from auditor.domain.transcripts import Transcript
from auditor.transcribe.assemble import Decoded, Row, assemble
from auditor.transcribe.base import SAMPLE_RATE, RowRecogniser
from auditor.transcribe.listen import Listener, Opened

_FILL_SECONDS = 0.2
"""A batch that does not fill up is begun after this long."""
_AHEAD_SECONDS = 600
_AHEAD_SECONDS_A_ROW = 100
"""Seconds of one channel that may be held: at least, and for each row of a batch, as calls of half
silence fill windows of half a minute."""


@dataclass(slots=True)
class Share:
    """How the time of the recogniser went, summed over what it can do at once.

    Args:
        busy: Seconds it decoded.
        idle: Seconds it had nothing to decode although calls were left.
        rows: Windows decoded, second tries included.
        batches: In so many batches.
    """

    busy: float = 0.0
    idle: float = 0.0
    rows: int = 0
    batches: int = 0

    @property
    def busy_share(self) -> float:
        """Share of the time until the last window in which it decoded, 0..1."""
        return self.busy / (self.busy + self.idle) if self.busy else 0.0


@dataclass(slots=True, eq=False)
class _InHand:
    """A call between its recording and its transcript."""

    index: int
    opened: Opened | None = None
    lanes: dict[str, list[Decoded | None]] = field(default_factory=dict)
    rows: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    left: int = 0
    error: Exception | None = None

    @property
    def seconds(self) -> float:
        return 0.0 if self.opened is None else self.opened.sound.seconds

    @property
    def held(self) -> int:
        return 0 if self.opened is None else int(self.opened.sound.samples.size)


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Which window of which call a row is, and what its first try said."""

    call: _InHand
    lane: str
    number: int
    row: Row
    first: Decoded | None = None


class Together:
    """Listens to several calls at a time.

    Not safe to use from several threads; its own threads live as long as it does, because a
    recogniser that is run from ever new threads holds ever more memory.

    Args:
        listener: Opens and closes calls; its recogniser must be ``recogniser``.
        recogniser: Decodes rows.
        batch: Most rows decoded at once.
        ahead_seconds: Sound of one channel that may be held; by the batch unless given.
    """

    def __init__(
        self,
        listener: Listener,
        recogniser: RowRecogniser,
        batch: int,
        *,
        ahead_seconds: float | None = None,
    ) -> None:
        self._listener = listener
        self._recogniser = recogniser
        self._batch = batch
        self._ahead = ahead_seconds or max(_AHEAD_SECONDS, _AHEAD_SECONDS_A_ROW * batch)
        self._threads = ThreadPoolExecutor(1 + recogniser.parallel, thread_name_prefix="hearing")
        self.share = Share()

    def __call__(
        self, calls: Sequence[tuple[Call, Recording]], progress: Callable[[float], None]
    ) -> Iterator[tuple[int, Callable[[], Transcript]]]:
        """Hear calls; give back each as soon as it is heard.

        Args:
            calls: What to hear.
            progress: Told again and again while things go on, with the length in seconds of the
                longest recording in hand.

        Returns:
            For every call its place, and what gives its transcript or raises what went wrong
            with it: errors of ``listen``, whatever the libraries raise, or ``MemoryError``.
        """
        belt = _Belt(self._batch, int(self._ahead * SAMPLE_RATE))
        works = [
            self._threads.submit(self._run, belt, self._open, calls),
            *(
                self._threads.submit(self._run, belt, self._decode, ())
                for _ in range(self._recogniser.parallel)
            ),
        ]
        try:
            for _ in calls:
                done = belt.next_done(progress, works)
                yield done.index, lambda done=done: self._close(calls[done.index][0], done)  # type: ignore[misc]
                belt.release(done)
        finally:
            belt.stop()
            for work in works:
                work.result()

    def _run(
        self,
        belt: _Belt,
        work: Callable[[_Belt, Sequence[tuple[Call, Recording]]], None],
        calls: Sequence[tuple[Call, Recording]],
    ) -> None:
        try:
            work(belt, calls)
        finally:
            belt.wake()

    def _open(self, belt: _Belt, calls: Sequence[tuple[Call, Recording]]) -> None:
        """Run by the first thread: from recordings to rows."""
        for index, (_, recording) in enumerate(calls):
            if not belt.room():
                return
            call = _InHand(index)
            try:
                opened = self._listener.open(recording)
                call.opened = opened
                if opened.known is None:
                    for name, samples in opened.tracks.items():
                        call.rows[name] = self._recogniser.prepare(samples)
            except Exception as error:  # noqa: BLE001 # raised where the call is closed
                call.error = error
                call.rows.clear()
            belt.add(call)
        belt.all_open()

    def _decode(self, belt: _Belt, _: object) -> None:
        """Run by the other threads: from rows to words."""
        while (places := belt.next_rows(self.share)) is not None:
            if not places:
                continue
            again = places[0].first is not None
            begun = perf_counter()
            heard: Sequence[Decoded | Exception]
            try:
                heard = self._recogniser.decode_rows([place.row for place in places], again=again)
            except MemoryError as error:
                heard = [error] * len(places)
            belt.note(self.share, perf_counter() - begun, len(places))
            failed = self._recogniser.failed
            for place, decoded in zip(places, heard, strict=True):
                if isinstance(decoded, Exception):
                    belt.fail(place, decoded)
                elif place.first is not None:
                    belt.put(place, self._recogniser.better(place.first, decoded))
                elif failed(decoded):
                    belt.retry(place, decoded)
                else:
                    belt.put(place, decoded)

    def _close(self, call: Call, done: _InHand) -> Transcript:
        if done.error is not None:
            raise done.error
        if done.opened is None:
            raise RuntimeError("a call was neither opened nor refused")
        heard = done.opened.known
        if heard is None:
            heard = {
                name: tuple(
                    piece
                    for row, decoded in zip(done.rows[name], lane, strict=True)
                    if decoded is not None
                    for piece in assemble(row.window, decoded)
                )
                for name, lane in done.lanes.items()
            }
            self._listener.keep(done.opened, heard)
        return self._listener.close(call, done.opened, heard)


class _Belt:
    """What the three threads hand each other."""

    def __init__(self, batch: int, most: int) -> None:
        self._batch = batch
        self._most = most
        self._news = Condition()
        self._fresh: deque[_Place] = deque()
        self._again: deque[_Place] = deque()
        self._done: deque[_InHand] = deque()
        self._in_hand: set[_InHand] = set()
        self._held = 0
        self._steps = 0
        self._full = self._opened = self._stopped = False

    # The thread that opens.

    def room(self) -> bool:
        """Wait until another recording may be opened; ``False`` when nobody wants it any more."""
        with self._news:
            self._full = self._held >= self._most
            if self._full:
                self._news.notify_all()
                self._news.wait_for(lambda: self._stopped or self._held < self._most)
                self._full = False
            return not self._stopped

    def add(self, call: _InHand) -> None:
        """Take over an opened call."""
        places = [
            _Place(call, name, number, row)
            for name, rows in call.rows.items()
            for number, row in enumerate(rows)
        ]
        call.lanes = {name: [None] * len(rows) for name, rows in call.rows.items()}
        call.left = len(places)
        with self._news:
            self._held += call.held
            self._in_hand.add(call)
            self._fresh += places
            if not places:
                self._done.append(call)
            self._step()

    def all_open(self) -> None:
        """Say that no more calls come."""
        with self._news:
            self._opened = True
            self._news.notify_all()

    # The threads that decode.

    def next_rows(self, share: Share) -> list[_Place] | None:
        """Wait for a batch; empty where none is ready yet, ``None`` when there is no more."""
        begun = perf_counter()
        with self._news:
            self._news.wait_for(self._ready, _FILL_SECONDS)
            if self._stopped or (self._opened and not self._fresh and not self._again):
                return None
            # Second tries wait until they fill a batch, or nothing else is to be done.
            source = self._fresh
            if len(self._again) >= self._batch or not self._fresh:
                source = self._again
            taken = [source.popleft() for _ in range(min(self._batch, len(source)))]
            share.idle += perf_counter() - begun
            return taken

    def note(self, share: Share, seconds: float, rows: int) -> None:
        """Write down a batch."""
        with self._news:
            share.busy += seconds
            share.rows += rows
            share.batches += 1

    def _ready(self) -> bool:
        waiting = max(len(self._fresh), len(self._again))
        none_comes = self._opened or (self._full and waiting > 0)
        return waiting >= self._batch or none_comes or self._stopped

    def put(self, place: _Place, decoded: Decoded) -> None:
        """Keep what a row says."""
        with self._news:
            place.call.lanes[place.lane][place.number] = decoded
            self._count(place.call)

    def retry(self, place: _Place, first: Decoded) -> None:
        """Have a row decoded once more."""
        with self._news:
            self._again.append(_Place(place.call, place.lane, place.number, place.row, first))
            self._step()

    def fail(self, place: _Place, error: Exception) -> None:
        """Note that a row, and with it its call, cannot be written down."""
        with self._news:
            place.call.error = place.call.error or error
            self._count(place.call)

    def _count(self, call: _InHand) -> None:
        call.left -= 1
        if call.left == 0:
            self._done.append(call)
        self._step()

    def _step(self) -> None:
        self._steps += 1
        self._news.notify_all()

    # The caller's thread.

    def next_done(
        self, progress: Callable[[float], None], works: Iterable[Future[None]]
    ) -> _InHand:
        """Wait for a call that is heard to its end, telling of progress."""
        while True:
            with self._news:
                seen = self._steps
                longest = max((call.seconds for call in self._in_hand), default=0.0)
                if self._done:
                    return self._done.popleft()
            progress(longest)
            for work in works:
                if work.done():
                    work.result()  # a fault of a thread is a fault here
            with self._news:
                self._news.wait_for(lambda seen=seen: self._steps != seen)  # type: ignore[misc]

    def release(self, call: _InHand) -> None:
        """Give up what a call holds."""
        with self._news:
            self._in_hand.discard(call)
            self._held -= call.held
            call.opened = None
            call.rows, call.lanes = {}, {}
            self._news.notify_all()

    # All.

    def wake(self) -> None:
        """Have everybody look again."""
        with self._news:
            self._step()

    def stop(self) -> None:
        """End the other threads at their next step."""
        with self._news:
            self._stopped = True
            self._news.notify_all()
