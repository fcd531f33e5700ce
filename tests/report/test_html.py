"""The page as values and as markup, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.domain.calls import Speaker
from auditor.domain.findings import CallOutcome, Evidence, How, Match, Outcome
from auditor.domain.jsonform import GROUNDS
from auditor.domain.runs import CallRecord
from auditor.domain.spans import CharSpan, TimeSpan
from auditor.errors import OutputError, UsageError
from auditor.report import labels
from auditor.report.build import Builder, Sources
from auditor.report.charts import MOST_BARS, trend
from auditor.report.clips import ClipMaker, address, reachable
from auditor.report.html import render_html
from auditor.report.i18n import LANGUAGES, TEXTS, Words
from auditor.report.quotes import LONGEST, merged, quote_parts

TEMPLATES = Path(labels.__file__).parent / "templates"


def page_of(night: Any, out: Path, lang: str = "zh", **options: Any) -> str:
    """The page of a run without sound."""
    return render_html(
        night.info,
        night.records,
        night.cards,
        night.policy.scoring,
        Sources(out=out),
        Words(lang),
        **options,
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_wording_is_there_in_both_languages(lang: str) -> None:
    """No key and no value lacks its Chinese or its English."""
    place = LANGUAGES.index(lang)
    assert [key for key, pair in TEXTS.items() if not pair[place].strip()] == []
    for group in labels.GROUPS.values():
        assert [value for value, pair in group.items() if not pair[place].strip()] == []


def test_english_wording_has_no_chinese_in_it() -> None:
    """A pair in the wrong order would show."""
    chinese = re.compile("[\u4e00-\u9fff]")
    named = (pair for group in labels.GROUPS.values() for pair in group.values())
    pairs = [*TEXTS.values(), *named]
    assert [pair for pair in pairs if chinese.search(pair[1])] == []
    assert [pair for pair in pairs if not chinese.search(pair[0]) and pair[0] not in "、。"] == []


def test_both_languages_fill_in_the_same_values() -> None:
    """A placeholder missing from one language would drop a figure."""
    fields = re.compile(r"\{(\w+)\}")
    for zh, en in TEXTS.values():
        assert set(fields.findall(zh)) == set(fields.findall(en))


def test_the_style_sheet_prints_the_demo_notice_in_the_wording_of_the_page() -> None:
    """The head of every printed page says what the band says."""
    style = (TEMPLATES / "report.css").read_text("utf-8")
    assert re.findall(r'@top-center \{ content: "(.*?)"', style) == list(TEXTS["demo_band"])


def test_the_templates_use_only_wording_that_is_there_and_all_of_it() -> None:
    """No key is missing, none is left over."""
    sources = "".join(path.read_text("utf-8") for path in TEMPLATES.glob("*.html"))
    modules = (path for path in TEMPLATES.parent.glob("*.py") if path.name != "i18n.py")
    sources += "".join(path.read_text("utf-8") for path in modules)
    used = set(re.findall(r"""(?:\bt|words)\(\s*["'](\w+)["'](?! ~)""", sources))
    used |= {"sample_enough", "sample_small", "yes", "no"}
    counts = ("rows", "audited", "skipped", "failed", "findings", "undetermined")
    used |= {f"count_{name}" for name in counts}
    used |= {f"grounds_{name}" for name in GROUNDS}
    for name in ("trend", "trend_column"):
        used |= {f"{name}_{unit}" for unit in ("day", "week", "month")}
    assert used == set(TEXTS)


@pytest.mark.parametrize(
    ("group", "values"),
    [
        ("category", list(labels.CATEGORY)),
        ("reason", ["empty_file", "no_speech", "worker_died"]),
        ("health", ["truncated", "clipped"]),
    ],
)
def test_values_have_names_in_both_languages(group: str, values: list[str]) -> None:
    """What the program can say has a name; what it cannot know is shown as it is."""
    for value in values:
        assert Words("zh").label(group, value) != value
        assert Words("en").label(group, value) != value
    assert Words("zh").label(group, "new_in_a_plugin") == "new_in_a_plugin"


def test_another_language_is_refused() -> None:
    """There are two languages; a third is the caller's mistake."""
    with pytest.raises(UsageError, match="zh or en"):
        Words("fr")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("demo", [False, True])
def test_the_page_refers_to_nothing_outside(
    make: Any, tmp_path: Path, lang: str, *, demo: bool
) -> None:
    """No address with a scheme but data, no inline style or handler that the policy would block."""
    html = page_of(make.night(30, demo=demo), tmp_path, lang)
    assert re.findall(r"""(?:src|href)=["'](?!#|data:)[a-z]+:""", html) == []
    assert not re.search(r"<[^>]+\sstyle=|<[^>]+\son\w+=", html)
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html
    assert ('<div class="band"' in html) is demo


ATTACKS = (
    "<script>alert(1)</script>",
    "</title><img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "&lt;b&gt;",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_of_calls_is_never_markup(make: Any, tmp_path: Path, attack: str) -> None:
    """Ids, names, quotes, messages and clauses arrive as the characters they are."""
    call = make.call(attack, agent_id=attack, agent_name=attack, team=attack)
    evidence = Evidence(
        turn=0,
        time=TimeSpan(0, 1000),
        speaker=Speaker.AGENT,
        quote=attack,
        matches=(Match(attack, CharSpan(0, len(attack)), How.LEXICON),),
    )
    finding = make.violation(call, title=attack, explanation=attack, evidence=evidence)
    bad = CallRecord(call_id=attack, outcome=CallOutcome.FAILED, reason=attack, message=attack)
    html = page_of(make.of(make.audited(call, finding), bad), tmp_path)
    body = html[html.index("<body") : html.rindex("<script>")]
    assert not re.search(r"<script|<img|<svg onload|<b>&|href=.javascript", body)
    (quote,) = re.findall(r"<mark>(.*?)</mark>", body[body.index("<blockquote>") :], re.S)
    assert unescape(quote) == attack


def test_matched_words_are_marked_in_the_quote(make: Any, tmp_path: Path) -> None:
    """The officer sees the words and their second."""
    call = make.call()
    html = page_of(make.of(make.audited(call, make.violation(call, 0, at=83.9))), tmp_path)
    assert "<mark>派人去你爸妈村里贴大字报</mark>" in html
    assert "01:23" in html
    assert "第18条" in html
    assert "待复核" in html


def test_the_nearest_attempt_is_not_taken_for_a_violation(make: Any, tmp_path: Path) -> None:
    """A quote beside something unsaid says that it is the nearest attempt."""
    call = make.call()
    evidence = make.violation(call).evidence
    near = page_of(make.of(make.audited(call, make.omission(call, evidence=evidence))), tmp_path)
    assert near.count("最接近的一处：") == 1
    for finding in (make.omission(call), make.violation(call)):
        assert "最接近的一处：" not in page_of(make.of(make.audited(call, finding)), tmp_path)


def test_undetermined_findings_stand_apart(make: Any, tmp_path: Path) -> None:
    """They are in the review section and in no agent's list."""
    call = make.call()
    open_finding = make.violation(call, outcome=Outcome.UNDETERMINED)
    html = page_of(make.of(make.audited(call, open_finding)), tmp_path)
    review = html[html.index('id="review"') : html.index('id="unheard"')]
    assert html.count(f"-{open_finding.finding_id}") == 1
    assert open_finding.finding_id in review


@pytest.mark.parametrize(("most", "shown"), [(5, 5), (44, 44), (1000, 44)])
def test_a_big_run_shows_the_worst_and_says_so(
    make: Any, tmp_path: Path, most: int, shown: int
) -> None:
    """Severe counted findings come first; the page says how many it leaves out and where."""
    night = make.night(60)
    html = page_of(night, tmp_path, most=most)
    assert html.count('<article class="finding') == shown
    assert ('<a href="findings.jsonl">' in html) is (shown < 44)
    if most == 5:
        assert html.count('<article class="finding critical') == 5


def test_the_page_of_an_empty_run_says_so(make: Any, tmp_path: Path) -> None:
    """No calls, no division by zero, no invented figures."""
    html = page_of(make.of(), tmp_path)
    assert "没有已质检的通话" in html
    assert "NaN" not in html


@given(
    st.text(min_size=1, max_size=1500),
    st.lists(st.tuples(st.integers(0, 1600), st.integers(0, 60)), max_size=6),
)
def test_the_stretches_of_a_quote_are_the_quote(text: str, spans: list[tuple[int, int]]) -> None:
    """Nothing is lost, doubled or marked wrongly; a long quote keeps its first match."""
    matches = tuple(Match("", CharSpan(at, at + size), How.LEXICON) for at, size in spans)
    evidence = Evidence(0, TimeSpan(0, 1), Speaker.AGENT, text, matches)
    parts = quote_parts(evidence)
    joined = "".join(part.text for part in parts)
    if len(text) <= LONGEST:
        assert joined == text
        spans_left = merged((m.span for m in matches), len(text))
        marked = {i for span in spans_left for i in range(span.start, span.end)}
        at = 0
        for part in parts:
            assert all((i in marked) is part.marked for i in range(at, at + len(part.text)))
            at += len(part.text)
    else:
        assert len(joined) <= LONGEST + 2
        hits = merged((m.span for m in matches), len(text))
        assert any(part.marked for part in parts) is bool(hits)


@pytest.mark.parametrize(
    ("days", "unit"), [(1, None), (2, "day"), (31, "day"), (40, "week"), (300, "month")]
)
def test_the_trend_goes_by_what_fits(make: Any, days: int, unit: str | None) -> None:
    """Days, then weeks, then months; nothing for a single day; heights add up to the calls."""
    first = datetime(2026, 1, 5, 10, tzinfo=UTC)
    made = [
        make.audited(make.call(f"C{n}", started_at=first + timedelta(days=n))) for n in range(days)
    ]
    line = trend(made)
    assert (None if line is None else line.unit) == unit
    if line is not None:
        assert len(line.bars) <= MOST_BARS
        assert sum(bar.calls for bar in line.bars) <= days


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_figures_of_the_trend_can_be_read(make: Any, tmp_path: Path, lang: str) -> None:
    """By pointing, by the keyboard, by a reader of screens, and in a table."""
    run, words = make.night(60), Words(lang)
    html = page_of(run, tmp_path, lang)
    svg = html[html.index('<svg class="trend"') :]
    svg = svg[: svg.index("</svg>")]
    line = trend(run.records)
    assert line is not None
    told = re.findall(r'<g role="img" tabindex="0" aria-label="([^"]*)">', svg)
    assert told == re.findall(r"<title>([^<]*)</title>", svg)
    assert len(told) == len(line.bars) > 1
    for text, bar in zip(told, line.bars, strict=True):
        assert text.startswith(f"{bar.label}: {words('count_audited')} {bar.calls}")
        for name, figure in (("trend_flagged", bar.flagged), ("count_fatal_calls", bar.fatal)):
            assert f"{words(name)} {figure}" in text
    table = html[html.index('<details class="values">') :]
    table = table[: table.index("</details>")]
    assert table.count('<th scope="row">') == len(line.bars)
    assert words("trend_column_day") in table


@pytest.mark.parametrize(
    "recording", ["../secret.wav", "/etc/passwd", "missing.wav", "", ".", "a\0b", "x" * 5000]
)
def test_only_recordings_below_the_root_are_reachable(tmp_path: Path, recording: str) -> None:
    """Nothing outside, nothing missing and no folder becomes an address."""
    root = tmp_path / "rec"
    root.mkdir()
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    assert reachable(root, recording) is None
    assert address(tmp_path, root, recording) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.wav", "../rec/a.wav"),
        ("a b#1?.wav", "../rec/a%20b%231%3F.wav"),
        ("javascript:x.wav", "../rec/javascript%3Ax.wav"),
        ("录音.mp3", "../rec/%E5%BD%95%E9%9F%B3.mp3"),
        ('"><b>.wav', "../rec/%22%3E%3Cb%3E.wav"),
    ],
)
def test_addresses_are_relative_and_escaped(tmp_path: Path, name: str, expected: str) -> None:
    """A file name cannot end the attribute, start a scheme or a fragment."""
    root, out = tmp_path / "rec", tmp_path / "out"
    root.mkdir()
    out.mkdir()
    (root / name).write_bytes(b"RIFF")
    assert address(out, root, name) == expected


def test_clips_stop_when_the_page_is_full(tmp_path: Path) -> None:
    """A spent budget gives no more clips, and neither does a broken file."""
    (tmp_path / "a.wav").write_bytes(b"not sound")
    assert ClipMaker(tmp_path, left=0).clip("a.wav", TimeSpan(0, 1000)) is None
    assert ClipMaker(tmp_path).clip("a.wav", TimeSpan(0, 1000)) is None


def test_turns_around_a_finding_are_shown(make: Any, tmp_path: Path) -> None:
    """What was said before and after comes from the run's own transcripts."""
    call = make.call("C1")
    segments = [
        {"start": float(n), "end": n + 0.5, "speaker": speaker, "text": text}
        for n, (speaker, text) in enumerate(
            [
                ("agent", "您好"),
                ("customer", "谁"),
                ("customer", "我真没钱"),
                ("agent", "那就这样"),
                ("customer", "别这样"),
            ]
        )
    ]
    (tmp_path / "transcripts").mkdir()
    data = {"call_id": "C1", "agent_id": "A01", "segments": segments}
    (tmp_path / "transcripts" / "C1.json").write_text(json.dumps(data), encoding="utf-8")
    html = page_of(make.of(make.audited(call, make.violation(call))), tmp_path)
    assert "我真没钱" in html
    assert "别这样" in html
    assert 'href="transcripts/C1.json"' in html


def test_an_unwritable_folder_is_a_named_error(make: Any, tmp_path: Path) -> None:
    """The user learns where writing failed."""
    file = tmp_path / "report.html"
    file.mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        make.write(tmp_path, make.night(3))
    assert not (tmp_path / "run.json").exists()


def test_agents_without_calls_do_not_break_the_page(make: Any, tmp_path: Path) -> None:
    """Their row says so and no figure is invented."""
    failed = CallRecord(
        call_id="C1", outcome=CallOutcome.FAILED, call=make.call(), reason="empty_file"
    )
    night = make.of(failed)
    page = Builder(night.records, night.policy.scoring, Words("zh"), Sources(out=tmp_path)).page(
        night.info, night.cards
    )
    assert page.agents[0].bar is None
    assert page.categories.topics == ()
    assert "空文件" in page_of(night, tmp_path)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_is_as_agreed(
    make: Any, tmp_path: Path, golden: Callable[[str, str], None], lang: str
) -> None:
    """Changes of the page are looked at as a difference."""
    html = page_of(make.night(12), tmp_path, lang)
    html = re.sub(r"<style>.*?</style>", "<style></style>", html, flags=re.S)
    html = re.sub(r"<script>.*?</script>", "<script></script>", html, flags=re.S)
    html = re.sub(r"sha256-[\w+/=]+", "sha256-", html)
    golden(f"report.{lang}.html", html)


@pytest.mark.parametrize("name", ["findings.jsonl", "calls.jsonl", "scorecards.csv", "run.json"])
def test_the_files_for_programs_are_as_agreed(
    make: Any, tmp_path: Path, golden: Callable[[str, str], None], name: str
) -> None:
    """Other programs read these; a change must be meant."""
    out = make.write(tmp_path, make.night(12))
    golden(name, (out / name).read_bytes().decode("utf-8"))


def test_a_second_run_writes_the_same_bytes(make: Any, tmp_path: Path) -> None:
    """Reports hold nothing of the moment they were written."""
    night = make.night(12)
    one, two = make.write(tmp_path / "1", night), make.write(tmp_path / "2", night)
    for name in ("findings.jsonl", "calls.jsonl", "scorecards.csv", "report.html", "run.json"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_run_of_many_calls_stays_small(make: Any, tmp_path: Path) -> None:
    """Ten thousand calls give a page below 20 MB with at most 2,000 findings."""
    night = make.night(150)
    many = tuple(replace(night.records[n % 150], call_id=f"C{n}") for n in range(10_000))
    html = page_of(make.of(*many), tmp_path)
    assert html.count('<article class="finding') == 2_000
    assert len(html.encode()) < 20_000_000


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("zh", ("没有否定用语", "全程录音可用", "分类模型：整通电话 +2.41 (支持)", "-1.20 (反对)")),
        ("en", ("no word of “negation”", "usable throughout", "+2.41 (for)", "-1.20 (against)")),
    ],
)
def test_every_finding_says_point_by_point_why_it_stands(
    make: Any, tmp_path: Path, lang: str, told: tuple[str, ...]
) -> None:
    """Conditions, exemptions, what is missing, and the weights of the judgement."""
    html = page_of(make.night(12), tmp_path, lang)
    for part in told:
        assert part in html
