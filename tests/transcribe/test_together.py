"""Calls heard together: what each says is what it says alone, and none spoils another."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from auditor.domain.calls import Call, Recording
from auditor.domain.transcripts import HealthIssue
from auditor.errors import AudioError, RecogniserError
from auditor.resources import model_folder
from auditor.transcribe.cache import TranscriptCache
from auditor.transcribe.firewall import Inventions
from auditor.transcribe.listen import Listener
from auditor.transcribe.models import resolve_model
from auditor.transcribe.role_model import load_role_model
from auditor.transcribe.together import Together
from auditor.transcribe.whisper import DecodeOptions, VoiceOptions, WhisperRecogniser

SAID = ["您好，请问是赵先生吗", "我这边是银行信用卡中心的", "我现在没有钱，下个月再说", "谢谢再见"]


@pytest.fixture(scope="module")
def recogniser(tiny_model):
    """The real one with random weights; its nonsense is not judged and not tried again."""
    decode = DecodeOptions(beam_size=2, min_avg_logprob=-1e9, max_compression=1e9)
    voice = VoiceOptions(energy=True)
    return WhisperRecogniser(resolve_model(str(tiny_model)), threads=1, decode=decode, voice=voice)


@pytest.fixture(scope="module")
def listener(recogniser, normaliser):
    """The tools for listening, without a cache."""
    return Listener(
        recogniser=recogniser,
        role_model=load_role_model(model_folder("roles")),
        normaliser=normaliser,
        inventions=Inventions.shipped(normaliser.fold),
    )


@pytest.fixture(scope="module")
def calls(speech, write_wav, tmp_path_factory):
    """Stereo calls in which the sides take turns, of different lengths."""
    folder = tmp_path_factory.mktemp("calls")
    made = []
    for number in range(5):
        gap = np.zeros(8_000, np.float32)
        left, right = [gap], [gap]
        for k, text in enumerate((SAID * 3)[: 2 + 2 * number]):
            sound = 0.4 * speech(text, "-p", str(30 + 10 * number))
            silent = np.zeros_like(sound)
            left += [silent if k % 2 else sound, gap]
            right += [sound if k % 2 else silent, gap]
        path = write_wav(folder / f"{number}.wav", [np.concatenate(left), np.concatenate(right)])
        call = Call(call_id=f"c{number}", agent_id="A1", synthetic=True)
        made.append((call, Recording(path=path)))
    return made


def heard(together, calls):
    """Hear calls; return transcripts or errors in the order of the calls."""
    found = {}
    for number, made in together(calls, lambda _: None):
        try:
            found[number] = made()
        except (AudioError, RecogniserError, MemoryError, RuntimeError) as error:
            found[number] = error
    assert len(found) == len(calls)
    return [found[number] for number in range(len(calls))]


@pytest.mark.parametrize("batch", [2, 8])
def test_calls_heard_together_say_what_each_says_alone(listener, recogniser, calls, batch):
    """Words, times and probabilities, whatever is in the batch besides."""
    together = Together(listener, recogniser, batch)
    alone = [listener(call, recording) for call, recording in calls]
    assert [len(t.turns) > 0 for t in alone] == [True] * 5
    for one, several in zip(alone, heard(together, calls), strict=True):
        assert [turn.text for turn in several.turns] == [turn.text for turn in one.turns]
        for mine, its in zip(several.turns, one.turns, strict=True):
            assert mine.speaker is its.speaker
            assert abs(mine.time.start_ms - its.time.start_ms) <= 20
            assert abs(mine.time.end_ms - its.time.end_ms) <= 20
    assert together.share.rows / together.share.batches > 1.5


def test_a_bad_file_costs_only_itself(listener, recogniser, calls, tmp_path):
    """Missing, empty and broken recordings among good ones."""
    (tmp_path / "empty.wav").touch()
    (tmp_path / "broken.wav").write_bytes(b"RIFF" + bytes(range(256)) * 40)
    bad = [
        (calls[0][0], Recording(path=tmp_path / name))
        for name in ("missing.wav", "empty.wav", "broken.wav")
    ]
    mixed = [bad[0], calls[0], bad[1], calls[1], bad[2], calls[2]]
    found = heard(Together(listener, recogniser, 4), mixed)
    assert [isinstance(one, AudioError) for one in found] == [True, False] * 3
    assert all(found[k].turns for k in (1, 3, 5))


def test_silence_stays_empty(listener, recogniser, calls, write_wav, tmp_path):
    """Nothing is decoded of a recording in which nobody speaks."""
    quiet = write_wav(tmp_path / "quiet.wav", [np.zeros(64_000, np.float32)] * 2)
    found = heard(
        Together(listener, recogniser, 4), [(calls[0][0], Recording(path=quiet)), calls[0]]
    )
    assert found[0].turns == ()
    assert HealthIssue.NO_SPEECH in found[0].health.issues
    assert found[1].turns


class Poisoned:
    """The real recogniser, on a certain row of which the library fails."""

    def __init__(self, real, poison, error):
        self._real, self._poison, self._error = real, poison, error

    def __getattr__(self, name):
        return getattr(self._real, name)

    def decode_rows(self, rows, **_):
        """Fail where the row is, alone."""
        bad = [np.array_equal(row.features, self._poison.features) for row in rows]
        if self._error is MemoryError and any(bad):
            raise MemoryError
        return tuple(
            RecogniserError("poison") if is_bad else self._real.decode_rows([row])[0]
            for row, is_bad in zip(rows, bad, strict=True)
        )


def test_a_window_that_cannot_be_decoded_fails_its_call_only(listener, recogniser, calls):
    """Its neighbours in the batch are another matter."""
    poison = recogniser.prepare(decoded(listener, calls[1]))[0]
    poisoned = Poisoned(recogniser, poison, RecogniserError)
    found = heard(Together(replace(listener, recogniser=poisoned), poisoned, 8), calls)
    assert [isinstance(one, RecogniserError) for one in found] == [False, True, False, False, False]
    assert all(one.turns for one in found[:1] + found[2:])


def test_want_of_memory_is_not_taken_for_a_broken_call(listener, recogniser, calls):
    """It goes to whoever supervises, who may try the calls by themselves."""
    poison = recogniser.prepare(decoded(listener, calls[1]))[0]
    poisoned = Poisoned(recogniser, poison, MemoryError)
    found = heard(Together(replace(listener, recogniser=poisoned), poisoned, 8), calls)
    assert isinstance(found[1], MemoryError)


def decoded(listener, call):
    """Return the first track of a call."""
    return next(iter(listener.open(call[1]).tracks.values()))


def test_rows_are_decoded_in_halves_until_the_bad_one_is_alone(recogniser, calls, listener):
    """A row of the wrong shape makes the library refuse the whole batch."""
    rows = [row for call in calls[:3] for row in recogniser.prepare(decoded(listener, call))]
    bad = replace(rows[1], features=rows[1].features[:40])
    found = recogniser.decode_rows([rows[0], bad, *rows[2:]])
    assert isinstance(found[1], RecogniserError)
    good = recogniser.decode_rows(rows)
    for number, (one, other) in enumerate(zip(found, good, strict=True)):
        if number != 1:
            assert one.text == other.text


def test_what_was_heard_is_kept_and_not_heard_again(listener, recogniser, calls, tmp_path):
    """The cache is the one of calls heard alone, with the same keys."""
    cached = replace(listener, cache=TranscriptCache(tmp_path))
    first = Together(cached, recogniser, 8)
    texts = [one.turns for one in heard(first, calls)]
    second = Together(cached, recogniser, 8)
    assert [one.turns for one in heard(second, calls)] == texts
    assert first.share.rows > 0
    assert second.share.rows == 0
    assert cached(*calls[0]).turns == texts[0]


def test_failed_windows_are_tried_again_together(tiny_model, listener, calls):
    """Each window twice at most, the second tries in batches, too."""
    decode = DecodeOptions(beam_size=1, min_avg_logprob=-1e-9)
    hopeless = WhisperRecogniser(
        resolve_model(str(tiny_model)), threads=1, decode=decode, voice=VoiceOptions(energy=True)
    )
    own = replace(listener, recogniser=hopeless)
    rows = sum(
        len(hopeless.prepare(track)) for _, r in calls for track in own.open(r).tracks.values()
    )
    together = Together(own, hopeless, 8)
    heard(together, calls)
    assert rows < together.share.rows <= 2 * rows
    alone = [own(call, recording) for call, recording in calls]
    again = heard(Together(own, hopeless, 8), calls)
    assert [[t.text for t in one.turns] for one in again] == [
        [t.text for t in one.turns] for one in alone
    ]


def test_a_fault_of_a_thread_is_not_swallowed(listener, recogniser, calls):
    """Nor does anybody wait for it for ever."""

    class Broken(Poisoned):
        def decode_rows(self, *_, **__):
            raise ZeroDivisionError

    broken = Broken(recogniser, None, None)
    with pytest.raises(ZeroDivisionError):
        heard(Together(replace(listener, recogniser=broken), broken, 4), calls)


def test_opening_does_not_run_far_ahead(listener, recogniser, calls):
    """Where the recogniser is slow, no more sound is held than fills a few batches."""

    class Slow(Poisoned):
        def decode_rows(self, rows, **_):
            time.sleep(0.01)
            return self._real.decode_rows(rows)

    opened = []
    slow = Slow(recogniser, None, None)
    opening = replace(listener, recogniser=slow, decoded=opened.append)
    closed = 0.0
    for _, made in Together(opening, slow, 2, ahead_seconds=20)(calls * 4, lambda _: None):
        closed += made().duration
        # One more may be in the opener's hands, and one is in ours.
        assert 2 * (sum(opened) - closed) <= 20 + 2 * 2 * max(opened)
    assert len(opened) == 20


def test_stopping_early_ends_the_threads(listener, recogniser, calls):
    """Who no longer listens does not leave a recogniser at work."""
    together = Together(listener, recogniser, 2)
    stream = together(calls, lambda _: None)
    next(stream)
    stream.close()
    assert heard(together, calls[:1])[0].turns
    assert sum("hearing" in thread.name for thread in threading.enumerate()) >= 2


def test_progress_tells_the_longest_recording_in_hand(listener, recogniser, calls):
    """So that somebody else may judge how long the next step may take."""
    told = []
    for _, made in Together(listener, recogniser, 4)(calls, told.append):
        made()
    lengths = [listener.open(recording).sound.seconds for _, recording in calls]
    assert max(told) == max(lengths)
