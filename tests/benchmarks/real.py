"""``make real``: a whole pass over real pages, by the real commands, on loopback.

Serves real Arabic news pages as their bytes, a hundred texts of articles about Syria wrapped in pages, and the article
that the project began with, with a feed over them; crawls; makes the digest; and says of every page what became of it.
Beside Rasid's flags stand those of the obvious alternative: the word as it is typed, between blanks.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.source import Source
from crawler.urls import canonical
from tests.newsroom.running import write_sources
from tests.newsroom.site import Answer
from tests.newsroom.stations import Station

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.records import Flag, StoredArticle
    from storage.store import Store

__all__ = ["main"]

DATA = Path(os.environ.get("RASID_DATA", "../shared/data"))
ROOT = Path(__file__).parents[2]
HOST = "127.0.0.41"
TEXTS = 100
# To choose texts by; rough, and apart from Rasid's own understanding.
_ASTANA = re.compile(r"\b[وف]?[بلك]?(?:ال)?[أاآإ]ستان[اةه]\b|نور سلطان")
_DETAINEES = re.compile(r"معتقل")
TYPED = {"astana": "أستانا", "detainees": "المعتقلين"}


@dataclass(frozen=True, slots=True)
class Served:
    path: str
    title: str | None
    """What the feed says; ``None``: nothing."""
    body: bytes
    text: str
    """What a search for the typed word is made over."""


def main() -> int:
    if not (DATA / "pages" / "gold.json").exists():
        print(f"data not here: {DATA.resolve()} (RASID_DATA names another place)")
        return 0
    served = [*_pages(), *_texts(), _seed()]
    with tempfile.TemporaryDirectory(prefix="rasid-real-") as temporary, _station(served) as port:
        config = _config(Path(temporary), port)
        print(f"{len(served)} pages and a feed over them on {HOST}:{port}")
        began = time.monotonic()
        if code := _rasid(config, "crawl"):
            return code
        print(f"the pass took {time.monotonic() - began:.0f} s")
        if code := _rasid(config, "digest", "--today"):
            return code
        return _report(served, port, Path(temporary))


def _pages() -> list[Served]:
    gold = json.loads((DATA / "pages" / "gold.json").read_text("utf-8"))
    return [
        Served(f"/page/{name}", None, (DATA / "pages" / f"{name}.html").read_bytes(), about["text"])
        for name, about in sorted(gold.items())
    ]


def _texts() -> list[Served]:
    """Texts that mention the watched words first, as many of each; then others."""
    with lzma.open(DATA / "syria_articles.jsonl.xz", "rt", encoding="utf-8") as lines:
        texts = [text for line in lines if 400 <= len(text := json.loads(line)["text"]) <= 30_000]
    both = [text for text in texts if _ASTANA.search(text) and _DETAINEES.search(text)][: TEXTS // 4]
    astana = [text for text in texts if _ASTANA.search(text) and text not in both][: TEXTS // 4]
    detainees = [text for text in texts if _DETAINEES.search(text) and text not in both][: TEXTS // 4]
    chosen = list(dict.fromkeys([*both, *astana, *detainees]))
    chosen += [text for text in texts if text not in chosen][: TEXTS - len(chosen)]
    return [_wrapped(f"/text/{number}", text) for number, text in enumerate(chosen, start=1)]


def _seed() -> Served:
    title, _, text = (DATA / "seed_article.txt").read_text("utf-8").partition("\n")
    return _wrapped("/seed", text.strip(), title)


def _wrapped(path: str, text: str, title: str | None = None) -> Served:
    """A plain page: the text's first words as its headline, a paragraph for every few sentences."""
    if title is None:
        words = text.split()
        title, text = " ".join(words[:9]), " ".join(words)
    paragraphs = [part for line in text.splitlines() for part in re.split(r"(?<=[.؟!])\s+", line) if part.strip()]
    body = "\n".join(f"<p>{escape(part)}</p>" for part in paragraphs)
    page = f"""<!DOCTYPE html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{escape(title)}</title></head>
<body><nav><a href="/">الرئيسية</a></nav><article><h1>{escape(title)}</h1><div class="entry-content">{body}</div></article>
<footer>جميع الحقوق محفوظة</footer></body></html>"""
    return Served(path, title, page.encode(), f"{title}\n{text}")


@contextmanager
def _station(served: Sequence[Served]) -> Iterator[int]:
    bodies = {one.path: one.body for one in served}
    ports: list[int] = []

    def respond(target: str, headers: Mapping[str, str]) -> Answer:
        if target == "/feed":
            return Answer(headers={"Content-Type": "application/rss+xml"}, body=_feed(served, ports[0]))
        if target in bodies:
            return Answer(headers={"Content-Type": "text/html"}, body=bodies[target])
        return Answer(status=404, headers={"Content-Type": "text/plain"}, body=b"not here\n")

    station = Station(HOST, 0, respond, lambda _: None)
    ports.append(station.port)
    station.listen()
    try:
        yield station.port
    finally:
        station.close()


