"""Whoever alters what was kept is found, and what was altered is named."""

import json
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from monitor.evidence.verifying import Report, verify
from storage.ledger import Entry, root_after
from storage.repair import repair
from storage.store import Store
from tests.evidence.making import NOW, archive, filled, page
from tests.stores.making import article, flag, put

PAGES = 12


def check(folder: Path, **values: object) -> Report:
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        return verify(folder / "captures", store.proofs, **values)  # type: ignore[arg-type]


def warc(folder: Path) -> Path:
    return next((folder / "captures").glob("*.warc.gz"))


def ledger(folder: Path) -> Path:
    return folder / "captures" / "ledger.jsonl"


def entries(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line)["entry"] for line in ledger(folder).read_text().splitlines()]


def spans(folder: Path) -> list[tuple[int, int, str]]:
    return [
        (int(str(one["offset"])), int(str(one["length"])), str(one["capture"]))
        for one in entries(folder)
        if one["kind"] == "capture"
    ]


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    filled(tmp_path, PAGES)
    return tmp_path


def test_what_nobody_touched_is_clean(kept: Path) -> None:
    report = check(kept)
    assert (report.clean, report.findings) == (True, [])
    assert (report.entries, report.captures) == (PAGES + 2, PAGES)
    alone = verify(kept / "captures", None)
    assert (alone.clean, alone.root) == (True, report.root)


@pytest.mark.parametrize("seed", range(25))
def test_one_byte_anywhere_is_found_and_its_capture_named(kept: Path, seed: int) -> None:
    data = bytearray(warc(kept).read_bytes())
    at = random.Random(seed).randrange(len(data))
    data[at] ^= 1 << random.Random(seed).randrange(8)
    warc(kept).write_bytes(data)
    report = check(kept)
    (found,) = report.findings
    assert found.what == "altered"
    named = next((name for offset, length, name in spans(kept) if offset <= at < offset + length), "byte 0")
    assert named in found.subject


def test_a_record_that_was_deleted_is_named_and_those_after_it_are_told_apart(kept: Path) -> None:
    data, (offset, length, name) = warc(kept).read_bytes(), spans(kept)[4]
    warc(kept).write_bytes(data[:offset] + data[offset + length :])
    report = check(kept)
    assert [found.subject.split()[0] for found in report.findings if found.what == "altered"] == [name]
    assert sum(found.what == "displaced" for found in report.findings) == PAGES - 5


def test_two_that_were_exchanged_are_named(kept: Path) -> None:
    data, (one, first, a), (two, second, b) = warc(kept).read_bytes(), *spans(kept)[3:5]
    warc(kept).write_bytes(data[:one] + data[two : two + second] + data[one : one + first] + data[two + second :])
    report = check(kept)
    assert {found.subject.split()[0] for found in report.findings if found.what == "displaced"} == {a, b}
    assert not report.clean


def test_a_tail_that_was_cut_is_told_from_one_that_is_torn(kept: Path) -> None:
    data = warc(kept).read_bytes()
    warc(kept).write_bytes(data + data[:700])
    torn = check(kept)
    assert ([found.what for found in torn.findings], torn.clean) == (["torn"], True)
    offset, _, name = spans(kept)[-1]
    warc(kept).write_bytes(data[: offset + 9])
    cut = check(kept)
    assert [(found.what, found.subject.split()[0]) for found in cut.findings] == [("cut", name)]


def test_a_file_that_is_gone_is_named(kept: Path) -> None:
    warc(kept).unlink()
    (found,) = check(kept).findings
    assert found.what == "missing"
    assert f"{PAGES + 1} records" in found.says


def rewrite(folder: Path, change: Callable[[list[dict[str, object]]], None]) -> None:
    """Recomputes the ledger's file after a change, as somebody would who has read how it is made."""
    said = entries(folder)
    change(said)
    previous, lines = "0" * 64, []
    for entry in said:
        text = json.dumps(entry, separators=(",", ":"))
        lines.append(f'{{"previous":"{previous}","entry":{text}}}\n')
        from hashlib import sha256

        previous = root_after(previous, sha256(text.encode()).hexdigest())
    ledger(folder).write_text("".join(lines))


def another_address(said: list[dict[str, object]]) -> None:
    said[6]["url"] = "https://nidaa.example/another"


def test_an_entry_that_was_edited_is_named(kept: Path) -> None:
    text = ledger(kept).read_text().replace("https://nidaa.example/5", "https://nidaa.example/6")
    ledger(kept).write_text(text)
    said = [(found.what, found.subject) for found in check(kept).findings]
    assert ("ledger", "entry 8") in said
    assert verify(kept / "captures", None).clean is False


def test_a_ledger_that_was_recomputed_differs_from_the_store(kept: Path) -> None:
    rewrite(kept, another_address)
    report = check(kept)
    assert (report.findings[0].what, report.findings[0].subject) == ("ledger", "entry 7")


def recompute_both(folder: Path, change: Callable[[list[dict[str, object]]], None]) -> None:
    """In the file and in the store, so that they agree."""
    rewrite(folder, change)
    with closing(sqlite3.connect(folder / "rasid.db")) as database, database:
        database.execute("DELETE FROM ledger")
        database.execute("DELETE FROM captures")
    with archive(folder):
        pass


@pytest.mark.parametrize("number", [0, 5])
def test_who_recomputes_both_is_found_by_a_root_that_has_left(kept: Path, number: int) -> None:
    root = check(kept).root
    recompute_both(kept, lambda said: said[number].update(at="2026-11-23T09:30:01.000000Z"))
    assert check(kept).clean
    (found,) = check(kept, roots={root: "2026-11-23.html"}).findings
    assert (found.what, found.subject) == ("root", "2026-11-23.html")


