"""Everything a report says, in Chinese and in English, in one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.domain.findings import Category, Disclosure, Finding
from auditor.domain.jsonform import GROUNDS
from auditor.domain.runs import CallRecord
from auditor.errors import UsageError
from auditor.report.contact_words import CONTACT_TEXTS
from auditor.report.labels import GROUPS, Pair
from auditor.report.reasons import advice_on
from auditor.settings import LANGUAGES

TEXTS: Mapping[str, Pair] = {
    "title": ("催收通话合规质检报告", "Collection call compliance report"),
    "warning": ("注意", "Warning"),
    "demo_band": (
        "演示识别模型，仅用于合成语音，不得用于真实业务",
        "Demo recogniser: for synthetic speech only, not for real business",
    ),
    "canary_alarm": (
        "{missed}/{planted} 通已知结论的校验通话未得出应有结论："
        "本次结果不可依赖，请先查明原因并重新运行",
        "{missed} of {planted} calls with known findings were not judged as known: "
        "do not rely on this run until the cause is found and it is run again",
    ),
    "canaries": ("校验通话", "Canary calls"),
    "canary_line": (
        "校验通话：{planted} 通中 {planted} 通得出应有结论",
        "{planted} of {planted} canary calls found",
    ),
    "accounted": (
        "核对：清单 {rows} 行，录音 {found} 个，已解码 {decoded} 个，已转写 {transcribed} 个；"
        "清单外录音 {rowless} 个。各项合计一致，见 certificate.json",
        "Accounted for: {rows} manifest {rows:row|rows}, "
        "{found} {found:recording|recordings} found, {decoded} decoded, {transcribed} transcribed, "
        "{rowless} {rowless:recording|recordings} without a row; "
        "all sums agree, see certificate.json",
    ),
    "policy": ("质检规则", "Policy"),
    "period": ("通话期间", "Period"),
    "unknown": ("不详", "unknown"),
    "run": ("批次编号", "Run"),
    "made_at": ("生成时间", "Made at"),
    "fingerprint": ("规则指纹", "Policy fingerprint"),
    "input": ("数据来源", "Input"),
    "review": ("复核状态", "Review"),
    "review_pending": ("待复核", "To be reviewed"),
    "review_note": (
        "以下均为机器发现，经人工确认前一律为“待复核”，不得直接作为处罚依据",
        "All findings are a machine's and stay to be reviewed until a person confirms them",
    ),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "reason": ("原因", "Reason"),
    "sample_enough": ("足够", "enough"),
    "sample_small": ("样本不足，不排名", "too few, not ranked"),
    "count_rows": ("清单通数", "Calls in the manifest"),
    "count_audited": ("已质检", "Audited"),
    "count_skipped": ("跳过", "Skipped"),
    "count_failed": ("失败", "Failed"),
    "count_findings": ("计分发现", "Counted findings"),
    "count_undetermined": ("待人工判定", "Undetermined"),
    "count_fatal_calls": ("一票否决通数", "Fatal calls"),
    "version": ("版本", "version"),
    "rules": ("条规则", "rules"),
    "contents": ("目录", "Contents"),
    "coverage": ("覆盖情况", "Coverage"),
    "attention": ("优先处理", "Needs attention first"),
    "agents": ("坐席评分", "Agents"),
    "disclosures": ("必须告知事项", "Required disclosures"),
    "findings": ("发现", "Findings"),
    "for_review": ("待人工判定", "For human review"),
    "shadow": ("试行规则", "Rules on trial"),
    "shadow_note": (
        "试行规则只展示、不计分。“已有覆盖”指同一句话或同一类别已有计分发现；"
        "复核分钟按其余发现估算：听前后各15秒（遗漏类听全程）并用1分钟判断。",
        "Shown and not scored. Covered: a counted finding quotes the same words or has the same "
        "topic. Review minutes are for the rest: 15 seconds around the words (the whole call for "
        "an omission) and a minute to decide.",
    ),
    "shadow_applied": ("适用通数", "Calls judged"),
    "shadow_calls": ("涉及通数", "Calls hit"),
    "shadow_overlap": ("已有覆盖", "Covered"),
    "shadow_alone": ("仅由其发现的通数", "Calls only it hits"),
    "shadow_minutes": ("复核分钟", "Review minutes"),
    "shadow_quiet": (
        "另有 {number} 条试行规则没有发现。",
        "{number} more {number:rule|rules} on trial found nothing.",
    ),
    "unheard": ("未质检通话", "Calls not audited"),
    "method": ("评分方法与图例", "Method and legend"),
    "hours": ("{hours} 小时", "{hours} hours"),
    "not_covered": (
        "{number} 通未质检，本报告的结论不覆盖这些通话：",
        "{number} {number:call was|calls were} not audited and nothing here covers "
        "{number:it|them}: ",
    ),
    "comma": ("、", ", "),
    "stop": ("。", "."),
    "see_list": ("查看清单", "See the list"),
    "trend_day": ("每日通话与结果", "Calls and results by day"),
    "trend_week": ("每周通话与结果（周一日期）", "Calls and results by week (its Monday)"),
    "trend_month": ("每月通话与结果", "Calls and results by month"),
    "trend_values": ("图中数值", "The figures of the chart"),
    "trend_column_day": ("日期", "Day"),
    "trend_column_week": ("周（周一日期）", "Week (its Monday)"),
    "trend_column_month": ("月份", "Month"),
    "trend_clean": ("无计分发现", "No counted finding"),
    "trend_flagged": ("有计分发现", "With findings"),
    "trend_note": (
        "柱顶为质检通数，末行为平均分",
        "Above: calls audited; last line: mean score",
    ),
    "attention_note": (
        "有 {number} 通被机器判定触发一票否决，请优先复核。",
        "A machine judged {number} {number:call|calls} fatal; review {number:it|these} first.",
    ),
    "and_more": ("……另有 {number} 项", "… and {number} more"),
    "more_fatal": (
        "另有 {number} 通触发一票否决，见下文或 report.xlsx。",
        "{number} more fatal {number:call|calls}: see below or report.xlsx.",
    ),
    "no_fatal": ("没有触发一票否决的通话。", "No call was judged fatal."),
    "agents_note": (
        "平均分后的横线为95%置信区间；质检不足 {number} 通的坐席样本不足，不参与排名。",
        "The line on a bar is the 95 % interval of the mean; agents with fewer than {number} "
        "audited {number:call|calls} are not ranked.",
    ),
    "more_agents": (
        "页面只比较问题最多的 {shown} 名坐席，另有 {number} 名见",
        "The page compares the {shown} {shown:agent|agents} with most to look at; {number} more "
        "{number:is|are} in",
    ),
    "rank": ("名次", "Rank"),
    "agent": ("坐席", "Agent"),
    "calls": ("质检通数", "Calls audited"),
    "mean_score": ("平均分", "Mean score"),
    "per_100": ("每百通发现", "Findings per 100 calls"),
    "not_ranked": ("样本不足，不排名", "too few, not ranked"),
    "unranked": ("不排名", "not ranked"),
    "clean_agents": ("未发现问题的坐席", "Agents without findings"),
    "categories": ("违规类别", "Violation categories"),
    "categories_note": (
        "每百通适用通话中有计分违规的通数；小字为 涉及/适用 通数与95%置信区间。",
        "Calls with a counted violation per 100 applicable calls; below: calls/applicable and "
        "95 % interval.",
    ),
    "disclosures_note": (
        "应当告知的通话中做到的比例；小字为 做到/应做 通数与95%置信区间。"
        "不适用与无法判定的通话不计入。",
        "Share of calls that made a disclosure, of those that had to; below: made/required and "
        "95 % interval. Calls where it did not apply or could not be judged are left out.",
    ),
    "no_disclosures": ("没有适用的告知事项。", "No disclosure applied."),
    "everybody": ("合计", "All"),
    "capped": (
        "页面只列出 {total} 项发现中的 {shown} 项（严重者优先），全部见",
        "The page shows {shown} of {total} {total:finding|findings}, severe ones first; all are in",
    ),
    "severity": ("严重程度", "Severity"),
    "topic": ("类别", "Topic"),
    "search": ("查找", "Search"),
    "all": ("全部", "all"),
    "open_all": ("全部展开", "Open all"),
    "close_all": ("全部收起", "Close all"),
    "nothing_fits": ("没有符合条件的发现。", "No finding fits."),
    "no_calls": ("没有已质检的通话。", "No call was audited."),
    "left_out": (
        "该坐席另有 {number} 项发现未在页面列出，见",
        "{number} more {number:finding is|findings are} in",
    ),
    "clean_calls": ("未发现问题的通话：", "Calls without findings: "),
    "for_review_note": (
        "录音或说话人不够确定，机器不作判定、不计分，由人工听音决定。",
        "Sound or speaker was not sure enough: not judged and not scored; a person decides.",
    ),
    "no_review": ("没有需要人工判定的项目。", "Nothing was left undetermined."),
    "call": ("通话", "Call"),
    "result": ("结果", "Outcome"),
    "detail": ("详情", "Detail"),
    "more_unheard": (
        "另有 {number} 通，见 report.xlsx 的“通话”表。",
        "{number} more {number:is|are} in the sheet “Calls” of report.xlsx.",
    ),
    "all_heard": ("清单内的通话全部完成质检。", "Every call of the manifest was audited."),
    "method_score": (
        "每通从 {base} 分起，每条不通过的正式规则扣一次分；触发致命规则的通话一票否决，"
        "另列“不计否决得分”。",
        "A call starts with {base} points; every failed rule in force takes its points once. A "
        "fatal failure overrules the score; the score without it is shown apart.",
    ),
    "method_states": (
        "不适用、无法判定的检查既不算通过也不算不通过；试行规则只展示、不计分。",
        "Checks that do not apply or cannot be judged count neither way; rules on trial are shown "
        "and not scored.",
    ),
    "method_interval": (
        "比例的区间为 Wilson 95% 区间，平均分的区间按 t 分布计算；分母为 0 时不显示数值。",
        "Intervals of shares are Wilson's at 95 %, those of means by Student's t; with a "
        "denominator of 0 there is no figure.",
    ),
    "method_rank": (
        "质检不足 {number} 通的坐席不排名；样本小的比例请看区间，不宜直接比较。",
        "Agents under {number} audited {number:call|calls} are not ranked; "
        "judge small shares by their interval.",
    ),
    "method_review": (
        "把握度为机器对该发现的估计，不代表事实认定。",
        "Confidence is the machine's estimate, not a statement of fact.",
    ),
    "grades": ("条款核实等级", "How clauses were verified"),
    "made_with": ("批次与版本", "Run and versions"),
    "whole_call": ("整通电话未听到相应内容", "Not heard anywhere in the call"),
    "nearest": ("最接近的一处：", "Nearest attempt:"),
    "callee": ("外呼对象", "callee"),
    "overdue": ("逾期 {number} 天", "{number} {number:day|days} overdue"),
    "score": ("得分", "score"),
    "fatal": ("一票否决", "Fatal"),
    "without_fatal": ("不计否决得分 {score}", "{score} without it"),
    "sound": ("录音质量", "Sound"),
    "transcript": ("文字稿", "Transcript"),
    "play": ("播放这一句", "Play this sentence"),
    "clip": ("片段", "Clip"),
    "dimensions": ("维度得分", "Dimensions"),
    "dimensions_mean": ("维度平均分", "Mean by dimension"),
    "clauses": ("依据", "Clauses"),
    "explanation": ("说明", "Why"),
    "grounds": ("判断依据", "Grounds"),
    "unfold": ("逐条展开", "Point by point"),
    "grounds_conditions": ("命中的条件", "Conditions that hit"),
    "grounds_heard": ("听到的与所指的", "Heard and meant"),
    "grounds_exemptions": ("核对过的排除情形", "Exemptions that were looked at"),
    "grounds_excused": ("同类用语中未计的", "Similar words that were excused"),
    "grounds_missing": ("缺少什么", "What is missing"),
    "voices": ("合并判断中各信号的分量", "Weight of each signal in the judgement"),
    "voice_for": ("支持", "for"),
    "voice_against": ("反对", "against"),
    "judgement": ("判定", "Judged"),
    "confidence": ("把握度", "confidence"),
    "points": ("扣分", "points"),
    "clause_map": ("条款对照", "Clause map"),
    "clause_map_note": (
        "规则依据的{clauses}处条款：{covered}处有规则检查，{uncovered}处应可检查而没有规则；"
        "其余单凭一通电话看不出来，列在下面并说明理由。后三列为本批次的发现数。",
        "Of the {clauses} clauses the policy rests on, rules show {covered}; {uncovered} could be "
        "shown and are not; the others no call can show: they are listed below with the reason. "
        "The last three columns count this run's findings.",
    ),
    "requirement": ("要求", "Requirement"),
    "places": ("出处", "Where it stands"),
    "shown_by": ("检查的规则", "Shown by"),
    "examples": ("正例+反例", "Examples +/-"),
    "counted": ("计分", "counted"),
    "on_trial": ("试行", "on trial"),
    "no_rule": ("没有规则", "no rule"),
    "not_in_a_call": ("单凭通话看不出来的条款", "What no call can show"),
    "unplaced_rules": (
        "没有条款依据的规则：",
        "Rules that rest on no clause a call can show: ",
    ),
    "unscored": ("不计分", "not scored"),
    "rule": ("规则", "rule"),
    **CONTACT_TEXTS,
}


class _Count(int):
    """A number that also picks between a singular and a plural: ``{number:call|calls}``."""

    def __format__(self, wanted: str) -> str:
        one, separator, many = wanted.partition("|")
        if not separator:
            return super().__format__(wanted)
        return one if self == 1 else many


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return a text with its values filled in, singular where there is one of them."""
    if not values:
        return text
    told = {key: _Count(v) if type(v) is int else v for key, v in values.items()}
    return text.format(**told)


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of one language.

    Raises:
        UsageError: The language is neither ``zh`` nor ``en``.
    """

    lang: str

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise UsageError(f"reports are written in {' or '.join(LANGUAGES)}, not {self.lang!r}")

    @property
    def place(self) -> int:
        """Which of a pair to take."""
        return LANGUAGES.index(self.lang)

    def __call__(self, key: str, **values: object) -> str:
        """Return a text of the report with its values filled in."""
        return fill(TEXTS[key][self.place], values)

    def pair(self, group: str, value: str) -> Pair:
        """Return both names of a value."""
        return GROUPS[group].get(value, (value, value))

    def label(self, group: str, value: str) -> str:
        """Return the name of a value; the value itself where it has none."""
        return self.pair(group, value)[self.place]

    def topic(self, category: Category | None, disclosure: Disclosure | None) -> str:
        """Return the name of a category or disclosure."""
        if category is not None:
            return self.label("category", category.value)
        return "" if disclosure is None else self.label("disclosure", disclosure.value)

    def detail_of(self, record: CallRecord) -> str:
        """Return why a call was not audited and what to do; the English is the call's message."""
        advice = advice_on(record) if self.lang == "zh" else None
        return record.message if advice is None else advice

    def title_of(self, finding: Finding) -> str:
        """Return the title of a finding's rule, in Chinese where there is no other."""
        return (finding.title_en or finding.title) if self.lang == "en" else finding.title

    def grounds_of(self, finding: Finding) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield why a finding stands: a heading and the points under it."""
        for name in GROUNDS:
            points = getattr(finding.grounds, name)
            if points:
                yield (
                    self(f"grounds_{name}"),
                    tuple((point.zh, point.en)[self.place] for point in points),
                )

    def voices_of(self, finding: Finding) -> Iterator[tuple[str, str, bool]]:
        """Yield the signals of the joint judgement: name, weight, whether it speaks for it."""
        for voice in finding.grounds.voices:
            yield (voice.zh, voice.en)[self.place], f"{voice.weight:+.2f}", voice.weight > 0

    def explanation_of(self, finding: Finding) -> str:
        """Return the explanation of a finding, in Chinese where there is no other."""
        if self.lang == "en":
            return finding.explanation_en or finding.explanation
        return finding.explanation
