"""Settings from the environment: the right kind, the right bounds, or a named error."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from auditor.domain.calls import AgentChannel
from auditor.errors import UsageError
from auditor.settings import AGENT_CHANNELS, Settings, from_environment

GIVEN = {
    "policy": ("/p", Path("/p")),
    "model": ("large-v3", "large-v3"),
    "device": ("cpu", "cpu"),
    "compute_type": ("int8", "int8"),
    "threads": ("2", 2),
    "beam_size": ("1", 1),
    "batch": ("4", 4),
    "workers": ("8", 8),
    "call_seconds": ("60", 60.0),
    "call_pace": ("2.5", 2.5),
    "worker_memory": ("1.5", 1.5),
    "engine": ("ray", "ray"),
    "address": ("10.0.0.5:6379", "10.0.0.5:6379"),
    "gpus_per_worker": ("0.5", 0.5),
    "cache": ("c", Path("c")),
    "db": ("n.db", "n.db"),
    "archive": ("a", Path("a")),
    "max_hours": ("1.5", 1.5),
    "encoding": ("gbk", "gbk"),
    "timezone": ("Asia/Shanghai", "Asia/Shanghai"),
    "agent_channel": ("right", "right"),
    "lang": ("en", "en"),
    "clips": ("0", False),
}


def test_every_setting_can_come_from_the_environment() -> None:
    """Each has its variable, turned into its kind; nothing else is looked at."""
    assert set(GIVEN) == {field.name for field in fields(Settings)}
    environment = {f"AUDITOR_{name.upper()}": text for name, (text, _) in GIVEN.items()}
    read = from_environment({**environment, "AUDITOR_OTHER": "x", "MODEL": "y"})
    assert {name: getattr(read, name) for name in GIVEN} == {
        name: value for name, (_, value) in GIVEN.items()
    }


def test_nothing_set_gives_the_defaults() -> None:
    """An absent and an empty variable both leave the default."""
    assert from_environment({}) == from_environment({"AUDITOR_LANG": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("WORKERS", "many"),
        ("CALL_SECONDS", "0"),
        ("CALL_PACE", "-1"),
        ("WORKER_MEMORY", "nan"),
        ("WORKERS", "-3"),
        ("ENGINE", "spark"),
        ("GPUS_PER_WORKER", "-1"),
        ("GPUS_PER_WORKER", "nan"),
        ("GPUS_PER_WORKER", "half"),
        ("WORKERS", "1000"),
        ("THREADS", "-1"),
        ("BEAM_SIZE", "0"),
        ("BATCH", "-1"),
        ("MAX_HOURS", "0"),
        ("MAX_HOURS", "nan"),
        ("MAX_HOURS", "inf"),
        ("CLIPS", "maybe"),
        ("LANG", "fr"),
        ("DEVICE", "tpu"),
        ("AGENT_CHANNEL", "middle"),
    ],
)
def test_a_variable_that_does_not_fit_is_named(name: str, text: str) -> None:
    """It is refused before anything runs, not used as something else."""
    with pytest.raises(UsageError, match=f"(?i){name}"):
        from_environment({f"AUDITOR_{name}": text})


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("WORKERS", "many", "takes a whole number from 0 to 256, not 'many'"),
        ("BEAM_SIZE", "0", "takes a whole number from 1 to 20, not '0'"),
        ("MAX_HOURS", "25", "takes a number from 0.01 to 24, not '25'"),
        ("CLIPS", "maybe", "takes one of 1, true, 0, false, not 'maybe'"),
        ("LANG", "fr", "takes one of zh, en, not 'fr'"),
        ("DEVICE", "tpu", "takes one of auto, cpu, cuda, not 'tpu'"),
        ("AGENT_CHANNEL", "middle", "takes one of left, right, mono, not 'middle'"),
        ("COMPUTE_TYPE", "int4", "takes one of auto, default, int8, "),
    ],
)
def test_what_would_be_allowed_is_said(name: str, text: str, told: str) -> None:
    """Nobody has to look it up."""
    with pytest.raises(UsageError) as caught:
        from_environment({f"AUDITOR_{name}": text})
    assert f"AUDITOR_{name}: {told}" in str(caught.value)


def test_all_variables_that_do_not_fit_are_said_at_once() -> None:
    """One run is enough to see them all."""
    with pytest.raises(UsageError) as caught:
        from_environment({"AUDITOR_WORKERS": "many", "AUDITOR_LANG": "fr", "AUDITOR_BATCH": "2"})
    assert len(caught.value.problems) == 2


def test_channels_are_those_of_the_manifest() -> None:
    """What may be set for all recordings is what a manifest may say of one."""
    assert set(AGENT_CHANNELS) == {channel.value for channel in AgentChannel}
