"""Tell what the labelled calls are made of: ``python -m auditor.evaluate.corpusreport CORPUS``.

Figures and ids only: no word of a call is printed, so the test split stays closed. Ends with 1
where two splits share a turn or call, with 3 where a batch could not be read.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from auditor.errors import AuditorError, ExitCode, Problem, TranscriptError, UsageError
from auditor.evaluate.agreement import Agreement, agreement, read_second
from auditor.evaluate.corpus import read_batches
from auditor.evaluate.corpuscheck import Oddity, oddities
from auditor.evaluate.corpusstats import Part, part, parts_by_split
from auditor.evaluate.corpustext import report_lines
from auditor.evaluate.duplicates import Duplicate, duplicate_calls, duplicate_turns
from auditor.evaluate.labels import LabelledCall, labels_of
from auditor.evaluate.relabelled import FILE, Reread, read_rereadings
from auditor.evaluate.vocabulary import Vocabulary, vocabularies, word_cutter
from auditor.evaluate.written import score_to_json


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusReport:
    """Everything the report tells.

    Args:
        splits: Each split, then all calls.
        batches: Each batch, with its split.
        duplicates: Turns and calls written almost alike.
        vocabularies: By split.
        agreements: Second labellings.
        rereadings: Rows of ``relabelled.csv``.
        oddities: Labels that contradict each other.
        left_out: Batches that could not be read.
    """

    splits: tuple[Part, ...]
    batches: tuple[tuple[str, Part], ...]
    duplicates: tuple[Duplicate, ...]
    vocabularies: tuple[Vocabulary, ...]
    agreements: tuple[Agreement, ...]
    rereadings: tuple[Reread, ...]
    oddities: tuple[Oddity, ...]
    left_out: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 for duplicates across splits, 3 for batches left out."""
        if any(one.across for one in self.duplicates):
            return ExitCode.FINDINGS
        return ExitCode.SOME_FAILED if self.left_out else ExitCode.DONE


def corpus_report(corpus: Path) -> CorpusReport:
    """Read a corpus and count.

    Args:
        corpus: Folder with ``splits.csv`` and ``calls/``; ``second/*.jsonl`` (second labellings)
            and ``relabelled.csv`` where they are.

    Raises:
        UsageError: A file cannot be used.
    """
    left_out: list[TranscriptError] = []
    batches = read_batches(corpus, on_broken=left_out.append)
    labels = [labels_of(script) for batch in batches for script in batch.scripts]
    rereadings = corpus / FILE
    return CorpusReport(
        splits=parts_by_split(batches),
        batches=tuple((b.split, part(b.name, b.scripts)) for b in batches if b.scripts),
        duplicates=(*duplicate_calls(batches), *duplicate_turns(batches)),
        vocabularies=vocabularies(batches, word_cutter()),
        agreements=_agreements(corpus, labels, complete=not left_out),
        rereadings=read_rereadings(rereadings) if rereadings.is_file() else (),
        oddities=oddities(script for batch in batches for script in batch.scripts),
        left_out=tuple(str(error) for error in left_out),
    )


def _agreements(
    corpus: Path, labels: Sequence[LabelledCall], *, complete: bool
) -> tuple[Agreement, ...]:
    known = {call.call_id for call in labels}
    found: list[Agreement] = []
    problems: list[Problem] = []
    for path in sorted((corpus / "second").glob("*.jsonl")):
        second = read_second(path)
        problems += [
            Problem(path.name, "unknown_call", f"labels {call.call_id}, which is not there")
            for call in second
            if complete and call.call_id not in known
        ]
        made = agreement(path.stem, labels, second)
        if made is not None:
            found.append(made)
    if problems:
        raise UsageError("a second labelling names calls that nobody wrote", *problems)
    return tuple(found)


def report_to_json(made: CorpusReport) -> dict[str, Any]:
    """Return the report as JSON values."""
    return {
        "splits": [_plain(one) for one in made.splits],
        "batches": [{"split": split, **_plain(one)} for split, one in made.batches],
        "duplicates": [
            {
                "call": one.call,
                "turn": one.turn,
                "other_call": one.other_call,
                "other_turn": one.other_turn,
                "alike": one.alike,
                "across_splits": one.across,
            }
            for one in made.duplicates
        ],
        "vocabulary": [asdict(one) for one in made.vocabularies],
        "agreement": [
            {
                "name": one.name,
                "score": score_to_json(one.score),
                "kappa": dict(one.kappa),
                "applicable_f1": one.applicable.f1.value,
            }
            for one in made.agreements
        ],
        "relabelled": [
            {"batch": r.batch, "turns_read": r.changed.whole, "turns_changed": r.changed.part}
            for r in made.rereadings
        ],
        "contradictions": [str(one) for one in made.oddities],
        "left_out": list(made.left_out),
    }


def _plain(one: Part) -> dict[str, Any]:
    return {
        "name": one.name,
        "calls": one.calls,
        "turns": one.turns,
        "agent_turns": one.agent_turns,
        "characters": one.characters,
        "calls_without_violation": one.innocent.part,
        "calls_without_omission": one.complete.part,
        "calls_without_either": one.blameless.part,
        "categories": {name: asdict(count) for name, count in one.categories.items()},
        "omitted": dict(one.omissions),
        "required": dict(one.applicable),
        "turns_making": dict(one.made),
        "calls_with_cue": dict(one.cues),
        "calls_with_act": dict(one.acts),
        **{key: dict(values) for key, values in one.headers.items()},
        "calls_with_change_of_person": one.changes,
        "turns_per_call": asdict(one.turns_per_call),
        "characters_per_call": asdict(one.characters_per_call),
    }


@click.command()
@click.argument("corpus", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def main(corpus: Path, *, as_json: bool) -> None:
    """Count calls, turns, labels, duplicates and words of CORPUS, by id and number only."""
    try:
        made = corpus_report(corpus)
    except AuditorError as error:
        click.echo(f"corpus report: {error}", err=True)
        raise SystemExit(error.exit_code) from error
    if as_json:
        click.echo(json.dumps(report_to_json(made), ensure_ascii=False, indent=1))
    else:
        for line in report_lines(made):
            click.echo(line)
    for left_out in made.left_out:
        click.echo(f"left out: {left_out}", err=True)
    raise SystemExit(made.exit_code)


if __name__ == "__main__":
    main()
