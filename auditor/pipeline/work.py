"""Do one call: listen or read, judge, score; whatever happens ends as one record."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from auditor.detect.engine import Detector
from auditor.domain.calls import AgentChannel, Call
from auditor.domain.findings import CallOutcome
from auditor.domain.runs import CallRecord
from auditor.domain.transcripts import HealthIssue, Transcript
from auditor.errors import (
    AudioError,
    AuditorError,
    OutputError,
    Problem,
    RecogniserError,
    TranscriptError,
    printable,
)
from auditor.failpoints import Point, reach
from auditor.ingest.transcripts import parse_transcript, read_transcript, transcript_to_json
from auditor.pipeline.jobs import Job, Recipe
from auditor.pipeline.judging import build_detector
from auditor.pipeline.limits import Grant
from auditor.resources import model_folder
from auditor.scoring.calls import score_call
from auditor.store.archive import Archive
from auditor.store.atomic import write_bytes
from auditor.store.names import file_name
from auditor.text.normalise import Normaliser

if TYPE_CHECKING:
    from auditor.transcribe.base import RowRecogniser
    from auditor.transcribe.listen import Listener

logger = logging.getLogger(__name__)

_FAULTS = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError),
    *(TypeError, ValueError, OSError, RuntimeError),
)
"""What a fault of ours, or of a library, shows as; an interrupt is none of them, nor is a want of
memory, of which a fresh process may have enough."""

_PARALLEL = 8
"""Most batches decoded at once by one recogniser; each holds memory of its own."""

Listen = Callable[[Call, Job], Transcript]
Keep = Callable[[Recipe, str, bytes], None]
"""Takes a transcript for a file name."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Tools for doing calls, built once a process.

    Args:
        recipe: How calls are done.
        detector: Judges transcripts; ``None`` when nothing is judged.
        listen: Turns a recording into a transcript; ``None`` when no recogniser was asked for.
        demo: The recogniser is the demo model.
        keep: Takes transcripts; ``None`` writes them.
    """

    recipe: Recipe
    detector: Detector | None
    listen: Listen | None
    demo: bool = False
    keep: Keep | None = None

    def __call__(self, job: Job) -> CallRecord:
        """Do one call; every error that belongs to the call ends in its record.

        Raises:
            MemoryError: There is not enough for this call.
            OutputError: What is written cannot be written.
        """
        begun = perf_counter()
        shown = printable(job.shown)
        record = CallRecord(
            call_id=job.call_id,
            outcome=CallOutcome.FAILED,
            call=job.call,
            row=job.row,
            recording=job.shown if job.recording is not None else job.heard_in,
            synthetic_model=job.synthetic_model,
        )
        try:
            transcript, record = self._transcript(job, record)
            heard = perf_counter()
            if transcript is None:
                return record
            record = self._judged(transcript, record, kept=not job.canary)
        except OutputError:
            raise
        except AudioError as error:
            return replace(record, reason=error.reason, message=f"{shown}: {error.message}")
        except RecogniserError as error:
            return replace(record, reason="recogniser_failed", message=f"{shown}: {error.message}")
        except AuditorError as error:
            reason = error.problems[0].reason if error.problems else "unreadable"
            return replace(record, reason=reason, message=f"{shown}: {error}")
        except _FAULTS as error:
            # A fault of ours must cost this call only; the trace names places, not call text.
            logger.exception(
                "call %s failed inside the program", printable(job.call_id), exc_info=_bare(error)
            )
            name = type(error).__name__
            return replace(record, reason="internal_error", message=f"{shown}: {name}")
        times = {"listen": heard - begun, "judge": perf_counter() - heard}
        return replace(record, seconds={name: round(s, 3) for name, s in times.items()})

    def _transcript(self, job: Job, record: CallRecord) -> tuple[Transcript | None, CallRecord]:
        shown = printable(job.shown)
        if job.transcript is not None or job.kept is not None:
            transcript = self._read(job)
            if job.call is not None:
                transcript = replace(transcript, call=job.call)
            return transcript, replace(
                record, call=transcript.call, call_id=transcript.call.call_id
            )
        if job.call is None or job.recording is None or self.listen is None:
            return None, _skip(record, "no_recogniser", f"{shown}: no recogniser was asked for")
        if self.demo:
            from auditor.transcribe.models import demo_refusal

            refused = demo_refusal(job.call)
            if refused is not None:
                text = "the demo model hears only recordings marked synthetic=true"
                return None, _skip(record, refused, f"{shown}: {text}")
        return self.listen(job.call, job), replace(record, synthetic_model=self.demo)

    def _read(self, job: Job) -> Transcript:
        if job.transcript is not None:
            return read_transcript(job.transcript, self.recipe.settings.timezone)
        archive = self.recipe.archive
        if job.kept is None or archive is None:
            raise ValueError("a job of a stored transcript names it and the archive")
        data = Archive(archive).load(job.kept)
        if data is None:
            raise TranscriptError(
                "the archive does not hold its transcript any more",
                Problem(job.call_id, "transcript_not_kept", "see --archive"),
            )
        return parse_transcript(data.decode("utf-8"), job.call_id).transcript

    def _judged(
        self, transcript: Transcript, record: CallRecord, *, kept: bool = True
    ) -> CallRecord:
        if kept:
            record = replace(record, transcript=self._write(transcript))
        reach(Point.AFTER_TRANSCRIPT_WRITE)
        record = replace(record, duration=transcript.duration, health=transcript.health)
        silent = transcript.health is not None and HealthIssue.NO_SPEECH in transcript.health.issues
        if silent or not _holds_words(transcript):
            return _skip(record, "no_speech", f"{record.call_id}: nobody speaks in the recording")
        record = replace(record, outcome=CallOutcome.AUDITED)
        if self.detector is None:
            return record
        audit = self.detector.audit(transcript)
        reach(Point.AFTER_JUDGING)
        policy = self.detector.policy
        return replace(record, audit=audit, score=score_call(audit, policy.rules, policy.scoring))

    def _write(self, transcript: Transcript) -> str:
        name = file_name(transcript.call.call_id, ".json")
        data = transcript_to_json(transcript)
        text = json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
        written = text.encode("utf-8")
        (self.keep or keep_transcript)(self.recipe, name, written)
        return hashlib.sha256(written).hexdigest()


def keep_transcript(recipe: Recipe, name: str, written: bytes) -> None:
    """Put a transcript into the archive and the output folder.

    Raises:
        OutputError: They cannot be written.
    """
    if recipe.archive is not None:
        Archive(recipe.archive).save(written)
    write_bytes(recipe.out / "transcripts" / name, written)


def build_worker(recipe: Recipe, grant: Grant | None = None) -> Worker:
    """Build the tools a recipe asks for.

    Args:
        recipe: How calls are done.
        grant: Asks the supervisor for more time, as long recordings need it.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
    """
    detector = build_detector(recipe.policy)
    judge = detector if recipe.judge else None
    if recipe.model is None:
        return Worker(recipe, judge, None)
    # Also what is not judged is primed by the policy, so that a later run finds it in the cache.
    policy = detector.policy
    listen, demo = build_listener(recipe, policy.prompt, policy.hotwords, grant)
    return Worker(recipe, judge, listen, demo)


def build_listener(
    recipe: Recipe, prompt: str, hotwords: str, grant: Grant | None = None
) -> tuple[Listen, bool]:
    """Load the recogniser and the role model; tell whether it is the demo recogniser.

    Raises:
        RecogniserError: The model is missing or cannot be loaded.
    """
    listener, _, demo = _load(recipe, prompt, hotwords)
    hear = replace(listener, decoded=partial(_ask, grant or _keep, recipe.settings.call_pace))

    def do(call: Call, job: Job) -> Transcript:
        if job.recording is None:
            raise ValueError("a job without a recording cannot be heard")
        return hear(call, job.recording)

    return do, demo


def build_hearing(recipe: Recipe) -> tuple[Worker, Listener, RowRecogniser]:
    """Build the tools a recipe asks for where several calls are heard together.

    Returns:
        What does a call once it is heard, what opens and closes calls, and what hears them.

    Raises:
        PolicyError: The policy is broken.
        RecogniserError: The model is missing or cannot be loaded.
    """
    detector = build_detector(recipe.policy)
    policy = detector.policy
    listener, recogniser, demo = _load(recipe, policy.prompt, policy.hotwords, together=True)
    return Worker(recipe, detector if recipe.judge else None, None, demo), listener, recogniser


def _load(
    recipe: Recipe, prompt: str, hotwords: str, *, together: bool = False
) -> tuple[Listener, RowRecogniser, bool]:
    from auditor.audio.limits import AudioLimits
    from auditor.transcribe.cache import TranscriptCache
    from auditor.transcribe.firewall import Inventions
    from auditor.transcribe.listen import Listener
    from auditor.transcribe.models import resolve_model
    from auditor.transcribe.role_model import load_role_model
    from auditor.transcribe.whisper import DecodeOptions, WhisperRecogniser

    settings = recipe.settings
    declared = settings.agent_channel
    if recipe.model is None or recipe.cache is None:
        raise RecogniserError("no model or no cache was chosen")
    model = resolve_model(recipe.model)
    threads = settings.threads
    if together and not threads:
        threads = max(len(os.sched_getaffinity(0)) // max(settings.workers, 1), 1)
    # The demo model never saw a prompt in training and would echo it.
    primed = DecodeOptions(beam_size=settings.beam_size, prompt=prompt, hotwords=hotwords)
    plain = DecodeOptions(beam_size=settings.beam_size)
    recogniser = WhisperRecogniser(
        model,
        device=settings.device,
        compute_type=settings.compute_type,
        threads=threads,
        parallel=min(threads, _PARALLEL) if together else 1,
        decode=plain if model.is_demo else primed,
    )
    normaliser = Normaliser()
    listener = Listener(
        recogniser=recogniser,
        role_model=load_role_model(model_folder("roles")),
        normaliser=normaliser,
        inventions=Inventions.shipped(normaliser.fold),
        cache=TranscriptCache(recipe.cache),
        agent_channel=None if declared is None else AgentChannel(declared),
        limits=AudioLimits(max_hours=settings.max_hours),
    )
    return listener, recogniser, model.is_demo


def _ask(grant: Grant, pace: float, seconds: float) -> None:
    grant(pace * seconds)


def _keep(seconds: float) -> None:
    """Where nobody sets a limit, nobody is asked."""


def _holds_words(transcript: Transcript) -> bool:
    return any(char.isalnum() for turn in transcript.turns for char in turn.text)


def _skip(record: CallRecord, reason: str, message: str) -> CallRecord:
    return replace(record, outcome=CallOutcome.SKIPPED, reason=reason, message=message)


def _bare(error: BaseException) -> BaseException:
    # Messages of foreign errors may quote the data they stumbled over.
    return type(error)().with_traceback(error.__traceback__)
