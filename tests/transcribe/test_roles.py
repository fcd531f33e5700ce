"""Who is the agent, from the text of channels and turns, with the shipped role model."""

import hashlib
import json

import numpy as np
import pytest

from auditor.audio.speakers import VoiceLabel
from auditor.domain.calls import Speaker
from auditor.errors import RecogniserError
from auditor.resources import model_folder
from auditor.transcribe.mono import assign_roles, split_questions
from auditor.transcribe.role_model import load_role_model, terms_of
from auditor.transcribe.roles import decide_channels, owners
from auditor.transcribe.train_roles import main as train_main
from auditor.transcribe.train_roles import read_dialogues
from auditor.transcribe.turns import Utterance

AGENT = [
    "您好，请问是赵立新先生吗？",
    "我是临海银行信用卡中心的，工号三三零七，本次通话有录音。",
    "您尾号四四一二的卡逾期了十七天，应还三千五百元。",
    "那您看今天下午五点前能处理吗？",
]
CUSTOMER = [
    "喂，哪位？",
    "是我，什么事？",
    "我这个月工资还没发，手上真没钱。",
    "你们能不能宽限几天？",
]


@pytest.fixture(scope="module")
def model():
    """The shipped role model."""
    return load_role_model(model_folder("roles"))


def test_the_agents_channel_is_found_on_either_side(model, fold):
    """Left or right does not matter, what is said does."""
    for lanes, agent in (([AGENT, CUSTOMER], 0), ([CUSTOMER, AGENT], 1)):
        decision = decide_channels(lanes, model, fold)
        assert (decision.agent, decision.method) == (agent, "channel_text")
        assert decision.confidence > 0.95


def test_one_channel_alone_is_judged_too(model, fold):
    """The other side never spoke."""
    assert decide_channels([[], AGENT], model, fold).agent == 1
    assert decide_channels([[], CUSTOMER], model, fold).agent == 0


def test_a_declared_channel_wins(model, fold):
    """The manifest knows better than two words."""
    decision = decide_channels([["喂"], ["嗯"]], model, fold, declared=1)
    assert (decision.agent, decision.confidence, decision.method) == (1, 1.0, "declared")
    assert not decision.contradicted


def test_swapped_channels_are_reported_and_not_trusted(model, fold):
    """The declared side stays, yet no finding may rest on it."""
    decision = decide_channels([AGENT, CUSTOMER], model, fold, declared=1)
    assert decision.contradicted
    assert (decision.agent, decision.confidence) == (1, 0.5)


def test_little_text_gives_little_confidence(model, fold):
    """Two greetings decide nothing."""
    assert decide_channels([["喂"], ["喂"]], model, fold).confidence < 0.9


def test_silence_decides_nothing(model, fold):
    """Nobody is the agent of an empty call."""
    decision = decide_channels([[], []], model, fold)
    assert decision.agent is None
    assert owners([Utterance(0, ())], decision)[0].speaker is Speaker.UNKNOWN


def test_traditional_script_and_missing_punctuation_change_nothing(model, fold):
    """Recognisers write either script, with or without punctuation."""
    assert model.log_odds(fold("請問您是陳先生嗎？")) == model.log_odds(fold("请问您是陈先生吗"))


@pytest.mark.parametrize(("text", "terms"), [("", 0), ("，。", 0), ("喂", 4), ("喂喂", 6)])
def test_terms_of_short_texts(text, terms):
    """Empty text says nothing either way."""
    assert len(terms_of(text)) == terms


def talk(piece):
    """The dialogue above as pieces of one channel, half a second apart."""
    pieces, at = [], 0.0
    for question, answer in zip(AGENT, CUSTOMER, strict=True):
        for text in (question, answer):
            pieces.append(piece(text, at))
            at = pieces[-1].end + 0.5
    return pieces


def roles_of(pieces, model, fold, **options):
    """Decide every piece."""
    odds = [model.log_odds(fold(piece.text)) for piece in pieces]
    return assign_roles(pieces, odds, **options)


def test_turns_of_one_channel_are_told_apart_by_text(model, fold, piece):
    """Without any voice information; what it is sure of is right."""
    roles = roles_of(talk(piece), model, fold)
    right = [
        role.speaker is expected
        for role, expected in zip(roles, [Speaker.AGENT, Speaker.CUSTOMER] * 4, strict=True)
    ]
    assert sum(right) >= 7
    assert all(ok for ok, role in zip(right, roles, strict=True) if role.confidence >= 0.9)
    assert {role.method for role in roles} == {"text"}


@pytest.mark.parametrize("agent_label", [0, 1])
def test_voices_settle_what_the_text_leaves_open(agent_label, model, fold, piece):
    """A bare 嗯 is decided by its voice, whichever cluster the agent's is."""
    pieces = [*talk(piece), piece("嗯", 60.0), piece("嗯", 62.0)]
    labels = [agent_label, 1 - agent_label] * 5
    voices = [VoiceLabel(label, 0.97) for label in labels]
    roles = roles_of(pieces, model, fold, voices=voices)
    assert [role.speaker for role in roles] == [Speaker.AGENT, Speaker.CUSTOMER] * 5
    assert {role.method for role in roles} == {"mono_cluster_text"}
    assert min(role.confidence for role in roles) > 0.6


