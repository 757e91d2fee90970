"""The store: everything that Rasid keeps in a database. It decides nothing.

Every method is a transaction of its own. A Store serves one thread at a time; any number of processes may have one open.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Self

from sqlalchemy import Engine, delete, func, insert, select, update

from crawler.article import Article, Entry
from crawler.outcome import Fate, Outcome
from storage import articles as shelf
from storage import outcomes as ends
from storage import postings, remembering
from storage.addresses import Addresses
from storage.claims import Claims, unclaimed
from storage.corrections import Corrections
from storage.database import connect, insert_into, migrate, reading, together, writing
from storage.gaps import Gaps
from storage.lessons import Lessons
from storage.looking import Looking
from storage.outbox import Outbox, put
from storage.proofs import Proofs
from storage.queue import Queue
from storage.records import (
    DigestRecord,
    Flag,
    Flagged,
    Message,
    Missed,
    Muted,
    PassRecord,
    SourceState,
    StoredArticle,
    Told,
)
from storage.schema import articles, digests, flags, missed, muted, passes, sources
from storage.search import Normaliser, Search
from storage.upkeep import Upkeep

__all__ = ["Store"]


class Store:
    """Opened by :meth:`open`; a context manager that closes."""

    def __init__(self, engine: Engine, words: Normaliser | None = None) -> None:
        self._engine = engine
        self.together = partial(together, engine)
        """What this thread asks of the store and tells it within is one transaction: stored whole, or not at all."""
        self.search = Search(engine, words)
        """Full text."""
        self.looking = Looking(engine)
        """Versions, looks at flagged articles, removals."""
        self.outbox = Outbox(engine)
        """Messages on their way out."""
        self.claims = Claims(engine)
        """Digests and the flags that they have."""
        self.upkeep = Upkeep(engine)
        """What it needs to stay well."""
        self.lessons = Lessons(engine)
        """What a source's own articles teach of it."""
        self.gaps = Gaps(engine)
        """What fell out between two readings of a source."""
        self.corrections = Corrections(engine, self.search)
        """What was read again from Captures."""
        self.proofs = Proofs(engine)
        """The ledger's table, and where every Capture lies."""
        self.addresses = Addresses(engine)
        """Further addresses of articles: twins, republished pages."""
        self.queue = Queue(engine)
        """Jobs for many machines."""

    @classmethod
    def open(
        cls,
        address: str,
        *,
        words: Normaliser | None = None,
        before_upgrade: Callable[[str], None] | None = None,
    ) -> Self:
        """Open the store at ``address`` (SQLAlchemy's form), made and migrated as needed.

        ``words``: how texts are taken apart for the full-text index; without it articles are stored and not indexed.
        ``before_upgrade``: called with the version of a store that is about to be migrated.
        :class:`storage.errors.StorageError` names the store and the remedy.
        """
        engine = connect(address)
        try:
            migrate(engine, before_upgrade)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, words)

    def close(self) -> None:
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # passes and sources

    def begin_pass(self, now: datetime, *, archives: bool = False) -> int:
        """A pass begins; its number. ``archives``: over files of the past, which says nothing of who looked out since."""
        begun = insert(passes).values(started_at=now, archives=archives)
        with writing(self._engine) as connection:
            return int(connection.execute(begun.returning(passes.c.id)).scalar_one())

    def end_pass(self, number: int, now: datetime, *, error: str | None = None) -> None:
        with writing(self._engine) as connection:
            connection.execute(update(passes).where(passes.c.id == number).values(ended_at=now, error=error))

    def passes(
        self, limit: int = 20, *, since: datetime | None = None, until: datetime | None = None
    ) -> list[PassRecord]:
        """The newest passes, newest first, with what they came to."""
        stored = select(func.count()).where(articles.c.pass_id == passes.c.id).scalar_subquery()
        found = (
            select(func.count(flags.c.article_id.distinct()))
            .join_from(flags, articles, flags.c.article_id == articles.c.id)
            .where(articles.c.pass_id == passes.c.id)
            .scalar_subquery()
        )
        own = (passes.c[name] for name in ("id", "started_at", "ended_at", "error"))
        wanted = select(*own, stored.label("stored"), found.label("flagged")).where(passes.c.archives.is_(False))
        wanted = wanted.order_by(passes.c.id.desc()).limit(limit)
        if since is not None:
            wanted = wanted.where(passes.c.started_at >= since)
        if until is not None:
            wanted = wanted.where(passes.c.started_at < until)
        with reading(self._engine) as connection:
            return [PassRecord(**row) for row in connection.execute(wanted).mappings()]

    def first_pass_at(self, now: datetime) -> datetime | None:
        """When the first pass began; ``None`` before it. One that began after ``now`` had a clock that has been set right since."""
        with reading(self._engine) as connection:
            looked_out = select(passes.c.started_at).where(passes.c.archives.is_(False), passes.c.started_at <= now)
            return connection.scalar(looked_out.order_by(passes.c.id).limit(1))

    def due(self, names: Sequence[str], now: datetime) -> list[str]:
        """Those of ``names`` that are due, in their order; a source that was never read is."""
        with reading(self._engine) as connection:
            waiting = set(connection.scalars(select(sources.c.name).where(sources.c.due_at > now)))
        return [name for name in names if name not in waiting]

    def record(
        self,
        number: int,
        outcome: Outcome,
        *,
        due_at: datetime,
        heard: Sequence[datetime] = (),
        rhythm: timedelta | None = None,
    ) -> None:
        """A source ended: its Outcome with the gap that it may tell of, its next due time, and what that follows from."""
        with writing(self._engine) as connection:
            ends.record(connection, number, outcome, due_at, heard, rhythm)

    def hasten(self, names: Iterable[str], due_at: datetime) -> None:
        """These sources are due then, if not before."""
        with writing(self._engine) as connection:
            ends.hasten(connection, names, due_at)

    def sources(self) -> list[SourceState]:
        """What is remembered of every source that was ever read, by name."""
        with reading(self._engine) as connection:
            return ends.states(connection)

    def outcomes(self, since: datetime, until: datetime) -> list[Outcome]:
        """Outcomes of passes over sources that ended in that time, oldest first."""
        with reading(self._engine) as connection:
            return ends.between(connection, since, until)

    # articles

    def known(self, urls: Sequence[str]) -> set[str]:
        """Those of ``urls`` (canonical) under which an article is stored."""
        with reading(self._engine) as connection:
            return shelf.known(connection, urls)

    def add(
        self,
        article: Article,
        *,
        flags: Sequence[Flag],
        same_as: int | None,
        share: float | None,
        same_words: bytes,
        prints: Sequence[int],
        pass_id: int,
        now: datetime,
        messages: Callable[[StoredArticle], Iterable[Message]] | None = None,
    ) -> StoredArticle | None:
        """Store an article with its flags, in one transaction; ``None`` when its address is there already.

        ``messages``: what is to be said of it at once goes into the outbox in the same transaction.
        """
        with writing(self._engine) as connection:
            stored = shelf.add(
                connection,
                article,
                found=flags,
                same_as=same_as,
                share=share,
                same_words=same_words,
                prints=prints,
                pass_id=pass_id,
                now=now,
            )
            if stored is not None:
                self.search.add(connection, stored)
            if stored is not None and messages is not None:
                put(connection, messages(stored), now)
            return stored

    def first_with(self, same_words: bytes) -> int | None:
        """Id of the first telling of exactly these words."""
        wanted = select(articles.c.id).where(articles.c.same_words == same_words).order_by(articles.c.id).limit(1)
        with reading(self._engine) as connection:
            return connection.scalar(wanted)

    def missed(self, source: str, entry: Entry, fate: Fate, why: str, now: datetime) -> None:
        """An Entry did not become an Article. ``entry.url`` is canonical."""
        with writing(self._engine) as connection:
            shelf.miss(connection, source, entry, fate, why, now)

    def missed_between(self, since: datetime, until: datetime) -> list[Missed]:
        """Entries that did not become articles, last seen in that time."""
        with reading(self._engine) as connection:
            return shelf.misses(connection, missed.c.last_seen_at >= since, missed.c.last_seen_at < until)

    def missed_since(self, since: datetime, *, but: Fate) -> list[Missed]:
        """Entries that did not become articles, last seen since then, whose Fate is another than ``but``."""
        with reading(self._engine) as connection:
            return shelf.misses(connection, missed.c.last_seen_at >= since, missed.c.fate != str(but))

    def missed_at(self, urls: Sequence[str]) -> Mapping[str, Missed]:
        """What is remembered of these addresses, as far as no article came of them."""
        with reading(self._engine) as connection:
            return shelf.missed_at(connection, urls)

    def article(self, number: int) -> StoredArticle | None:
        with reading(self._engine) as connection:
            return shelf.one(connection, articles.c.id == number)

    def article_at(self, url: str) -> StoredArticle | None:
        """The article of that address (canonical), its own or a further one."""
        with reading(self._engine) as connection:
            return shelf.at(connection, url)

    def tellings(self, number: int) -> list[StoredArticle]:
        """Every stored telling of the text of this article, the first one first."""
        with reading(self._engine) as connection:
            found = shelf.one(connection, articles.c.id == number)
            if found is None:
                return []
            first = found.same_as or found.id
            return list(shelf.tellings(connection, [first])[first])

    def flags_of(self, number: int) -> list[Flag]:
        with reading(self._engine) as connection:
            return shelf.flags_of(connection, number)

    def past(self, since: datetime | None = None, *, many: int = 500) -> Iterator[list[StoredArticle]]:
        """Every article that was stored since then, in the order in which they came, ``many`` at a time."""
        after = 0
        while True:
            with reading(self._engine) as connection:
                found = shelf.past(connection, since, after, many)
            if not found:
                return
            yield found
            after = found[-1].id

    def newest(self, many: int) -> list[tuple[str, str]]:
        """Title and text of the newest articles."""
        wanted = select(articles.c.title, articles.c.text).order_by(articles.c.id.desc()).limit(many)
        with reading(self._engine) as connection:
            return [(row.title, row.text) for row in connection.execute(wanted)]

    def flags_by_article(self, numbers: Iterable[int]) -> Mapping[int, list[Flag]]:
        """The flags of these articles; those without any are not among them."""
        with reading(self._engine) as connection:
            return shelf.flags_by_article(connection, numbers)

    def flag_more(self, found: Mapping[int, Sequence[Flag]], now: datetime) -> None:
        """Flags for articles that are stored, in one transaction. What is flagged by that rule already stays so."""
        with writing(self._engine) as connection:
            shelf.flag_more(connection, found, now)

    # what a person has called a false hit

    def mute(self, mute: Muted) -> None:
        """Digests leave that Story out in that list from now on; a second time replaces the note."""
        with writing(self._engine) as connection:
            first = insert_into(connection, muted).values(asdict(mute))
            connection.execute(first.on_conflict_do_update(index_elements=["story", "list"], set_={"note": mute.note}))

    def unmute(self, story: int, watchlist: str) -> bool:
        """``False``: it was not muted."""
        gone = delete(muted).where(muted.c.story == story, muted.c.list == watchlist)
        with writing(self._engine) as connection:
            return bool(connection.execute(gone).rowcount)

    def muted(self) -> list[Muted]:
        """All that is muted, the newest first."""
        wanted = select(muted).order_by(muted.c.muted_at.desc(), muted.c.story.desc(), muted.c.list)
        with reading(self._engine) as connection:
            return [Muted(**row) for row in connection.execute(wanted).mappings()]

    # monitor.dedup's Postings; `add` above has put the fingerprints in

    def sharing(self, prints: Sequence[int], since: datetime, until: datetime) -> Mapping[Hashable, tuple[float, int]]:
        with reading(self._engine) as connection:
            return postings.sharing(connection, prints, since, until)

    def told(
        self, keys: Iterable[Hashable], brief: Iterable[Hashable] = (), shorter_than: int = 0
    ) -> Mapping[Hashable, Told]:
        with reading(self._engine) as connection:
            return postings.told(connection, keys, brief, shorter_than)

    def told_between(self, since: datetime, until: datetime, *, limit: int) -> list[StoredArticle]:
        """First tellings that were stored in that time, the newest first."""
        when = (articles.c.stored_at >= since, articles.c.stored_at <= until, articles.c.same_as.is_(None))
        with reading(self._engine) as connection:
            return shelf.newest(connection, when, limit)

    def forget_fingerprints(self, before: datetime) -> int:
        """Drop those of articles told and stored before that time; how many. It reads the whole index: now and then."""
        with writing(self._engine) as connection:
            return postings.forget(connection, before)

    # digests: see storage/claims.py

    def flagged(
        self,
        *,
        until: datetime,
        since: datetime | None = None,
        lists: Sequence[str] | None = None,
        digested: bool = False,
        audience: str = "all",
    ) -> list[Flagged]:
        """Articles flagged before ``until``, with the flags that no digest of ``audience`` has yet (``digested``: all)."""
        where = [flags.c.flagged_at < until, flags.c.aside.is_(False)]
        if since is not None:
            where.append(flags.c.flagged_at >= since)
        if lists is not None:
            where.append(flags.c.list.in_(lists))
        if not digested:
            where.append(unclaimed(audience))
        with reading(self._engine) as connection:
            return shelf.flagged(connection, where)

    def record_digest(self, record: DigestRecord, claimed: Iterable[Flagged], messages: Iterable[Message] = ()) -> bool:
        """See :meth:`storage.claims.Claims.record`."""
        return self.claims.record(record, claimed, messages)

    def digests(self, audience: str | None = None) -> list[DigestRecord]:
        """Digests that were made, newest day first."""
        return self.claims.digests(audience)

    # memory, and what is there

    def recall(self, key: str) -> Mapping[str, str] | None:
        return self.recall_all([key]).get(key)

    def recall_all(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
        """What is remembered under these keys."""
        with reading(self._engine) as connection:
            return remembering.recalled(connection, keys)

    def remember(self, key: str, value: Mapping[str, str]) -> None:
        with writing(self._engine) as connection:
            remembering.remember(connection, key, value)

    def counts(self) -> Mapping[str, int]:
        """How many there are of what."""
        retold = select(func.count()).where(articles.c.same_as.is_not(None))
        asked = {
            "articles": select(func.count()).select_from(articles),
            "retold": retold,
            "flagged": select(func.count(flags.c.article_id.distinct())),
            "entries without an article": select(func.count()).select_from(missed),
            "passes": select(func.count()).where(passes.c.archives.is_(False)),
            "digests": select(func.count()).select_from(digests),
        }
        with reading(self._engine) as connection:
            return {name: connection.scalar(query) or 0 for name, query in asked.items()}
