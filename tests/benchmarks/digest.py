"""5,000 flagged articles in a day: how long, how large, how soon on the screen; folded lists beside a page without folds."""

from __future__ import annotations

import re
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from monitor.digest import Digest, build
from monitor.formats import FORMATS
from storage.records import Flagged, StoredArticle
from tests.e2e.chromium import ABSENT, Chromium, found
from tests.monitor.digest_sample import SOURCES, Newsroom, arguments, at

_ARTICLES = 5000
_SENTENCE = "وقالت مصادر محلية إن دورية اعتقلت عدداً من الشبان على حاجز عند مدخل المدينة ونقلتهم إلى جهة مجهولة. "
_SLUG = "%D8%A3%D9%87%D8%A7%D9%84%D9%8A-%D8%A7%D9%84%D9%85%D8%AF%D9%8A%D9%86%D8%A9-" * 3
_WORDS = {"astana": "أستانا", "displacement": "مهجّرين", "detainees": "المعتقلين"}


def main() -> int:
    """Exit code 0; the bounds are printed, not asserted."""
    for reprints in (1, 4):
        flagged = _flagged(reprints)
        begun = time.perf_counter()
        made = build(**arguments(flagged=flagged))
        print(
            f"{_ARTICLES} flagged articles, {made.stories} stories (bounds: 3 s, 8 MB, 300 MB, 1 s to the first screen)"
        )
        print(f"  build     {time.perf_counter() - begun:5.2f} s")
        for name in FORMATS:
            _show(name, made)
    print(
        f"  memory of this process at its highest: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    return 0


def _show(name: str, made: Digest) -> None:
    begun = time.perf_counter()
    out = FORMATS[name].render(made)
    print(f"  {name:9} {time.perf_counter() - begun:5.2f} s  {len(out.encode()) / 1e6:5.2f} MB")
    if name == "html":
        print(f"    folded:     {_painted(out)}")
        print(f"    not folded: {_painted(re.sub('<details>', '<details open>', out))}")


def _painted(out: str) -> str:
    if found() is None:
        return ABSENT
    with tempfile.TemporaryDirectory() as folder, Chromium() as browser:
        path = Path(folder, "digest.html")
        path.write_text(out, "utf-8")
        with browser.tab(path.as_uri(), width=1120, height=900) as tab:
            time.sleep(0.5)
            paint = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0] || -1"
            load = "performance.timing.loadEventEnd - performance.timing.navigationStart"
            return f"first screen {tab.evaluate(paint):.0f} ms, loaded {tab.evaluate(load):.0f} ms"


def _flagged(reprints: int) -> list[Flagged]:
    """Reports of seven paragraphs, a long percent-encoded address each, in groups of ``reprints`` with the same text."""
    room, names = Newsroom(), list(SOURCES)
    for n in range(_ARTICLES // reprints):
        name = list(_WORDS)[n % 3]
        told = [(names[(n + i) % len(names)], f"{n % 24}:{(n + i) % 60:02d}") for i in range(reprints)]
        body = f"وأضافت أن ملف {_WORDS[name]} رقم {n} ما زال عالقاً رغم الوعود التي سمعها الأهالي خلال الأشهر الماضية."
        text = "\n".join([_SENTENCE * 2 + body, *[_SENTENCE * 4] * 5, f"ودعا {_WORDS[name]} إلى التحرك."])
        title = f"خبر رقم {n}: الأهالي يسألون عن مصير {_WORDS[name]} بعد أشهر من الوعود"
        room.story(title, text, told, [(name, "ذكر الملف", _WORDS[name])])
    return [_with_long_address(one) for one in room.flagged]


def _with_long_address(one: Flagged) -> Flagged:
    def longer(stored: StoredArticle) -> StoredArticle:
        return replace(stored, article=replace(stored.article, url=stored.article.url + _SLUG))

    stored = replace(longer(one.stored), stored_at=max(one.stored.stored_at, at("0:01")))
    return replace(one, stored=stored, tellings=tuple(longer(telling) for telling in one.tellings))


if __name__ == "__main__":
    sys.exit(main())