def test_sure_pieces_are_surer_than_unsure_ones(model, fold, piece):
    """Confidence follows the evidence."""
    roles = roles_of([*talk(piece), piece("嗯", 60.0)], model, fold)
    assert roles[-1].confidence < 0.9 < roles[2].confidence


def test_voices_without_any_text_leave_the_speaker_unknown(piece):
    """Two voices, but nothing says which of them is the agent."""
    pieces = [piece("嗯", 2.0 * k) for k in range(6)]
    voices = [VoiceLabel(k % 2, 0.99) for k in range(6)]
    roles = assign_roles(pieces, [0.0] * 6, voices=voices)
    assert {role.speaker for role in roles} == {Speaker.UNKNOWN}


def test_nothing_said_gives_no_roles():
    """An empty call."""
    assert assign_roles([], []) == ()


def test_a_question_and_its_answer_are_cut_apart(piece):
    """Where one piece holds both sides, it is cut after the question and its pause."""
    words = piece("请问是王先生吗是我这边", 0.0)
    shifted = [
        type(w)(w.start + (k > 6) * 0.4, w.end + (k > 6) * 0.4, w.text, w.probability)
        for k, w in enumerate(words.words)
    ]
    joined = type(words)(0.0, 4.0, words.text, tuple(shifted), -0.1, 0.0, 1.0)
    assert [part.text for part in split_questions(joined)] == ["请问是王先生吗", "是我这边"]


@pytest.mark.parametrize("text", ["请问是王先生吗我是银行的", "您好，我是银行的", "吗", ""])
def test_sentences_without_a_pause_after_a_question_stay_whole(text, piece):
    """A question mark alone is no change of speaker."""
    assert [part.text for part in split_questions(piece(text))] == [text]


DIALOGUES = """=== t-001
title: A: not a turn
A: {institution_identity, !threat~} 您好，我是银行的。
C: 喂
A: {cue:x}
===
=== t-002
C: {cue:hardship} 没钱。
A: 您的账单逾期了
===
"""


@pytest.fixture
def corpus(tmp_path):
    """Two batches of dialogues."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("a.txt", "b.txt", "held.txt"):
        (folder / name).write_text(DIALOGUES * 3, encoding="utf-8")
    return folder


def test_dialogues_are_read_without_their_labels(corpus):
    """Heads, labels and empty turns are no speech."""
    first, second, *_ = read_dialogues(corpus / "a.txt")
    assert first == ((Speaker.AGENT, "您好，我是银行的。"), (Speaker.CUSTOMER, "喂"))
    assert second == ((Speaker.CUSTOMER, "没钱。"), (Speaker.AGENT, "您的账单逾期了"))


def train(corpus, out):
    """Train on the fixture corpus."""
    return train_main(["--corpus", str(corpus), "--out", str(out), "--hold-out", "held.txt"])


def test_training_is_reproducible_to_the_byte(corpus, tmp_path, fold):
    """Same data and seed, same files; the held-out batch is not among them."""
    for name in ("one", "two"):
        assert train(corpus, tmp_path / name) == 0
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert files == ["card.json", "terms.txt", "weights.npz"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    assert json.loads((tmp_path / "one" / "card.json").read_text())["batches"] == ["a.txt", "b.txt"]
    trained = load_role_model(tmp_path / "one")
    assert trained.log_odds(fold("您好")) > 0 > trained.log_odds(fold("没钱"))


@pytest.mark.parametrize("name", ["weights.npz", "terms.txt"])
def test_a_changed_model_is_refused(name, corpus, tmp_path):
    """By hash, before anything of it is used."""
    train(corpus, tmp_path / "model")
    path = tmp_path / "model" / name
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(RecogniserError, match="changed"):
        load_role_model(tmp_path / "model")


def test_a_pickle_is_refused_even_with_the_right_hash(corpus, tmp_path):
    """Object arrays run code when they are loaded; they are not loaded."""
    folder = tmp_path / "model"
    train(corpus, folder)
    np.savez(folder / "weights.npz", weights=np.array([{}], dtype=object), bias=np.array(0.0))
    card = json.loads((folder / "card.json").read_text())
    data = (folder / "weights.npz").read_bytes()
    card["sha256"]["weights.npz"] = hashlib.sha256(data).hexdigest()
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(RecogniserError, match="cannot be read"):
        load_role_model(folder)


@pytest.mark.parametrize("card", ["", "{}", "[]", '{"sha256": 3}'])
def test_a_model_without_a_usable_card_is_refused(card, corpus, tmp_path):
    """No hashes, no model."""
    train(corpus, tmp_path / "model")
    (tmp_path / "model" / "card.json").write_text(card)
    with pytest.raises(RecogniserError, match="role model"):
        load_role_model(tmp_path / "model")


def test_the_shipped_model_is_small_and_held_out_its_test_batch():
    """Under a megabyte, and its card says what it was trained on."""
    folder = model_folder("roles")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 1_000_000
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert "b008.txt" in card["held_out"]
    assert "b008.txt" not in card["batches"]
