"""Everything a report says, in Chinese and in English, in one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from auditor.domain.findings import Category, Disclosure, Finding
from auditor.errors import UsageError
from auditor.report.labels import GROUPS, Pair

LANGUAGES = ("zh", "en")

TEXTS: Mapping[str, Pair] = {
    "title": ("催收通话合规质检报告", "Collection call compliance report"),
    "warning": ("注意", "Warning"),
    "demo_band": (
        "演示识别模型，仅用于合成语音，不得用于真实业务",
        "Demo recogniser: for synthetic speech only, not for real business",
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
}


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
        return TEXTS[key][self.place].format(**values) if values else TEXTS[key][self.place]

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

    def title_of(self, finding: Finding) -> str:
        """Return the title of a finding's rule, in Chinese where there is no other."""
        return (finding.title_en or finding.title) if self.lang == "en" else finding.title

    def explanation_of(self, finding: Finding) -> str:
        """Return the explanation of a finding, in Chinese where there is no other."""
        if self.lang == "en":
            return finding.explanation_en or finding.explanation
        return finding.explanation
