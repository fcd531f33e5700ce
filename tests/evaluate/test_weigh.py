"""The weights of the judgement are fitted on calls that neither rules nor classifier have seen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from auditor.detect.signals import WEIGHED, Signals
from auditor.detect.weights import card_hash
from auditor.domain.findings import Category, Disclosure
from auditor.evaluate.levels import Chances, accusing_levels, contested_level
from auditor.evaluate.weigh import Example, fit, main
from auditor.ingest.splits import read_splits
from auditor.resources import data_folder, model_folder

SHIPPED = data_folder("models") / "corpus"
CALLS_EACH = 10


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three training batches of a few calls each; rules were written from the first."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "calls").mkdir()
    rows = ["batch,split,rules_written_from"]
    for batch, written in (("b001", "yes"), ("b022", "no"), ("b024", "no")):
        text = (SHIPPED / "calls" / f"{batch}.txt").read_text("utf-8")
        calls = re.split(r"(?m)^(?==== \S)", text)[1 : CALLS_EACH + 1]
        (folder / "calls" / f"{batch}.txt").write_text("".join(calls), "utf-8")
        rows.append(f"{batch},training,{written}")
    (folder / "splits.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return folder


def test_one_command_fits_and_writes(corpus: Path, tmp_path: Path) -> None:
    """Calls the rules were written from are left out; the classifier's card is remembered."""
    done = CliRunner().invoke(main, [str(corpus), "--out", str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0
    assert f"{2 * CALLS_EACH} calls" in done.output
    told = json.loads((tmp_path / "weights.json").read_text("utf-8"))
    assert told["card"]["batches"] == ["b022", "b024"]
    assert told["card"]["classifier"] == card_hash(model_folder("turn-risk"))
    assert set(told["owed"]) == {d.value for d in Disclosure}


def test_the_batches_of_the_rules_are_named_in_the_splits() -> None:
    """Some training batches are free of them, or nothing could be fitted."""
    written = read_splits(SHIPPED).written_from
    assert "b001" in written
    assert "b020" not in written


def example(batch: str, chance: float, *, violated: bool) -> Example:
    """A call in which the classifier suspects a threat."""
    chances = {c.value: 0.01 for c in WEIGHED} | {"threat": chance}
    from auditor.classify.labels import LABELS

    highest = dict.fromkeys(LABELS, 0.01) | chances
    nothing: frozenset[Disclosure] = frozenset()
    signals = Signals(9, highest, chances, frozenset(), frozenset(), nothing, nothing)
    threat = frozenset({Category.THREAT}) if violated else frozenset()
    return Example(batch, signals, threat, nothing, nothing)


def test_what_the_classifier_says_is_learnt_to_be_trusted() -> None:
    """Where its word is right, a likelier call is judged likelier."""
    many = [example("b", 0.9, violated=True), example("b", 0.05, violated=False)] * 20
    judgement = fit(many)
    high, low = (judgement.violated(one.signals, Category.THREAT) for one in many[:2])
    assert high > 0.8 > 0.2 > low


def test_levels_are_the_lowest_that_are_precise_enough() -> None:
    """Below it too many of the accused are innocent; a category may need a higher one."""
    count = len(WEIGHED)
    chance = np.full((40, count), 0.9)
    violated = np.ones((40, count), bool)
    chance[30:, 0], violated[30:, 0] = 0.55, False
    nothing = np.zeros((40, 1), bool)
    levels = accusing_levels(Chances(chance, violated, ~violated[:, 0], nothing, nothing, nothing))
    assert levels[WEIGHED[0]] == pytest.approx(0.56)
    assert levels[WEIGHED[1]] == pytest.approx(0.4)


def test_development_calls_may_ask_for_a_higher_level() -> None:
    """What is precise where the weights were fitted must be so elsewhere."""
    count = len(WEIGHED)
    nothing = np.zeros((20, 1), bool)
    good = np.ones((20, count), bool)
    fitted = Chances(np.full((20, count), 0.9), good, ~good[:, 0], nothing, nothing, nothing)
    chance, violated = np.full((20, count), 0.9), good.copy()
    chance[:5, 0], violated[:5, 0] = 0.7, False
    levels = accusing_levels(
        fitted, Chances(chance, violated, ~violated[:, 0], nothing, nothing, nothing)
    )
    assert levels[WEIGHED[0]] == pytest.approx(0.71)
    assert levels[WEIGHED[1]] == pytest.approx(0.4)


def test_omissions_against_words_that_a_rule_heard_take_more() -> None:
    """The level is where they hold; what no rule heard does not count towards it."""
    chance = np.array([[0.9, 0.9]] * 8 + [[0.6, 0.6]] * 8)
    omitted = np.array([[True, False]] * 8 + [[False, False]] * 8)
    heard = np.array([[True, False]] * 16)
    nothing = np.zeros((16, len(WEIGHED)), bool)
    chances = Chances(nothing * 0.5, nothing, ~nothing[:, 0], chance, omitted, heard)
    assert contested_level(chances) == pytest.approx(0.61)
