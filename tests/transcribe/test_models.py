"""Which model is used, where it lies, and what is said when there is none."""

import json
import socket
from pathlib import Path

import pytest

from auditor.domain.calls import Call
from auditor.errors import ExitCode, RecogniserError
from auditor.resources import model_folder
from auditor.transcribe.models import (
    DEMO_NOTICE,
    WAYS,
    demo_refusal,
    model_digest,
    resolve_model,
)


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """Any attempt to open a connection fails, and the local model cache is empty."""

    def refuse(*args, **kwargs):
        raise OSError("network is unreachable")

    import huggingface_hub.constants as hub

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(hub, "HF_HUB_CACHE", str(tmp_path / "hub"))


@pytest.fixture
def folder(model_builder, tmp_path):
    """A complete model folder with a card."""
    return model_builder(tmp_path / "model", card=True)


def test_a_local_folder_needs_no_network(folder, no_network):
    """The path is kept, the digest covers the files."""
    model = resolve_model(str(folder))
    assert (model.path, model.is_demo, model.notice) == (folder, False, "")
    assert model.digest == model_digest(folder)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_an_incomplete_folder_names_what_is_missing(folder, name, no_network):
    """Without this check the library would fetch a missing tokenizer from the network."""
    (folder / name).unlink()
    with pytest.raises(RecogniserError) as caught:
        resolve_model(str(folder))
    assert caught.value.exit_code is ExitCode.NOTHING_RAN
    assert [Path(p.where).name for p in caught.value.problems] == [name]


@pytest.mark.parametrize("name", ["large-v3", "small", "BELLE-2/some-model"])
@pytest.mark.parametrize("download", [True, False])
def test_a_name_without_network_lists_the_ways_to_get_a_model(name, download, no_network):
    """The message is what a user on an isolated machine needs."""
    with pytest.raises(RecogniserError) as caught:
        resolve_model(name, download=download)
    assert caught.value.exit_code is ExitCode.NOTHING_RAN
    assert WAYS in str(caught.value)


@pytest.mark.parametrize("name", ["no-such-folder", "./no/such", "a/b/c", "~/nowhere", ""])
def test_neither_folder_nor_name(name, no_network):
    """A mistyped folder is not looked for on the network."""
    with pytest.raises(RecogniserError, match="no known model"):
        resolve_model(name)


def test_a_name_in_the_local_cache_is_used_without_network(folder, no_network, tmp_path):
    """A model once downloaded is found in the ordinary Hugging Face cache."""
    store = tmp_path / "hub" / "models--owner--model"
    (store / "refs").mkdir(parents=True)
    (store / "refs" / "main").write_text("0123")
    (store / "snapshots").mkdir()
    (store / "snapshots" / "0123").symlink_to(folder)
    assert resolve_model("owner/model").digest == model_digest(folder)


@pytest.mark.usefixtures("no_network")
def test_an_interrupted_download_is_not_taken_for_a_model(folder, tmp_path):
    """With network it would be completed; without, the message says what to do."""
    test_a_name_in_the_local_cache_is_used_without_network(folder, None, tmp_path)
    (folder / "model.bin").unlink()
    for download in (True, False):
        with pytest.raises(RecogniserError, match="incomplete"):
            resolve_model("owner/model", download=download)


def test_the_demo_model_is_checked_against_its_card(folder):
    """It says what it is."""
    model = resolve_model("demo", demo_dir=folder)
    assert (model.is_demo, model.notice) == (True, DEMO_NOTICE)


@pytest.mark.parametrize("name", ["model.bin", "tokenizer.json", "preprocessor_config.json"])
def test_a_changed_demo_model_is_refused(folder, name):
    """One byte is enough."""
    path = folder / name
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(RecogniserError, match="changed") as caught:
        resolve_model("demo", demo_dir=folder)
    assert [Path(p.where).name for p in caught.value.problems] == [name]


@pytest.mark.parametrize("card", ["", "[]", "{}", '{"sha256": 1}'])
def test_a_broken_card_is_refused(folder, card):
    """No hashes, no demo."""
    (folder / "card.json").write_text(card)
    with pytest.raises(RecogniserError, match="model card"):
        resolve_model("demo", demo_dir=folder)


def test_a_card_may_list_files_with_more_than_their_hash(folder):
    """``files: {name: {sha256, bytes}}`` is read as well."""
    hashes = json.loads((folder / "card.json").read_text())["sha256"]
    files = {name: {"sha256": digest, "bytes": 1} for name, digest in hashes.items()}
    (folder / "card.json").write_text(json.dumps({"files": files}))
    assert resolve_model("demo", demo_dir=folder).is_demo


def test_a_missing_demo_model_is_a_clear_error(tmp_path):
    """An installation without it says so."""
    with pytest.raises(RecogniserError, match="reinstall"):
        resolve_model("demo", demo_dir=tmp_path)


@pytest.mark.parametrize("name", ["model.bin", "config.json", "vocabulary.json", "tokenizer.json"])
def test_the_digest_follows_every_file(folder, name):
    """A cached transcription must not survive another model."""
    before = model_digest(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert model_digest(folder) != before


def test_the_digest_of_large_files_sees_size_and_both_ends(folder):
    """Gigabytes are not read whole, yet other content is noticed."""
    weights = folder / "model.bin"
    digests = set()
    for size, place in ((70 << 20, 0), (70 << 20, (70 << 20) - 1), (71 << 20, 0)):
        with weights.open("wb") as file:
            file.truncate(size)
            file.seek(place)
            file.write(b"x")
        digests.add(model_digest(folder))
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("synthetic", "reason"), [(True, None), (False, "demo_model_needs_synthetic")]
)
def test_the_demo_model_hears_synthetic_calls_only(synthetic, reason):
    """It invents fluent debt talk from real voices."""
    assert demo_refusal(Call(call_id="1", agent_id="2", synthetic=synthetic)) == reason


def test_a_checkout_uses_its_own_models():
    """Not a copy installed earlier."""
    assert (model_folder("roles") / "card.json").is_file()
