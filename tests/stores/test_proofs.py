"""The ledger's table and what is read again, on every store."""

from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.ledger import NOTHING, Entry, LedgerFile
from storage.records import Correction
from storage.store import Store
from tests.evidence.making import page
from tests.stores.making import NOW, article, flag, put

FIRST = "urn:uuid:00000000-0000-4000-8000-000000000001"
SECOND = "urn:uuid:00000000-0000-4000-8000-000000000002"


def capture(identity: str, offset: int, url: str = "https://a.example/1") -> Entry:
    return Entry(
        kind="capture", at=NOW, capture=identity, url=url, payload="sha256:0", status=200, sha256="ab" * 32, length=100,
        file="one.warc.gz", offset=offset,
    )  # fmt: skip


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "ledger.jsonl", "main")


def enter(store: Store, ledger: LedgerFile, *entries: Entry) -> None:
    with ledger.held():
        store.proofs.add("main", ledger.append(entries))


def test_entries_come_back_as_they_are_chained(store: Store, ledger: LedgerFile) -> None:
    assert store.proofs.stands("main") is None
    enter(store, ledger, capture(FIRST, 0), capture(SECOND, 100, "https://a.example/خبر"))
    stands = store.proofs.stands("main")
    assert stands is not None
    assert (stands.number, stands.root, stands.ends) == (2, ledger.root, ledger.path.stat().st_size)
    assert [number for number, _, _ in store.proofs.entries("main")] == [1, 2]
    assert [number for number, _, _ in store.proofs.entries("main", after=1)] == [2]
    assert store.proofs.chains() == ["main"]
    (root,) = store.proofs.roots(NOW + timedelta(seconds=1))
    assert (root.number, root.hash, store.proofs.roots(NOW)) == (2, ledger.root, [])
    import hashlib

    assert hashlib.sha256(store.proofs.sealed(root).encode()).hexdigest() == root.hash


def test_what_is_told_twice_is_there_once(store: Store, ledger: LedgerFile) -> None:
    enter(store, ledger, capture(FIRST, 0))
    again = LedgerFile(ledger.path, "main")
    lines, _ = again.after()
    assert lines[0].previous == NOTHING
    store.proofs.add("main", lines)
    assert len(store.proofs.standing()) == 1


def test_a_capture_is_where_it_was_moved_to_and_gone_when_it_was_dropped(store: Store, ledger: LedgerFile) -> None:
    enter(store, ledger, capture(FIRST, 0), capture(SECOND, 100))
    assert store.proofs.known_end("one.warc.gz") == 200
    move = Entry(kind="move", at=NOW, capture=FIRST, file="two.warc.gz", offset=7, sha256="ab" * 32, length=100)
    enter(store, ledger, move, Entry(kind="drop", at=NOW, capture=SECOND, why="by rule"))
    first, second = store.proofs.capture(FIRST), store.proofs.capture(SECOND)
    assert first is not None
    assert second is not None
    assert (first.span.file, first.span.offset, first.dropped_at) == ("two.warc.gz", 7, None)
    assert (second.dropped_at, second.why) == (NOW, "by rule")
    assert (store.proofs.known_end("one.warc.gz"), store.proofs.known_end("two.warc.gz")) == (None, 107)
    assert [one.id for one in store.proofs.in_file("two.warc.gz")] == [FIRST]
    assert store.proofs.written_since(NOW) == 200
    assert store.proofs.first_at() == NOW


def test_what_proves_something_flagged_is_known(store: Store, ledger: LedgerFile) -> None:
    enter(store, ledger, capture(FIRST, 0), capture(SECOND, 100))
    stored = put(store, article(capture=FIRST), flags=(flag(),))
    put(store, article("https://a.example/2", capture=SECOND))
    assert stored is not None
    assert store.proofs.proving() == {FIRST}
    assert store.proofs.article_of(FIRST) == stored.id
    assert [one.id for one in store.proofs.captures_of(stored.id)] == [FIRST]


def test_a_correction_is_written_down_with_what_was(store: Store) -> None:
    stored = put(store, article(), flags=(), prints=[1, 2])
    assert stored is not None
    found = [Correction(field="text", before=stored.article.text, after="نص آخر")]
    store.corrections.correct(
        stored.id, article(text="نص آخر"), found, same_words=b"other", prints=[2, 3], by="Rasid/1", now=NOW
    )
    (said,) = store.corrections.of(stored.id)
    assert (said.fields, said.applied, said.by) == (tuple(found), True, "Rasid/1")
    again = store.article(stored.id)
    assert again is not None
    assert again.article.text == "نص آخر"
    assert store.first_with(b"other") == stored.id
    store.corrections.read_otherwise(stored.id, article(text="ثالث"), found, by="Rasid/2", now=NOW)
    assert [one.text for one in store.looking.versions_of(stored.id)] == ["ثالث"]


def test_an_archive_rebuilds_its_file_from_any_store(store: Store, tmp_path: Path) -> None:
    def written() -> None:
        with Archive(tmp_path, store.proofs, software="Rasid/test", now=lambda: NOW, floor=0) as archive:
            archive.keep(page(1))

    written()
    before = (tmp_path / "ledger.jsonl").read_text()
    (tmp_path / "ledger.jsonl").unlink()
    written()
    after = (tmp_path / "ledger.jsonl").read_text()
    assert after.startswith(before)
    assert '"kind":"note"' in after
