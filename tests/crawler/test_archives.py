"""WARC files of others: whole, cut, damaged, hostile, and no WARC files at all."""

import gzip
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawler.archives import ArchiveError, Found, pages
from tests.warcs import Answer, warc

ANSWERS = [Answer(url=f"https://a.example/{n}", body=f"<p>خبر {n} من درعا</p>".encode() * 50) for n in range(5)]


def read(file: Path, after: int | None = None) -> tuple[list[Found], str]:
    found = []
    try:
        for one in pages(file, after=after):
            found.append(one)
    except ArchiveError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize("zipped", [True, False])
def test_a_file_is_read_in_its_order_and_gone_on_with_anywhere(tmp_path: Path, zipped: bool) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = warc(file, ANSWERS, gzip=zipped)
    found, error = read(file)
    assert error == ""
    assert [one.offset for one in found] == offsets
    assert [one.page and one.page.body for one in found] == [one.body for one in ANSWERS]
    assert found[0].page is not None
    assert found[0].page.fetched_at.isoformat() == "2018-05-12T09:30:00+00:00"
    assert found[0].page.content_type == "text/html; charset=utf-8"
    for at, offset in enumerate(offsets):
        assert [one.offset for one in read(file, after=offset)[0]] == offsets[at + 1 :]


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("br", None), ("x-unknown", bytes)]
)
def test_bodies_are_decoded(tmp_path: Path, encoding: str, encode: object) -> None:
    import brotli

    body = ANSWERS[0].body
    packed = brotli.compress(body) if encode is None else encode(body)  # type: ignore[operator]
    warc(
        tmp_path / "a.warc.gz",
        [Answer(url="https://a.example/", body=packed, headers=[("Content-Encoding", encoding)])],
    )
    (found,), _ = read(tmp_path / "a.warc.gz")
    assert found.page is not None
    assert found.page.body == body
    assert found.page.header("content-encoding") is None


def test_a_body_that_was_decoded_by_whoever_archived_it_stays(tmp_path: Path) -> None:
    warc(
        tmp_path / "a.warc.gz",
        [Answer(url="https://a.example/", body=ANSWERS[0].body, headers=[("Content-Encoding", "gzip")])],
    )
    (found,), _ = read(tmp_path / "a.warc.gz")
    assert found.page is not None
    assert found.page.body == ANSWERS[0].body


def test_bombs_and_giants_have_no_page_and_cost_the_others_nothing(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(50 * 2**20))
    giant = Answer(url="https://a.example/giant", body=b"x" * (6 * 2**20))
    warc(
        tmp_path / "a.warc.gz",
        [Answer(url="https://a.example/bomb", body=bomb, headers=[("Content-Encoding", "gzip")]), giant, ANSWERS[0]],
    )
    found, error = read(tmp_path / "a.warc.gz")
    assert error == ""
    assert [one.page is not None for one in found] == [False, False, True]
    assert all("more than" in one.why or "larger than" in one.why for one in found[:2])


@pytest.mark.parametrize(
    "data",
    [
        b"<html>" * 100,
        b"PK\x03\x04" + bytes(1000),
        gzip.compress(b"hello", mtime=0) * 3,
        b"\x1f\x8b\x08" + b"\xff" * 500,
        b"WARC/1.0\r\n",
    ],
)
def test_what_is_no_warc_file_is_said_to_be_none(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "page.warc.gz"
    file.write_bytes(data)
    found, error = read(file)
    assert found == []
    assert "WARC file" in error
    assert str(file) in error


def test_an_empty_and_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert "empty" in read(tmp_path / "empty")[1]
    assert "cannot be opened" in read(tmp_path / "none")[1]


def test_a_damaged_record_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = warc(file, ANSWERS)
    data = bytearray(file.read_bytes())
    data[offsets[2] + 60] ^= 0xFF
    file.write_bytes(data)
    found, error = read(file)
    assert [one.offset for one in found if one.page] == [*offsets[:2], *offsets[3:]]
    assert "damaged" in error


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.001, 0.999))
def test_a_file_that_is_cut_gives_what_is_whole_and_says_so(tmp_path: Path, share: float) -> None:
    file = tmp_path / "a.warc.gz"
    offsets = warc(file, ANSWERS)
    whole = file.read_bytes()
    size = max(1, int(share * len(whole)))
    file.write_bytes(whole[:size])
    found, error = read(file)
    ends = [*offsets[1:], len(whole)]
    kept = [offset for offset, end in zip(offsets, ends, strict=True) if end <= size]
    assert [one.offset for one in found if one.page][: len(kept)] == kept
    # where it is cut between two records nobody can tell
    assert error or size in {*offsets, *ends} or whole[size:].startswith(b"\x1f\x8b\x08")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.floats(0, 1, exclude_max=True), junk=st.binary(min_size=1, max_size=40))
def test_junk_anywhere_raises_nothing_but_an_archive_error(tmp_path: Path, at: float, junk: bytes) -> None:
    file = tmp_path / "a.warc.gz"
    warc(file, ANSWERS)
    data = file.read_bytes()
    place = int(at * len(data))
    file.write_bytes(data[:place] + junk + data[place + len(junk) :])
    read(file)
