"""Prints time, memory and size of report for nights of several sizes, made of synthetic calls.

Run ``python tests/benchmarks/night.py --calls 500,1000,2000``. Each night is a process of its own:
calls of 40 turns with everything a dialler knows, agents, debtors called several times, checks
across calls on, reports written. ``--replay`` judges a few hundred calls only and gives their
outcomes to all others under other ids: it measures everything around judging (store, checks across
calls, reports), which is where memory could grow. Processor time is that of the run's own process,
without its workers.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

TURNS = 40
JUDGED = 300
AGENT = (
    *("您好，我是东湖银行信用卡中心的，工号四一一八，本次通话会录音。", "请问是王小明先生本人吗？"),
    *("您的信用卡已经逾期十二天，欠款三千五百元。", "请您今天晚上六点之前通过手机银行还款。"),
    *("您这边是有什么困难吗？", "逾期会影响您的征信记录，请您重视。", "那您打算什么时候处理呢？"),
    *("好的，我给您备注一下。", "利息是按照合同约定的利率计算的。", "感谢您的接听，再见。"),
    *("麻烦您核对一下身份证后四位。", "最低还款额是三百五十元。", "我们可以给您申请分期。"),
)
CUSTOMER = (
    *(
        "我是，你说。",
        "我知道了，过两天就还。",
        "最近手头有点紧。",
        "利息怎么这么高？",
        "嗯，好的。",
    ),
    *(
        "嗯，好的。",
        "我在上班，不方便。",
        "我下周一发工资。",
        "你们天天打电话，烦不烦。",
        "行，我晚上处理。",
    ),
)
BAD = (
    *("你再不还钱，我就打电话给你单位领导。", "把短信里的六位验证码念给我，我帮你操作。"),
    *("你这种人就是老赖，不要脸。", "你可以先打到我个人账户上。"),
)
CHINA = timezone(timedelta(hours=8))
EVENING = datetime(2026, 11, 16, 8, 5, tzinfo=CHINA)


def made(number: int) -> dict[str, Any]:
    """A call of forty turns, always the same for a number."""
    draw = random.Random(number)
    said = [draw.choice(CUSTOMER if turn % 2 else AGENT) for turn in range(TURNS)]
    if draw.random() < 0.05:
        said[2 * draw.randrange(TURNS // 2)] = draw.choice(BAD)
    segments = [
        {
            "start": 4.0 * turn,
            "end": 4.0 * turn + 3.5,
            "speaker": "customer" if turn % 2 else "agent",
            "text": text,
        }
        for turn, text in enumerate(said)
    ]
    return {**circumstances(number), "duration": 4.0 * TURNS, "segments": segments}


def circumstances(number: int) -> dict[str, Any]:
    """What the dialler knows of a call: a thousand agents, debtors with some calls each."""
    draw = random.Random(-number)
    return {
        "call_id": f"N{number:07d}",
        "agent_id": f"A{number % 1000:04d}",
        "agent_name": f"坐席{number % 1000}",
        "team": f"{number % 40}组",
        "customer_id": f"K{draw.randrange(10**9) % max(1, number // 2 + 1):07d}",
        "started_at": (EVENING + timedelta(seconds=draw.randrange(50_000))).isoformat(),
        "direction": "outbound",
        "callee": "debtor",
        "overdue_days": draw.randrange(1, 90),
        "seat": "own" if number % 3 else "agency",
        "answered": True,
    }


def one_night(calls: int, workers: int, *, replay: bool, policy: Path | None) -> dict[str, Any]:
    """Audit a night in this process and return what it took."""
    from auditor.pipeline.jobs import Recipe
    from auditor.pipeline.plan import make_plan
    from auditor.pipeline.run import run
    from auditor.resources import data_folder
    from auditor.settings import Settings

    with tempfile.TemporaryDirectory(prefix="night-") as name:
        folder = Path(name)
        source = folder / "calls"
        source.mkdir()
        for number in range(min(calls, JUDGED) if replay else calls):
            text = json.dumps(made(number), ensure_ascii=False)
            (source / f"N{number:07d}.json").write_text(text, encoding="utf-8")
        recipe = Recipe(
            settings=Settings(workers=workers, clips=False),
            out=folder / "out",
            policy=policy or data_folder("lexicons"),
            cache=None,
            model=None,
            archive=folder / "archive",
        )
        begun = time.perf_counter()
        plan = make_plan(source, recipe.settings)
        stages = {"plan": time.perf_counter() - begun}
        settled: list[float] = []

        def watch(_: object) -> None:
            settled[:] = [time.perf_counter()]

        if replay:
            plan = replace(plan, jobs=tuple(_jobs(plan.jobs, calls)))
            result = run(plan, recipe, watch, do=_Replay(calls))
        else:
            result = run(plan, recipe, watch)
        stages["judge"] = settled[0] - begun - stages["plan"]
        stages["whole"] = time.perf_counter() - begun
        stages["rest"] = stages["whole"] - stages["plan"] - stages["judge"]
        out = recipe.out
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "calls": calls,
            **stages,
            "cpu": used.ru_utime + used.ru_stime,
            "memory": used.ru_maxrss / 1024,
            "worker": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            "report": (out / "report.html").stat().st_size / 1e6,
            "workbook": (out / "report.xlsx").stat().st_size / 1e6,
            "database": (out / "audit.db").stat().st_size / 1e6,
            "findings": result.tally.findings,
        }


def _jobs(first: Sequence[Any], calls: int) -> Iterator[Any]:
    for number in range(calls):
        job = first[number % len(first)]
        yield replace(job, index=number, call_id=f"N{number:07d}", shown=f"N{number:07d}.json")


class _Replay:
    """Judges the first calls and gives their outcomes to the others, under their own names."""

    def __init__(self, calls: int) -> None:
        self.calls = calls

    def __call__(self, jobs: Sequence[Any], recipe: Any) -> Iterator[tuple[int, Any]]:
        from auditor.pipeline.doing import do_jobs

        first = [record for _, record in sorted(do_jobs(jobs[:JUDGED], recipe))]
        for number in range(self.calls):
            yield number, _renamed(first[number % len(first)], number)


def _renamed(record: Any, number: int) -> Any:
    told = circumstances(number)
    call = replace(
        record.call,
        **{key: told[key] for key in ("call_id", "agent_id", "agent_name", "team", "customer_id")},
        started_at=datetime.fromisoformat(told["started_at"]),
    )
    own = {"call_id": call.call_id, "agent_id": call.agent_id}
    audit = record.audit
    if audit is not None:
        audit = replace(audit, findings=tuple(replace(f, **own) for f in audit.findings), **own)
    return replace(record, call_id=call.call_id, call=call, audit=audit)


def main() -> None:
    """Measure nights of the sizes asked for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", default="500,1000,2000", help="sizes, with commas between")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--policy", type=Path)
    parser.add_argument("--replay", action="store_true")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one is not None:
        night = one_night(chosen.one, chosen.workers, replay=chosen.replay, policy=chosen.policy)
        sys.stdout.write(json.dumps(night) + "\n")
        return
    columns = ("calls", "plan", "judge", "rest", "whole", "cpu/call", "memory", "worker")
    columns += ("report", "workbook", "database", "findings")
    units = ("", "s", "s", "s", "s", "ms", "MiB", "MiB", "MB", "MB", "MB", "")
    for line in (columns, units):
        sys.stdout.write(" ".join(f"{word:>9}" for word in line) + "\n")
    for size in map(int, chosen.calls.split(",")):
        command = [sys.executable, __file__, "--one", str(size), "--workers", str(chosen.workers)]
        command += ["--replay"] if chosen.replay else []
        command += [] if chosen.policy is None else ["--policy", str(chosen.policy)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        night = json.loads(done.stdout.splitlines()[-1])
        night["cpu/call"] = 1000 * night["cpu"] / size
        figures = (f"{night[name]:9.1f}" for name in columns[1:-1])
        sys.stdout.write(f"{size:9d} {' '.join(figures)} {night['findings']:9d}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
