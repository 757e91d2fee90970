"""The outlets of the newsroom: who they are, where they are served, what ails them.

Each has a loopback address of its own: Scrapy's politeness is per host and passes over ports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from crawler.source import Source
from tests.newsroom.content import Report

__all__ = ["CONTROL", "DEFAULT", "HIDDEN", "OUTLETS", "OVERFLOWS", "SHOWN", "TROUBLES", "Outlet"]

CONTROL = "127.0.0.10"
"""Where a test switches editions and troubles."""
HIDDEN = "127.0.0.30"
"""Where the outlet that has moved sends people: an address that its Source may not reach."""

TROUBLES = MappingProxyType(
    {
        "dead": "refuses every connection",
        "busy": "answers 429 with Retry-After: 120",
        "closed": "its robots.txt disallows everything",
        "moved": f"redirects everything to http://{HIDDEN}",
        "drip": "sends a byte every two seconds",
        "broken": "answers 500",
        "reset": "breaks the connection in the middle of each answer",
        "challenge": "answers 403 with a page that asks for proof of a human",
    }
)
"""What can ail an outlet; robots.txt is answered as ever, but for ``dead``, ``closed`` and ``broken``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    name: str
    title: str
    host: str
    kind: str
    entrance: str
    """Path of its feed or section page, sitemap or channel; of a WordPress the front page, its API lies behind it."""
    article: str
    """Path of a report, with ``{id}``."""
    affiliation: str
    theme: str
    """Folder of its templates."""
    charset: str = "utf-8"
    trouble: str | None = None
    """What ails it from the start: a key of :data:`TROUBLES`."""
    selector: str | None = None
    shown: int = 100
    """How many reports its feed, section page or channel shows at once."""

    def path(self, report: Report) -> str:
        return self.article.format(id=report.id)

    def base(self, port: int) -> str:
        return f"http://{self.host}:{port}"

    def source(self, port: int) -> Source:
        """As an operator would declare it."""
        return Source(
            name=self.name,
            kind=self.kind,
            url=self.base(port) + self.entrance,
            title=self.title,
            affiliation=self.affiliation,
            every=timedelta(minutes=5),
            selector=self.selector,
            delay=0.0,
            allow_addresses=(f"{self.host}/32",),
        )


def _troubled(name: str, title: str, host: str, trouble: str | None, shown: int = 10) -> Outlet:
    return Outlet(
        name=name,
        title=title,
        host=host,
        kind="feed",
        entrance="/feed/",
        article="/archives/{id}",
        affiliation="independent",
        theme="jannah",
        trouble=trouble,
        shown=shown,
    )


_ALL = (
    Outlet(
        name="alyasmin",
        title="وكالة الياسمين للأنباء",
        host="127.0.0.11",
        kind="section",
        entrance="/section.asp?cat=0",
        article="/news.asp?id={id}",
        affiliation="state",
        theme="tables",
        charset="cp1256",
        selector="td.newslist a.newstitle",
    ),
    Outlet(
        name="nidaa",
        title="نداء السهل",
        host="127.0.0.12",
        kind="feed",
        entrance="/feed/",
        article="/archives/{id}",
        affiliation="opposition",
        theme="jannah",
    ),
    Outlet(
        name="khabur",
        title="ضفاف الخابور",
        host="127.0.0.13",
        kind="feed",
        entrance="/ar/atom.xml",
        article="/ar/node/{id}",
        affiliation="north-east",
        theme="drupal",
    ),
    _troubled("manara", "إذاعة المنارة", "127.0.0.14", "dead"),
    _troubled("jisr", "مرصد الجسر", "127.0.0.15", "busy"),
    _troubled("sour", "صحيفة السور", "127.0.0.16", "closed"),
    _troubled("rahba", "موقع الرحبة", "127.0.0.17", "moved"),
    _troubled("naoura", "راديو الناعورة", "127.0.0.18", "drip"),
    _troubled("qalaa", "شبكة القلعة", "127.0.0.19", "challenge"),
    # Its feed shows ten bulletins; by the second edition thirty more have come: twenty have fallen out between.
    _troubled("hal", "نشرة سوق الهال", "127.0.0.20", None),
    Outlet(
        name="baydar",
        title="صحيفة البيدر",
        host="127.0.0.21",
        kind="wordpress",
        entrance="/",
        article="/archives/{id}",
        affiliation="independent",
        theme="jannah",
    ),
    Outlet(
        name="fanar",
        title="موقع الفنار",
        host="127.0.0.22",
        kind="sitemap",
        entrance="/sitemap_index.xml",
        article="/ar/node/{id}",
        affiliation="independent",
        theme="drupal",
    ),
    Outlet(
        name="minbar",
        title="قناة المنبر",
        host="127.0.0.23",
        kind="telegram",
        entrance="/s/minbar_news",
        article="/minbar_news/{id}",
        affiliation="opposition",
        theme="telegram",
        shown=3,
    ),
)
OUTLETS = MappingProxyType({outlet.name: outlet for outlet in _ALL})
DEFAULT = ("alyasmin", "nidaa", "khabur", "manara")
"""Three outlets, and one that is dead, so that the digest has something to say of it: what most tests read."""
OVERFLOWS = "hal"
"""Its feed shows ten bulletins; in its second edition thirty more have come."""
SHOWN = (*DEFAULT, "baydar", "fanar", "minbar", OVERFLOWS, "jisr", "sour", "rahba")
"""What the demo reads: every kind of source, a feed that runs over, and outlets in trouble, each in its own way."""
