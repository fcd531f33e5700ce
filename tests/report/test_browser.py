"""The page in a real browser: on a desk, on a phone, on paper, with scripts on and off."""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from auditor.domain.calls import Speaker
from auditor.domain.findings import Evidence, How, Match
from auditor.domain.spans import CharSpan, TimeSpan

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ATTACK = "\"'></q></script><script>window.broken=1</script><img src=x onerror=window.broken=1>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium; without one the tests fail and say what to install."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail("these tests need Chromium: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def folders(make: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Three output folders: a night, a demo run with sound, and one full of markup."""
    base = tmp_path_factory.mktemp("pages")
    root = base / "录音 #1"
    root.mkdir()
    with wave.open(str(root / "a b.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (int(3000 * math.sin(n / 5)) for n in range(8000 * 95))
        file.writeframes(b"".join(struct.pack("<h", value) for value in tone))
    heard = make.night(12, demo=True)
    records = [replace(record, recording="a b.wav") for record in heard.records]
    call = make.call(ATTACK, agent_id=ATTACK, agent_name=ATTACK)
    evidence = Evidence(
        0, TimeSpan(0, 900), Speaker.AGENT, ATTACK, (Match("x", CharSpan(2, 9), How.LEXICON),)
    )
    bad = make.of(make.audited(call, make.violation(call, title=ATTACK, evidence=evidence)))
    return {
        "night": make.write(base / "night", make.night(30)),
        "english": make.write(base / "english", make.night(30), lang="en"),
        "demo": make.write(base / "demo", make.of(*records, demo=True), root=root, clips=True),
        "attack": make.write(base / "attack", bad),
    }


@dataclass(slots=True)
class Seen:
    """An open page with everything it complained about or asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


Opener = Callable[..., Seen]


@pytest.fixture
def opened(browser: Browser, folders: dict[str, Path]) -> Iterator[Opener]:
    """Opens a report; the network is off and every request is written down."""
    contexts = []

    def open_one(name: str, **options: Any) -> Seen:
        context = browser.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        seen = Seen(page)
        page.on("console", lambda message: seen.complaints.append(message.text))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("request", lambda request: seen.requests.append(request.url))
        page.goto((folders[name] / "report.html").as_uri())
        return seen

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *(("night", width) for width in (1280, 390, 320)),
        *(("demo", width) for width in (1280, 390)),
        *((name, 390) for name in ("english", "attack")),
    ],
)
def test_the_page_asks_for_nothing_and_fits_the_screen(
    opened: Opener, name: str, width: int
) -> None:
    """One request, for itself; no complaint; nothing wider than the screen."""
    seen = opened(name, viewport={"width": width, "height": 800})
    assert seen.complaints == []
    assert len(seen.requests) == 1
    wide = seen.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


def test_markup_in_calls_stays_text(opened: Opener) -> None:
    """Nothing from a call runs, and the reader sees the characters."""
    seen = opened("attack")
    assert seen.page.evaluate("window.broken") is None
    assert seen.page.evaluate("document.images.length") == 0
    assert ATTACK in seen.page.inner_text("blockquote")


@pytest.mark.parametrize("scripts", [True, False])
def test_every_finding_can_be_read_with_scripts_off(opened: Opener, *, scripts: bool) -> None:
    """Links from a fatal call lead to its sentence either way."""
    seen = opened("night", java_script_enabled=scripts)
    link = seen.page.locator("ol.attention a.time").first
    target = link.get_attribute("href")
    link.click()
    assert seen.page.url.endswith(str(target))
    found = seen.page.locator(f"[id='{str(target)[1:]}']")
    assert found.is_visible()
    assert found.locator("mark").count() == 1
    assert seen.page.locator("#filters").is_visible() is scripts


def test_filters_leave_what_fits(opened: Opener) -> None:
    """Severity and a word narrow the list; clearing brings everything back."""
    page = opened("night").page
    everything = page.locator("article.finding:visible").count()
    page.select_option("#by-severity", "critical")
    severe = page.locator("article.finding:visible")
    assert 0 < severe.count() < everything
    assert set(severe.evaluate_all("all => all.map(one => one.dataset.severity)")) == {"critical"}
    page.fill("#by-word", "没有这样的话")
    assert page.locator("article.finding:visible").count() == 0
    assert page.locator("#nothing-fits").is_visible()
    page.fill("#by-word", "")
    page.select_option("#by-severity", "")
    assert page.locator("article.finding:visible").count() == everything


def test_a_link_into_a_closed_call_opens_it(opened: Opener) -> None:
    """After closing everything, a link still shows its target."""
    page = opened("night").page
    page.click("#close-all")
    assert page.locator("details.call article:visible").count() == 0
    link = page.locator("ol.attention a.time").first
    link.click()
    assert page.locator(f"[id='{str(link.get_attribute('href'))[1:]}']").is_visible()


def test_the_flagged_second_plays(opened: Opener) -> None:
    """The link seeks the call's own player; a clip inside the page plays without any file."""
    page = opened("demo").page
    link = page.locator("a[data-player]:not([data-player=''])").first
    player = f"#{link.get_attribute('data-player')}"
    start = float(str(link.get_attribute("data-start")))
    link.click()
    page.wait_for_function(
        "([id, at]) => document.querySelector(id).currentTime >= at - 1.5", arg=[player, start]
    )
    clip = page.locator(".clip audio").first
    assert str(clip.get_attribute("src")).startswith("data:audio/mpeg;base64,")
    length = clip.evaluate(
        "async it => { it.load(); await new Promise(done => it.onloadedmetadata = done);"
        " return it.duration; }"
    )
    assert 3.0 < length < 21.0


def test_the_demo_notice_is_on_every_sheet_of_paper(opened: Opener, tmp_path: Path) -> None:
    """A page torn out of a printed demo report still says what it is."""
    page = opened("demo").page
    assert page.locator(".band").is_visible()
    for sheet in printed(page, tmp_path / "demo.pdf"):
        assert "演示识别模型" in sheet


@pytest.mark.parametrize("scripts", [True, False])
def test_paper_holds_everything(
    opened: Opener, folders: dict[str, Path], tmp_path: Path, *, scripts: bool
) -> None:
    """Every finding is printed, also where its call was closed, and no notice of a demo is."""
    seen = opened("night", java_script_enabled=scripts)
    if scripts:
        seen.page.click("#close-all")
    sheets = printed(seen.page, tmp_path / "night.pdf")
    text = "".join("".join(sheets).split())
    lines = (folders["night"] / "findings.jsonl").read_text("utf-8").splitlines()
    missing = [i for i in (json.loads(line)["finding_id"] for line in lines) if i not in text]
    assert missing == []
    assert "演示识别模型" not in text


def printed(page: Page, path: Path) -> list[str]:
    """Print to PDF and return the text of every sheet."""
    page.pdf(path=path, prefer_css_page_size=True, print_background=True)
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.fail("this test needs pdftotext: apt-get install poppler-utils")
    text = subprocess.run([tool, str(path), "-"], capture_output=True, check=True).stdout
    return text.decode("utf-8").split("\f")[:-1]
