"""What a recording may be before anything of it is decoded."""

from __future__ import annotations

from dataclasses import dataclass

RATE = 16_000
"""Sample rate in Hz of all decoded sound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioLimits:
    """Bounds that keep the memory and time of one recording known beforehand.

    Args:
        max_hours: Longest recording; four hours of stereo take 1.9 GB decoded.
        max_bytes: Largest file.
        min_rate: Lowest sample rate in Hz; a lower one in a header multiplies the decoded size.
        max_rate: Highest sample rate in Hz.
        max_channels: More than two are no telephone call.
    """

    max_hours: float = 4.0
    max_bytes: int = 4 * 2**30
    min_rate: int = 6_000
    max_rate: int = 96_000
    max_channels: int = 2

    @property
    def max_seconds(self) -> float:
        """Longest recording in seconds."""
        return self.max_hours * 3600.0

    @property
    def max_samples(self) -> int:
        """Most decoded samples a channel may have at 16 kHz."""
        return int(self.max_seconds * RATE)


DEFAULT_LIMITS = AudioLimits()
