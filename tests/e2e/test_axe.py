"""The digest for people who read with a screen reader, a keyboard, or weak eyes: axe-core's rules, in a real browser.

``.ci/run`` puts axe-core (MPL-2.0, a tool of the tests only) under var/npm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor import filing
from monitor.digest import Digest
from monitor.formats import FORMATS
from tests.e2e.chromium import ABSENT, Chromium, found
from tests.monitor.digest_sample import digest, flagged
from tests.monitor.test_formats import hostile

ROOT = Path(__file__).parents[2]
AXE = ROOT / "var" / "npm" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(found() is None, reason=ABSENT),
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not here: npm install --prefix var/npm axe-core"),
]

DAYS: dict[str, Digest] = {
    "a day": digest(),
    "english": digest(language="en"),
    "a copy to share": digest(redacted=True, audience_title="الشركاء"),
    "nothing": digest(flagged=[], outcomes=[], passes=[], missed=[]),
    "folded": digest(flagged=[replace(one, stored=replace(one.stored, id=n, same_as=None), tellings=()) for n, one in enumerate(flagged()[-1:] * 90)]),
    "hostile": hostile("</p><h1>a\u202e<b>"),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    with Chromium() as running:
        yield running


def violations(browser: Chromium, page: Path, *, width: int = 1280, dark: bool = False) -> list[str]:
    with browser.tab(page.as_uri(), width=width, height=900, dark=dark) as tab:
        tab.send("Runtime.evaluate", expression=AXE.read_text("utf-8"))
        asked = "axe.run({resultTypes: ['violations']}).then(r => r.violations)"
        answer: dict[str, Any] = tab.send("Runtime.evaluate", expression=asked, awaitPromise=True, returnByValue=True)
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {one['nodes'][0]['html'][:120]}"
        for one in answer["result"]["value"]
    ]


@pytest.mark.parametrize("name", DAYS)
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_keeps_every_rule(browser: Chromium, tmp_path: Path, name: str, dark: bool) -> None:
    page = tmp_path / "2018-05-12.html"
    page.write_text(FORMATS["html"].render(DAYS[name]), "utf-8")
    assert violations(browser, page, width=360 if dark else 1280, dark=dark) == []


def test_the_index_and_the_mail_do_too(browser: Chromium, tmp_path: Path) -> None:
    from tests.monitor.test_formats import body

    filing.write(tmp_path, {"2018-05-12.html": FORMATS["html"].render(digest())})
    filing.index(tmp_path)
    assert violations(browser, tmp_path / "index.html") == []
    mail = tmp_path / "mail.html"
    mail.write_text(body(digest(), "html"), "utf-8")
    assert [said for said in violations(browser, mail) if said.startswith(("serious", "critical"))] == []


def test_a_fault_is_found(browser: Chromium, tmp_path: Path) -> None:
    broken = FORMATS["html"].render(digest()).replace("--soft: #575d66", "--soft: #c9ccd0").replace('lang="ar"', "")
    page = tmp_path / "broken.html"
    page.write_text(broken, "utf-8")
    found_ = violations(browser, page)
    assert {"color-contrast", "html-has-lang"} <= {said.split(": ")[1] for said in found_}
