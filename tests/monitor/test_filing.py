from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import html

from monitor import filing
from monitor.filing import FilingError
from monitor.formats import FORMATS
from tests.monitor.digest_sample import digest


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_are_written_and_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "digests"
    assert filing.write(folder, {"a.md": "قديم\n"}) == (folder / "a.md",)
    assert filing.write(folder, {"a.md": "جديد\n", "b.html": "x"}) == (folder / "a.md", folder / "b.html")
    assert (folder / "a.md").read_bytes() == "جديد\n".encode()
    assert names(folder) == ["a.md", "b.html"]


def test_others_may_read_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        filing.write(tmp_path, {"a.md": ""})
    finally:
        os.umask(before)
    assert (tmp_path / "a.md").stat().st_mode & 0o777 == 0o640


def test_what_cannot_be_written_leaves_the_old_file_whole(tmp_path: Path) -> None:
    filing.write(tmp_path, {"a.md": "قديم"})
    with pytest.raises(UnicodeEncodeError):
        filing.write(tmp_path, {"a.md": "ن" * 100_000 + "\ud800"})
    assert (tmp_path / "a.md").read_text("utf-8") == "قديم"
    assert names(tmp_path) == ["a.md"]


def test_a_folder_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "digests").write_text("a file")
    with pytest.raises(FilingError, match="see that the folder can be written to") as caught:
        filing.write(tmp_path / "digests", {"a.md": ""})
    assert caught.value.subject == str(tmp_path / "digests")


def test_a_place_that_is_taken_by_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(FilingError):
        filing.write(tmp_path, {"a.md": "x"})
    assert names(tmp_path) == ["a.md"]


def test_the_index_names_every_day_newest_first(tmp_path: Path) -> None:
    page = FORMATS["html"].render(digest())
    filing.write(
        tmp_path, {"2018-05-11.html": page, "2018-05-11.md": "أمس", "2018-05-12.md": "اليوم", "2018-05-12.json": "{}"}
    )
    filing.write(
        tmp_path, {"2018-05-13-so-far.html": page, "2018-05-12-so-far.md": "", "2018-99-99.md": "", "notes.txt": ""}
    )
    written = filing.index(tmp_path)
    assert sorted(path.name for path in written) == ["index.html", "latest.json", "latest.md"]
    root = html.document_fromstring((tmp_path / "index.html").read_text("utf-8"))
    days = ["2018-05-13-so-far.html", "2018-05-12.json", "2018-05-12.md", "2018-05-11.html", "2018-05-11.md"]
    assert root.xpath("//li//a/@href") == days
    assert "الجمعة 11 أيار/مايو 2018" in root.text_content()
    assert "7 أخبار في 3 قوائم" in root.text_content()
    assert (tmp_path / "latest.md").read_text("utf-8") == "اليوم"


def test_the_index_of_an_empty_folder(tmp_path: Path) -> None:
    filing.write(tmp_path, {})
    assert filing.index(tmp_path) == (tmp_path / "index.html",)
    assert "لا نشرات بعد" in (tmp_path / "index.html").read_text("utf-8")


def test_a_headline_is_escaped_again(tmp_path: Path) -> None:
    filing.write(tmp_path, {"2018-05-11.html": '<meta name="description" content="&lt;script&gt;x&amp;y">'})
    filing.index(tmp_path)
    root = html.document_fromstring((tmp_path / "index.html").read_text("utf-8"))
    assert "<script>x&y" in root.text_content()
    assert not root.xpath("//script")
