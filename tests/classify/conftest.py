"""The shipped model, and a small corpus to train on."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.classify.calls import Dialogue
from auditor.classify.model import TurnRisk, load_model
from auditor.domain.calls import Callee, Speaker
from auditor.resources import data_folder, model_folder

_CALLS_OF_EACH = 8


@pytest.fixture(scope="session")
def model() -> TurnRisk:
    """The shipped model."""
    return load_model(model_folder("turn-risk"))


@pytest.fixture(scope="session")
def dialogues() -> tuple[Dialogue, ...]:
    """A few calls made up here, with odd turns among them."""
    agent, customer = Speaker.AGENT, Speaker.CUSTOMER
    return (
        Dialogue(
            (
                (agent, "您好，这里是江北银行信用卡中心，工号三零二，本次通话有录音。"),
                (customer, "你说吧。"),
                (agent, "您把刚收到的那六位数字念给我，我替您操作。"),
                (customer, "我上个月下岗了，真的还不上。"),
                (agent, "还不上？那我明天带几个兄弟上你家门口坐着，让你老婆孩子都出不了门。"),
            ),
            Callee.DEBTOR,
        ),
        Dialogue(()),
        Dialogue(((customer, "喂？"),)),
        Dialogue(
            (
                (agent, ""),
                (customer, "。。。"),
                (Speaker.UNKNOWN, "你告他去吧"),
                (agent, "\uff21\uff22\uff23 12,300.50元"),
                (agent, "請您於本月二十號之前還款😀𠮷"),
                (customer, "\n\r\x00"),
            ),
            Callee.THIRD_PARTY,
        ),
        Dialogue(tuple((agent, f"第{k}次通知您尽快还款") for k in range(40))),
    )


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some calls of six shipped batches; one for development, one of another split."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "calls").mkdir()
    splits = ["batch,split"]
    for number in range(1, 7):
        name = f"b{number:03d}"
        text = (data_folder("models") / "corpus" / "calls" / f"{name}.txt").read_text("utf-8")
        calls = text.split("\n===\n")[:_CALLS_OF_EACH]
        (folder / "calls" / f"{name}.txt").write_text("\n===\n".join(calls) + "\n", "utf-8")
        splits.append(f"{name},{'development' if number == 6 else 'training'}")
    (folder / "calls" / "b099.txt").write_text("not a call script\n", "utf-8")
    splits.append("b099,test")
    (folder / "splits.csv").write_text("\n".join(splits) + "\n", "utf-8")
    return folder
