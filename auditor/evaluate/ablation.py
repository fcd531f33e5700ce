"""What each part of the machinery is worth: ``python -m auditor.evaluate.ablation LABELS``.

The same labelled calls are judged with everything and with one part left out at a time, as they
are and damaged as a telephone recogniser would. The weights of the joint judgement are the shipped
ones throughout; they were fitted with everything in place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from auditor.detect.dialogue import as_dialled
from auditor.detect.engine import Detector
from auditor.detect.signals import asks_model
from auditor.detect.views import no_repairs
from auditor.evaluate.evaluation import NoisePoint
from auditor.evaluate.labels import Labels, read_labels
from auditor.evaluate.noisecurve import noise_curve
from auditor.evaluate.session import shares_from

Change = Callable[[Detector], Detector]


def rules_alone(full: Detector) -> Detector:
    """Every rule decides by itself, and none asks the classifier."""
    own = tuple(rule for rule in full.policy.rules if not asks_model(rule))
    return replace(full, policy=replace(full.policy, rules=own), classifier=None, judgement=None)


def classifier_alone(full: Detector) -> Detector:
    """No rule brings words of its own; omissions are weighed without rules."""
    asked = tuple(rule for rule in full.policy.rules if asks_model(rule))
    return replace(full, policy=replace(full.policy, rules=asked))


def without_sound(full: Detector) -> Detector:
    """Terms are searched as written only, not by their sound."""
    return replace(full, builder=replace(full.builder, find_repairs=no_repairs))


def without_following(full: Detector) -> Detector:
    """The dialler's word is taken for who is on the line."""
    return replace(full, follow=as_dialled)


VARIANTS: Mapping[str, Change] = {
    "everything": lambda full: full,
    "rules alone": rules_alone,
    "classifier alone": classifier_alone,
    "without sound matching": without_sound,
    "without dialogue state": without_following,
    "rules, no sound": lambda full: without_sound(rules_alone(full)),
    "rules, no dialogue": lambda full: without_following(rules_alone(full)),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of one variant, by damage, least first."""

    name: str
    points: tuple[NoisePoint, ...]


def measure(
    labels: Labels, full: Detector, shares: tuple[float, ...], seed: int
) -> Iterator[Measured]:
    """Judge labelled calls with every variant.

    Args:
        labels: Labelled calls with their text.
        full: The policy with everything.
        shares: Shares of characters to damage.
        seed: Decides the damage, the same for all variants.
    """
    texts = [script.transcript() for script in labels.scripts]
    for name, change in VARIANTS.items():
        yield Measured(name, noise_curve(labels.calls, texts, change(full), shares, seed))


def lines(measured: Measured) -> Iterator[str]:
    """Return a line for every point of a variant."""
    for point in measured.points:
        said, unsaid = point.score.violations, point.score.omissions
        told = [said.precision, said.recall, said.f1, point.score.wrongly_accused]
        told += [unsaid.precision, unsaid.recall, unsaid.f1]
        figures = " ".join(f"{_figure(rate.value):>7}" for rate in told)
        yield f"{measured.name:24} {point.share:6.0%} {figures}"


def _figure(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3f}"


HEAD = (
    f"{'':24} {'damage':>6} {'viol P':>7} {'R':>7} {'F1':>7} {'accused':>7} "
    f"{'omis P':>7} {'R':>7} {'F1':>7}"
)


@click.command()
@click.argument("labels", type=click.Path(exists=True, path_type=Path))
@click.option("--split", "splits", multiple=True, help="Split of a folder with splits.csv.")
@click.option("--noise", "shares", default="", help="Also with damaged text, e.g. 0.1,0.2.")
@click.option("--policy", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--seed", type=int, default=1, show_default=True, help="Decides the damage.")
def main(
    labels: Path, splits: tuple[str, ...], shares: str, policy: Path | None, seed: int
) -> None:
    """Judge LABELS (labelled calls with their text) with one part left out at a time."""
    from auditor.pipeline.judging import build_detector

    held = read_labels(labels, splits)
    click.echo(f"{len(held.scripts)} calls")
    click.echo(HEAD)
    for measured in measure(held, build_detector(policy), shares_from(shares), seed):
        for line in lines(measured):
            click.echo(line)


if __name__ == "__main__":
    main()
