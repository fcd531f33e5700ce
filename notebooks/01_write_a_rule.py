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
# # Write a rule: from a word list to a rule one can stand by
#
# A rule is one YAML file. This notebook writes one, tests it on its own examples, holds it against
# labelled calls (back-testing), reads what it got wrong, and improves it until nobody is wrongly
# accused. All kinds of conditions, each with an example, stand in `lexicons/README.md`.
#
# 本笔记本演示如何编写一条规则、用自带的例句测试、在已标注的通话上回测，并根据误报逐步改进。

# %%
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

import auditor
from auditor.detect.judging import judge
from auditor.domain.findings import Category, Outcome
from auditor.ingest.scripts import read_scripts
from auditor.pipeline.judging import build_detector
from auditor.resources import data_folder, samples_folder

pd.set_option("display.max_colwidth", 90)

# %% [markdown]
# ## 1. A policy of one's own
#
# The shipped policy is copied; a copy can be changed without fear.

# %%
work = Path(tempfile.mkdtemp(prefix="rule-"))
policy = work / "policy"
shutil.copytree(data_folder("lexicons"), policy)
family = policy / "rules" / "credential_request"


def auditor_says(*arguments: str) -> str:
    """Run the command line and return what it prints."""
    command = [sys.executable, "-m", "auditor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - us
    return (done.stdout + done.stderr).replace(str(work), "WORK")


# %% [markdown]
# ## 2. First draft: a word list
#
# Agents must not ask for passwords and codes. The simplest rule looks for the words. `draft` means
# that no call is judged by it yet; a draft needs no examples.

# %%
HEAD = """
id: credential_request.my-code
version: {version}
title: 索要密码、验证码
title_en: Asks for a password or a code
kind: violation
category: credential_request
clauses: [prv-07.pipl]
severity: critical
weight: 40
status: {status}
rationale: 催收不需要客户的密码和验证码。
"""

words = """
find:
  speaker: agent
  lexicon: secret-codes
"""

rule_file = family / "my-code.yaml"
rule_file.write_text(HEAD.format(version=1, status="draft") + words, encoding="utf-8")
print(auditor_says("policy", "check", "--policy", str(policy)))

# %% [markdown]
# A mistake is reported with file and line, all mistakes at once:

# %%
rule_file.write_text(
    HEAD.format(version=1, status="draft") + words.replace("secret-codes", "sekret-codes"),
    encoding="utf-8",
)
print(auditor_says("policy", "check", "--policy", str(policy)))

# %% [markdown]
# ## 3. Back-testing
#
# The labelled calls say which turns ask for a secret. Only training calls are used; the test calls
# stay shut until a release. Without the repository's calls the samples do.

# %%
corpus = Path(auditor.__file__).parents[1] / "models" / "corpus"
if (corpus / "splits.csv").is_file():
    splits = pd.read_csv(corpus / "splits.csv")
    batches = splits[splits["split"] == "training"]["batch"].head(6)
    files = [corpus / "calls" / f"{batch}.txt" for batch in batches]
else:
    files = [samples_folder() / "scripts.txt"]
calls = [script for file in files for script in read_scripts(file)]
labelled = {
    script.call_id
    for script in calls
    if any(category is Category.CREDENTIAL_REQUEST for category, _ in script.violations)
}
print(len(calls), "calls,", len(labelled), "in which the agent asks for a secret")


def back_test(find: str) -> pd.DataFrame:
    """Judge every labelled call by a rule alone; one row a finding."""
    rule_file.write_text(HEAD.format(version=1, status="draft") + find, encoding="utf-8")
    detector = build_detector(policy, weighed=False)
    rule = detector.policy.rule("credential_request.my-code")
    rows = []
    for script in calls:
        judged = judge(rule, detector.scene(script.transcript()))
        for finding in judged.findings:
            if finding.outcome is Outcome.FAIL:
                right = script.call_id in labelled
                rows.append((script.call_id, right, finding.evidence.quote, finding))
    return pd.DataFrame(rows, columns=["call_id", "right", "quote", "finding"])


def figures(found: pd.DataFrame) -> dict[str, int]:
    """Calls rightly and wrongly accused, and missed."""
    accused = set(found["call_id"])
    return {
        "right": len(accused & labelled),
        "wrong": len(accused - labelled),
        "missed": len(labelled - accused),
    }


first = back_test(words)
print(figures(first))
first[~first["right"]][["call_id", "quote"]]

# %% [markdown]
# Whoever warns a customer not to tell the code says the word as well. That is what a word list
# cannot see.

# %% [markdown]
# ## 4. Second draft: what is done with the word
#
# `act` asks whether the agent *asks for* it. Denials, warnings and what others said do not count.

# %%
asking = """
find:
  speaker: agent
  act: {does: asks_for, of: {lexicon: secret-codes}}
"""

second = back_test(asking)
print(figures(second))
second[["call_id", "right", "quote"]]

# %% [markdown]
# ## 5. Third draft: exemptions
#
# What is wrong, here or in the next calls, is read one by one and excused by what makes it
# harmless, not by the words of that one call. Exemptions also say later why they did not apply.

# %%
excused = (
    asking
    + """
unless:
  - warned: {chars: 20, same_clause: false}
  - after: {speaker: agent, chars: 12, pattern: '(别|不要|不能|不会|不用|无需|自己输)'}
  - turn: {speaker: agent, pattern: '(骗子|诈骗|不会(问|要)您)'}
"""
)

third = back_test(excused)
table = pd.DataFrame([figures(one) for one in (first, second, third)])
table.insert(0, "draft", ["word list", "asks for it", "with exemptions"])
table[["draft", "right", "wrong", "missed"]]

# %% [markdown]
# Every finding says why it stands; that is where to look when it is wrong.

# %%
for finding in third["finding"].head(2):
    for kind in ("conditions", "heard", "exemptions", "excused"):
        for point in getattr(finding.grounds, kind):
            print(f"{kind:11}", point.zh)

# %% [markdown]
# What is missed is read the same way; here other rules of the policy look for codes that are never
# called codes ("the number in the message"). A rule need not see everything. It must not accuse
# wrongly: the numbers above are on calls that the rule was made from, so they flatter it. Before a
# rule counts, hold it against calls nobody looked at (`auditor evaluate`).

# %% [markdown]
# ## 6. Examples belong to the rule
#
# On trial a rule needs at least three dialogues that hit and four that must not. They are run by
# `auditor policy test` and stay with the rule for ever. What the rule still gets wrong is kept,
# too, with `known_wrong: true`.

# %%
examples = """
examples:
  - {name: 直接要, expect: finding, evidence: 验证码, dialogue: [{agent: 您收到的验证码告诉我}]}
  - {name: 请报一下, expect: finding, evidence: 密码, dialogue: [{agent: 麻烦您报一下密码}]}
  - name: 客户问为什么
    expect: finding
    evidence: 验证码
    dialogue:
      - agent: 把您的验证码念给我
      - customer: 要这个干什么
      - agent: 帮您核销
  - {name: 提醒, expect: none, dialogue: [{agent: 验证码千万不要告诉任何人}]}
  - {name: 否定, expect: none, dialogue: [{agent: 我们不会让您报密码}]}
  - {name: 客户说的, expect: none, dialogue: [{customer: 验证码要告诉你吗}, {agent: 不用}]}
  - {name: 只是提到, expect: none, dialogue: [{agent: 验证码会发到您手机上}]}
  - name: 没有说出密码两个字
    expect: finding
    evidence: 数字
    known_wrong: true
    dialogue: [{agent: 短信里那六位数字念给我听听}]
"""
rule_file.write_text(HEAD.format(version=1, status="trial") + excused + examples, encoding="utf-8")
print(auditor_says("policy", "check", "--policy", str(policy)))
print(auditor_says("policy", "test", "credential_request.my-code", "--policy", str(policy)))

# %% [markdown]
# ## 7. On trial
#
# Rules on trial are shown in every report and counted nowhere. `auditor audit TRANSCRIPTS --policy
# WORK/policy` judges calls by them; `auditor policy list` shows the life of every rule. When people
# have confirmed enough of its findings, `status` becomes `stable`. When its meaning changes, its
# `version` goes up.

# %%
print(auditor_says("policy", "show", "credential_request.my-code", "--policy", str(policy)))
