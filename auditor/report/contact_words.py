"""What the report says about contacts, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

CONTACT_TEXTS: Mapping[str, tuple[str, str]] = {
    "contacts": ("跨通话核查", "Across calls"),
    "contacts_note": (
        "时间、次数、拒绝之后再联系等核查，各坐席和委外机构合并计算；"
        "时间均为债务人当地时间。只列债务人编号。",
        "Hours, counts and contacts after a refusal, all agents and agencies together; times are "
        "the debtor's. Debtors are named by their ids only.",
    ),
    "contacts_capped": (
        "有发现的债务人共 {total} 位，页面只列出 {shown} 位，全部见",
        "The page shows {shown} of {total} {total:debtor|debtors} with findings; all are in",
    ),
    "no_contacts": (
        "没有债务人在时间、次数或者拒绝之后再联系方面有发现。",
        "No debtor's contacts have findings.",
    ),
    "contact_time": ("当地时间", "Local time"),
    "contact_who": ("对象", "With whom"),
    "contact_heard": ("听到", "Heard"),
    "trail": (
        "实测 {measured}，限值 {limit}（{zone}）：",
        "Found {measured}, allowed {limit} ({zone}):",
    ),
    "case": ("债务人 {customer} 的联系经过", "Contacts with debtor {customer}"),
    "case_sums": (
        "{calls} 通；计分发现 {counted}，待人工判定 {review}",
        "{calls} {calls:call|calls}; {counted} counted {counted:finding|findings}, "
        "{review} for review",
    ),
    "case_words": ("话语发现 {number} 项", "{number} {number:finding|findings} in its words"),
}

PARTY: Mapping[str, tuple[str, str]] = {
    "debtor": ("本人", "Debtor"),
    "guarantor": ("担保人", "Guarantor"),
    "third_party": ("第三人", "Third party"),
    "machine": ("语音提示", "Machine"),
    "unknown": ("不明", "Unknown"),
}

CONTACT: Mapping[str, tuple[str, str]] = {
    "answered": ("接通", "answered"),
    "unanswered": ("未接通", "unanswered"),
    "unknown": ("是否接通不明", "unknown whether answered"),
}

HEARD: Mapping[str, tuple[str, str]] = {
    "stop": ("要求不要再联系", "asked not to be called"),
    "hardship": ("说有困难", "told of hardship"),
    "dispute": ("提出异议", "disputed the debt"),
    "taken_up": ("坐席受理", "taken up by the agent"),
    "later_agreed": ("约定再联系：", "next call agreed:"),
    "later_asked": ("要求晚些再联系：", "asked to be called later:"),
    "unclear": ("时间不明确", "time unclear"),
}
