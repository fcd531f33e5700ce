"""How fast and how large the checks across calls are: run this file with Python.

Prints calls a second and peak memory for growing nights; with twice the calls both should grow
no more than twice.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time
from types import MappingProxyType
from zoneinfo import ZoneInfo

SIZES = (50_000, 100_000, 200_000)
NIGHT = datetime(2026, 11, 10, 8, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def measure(size: int) -> None:
    """Check one made-up night in this process and print a line of the table."""
    from auditor.contacts.consents import Consents
    from auditor.contacts.engine import check_contacts
    from auditor.domain.calls import Call, Callee, Direction
    from auditor.domain.contacts import Contact, Cues, Party
    from auditor.policy.contactrules import ContactRule
    from auditor.policy.loader import load_policy
    from auditor.text.normalise import Normaliser

    policy = load_policy(Path(__file__).parents[2] / "lexicons", Normaliser())
    rules = [rule for rule in policy.rules if isinstance(rule, ContactRule)]
    drawn = random.Random(7)

    def contacts() -> Iterator[Contact]:
        for place in range(size):
            customer = drawn.randrange(size // 3)
            answered = drawn.random() < 0.4
            call = Call(
                call_id=f"C{place}",
                agent_id=f"A{place % 400}",
                customer_id=f"K{customer}",
                started_at=NIGHT + timedelta(seconds=drawn.randrange(15 * 3600)),
                direction=Direction.OUTBOUND,
                callee=drawn.choice((Callee.DEBTOR, Callee.DEBTOR, Callee.THIRD_PARTY)),
                answered=answered,
                attributes=MappingProxyType({"number": f"138{customer:08d}"}),
            )
            cues = Cues(party=Party.DEBTOR, talked=True, stop=drawn.random() < 0.05)
            yield Contact(call=call, duration=60.0, cues=cues if answered else None, place=place)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun, busy = perf_counter(), process_time()
    verdicts = check_contacts(contacts(), rules, Consents())
    took, worked = perf_counter() - begun, process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = sum(len(verdict.findings) for verdict in verdicts.values())
    print(
        f"{size:>8} calls  {took:6.1f} s ({worked:.1f} s of a core)  {size / worked:8.0f} calls/s  "
        f"peak {peak:5.0f} MB ({peak - before:+.0f})  {found} findings"
    )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
    else:
        for size in SIZES:
            subprocess.run([sys.executable, __file__, str(size)], check=True)
