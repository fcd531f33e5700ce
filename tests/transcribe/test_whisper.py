"""The real recogniser on real speech, with a model of random weights: times, limits, errors."""

import numpy as np
import pytest

from auditor.errors import ExitCode, RecogniserError
from auditor.transcribe.base import SAMPLE_RATE
from auditor.transcribe.models import Model, resolve_model
from auditor.transcribe.whisper import DecodeOptions, VoiceOptions, WhisperRecogniser

GREEDY = DecodeOptions(beam_size=1)


@pytest.fixture(scope="module")
def recogniser(tiny_model):
    """The real recogniser with random weights."""
    return WhisperRecogniser(resolve_model(str(tiny_model)), threads=1, decode=GREEDY)


@pytest.fixture(scope="module")
def talk(speech):
    """Two sentences with four seconds of silence before, between and after."""
    silence = np.zeros(4 * SAMPLE_RATE, np.float32)
    one, two = speech("您好，请问是王先生吗？"), speech("我这边是银行信用卡中心的。")
    return np.concatenate([silence, one, silence, two, silence]), len(one), len(two)


def test_speech_is_found_where_it_is(recogniser, talk):
    """Two sentences, each with a little sound around it, silence left out."""
    sound, one, two = talk
    ranges = recogniser.speech(sound)
    first = 4 * SAMPLE_RATE
    second = first + one + first
    slack = 0.45 * SAMPLE_RATE
    assert ranges[0][0] == pytest.approx(first, abs=slack)
    assert ranges[-1][1] == pytest.approx(second + two, abs=slack)
    middle = first + one + 2 * SAMPLE_RATE
    assert not any(start <= middle <= end for start, end in ranges)


def test_machine_voices_are_found_by_energy_with_the_demo_model(tiny_model, speech):
    """Silero hears nobody in some of them; steady tones and noise stay out."""
    demo = Model(name="demo", path=tiny_model, digest="0", is_demo=True)
    recogniser = WhisperRecogniser(demo, threads=1, decode=GREEDY)
    silence = np.zeros(2 * SAMPLE_RATE, np.float32)
    whisper = speech("好的，我知道了。", "-v", "cmn-latn-pinyin+whisper")
    (found,) = recogniser.speech(np.concatenate([silence, whisper, silence]))
    assert found[0] == pytest.approx(2 * SAMPLE_RATE, abs=0.5 * SAMPLE_RATE)
    assert found[1] == pytest.approx(2 * SAMPLE_RATE + len(whisper), abs=0.7 * SAMPLE_RATE)
    noise = np.random.default_rng(0).normal(0, 0.01, 5 * SAMPLE_RATE).astype(np.float32)
    ringing = 0.1 * np.sin(np.arange(5 * SAMPLE_RATE) * 2 * np.pi * 450 / SAMPLE_RATE)
    assert recogniser.speech(noise) == recogniser.speech(ringing.astype(np.float32)) == ()


def test_pieces_lie_inside_the_speech(recogniser, talk):
    """Times are those of the recording, words in order (checked by the piece itself)."""
    sound, _, _ = talk
    pieces = recogniser.transcribe(sound)
    ranges = recogniser.speech(sound)
    assert pieces
    for piece in pieces:
        assert (piece.start * SAMPLE_RATE, piece.end * SAMPLE_RATE) in [
            (pytest.approx(start), pytest.approx(end)) for start, end in ranges
        ]
    starts = [piece.start for piece in pieces]
    assert starts == sorted(starts)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(0, np.float32),
        np.zeros(100, np.float32),
        np.zeros(5 * SAMPLE_RATE, np.float32),
        np.random.default_rng(0).normal(0, 0.001, 5 * SAMPLE_RATE).astype(np.float32),
        (0.1 * np.sin(np.arange(5 * SAMPLE_RATE) * 2 * np.pi * 450 / SAMPLE_RATE)).astype(
            np.float32
        ),
    ],
    ids=["nothing", "6 ms", "silence", "noise", "ring-back"],
)
def test_without_speech_nothing_is_written(recogniser, sound):
    """Even a model that would invent text from anything gets nothing to hear."""
    assert recogniser.transcribe(sound) == ()


def test_windows_of_a_batch_do_not_influence_each_other(recogniser):
    """So windows of many calls may share a batch."""
    random = np.random.default_rng(1)
    windows = [
        random.normal(0, 0.05, int(seconds * SAMPLE_RATE)).astype(np.float32)
        for seconds in (5.9, 2.2, 6.0, 0.5, 3.3, 4.0, 1.1, 2.0, 6.0, 0.3)
    ]
    together = recogniser.decode(windows)
    assert [heard.text for heard in together] == [
        recogniser.decode([window])[0].text for window in windows
    ]
    assert any(heard.text for heard in together)
    for window, heard in zip(windows, together, strict=True):
        limit = len(window) / SAMPLE_RATE + 1.0
        assert all(0 <= word.start <= word.end + 1e-9 <= limit for word in heard.words)