def _feed(served: Sequence[Served], port: int) -> bytes:
    items = "\n".join(
        f"<item>{f'<title>{escape(one.title)}</title>' if one.title else ''}<link>http://{HOST}:{port}{one.path}</link></item>"
        for one in served
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>real</title>\n{items}\n</channel></rss>'.encode()


def _config(folder: Path, port: int) -> Path:
    config = folder / "config"
    (config / "watchlists").mkdir(parents=True)
    for name in TYPED:
        shipped = (ROOT / "config" / "watchlists" / f"{name}.yaml").read_bytes()
        (config / "watchlists" / f"{name}.yaml").write_bytes(shipped)
    (config / "settings.yaml").write_text("var: .\nfetching:\n  delay: 100ms\n", "utf-8")
    source = Source(
        name="real",
        kind="feed",
        url=f"http://{HOST}:{port}/feed",
        title="صفحات حقيقية",
        allow_addresses=(f"{HOST}/32",),
    )
    write_sources(config / "sources.yaml", [source])
    return config


def _rasid(config: Path, *arguments: str) -> int:
    print(f"\n$ rasid {' '.join(arguments)}", flush=True)
    rasid = Path(sys.executable).with_name("rasid")
    return subprocess.run([str(rasid), "--config", str(config), *arguments], cwd=ROOT, check=False).returncode


def _report(served: Sequence[Served], port: int, folder: Path) -> int:
    from storage.store import Store

    with Store.open(f"sqlite:///{folder / 'rasid.db'}") as store:
        became = {one.path: _became(store, f"http://{HOST}:{port}{one.path}") for one in served}
    lost = [path for path, (fate, _, _) in became.items() if fate == "lost"]
    _show_fates(became)
    _show_flags(served, became)
    seed = {flag.list for flag in became["/seed"][2]}
    digests = [path.name for path in (folder / "digests").glob("*.*")]
    checks = {
        f"every page is stored or has a named Fate (without: {', '.join(lost) or 'none'})": not lost,
        f"the first article is flagged by both lists (by {', '.join(sorted(seed)) or 'none'})": seed >= set(TYPED),
        f"the digest is made ({', '.join(sorted(digests))})": bool(digests),
    }
    print()
    for what, holds in checks.items():
        print(f"{'ok' if holds else 'NO':>4}  {what}")
    return 0 if all(checks.values()) else 1


def _became(store: Store, url: str) -> tuple[str, StoredArticle | None, list[Flag]]:
    address = canonical(url)
    found = store.article_at(address)
    if found is not None:
        return "stored", found, list(store.flags_of(found.id))
    missed = store.missed_at([address]).get(address)
    return (f"{missed.fate}: {missed.why}" if missed else "lost"), None, []


def _show_fates(became: Mapping[str, tuple[str, StoredArticle | None, list[Flag]]]) -> None:
    print(f"\n{'page':<20}{'became':<10}{'published':<22}{'from':<10}{'letters':>8}  title")
    for path, (fate, stored, _) in became.items():
        if path.startswith("/text/"):
            continue
        if stored is None:
            print(f"{path:<20}{fate}")
            continue
        article = stored.article
        at = f"{article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "unknown"
        print(
            f"{path:<20}{fate:<10}{at:<22}{article.published_from or '-':<10}{len(article.text):>8}  {article.title[:70]}"
        )
    told = Counter(fate for path, (fate, _, _) in became.items() if path.startswith("/text/"))
    print(f"{'/text/1 …':<20}{', '.join(f'{fate}: {count}' for fate, count in told.items())}")
    tellings = sum(1 for _, stored, _ in became.values() if stored and stored.same_as is not None)
    print(f"{tellings} of them repeat another one's text")


def _show_flags(served: Sequence[Served], became: Mapping[str, tuple[str, StoredArticle | None, list[Flag]]]) -> None:
    flagged: defaultdict[str, int] = defaultdict(int)
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, _, flags in became.values():
        for name in {flag.list for flag in flags}:
            flagged[name] += 1
        for flag in flags:
            spellings[flag.list].update(span.words for span in flag.spans)
    print(f"\n{'list':<12}{'flagged':>9}{'as typed':>10}  spellings that were flagged")
    for name, typed in TYPED.items():
        word = re.compile(rf"\b{typed}\b")
        alternative = sum(1 for one in served if word.search(one.text))
        common = "، ".join(f"{words} {count}" for words, count in spellings[name].most_common(14))
        print(f"{name:<12}{flagged[name]:>9}{alternative:>10}  {len(spellings[name])}: {common} …")


if __name__ == "__main__":
    sys.exit(main())
