"""Terms and alternatives that another matches first, that no example says, or that are short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.policy.model import Lexicon
from auditor.workbench.alternatives import shadowed, take_apart
from auditor.workbench.notices import Check, Level, Notice
from auditor.workbench.subjects import Subject, Workshop
from auditor.workbench.unneeded import patterns_of

SHORT = 1
"""A pattern or term of so few characters stands for many things."""


def check_patterns(subject: Subject, shortest: dict[str, int]) -> Iterator[Notice]:
    """Notices about the patterns of one rule or signal.

    Args:
        subject: The rule or signal.
        shortest: Length of the shortest term of each lexicon.
    """
    for path, text in patterns_of(subject.value):
        pattern = take_apart(text, shortest)
        where = subject.where(path)
        for later, earlier in shadowed(pattern):
            said, before = later.of(text), earlier.of(text)
            again = "stands there twice" if said == before else f"never matches: {before} is first"
            yield Notice(
                Check.SHADOWED, Level.WARNING, subject.name, where, f"{said} {again}", (said,)
            )
        finds = path[0] == "find" and "except" not in path
        if finds and pattern.least <= SHORT and subject.rule is not None:
            yield Notice(
                Check.VAGUE,
                Level.WARNING,
                subject.name,
                where,
                f"the pattern can match {pattern.least} character",
                (text,),
            )


def check_lexicons(workshop: Workshop) -> Iterator[Notice]:
    """Notices about the word lists of a policy."""
    said = _said(workshop.subjects)
    for lexicon in workshop.policy.lexicons.values():
        where = f"terms/{lexicon.lexicon_id}.yaml"
        inside = tuple(f"{long} ⊃ {short}" for long, short in _contained(lexicon))
        if inside:
            yield Notice(
                Check.SHADOWED,
                Level.NOTE,
                lexicon.lexicon_id,
                where,
                f"{len(inside)} of {len(lexicon.terms)} terms hold a shorter one that hits "
                "wherever they do",
                inside,
            )
        unsaid = tuple(term for term in lexicon.terms if term not in said)
        if unsaid:
            yield Notice(
                Check.UNTESTED,
                Level.NOTE,
                lexicon.lexicon_id,
                where,
                f"{len(unsaid)} of {len(lexicon.terms)} terms are said in no example",
                unsaid,
            )


def _contained(lexicon: Lexicon) -> Iterator[tuple[str, str]]:
    known = set(lexicon.terms)
    for term in lexicon.terms:
        shorter = next(
            (
                term[start:end]
                for start in range(len(term))
                for end in range(start + 1, len(term) + 1)
                if end - start < len(term) and term[start:end] in known
            ),
            None,
        )
        if shorter is not None:
            yield term, shorter


def _said(subjects: Sequence[Subject]) -> str:
    """Everything anybody says in the examples, as it is searched."""
    return "\n".join(
        view.text for subject in subjects for scene in subject.scenes for view in scene.views
    )
