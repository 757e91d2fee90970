"""The tables hold on both dialects, migrations make them to the letter, and nothing that is asked reads a whole table."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import Connection, create_engine, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from crawler.article import Entry
from crawler.outcome import Fate
from storage.database import connect, insert_into, migrate
from storage.records import DigestRecord
from storage.schema import memory, metadata
from storage.store import Store
from tests.stores.making import NOW, article, flag, outcome, put


@pytest.fixture
def store() -> Iterator[Store]:
    with Store.open("sqlite://") as opened:
        yield opened


def _tables(connection: Connection) -> dict[str, list[str]]:
    """What SQLite has written down of each table and index; its constraints in any order, as a table made anew has them."""
    rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {name: _said(sql) for name, sql in rows if name != "alembic_version"}


def _said(sql: str) -> list[str]:
    plain = re.sub(r"\s+(?=,)", "", re.sub(r"\s+", " ", sql))  # ALTER TABLE writes its comma where the table ended
    inside, _, after = plain.replace('"', "").rpartition(")")
    return [*sorted(re.split(r", (?=CONSTRAINT )", inside.strip())), after.strip()]


def test_the_migrations_make_the_tables_to_the_letter(store: Store) -> None:
    """compare_metadata sees no AUTOINCREMENT, no WITHOUT ROWID and no name of a key."""
    engine = create_engine("sqlite://")
    with engine.begin() as straight, store._engine.connect() as migrated:
        metadata.create_all(straight)
        assert _tables(migrated) == _tables(straight)
    engine.dispose()


def test_a_migration_that_breaks_off_leaves_nothing_behind() -> None:
    engine = connect("sqlite://")
    breaking = True

    @event.listens_for(engine, "before_cursor_execute")
    def _break(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if breaking and "CREATE TABLE flags" in statement:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        migrate(engine)
    with engine.connect() as connection:
        assert _tables(connection) == {}
    breaking = False
    migrate(engine)
    with engine.connect() as connection:
        assert "flags" in _tables(connection)
    engine.dispose()


def test_every_table_can_be_made_on_postgresql() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        said = str(CreateTable(table).compile(dialect=dialect))
        assert "DATETIME" not in said
        assert "TIMESTAMP WITHOUT TIME ZONE" not in said
        for index in table.indexes:
            assert len(str(index.name)) <= 63
            str(CreateIndex(index).compile(dialect=dialect))


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_both_dialects_know_on_conflict(dialect: str) -> None:
    backend = create_engine(f"{dialect}://").dialect if dialect == "sqlite" else postgresql.dialect()
    connection = cast("Connection", SimpleNamespace(dialect=backend))
    upsert = insert_into(connection, memory).values(key="k", value={})
    upsert = upsert.on_conflict_do_update(index_elements=["key"], set_={"value": {}})
    assert re.search(r'ON CONFLICT \("?key"?\) DO UPDATE SET value', str(upsert.compile(dialect=backend)))


def test_what_a_pass_and_a_digest_ask_reads_no_whole_table(store: Store) -> None:
    asked: dict[str, Any] = {}  # but for INSERT: its plan lists foreign keys that are walked only when one is open

    @event.listens_for(store._engine, "before_cursor_execute")
    def _note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.setdefault(statement, parameters[0] if many else parameters)

    number = store.begin_pass(NOW)
    put(store, article(), flags=(flag(),), prints=[1, 2], pass_id=number)
    store.record(number, outcome(), due_at=NOW)
    store.missed("a", Entry(url="https://a.example/x"), Fate.FAILED, "DNS", NOW)
    store.end_pass(number, NOW)
    store.known(["https://a.example/1"])
    store.first_with(b"w")
    store.sharing([1, 2], NOW, NOW)
    store.told([1])
    store.tellings(1)
    store.article_at("https://a.example/1")
    store.flags_of(1)
    store.missed_at(["https://a.example/x"])
    store.missed_between(NOW, NOW)
    store.outcomes(NOW, NOW)
    store.passes(5, since=NOW, until=NOW)
    for digested in (False, True):
        found = store.flagged(until=NOW + timedelta(days=1), since=NOW, digested=digested)
    store.flagged(until=NOW + timedelta(days=1))
    store.record_digest(DigestRecord(day=date(2026, 11, 23), audience="all", made_at=NOW, files=()), found)
    store.recall("page")
    store.remember("page", {})
    store.told_between(NOW, NOW, limit=9)
    store.looking.unscheduled(NOW)
    store.looking.schedule({1: (NOW, NOW)})
    store.looking.due(NOW, ["a"])
    store.looking.look(1)
    store.looking.asked_since(NOW)
    store.looking.lately("a", NOW)
    store.looking.planned("a", NOW)
    store.looking.next_due_of_each("a")
    store.looking.met(["https://a.example/1"])
    store.addresses.twins("https://a.example/1")
    store.addresses.of([1])
    store.looking.looked(1, NOW, due_at=None)
    store.looking.versions_of(1)
    store.looking.changed_between(NOW, NOW)
    store.looking.removed_between(NOW, NOW)
    store.claims.of(date(2026, 11, 23), "all")
    store.claims.per_day([(NOW, NOW + timedelta(days=1))])
    store.outbox.due(NOW)
    store.outbox.any_due(NOW)
    store.outbox.take(1, NOW)
    store.outbox.sent(1, NOW)
    store.outbox.sent_since("RASID_TO", ["alert"], NOW)
    store.outbox.listed(["waiting", "failed"])
    store.outbox.has("key")

    assert len(asked) > 15
    great = re.compile(r"SCAN (articles|flags|missed|outcomes|passes|fingerprints|memory|looks|versions|claims|outbox)")
    with store._engine.connect() as connection:
        for statement, parameters in asked.items():
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            assert not [step for step in plan if great.match(step)], (statement, plan)
