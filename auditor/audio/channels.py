"""What the two tracks of a recording are: two speakers, one copied, one dead, one an echo."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from auditor.audio.levels import FRAME_MS, SILENT_DBFS, Loudness, dbfs, loudness
from auditor.audio.limits import RATE
from auditor.audio.sound import FloatArray, Sound
from auditor.domain.spans import TimeSpan

NAMES = ("left", "right")
"""Names of the channels in measures and settings."""


class Layout(StrEnum):
    """What the tracks hold."""

    MONO = "mono"
    """One track with everybody on it."""
    STEREO = "stereo"
    """One speaker a track."""
    FAKE_STEREO = "fake_stereo"
    """Two tracks with the same mixed sound; treat as mono."""
    ONE_DEAD = "one_dead"
    """One track without sound; the other is treated as mono."""
    ALL_DEAD = "all_dead"
    """No sound on any track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelLimits:
    """Thresholds of the inspection.

    Args:
        same_correlation: Two tracks as alike as this are one.
        same_level_db: And no more different in level.
        same_lag_ms: And no more apart.
        dead_dbfs: A track that is not louder than this for half a second in all is dead.
        echo_correlation: Least likeness of a window and its echo.
        echo_level_db: Least attenuation of an echo; less and nobody knows who is the echo.
        echo_lag_ms: Longest delay of an echo.
        window_ms: Length of a compared window.
    """

    same_correlation: float = 0.98
    same_level_db: float = 3.0
    same_lag_ms: int = 5
    dead_dbfs: float = -60.0
    echo_correlation: float = 0.6
    echo_level_db: float = 6.0
    echo_lag_ms: int = 300
    window_ms: int = 500


@dataclass(frozen=True, slots=True)
class Echo:
    """A stretch where one track only repeats the other.

    Args:
        time: When.
        source: Channel of the person speaking.
        echo: Channel that repeats it.
        lag_ms: Mean delay of the echo; negative where the clocks of the tracks differ.
        attenuation_db: Mean difference in level.
        correlation: Mean likeness, 0..1.
    """

    time: TimeSpan
    source: int
    echo: int
    lag_ms: float
    attenuation_db: float
    correlation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReport:
    """What the tracks of one recording are.

    Args:
        layout: Kind of recording.
        live: Channels to transcribe, in order; one for mono and fake stereo, none when dead.
        dead: Channels without sound.
        level_dbfs: Level that each channel exceeds for half a second in all.
        correlation: Likeness of the two tracks over the call, ``None`` for one track.
        echoes: Stretches of cross-talk, by time.
        loudness: Level of every 20 ms, to decide which of two tracks to believe.
    """

    layout: Layout
    live: tuple[int, ...]
    dead: tuple[int, ...]
    level_dbfs: tuple[float, ...]
    correlation: float | None
    echoes: tuple[Echo, ...]
    loudness: Loudness

    @property
    def speaker_per_channel(self) -> bool:
        """Whether each live track is one speaker's."""
        return self.layout is Layout.STEREO

    def echo_share(self, channel: int, time: TimeSpan) -> float:
        """Return the share of a time, 0..1, in which a channel only repeats the other."""
        length = time.end_ms - time.start_ms
        if length == 0:
            return 0.0
        shared = sum(time.overlap_ms(echo.time) for echo in self.echoes if echo.echo == channel)
        return min(1.0, shared / length)


def inspect_channels(sound: Sound, limits: ChannelLimits | None = None) -> ChannelReport:
    """Compare the tracks of a recording."""
    limits = limits or ChannelLimits()
    measured = loudness(sound.samples)
    levels = tuple(_loudest(channel) for channel in measured.power)
    dead = tuple(i for i, level in enumerate(levels) if level < limits.dead_dbfs)
    live = tuple(i for i in range(sound.channels) if i not in dead)
    correlation: float | None = None
    echoes: tuple[Echo, ...] = ()
    if not live:
        layout = Layout.ALL_DEAD
    elif sound.channels == 1:
        layout = Layout.MONO
    elif dead:
        layout = Layout.ONE_DEAD
    else:
        layout = Layout.STEREO
        correlation, difference = _likeness(sound.samples, limits)
        if correlation > limits.same_correlation and difference <= limits.same_level_db:
            layout, live = Layout.FAKE_STEREO, (0 if levels[0] >= levels[1] else 1,)
        else:
            echoes = _echoes(sound.samples, limits)
    return ChannelReport(
        layout=layout,
        live=live,
        dead=dead,
        level_dbfs=levels,
        correlation=correlation,
        echoes=echoes,
        loudness=measured,
    )


