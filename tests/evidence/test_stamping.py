"""Time stamps of roots, by an authority that openssl makes: had, kept, tried again, and checked without Rasid."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.evidence import stamping
from monitor.evidence.stamping import Tried, due, name_of
from monitor.evidence.verifying import verify
from storage.records import Root
from storage.store import Store
from tests.evidence.authority import Authority, authority
from tests.evidence.making import NOW, filled

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
END = NOW + timedelta(hours=12)


def ask(folder: Path, *authorities: Authority, at: timedelta = timedelta()) -> list[str]:
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        urls = [one.url for one in authorities]
        return list(stamping.run(folder / "captures", store.proofs, store, urls, [END], END + at, stamping.post))


def root(folder: Path) -> str:
    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        (found,) = store.proofs.roots(END)
    return found.hash


def test_several_authorities_stamp_a_root_and_openssl_believes_them(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with authority(tmp_path / "one") as one, authority(tmp_path / "other") as other:
        said = ask(tmp_path, one, other)
        assert len(said) == 2
        for each in (one, other):
            path = tmp_path / "captures" / "stamps" / name_of(root(tmp_path), each.url)
            assert each.verified(path, root(tmp_path))
            assert not each.verified(path, "00" * 32)
        assert ask(tmp_path, one, other) == []  # once
    with Store.open(f"sqlite:///{tmp_path / 'rasid.db'}") as store:
        report = verify(tmp_path / "captures", store.proofs)
    assert (report.clean, report.stamps) == (True, 2)


def test_what_cannot_be_had_waits_and_is_asked_again(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with authority(tmp_path / "tsa") as tsa:
        tsa.answers = ["down", "nonsense", "other"]
        assert "cannot be reached" in ask(tmp_path, tsa)[0]
        assert ask(tmp_path, tsa, at=timedelta(minutes=9)) == []
        assert "no time stamp" in ask(tmp_path, tsa, at=timedelta(minutes=11))[0]
        (said,) = ask(tmp_path, tsa, at=timedelta(hours=2))
        assert "answers another request" in said
        assert not list((tmp_path / "captures").glob("stamps/*.tsr"))
        assert ask(tmp_path, tsa, at=timedelta(hours=3)) == []
        assert "is stamped" in ask(tmp_path, tsa, at=timedelta(hours=9))[0]
        assert tsa.asked == 4


def test_a_stamp_that_was_altered_or_is_over_another_chain_is_found(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with authority(tmp_path / "tsa") as tsa:
        ask(tmp_path, tsa)
    (path,) = (tmp_path / "captures" / "stamps").glob("*.tsr")
    path.rename(path.with_name("0" * 64 + path.name[64:]))
    found = verify(tmp_path / "captures", None).findings
    assert [one.what for one in found] == ["root"]


def test_what_is_due() -> None:
    roots = [Root(chain="main", number=n, at=NOW, hash=f"{n:064}") for n in (1, 2)]
    name = name_of(roots[0].hash, "https://a.example/x")
    assert len(due(roots, ["https://a.example/x", "https://b.example"], {}, {}, NOW)) == 4
    assert len(due(roots, ["https://a.example/x"], {name: b""}, {}, NOW)) == 1
    for times, wait in ((1, 10), (2, 60), (3, 360), (4, 1440), (9, 1440)):
        tried = {name: Tried(times=times, at=NOW)}
        later = NOW + timedelta(minutes=wait)
        assert (roots[0], "https://a.example/x") not in due(
            roots, ["https://a.example/x"], {}, tried, later - timedelta(seconds=1)
        )
        assert (roots[0], "https://a.example/x") in due(roots, ["https://a.example/x"], {}, tried, later)
