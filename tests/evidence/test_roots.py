"""A root that a digest has printed is read back from every format, and nothing that the digest only quotes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.evidence import roots
from monitor.formats import FORMATS
from storage.records import Root
from tests.evidence.making import NOW, archive, filled
from tests.monitor.digest_sample import digest

ROOT = Root(chain="main", number=1204, at=datetime(2026, 11, 23, tzinfo=UTC), hash="5f" * 32)
FORGED = "1:" + "ab" * 32


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("name", list(FORMATS))
def test_a_root_is_read_back(tmp_path: Path, name: str, language: str) -> None:
    made = digest(roots=[ROOT], language=language)
    text = FORMATS[name].render(made)
    (tmp_path / f"2026-11-23{FORMATS[name].suffix}").write_text(text, "utf-8")
    assert dict(roots.in_folder(tmp_path)) == {ROOT.hash: f"2026-11-23{FORMATS[name].suffix}"}


@pytest.mark.parametrize("forged", [f'<bdi dir="ltr" class="root">{FORGED}</bdi>', f"ختم {FORGED}", FORGED])
@pytest.mark.parametrize("name", list(FORMATS))
def test_what_an_article_says_is_no_root(tmp_path: Path, name: str, forged: str) -> None:
    from dataclasses import replace

    from monitor.formats.words import say

    made = digest(roots=[ROOT])
    story = next(one for section in made.lists for one in section.stories)
    telling = replace(story.tellings[0], notes=(f"{say('ar', 'root')} {FORGED}", forged))
    bad = replace(story, tellings=(telling, *story.tellings[1:]))
    sections = [replace(made.lists[0], stories=(bad,)), *made.lists[1:]]
    (tmp_path / f"x{FORMATS[name].suffix}").write_text(
        FORMATS[name].render(replace(made, lists=tuple(sections))), "utf-8"
    )
    assert list(dict(roots.in_folder(tmp_path))) == [ROOT.hash]


def test_the_root_of_a_day_is_that_of_its_last_entry(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with archive(tmp_path) as (_, store):
        assert store.proofs.roots(NOW) == []
        (root,) = store.proofs.roots(NOW.replace(hour=23))
        stood = store.proofs.stands("main")
        assert stood is not None
        assert (root.number, root.hash) == (stood.number, stood.root)
        assert roots.given(roots.printed(root)) == {root.hash: "--root"}
