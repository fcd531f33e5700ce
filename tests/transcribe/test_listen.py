"""One call from a file of real speech to its transcript.

The sound is synthesised speech through the real decoding, channel inspection and voice
clustering. Words come from a recogniser that knows what was said when and hears it on every
channel that carries sound at that time, so that the text is under the tests' control.
"""

from dataclasses import dataclass, field

import numpy as np
import pytest

from auditor.audio.limits import RATE
from auditor.domain.calls import AgentChannel, Call, Recording, Speaker
from auditor.domain.transcripts import HealthIssue, Mark
from auditor.errors import AudioError
from auditor.resources import model_folder
from auditor.transcribe.base import Piece
from auditor.transcribe.cache import TranscriptCache
from auditor.transcribe.listen import listen
from auditor.transcribe.models import resolve_model
from auditor.transcribe.role_model import load_role_model
from auditor.transcribe.whisper import DecodeOptions, WhisperRecogniser

CALL = Call(call_id="007", agent_id="A1", synthetic=True)
TALK = [
    ("agent", "您好，请问是赵立新先生吗？"),
    ("customer", "是我，什么事？"),
    ("agent", "我是临海银行信用卡中心的，工号三三零七，本次通话有录音。"),
    ("customer", "我这个月工资还没发，手上真没钱。"),
    ("agent", "您尾号四四一二的卡逾期了十七天，应还三千五百元，今天能处理吗？"),
    ("customer", "你们能不能宽限几天？"),
]
VOICES = {"agent": ("-v", "cmn-latn-pinyin+f2", "-p", "65"), "customer": ("-p", "25")}


@dataclass
class Scripted:
    """Writes the script's sentences where the channel it is given carries sound.

    Args:
        script: (start, end, text) in seconds.
        make: Makes a piece.
        invented: Pieces written on every channel, whatever it carries.
    """

    script: list
    make: object
    invented: tuple = ()
    fingerprint: str = "f" * 64
    prompt: str = ""
    hotwords: str = ""
    heard: list = field(default_factory=list)

    def describe(self):
        """Say what it is."""
        return {"engine": "scripted 1", "model": "script", "fingerprint": self.fingerprint}

    def transcribe(self, channel):
        """Hear a sentence where the loudness says somebody speaks."""
        self.heard.append(channel)
        pieces = list(self.invented)
        for start, end, text in self.script:
            part = channel[int(start * RATE) : int(end * RATE)]
            if part.size and float(np.sqrt(np.mean(part**2))) > 1e-3:
                pieces.append(self.make(text, start, end))
        return tuple(sorted(pieces, key=lambda piece: piece.start))


@pytest.fixture(scope="module")
def talk(speech):
    """The talk as one sound a side and its script, half a second between turns."""
    sides = {"agent": [], "customer": []}
    script, at = [], RATE // 2
    for side, text in TALK:
        sound = 0.8 * speech(text, *VOICES[side])
        sides[side].append((at, sound))
        script.append((at / RATE, (at + len(sound)) / RATE, text))
        at += len(sound) + RATE // 2
    noise = np.random.default_rng(0)
    tracks = {}
    for side, placed in sides.items():
        track = noise.normal(0, 1e-4, at).astype(np.float32)
        for start, sound in placed:
            track[start : start + len(sound)] += sound
        tracks[side] = track
    return tracks, script


@pytest.fixture(scope="module")
def role_model():
    """The shipped one."""
    return load_role_model(model_folder("roles"))


@pytest.fixture
def hear(tmp_path, write_wav, talk, piece, normaliser, role_model):
    """Write channels to a file, listen to it, and return transcript and recogniser."""

    def run(channels, *, name="call.wav", recogniser=None, agent_channel=None, **options):
        recogniser = recogniser or Scripted(talk[1], piece)
        path = write_wav(tmp_path / name, channels)
        transcript = listen(
            CALL,
            Recording(path=path, agent_channel=agent_channel),
            recogniser=recogniser,
            role_model=role_model,
            normaliser=normaliser,
            **options,
        )
        return transcript, recogniser

    return run


def said(transcript):
    """Speaker and text of every usable turn."""
    return [(str(turn.speaker), turn.text) for turn in transcript.turns if turn.usable]


