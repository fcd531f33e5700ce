"""How good the recording is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from rule_bench import Bench, talk

from auditor.conditions.truth import Truth
from auditor.domain.transcripts import Health, HealthIssue

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
NOISY = Health(
    issues=(HealthIssue.CLIPPED,), measures={"level_dbfs.left": -12.0, "snr_db.left": 8.0}
)
CLEAR = Health(measures={"level_dbfs.left": -25.0})


@pytest.mark.parametrize(
    ("told", "health", "truth"),
    [
        ({"issue": "clipped"}, NOISY, H),
        ({"issue": ["too_quiet", "clipped"]}, NOISY, H),
        ({"measure": "snr_db.left", "below": 10}, NOISY, H),
        ({"measure": "level_dbfs.left", "above": -15, "below": 0}, NOISY, H),
        ({"issue": "clipped", "measure": "snr_db.left", "below": 10}, NOISY, H),
        ({"issue": "clipped"}, None, U),
        ({"measure": "snr_db.left", "below": 10}, None, U),
        ({"measure": "snr_db.left", "below": 10}, CLEAR, U),
        ({"issue": "clipped", "measure": "snr_db.right", "below": 10}, NOISY, U),
        ({"issue": "clipped"}, CLEAR, M),
        ({"issue": "too_quiet"}, NOISY, M),
        ({"measure": "level_dbfs.left", "above": -15}, CLEAR, M),
        ({"measure": "snr_db.left", "below": 5}, NOISY, M),
        ({"issue": "clipped", "measure": "snr_db.left", "below": 10}, CLEAR, M),
    ],
)
def test_recordings(told: dict[str, Any], health: Health | None, truth: Truth) -> None:
    """Faults and measures; a transcript without sound, or without the measure, leaves it open."""
    bench = Bench()
    condition = bench.condition({"sound": told})
    assert bench.reasons == []
    answer = condition.find(bench.laid_out(replace(talk("A 您好"), health=health)))
    assert (answer.truth, answer.hits) == (truth, ())


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "no_comparison"),
        ({"issue": "boring"}, "unknown_word"),
        ({"measure": "snr_db.left"}, "no_comparison"),
        ({"issue": "clipped", "below": 3}, "no_measure"),
        ({"issue": "clipped", "loud": True}, "unknown_key"),
        ("clipped", "not_a_mapping"),
    ],
)
def test_mistakes_are_reported(told: object, reason: str) -> None:
    """Faults and measures are checked when the file is read."""
    bench = Bench()
    bench.condition({"sound": told})
    assert reason in bench.reasons


def test_says_itself_in_chinese() -> None:
    """Faults and measures are named; every fault has a name."""
    told = {"issue": [*HealthIssue], "measure": "snr_db.left", "below": 10}
    said = Bench().condition({"sound": told}).describe()
    assert "削波失真" in said
    assert "snr_db.left低于10" in said
