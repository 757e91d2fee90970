"""`rasid read URL`: one request, asked as a pass asks, read as the source it belongs to, and nothing stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import lessons
from monitor.boilerplate import Standing
from storage.store import Store
from tests.crawler.server import Answer, Site
from tests.monitor.test_cli import rasid
from tests.one_page import TEXT, TITLE, page

LINE = "مراسلونا على مدار الساعة معكم، راسلونا على بريد غرفة الأخبار"


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /closed/\n")
    site.routes["/news/1"] = Answer(page(*TEXT, LINE, above='<div class="date">منذ ساعتين</div>'))
    yield site
    site.close()


@pytest.fixture
def config(tmp_path: Path, site: Site) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "settings.yaml").write_text("contact: watch@rasid.org\n", "utf-8")
    (folder / "sources.yaml").write_text(
        f"sources:\n  - name: a\n    kind: feed\n    url: {site.url}/feed\n    title: وكالة الاختبار\n"
        "    allow_addresses: [127.0.0.0/8]\n    zone: Asia/Baghdad\n",
        "utf-8",
    )
    return folder


def paths(site: Site) -> list[str]:
    return [asked.path for asked in site.asked]


def test_it_is_asked_once_and_read_as_a_page_of_its_source(config: Path, site: Site) -> None:
    said = rasid("read", f"{site.url}/news/1", "--json", config=config)
    assert said.returncode == 0, said.stderr
    article = json.loads(said.stdout)["article"]
    assert (article["title"], article["source"], article["text"]) == (TITLE, "a", "\n".join([*TEXT, LINE]))
    assert article["published_at"] is not None
    assert paths(site) == ["/robots.txt", "/news/1"]
    assert "Rasid" in site.asked[-1].headers["user-agent"]

    with Store.open(f"sqlite:///{config.parent}/var/rasid.db") as store:
        assert store.counts()["articles"] == 0
        learned = Standing(line=LINE, stories=40, days=9, since=datetime.now(UTC).date())
        store.remember(lessons.key("a"), lessons.written(lessons.Lesson(standing=(learned,))))
    said = rasid("read", f"{site.url}/news/1", "--explain", config=config)
    assert f"boilerplate of the source: {LINE}" in said.stdout
    assert "`rasid learned a` tells how to keep it" in said.stdout


def test_what_cannot_be_had_says_why(config: Path, site: Site) -> None:
    for path, why in (("/closed/1", "robots.txt"), ("/nothing", "404")):
        said = rasid("read", f"{site.url}{path}", config=config)
        assert (said.returncode, said.stdout) == (4, "")
        assert why in said.stderr
    assert "/closed/1" not in paths(site)


def test_addresses_that_are_not_public_are_not_dialled(config: Path, site: Site) -> None:
    (config / "sources.yaml").write_text(
        "sources:\n  - {name: a, kind: feed, url: 'https://a.example/feed', title: وكالة الاختبار}\n", "utf-8"
    )
    said = rasid("read", f"{site.url}/news/1", config=config)
    assert said.returncode == 4
    assert "not public" in said.stderr or "address" in said.stderr
    assert site.asked == []


def test_usage(config: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_bytes(page())
    assert "Ends with 0" in rasid("read", "--help").stdout
    assert rasid("read", saved, "--source", "a", config=config).returncode == 0
    for wrong in (
        ("read", "http://127.0.0.1:1/x", "--at", "2026-01-01"),
        ("read", saved, "--source", "nobody"),
        ("read", tmp_path / "nosuch"),
        ("read", saved, "--zone", "Mars/Olympus"),
    ):
        assert rasid(*wrong, config=config).returncode == 2
