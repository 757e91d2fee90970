"""A package that proves an article to somebody who has neither Rasid nor our store."""

import gzip
import hashlib
import json
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.evidence import dossier, sealing, wacz
from monitor.evidence.exporting import package
from monitor.evidence.stamping import name_of
from storage.errors import StorageError
from storage.records import Version
from storage.store import Store
from tests.evidence.making import NOW, archive, page
from tests.stores.making import article, flag, put

ZONE = "Asia/Damascus"
PAGES = 30
WANTED = (7, 20)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Thirty articles, two of them flagged, one of those edited later."""
    with archive(tmp_path) as (opened, store):
        for n in range(PAGES):
            name = opened.keep(page(n))
            opened.settle()
            told = article(f"https://nidaa.example/{n}", title=f"خبر {n} <b>", capture=name)
            stored = put(store, told, flags=(flag(),) if n in WANTED else ())
            assert stored is not None
        stored = store.article_at("https://nidaa.example/7")
        assert stored is not None
        later = opened.keep(page(7, fetched_at=NOW + timedelta(hours=1)))
        opened.settle()
        store.looking.schedule({stored.id: (NOW, None)})
        edit = Version(
            article=stored, read_at=NOW + timedelta(hours=1), title="خبر معدّل", text="نص آخر", capture=later,
            substantial=True, changes=(),
        )  # fmt: skip
        store.looking.looked(stored.id, NOW, due_at=None, version=edit)
    return tmp_path


def made(folder: Path, *names: str, now: datetime = NOW + timedelta(hours=2)) -> Path:
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        numbers, unknown = dossier.wanted(store, names, ["detainees"], None)
        assert unknown == []
        found = dossier.cases(store, numbers)
        stands = store.proofs.stands("main")
        assert stands is not None
        stamps = {
            name_of(stands.root, "https://tsa.example/tsr"): b"stamp",
            name_of("0" * 64, "https://o.example"): b"no",
        }
        built = package(
            found, folder / "captures", store.proofs, zone=ZONE, now=now, software="Rasid/test", stamps=stamps
        )
    built.write(folder / "out.wacz")
    return folder / "out.wacz"


def unpacked(path: Path) -> Path:
    with zipfile.ZipFile(path) as packed:
        packed.extractall(path.parent / "unpacked")
    return path.parent / "unpacked"


def check(folder: Path) -> str:
    done = subprocess.run(["bash", "evidence/check.sh"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout


def test_a_list_becomes_a_package_that_checks_itself(kept: Path) -> None:
    folder = unpacked(made(kept, "detainees"))
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        stands = store.proofs.stands("main")
        assert stands is not None
        assert check(folder) == f"evidence/ledger-main.jsonl: whole; its root is {stands.root}\n"
    told = json.loads((folder / "evidence" / "articles.json").read_text())
    assert [one["url"] for one in told] == [f"https://nidaa.example/{n}" for n in WANTED]
    assert [one["title"] for one in told[0]["versions"]] == ["خبر معدّل"]
    assert len(told[0]["captures"]) == 2
    report = (folder / "report.html").read_text()
    assert "خبر 7 &lt;b&gt;" in report
    assert stands.root in report
    assert "Later reading" in report
    assert "openssl ts -verify" in report
    assert [path.name for path in (folder / "evidence" / "stamps").iterdir()] == [
        name_of(stands.root, "https://tsa.example")
    ]


def test_it_says_nothing_of_what_else_was_watched(kept: Path) -> None:
    path = made(kept, "https://nidaa.example/7")
    folder = unpacked(path)
    everything = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.suffix != ".gz")
    everything += gzip.decompress((folder / "archive" / "data.warc.gz").read_bytes())
    assert b"https://nidaa.example/7" in everything
    assert not [n for n in range(10, PAGES) if f"nidaa.example/{n}".encode() in everything]
    lines = (folder / "evidence" / "ledger-main.jsonl").read_text().splitlines()
    assert sum('"digest"' in line for line in lines) == len(lines) - 3  # the file's first record and two Captures


@pytest.mark.parametrize("name", ["evidence/ledger-main.jsonl", "archive/data.warc.gz", "evidence/captures.tsv"])
def test_who_alters_it_is_found(kept: Path, name: str) -> None:
    folder = unpacked(made(kept, "detainees"))
    data = bytearray((folder / name).read_bytes())
    at = data.index(b"sha256") + 12 if name.endswith("jsonl") else len(data) // 2
    data[at] = ord("0") if data[at] != ord("0") else ord("1")
    (folder / name).write_bytes(data)
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        stands = store.proofs.stands("main")
    assert stands is not None
    said = check_loosely(folder)
    assert "altered" in said or "broken" in said or "not in the ledger" in said or stands.root not in said


def check_loosely(folder: Path) -> str:
    done = subprocess.run(["bash", "evidence/check.sh"], cwd=folder, capture_output=True, check=False)
    return done.stdout.decode(errors="replace") + done.stderr.decode(errors="replace")


def test_it_is_a_wacz(kept: Path) -> None:
    path = made(kept, "detainees")
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        assert packed.getinfo("archive/data.warc.gz").compress_type == zipfile.ZIP_STORED
        about = json.loads(packed.read("datapackage.json"))
        seal = json.loads(packed.read("datapackage-digest.json"))
        assert seal["hash"] == f"sha256:{hashlib.sha256(packed.read('datapackage.json')).hexdigest()}"
        assert about["wacz_version"] == "1.1.1"
        listed = {one["path"]: one for one in about["resources"]}
        assert set(packed.namelist()) - set(listed) == {"datapackage.json", "datapackage-digest.json"}
        for name, one in listed.items():
            data = packed.read(name)
            assert (one["bytes"], one["hash"]) == (len(data), f"sha256:{hashlib.sha256(data).hexdigest()}")
        head, *pages = [json.loads(line) for line in packed.read("pages/pages.jsonl").splitlines()]
        assert head["format"] == "json-pages-1.0"
        assert [one["title"] for one in pages] == ["خبر 7 <b>", "خبر معدّل", "خبر 20 <b>"]
        data, lines = packed.read("archive/data.warc.gz"), packed.read("indexes/index.cdx").decode().splitlines()
        assert lines == sorted(lines)
        assert len(lines) == 3
        for line in lines:
            says = json.loads(line.split(" ", 2)[2])
            begin = int(says["offset"])
            record = gzip.decompress(data[begin : begin + int(says["length"])])
            assert f"WARC-Target-URI: {says['url']}".encode() in record
            assert b"WARC-Type: response" in record


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Nidaa.example/A?b=2&a=1", "example,nidaa)/a?a=1&b=2"),
        ("http://nidaa.example:8080", "example,nidaa:8080)/"),
        ("https://nidaa.example/%D8%A7", "example,nidaa)/%d8%a7"),
    ],
)
def test_keys_are_those_of_indexes(url: str, key: str) -> None:
    assert wacz.key(url) == key


def test_what_was_altered_is_not_handed_on(kept: Path) -> None:
    path = next((kept / "captures").glob("*.warc.gz"))
    data = bytearray(path.read_bytes())
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        (first, *_) = store.proofs.captures_at("https://nidaa.example/7")
    data[first.span.offset + 40] ^= 1
    path.write_bytes(data)
    with pytest.raises(StorageError, match="not those that were written"):
        made(kept, "https://nidaa.example/7")


def test_an_old_article_is_proven_to_the_root_of_its_day_and_no_further(kept: Path) -> None:
    with archive(kept, now=lambda: NOW + timedelta(days=3)) as (opened, store):
        (root,) = store.proofs.roots(NOW + timedelta(days=1))
        for n in range(40, 60):
            opened.keep(page(n, fetched_at=NOW + timedelta(days=3)))
        opened.settle()
    folder = unpacked(made(kept, "detainees", now=NOW + timedelta(days=4)))
    assert root.hash in check(folder)


def test_articles_are_named_by_id_address_and_capture(kept: Path) -> None:
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        stored = store.article_at("https://nidaa.example/7")
        assert stored is not None
        edited = store.looking.versions_of(stored.id)[0].capture
        assert edited is not None
        names = [str(stored.id), "https://www.nidaa.example/7?utm_source=x#a", stored.article.capture or "", edited]
        for name in names:
            assert dossier.wanted(store, [name], [], None) in (([stored.id], []), ([], [name]))
        assert dossier.wanted(store, [edited, str(stored.id)], [], None) == ([stored.id], [])
        assert dossier.wanted(store, ["urn:uuid:0", "99999", "9" * 30], [], None)[1] == [
            "urn:uuid:0",
            "99999",
            "9" * 30,
        ]
        late = datetime(2030, 1, 1, tzinfo=UTC)
        assert dossier.wanted(store, ["detainees"], ["detainees"], late) == ([], [])


def test_a_sealed_package_is_opened_by_its_key_and_by_no_other(tmp_path: Path) -> None:
    import pyrage

    key, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    path = tmp_path / "out.wacz"
    path.write_bytes(b"proof" * 1000)
    sealed = sealing.sealed(path, sealing.recipients([str(key.to_public())]))
    assert (sealed.name, path.exists()) == ("out.wacz.age", False)
    assert b"proof" not in sealed.read_bytes()
    assert pyrage.decrypt(sealed.read_bytes(), [key]) == b"proof" * 1000
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed.read_bytes(), [other])


@pytest.mark.parametrize("text", ["", "age1nonsense", "AGE-SECRET-KEY-1", "ssh-rsa x"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(sealing.SealError, match="not a public key"):
        sealing.recipients([text])


def test_a_case_without_captures_is_told(kept: Path) -> None:
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        put(store, article("https://nidaa.example/none"))
        numbers, _ = dossier.wanted(store, ["https://nidaa.example/none"], [], None)
        (case,) = dossier.cases(store, numbers)
        assert dossier.kept([replace(case)]) == []
