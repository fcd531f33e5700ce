"""The trained model finds a label likely in a turn or in a call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from rule_bench import Bench, words

from auditor.classify.model import TurnRisk, load_model
from auditor.conditions.base import MISS, UNDETERMINED, Answer
from auditor.conditions.node import Node, Source
from auditor.conditions.risk import CallRisk
from auditor.conditions.scene import Scene
from auditor.conditions.truth import Truth
from auditor.domain.findings import How
from auditor.policy.strictyaml import read_yaml
from auditor.resources import model_folder

H, M, U = Truth.HIT, Truth.MISS, Truth.UNDETERMINED
BENCH = Bench(classifier="turn-risk")

RUDE = (
    "A 喂，上次答应的钱呢？",
    "C 孩子住院，实在周转不开。",
    "A 你看看你，一个大男人连孩子看病都供不起，活得窝不窝囊？",
    "C 请你放尊重一点。",
    "A 行，那您说个时间。",
)
KIND = (
    "A 喂，您好，上次说的还款您方便了吗？",
    "C 孩子住院，实在周转不开。",
    "A 您一个人撑着不容易，先照顾好孩子，分期的事我帮您申请。",
    "C 谢谢你。",
    "A 不客气，您保重。",
)
POOR = (
    "A 您这期什么时候能还？",
    "C 我失业半年了，孩子又生病住院，家里实在拿不出钱来。",
    "A 您别急，可以申请分期。",
)
INSULT = 2


@pytest.fixture(scope="module")
def model() -> TurnRisk:
    """The shipped model."""
    return load_model(model_folder("turn-risk"))


def laid_out(model: TurnRisk, *lines: str, marked: Sequence[int] = ()) -> Scene:
    """A talk with what the model says of it."""
    scene = BENCH.scene(*lines, marked=marked)
    scene.risk = CallRisk(model, scene.transcript)
    return scene


def ask(scene: Scene, told: object) -> Answer:
    """Look for a condition, which must be sound."""
    source = Source("rule.yaml", {}, [])
    condition = BENCH.reading.condition(Node({"classifier": told}, source))
    assert source.problems == []
    return condition.find(scene)


@pytest.mark.parametrize(
    ("told", "lines", "truth"),
    [
        ("abuse", RUDE, H),
        ({"label": "abuse"}, RUDE, H),
        ({"label": "abuse", "at_least": "precise"}, RUDE, H),
        ({"label": "abuse", "in_call": True}, RUDE, H),
        ("cue:hardship", POOR, H),
        ("abuse", KIND, M),
        ({"label": "abuse", "in_call": True}, KIND, M),
        ("threat", RUDE, M),
        ({"label": "third_party", "in_call": True}, RUDE, M),
        ("recording_notice", RUDE, M),
        ("abuse", (), M),
        ({"label": "abuse", "in_call": True}, (), M),
        ("abuse", ("A ",), M),
        ("abuse", RUDE[1::2], M),
        ("abuse", [f"U {line[2:]}" for line in RUDE], M),
    ],
)
def test_hits_where_the_model_is_sure(
    model: TurnRisk, told: object, lines: Sequence[str], truth: Truth
) -> None:
    """Kindness, other labels, customers, unknown speakers and silence give no hit."""
    assert ask(laid_out(model, *lines), told).truth is truth


@pytest.mark.parametrize("in_call", [False, True])
def test_a_hit_points_into_the_likeliest_turn(model: TurnRisk, in_call: bool) -> None:
    """The hit quotes characters of the turn as written, and carries the model's probability."""
    scene = laid_out(model, *RUDE)
    answer = ask(scene, {"label": "abuse", "in_call": in_call})
    (hit,) = answer.hits
    assert hit.turn == INSULT
    assert hit.how is How.CLASSIFIER
    assert hit.source == "abuse"
    assert 0 <= hit.start < hit.end <= len(scene.views[INSULT].text)
    (quoted,) = words(scene, answer)
    assert quoted
    assert quoted in RUDE[INSULT]
    assert scene.risk is not None
    chance = scene.risk.call("abuse") if in_call else scene.risk.turn(INSULT, "abuse")
    assert hit.chance == pytest.approx(chance, abs=1e-4)


@pytest.mark.parametrize(("label", "in_call"), [("abuse", False), ("abuse", True)])
def test_without_a_bound_the_card_sets_it(model: TurnRisk, label: str, in_call: bool) -> None:
    """The same call is a hit just at the probability it has, and none just above."""
    scene = laid_out(model, *RUDE)
    assert scene.risk is not None
    chance = scene.risk.call(label) if in_call else scene.risk.turn(INSULT, label)
    bound = model.thresholds[f"call:{label}" if in_call else label]
    assert scene.risk.threshold(label, in_call=in_call) == bound
    assert chance > bound
    told = {"label": label, "in_call": in_call}
    assert ask(scene, {**told, "at_least": chance}).truth is H
    assert ask(scene, {**told, "at_least": min(1.0, chance + 1e-6)}).truth is M


def test_a_label_without_a_precise_bound_never_hits(model: TurnRisk) -> None:
    """The card's bound above 1 means that the model was never sure enough of that label."""
    unsure = [label for label, bound in model.thresholds.items() if bound > 1]
    scene = laid_out(model, *RUDE)
    assert scene.risk is not None
    for label in unsure:
        assert ask(scene, label).truth is M
    assert scene.risk.threshold("not a label", in_call=False) > 1


