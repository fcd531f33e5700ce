"""Small labelled corpora written for the test at hand."""

from __future__ import annotations

from pathlib import Path

HEADERS = """=== {call_id}
title: a title that would give everything away
floor: bank
callee: debtor
person: debtor
direction: outbound
overdue: 12
agent: 马骁
style: clean
applicable: institution_identity recording_notice
omitted: recording_notice
"""

INNOCENT = ("您好，这里是海岱银行信用卡中心。", "我在，您讲。", "麻烦您这周内把账单处理一下。")


def call(call_id: str, *lines: str) -> str:
    """One call of the label format; lines are written as they stand."""
    return HEADERS.format(call_id=call_id) + "".join(line + "\n" for line in lines) + "===\n"


def plain_call(call_id: str, *texts: str) -> str:
    """A call without labels, the two sides in turn."""
    return call(call_id, *(f"{'AC'[i % 2]}: {text}" for i, text in enumerate(texts)))


def write_corpus(folder: Path, batches: dict[str, tuple[str, str]]) -> Path:
    """Write batches, name -> (split, calls), with their ``splits.csv``."""
    (folder / "calls").mkdir(parents=True)
    rows = [f"{name},{split}" for name, (split, _) in batches.items()]
    (folder / "splits.csv").write_text("\n".join(["batch,split", *rows]) + "\n", encoding="utf-8")
    for name, (_, text) in batches.items():
        if text:
            (folder / "calls" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
