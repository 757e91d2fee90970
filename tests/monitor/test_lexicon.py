"""The lexicon's file: opened, broken, shared. Building it is shown on the real one, once."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from monitor import lexicon_build
from monitor.lexicon import Lexicon, cache_path, open_lexicon, pack
from monitor.readings import readings, spelling


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return open_lexicon()


def top(lexicon: Lexicon, word: str) -> tuple[str, str]:
    best = readings(word, lexicon)[0].lexeme
    return lexicon.lemma(best), lexicon.class_of(best)


@pytest.mark.parametrize(
    ("word", "lemma", "kind"),
    [
        ("وزير", "وزير", "N"),  # not و + زير
        ("بسبب", "سبب", "N"),
        ("مجازر", "مجزرة", "N"),
        ("وللمعتقلين", "معتقل", "N"),
        ("قيمتها", "قيمة", "N"),
        ("يعمل", "عمل", "V"),
        ("وسيعتقلونهم", "اعتقل", "V"),
        ("بدون", "بدون", "P"),
        ("على", "على", "P"),
        ("حلب", "حلب", "E"),
        ("درعا", "درعا", "E"),
        ("أشهر", "شهر", "N"),
        ("الروسية", "روسي", "N"),
    ],
)
def test_the_likeliest_reading(lexicon: Lexicon, word: str, lemma: str, kind: str) -> None:
    assert top(lexicon, word) == (lemma, kind)


def test_shares_add_up(lexicon: Lexicon) -> None:
    assert sum(reading.share for reading in readings("نقل", lexicon)) == pytest.approx(1.0)


def test_an_unknown_word_has_no_readings(lexicon: Lexicon) -> None:
    assert readings("قشحطفذ", lexicon) == []
    assert lexicon.zipf("قشحطفذ") == 0


def test_a_bare_alef_stands_for_a_hamza_and_hardly_the_other_way() -> None:
    assert spelling("ادلب", "إدلب") > 10 * spelling("إدلب", "ادلب")
    assert spelling("إدلب", "إدلب") == 1


def tiny() -> bytes:
    """A lexicon of no words."""
    empty = struct.pack("I", 0)
    names = {"buckets": ("I", bytes(16)), "keys": ("B", b""), "forms": ("B", b""), "lemmas": ("B", b"")}
    names |= dict.fromkeys(("key_at", "entry_at", "form_at", "lemma_at", "own_at"), ("I", empty))
    names |= dict.fromkeys(("lexeme", "own"), ("I", b"")) | dict.fromkeys(("share", "prior"), ("f", b""))
    names |= dict.fromkeys(("join", "class", "zipf"), ("B", b""))
    return pack(names)


@pytest.mark.parametrize("damage", ["empty", "short", "flipped", "foreign"])
def test_a_broken_file_is_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    whole = tiny()
    broken = {
        "empty": b"",
        "short": whole[:-3],
        "flipped": whole[:-1] + bytes([whole[-1] ^ 1]),
        "foreign": b"PK\x03\x04" * 40,
    }[damage]
    path = tmp_path / "deep" / "lexicon.bin"
    path.parent.mkdir()
    path.write_bytes(broken)
    monkeypatch.setattr(lexicon_build, "build", lambda _progress: whole)
    assert len(open_lexicon(path)) == 0
    assert path.read_bytes() == whole
    assert [entry.name for entry in path.parent.iterdir()] == ["lexicon.bin"]


def test_what_stands_is_not_built_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lexicon.bin"
    path.write_bytes(tiny())
    monkeypatch.setattr(lexicon_build, "build", lambda _progress: pytest.fail("built"))
    assert len(open_lexicon(path)) == 0


def test_without_a_place_to_keep_it_it_is_kept_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setattr(lexicon_build, "build", lambda _progress: tiny())
    assert len(open_lexicon(tmp_path / "file" / "lexicon.bin")) == 0


def test_the_cache_is_named_after_the_packages() -> None:
    own = cache_path({"RASID_CACHE": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"})
    assert own.parent == Path("/a")
    assert "simplemma" in own.name
    assert "wordfreq" in own.name
    assert cache_path({"XDG_CACHE_HOME": "/b", "HOME": "/c"}).parent == Path("/b/rasid")
    assert cache_path({"HOME": "/c"}).parent == Path("/c/.cache/rasid")