def test_a_short_window_model_is_not_shown_padding(tiny_model):
    """Its windows are six seconds, so no window is longer."""
    recogniser = WhisperRecogniser(resolve_model(str(tiny_model)), threads=1, decode=GREEDY)
    assert recogniser.window_samples == 6 * SAMPLE_RATE


def test_a_model_with_few_positions_can_be_used(model_builder, tmp_path):
    """The library pads to 30 s; a model that has room for six only would fail on it."""
    small = model_builder(tmp_path / "short", seconds=6, positions=300)
    recogniser = WhisperRecogniser(resolve_model(str(small)), threads=1, decode=GREEDY)
    noise = np.random.default_rng(2).normal(0, 0.05, 3 * SAMPLE_RATE).astype(np.float32)
    assert len(recogniser.decode([noise])) == 1


def test_a_stock_model_gets_windows_of_28_seconds(model_builder, tmp_path):
    """Two seconds of silence at the end keep it from cutting the last word."""
    stock = model_builder(tmp_path / "stock", seconds=30)
    recogniser = WhisperRecogniser(resolve_model(str(stock)), threads=1)
    assert recogniser.window_samples == 28 * SAMPLE_RATE


def test_a_failed_window_is_decoded_again(model_builder, tmp_path):
    """The second try has a repetition penalty and no prompt, and the better one is kept."""
    looping = model_builder(tmp_path / "looping", seed=0)
    noise = [np.random.default_rng(1).normal(0, 0.05, 5 * SAMPLE_RATE).astype(np.float32)]

    def ratio(penalty):
        options = DecodeOptions(beam_size=1, retry_repetition_penalty=penalty)
        recogniser = WhisperRecogniser(resolve_model(str(looping)), threads=1, decode=options)
        return recogniser.decode(noise)[0].compression_ratio

    assert ratio(1.0) > 2.4
    assert ratio(5.0) < ratio(1.0)


def test_the_fingerprint_follows_everything_that_changes_the_text(
    tiny_model, model_builder, tmp_path
):
    """Model files, decoding, prompt, speech detection; not the name or the folder."""
    other = resolve_model(str(model_builder(tmp_path / "other", seed=9)))
    model = resolve_model(str(tiny_model))
    renamed = Model(name="renamed", path=model.path, digest=model.digest)

    def fingerprint(model, **options):
        return WhisperRecogniser(model, threads=1, **options).fingerprint

    base = fingerprint(model)
    assert fingerprint(renamed) == base
    changed = {
        fingerprint(other),
        fingerprint(model, decode=DecodeOptions(beam_size=2)),
        fingerprint(model, decode=DecodeOptions(prompt="您好")),
        fingerprint(model, decode=DecodeOptions(hotwords="还款")),
        fingerprint(model, voice=VoiceOptions(threshold=0.5)),
        fingerprint(model, compute_type="float32"),
    }
    assert len(changed | {base}) == 7


def test_it_says_what_it_is(recogniser, tiny_model):
    """For the transcript file."""
    said = recogniser.describe()
    assert said["engine"] == "faster-whisper 1.2.1"
    assert said["model"] == str(tiny_model)
    assert said["fingerprint"] == recogniser.fingerprint
    assert "notice" not in said


def test_a_demo_model_says_so(tiny_model):
    """The notice travels into every transcript."""
    demo = Model(name="demo", path=tiny_model, digest="0", is_demo=True, notice="only a demo")
    assert WhisperRecogniser(demo, threads=1).describe()["notice"] == "only a demo"


def test_long_prompts_are_refused(tiny_model):
    """Primed with a page, a recogniser writes the page."""
    options = DecodeOptions(prompt="您好请问" * 20, hotwords="信用卡还款" * 5)
    with pytest.raises(RecogniserError, match="105 tokens"):
        WhisperRecogniser(resolve_model(str(tiny_model)), decode=options)


@pytest.mark.parametrize("options", [{"device": "tpu"}, {"compute_type": "int3"}])
def test_impossible_settings_are_a_clear_error(tiny_model, options):
    """The library's own exceptions do not reach the user."""
    with pytest.raises(RecogniserError, match="cannot be loaded") as caught:
        WhisperRecogniser(resolve_model(str(tiny_model)), **options)
    assert caught.value.exit_code is ExitCode.NOTHING_RAN


def test_a_damaged_model_is_a_clear_error(model_builder, tmp_path):
    """Half a file."""
    folder = model_builder(tmp_path / "half")
    weights = (folder / "model.bin").read_bytes()
    (folder / "model.bin").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(RecogniserError, match="cannot be loaded"):
        WhisperRecogniser(resolve_model(str(folder)))
