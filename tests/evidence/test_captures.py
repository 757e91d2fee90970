"""Captures as they lie in files: WARC that others read, and the Page that comes out again."""

import fcntl
import gzip
import zlib
from io import FileIO
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from crawler.article import Exchange
from crawler.encodings import TooLarge, decoded
from monitor.evidence.verifying import verify
from storage import warc
from storage.archive import Archive, chain_of
from storage.captures import read_span
from storage.errors import StorageError
from storage.store import Store
from tests.evidence.making import LATER, NOW, archive, exchange, filled, page

CERTIFICATE = b"not a certificate that anybody could read"


def files(folder: Path) -> list[Path]:
    return sorted((folder / "captures").glob("*.warc.gz"))


def test_what_went_over_the_wire_is_what_lies_there(tmp_path: Path) -> None:
    told = page(7)
    with archive(tmp_path) as (opened, store):
        name = opened.keep(told)
        opened.settle()
        assert name is not None
        found = store.proofs.capture(name)
        assert found is not None
        records = list(warc.records(read_span(opened.folder, found.span)))
    response, request, metadata = records
    assert response.id == name
    first, headers, body = response.http()
    assert (first, headers, body) == ("HTTP/1.1 200 OK", told.received[0].headers, told.received[0].body)
    assert response.headers["warc-ip-address"] == "192.0.2.7"
    assert request.http()[0] == "GET /7 HTTP/1.1"
    assert ("Host", "nidaa.example") in request.http()[1]
    assert "tls: the certificate is not known" in metadata.block.decode()
    assert found.payload == warc.payload_digest(body)
    again = warc.page_of(records, 10_000)
    assert (again.url, again.body, again.headers, again.fetched_at) == (told.url, told.body, told.headers, NOW)


def test_the_way_there_is_kept_with_the_certificates(tmp_path: Path) -> None:
    short, end = "http://nidaa.example/s", "https://nidaa.example/7"
    hop = exchange(short, b"moved", status=301, headers=(("Location", end),))
    last = exchange(end, b"<p>here</p>", certificate=CERTIFICATE)
    told = page(7, asked=short, redirects=(short,), received=(hop, last))
    records = list(warc.records(warc.packed(told, identity="urn:uuid:1", file="urn:uuid:0")))
    assert [record.type for record in records] == ["response", "request", "response", "request", "metadata"]
    said = records[-1].block.decode()
    assert f"asked: {short}" in said
    assert f"redirectedFrom: {short}" in said
    assert "tlsCertificateSha256 nidaa.example: " in said
    again = warc.page_of(records, 1000)
    assert (again.asked, again.redirects, again.url) == (short, (short,), end)


def test_the_archive_community_reads_our_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(tmp_path, 5)
    (path,) = files(tmp_path)

    class Arguments:
        inputs = (str(path),)
        verbose = True

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0, capsys.readouterr().out
    with path.open("rb") as stream:
        kinds = [record.rec_type for record in ArchiveIterator(stream)]
    assert kinds == ["warcinfo", *["response", "request", "metadata"] * 5]


def test_a_line_end_in_a_header_begins_no_other(tmp_path: Path) -> None:
    evil = exchange("https://nidaa.example/", b"x", headers=(("X-Odd", "a\r\nWARC-Type: warcinfo\r\n\r\n<script>"),))
    (response, *_) = warc.records(warc.packed(page(received=(evil,)), identity="urn:uuid:1", file="urn:uuid:0"))
    assert response.http()[2] == b"x"
    assert len(response.http()[1]) == 1


def test_a_pass_goes_on_in_the_file_of_the_day_and_begins_another_when_it_is_full(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    filled(tmp_path, 3)
    assert len(files(tmp_path)) == 1
    filled(tmp_path, 6, max_bytes=4000)
    assert len(files(tmp_path)) >= 3
    filled(tmp_path, 1, now=lambda: LATER)
    assert files(tmp_path)[-1].name.startswith("rasid-20261124-")


def test_two_writers_have_a_file_each_and_one_ledger(tmp_path: Path) -> None:
    with archive(tmp_path) as (one, store), archive(tmp_path) as (other, _):
        for n in range(4):
            (one, other)[n % 2].keep(page(n))
            (one, other)[n % 2].settle()
        assert [line.number for line in other.enter([])] == []
        stood = store.proofs.stands("main")
    assert len(files(tmp_path)) == 2
    assert stood is not None
    assert stood.number == 1 + 2 + 4  # the beginning, two files, four Captures


def test_a_page_that_was_not_fetched_has_no_capture(tmp_path: Path) -> None:
    with archive(tmp_path) as (opened, _):
        assert opened.keep(page(received=())) is None
    assert files(tmp_path) == []


def test_a_full_disk_is_foreseen_and_damages_nothing(tmp_path: Path) -> None:
    filled(tmp_path, 2)
    before = files(tmp_path)[0].read_bytes()
    with archive(tmp_path) as (opened, _):
        opened._files._floor = 2**62
        with pytest.raises(StorageError, match="nearly full") as said:
            opened.keep(page(9))
    assert "rasid evidence tidy" in str(said.value)
    assert files(tmp_path)[0].read_bytes() == before


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_bomb_is_not_inflated_when_it_is_read(coding: str) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(64)) + packer.flush()
    with pytest.raises(TooLarge):
        decoded(bomb, coding, 2**20)
    kept = exchange("https://nidaa.example/7", bomb, headers=(("Content-Encoding", coding),))
    records = list(warc.records(warc.packed(page(received=(kept,)), identity="urn:uuid:1", file="urn:uuid:0")))
    with pytest.raises(StorageError, match="too large"):
        warc.page_of(records, 2**20)


