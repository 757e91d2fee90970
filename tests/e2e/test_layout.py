"""An outlet changes its layout between two passes: nothing that is no article is stored, and people are told."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from crawler.notes import FROM_FEED
from crawler.source import Source
from tests.crawler.server import Answer, Site, site
from tests.e2e.running import configure, opened, rasid
from tests.monitor.telling_tales import lines
from tests.one_page import page

COOKIES = (
    "نستخدم ملفات تعريف الارتباط لتحسين تجربتكم على الموقع وتحليل حركة الزوار وعرض محتوى يناسب اهتماماتكم.",
    "بمواصلة التصفح فإنكم توافقون على سياسة الخصوصية وشروط الاستخدام المعمول بها لدينا.",
)
LINE = "مراسلونا على مدار الساعة معكم، راسلونا على بريد غرفة الأخبار"


def publish(outlet: Site, first: int, count: int, *, broken: bool = False, with_text: bool = False) -> None:
    """A feed of new articles, six a day, and their pages; ``broken``: these show a cookie notice and no article."""
    items = []
    for number in range(first, first + count):
        text = lines(random.Random(number), count=5)
        title = " ".join(text[0].split()[:9])
        outlet.routes[f"/news/{number}"] = Answer(page(*(COOKIES if broken else [*text, LINE]), title=title))
        day = f"{1 + number // 6:02}"
        content = escape("".join(f"<p>{line}</p>" for line in text)) if with_text else ""
        items.append(
            f"<item><title>{title}</title><link>{outlet.url}/news/{number}</link><description>{content}</description>"
            f"<pubDate>{day} Nov 2025 10:00:00 +0300</pubDate></item>"
        )
    body = f"<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>x</title>{''.join(items)}</channel></rss>"
    outlet.routes["/feed"] = Answer(body.encode(), headers={"Content-Type": "application/rss+xml; charset=utf-8"})


def test_a_changed_layout_is_noticed_from_article_to_digest(tmp_path: Path) -> None:
    with site() as outlet:
        source = Source(
            name="hajar",
            kind="feed",
            url=f"{outlet.url}/feed",
            title="صوت حجر",
            allow_addresses=("127.0.0.0/8",),
            every=timedelta(hours=1),
        )
        config = configure(tmp_path, [source])

        publish(outlet, 0, 24)
        assert rasid(config, "crawl", "--all").returncode == 0

        publish(outlet, 24, 12)  # the second pass has learned from the first
        assert rasid(config, "crawl", "--all").returncode == 0
        assert LINE in rasid(config, "learned", "hajar").stdout
        with opened(config) as store:
            told = store.lessons.newest("hajar", store.passes()[-1].started_at, 100)
        assert sum(LINE in one.article.text for one in told) == 24
        assert "layout" not in rasid(config, "status").stdout

        publish(outlet, 36, 3, broken=True, with_text=True)
        assert rasid(config, "crawl", "--all").returncode == 0
        publish(outlet, 39, 3, broken=True)
        done = rasid(config, "crawl", "--all")
        assert done.returncode == 0
        assert "not like the source's other articles" in done.stdout
        with opened(config) as store:
            told = store.lessons.newest("hajar", store.passes()[-1].started_at, 100)
        assert len(told) == 39
        assert not [one for one in told if COOKIES[0] in one.article.text]
        assert sum(FROM_FEED in one.article.notes for one in told) == 3

        assert "صوت حجر: its layout seems to have changed since" in rasid(config, "status").stdout
        shown = rasid(config, "digest", "--today")
        assert shown.returncode == 0, shown.stderr
        markdown = next(path for path in map(Path, shown.stdout.split()) if path.suffix == ".md")
        assert "صوت حجر: تغيّر تصميم صفحاته على ما يبدو" in markdown.read_text("utf-8")
