"""The migrations lead to exactly the tables that schema.py describes."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import storage
from storage.database import connect, writing
from storage.schema import VERSION, metadata
from storage.store import Store
from tests import postgres


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def test_the_newest_migration_is_the_version_that_the_program_expects() -> None:
    assert scripts().get_heads() == [VERSION]


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rasid.db'}"
    else:
        with postgres.database(empty=True) as given:
            yield given


def test_migrations_lead_to_the_schema(address: str) -> None:
    with Store.open(address) as store, store._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) >= set(metadata.tables)


def test_those_who_open_a_new_store_at_once_make_it_once(address: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: Store.open(address), range(4)))
    for store in opened:
        assert store.counts()["articles"] == 0
        store.close()


def test_a_store_of_the_first_version_keeps_its_flags(address: str) -> None:
    engine = connect(address)
    config = Config()
    config.set_main_option("script_location", str(Path(storage.__file__).parent / "migrations"))
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO passes (id, started_at) VALUES (1, '2026-11-23 09:30:00.000000')")
        connection.exec_driver_sql(
            "INSERT INTO articles (id, url, source, title, text, language, fetched_at, tags, notes, same_words, pass_id, stored_at)"
            " VALUES (1, 'https://a.example/1', 'a', '', '', 'ar', '2026-11-23 09:30:00.000000', '[]', '[]', '00', 1,"
            " '2026-11-23 09:30:00.000000')"
        )
        connection.exec_driver_sql(
            "INSERT INTO digests (id, day, audience, made_at, files)"
            " VALUES (7, '2026-11-23', 'all', '2026-11-24 03:00:00.000000', '[]')"
        )
        connection.exec_driver_sql(
            "INSERT INTO flags (article_id, list, list_title, rule, severity, version, spans, flagged_at, digest_id)"
            " VALUES (1, 'held', 'held', 'r', 'high', '0a', '[]', '2026-11-23 09:30:00.000000', 7),"
            " (1, 'held', 'held', 's', 'high', '0a', '[]', '2026-11-23 09:30:00.000000', NULL)"
        )
    engine.dispose()
    with Store.open(address) as store:
        flag, _ = store.flags_of(1)
        assert (flag.rule, flag.weight, flag.late) == ("r", 1.0, False)
        (left,) = store.flagged(until=datetime(2026, 11, 24, tzinfo=UTC))
        assert [one.rule for one in left.flags] == ["s"]  # the other is in the digest that had it
        assert store.muted() == []
