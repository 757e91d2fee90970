"""Captures in an S3-compatible store: nothing leaves the disk before it lies there for certain, and what lies there is read as if it were here."""

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.source import Source
from monitor import chores
from monitor.chores import Done
from monitor.evidence import sending, tidying
from monitor.evidence.settings import CaptureSettings
from monitor.evidence.verifying import verify
from storage.captures import read_span
from storage.depot import Depot
from storage.errors import StorageError
from storage.store import Store
from tests.e2e.running import configure, rasid
from tests.evidence.making import archive, page
from tests.evidence.s3 import KEY, S3, SECRET, s3
from tests.stores.making import article, flag, put

THEN = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
NEXT = THEN + DAY
LOCAL = 7 * DAY
SECRETS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
WARC = "rasid-*.warc.gz"
OUTLET = Source(name="nidaa", kind="feed", url="https://nidaa.example/feed", title="نداء")


@pytest.fixture
def store() -> Iterator[S3]:
    with s3() as served:
        yield served


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A day of ten pages, each third of them flagged."""
    with archive(tmp_path, now=lambda: THEN) as (opened, store):
        for n in range(10):
            name = opened.keep(page(n, fetched_at=THEN))
            opened.settle()
            put(store, article(f"https://nidaa.example/{n}", capture=name), flags=(flag(),) if n % 3 == 0 else ())
    return tmp_path


def depot(kept: Path, store: S3, environ: Mapping[str, str] = SECRETS) -> Depot:
    return Depot("s3://bucket/rasid", kept / "captures", endpoint=store.url, environ=environ)


def send(kept: Path, where: Depot, now: datetime = NEXT) -> str:
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as stored:
        return sending.send(kept / "captures", where, stored.proofs, now, local=LOCAL, chain="main")


def here(kept: Path) -> list[Path]:
    return sorted((kept / "captures").glob(WARC))


def test_a_closed_file_is_put_there_and_leaves_in_time_and_proves_as_before(kept: Path, store: S3) -> None:
    where = depot(kept, store)
    (file,) = here(kept)
    data = file.read_bytes()
    assert send(kept, where, THEN) == "nothing new"  # it is written into
    assert send(kept, where) == "1 sent"
    assert store.objects[f"bucket/rasid/{file.name}"] == data
    assert store.objects["bucket/rasid/ledger-main.jsonl"] == (kept / "captures" / "ledger.jsonl").read_bytes()
    assert send(kept, where, NEXT + LOCAL - timedelta(seconds=1)) == "nothing new"
    assert file.exists()
    assert send(kept, where, NEXT + LOCAL) == "1 taken off the disk here"
    assert not file.exists()
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as stored:
        alone = verify(kept / "captures", stored.proofs)
        assert [finding.what for finding in alone.findings] == ["missing"]
        report = verify(kept / "captures", stored.proofs, depot=where)
        assert (report.findings, report.captures) == ([], 10)
        (capture,) = stored.proofs.captures_at("https://nidaa.example/3")
        assert read_span(file.parent, capture.span, where.read) in data
    assert not list((kept / "captures").glob(".*warc*"))  # what verify had fetched


def broken(store: S3) -> None:
    store.close()


def refused(store: S3) -> None:
    store.server.fail += [403] * 9


def busy(store: S3) -> None:
    store.server.fail += [503] * 99


def halved(store: S3) -> None:
    store.server.half = True


def cut(store: S3) -> None:
    store.server.cut = True


@pytest.mark.parametrize("how", [broken, refused, busy, halved, cut])
def test_what_did_not_get_there_stays_here_and_is_due(kept: Path, store: S3, how: Callable[[S3], None]) -> None:
    where = depot(kept, store)
    how(store)
    with pytest.raises(StorageError, match="1 files of captures are not there yet"):
        send(kept, where, NEXT + 100 * DAY)
    assert len(here(kept)) == 1
    assert where.index() == {}
    if how is not broken:
        store.server.fail.clear()
        store.server.half = store.server.cut = False
        assert send(kept, where) == "1 sent"


def test_a_moment_of_trouble_is_waited_out(kept: Path, store: S3) -> None:
    store.server.fail += [503, 500]
    assert send(kept, depot(kept, store)) == "1 sent"


@pytest.mark.parametrize("environ", [{}, {"AWS_ACCESS_KEY_ID": KEY}, {**SECRETS, "AWS_ACCESS_KEY_ID": "AKIDWRONG"}])
def test_credentials_that_are_wrong_are_said_and_never_shown(kept: Path, store: S3, environ: dict[str, str]) -> None:
    began = time.monotonic()
    with pytest.raises(StorageError) as error:
        send(kept, depot(kept, store, environ))
    assert time.monotonic() - began < 60  # the machine's cloud is not waited for
    assert "AWS_ACCESS_KEY_ID" in str(error.value) or "403" in str(error.value)
    assert "AKIDWRONG" not in str(error.value)
    assert SECRET not in str(error.value)
    assert len(here(kept)) == 1


@pytest.mark.parametrize("how", ["gone", "another", "altered here"])
def test_nothing_leaves_the_disk_that_is_not_there_as_it_was_put(kept: Path, store: S3, how: str) -> None:
    where = depot(kept, store)
    (file,) = here(kept)
    send(kept, where)
    if how == "gone":
        store.objects.clear()
    elif how == "another":
        store.objects[f"bucket/rasid/{file.name}"] = bytes(file.stat().st_size)
    else:
        data = bytearray(file.read_bytes())
        data[100] ^= 1
        file.write_bytes(data)
    with pytest.raises(StorageError):
        send(kept, where, NEXT + LOCAL)
    assert file.exists()
    if how == "another":
        assert send(kept, where, NEXT + LOCAL) == "1 sent"
        assert store.objects[f"bucket/rasid/{file.name}"] == file.read_bytes()


def test_an_altered_object_is_found_by_verify(kept: Path, store: S3) -> None:
    where = depot(kept, store)
    (file,) = here(kept)
    send(kept, where)
    send(kept, where, NEXT + LOCAL)
    data = bytearray(store.objects[f"bucket/rasid/{file.name}"])
    data[-30] ^= 1
    store.objects[f"bucket/rasid/{file.name}"] = bytes(data)
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as stored:
        report = verify(kept / "captures", stored.proofs, depot=where)
        assert "altered" in [finding.what for finding in report.findings]
        store.objects.clear()
        assert [one.what for one in verify(kept / "captures", stored.proofs, depot=where).findings] == ["missing"]
        store.close()
        with pytest.raises(StorageError):  # not to have asked is no finding
            verify(kept / "captures", stored.proofs, depot=where)


def test_what_the_rules_drop_is_deleted_there_as_well(kept: Path, store: S3) -> None:
    where = depot(kept, store)
    (old,) = here(kept)
    send(kept, where)
    late = NEXT + 100 * DAY
    send(kept, where, late - DAY)
    assert here(kept) == []
    with archive(kept, now=lambda: late) as (opened, stored):
        done = tidying.tidy(stored, opened, CaptureSettings(others=90 * DAY), late, where)
        assert done.dropped == 6
        assert verify(kept / "captures", stored.proofs, depot=where).findings == []
    assert send(kept, where, late) == "1 deleted there, 1 sent"
    (new,) = here(kept)
    assert new.name != old.name
    assert {key.rsplit("/", 1)[1] for key in store.objects} == {new.name, "ledger-main.jsonl"}


def test_a_file_that_a_killed_run_has_left_torn_is_not_put(kept: Path, store: S3) -> None:
    (file,) = here(kept)
    with file.open("ab") as stream:
        stream.write(b"\x1f\x8b\x08half a record")
    assert send(kept, depot(kept, store)) == "nothing new"
    (kept / "captures" / "depot.json").write_text("{no")  # nor does a broken list stop it
    with archive(kept, now=lambda: NEXT) as (opened, stored):
        tidying.tidy(stored, opened, CaptureSettings(), NEXT)
    assert send(kept, depot(kept, store)) == "1 sent"


def test_a_large_file_goes_in_parts(tmp_path: Path, store: S3) -> None:
    folder = tmp_path / "captures"
    folder.mkdir()
    (folder / "a.warc.gz").write_bytes(os.urandom(20 * 2**20))
    where = depot(tmp_path, store)
    where.put("a.warc.gz", NEXT)
    assert any("partNumber=3" in asked for asked in store.server.asked)
    with where.borrowed("a.warc.gz") as path:
        assert path is not None
        assert path.read_bytes() == (folder / "a.warc.gz").read_bytes()


def test_the_commands_read_what_is_here_no_longer(tmp_path: Path, store: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    config = configure(tmp_path, [OUTLET])
    with archive(tmp_path / "var", now=lambda: THEN) as (opened, stored):
        name = opened.keep(page(1, fetched_at=THEN))
        opened.settle()
        put(stored, article("https://nidaa.example/1", capture=name), flags=(flag(),))
    settings = config / "settings.yaml"
    asked = f"captures:\n  store: s3://bucket/rasid\n  endpoint: {store.url}\n  local: 1s\n"
    settings.write_text(f"{settings.read_text('utf-8')}\n{asked}", "utf-8")
    assert "AWS_ACCESS_KEY_ID" in rasid(config, "evidence", "send").stderr
    for variable, value in SECRETS.items():
        monkeypatch.setenv(variable, value)
    assert rasid(config, "evidence", "send").stdout == "1 sent\n"
    time.sleep(1.1)
    assert "taken off" in rasid(config, "evidence", "send").stdout
    assert not list((tmp_path / "var" / "captures").glob(WARC))
    for command in (("show", "1"), ("verify",), ("export", "1")):
        done = rasid(config, "evidence", *command)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    again = rasid(config, "reread", "--json")
    assert again.returncode == 0, again.stderr
    assert "cannot be read" not in again.stdout


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("store: s3://key:secret@bucket/x", "environment"),
        ("store: https://bucket/x", "s3://bucket/prefix is expected"),
        ("store: s3://", "expected"),
        ("endpoint: http://key:secret@host", "environment"),
        ("endpoint: host:9000", "https://host is expected"),
    ],
)
def test_settings_that_are_wrong_are_refused(given: str, says: str) -> None:
    key, _, value = given.partition(": ")
    with pytest.raises(ValueError, match=says):
        CaptureSettings.model_validate({key: value})


def test_a_secret_in_the_settings_is_not_repeated(tmp_path: Path) -> None:
    config = configure(tmp_path, [OUTLET], settings="captures:\n  store: s3://key:secret@bucket/x\n")
    said = rasid(config, "check")
    assert said.returncode != 0
    assert "stand in the environment" in said.stderr + said.stdout
    assert "secret@" not in said.stderr + said.stdout


def test_status_and_the_digest_say_that_they_are_behind() -> None:
    class Memory(dict[str, Mapping[str, str]]):
        def recall(self, key: str) -> Mapping[str, str] | None:
            return self.get(key)

        def remember(self, key: str, value: Mapping[str, str]) -> None:
            self[key] = value

    def fails() -> str:
        raise StorageError("1 files of captures are not there yet")

    memory = Memory()
    chores.work([chores.Chore(name="send", every=DAY, do=lambda: "1 sent")], memory, lambda: THEN)
    chores.work([chores.Chore(name="send", every=DAY, do=fails)], memory, lambda: NEXT)
    done: Mapping[str, Done] = chores.read(memory.recall(chores.KEY))
    midnight = datetime(2024, 3, 2, tzinfo=UTC)
    told = sending.notes(done, midnight, midnight + DAY, "UTC", language="ar")
    assert told == ["لا تصل نسخ الصفحات المحفوظة إلى مخزنها منذ 2024-03-01 09:30، فهي على هذا الجهاز وحده."]
    assert sending.notes(done, midnight - DAY, midnight - timedelta(hours=20), "UTC") == []
    assert json.dumps(told)
