"""What the page of an evaluation says, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.evaluate.confusion import NOTHING
from auditor.report.i18n import Words, fill
from auditor.report.labels import CATEGORY, DISCLOSURE, Pair

TEXTS: Mapping[str, Pair] = {
    "title": ("质检准确度评估", "How right the audit is"),
    "subject": ("评估对象", "Evaluated"),
    "policy": ("质检规则", "Policy"),
    "run": ("批次编号", "Run"),
    "counting": ("计入范围", "What counts"),
    "counting_stable": ("仅正式规则", "rules in force only"),
    "counting_trial": ("正式规则与试行规则", "rules in force and on trial"),
    "private": (
        "本页引用通话内容，请按通话录音同等保密。",
        "This page quotes calls: keep it as confidential as the recordings.",
    ),
    "contents": ("目录", "Contents"),
    "overview": ("总览", "Overview"),
    "categories": ("违规类别", "Violations by category"),
    "disclosures": ("告知遗漏", "Omitted disclosures"),
    "confusion": ("类别混淆", "Confusion of categories"),
    "calibration": ("把握度是否可信", "Is the confidence right?"),
    "noise": ("识别错误的影响", "What recognition errors cost"),
    "against": ("与较早一次的比较", "Against an earlier run"),
    "errors": ("错误清单", "Errors"),
    "method": ("计算方法", "Method"),
    "calls": ("已标注通话", "Labelled calls"),
    "precision": ("查准率", "Precision"),
    "recall": ("查全率", "Recall"),
    "f1": ("F1", "F1"),
    "tp": ("命中", "Right"),
    "fp": ("误报", "False"),
    "fn": ("漏报", "Missed"),
    "topic": ("项目", "Topic"),
    "all_violations": ("全部违规", "All violations"),
    "all_omissions": ("全部遗漏", "All omissions"),
    "mean": ("各项平均", "Mean over topics"),
    "located": ("位置相符（允许相差一句）", "At the right turn (one off allowed)"),
    "flagged": ("有违规的通话", "Calls with a violation"),
    "without_trial": ("不计试行规则", "Without rules on trial"),
    "violations_f1": ("违规 F1", "Violations F1"),
    "omissions_f1": ("遗漏 F1", "Omissions F1"),
    "wrong": ("无违规通话被误判", "Innocent calls accused"),
    "of": ("{part} / {whole} 通", "{part} of {whole} {whole:call|calls}"),
    "not_judged": (
        "有 {number} 通已标注通话没有质检，其标注一律计为漏报：",
        "{number} labelled {number:call was|calls were} not judged; "
        "all that is labelled there counts as missed: ",
    ),
    "undefined": ("无", "n/a"),
    "nothing": ("（无）", "(nothing)"),
    "confusion_note": (
        "只看标注与发现不一致的通话：行为漏报的类别，列为同一通中误报的类别。",
        "Calls where labels and findings differ: rows were missed, columns falsely found in the "
        "same call.",
    ),
    "no_confusion": ("标注与发现的类别完全一致。", "Labelled and found categories agree."),
    "calibration_note": (
        "把握度为 0.9 的发现应当十次中九次正确。点为实际正确率与 95% 区间，斜线为理想情形。",
        "Nine of ten findings of confidence 0.9 should be right. Dots: share right with its "
        "95 % interval; the diagonal is what should be.",
    ),
    "stated": ("所报把握度", "Stated"),
    "mean_stated": ("平均", "Mean"),
    "right": ("实际正确", "Right"),
    "findings": ("发现数", "Findings"),
    "ece": ("期望校准误差 {value}", "Expected calibration error {value}"),
    "brier": ("Brier 分数 {value}", "Brier score {value}"),
    "no_confidences": ("没有带把握度的发现。", "No finding states a confidence."),
    "violations": ("违规", "Violations"),
    "omissions": ("遗漏", "Omissions"),
    "noise_note": (
        "按电话识别器的方式损坏文字稿后重新质检（种子 {seed}）。",
        "Transcripts damaged as a telephone recogniser would, then audited again (seed {seed}).",
    ),
    "damaged": ("损坏字数", "Damaged"),
    "measured": ("实测字错率", "Character error"),
    "against_note": (
        "两次都质检过的 {number} 通上逐项比较；p 为 McNemar 精确检验（双侧），"
        "同一通内的判断并非完全独立。",
        "Decision by decision on the {number} {number:call|calls} that both judged; "
        "p is McNemar's exact test, two-sided. Decisions of one call are not quite independent.",
    ),
    "better": ("由错变对", "Wrong before, right now"),
    "worse": ("由对变错", "Right before, wrong now"),
    "p": ("p 值", "p"),
    "earlier": ("较早", "Earlier"),
    "now": ("本次", "Now"),
    "no_flips": ("没有变化。", "Nothing changed."),
    "found_now": ("新命中", "now found"),
    "cleared_now": ("不再误报", "no longer false"),
    "missed_now": ("新漏报", "now missed"),
    "false_now": ("新误报", "now false"),
    "missed": ("漏报", "Missed"),
    "false": ("误报", "False"),
    "misplaced": ("位置不符", "Elsewhere"),
    "turn": ("第 {number} 句", "turn {number}"),
    "rule": ("规则", "Rule"),
    "matched": ("命中词", "Matched"),
    "confidence": ("把握度", "Confidence"),
    "uncounted": ("未计入的发现", "Not counted"),
    "no_errors": ("没有错误。", "No errors."),
    "capped": (
        "页面只列出 {total} 项错误中的 {shown} 项，全部见 errors.txt 与 errors.jsonl。",
        "The page lists {shown} of {total} errors; all are in errors.txt and errors.jsonl.",
    ),
    "method_match": (
        "违规按“通话＋类别”对照；位置另作比较，允许相差一句。无法判定的发现不计入。",
        "A violation is matched by call and category; its place is compared apart, one turn off "
        "allowed. Undetermined findings do not count.",
    ),
    "method_interval": (
        "比例的区间为 Wilson 95% 区间；F1 的区间由 命中/(命中+误报+漏报) 的 Wilson 区间换算。"
        "分母为 0 时不显示数值。",
        "Intervals of shares are Wilson's at 95 %; that of F1 is carried over from "
        "right/(right + false + missed). With a denominator of 0 there is no figure.",
    ),
    "method_labels": (
        "标注由人书写；两位标注者之间也不会完全一致，准确度不会高于标注本身。",
        "Labels are written by people; two careful readers differ too, and nothing here can be "
        "more right than the labels.",
    ),
}


@dataclass(frozen=True, slots=True)
class PageWords:
    """The wording of one language.

    Args:
        words: Names that reports share.
    """

    words: Words

    @property
    def lang(self) -> str:
        """``zh`` or ``en``."""
        return self.words.lang

    def __call__(self, key: str, **values: object) -> str:
        """Return a text with its values filled in."""
        text = TEXTS[key][self.words.place]
        return fill(text, values)

    def topic(self, name: str) -> str:
        """Return the name of a category or disclosure."""
        if name == NOTHING:
            return self("nothing")
        pair = CATEGORY.get(name) or DISCLOSURE.get(name)
        return name if pair is None else pair[self.words.place]

    def speaker(self, name: str) -> str:
        """Return who speaks."""
        return self.words.label("speaker", name)
