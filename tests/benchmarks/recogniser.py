"""Prints how long calls heard together take beside the library's own ways, in one run.

``python tests/benchmarks/recogniser.py --model demo`` voices labelled calls of 30 to 120 s as
stereo files (needs espeak-ng) and has them written down three times, a group of calls at a time,
each time another contender first:

(a) ``WhisperModel.transcribe(vad_filter=True)`` for each channel, one after the other;
(b) ``BatchedInferencePipeline`` for each channel;
(c) ``auditor``: calls together, with word times, channel inspection, health and speakers besides.

All with the same model files, beam, compute type, threads and sensitivity to speech (the library's
own misses a third of what machine voices say), from the files on. ``--model tiny``
(``base``, ``small``) stands for a model of random weights with the dimensions of that Whisper;
there (a) may neither try again at other temperatures nor go on from its last text, both of which
would cost it more. ``--window`` shows (a) and (b), too, no more than the demo model's own window;
unhelped they pad to 30 s. ``--words`` has them time words, too. ``--device cuda`` runs the same
there. ``--memory 500`` instead hears so many calls and prints the memory held.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.sized_model import SIZES, build_sized_model
from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio

from auditor.domain.calls import Call, Recording
from auditor.pipeline.limits import held_bytes
from auditor.resources import data_folder, model_folder
from auditor.text.normalise import Normaliser
from auditor.transcribe.assemble import Decoded
from auditor.transcribe.firewall import Inventions
from auditor.transcribe.listen import Listener
from auditor.transcribe.models import DEMO_NAME, Model, resolve_model
from auditor.transcribe.role_model import load_role_model
from auditor.transcribe.rows import ShortWindows
from auditor.transcribe.together import Together
from auditor.transcribe.whisper import DecodeOptions, VoiceOptions, WhisperRecogniser
from auditor.voice.measure import Errors
from auditor.voice.voicing import spoken_scripts, voice_calls

BATCHES = ("b008", "b006", "b012", "b022", "b031")
"""Labelled calls that are voiced; the first is not in the training text of the demo model."""
SECONDS = (30.0, 120.0)
Texts = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A voiced call: its file, length, and what each side says."""

    call_id: str
    path: Path
    seconds: float
    said: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Contender:
    """A way of writing calls down.

    Args:
        name: For the table.
        run: Returns the texts of the channels by call.
    """

    name: str
    run: Callable[[Sequence[Sample]], Texts]


def voiced(folder: Path, count: int, seed: int) -> list[Sample]:
    """Voice labelled calls until ``count`` of the wanted length are there."""
    corpus = data_folder("models") / "corpus" / "calls"
    scripts = list(spoken_scripts([corpus / f"{name}.txt" for name in BATCHES]))
    random.Random(seed).shuffle(scripts)
    found: list[Sample] = []
    for start in range(0, len(scripts), 16):
        part = scripts[start : start + 16]
        place = folder / f"{start}"
        voice_calls(part, place, seed)
        rows = csv.DictReader(io.StringIO((place / "manifest.csv").read_text(encoding="utf-8")))
        for script, row in zip(part, rows, strict=True):
            path = place / row["path"]
            seconds = len(decode_audio(str(path))) / 16_000
            if SECONDS[0] <= seconds <= SECONDS[1]:
                found.append(Sample(script.call_id, path, seconds, _said(script)))
            if len(found) == count:
                return found
    return found


def _said(script: Any) -> tuple[str, str]:
    sides = {"agent": "", "customer": ""}
    for turn in script.lines:
        sides[turn.speaker.value] = sides.get(turn.speaker.value, "") + turn.text
    return sides["agent"], sides["customer"]


def one_by_one(given: Any, model: WhisperModel, extra: dict[str, Any]) -> Contender:
    """Contender (a)."""

    def run(samples: Sequence[Sample]) -> Texts:
        found: Texts = {}
        for sample in samples:
            for channel in decode_audio(str(sample.path), split_stereo=True):
                segments, _ = model.transcribe(
                    channel,
                    language="zh",
                    beam_size=given.beam,
                    vad_filter=True,
                    vad_parameters={"threshold": VoiceOptions().threshold},
                    **extra,
                )
                text = "".join(segment.text for segment in segments)
                found.setdefault(sample.call_id, []).append(text)
        return found

    return Contender("(a) WhisperModel", run)


def batched(given: Any, model: WhisperModel, extra: dict[str, Any]) -> Contender:
    """Contender (b)."""
    pipeline = BatchedInferencePipeline(model)

    def run(samples: Sequence[Sample]) -> Texts:
        found: Texts = {}
        for sample in samples:
            for channel in decode_audio(str(sample.path), split_stereo=True):
                segments, _ = pipeline.transcribe(
                    channel,
                    language="zh",
                    beam_size=given.beam,
                    batch_size=given.batch,
                    vad_parameters={"threshold": VoiceOptions().threshold},
                    **extra,
                )
                text = "".join(segment.text for segment in segments)
                found.setdefault(sample.call_id, []).append(text)
        return found

    return Contender("(b) BatchedInferencePipeline", run)


class _Content(WhisperRecogniser):
    """Takes nonsense for what was said, as the others are told to, and does not try it again."""

    def failed(self, _: Decoded) -> bool:
        """Never."""
        return False


class _Kept:
    """A cache that only takes."""

    def __init__(self) -> None:
        self.lanes: dict[str, Any] = {}

    def load(self, *_: object) -> None:
        """Hold nothing."""

    def save(self, sha256: str, _: str, heard: Any) -> None:
        """Keep what was heard."""
        self.lanes[sha256] = heard