@pytest.mark.parametrize("sides", [("agent", "customer"), ("customer", "agent")])
def test_two_channels_become_turns_of_both_sides(sides, hear, talk):
    """Whichever side the agent is on; times refer to the recording."""
    transcript, _ = hear([talk[0][side] for side in sides])
    assert said(transcript) == TALK
    assert {turn.speaker_method for turn in transcript.turns} == {"channel_text"}
    assert min(turn.speaker_confidence for turn in transcript.turns) > 0.9
    for turn, (start, end, _) in zip(transcript.turns, talk[1], strict=True):
        assert (turn.time.start, turn.time.end) == pytest.approx((start, end), abs=0.01)
    assert transcript.source["speakers"]["agent_channel"] == ("left", "right")[sides.index("agent")]
    assert transcript.health.usable


def test_the_source_says_where_the_text_comes_from(hear, talk):
    """Engine, model, fingerprint and the hash of the audio."""
    transcript, recogniser = hear([talk[0]["agent"], talk[0]["customer"]])
    assert transcript.call is CALL
    assert transcript.source["engine"] == "scripted 1"
    assert transcript.source["fingerprint"] == recogniser.fingerprint
    assert len(transcript.source["audio_sha256"]) == 64
    assert transcript.duration == pytest.approx(len(talk[0]["agent"]) / RATE, abs=0.01)


def test_a_declared_channel_is_believed(hear, talk):
    """The manifest says right, and the text agrees."""
    channels = [talk[0]["customer"], talk[0]["agent"]]
    transcript, _ = hear(channels, agent_channel=AgentChannel.RIGHT)
    assert {turn.speaker_method for turn in transcript.turns} == {"declared"}
    assert {turn.speaker_confidence for turn in transcript.turns} == {1.0}


def test_swapped_channels_make_every_speaker_unsure(hear, talk):
    """The manifest says left, everything said on it is the customer's."""
    channels = [talk[0]["customer"], talk[0]["agent"]]
    transcript, _ = hear(channels, agent_channel=AgentChannel.LEFT)
    assert transcript.source["speakers"]["contradicted"]
    assert {turn.speaker_confidence for turn in transcript.turns} == {0.5}


def test_one_channel_is_shared_out_by_voice_and_text(hear, talk):
    """Both speakers on one track."""
    transcript, _ = hear([talk[0]["agent"] + talk[0]["customer"]])
    assert {turn.speaker_method for turn in transcript.turns} == {"mono_cluster_text"}
    assert said(transcript) == TALK


@pytest.mark.parametrize("layout", ["equal channels", "one dead", "declared mono"])
def test_two_tracks_that_are_one_are_treated_as_one(layout, hear, talk):
    """Fake stereo, a dead channel, and a manifest that says mono."""
    both = talk[0]["agent"] + talk[0]["customer"]
    channels = {
        "equal channels": [both, both],
        "one dead": [np.zeros_like(both), both],
        "declared mono": [talk[0]["agent"], talk[0]["customer"]],
    }[layout]
    declared = AgentChannel.MONO if layout == "declared mono" else None
    transcript, recogniser = hear(channels, agent_channel=declared)
    assert len(recogniser.heard) == 1
    assert said(transcript) == TALK
    assert {turn.speaker_method for turn in transcript.turns} == {"mono_cluster_text"}


def test_cross_talk_is_marked_and_the_louder_copy_kept(hear, talk):
    """The agent is heard softly, a little later, on the customer's channel too."""
    agent, customer = talk[0]["agent"], talk[0]["customer"]
    echo = 0.06 * np.pad(agent, (320, 0))[: len(agent)]
    transcript, _ = hear([agent, customer + echo])
    assert said(transcript) == TALK
    marked = [turn for turn in transcript.turns if turn.marks]
    assert {turn.text for turn in marked} == {text for side, text in TALK if side == "agent"}
    assert {turn.marks for turn in marked} == {(Mark.CHANNEL_ECHO,)}


def test_invented_text_stays_marked_and_decides_nothing(hear, talk, piece):
    """A credit line over silence is in the transcript, not in the talk."""
    last = talk[1][-1][1]
    credit = piece("字幕由Amara.org社区提供", last + 0.2, last + 2.5)
    recogniser = Scripted(talk[1], piece, invented=(credit,))
    silence = np.zeros(4 * RATE, np.float32)
    channels = [np.concatenate([talk[0][side], silence]) for side in ("agent", "customer")]
    transcript, _ = hear(channels, recogniser=recogniser)
    assert said(transcript) == TALK
    marks = [turn.marks for turn in transcript.turns if turn.text == credit.text]
    assert marks == [(Mark.NO_VOICE, Mark.INVENTION)] * 2


