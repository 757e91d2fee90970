"""Values for the tests of the stores."""

from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from crawler.article import Article
from crawler.outcome import Ending, Fate, Outcome
from storage.records import Flag, Span, StoredArticle
from storage.store import Store

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TEXT = "وصل وفد من ذوي المعتقلين إلى مبنى البلدية صباح الأحد للمطالبة بالكشف عن مصير أبنائهم."


def article(url: str = "https://a.example/1", **values: Any) -> Article:
    given = {"source": "a", "title": "ذوو المعتقلين يطالبون", "text": TEXT, "language": "ar", "fetched_at": NOW}
    return Article(url=url, **given | values)


def flag(name: str = "detainees", rule: str = "معتقلين", where: str = "text") -> Flag:
    start = TEXT.index("المعتقلين")
    span = Span(where=where, start=start, end=start + 9, words="المعتقلين", term="معتقلين")
    return Flag(list=name, list_title="المعتقلون", rule=rule, severity="high", version="0a1b", spans=(span,))


def outcome(source: str = "a", ending: Ending = Ending.READ, at: datetime = NOW, **fates: int) -> Outcome:
    counts = {Fate[name.upper()]: count for name, count in fates.items()}
    return Outcome(
        source=source,
        ending=ending,
        entries=sum(counts.values()),
        fates=counts,
        started_at=at,
        ended_at=at + timedelta(seconds=7),
    )


def put(store: Store, told: Article, *, flags: tuple[Flag, ...] = (), **values: Any) -> StoredArticle | None:
    same_words = blake2b(told.text.encode(errors="surrogatepass"), digest_size=16).digest()
    given = {"same_as": None, "share": None, "same_words": same_words, "prints": [], "now": NOW}
    number = values.pop("pass_id", None) or store.begin_pass(NOW)
    return store.add(told, flags=flags, **given | {"pass_id": number} | values)
