"""Names of values in Chinese and English: categories, disclosures, severities and so on."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.report.contact_words import CONTACT, HEARD, PARTY
from auditor.report.reasons import REASONS

Pair = tuple[str, str]
"""The Chinese and the English wording."""

CATEGORY: Mapping[str, Pair] = {
    "abuse": ("辱骂侮辱", "Abuse"),
    "threat": ("威胁恐吓", "Threat"),
    "harassment": ("骚扰", "Harassment"),
    "credential_request": ("索要密码验证码", "Credential request"),
    "third_party": ("向第三人泄露", "Third-party disclosure"),
    "impersonation": ("冒充身份", "Impersonation"),
    "misrepresentation": ("虚假陈述", "Misrepresentation"),
    "improper_payment": ("违规收款", "Improper payment"),
    "inducement": ("诱导借贷变现", "Inducement"),
    "service_failure": ("服务失当", "Service failure"),
    "calling_hours": ("拨打时段", "Calling hours"),
    "call_frequency": ("拨打频次", "Call frequency"),
    "contact_after_refusal": ("拒绝后仍联系", "Contact after refusal"),
}

DISCLOSURE: Mapping[str, Pair] = {
    "institution_identity": ("表明机构", "Institution named"),
    "agent_identity": ("表明坐席身份", "Agent identified"),
    "recording_notice": ("告知录音", "Recording notice"),
    "debtor_verification": ("核实本人", "Debtor verified"),
    "overdue_amount": ("逾期金额", "Overdue amount"),
    "repayment_channel": ("还款渠道", "Repayment channel"),
    "repayment_deadline": ("还款期限", "Repayment deadline"),
    "fee_explanation": ("息费说明", "Fees explained"),
    "hardship_option": ("困难协商", "Hardship option"),
    "debt_detail": ("债务明细", "Debt detail"),
}

SEVERITY: Mapping[str, Pair] = {
    "critical": ("致命", "Critical"),
    "major": ("严重", "Major"),
    "minor": ("一般", "Minor"),
}

KIND: Mapping[str, Pair] = {
    "violation": ("违规", "Violation"),
    "omission": ("遗漏", "Omission"),
}

OUTCOME: Mapping[str, Pair] = {
    "pass": ("通过", "Pass"),
    "fail": ("不通过", "Fail"),
    "undetermined": ("无法判定", "Undetermined"),
    "not_applicable": ("不适用", "Not applicable"),
}

STATUS: Mapping[str, Pair] = {
    "draft": ("草案", "Draft"),
    "trial": ("试行（不计分）", "Trial (not scored)"),
    "stable": ("正式", "In force"),
    "retired": ("停用", "Retired"),
}

CALL_OUTCOME: Mapping[str, Pair] = {
    "audited": ("已质检", "Audited"),
    "skipped": ("跳过", "Skipped"),
    "failed": ("失败", "Failed"),
}

SPEAKER: Mapping[str, Pair] = {
    "agent": ("坐席", "Agent"),
    "customer": ("客户", "Customer"),
    "unknown": ("不明", "Unknown"),
}

CALLEE: Mapping[str, Pair] = {
    "debtor": ("债务人", "Debtor"),
    "guarantor": ("担保人", "Guarantor"),
    "third_party": ("第三人", "Third party"),
    "unknown": ("不明", "Unknown"),
}

DIRECTION: Mapping[str, Pair] = {
    "outbound": ("呼出", "Outbound"),
    "inbound": ("呼入", "Inbound"),
}

SEAT: Mapping[str, Pair] = {
    "own": ("自有", "Own staff"),
    "agency": ("委外", "Agency"),
}

GRADE: Mapping[str, Pair] = {
    "V1": ("原文已核", "read in the primary text"),
    "V2": ("二手来源，多处一致", "secondary sources that agree"),
    "V3": ("二手来源，单一页面", "one secondary page"),
    "M": ("未核实，凭记忆", "not verified, from memory"),
}

HEALTH: Mapping[str, Pair] = {
    "truncated": ("录音不完整", "Recording cut off"),
    "clipped": ("削波失真", "Clipped"),
    "too_quiet": ("音量过低", "Too quiet"),
    "dead_channel": ("有声道无声", "Dead channel"),
    "fake_stereo": ("双声道内容相同", "Both channels equal"),
    "no_speech": ("无人说话", "No speech"),
    "little_speech": ("话语很少", "Little speech"),
    "duration_mismatch": ("时长与清单不符", "Length differs from manifest"),
    "extension_mismatch": ("文件扩展名不符", "Wrong file extension"),
}

RECOGNISER: Mapping[str, Pair] = {
    "model": ("识别模型", "Recogniser"),
    "digest": ("模型指纹", "Model fingerprint"),
}

GROUPS: Mapping[str, Mapping[str, Pair]] = {
    "category": CATEGORY,
    "disclosure": DISCLOSURE,
    "severity": SEVERITY,
    "kind": KIND,
    "outcome": OUTCOME,
    "status": STATUS,
    "call_outcome": CALL_OUTCOME,
    "speaker": SPEAKER,
    "callee": CALLEE,
    "direction": DIRECTION,
    "seat": SEAT,
    "grade": GRADE,
    "health": HEALTH,
    "recogniser": RECOGNISER,
    "party": PARTY,
    "contact": CONTACT,
    "heard": HEARD,
    "reason": {name: (reason.zh, reason.en) for name, reason in REASONS.items()},
}