def test_traditional_script_is_made_simplified(hear, talk, piece):
    """Text and words alike."""
    script = [(start, end, "請問您是陳先生嗎？") for start, end, _ in talk[1][:1]]
    transcript, _ = hear(
        [talk[0]["agent"], talk[0]["customer"]], recogniser=Scripted(script, piece)
    )
    (turn,) = transcript.turns
    assert turn.text == "".join(word.text for word in turn.words) == "请问您是陈先生吗？"


def test_silence_gives_an_empty_transcript(hear):
    """Nothing is said, nothing can be judged."""
    silence = np.zeros(3 * RATE, np.float32)
    transcript, recogniser = hear([silence, silence])
    assert transcript.turns == ()
    assert recogniser.heard == []
    assert not transcript.health.usable
    assert HealthIssue.NO_SPEECH in transcript.health.issues


def test_the_same_sound_is_written_down_once(hear, talk, tmp_path):
    """Under another name too; another recogniser starts anew."""
    cache = TranscriptCache(tmp_path / "cache")
    channels = [talk[0]["agent"], talk[0]["customer"]]
    first, one = hear(channels, cache=cache)
    again, two = hear(channels, name="copy.wav", cache=cache)
    assert (len(one.heard), len(two.heard)) == (2, 0)
    assert again.turns == first.turns
    other = Scripted(talk[1], one.make, fingerprint="e" * 64)
    hear(channels, cache=cache, recogniser=other)
    assert len(other.heard) == 2


def test_another_choice_of_tracks_is_written_down_anew(hear, talk, tmp_path):
    """What was heard on two tracks says nothing about their mix."""
    cache = TranscriptCache(tmp_path / "cache")
    channels = [talk[0]["agent"], talk[0]["customer"]]
    hear(channels, cache=cache)
    _, recogniser = hear(channels, cache=cache, agent_channel=AgentChannel.MONO)
    assert len(recogniser.heard) == 1


def test_a_recording_that_cannot_be_decoded_is_refused(tmp_path, role_model, normaliser, piece):
    """The reason is the audio layer's."""
    path = tmp_path / "empty.wav"
    path.write_bytes(b"")
    with pytest.raises(AudioError) as caught:
        listen(
            CALL,
            Recording(path=path),
            recogniser=Scripted([], piece),
            role_model=role_model,
            normaliser=normaliser,
        )
    assert caught.value.reason == "empty_file"


def test_the_whole_way_with_the_real_recogniser(hear, talk, tiny_model):
    """Random weights hear nonsense; it is marked, in time, and nothing breaks."""
    recogniser = WhisperRecogniser(
        resolve_model(str(tiny_model)), threads=1, decode=DecodeOptions(beam_size=1)
    )
    transcript, _ = hear([talk[0]["agent"], talk[0]["customer"]], recogniser=recogniser)
    assert transcript.turns
    assert transcript.source["engine"] == "faster-whisper 1.2.1"
    assert all(turn.time.end <= transcript.duration + 0.001 for turn in transcript.turns)


def test_speakers_are_never_lost(hear, talk, piece):
    """A talk of nods only has unknown speakers and keeps its words."""
    nods = [(start, end, "嗯嗯") for start, end, _ in talk[1]]
    both = talk[0]["agent"] + talk[0]["customer"]
    transcript, _ = hear([both], recogniser=Scripted(nods, piece))
    assert "".join(turn.text for turn in transcript.turns) == "嗯嗯" * len(nods)
    assert all(
        turn.speaker is Speaker.UNKNOWN or turn.speaker_confidence < 0.9
        for turn in transcript.turns
    )


def test_pieces_are_what_the_cache_holds(hear, talk, tmp_path):
    """Raw, before roles and marks, so that those may change without listening again."""
    cache = TranscriptCache(tmp_path / "cache")
    transcript, recogniser = hear([talk[0]["agent"], talk[0]["customer"]], cache=cache)
    kept = cache.load(transcript.source["audio_sha256"], recogniser.fingerprint, ["left", "right"])
    assert all(isinstance(one, Piece) for lane in kept.values() for one in lane)
    assert [one.text for one in kept["left"]] == [text for side, text in TALK if side == "agent"]
