"""One call from its recording to its transcript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from auditor.audio.channels import NAMES, ChannelReport, inspect_channels
from auditor.audio.decode import decode
from auditor.audio.health import assess
from auditor.audio.limits import DEFAULT_LIMITS, AudioLimits
from auditor.audio.sound import Sound
from auditor.audio.speakers import cluster
from auditor.audio.vad import EnergyVoice
from auditor.domain.calls import AgentChannel, Call, Recording, Speaker
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Health, Mark, Transcript
from auditor.failpoints import Point, reach
from auditor.text.normalise import Normaliser
from auditor.transcribe.base import Piece, Recogniser
from auditor.transcribe.cache import Lanes, TranscriptCache
from auditor.transcribe.echoes import find_echoes
from auditor.transcribe.firewall import Inventions, MarkedPiece, screen
from auditor.transcribe.mono import assign_roles, split_questions
from auditor.transcribe.role_model import RoleModel
from auditor.transcribe.roles import decide_channels, owners
from auditor.transcribe.script import simplify_piece
from auditor.transcribe.turns import Owner, Spoken, Utterance, build_utterances, to_turns

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SIDES = (Speaker.AGENT, Speaker.CUSTOMER, Speaker.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Levels:
    """Loudness and echo of the two channels, for ``find_echoes``."""

    report: ChannelReport

    def loudness(self, lane: int, start: float, end: float) -> float:
        return self.report.loudness.dbfs(lane, TimeSpan.from_seconds(start, end))

    def echo_share(self, lane: int, start: float, end: float) -> float:
        return self.report.echo_share(lane, TimeSpan.from_seconds(start, end))


def listen(
    call: Call,
    recording: Recording,
    *,
    recogniser: Recogniser,
    role_model: RoleModel,
    normaliser: Normaliser,
    inventions: Inventions | None = None,
    cache: TranscriptCache | None = None,
    agent_channel: AgentChannel | None = None,
    limits: AudioLimits = DEFAULT_LIMITS,
    decoded: Callable[[float], None] | None = None,
) -> Transcript:
    """Decode a recording, write down what is said, and decide who says it.

    Args:
        call: Who, when, whom.
        recording: Where the sound is; its ``agent_channel`` goes before the argument below.
        recogniser: Writes down one channel.
        role_model: Tells agents from customers by what they say.
        normaliser: Folds script and width.
        inventions: Known inventions of recognisers; the shipped list unless given.
        cache: Keeps what was heard; the same sound is written down once.
        agent_channel: Declared for all recordings by the settings.
        limits: What is refused before decoding.
        decoded: Told the length in seconds once the sound is there.

    Raises:
        AudioError: The recording cannot be decoded or is outside the limits.
        RecogniserError: The recogniser failed.
        OutputError: The cache cannot be written.
    """
    listener = Listener(
        recogniser=recogniser,
        role_model=role_model,
        normaliser=normaliser,
        inventions=inventions or Inventions.shipped(normaliser.fold),
        cache=cache,
        agent_channel=agent_channel,
        limits=limits,
        decoded=decoded,
    )
    return listener(call, recording)


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A recording that is decoded, with what is to be written down of it.

    Args:
        sound: The decoded recording.
        report: What its channels are.
        health: Whether it can be judged by.
        declared: Where the agent is said to be.
        tracks: What to write down by name.
        known: What was heard before, from the cache; ``None`` where it has to be heard.
    """

    sound: Sound
    report: ChannelReport
    health: Health
    declared: AgentChannel | None
    tracks: Mapping[str, NDArray[np.float32]]
    known: Lanes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """The tools for listening to recordings; the arguments are those of ``listen``.

    The steps can be taken apart: opening and closing on other threads than hearing.
    """

    recogniser: Recogniser
    role_model: RoleModel
    normaliser: Normaliser
    inventions: Inventions
    cache: TranscriptCache | None = None
    agent_channel: AgentChannel | None = None
    limits: AudioLimits = DEFAULT_LIMITS
    decoded: Callable[[float], None] | None = None

    def __call__(self, call: Call, recording: Recording) -> Transcript:
        """Listen to one recording from its file to its transcript; see ``listen``."""
        opened = self.open(recording)
        heard = opened.known
        if heard is None:
            heard = {
                name: self.recogniser.transcribe(samples) for name, samples in opened.tracks.items()
            }
            self.keep(opened, heard)
        return self.close(call, opened, heard)

    def open(self, recording: Recording) -> Opened:
        """Decode a recording and look at its channels.

        Raises:
            AudioError: The recording cannot be decoded or is outside the limits.
        """
        sound = decode(recording, self.limits)
        if self.decoded is not None:
            self.decoded(sound.seconds)
        reach(Point.AFTER_DECODE)
        report = inspect_channels(sound)
        health = assess(sound, report, recording.duration)
        declared = recording.agent_channel or self.agent_channel
        tracks = _tracks(sound, report, declared)
        known = None
        if self.cache is not None and not recording.fresh:
            known = self.cache.load(sound.sha256, self.recogniser.fingerprint, list(tracks))
        return Opened(sound, report, health, declared, tracks, known)

    def keep(self, opened: Opened, heard: Lanes) -> None:
        """Put what was heard into the cache.

        Raises:
            OutputError: The cache cannot be written.
        """
        if self.cache is not None:
            self.cache.save(opened.sound.sha256, self.recogniser.fingerprint, heard)
            reach(Point.AFTER_CACHE_WRITE)

    def close(self, call: Call, opened: Opened, heard: Lanes) -> Transcript:
        """Decide who said what was heard."""
        sound, report, fold = opened.sound, opened.report, self.normaliser.fold
        lanes = [
            _screened(heard[name], samples, self.recogniser, self.inventions, fold)
            for name, samples in opened.tracks.items()
        ]
        if len(lanes) == len(NAMES):
            said, decided = _by_channel(lanes, report, self.role_model, fold, opened.declared)
        elif lanes:
            mono = next(iter(opened.tracks.values()))
            said, decided = _by_voice(lanes[0], mono, self.role_model, fold)
        else:
            said, decided = [], {"method": "none"}
        return Transcript(
            call=call,
            turns=to_turns(said, sound.seconds),
            duration=round(sound.seconds, 3),
            source=MappingProxyType(
                {
                    **self.recogniser.describe(),
                    "audio_sha256": sound.sha256,
                    "layout": str(report.layout),
                    "speakers": decided,
                }
            ),
            health=opened.health,
        )


