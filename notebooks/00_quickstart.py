# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Quick start: from calls to scorecards
#
# This notebook audits the sample calls that ship with the package and looks at the result with
# pandas. It needs no recogniser and no network: it starts from what was said in the samples.
# To look at a run of your own instead, set `AUDITOR_RUN` to its output folder before starting.
#
# 本笔记本质检随包附带的样例通话，并用 pandas 查看评分卡、发现与告知情况。

# %%
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

import auditor
from auditor.ingest.scripts import read_scripts
from auditor.ingest.transcripts import transcript_to_json
from auditor.resources import samples_folder

pd.set_option("display.max_colwidth", 60)

# %% [markdown]
# ## 1. Transcripts in, a run out
#
# A transcript is one JSON file a call. `auditor audit` holds every file against the policy and
# writes findings, scorecards and reports. For recordings it is `auditor run RECORDINGS --model …`.

# %%
given = os.environ.get("AUDITOR_RUN")
work = Path(tempfile.mkdtemp(prefix="quickstart-"))
out = Path(given) if given else work / "out"

if not given:
    calls = work / "calls"
    calls.mkdir()
    for script in read_scripts(samples_folder() / "scripts.txt"):
        data = transcript_to_json(script.transcript())
        (calls / f"{script.call_id}.json").write_text(
            json.dumps(data, ensure_ascii=False), encoding="utf-8"
        )
    command = [sys.executable, "-m", "auditor", "audit", str(calls), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - us
    print(done.stdout or done.stderr)

run = auditor.open_run(out)
print(dict(run.info.counts))

# %% [markdown]
# ## 2. Scorecards
#
# One row an agent. A score is the mean of the call scores, with its 95 % interval; with few calls
# the interval is wide and the agent is not ranked. What is undefined is missing, never 0.

# %%
cards = run.scorecards()
overview = ["agent_id", "agent_name", "calls", "score", "score_low", "score_high", "fatal_calls"]
cards[[*overview, "ranked"]]

# %% [markdown]
# Violations by category: calls with a counted finding per 100 calls the category applied to.

# %%
rates = cards.set_index("agent_id").filter(regex="_per_100$")
violations = [c for c in rates if f"{c.removesuffix('_per_100')}_calls" in cards]
rates[violations].loc[:, (rates[violations] > 0).any()].rename(
    columns=lambda name: name.removesuffix("_per_100")
)

# %% [markdown]
# ## 3. Findings
#
# Each finding names the sentence, its second, the rule and the clauses with how well they were
# verified. All of them are to be reviewed by a person.

# %%
findings = run.findings()
findings["clause"] = [
    "; ".join(f"{c['document']} {c['section']} ({c['grade']})" for c in clauses)
    for clauses in findings["clauses"]
]
findings[["call_id", "agent_id", "severity", "title", "start", "quote", "clause"]]

# %%
findings.groupby(["outcome", "kind", "severity"], as_index=False).size()

# %% [markdown]
# ## 4. One call
#
# The call with the most findings, as a dialogue. `>>` marks the sentences that were flagged.

# %%
counted = findings[findings["outcome"] == "fail"]
if counted.empty:
    print("no counted findings in this run")
else:
    worst = counted["call_id"].value_counts().index[0]
    flagged = counted[counted["call_id"] == worst].groupby("segment")["title"].agg("、".join)
    for turn in run.transcript(worst).itertuples():
        mark, why = ("  ", "") if turn.segment not in flagged else (">>", flagged[turn.segment])
        print(f"{mark} {turn.start:6.1f}  {turn.speaker:8}  {turn.text}  {why}")

# %% [markdown]
# ## 5. Disclosures
#
# Of the calls that required a disclosure, the share that made it, with its Wilson interval.

# %%
required = [c.removesuffix("_required") for c in cards if c.endswith("_required")]
disclosures = pd.DataFrame(
    {
        "made": [int(cards[f"{name}_made"].sum()) for name in required],
        "required": [int(cards[f"{name}_required"].sum()) for name in required],
    },
    index=required,
)
disclosures["rate"] = (disclosures["made"] / disclosures["required"]).round(2)
disclosures[disclosures["required"] > 0]

# %% [markdown]
# ## 6. Calls that were not audited
#
# Every call of the input ends in exactly one outcome; what could not be judged says why.

# %%
status = run.calls()[["call_id", "agent_id", "outcome", "reason", "score", "auto_fail"]]
status.groupby(["outcome", "reason"], dropna=False, as_index=False).size()

# %% [markdown]
# The same for people: `report.html` (open it in a browser, print it) and `report.xlsx`.

# %%
sorted(path.name for path in out.iterdir())
