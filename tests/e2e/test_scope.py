"""A source of ``scope: syria`` in whole passes by the real command."""

from dataclasses import replace
from pathlib import Path

from crawler.outcome import Fate
from tests.e2e.running import configure, opened, rasid
from tests.newsroom.running import newsroom

PACK = """\
title: للاختبار
terms:
  - name: درعا
    examples: {match: [وصل الوفد إلى درعا], ignore: [وصل الوفد إلى جنيف]}
"""


def test_what_is_off_topic_is_read_once_counted_and_not_kept(tmp_path: Path) -> None:
    with newsroom() as room:
        (source,) = room.sources_of("nidaa")
        config = configure(tmp_path, [replace(source, scope="syria")])
        (config / "packs").mkdir()  # the newsroom's reports are all about Syria: "about Syria" is another thing here
        (config / "packs" / "syria.yaml").write_text(PACK, encoding="utf-8")
        done = rasid(config, "crawl")
        assert done.returncode == 0, done.stderr
        with opened(config) as store:
            (first,) = store.sources()
            kept = store.counts()["articles"]
        assert first.last is not None
        assert first.last.fates[Fate.OFF_TOPIC] > 0
        assert first.last.fates[Fate.STORED] == kept > 0
        assert "off topic: nidaa: http" not in done.stdout
        assert f"{first.last.fates[Fate.OFF_TOPIC]} off topic" in done.stdout
        asked = len([request for request in room.requests("nidaa") if "/archives/" in request.target])
        again = rasid(config, "crawl", "--all")
        assert again.returncode == 0, again.stderr
        pages = [request.target for request in room.requests("nidaa") if "/archives/" in request.target][asked:]
        with opened(config) as store:
            off = [
                missed.url
                for missed in store.missed_between(room.now.replace(year=2000), room.now.replace(year=2100))
                if missed.fate is Fate.OFF_TOPIC
            ]
            assert "pack `syria`" in next(iter(store.missed_at(off).values())).why
        assert not {page for page in pages for url in off if url.endswith(page)}
