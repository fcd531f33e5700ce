"""Judging calls with the shipped model."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.classify.calls import Dialogue
from auditor.classify.grams import LONGEST_TURN
from auditor.classify.labels import (
    AGENT_COLUMNS,
    CATEGORIES,
    CUSTOMER_COLUMNS,
    LABELS,
)
from auditor.classify.linear import times
from auditor.classify.model import TurnRisk
from auditor.classify.packed import Packed
from auditor.classify.terms import Hits
from auditor.domain.calls import Callee, Speaker
from auditor.resources import model_folder

Calls = tuple[Dialogue, ...]

_TURNS = st.lists(
    st.tuples(st.sampled_from(Speaker), st.text("还钱验证码你您给我说吧不a1，。", max_size=20)),
    max_size=8,
)


def test_shapes_and_range(model: TurnRisk, dialogues: Calls) -> None:
    """One row a turn and a call, one column a label, probabilities."""
    judged = model.predict(dialogues)
    turns = sum(len(call.turns) for call in dialogues)
    assert judged.turns.shape == (turns, len(LABELS))
    assert judged.calls.shape == (len(dialogues), len(CATEGORIES))
    for array in (judged.turns, judged.calls):
        assert ((array >= 0) & (array <= 1)).all()
    assert judged.turns_of(0).shape == (5, len(LABELS))


def test_nothing_to_judge(model: TurnRisk) -> None:
    """No calls, no rows."""
    judged = model.predict([])
    assert judged.turns.shape == (0, len(LABELS))
    assert judged.calls.shape == (0, len(CATEGORIES))


def test_only_who_can(model: TurnRisk, dialogues: Calls) -> None:
    """Agents give no cues, customers violate nothing, unknown speakers get no probabilities."""
    judged = model.predict(dialogues)
    speakers = np.array([speaker for call in dialogues for speaker, _ in call.turns])
    assert not judged.turns[speakers == Speaker.AGENT, CUSTOMER_COLUMNS].any()
    assert not judged.turns[speakers == Speaker.CUSTOMER, AGENT_COLUMNS].any()
    assert not judged.turns[speakers == Speaker.UNKNOWN].any()


def test_plain_cases(model: TurnRisk, dialogues: Calls) -> None:
    """Turns with plain wording are told from their neighbours; labels are in their columns."""
    rows = model.predict(dialogues).turns_of(0)
    for label, turn in (
        ("institution_identity", 0),
        ("recording_notice", 0),
        ("credential_request", 2),
        ("cue:hardship", 3),
        ("threat", 4),
    ):
        column = rows[:, LABELS.index(label)]
        assert int(column.argmax()) == turn, label
        assert column[turn] > 0.4, label


def test_company_does_not_matter(model: TurnRisk, dialogues: Calls) -> None:
    """A call gets the same numbers to the last bit alone, in any order, among thousands."""
    alone = [model.predict([call]) for call in dialogues]
    many = model.predict(dialogues[::-1] * 150)
    for number, one in enumerate(alone):
        place = len(dialogues) - 1 - number
        for copy in (place, place + len(dialogues) * 149):
            assert np.array_equal(many.turns_of(copy), one.turns)
            assert np.array_equal(many.calls[copy], one.calls[0])


@settings(deadline=None, max_examples=25)
@given(st.lists(_TURNS, min_size=1, max_size=4))
def test_company_of_any_calls(model: TurnRisk, calls: list[list[tuple[Speaker, str]]]) -> None:
    """The same for any calls."""
    dialogues = [Dialogue(tuple(turns)) for turns in calls]
    together = model.predict(dialogues)
    for number, dialogue in enumerate(dialogues):
        assert np.array_equal(together.turns_of(number), model.predict([dialogue]).turns)


def test_marks_and_script_do_not_matter(model: TurnRisk, dialogues: Calls) -> None:
    """Punctuation, blanks, width and traditional script change nothing."""
    turns = tuple(
        (speaker, f" {text} ".replace("，", "").replace("。", "!!").replace("这", "這"))
        for speaker, text in dialogues[0].turns
    )
    other = Dialogue(turns, dialogues[0].callee)
    assert np.array_equal(model.predict([other]).turns, model.predict([dialogues[0]]).turns)


def test_context_and_callee_count(model: TurnRisk, dialogues: Calls) -> None:
    """What is said around a turn and whom the dialler called have a say."""
    turns = dialogues[0].turns
    threat = LABELS.index("threat")
    whole = model.predict([dialogues[0]]).turns_of(0)[4, threat]
    alone = model.predict([Dialogue(turns[4:])]).turns_of(0)[0, threat]
    other = model.predict([Dialogue(turns, Callee.THIRD_PARTY)]).turns_of(0)[4, threat]
    assert whole != alone
    assert whole != other


def test_endless_turn(model: TurnRisk) -> None:
    """A turn of a million characters is judged by its ends."""
    text = "好" * LONGEST_TURN + "请你还钱" * 250_000
    call = Dialogue(((Speaker.AGENT, text), (Speaker.CUSTOMER, "嗯")))
    assert np.isfinite(model.predict([call]).turns).all()


def test_explanation_points_at_the_words(model: TurnRisk, dialogues: Calls) -> None:
    """The heaviest stretch of a request for a code lies in the request."""
    found = model.explain(dialogues[0], 2, "credential_request")
    assert found
    own = [one for one in found if one.turn == 2]
    text = dialogues[0].turns[2][1]
    assert any(set("数字念收到") & set(text[o.span.start : o.span.end]) for o in own)
    assert own[0].weight == max(one.weight for one in own)


@pytest.mark.parametrize("label", ["threat", "recording_notice", "apology"])
def test_explanations_lie_in_their_turns(model: TurnRisk, dialogues: Calls, label: str) -> None:
    """Every stretch is a non-empty part of the text of the turn it names."""
    for call in dialogues:
        for turn in range(len(call.turns)):
            for found in model.explain(call, turn, label):
                assert 0 <= found.span.start < found.span.end <= len(call.turns[found.turn][1])
                assert found.weight > 0


def test_nothing_to_explain(model: TurnRisk, dialogues: Calls) -> None:
    """A label that a speaker cannot have has no explanation; unknown names are errors."""
    assert model.explain(dialogues[0], 1, "threat") == ()
    assert model.explain(dialogues[0], 0, "cue:hardship") == ()
    with pytest.raises(ValueError, match="turn 9"):
        model.explain(dialogues[0], 9, "threat")
    with pytest.raises(ValueError, match="rudeness"):
        model.explain(dialogues[0], 0, "rudeness")


def test_thresholds_name_every_label(model: TurnRisk) -> None:
    """There is a threshold for each label and for each category of calls."""
    assert set(model.thresholds) == {*LABELS, *(f"call:{name}" for name in CATEGORIES)}


def test_light_imports(tmp_path: Path) -> None:
    """Judging needs neither scikit-learn nor anything else that trains."""
    code = (
        "import sys; from auditor.classify.model import load_model; "
        "from auditor.classify.calls import Dialogue; from auditor.domain.calls import Speaker; "
        "from pathlib import Path; m = load_model(Path(sys.argv[1])); "
        "m.predict([Dialogue(((Speaker.AGENT, '还钱'),))]); "
        "heavy = {'sklearn', 'scipy', 'pandas', 'jieba', 'pypinyin', 'torch'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or 0)"
    )
    command = [sys.executable, "-c", code, str(model_folder("turn-risk"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("rows", [0, 1, 2, 13, 64, 65, 200])
@pytest.mark.parametrize(("inner", "columns"), [(1, 1), (10, 11), (146, 25), (146, 1)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_products_are_added_up_in_one_order(
    rows: int, inner: int, columns: int, order: Literal["C", "F"]
) -> None:
    """However many rows and however they lie in memory: one product after the other."""
    draw = np.random.default_rng(rows)
    left = draw.normal(size=(rows, inner)).astype(np.float32, order=order)
    right = draw.normal(size=(inner, columns)).astype(np.float32, order=order)
    expected = np.zeros((rows, columns), np.float32)
    for column in range(inner):
        expected += left[:, column, None] * right[column]
    assert np.array_equal(times(left, right), expected)


@pytest.mark.parametrize("longest", [3, 256, 257, 1000])
def test_packed_rows_add_up(longest: int) -> None:
    """Sums of any number of rows of bytes are exact, turn by turn, on one side only."""
    draw = np.random.default_rng(longest)
    weights = draw.choice([-128, -127, -1, 0, 1, 127], (50, 9)).astype(np.int8)
    lengths = draw.integers(0, longest + 1, 40)
    lengths[7] = longest
    turns = np.repeat(np.arange(40), lengths)
    rows = draw.integers(0, 60, len(turns))
    side = draw.random(40) < 0.6
    side[7] = True
    nothing = np.zeros(len(rows), np.int64)
    bounds = np.concatenate(([0], np.cumsum(lengths)))
    hits = Hits(rows, turns, nothing, nothing, bounds, np.ones(40, np.float32))
    known = rows < 50
    expected = [
        weights[rows[known & (turns == turn)]].astype(np.int64).sum(0)
        for turn in np.flatnonzero(side)
    ]
    assert np.array_equal(Packed(weights).sums(hits, side), expected)
