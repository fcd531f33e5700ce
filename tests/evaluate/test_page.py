"""The page of an evaluation: golden text, nothing foreign runs in it, it fits a telephone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from auditor.domain.calls import Speaker
from auditor.domain.findings import Category, Disclosure, Status
from auditor.domain.transcripts import Transcript
from auditor.evaluate.evaluation import Evaluation, NoisePoint, evaluate
from auditor.evaluate.found import Found
from auditor.evaluate.heard import Heard
from auditor.evaluate.labels import LabelledCall
from auditor.evaluate.page import render_page
from auditor.evaluate.score import score
from auditor.evaluate.words import TEXTS
from auditor.ingest.scripts import Script, ScriptLine

ABUSE, THREAT = Category.ABUSE, Category.THREAT
NOTICE = Disclosure.RECORDING_NOTICE
ATTACK = "</style></p><script>window.broken=1</script><img src=x onerror=window.broken=1>"
GOLDEN = Path(__file__).parent / "golden"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def evaluation(text: str = "孩子上学的事你自己掂量。") -> Evaluation:
    """A small evaluation with something in every section."""
    labels = [
        LabelledCall("C-1", frozenset({(THREAT, 0), (ABUSE, 2)}), frozenset({NOTICE})),
        LabelledCall("C-2"),
        LabelledCall("C-3", frozenset({(ABUSE, 0)})),
    ]
    found = (
        Found("C-1", THREAT, 0, confidence=0.92, rule="threat.family"),
        Found("C-1", ABUSE, 2, Status.TRIAL, rule="abuse.insult"),
        Found("C-2", THREAT, 0, confidence=0.91, rule="threat.visit", matched=("自己掂量",)),
        Found("C-2", NOTICE, confidence=0.6, rule="disclosure.recording_notice"),
    )

    def spoken(call_id: str) -> Transcript:
        sides = (Speaker.AGENT, Speaker.CUSTOMER, Speaker.AGENT)
        return Script(call_id, {}, tuple(ScriptLine(side, text) for side in sides)).transcript()

    heard = Heard(
        found=found,
        text_of=spoken,
        made_in=lambda call_id, _: 2 if call_id == "C-1" else None,
        judged=frozenset({"C-1", "C-2"}),
        facts={"policy": "cn-collection", "version": "2026.11", "fingerprint": "0123456789abcdef"},
    )
    points = (
        NoisePoint(0.0, 0.0, score(labels, found)),
        NoisePoint(0.2, 0.198, score(labels, found[:1])),
    )
    earlier = replace(heard, found=found[1:])
    made = evaluate("labels.jsonl · run", labels, heard, trial=True, earlier=earlier, noise=points)
    return replace(made, title=text) if "<" in text else made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_reads_as_the_golden_one(request: pytest.FixtureRequest, lang: str) -> None:
    """Text and markup without the style sheet; look, then delete the file to write it anew."""
    page = render_page(evaluation(), lang, seed=7)
    body = re.sub(r"<style>.*?</style>", "<style></style>", page, flags=re.DOTALL)
    body = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-", body)
    path = GOLDEN / f"evaluation.{lang}.html"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(body, encoding="utf-8", newline="")
        pytest.fail(f"{path.name} was missing and is written anew; look at it")
    with path.open(encoding="utf-8", newline="") as file:
        assert body == file.read()


def test_every_text_stands_in_both_languages() -> None:
    """And the two take the same values."""
    for name, (zh, en) in TEXTS.items():
        assert zh, name
        assert en, name
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), name


def test_undefined_figures_are_no_numbers() -> None:
    """An empty evaluation renders, without nan and without 0 % where nothing was to be found."""
    heard = Heard(found=(), text_of=lambda _: None, made_in=lambda *_: None)
    page = render_page(evaluate("nothing", [LabelledCall("C-1")], heard), "en", seed=1)
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    assert "n/a" in page
    assert "No errors." in page


def test_only_so_many_errors_are_on_the_page() -> None:
    """The rest is in the files, and the page says so."""
    page = render_page(evaluation(), "en", seed=1, most=2)
    assert page.count("<article") == 2
    assert "The page lists 2 of " in page


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


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_desk_and_telephone_and_what_calls_say_is_only_text(
    browser: Browser, tmp_path: Path, lang: str, width: int
) -> None:
    """No sideways scrolling, no complaint, no request, and markup in a call stays markup."""
    path = tmp_path / "evaluation.html"
    path.write_text(render_page(evaluation(ATTACK), lang, seed=1), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: requests.append(asked.url))
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.broken") is None
    assert page.locator("script, article img").count() == 0
    assert page.locator("article").first.inner_text().count(ATTACK) >= 1
    # The style sheet is admitted by its hash: the number tiles have the house's border.
    assert page.evaluate("getComputedStyle(document.querySelector('.number')).borderTopWidth") == (
        "1px"
    )
    assert complaints == []
    assert [url for url in requests if url != path.as_uri() and not url.startswith("data:")] == []
    page.close()