def test_a_bomb_in_the_records_themselves_is_not_inflated() -> None:
    with pytest.raises(StorageError, match="larger than"):
        warc.inflated(gzip.compress(bytes(2**22)) * 30, 2**24)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "x-unheard-of", "gzip, br"])
@pytest.mark.parametrize(
    "body", [b"", b"plain text that says it is something else", gzip.compress(b"cut", mtime=0)[:-9]]
)
def test_what_is_not_what_it_says_is_given_as_far_as_it_goes(coding: str, body: bytes) -> None:
    assert len(decoded(body, coding, 10**6)) <= 10**6


def test_codings_come_off_in_their_order() -> None:
    import brotli

    assert decoded(brotli.compress(gzip.compress(b"text")), "gzip, br", 100) == b"text"


def test_the_body_of_a_redirect_is_kept_in_part_and_says_so() -> None:
    hop: Exchange = exchange("http://nidaa.example/s", b"x" * 10, status=302, cut=True)
    records = list(warc.records(warc.packed(page(received=(hop, *page().received)), identity="urn:1", file="urn:0")))
    assert records[0].headers["warc-truncated"] == "length"


def test_a_folder_keeps_its_chain_and_machines_that_share_a_store_have_each_their_own(tmp_path: Path) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as store:
        for name in ("one", "other"):
            folder = tmp_path / name
            chain = chain_of(folder, shared=True)
            with Archive(folder, store.proofs, software="x", now=lambda: NOW, chain=chain, floor=0) as opened:
                opened.keep(page(1))
            assert chain_of(folder, shared=True) == chain
            assert verify(folder, store.proofs, chain=chain).findings == []
        assert len(store.proofs.chains()) == 2
    assert chain_of(tmp_path / "none", shared=False) == "main"


def test_two_folders_that_write_one_chain_are_told_apart_before_anything_is_lost(tmp_path: Path) -> None:
    def opened(name: str, store: Store) -> Archive:
        return Archive(tmp_path / name, store.proofs, software="x", now=lambda: NOW, floor=0)

    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as store:
        with opened("one", store) as one, opened("other", store):
            one.keep(page(1))
            with pytest.raises(StorageError, match="each needs one of its own"):
                one.settle()
        assert store.proofs.standing() == []  # nothing is known of what could not be entered


def test_a_disk_that_fills_up_in_the_middle_of_a_record_leaves_what_was_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with archive(tmp_path) as (opened, store):
        kept = [opened.keep(page(n)) for n in range(3)]
        stream = opened._files._stream
        assert stream is not None

        class Full:
            """Takes a half, and then nothing more."""

            written = 0

            def __getattr__(self, name: str) -> object:
                return getattr(stream, name)

            def write(self, data: memoryview) -> int:
                if self.written:
                    raise OSError(28, "No space left on device")
                self.written = stream.write(data[: len(data) // 2])
                return self.written

            def __enter__(self) -> object:
                return stream.__enter__()

            def __exit__(self, *error: object) -> None:
                stream.__exit__(None, None, None)

        opened._files._stream = Full()  # type: ignore[assignment]
        with pytest.raises(StorageError, match="No space left"):
            opened.keep(page(9))
        opened.settle()  # what was kept before is worth keeping
        report = verify(tmp_path / "captures", store.proofs)
        assert (report.findings, report.captures) == ([], 3)
        again = opened.keep(page(10))
        opened.settle()
        assert verify(tmp_path / "captures", store.proofs).captures == 4
        assert again not in kept


def test_a_file_that_is_full_is_not_taken_up_again_before_the_ledger_knows_it(tmp_path: Path) -> None:
    with archive(tmp_path, max_bytes=3000) as (opened, store):
        opened.keep(page(0))
        opened.settle()
        for n in range(1, 12):
            opened.keep(page(n))
        opened.settle()
        assert verify(tmp_path / "captures", store.proofs).findings == []
    assert len(files(tmp_path)) > 3


def test_a_file_that_is_taken_away_before_it_is_locked_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another process of the machine that clears away what killed ones have left."""
    lock, gone = fcntl.flock, list[Path]()

    def late(stream: FileIO, how: int) -> None:
        if not gone and (found := files(tmp_path)):
            gone.extend(found)
            found[0].unlink()
        lock(stream, how)

    monkeypatch.setattr(fcntl, "flock", late)
    with archive(tmp_path) as (opened, store):
        name = opened.keep(page(7))
        opened.settle()
        assert gone
        assert name is not None
        assert verify(tmp_path / "captures", store.proofs).findings == []