def test_who_cuts_both_tails_is_found_by_a_root_that_has_left(kept: Path) -> None:
    root = check(kept).root
    cut = spans(kept)[-3][0]
    recompute_both(kept, lambda said: said.__delitem__(slice(-3, None)))
    warc(kept).write_bytes(warc(kept).read_bytes()[:cut])
    assert check(kept).clean
    assert [found.what for found in check(kept, roots={root: "a digest"}).findings] == ["root"]


def test_who_cuts_the_ledgers_file_is_found_and_the_next_pass_says_it_in_the_chain(kept: Path) -> None:
    text = ledger(kept).read_text().splitlines(keepends=True)
    ledger(kept).write_text("".join(text[:-3]))
    (found,) = check(kept).findings
    assert (found.what, found.subject) == ("cut", "ledger.jsonl")
    with archive(kept) as (opened, _):
        opened.keep(page(99))
    assert check(kept).clean
    assert entries(kept)[-2]["kind"] == "note"
    assert "short" in str(entries(kept)[-2]["why"])


def test_a_line_of_the_ledger_that_is_deleted_is_named(kept: Path) -> None:
    text = ledger(kept).read_text().splitlines(keepends=True)
    ledger(kept).write_text("".join(text[:5] + text[6:]))
    said = [found.subject for found in check(kept).findings]
    assert "entry 6" in said  # the store has it
    assert "entry 7" in said  # and it does not follow


def test_half_a_line_of_a_run_that_was_killed_is_taken_off(kept: Path) -> None:
    whole = ledger(kept).read_bytes()
    ledger(kept).write_bytes(whole + b'{"previous":"12')
    report = check(kept)
    assert ([found.what for found in report.findings], report.clean) == (["torn"], True)
    with archive(kept):
        pass
    assert ledger(kept).read_bytes() == whole


def test_lines_that_the_store_does_not_have_yet_are_taken_up(kept: Path) -> None:
    with closing(sqlite3.connect(kept / "rasid.db")) as database, database:
        database.execute("DELETE FROM ledger WHERE number > 9")
        database.execute("DELETE FROM captures WHERE number > 9")
    assert check(kept).clean
    with archive(kept) as (_, store):
        stood = store.proofs.stands("main")
        assert stood is not None
        assert stood.number == PAGES + 2
    assert check(kept).clean


def test_lines_that_do_not_follow_are_set_aside_for_a_person(kept: Path) -> None:
    with ledger(kept).open("a") as stream:
        stream.write('{"previous":"' + "1" * 64 + '","entry":{"number":99}}\n')
    assert not check(kept).clean
    with archive(kept):
        pass
    assert check(kept).clean
    assert entries(kept)[-1]["kind"] == "note"
    assert len(list((kept / "captures").glob("ledger-set-aside-*"))) == 1


def test_what_a_killed_run_left_is_repaired_and_nothing_else(kept: Path) -> None:
    whole = warc(kept).read_bytes()
    warc(kept).write_bytes(whole + b"half a record")
    stray = warc(kept).with_name("rasid-20261123-093000-00000000.warc.gz")
    stray.write_bytes(b"begun")
    other = warc(kept).with_name("theirs.warc.gz")
    other.write_bytes(b"not ours")
    assert [found.what for found in check(kept).findings] == ["torn", "unknown", "unknown"]
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        assert len(repair(kept / "captures", store.proofs)) == 2
    assert (stray.exists(), other.exists()) == (False, True)
    assert next(p for p in (kept / "captures").glob("rasid-*.warc.gz")).read_bytes() == whole


def test_the_next_pass_writes_over_what_a_killed_run_left(kept: Path) -> None:
    warc(kept).write_bytes(warc(kept).read_bytes() + b"half a record")
    filled(kept, 2)
    report = check(kept)
    assert (report.findings, report.captures) == ([], PAGES + 2)


def test_an_index_that_was_altered_is_named(kept: Path) -> None:
    with closing(sqlite3.connect(kept / "rasid.db")) as database, database:
        database.execute("UPDATE captures SET offset = offset + 1 WHERE number = 5")
    (found,) = check(kept).findings
    assert (found.what, "elsewhere" in found.says) == ("ledger", True)


def test_a_flagged_article_without_its_capture_is_named(kept: Path) -> None:
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        put(store, article(capture="urn:uuid:00000000-0000-4000-8000-000000000009"), flags=(flag(),))
    (found,) = check(kept).findings
    assert (found.what, found.subject[-3:]) == ("unproven", "009")


def test_what_a_rule_let_go_before_it_was_flagged_is_told_and_no_damage(kept: Path) -> None:
    name = spans(kept)[2][2]
    with archive(kept) as (opened, store):
        opened.enter([Entry(kind="drop", at=NOW, capture=name, why="old")])
        put(store, article(capture=name), flags=(flag(),))
    report = check(kept)
    assert "let go" in [found.what for found in report.findings]
    assert [found.what for found in report.findings if not found.harmless] == ["altered"]  # its bytes are still there


def test_a_pass_that_is_at_work_is_no_damage(kept: Path) -> None:
    with archive(kept) as (opened, store):
        opened.keep(page(50))
        assert [one.what for one in verify(kept / "captures", store.proofs).findings] == ["torn"]
        opened.settle()
        assert verify(kept / "captures", store.proofs).findings == []
