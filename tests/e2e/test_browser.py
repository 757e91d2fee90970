"""The digest as a person opens it: in a browser, which must not say a word to anyone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.formats import FORMATS
from tests.e2e.chromium import ABSENT, Chromium, found
from tests.monitor.digest_sample import digest

pytestmark = [pytest.mark.browser, pytest.mark.skipif(found() is None, reason=ABSENT)]

WIDTHS = (360, 768, 1280)


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("digests") / "2018-05-12.html"
    path.write_text(FORMATS["html"].render(digest()), "utf-8")
    return path


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_the_width_and_asks_for_nothing(browser: Chromium, page: Path, width: int) -> None:
    with browser.tab(page.as_uri(), width=width, height=780) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1).length"
        assert tab.evaluate(wide) == 0
        assert tab.evaluate("getComputedStyle(document.body).direction") == "rtl"
        assert tab.evaluate("document.querySelectorAll('article').length") == 9
        assert [event["request"]["url"] for event in tab.events("Network.requestWillBeSent")] == [page.as_uri()]
        assert tab.events("Log.entryAdded") == []


def test_the_dark_side_is_dark(browser: Chromium, page: Path) -> None:
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    with browser.tab(page.as_uri(), width=800, height=600) as tab:
        assert tab.evaluate(paper) == "rgb(251, 249, 245)"
    with browser.tab(page.as_uri(), width=800, height=600, dark=True) as tab:
        assert tab.evaluate(paper) == "rgb(20, 23, 26)"


def test_foreign_words_do_not_turn_the_line_round(browser: Chromium, page: Path) -> None:
    with browser.tab(page.as_uri(), width=1280, height=800) as tab:
        isolated = (
            "[...document.querySelectorAll('bdi')].every(e => getComputedStyle(e).unicodeBidi.startsWith('isolate'))"
        )
        assert tab.evaluate(isolated) is True
        english = "getComputedStyle(document.querySelector('article h3[lang=en]')).direction"
        assert tab.evaluate(english) == "ltr"


def test_it_prints_on_a4_with_every_story_and_its_number_of_pages(
    browser: Chromium, page: Path, tmp_path: Path
) -> None:
    paper = tmp_path / "digest.pdf"
    with browser.tab(page.as_uri(), width=1280, height=800) as tab:
        tab.print(paper)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper.read_bytes())
    assert len(boxes) >= 3
    assert {(round(float(w)), round(float(h))) for w, h in boxes} == {(595, 842)}


def test_a_fold_opens_on_paper(browser: Chromium, tmp_path: Path) -> None:
    """A closed <details> prints as its summary alone, unless the page says otherwise."""
    page = tmp_path / "fold.html"
    style = Path("monitor/formats/templates/style.css").read_text("utf-8")
    page.write_text(
        f"<style>{style}</style><details><summary>s</summary><article><p id=p>text</p></article></details>", "utf-8"
    )
    with browser.tab(page.as_uri(), width=800, height=600) as tab:
        visible = "document.querySelector('#p').checkVisibility({contentVisibilityAuto: true})"
        assert tab.evaluate(visible) is False
        tab.send("Emulation.setEmulatedMedia", media="print")
        assert tab.evaluate("document.querySelector('#p').getBoundingClientRect().height") > 0


def test_nobody_is_told_what_is_read(page: Path, tmp_path: Path) -> None:
    """Not even the names of the outlets are looked up (a browser may do that by itself for links that it sees)."""
    netlog, canary = tmp_path / "net.json", tmp_path / "canary.html"
    canary.write_text('<img src="http://canary.example/x.png">', "utf-8")
    with Chromium(f"--log-net-log={netlog}", "--net-log-capture-mode=Everything") as browser:
        with browser.tab(page.as_uri(), width=1280, height=800) as tab:
            hosts = set(tab.evaluate("[...document.links].map(a => a.hostname).filter(Boolean)"))
        with browser.tab(canary.as_uri(), width=1280, height=800):
            pass
    logged = netlog.read_text("utf-8", "replace")
    assert "canary.example" in logged
    assert len(hosts) > 5
    assert not [host for host in hosts if host in logged]


def test_the_index_opens_the_digest(browser: Chromium, page: Path) -> None:
    from monitor import filing

    filing.index(page.parent)
    with browser.tab((page.parent / "index.html").as_uri(), width=360, height=700) as tab:
        assert tab.evaluate("document.documentElement.scrollWidth") <= 360
        assert tab.evaluate("document.links[0].href") == page.as_uri()
