"""The ``auditor`` command: options in, one library call, text and an exit status out."""

from __future__ import annotations

import errno
import importlib
import io
import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

import auditor
from auditor.cli.streams import let_go, perhaps_unread
from auditor.errors import AuditorError, ExitCode, OutputError
from auditor.settings import LOG_FORMAT

EXIT_STATUS = """
\b
Exit status of every command:
  0    done
  1    findings at or above --fail-on (only when asked for, and no call failed)
  2    usage, settings, policy, manifest or certificate error
  3    some calls failed, or the certificate before is damaged; everything else is done
  4    nothing could run (no model, no call usable, output or database not usable)
  5    a canary call was missed: do not rely on the run (only with canaries)
  130  interrupted; run the same command again to finish the rest
"""

_COMMANDS = {
    "run": "auditor.cli.run:run",
    "transcribe": "auditor.cli.run:transcribe",
    "audit": "auditor.cli.run:audit",
    "reaudit": "auditor.cli.reaudit:reaudit",
    "diff": "auditor.cli.diff:diff",
    "export": "auditor.cli.export:export",
    "case": "auditor.cli.case:case",
    "evaluate": "auditor.cli.evaluate:evaluate",
    "noise": "auditor.cli.noise:noise",
    "policy": "auditor.cli.policy:policy",
    "certificate": "auditor.cli.certificate:certificate",
    "doctor": "auditor.cli.doctor:doctor",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for.

    Keeps ``auditor --help`` quick: the speech and data libraries take seconds to load.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """Names in the order of a user's day."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place} is not a command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has seen enough, such as ``head``, is no error."""
        try:
            status = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            let_go()
            return ExitCode.DONE
        except OSError as error:
            # With a name it would be a file's; standard output has none.
            if error.errno != errno.ENOSPC or error.filename is not None:
                raise
            let_go()
            raise OutputError(f"cannot write what is to be told: {error.strerror}") from error
        return status


@click.group(
    cls=LazyGroup,
    epilog=EXIT_STATUS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(auditor.__version__, prog_name="auditor")
@click.option("--verbose", is_flag=True, help="Log what is done at each step (ids only, no text).")
def cli(verbose: bool) -> None:  # noqa: FBT001 - click passes flags by name
    """Audit debt-collection calls: who broke which clause at which second.

    \b
    Start here:
      auditor doctor                              what is installed, what is missing
      auditor run RECORDINGS --model DIR --out O  recordings -> findings, scorecards, report
      auditor audit TRANSCRIPTS --out O           the same from transcript JSON files
      auditor policy list                         the rules and their clauses
    """  # noqa: D301 - click wants a real backspace
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format=LOG_FORMAT)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let a service manager's stop and a closed terminal end a run as Ctrl-C does."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores the second
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: list[str] | None = None) -> Any:
    """Run the command and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal or log of another encoding must not stop a run over a name.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with _ended_in_order():
            status = cli.main(arguments, prog_name="auditor", standalone_mode=False)
    except AuditorError as error:
        with perhaps_unread():
            click.echo(f"auditor: {error}", err=True)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(ExitCode.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        with perhaps_unread():
            click.echo(
                "auditor: interrupted; run the same command again to finish the rest", err=True
            )
        sys.exit(ExitCode.INTERRUPTED)
    sys.exit(status if isinstance(status, int) else ExitCode.DONE)
