"""Whether the sound of a call is good enough to judge people by."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from auditor.audio.channels import NAMES, ChannelReport, Layout
from auditor.audio.levels import FRAME_MS, dbfs
from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray, ProbeNote, Sound
from auditor.audio.vad import EnergyVoice, VoiceActivity
from auditor.domain.spans import TimeSpan
from auditor.domain.transcripts import Health, HealthIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLimits:
    """From where on a measure is an issue, and from where on nothing may be judged.

    Args:
        clipped_share: Share of the samples in speech at the rail; an issue.
        clipped_share_worst: Too many to recognise words.
        quiet_dbfs: Mean level of speech; an issue below.
        quiet_dbfs_worst: Words are lost in 16-bit telephone noise below.
        snr_db_worst: Least distance between speech and noise floor.
        speech_share: Least share of the recording with speech; an issue below.
        speech_seconds: Least speech in all to judge anything.
        duration_seconds: Allowed difference from the manifest's duration.
        duration_share: Allowed difference as a share; the larger of the two counts.
        missing_share_worst: Share of the promised sound that may be missing.
    """

    clipped_share: float = 0.005
    clipped_share_worst: float = 0.10
    quiet_dbfs: float = -45.0
    quiet_dbfs_worst: float = -55.0
    snr_db_worst: float = 5.0
    speech_share: float = 0.05
    speech_seconds: float = 0.5
    duration_seconds: float = 2.0
    duration_share: float = 0.05
    missing_share_worst: float = 0.10


_ORDER = (
    HealthIssue.NO_SPEECH,
    HealthIssue.TRUNCATED,
    HealthIssue.CLIPPED,
    HealthIssue.TOO_QUIET,
    HealthIssue.DEAD_CHANNEL,
    HealthIssue.DURATION_MISMATCH,
    HealthIssue.LITTLE_SPEECH,
    HealthIssue.FAKE_STEREO,
    HealthIssue.EXTENSION_MISMATCH,
)


def assess(
    sound: Sound,
    report: ChannelReport,
    expected_seconds: float | None = None,
    *,
    voice: VoiceActivity | None = None,
    limits: HealthLimits | None = None,
) -> Health:
    """Measure a recording and say whether it can be judged.

    Args:
        sound: The decoded recording.
        report: What its channels are.
        expected_seconds: Length according to the manifest, where it says.
        voice: Finds the speech; the energy detector unless given.
        limits: Thresholds.

    Returns:
        Measures by name: ``seconds``, ``speech_share``, ``speech_seconds``, ``broken_packets``
        and by channel (``.left``, ``.right``, ``.mono``) ``level_dbfs`` of the speech,
        ``noise_dbfs``, ``snr_db``, ``clipped_share``, ``speech_share``.
    """
    limits = limits or HealthLimits()
    voice = voice or EnergyVoice()
    spoken = {channel: voice.speech(sound.samples[channel]) for channel in report.live}
    measures = {
        "seconds": sound.seconds,
        "broken_packets": float(sound.broken_packets),
        "speech_seconds": _union_seconds([span for spans in spoken.values() for span in spans]),
    }
    measures["speech_share"] = min(1.0, measures["speech_seconds"] / sound.seconds)
    if report.correlation is not None:
        measures["correlation"] = report.correlation
    for channel, spans in spoken.items():
        name = "mono" if len(report.live) == 1 else NAMES[channel]
        measured = _channel(sound.samples[channel], report.loudness.power[channel], spans)
        measures |= {f"{key}.{name}": value for key, value in measured.items()}
    if expected_seconds is not None:
        measures["expected_seconds"] = expected_seconds
    issues = _issues(sound, report, measures, limits)
    usable = (
        HealthIssue.NO_SPEECH not in issues
        and _missing(sound, expected_seconds, limits) <= limits.missing_share_worst
        and not any(_unbearable(key, value, limits) for key, value in measures.items())
    )
    return Health(
        usable=usable,
        issues=tuple(issue for issue in _ORDER if issue in issues),
        measures=MappingProxyType({key: round(value, 4) for key, value in measures.items()}),
    )


def _issues(
    sound: Sound, report: ChannelReport, measures: dict[str, float], limits: HealthLimits
) -> set[HealthIssue]:
    issues: set[HealthIssue] = set()
    if sound.truncated:
        issues.add(HealthIssue.TRUNCATED)
    if report.layout is Layout.FAKE_STEREO:
        issues.add(HealthIssue.FAKE_STEREO)
    if report.dead and sound.channels > 1:
        issues.add(HealthIssue.DEAD_CHANNEL)
    if ProbeNote.EXTENSION_MISMATCH in sound.probe.notes:
        issues.add(HealthIssue.EXTENSION_MISMATCH)
    expected = measures.get("expected_seconds")
    if expected is not None and abs(expected - sound.seconds) > _allowed(expected, limits):
        issues.add(HealthIssue.DURATION_MISMATCH)
    if measures["speech_seconds"] < limits.speech_seconds:
        return issues | {HealthIssue.NO_SPEECH}
    if measures["speech_share"] < limits.speech_share:
        issues.add(HealthIssue.LITTLE_SPEECH)
    for key, value in measures.items():
        name = key.partition(".")[0]
        if name == "clipped_share" and value > limits.clipped_share:
            issues.add(HealthIssue.CLIPPED)
        if name == "level_dbfs" and value < limits.quiet_dbfs:
            issues.add(HealthIssue.TOO_QUIET)
        if name == "snr_db" and value < limits.snr_db_worst:
            issues.add(HealthIssue.TOO_QUIET)
    return issues


def _missing(sound: Sound, expected: float | None, limits: HealthLimits) -> float:
    """Return the share of the call that is missing; 1 where its end is and nobody knows how far.

    The manifest's duration counts before the file's own promise, which a cut may have lost.
    """
    if expected is not None:
        short = expected - sound.seconds
        return 0.0 if short <= _allowed(expected, limits) else short / expected
    if not sound.truncated:
        return 0.0
    promised = sound.probe.seconds if sound.probe.exact else None
    return 1.0 if not promised else max(0.0, 1 - sound.seconds / promised)


def _allowed(expected: float, limits: HealthLimits) -> float:
    """Return the difference in seconds that recorders make by starting or stopping late."""
    return max(limits.duration_seconds, limits.duration_share * expected)


def _unbearable(key: str, value: float, limits: HealthLimits) -> bool:
    name = key.partition(".")[0]
    return (
        (name == "clipped_share" and value > limits.clipped_share_worst)
        or (name == "level_dbfs" and value < limits.quiet_dbfs_worst)
        or (name == "snr_db" and value < limits.snr_db_worst)
    )


def _channel(
    samples: FloatArray, power: FloatArray, spans: tuple[TimeSpan, ...]
) -> dict[str, float]:
    if not spans:
        return {"speech_share": 0.0}
    speaking = np.zeros(power.shape[0], bool)
    for span in spans:
        speaking[span.start_ms // FRAME_MS : span.end_ms // FRAME_MS + 1] = True
    level = float(dbfs(float(power[speaking].mean())))
    measured = {
        "speech_share": float(speaking.mean()),
        "level_dbfs": level,
        "clipped_share": _clipped(samples, spans),
    }
    quiet = power[~speaking]
    if quiet.size >= 10:
        noise = float(dbfs(float(np.median(quiet))))
        measured |= {"noise_dbfs": noise, "snr_db": level - noise}
    return measured


def _clipped(samples: FloatArray, spans: tuple[TimeSpan, ...]) -> float:
    """Return the share of samples in speech that lie flat at the channel's own rail.

    The rail is the largest value that occurs, because a recording clipped by the telephone may
    have been scaled afterwards; a lone peak is no rail, so two equal neighbours are needed.
    """
    peak = float(np.abs(samples).max())
    if peak < 0.05:
        return 0.0
    flat = total = 0
    for span in spans:
        part = np.abs(samples[span.start_ms * RATE // 1000 : span.end_ms * RATE // 1000])
        high = part >= 0.985 * peak
        flat += int((high[1:] & high[:-1]).sum())
        total += part.shape[0]
    return flat / total if total else 0.0


def _union_seconds(spans: list[TimeSpan]) -> float:
    total = end = 0
    for span in sorted(spans):
        total += max(0, span.end_ms - max(span.start_ms, end))
        end = max(end, span.end_ms)
    return total / 1000