def _tracks(
    sound: Sound, report: ChannelReport, declared: AgentChannel | None
) -> Mapping[str, NDArray[np.float32]]:
    """Return what to write down by name: ``left`` and ``right``, or one track with everybody."""
    if report.speaker_per_channel and declared is AgentChannel.MONO:
        return {"mix": sound.samples.mean(axis=0)}
    if report.speaker_per_channel:
        return {NAMES[channel]: sound.samples[channel] for channel in report.live}
    return {f"mono.{channel}": sound.samples[channel] for channel in report.live}


def _screened(
    pieces: Sequence[Piece],
    samples: NDArray[np.float32],
    recogniser: Recogniser,
    inventions: Inventions,
    fold: Callable[[str], str],
) -> tuple[MarkedPiece, ...]:
    voiced = [(span.start, span.end) for span in EnergyVoice().speech(samples)]
    return screen(
        [simplify_piece(piece, fold) for piece in pieces],
        voiced=voiced,
        inventions=inventions,
        fold=fold,
        prompt=recogniser.prompt,
        hotwords=recogniser.hotwords,
    )


def _by_channel(
    lanes: Sequence[Sequence[MarkedPiece]],
    report: ChannelReport,
    model: RoleModel,
    fold: Callable[[str], str],
    declared: AgentChannel | None,
) -> tuple[list[tuple[Utterance, Owner]], dict[str, Any]]:
    """Give every channel to one speaker."""
    echoes = find_echoes([[m.piece for m in lane] for lane in lanes], _Levels(report))
    marked = [
        [
            replace(one, marks=(*one.marks, Mark.CHANNEL_ECHO)) if index in repeated else one
            for index, one in enumerate(lane)
        ]
        for lane, repeated in zip(lanes, echoes, strict=True)
    ]
    utterances = build_utterances(
        [[Spoken(one.piece, one.marks) for one in lane] for lane in marked]
    )
    decision = decide_channels(
        [
            [said.text for said in utterances if said.lane == lane and not said.marks]
            for lane in range(len(lanes))
        ],
        model,
        fold,
        declared=None if declared is None else NAMES.index(declared),
    )
    said = list(zip(utterances, owners(utterances, decision), strict=True))
    return said, {
        "method": decision.method,
        "agent_channel": None if decision.agent is None else NAMES[decision.agent],
        "confidence": round(decision.confidence, 4),
        "contradicted": decision.contradicted,
    }


def _by_voice(
    lane: Sequence[MarkedPiece],
    samples: NDArray[np.float32],
    model: RoleModel,
    fold: Callable[[str], str],
) -> tuple[list[tuple[Utterance, Owner]], dict[str, Any]]:
    """Share one channel out between the speakers by voice and text."""
    units = [
        MarkedPiece(part, one.marks)
        for one in lane
        for part in ((one.piece,) if one.marks else split_questions(one.piece))
    ]
    pieces = [unit.piece for unit in units]
    found = cluster(samples, [TimeSpan.from_seconds(p.start, p.end) for p in pieces])
    roles = assign_roles(
        pieces,
        [0.0 if unit.marks else model.log_odds(fold(unit.piece.text)) for unit in units],
        voices=found.labels if found.voices > 1 else None,
    )
    by_side = [
        [
            Spoken(unit.piece, unit.marks, role.confidence)
            for unit, role in zip(units, roles, strict=True)
            if role.speaker is side
        ]
        for side in _SIDES
    ]
    method = roles[0].method if roles else "text"
    said = [
        (utterance, Owner(_SIDES[utterance.lane], utterance.confidence, method))
        for utterance in build_utterances(by_side)
    ]
    return said, {"method": method, "voices": found.voices}
