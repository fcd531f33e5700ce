"""Name the signals of the joint judgement and how much each weighs in one finding."""

from __future__ import annotations

import math

from auditor.detect.signals import Features
from auditor.domain.findings import Voice

_NAMES = {
    "classifier, call": ("分类模型：整通电话", "classifier: the whole call"),
    "classifier, likeliest turn": ("分类模型：最可疑的一段", "classifier: the likeliest turn"),
    "classifier, likeliest turn: said": (
        "分类模型：最像告知的一段",
        "classifier: the turn most like it",
    ),
    "classifier, other categories": ("分类模型：其他类别", "classifier: other categories"),
    "rule": ("正式规则命中用语", "a rule in force found words"),
    "rule on trial": ("试行规则命中用语", "a rule on trial found words"),
    "rule x classifier": ("规则与模型相互印证", "rule and classifier together"),
    "rules of other categories": ("其他类别的规则命中", "rules of other categories found words"),
    "rule: not owed": ("规则认为无须告知", "the rules do not ask for it"),
    "rule: not heard": ("规则没有听到告知", "the rules did not hear it"),
    "always": ("该项的一般水平", "how usual it is"),
    "length": ("通话长度", "length of the call"),
}
_LABELS = {
    "abuse": ("辱骂侮辱", "abuse"),
    "threat": ("威胁恐吓", "threat"),
    "harassment": ("骚扰", "harassment"),
    "credential_request": ("索要密码验证码", "asking for secrets"),
    "third_party": ("向第三人泄露", "telling third parties"),
    "impersonation": ("冒充身份", "impersonation"),
    "misrepresentation": ("虚假陈述", "misrepresentation"),
    "improper_payment": ("违规收款", "improper payment"),
    "inducement": ("诱导借贷变现", "inducement"),
    "service_failure": ("服务失当", "service failure"),
    "institution_identity": ("表明机构", "naming the institution"),
    "agent_identity": ("表明坐席身份", "naming the agent"),
    "recording_notice": ("告知录音", "notice of recording"),
    "debtor_verification": ("核实本人", "verifying the debtor"),
    "overdue_amount": ("说明逾期金额", "stating the amount"),
    "repayment_channel": ("说明还款渠道", "stating the channel"),
    "repayment_deadline": ("说明还款期限", "stating the deadline"),
    "fee_explanation": ("解释息费", "explaining fees"),
    "hardship_option": ("提供协商方案", "offering help in hardship"),
    "debt_detail": ("提供债务明细", "giving debt details"),
    "plan": ("给出还款方案", "a plan"),
    "refusal": ("拒绝", "a refusal"),
    "apology": ("道歉", "an apology"),
    "statement_promise": ("答应提供账单", "a promise of a statement"),
    "verification_attempt": ("尝试核实身份", "an attempt to verify"),
    "cue:hardship": ("客户有困难", "hardship"),
    "cue:dispute": ("客户有异议", "a dispute"),
    "cue:identity_theft": ("客户称被冒用身份", "identity theft"),
    "cue:stop_request": ("客户要求停止", "a request to stop"),
    "cue:later_time": ("客户约别的时间", "another time asked for"),
    "cue:asks_fees": ("客户问息费", "a question about fees"),
    "cue:asks_details": ("客户要明细", "a request for details"),
    "cue:complaint": ("客户要投诉", "a complaint"),
    "cue:self_harm": ("客户有轻生言语", "words of self-harm"),
    "cue:not_debtor": ("接听者不是本人", "somebody else"),
    "cue:pays_now": ("客户当场还款", "payment at once"),
}
_TURN = "classifier, likeliest turn"
_LEAST = 0.05
_MOST = 8


def voices(
    weights: Features, features: Features, *, zh: str = "", en: str = "", said: bool = False
) -> tuple[Voice, ...]:
    """Return what each signal adds to the log-odds, the heaviest first.

    Args:
        weights: Of the judgement, by signal.
        features: Values of the signals in the call.
        zh: Put before every name in Chinese, where several questions are answered.
        en: The same in English.
        said: The classifier's likeliest turn is one that says something owed.
    """
    parts = ((name, weights.get(name, 0.0) * value) for name, value in features.items())
    heavy = sorted(parts, key=lambda part: (-abs(part[1]), part[0]))[:_MOST]
    told = []
    for name, weight in heavy:
        if abs(weight) >= _LEAST:
            named_zh, named_en = _named(f"{name}: said" if said and name == _TURN else name)
            chance = _chance(name, features[name])
            told.append(
                Voice(f"{zh}{named_zh}{chance}", f"{en}{named_en}{chance}", round(weight, 2))
            )
    return tuple(told)


def _chance(signal: str, value: float) -> str:
    """The classifier's probability behind a signal that is its log-odds."""
    if not signal.startswith(("classifier", "said: ")):
        return ""
    return f" {1 / (1 + math.exp(-value)):.1%}"


def _named(signal: str) -> tuple[str, str]:
    """Plain words for a signal; one the table does not know keeps its own name."""
    if signal in _NAMES:
        return _NAMES[signal]
    kind, _, rest = signal.partition(": ") if ": " in signal else signal.partition(" ")
    label_zh, label_en = _LABELS.get(rest, (rest, rest))
    if kind == "said":
        return f"模型听到“{label_zh}”的可能", f"classifier heard: {label_en}"
    if kind == "category":
        return f"“{label_zh}”的一般水平", f"how usual {label_en} is"
    return signal, signal
