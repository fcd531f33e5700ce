"""Every error the user can act on: what is wrong, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """The exit status of every command; a contract with cron jobs and timers."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    SOME_FAILED = 3
    NOTHING_RAN = 4
    UNRELIABLE = 5
    INTERRUPTED = 130


def printable(text: str) -> str:
    """Replace what could move a terminal's cursor, fake a line, or cannot be encoded.

    For names of files in messages: anybody who may upload a file chooses its name.
    """
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number of things in English; ``many`` where it is not ``one`` with an s.

    >>> counted(1, "call"), counted(0, "call"), counted(2, "was", "were")
    ('1 call', '0 calls', '2 were')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one input.

    Args:
        where: File, row, line or key, as the user would look for it.
        reason: Machine-readable reason in snake case, stable between releases.
        message: What is wrong and what to do, in one sentence without call text.
    """

    where: str
    reason: str
    message: str

    def __str__(self) -> str:
        return f"{printable(self.where)}: {self.message} [{self.reason}]"


class AuditorError(Exception):
    """Root of all errors raised on purpose.

    The fields are plain values so that the error survives being sent between processes.
    """

    exit_code = ExitCode.USAGE

    def __init__(self, message: str, *problems: Problem) -> None:
        super().__init__(message, *problems)
        self.message = message
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])


class UsageError(AuditorError):
    """The command line or the settings ask for something impossible."""


class PolicyError(AuditorError):
    """The policy folder is broken; every problem found is listed."""


class ManifestError(AuditorError):
    """The manifest cannot be used; every problem found is listed."""


class TranscriptError(AuditorError):
    """A transcript file does not keep to the interchange format."""


class AudioError(AuditorError):
    """A recording cannot be decoded or is outside the limits.

    Args:
        reason: Machine-readable reason in snake case, e.g. ``empty_file``.
        message: One sentence naming the file and what to do.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.args = (reason, message)
        self.reason = reason


class RecogniserError(AuditorError):
    """The recogniser or its model cannot be used."""

    exit_code = ExitCode.NOTHING_RAN


class OutputError(AuditorError):
    """The output folder cannot be written."""

    exit_code = ExitCode.NOTHING_RAN


class WorkerError(AuditorError):
    """Worker processes cannot be started."""

    exit_code = ExitCode.NOTHING_RAN


class CertificateError(AuditorError):
    """A coverage certificate does not hold; everything wrong with it is listed."""
