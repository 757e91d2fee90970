"""`rasid read` on the recorded pages."""

import json
from pathlib import Path

from tests.monitor.test_cli import rasid

PAGES = Path(__file__).parents[1] / "pages"


def test_it_shows_what_is_understood_and_what_was_left_out() -> None:
    page = next(path for path in sorted(PAGES.glob("*/page.html")) if b"\xd8" in path.read_bytes())
    said = rasid("read", page, "--explain")
    assert said.returncode == 0, said.stderr
    assert "published" in said.stdout
    assert "left out:" in said.stdout


def test_it_shows_what_may_say_when() -> None:
    said = rasid("read", PAGES / "jannah" / "page.html", "--explain")
    assert "  metadata  2021-08-17 18:42: 2021-08-17T18:42:10+03:00" in said.stdout
    assert "  printed   2021-08-17: 17 أغسطس، 2021" in said.stdout


def test_for_programs() -> None:
    page = next(iter(sorted(PAGES.glob("*/page.html"))))
    assert set(json.loads(rasid("read", page, "--json").stdout)) == {"article", "why", "pruned", "dates"}


def test_what_is_no_article_says_why(tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text("<html><body></body></html>")
    said = rasid("read", saved)
    assert said.returncode == 0
    assert said.stdout.startswith("no article: ")
    assert rasid("read", tmp_path / "nosuch").returncode == 2
    assert rasid("read", saved, "--zone", "Mars/Olympus").returncode == 2