def _loudest(power: FloatArray) -> float:
    """Return the level exceeded for half a second in all, which clicks cannot raise."""
    if len(power) == 0:
        return SILENT_DBFS
    return float(dbfs(float(np.sort(power)[-min(len(power), 500 // FRAME_MS)])))


def _likeness(samples: FloatArray, limits: ChannelLimits) -> tuple[float, float]:
    """Return the largest correlation over small lags, and the difference in level in dB."""
    reach = limits.same_lag_ms * RATE // 1000
    products = np.zeros(2 * reach + 1)
    energy = np.zeros(2)
    step = 1 << 18
    size = 270_000  # at least step and reach, and a product of small factors
    for start in range(0, samples.shape[1], step):
        left, right = samples[:, start : start + step]
        energy += [float(left @ left), float(right @ right)]
        spectrum = np.fft.rfft(left, size) * np.conj(np.fft.rfft(right, size))
        cross = np.fft.irfft(spectrum, size)
        products += np.concatenate((cross[-reach:], cross[: reach + 1]))
    if energy.min() <= 0:
        return 0.0, abs(SILENT_DBFS)
    best = float(np.abs(products).max() / np.sqrt(energy[0] * energy[1]))
    return min(best, 1.0), abs(float(10 * np.log10(energy[0] / energy[1])))


def _echoes(samples: FloatArray, limits: ChannelLimits) -> tuple[Echo, ...]:
    """Find windows where the quiet track is a delayed copy of the loud one, and join them."""
    width = limits.window_ms * RATE // 1000
    reach = limits.echo_lag_ms * RATE // 1000
    size = width + reach  # no offset that is looked at wraps around
    found: list[Echo] = []
    for start in range(0, samples.shape[1] - width + 1, width):
        energy = (samples[:, start : start + width] ** 2).sum(axis=1)
        if energy.max() < width * 10 ** (limits.dead_dbfs / 10) or energy.min() <= 0:
            continue
        difference = float(10 * np.log10(energy.max() / energy.min()))
        if difference < limits.echo_level_db:
            continue
        source = int(energy.argmax())
        likeness, lag = _match(samples, source, start, (width, reach, size))
        if likeness >= limits.echo_correlation:
            begin = start * 1000 // RATE
            time = TimeSpan(begin, begin + limits.window_ms)
            echo = Echo(time, source, 1 - source, lag * 1000 / RATE, difference, likeness)
            if found and found[-1].source == source and found[-1].time.end_ms == begin:
                echo = _join(found.pop(), echo)
            found.append(echo)
    return tuple(found)


def _match(
    samples: FloatArray, source: int, start: int, sizes: tuple[int, int, int]
) -> tuple[float, int]:
    """Return likeness and lag in samples of the echo track's window within the source's past."""
    width, reach, size = sizes
    quiet = samples[1 - source, start : start + width]
    low = max(0, start - reach)
    around = samples[source, low : start + width]
    cross = np.fft.irfft(np.fft.rfft(around, size) * np.conj(np.fft.rfft(quiet, size)), size)
    offsets = max(1, around.shape[0] - width + 1)
    sums = np.cumsum(np.concatenate(([0.0], around.astype(np.float64) ** 2)))
    energy = sums[width : width + offsets] - sums[:offsets]
    norm = np.sqrt(np.maximum(energy * float(quiet @ quiet), 1e-12))
    likeness = np.abs(cross[:offsets]) / norm
    best = int(likeness.argmax())
    return min(float(likeness[best]), 1.0), start - (low + best)


def _join(first: Echo, second: Echo) -> Echo:
    one = first.time.end_ms - first.time.start_ms
    two = second.time.end_ms - second.time.start_ms

    def mean(a: float, b: float) -> float:
        return (a * one + b * two) / (one + two)

    return Echo(
        TimeSpan(first.time.start_ms, second.time.end_ms),
        first.source,
        first.echo,
        mean(first.lag_ms, second.lag_ms),
        mean(first.attenuation_db, second.attenuation_db),
        mean(first.correlation, second.correlation),
    )