@pytest.mark.parametrize("in_call", [False, True])
def test_a_given_bound_takes_every_turn_that_reaches_it(model: TurnRisk, in_call: bool) -> None:
    """Each turn by itself, in order; of a whole call still one turn only."""
    scene = laid_out(model, *RUDE, *RUDE)
    found = ask(scene, {"label": "abuse", "at_least": 0, "in_call": in_call})
    turns = [hit.turn for hit in found.hits]
    if in_call:
        assert turns in ([INSULT], [INSULT + len(RUDE)])
    else:
        assert turns == list(range(2 * len(RUDE)))


@pytest.mark.parametrize("in_call", [False, True])
def test_between_two_bounds_it_is_open(model: TurnRisk, in_call: bool) -> None:
    """What reaches ``review_from`` only is undetermined and still points at its words."""
    scene = laid_out(model, *RUDE)
    assert scene.risk is not None
    chance = scene.risk.call("abuse") if in_call else scene.risk.turn(INSULT, "abuse")
    told = {"label": "abuse", "in_call": in_call, "at_least": min(1.0, chance + 1e-6)}
    answer = ask(scene, {**told, "review_from": 0.5})
    assert answer.truth is U
    assert [hit.turn for hit in answer.hits] == [INSULT]
    assert ask(scene, {**told, "at_least": 0.5, "review_from": 0.1}).truth is H
    kind = laid_out(model, *KIND)
    assert ask(kind, {"label": "abuse", "in_call": in_call, "review_from": 0.5}) == MISS


@pytest.mark.parametrize("in_call", [False, True])
def test_unusable_turns_are_neither_found_nor_read(model: TurnRisk, in_call: bool) -> None:
    """An invented sentence counts for nothing, whatever it says; the rest is judged without it."""
    told = {"label": "abuse", "in_call": in_call}
    assert ask(laid_out(model, *RUDE, marked=[INSULT]), told) == MISS
    silent = [line if index != INSULT else "A " for index, line in enumerate(RUDE)]
    unread = laid_out(model, *RUDE, marked=[INSULT])
    empty = laid_out(model, *silent)
    assert unread.risk is not None
    assert empty.risk is not None
    assert unread.risk.call("abuse") == empty.risk.call("abuse")
    everything = laid_out(model, *RUDE, marked=range(len(RUDE)))
    assert ask(everything, {**told, "at_least": 0}) == MISS


def test_without_a_model_the_answer_is_open() -> None:
    """A policy judged without its model says nothing about the call."""
    assert ask(BENCH.scene(*RUDE), "abuse") == UNDETERMINED
    assert ask(BENCH.scene(*RUDE), {"label": "abuse", "in_call": True}) == UNDETERMINED


@pytest.mark.parametrize("speaker", ["agent", "customer"])
def test_where_narrows_it_as_other_conditions(model: TurnRisk, speaker: str) -> None:
    """The common modifiers work: hits outside the first turns are dropped."""
    source = Source("rule.yaml", {}, [])
    told = {"classifier": "abuse", "speaker": speaker, "where": {"first_turns": 1}}
    condition = BENCH.reading.condition(Node(told, source))
    assert source.problems == []
    assert condition.find(laid_out(model, *RUDE)).truth is M


MISTAKES = [
    ("classifier: rudeness\n", "turn-risk", "unknown_word", 1),
    ("classifier:\n  label: rudeness\n", "turn-risk", "unknown_word", 2),
    ("classifier:\n  at_least: 0.5\n", "turn-risk", "unknown_word", 1),
    ("classifier:\n  label: plan\n  in_call: true\n", "turn-risk", "not_of_calls", 3),
    ("classifier:\n  label: cue:hardship\n  in_call: true\n", "turn-risk", "not_of_calls", 3),
    ("classifier:\n  label: abuse\n  at_least: 1.5\n", "turn-risk", "out_of_range", 3),
    ("classifier:\n  label: abuse\n  at_least: often\n", "turn-risk", "not_a_number", 3),
    ("classifier:\n  label: abuse\n  review_from: -1\n", "turn-risk", "out_of_range", 3),
    ("classifier:\n  label: abuse\n  surely: true\n", "turn-risk", "unknown_key", 3),
    ("\nclassifier: abuse\n", "", "no_classifier", 2),
    ("\nclassifier:\n  label: abuse\n", "", "no_classifier", 2),
]


@pytest.mark.parametrize(("text", "classifier", "reason", "line"), MISTAKES)
def test_mistakes_are_reported_with_file_and_line(
    tmp_path: Path, text: str, classifier: str, reason: str, line: int
) -> None:
    """An unknown label, a bound outside 0..1, an act judged by call, a policy without a model."""
    path = tmp_path / "rule.yaml"
    path.write_text(text, encoding="utf-8")
    value, source = read_yaml(path, "rules/abuse/mine.yaml")
    Bench(classifier=classifier).reading.condition(Node(value, source))
    assert [(p.where, p.reason) for p in source.problems] == [
        (f"rules/abuse/mine.yaml:{line}", reason)
    ]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("abuse", "该段话为〔abuse〕的概率不低于模型卡的精确阈值"),
        (
            {"label": "threat", "in_call": True, "at_least": 0.75},
            "整通电话为〔threat〕的概率不低于0.75",
        ),
    ],
)
def test_says_itself_in_chinese(told: object, said: str) -> None:
    """What is judged, for which label and from which bound."""
    assert said in BENCH.condition({"classifier": told}).describe()