def together(given: Any, model: Model) -> tuple[Contender, Together]:
    """Contender (c)."""
    normaliser = Normaliser()
    recogniser = (WhisperRecogniser if model.is_demo else _Content)(
        model,
        device=given.device,
        compute_type=given.compute_type,
        threads=given.threads,
        parallel=given.threads if given.device == "cpu" else 1,
        decode=DecodeOptions(beam_size=given.beam),
    )
    kept = _Kept()
    listener = Listener(
        recogniser=recogniser,
        role_model=load_role_model(model_folder("roles")),
        normaliser=normaliser,
        inventions=Inventions.shipped(normaliser.fold),
        cache=kept,  # type: ignore[arg-type]
    )
    hear = Together(listener, recogniser, given.batch)

    def run(samples: Sequence[Sample]) -> Texts:
        found: Texts = {}
        calls = [(Call(call_id=s.call_id, agent_id="A"), Recording(path=s.path)) for s in samples]
        for number, made in hear(calls, lambda _: None):
            sha256 = made().source["audio_sha256"]
            lanes = kept.lanes.pop(sha256)
            found[samples[number].call_id] = [
                "".join(piece.text for piece in lane) for lane in lanes.values()
            ]
        return found

    return Contender("(c) auditor", run), hear


def character_error(samples: Sequence[Sample], texts: Texts) -> float:
    """Return the error over all channels; which channel is whose is left to the better fit."""
    total = Errors()
    for sample in samples:
        lanes = (*texts.get(sample.call_id, ()), "", "")[:2]
        total += min(
            (
                Errors.between(list(zip(sample.said, order, strict=True)))
                for order in (lanes, lanes[::-1])
            ),
            key=lambda errors: errors.edits,
        )
    return total.rate


def compare(given: Any, samples: Sequence[Sample], folder: Path) -> None:
    """Run the contenders and print the table."""
    demo = given.model == DEMO_NAME
    model = resolve(given.model, folder)
    kind = ShortWindows if given.window else WhisperModel
    loaded = kind(
        str(model.path),
        device=given.device,
        compute_type=given.compute_type,
        cpu_threads=given.threads,
    )
    words = {"word_timestamps": given.words}
    calm = {} if demo else {"temperature": 0.0, "condition_on_previous_text": False}
    ours, hear = together(given, model)
    contenders = [
        one_by_one(given, loaded, {**words, **calm}),
        batched(given, loaded, words),
        ours,
    ]
    wall = dict.fromkeys((c.name for c in contenders), 0.0)
    burnt = dict(wall)
    texts: dict[str, Texts] = {c.name: {} for c in contenders}
    for contender in contenders:  # the first call of each pays for what is loaded late
        contender.run(samples[:1])
    hear.share.busy = hear.share.idle = 0.0
    groups = [samples[k :: given.groups] for k in range(given.groups)]
    for number, group in enumerate(groups):
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            begun, cpu = time.perf_counter(), time.process_time()
            texts[contender.name] |= contender.run(group)
            wall[contender.name] += time.perf_counter() - begun
            burnt[contender.name] += time.process_time() - cpu
    seconds = sum(sample.seconds for sample in samples)
    sys.stdout.write(
        f"model {given.model}, {len(samples)} stereo calls of {SECONDS[0]:.0f} to "
        f"{SECONDS[1]:.0f} s, {seconds / 60:.0f} minutes, beam {given.beam}, batch {given.batch}, "
        f"{given.threads} threads, {given.device}\n"
        f"{'':30}{'seconds':>9}{'CPU s':>8}{'x real time':>13}{'(c) takes':>11}{'CER':>8}\n"
    )
    own = wall[ours.name]
    for name in wall:
        error = f"{character_error(samples, texts[name]):8.1%}" if demo else f"{'-':>8}"
        sys.stdout.write(
            f"{name:30}{wall[name]:9.1f}{burnt[name]:8.1f}{seconds / wall[name]:13.1f}"
            f"{own / wall[name]:11.2f}{error}\n"
        )
    share = hear.share
    sys.stdout.write(
        f"(c): recogniser busy {share.busy_share:.0%} of the time, "
        f"{share.rows / max(share.batches, 1):.1f} windows a batch\n"
    )


def memory(given: Any, samples: Sequence[Sample], folder: Path) -> None:
    """Hear many calls and print the memory held on the way."""
    model = resolve(given.model, folder)
    ours, hear = together(given, model)
    step = 50
    for start in range(0, given.memory, step):
        ours.run([samples[(start + k) % len(samples)] for k in range(step)])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        held = held_bytes(__import__("os").getpid()) / 2**20
        sys.stdout.write(f"{start + step:6} calls: {held:6.0f} MiB held, {peak:6.0f} MiB at most\n")
        sys.stdout.flush()
    sys.stdout.write(f"recogniser busy {hear.share.busy_share:.0%} of the time\n")


def resolve(name: str, folder: Path) -> Model:
    """Return a model by name; one of random weights is built in ``folder``."""
    if name not in SIZES:
        return resolve_model(name)
    place = folder / name
    if not (place / "model.bin").exists():
        build_sized_model(place, SIZES[name])
    return resolve_model(str(place))


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--model", default=DEMO_NAME, help=f"demo, {', '.join(SIZES)} or a folder")
    parser.add_argument("--calls", type=int, default=12)
    parser.add_argument("--groups", type=int, default=3)
    parser.add_argument("--beam", type=int, default=5)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--compute-type", default="int8")
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--memory", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="keeps the random models")
    given = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        samples = voiced(folder, given.calls, given.seed)
        given = SimpleNamespace(**vars(given))
        (memory if given.memory else compare)(given, samples, given.work or folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
