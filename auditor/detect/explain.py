"""Say in words why a finding stands, in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.conditions.base import Hit, span_of
from auditor.conditions.scene import Scene
from auditor.detect.english import parts_in_english
from auditor.domain.findings import How
from auditor.errors import counted
from auditor.policy.model import Rule

HOW = {
    How.LEXICON: ("词表", "lexicon"),
    How.PATTERN: ("句式", "pattern"),
    How.PINYIN: ("读音相同的词", "same sound"),
    How.CLASSIFIER: ("模型", "classifier"),
    How.ABSENCE: ("缺失", "absence"),
}


@dataclass(frozen=True, slots=True)
class Excused:
    """A hit of the rule that does not count, and why."""

    hit: Hit
    reason: str


def explain_violation(
    rule: Rule,
    scene: Scene,
    hits: tuple[Hit, ...],
    excused: tuple[Excused, ...],
    *,
    unsure_speaker: bool,
    doubtful: bool,
    open_excuse: bool = False,
) -> tuple[str, str]:
    """Name the words that hit, what was heard and meant, and the exemptions looked at.

    Args:
        rule: The rule that failed.
        scene: The call.
        hits: The words; none where the rule rests on what is known of the call.
        excused: Similar words that do not count.
        unsure_speaker: It is not sure who spoke.
        doubtful: The finding goes to review.
        open_excuse: It cannot be known whether an exemption applies.
    """
    if not hits:
        zh = [f"通话信息符合“{rule.title}”的情形：{rule.find.describe()}。"]
        en = [f"What is known of the call meets “{rule.title_en or rule.rule_id}”."]
        return _reviewed(zh, en, doubtful=doubtful)
    zh = [f"坐席话语命中“{rule.title}”："]
    en = [f"The agent's words hit “{rule.title_en or rule.rule_id}”: "]
    words = []
    words_en = []
    for hit in hits:
        text = span_of(scene, hit).of(scene.views[hit.turn].turn.text)
        how_zh, how_en = HOW[hit.how]
        meant = _meant(scene, hit)
        words.append(f"“{text}”（{hit.note or how_zh}{meant[0]}）")
        words_en.append(f"“{text}” ({quoted_note(hit.note_en) or how_en}{meant[1]})")
    zh.append("、".join(dict.fromkeys(words)) + "。")
    en.append(", ".join(dict.fromkeys(words_en)) + ".")
    if rule.unless:
        reasons = "、".join(dict.fromkeys(exemption.brief() for exemption in rule.unless))
        none_zh, none_en = ("其中有无法判断的", "one of them cannot be judged")
        if not open_excuse:
            none_zh, none_en = ("均不成立", "none applies")
        zh.append(f"已核对排除情形（{reasons}），{none_zh}。")
        en.append(
            f" {counted(len(rule.unless), 'exemption was', 'exemptions were')} checked; {none_en}."
        )
    if excused:
        zh.append(f"同类用语另有{len(excused)}处因符合排除情形未计。")
        en.append(f" {counted(len(excused), 'similar hit was', 'similar hits were')} excused.")
    if unsure_speaker:
        zh.append("说话人不够确定，转人工复核，不计分。")
        en.append(" Who spoke is not sure enough: goes to review, not to the score.")
    return _reviewed(zh, en, doubtful=doubtful and not unsure_speaker)


def quoted_note(note: str) -> str:
    """An English note; one that names something Chinese without quoting it is quoted."""
    return note if note.isascii() or "“" in note else f"“{note}”"


def _reviewed(zh: list[str], en: list[str], *, doubtful: bool) -> tuple[str, str]:
    """Join the sentences, with the reason for a review where nothing else gives one."""
    if doubtful:
        zh.append("录音质量或规则的前提不能确定，转人工复核，不计分。")
        en.append(
            " The sound or a premise of the rule is not sure enough: goes to review, "
            "not to the score."
        )
    return "".join(zh), "".join(en)


def explain_omission(
    rule: Rule,
    scene: Scene,
    nearest: tuple[Hit, ...],
    *,
    late: bool,
    unheard: bool,
    doubtful: bool,
    missing: tuple[str, ...] = (),
) -> tuple[str, str]:
    """Say what is missing, the nearest attempt, and whether the sound there was usable.

    Args:
        rule: The rule that asks for it.
        scene: The call.
        nearest: Words of the nearest attempt.
        late: It was said, too late.
        unheard: Parts of the call cannot be judged.
        doubtful: The finding goes to review.
        missing: Parts that the nearest attempt lacks.
    """
    zh = [f"{rule.title}：全程没有听到符合要求的表述"]
    en = [f"{rule.title_en or rule.rule_id}: nothing that meets the requirement was heard"]
    if late:
        zh = [f"{rule.title}：说得太晚，应当先于规定的时点"]
        en = [f"{rule.title_en or rule.rule_id}: it came too late"]
    if nearest:
        view = scene.views[nearest[0].turn]
        time = view.turn.time
        zh.append(f"；最接近的一处在{time.start:.0f}秒，但不构成有效告知")
        en.append(f"; the nearest attempt is at {time.start:.0f} s and does not suffice")
    else:
        zh.append("，也没有近似的表述")
        en.append(", and nothing close to it")
    if missing:
        zh.append(f"，缺少：{'、'.join(missing)}")
        en.append(f"; missing: {parts_in_english(missing)}")
    zh.append("。")
    en.append(".")
    if unheard:
        zh.append("通话中有听不清或说话人不确定的部分，转人工复核，不计分。")
        en.append(" Parts of the call are unusable or of unsure speaker: goes to review.")
    return _reviewed(zh, en, doubtful=doubtful and not unheard)


def _meant(scene: Scene, hit: Hit) -> tuple[str, str]:
    repairs = [r for r in scene.views[hit.turn].repairs if r.start < hit.end and hit.start < r.end]
    if not repairs:
        return "", ""
    zh = "，".join(f"听作“{r.heard}”，应为“{r.meant}”" for r in repairs)
    en = ", ".join(f"heard “{r.heard}”, meant “{r.meant}”" for r in repairs)
    return f"，{zh}", f", {en}"
