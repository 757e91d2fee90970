"""The queue of many machines as the store sees it: Procrastinate's tables, in a schema of their own beside ours.

Who works through it is :mod:`monitor.crew`. Everything here also works while nobody does: what waits, what failed and why, pausing.
On SQLite, and where no worker was ever started, there is no queue, and it is empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from importlib import resources

from sqlalchemy import JSON, Connection, Engine, RowMapping, bindparam, text
from sqlalchemy.exc import IntegrityError

from storage.database import reading, writing
from storage.errors import StorageError
from storage.records import Dead, Job, Worker
from storage.turns import Turns

__all__ = ["SCHEMA", "Queue"]

SCHEMA = "rasid_queue"
_MAKING = 0x5261736964_03
_HERE = text(f"SELECT to_regclass('{SCHEMA}.rasid_troubles') IS NOT NULL")
_OURS = """
CREATE TABLE rasid_state (key text PRIMARY KEY, value text NOT NULL);
CREATE TABLE rasid_workers (
    worker_id bigint PRIMARY KEY REFERENCES procrastinate_workers (id) ON DELETE CASCADE,
    name text NOT NULL, host text NOT NULL, pid integer NOT NULL, slots integer NOT NULL, takes text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(), done bigint NOT NULL DEFAULT 0, rests text NOT NULL DEFAULT ''
);
CREATE TABLE rasid_troubles (
    job_id bigint NOT NULL REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(), worker text NOT NULL, why text NOT NULL, counts boolean NOT NULL DEFAULT true
);
CREATE INDEX rasid_troubles_job ON rasid_troubles (job_id);
"""
_JOB = """
SELECT j.id, j.task_name AS kind, j.args, j.status::text AS state, j.scheduled_at AS due_at, j.attempts,
       coalesce(j.queueing_lock, j.task_name) AS about, w.name AS worker, t.why,
       (SELECT min(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) AS created_at,
       (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type <> 'scheduled') AS since
  FROM procrastinate_jobs j
  LEFT JOIN rasid_workers w ON w.worker_id = j.worker_id AND j.status = 'doing'
  LEFT JOIN LATERAL (SELECT why FROM rasid_troubles t WHERE t.job_id = j.id ORDER BY t.at DESC LIMIT 1) t ON true
"""
_STATES = {"todo": "waiting", "doing": "running", "failed": "failed"}


class Queue:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: bool | None = None
        self.turns = Turns(engine)
        """What one process does at a time."""

    @property
    def there(self) -> bool:
        """Whether there is one."""
        if not self.turns.shared:
            return False
        if not self._known:
            with reading(self._engine) as connection:
                self._known = bool(connection.scalar(_HERE))
        return self._known

    def prepare(self) -> None:
        """Makes it, or brings it forward to the Procrastinate that is installed. Any number may at once."""
        if not self.turns.shared:
            raise StorageError(
                "workers need PostgreSQL: set `storage.url` in settings.yaml, or RASID_STORAGE_URL in the environment, to "
                "postgresql+psycopg://…; `rasid store copy` moves what is there. `rasid run` serves one machine as it is",
                subject=str(self._engine.url),
            )
        try:
            folder = resources.files("procrastinate.sql")
        except ImportError as error:
            raise StorageError(
                "workers need the extra `cluster`: pip install 'rasid[cluster]'", subject="procrastinate"
            ) from error
        steps = sorted(one.name for one in folder.joinpath("migrations").iterdir() if one.name.endswith(".sql"))
        with writing(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MAKING})
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            _enter(connection)
            if connection.scalar(_HERE):
                done = connection.scalar(text("SELECT value FROM rasid_state WHERE key = 'procrastinate'"))
                missing = [folder.joinpath("migrations", name) for name in steps if name > str(done)]
                scripts = [one.read_text("utf-8") for one in missing]
            else:
                scripts = [folder.joinpath("schema.sql").read_text("utf-8"), _OURS]
            for script in scripts:
                _run(connection, script)
            connection.execute(_KEPT, {"key": "procrastinate", "value": steps[-1]})
        self._known = True

    # what is to be done

    def put(self, jobs: Iterable[Job], *, rest: float = 3600.0) -> int:
        """Jobs that wait from now on; how many. What waits already, runs, or was given up less than ``rest`` seconds ago is passed
        over. Repeated it changes nothing."""
        wanted = list(jobs)
        if not wanted:
            return 0
        with self._writing() as connection:
            busy = set(connection.scalars(_BUSY, {"rest": rest}))
            new = [
                {"kind": one.kind, "queue": one.queue, "about": one.about, "args": dict(one.args)}
                for one in wanted
                if one.about not in busy
            ]
            return sum(connection.execute(_PUT, row).rowcount for row in new)

    def listed(self, states: Sequence[str] = ("running", "failed", "waiting"), *, limit: int = 200) -> list[Job]:
        """Jobs in these states: those that run first, then those that failed, then what waits, in its order."""
        if not self.there:
            return []
        theirs = [theirs for theirs, ours in _STATES.items() if ours in states]
        order = "array_position(ARRAY['doing', 'failed', 'todo'], j.status::text), j.priority DESC, j.id"
        wanted = text(f"{_JOB} WHERE j.status::text = ANY(:states) ORDER BY {order} LIMIT :limit")
        with self._reading() as connection:
            return [_job(row) for row in connection.execute(wanted, {"states": theirs, "limit": limit}).mappings()]

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many jobs there are of each kind in each state."""
        if not self.there:
            return {}
        wanted = text("SELECT task_name, status::text, count(*) FROM procrastinate_jobs GROUP BY 1, 2")
        with self._reading() as connection:
            found = connection.execute(wanted).all()
        return {(kind, _STATES[state]): count for kind, state, count in found if state in _STATES}

    def retry(self, numbers: Sequence[int] | None) -> int:
        """Those of them that were given up (``None``: all that were) wait again, with all their tries before them; how many."""
        if not self.there:
            return 0
        with self._writing() as connection:
            again = list(connection.scalars(_AGAIN, {"ids": None if numbers is None else list(numbers)}))
            connection.execute(
                text("UPDATE rasid_troubles SET counts = false WHERE job_id = ANY(:ids)"), {"ids": again}
            )
        return len(again)

    def trouble(self, number: int, worker: str, why: str) -> int:
        """A job failed; how often it has, since a person last let it begin anew."""
        with self._writing() as connection:
            connection.execute(_TROUBLE, {"id": number, "worker": worker, "why": why})
            count = text("SELECT count(*) FROM rasid_troubles WHERE job_id = :id AND counts")
            return int(connection.scalar(count, {"id": number}) or 0)

    def dead(self, since: datetime, until: datetime) -> list[Dead]:
        """Jobs that were given up in that time, also those that went well later."""
        if not self.there:
            return []
        with self._reading() as connection:
            rows = connection.execute(_DEAD, {"since": since, "until": until}).mappings()
            return [Dead(**row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Drop what was over by then; how many."""
        if not self.there:
            return 0
        with self._writing() as connection:
            return int(connection.execute(_OLD, {"before": before}).rowcount)

    # who does it

    def sweep(self, stalled: float, most: int) -> list[str]:
        """What workers have left that have not been heard of for ``stalled`` seconds waits again; given up, what has lost ``most``.
        A sentence for each."""
        said = []
        with self._writing() as connection:
            lost = connection.execute(_LOST, {"stalled": stalled}).all()
            for number, about, worker, worker_id in lost:
                why = f"its worker {worker or '(unknown)'} was not heard of for {stalled:.0f} s"
                connection.execute(_TROUBLE, {"id": number, "worker": worker or "", "why": why})
                row = {"id": number, "most": most, "worker": worker_id}
                state = None
                with suppress(IntegrityError), connection.begin_nested():  # the same was put in at this very moment
                    state = connection.scalar(_TAKEN_BACK, row)
                if state is not None:
                    said.append(
                        f"{about}: {why}; {'it is given up' if state == 'failed' else 'it begins anew elsewhere'}"
                    )
            connection.execute(_NOTED, {"stalled": stalled})
            connection.execute(_GONE, {"stalled": stalled})
            connection.execute(text("DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'aborted')"))
        return said

    def workers(self) -> list[Worker]:
        """Those that were heard of lately, by name; what each is at."""
        if not self.there:
            return []
        with self._reading() as connection:
            return [Worker(**row) for row in connection.execute(_WORKERS).mappings()]

    def lost(self) -> Mapping[str, datetime]:
        """Workers that went without a word and have not come back, since when."""
        if not self.there:
            return {}
        with self._reading() as connection:
            found = connection.execute(text("SELECT key, value FROM rasid_state WHERE key LIKE 'lost %'")).all()
        return {key.removeprefix("lost "): datetime.fromisoformat(value) for key, value in found}

    # pausing

    def pause(self, now: datetime) -> None:
        """No crawling from now on; what runs is not ended."""
        self.prepare()
        with self._writing() as connection:
            connection.execute(_KEPT, {"key": "paused", "value": now.isoformat()})

    def resume(self) -> bool:
        """``False``: it was not paused."""
        if not self.there:
            return False
        with self._writing() as connection:
            return bool(connection.execute(text("DELETE FROM rasid_state WHERE key = 'paused'")).rowcount)

    def paused(self) -> datetime | None:
        """Since when."""
        if not self.there:
            return None
        with self._reading() as connection:
            since = connection.scalar(text("SELECT value FROM rasid_state WHERE key = 'paused'"))
        return None if since is None else datetime.fromisoformat(since)

    def _reading(self) -> AbstractContextManager[Connection]:
        return _within(reading(self._engine))

    def _writing(self) -> AbstractContextManager[Connection]:
        return _within(writing(self._engine))


@contextmanager
def _within(transaction: AbstractContextManager[Connection]) -> Iterator[Connection]:
    """A transaction that looks for tables in our schema."""
    with transaction as connection:
        _enter(connection)
        yield connection


def _enter(connection: Connection) -> None:
    connection.execute(text(f"SET LOCAL search_path TO {SCHEMA}, public"))


def _run(connection: Connection, script: str) -> None:
    """A script of several statements, which the driver takes only where it has no parameters to look for."""
    cursor = connection.connection.cursor()
    cursor.execute(script)
    cursor.close()


def _job(row: RowMapping) -> Job:
    return Job(**{**row, "state": _STATES[row["state"]]})


_KEPT = text(
    "INSERT INTO rasid_state (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
_BUSY = text(
    "SELECT queueing_lock FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND queueing_lock IS NOT NULL "
    "UNION SELECT queueing_lock FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id "
    "WHERE j.status = 'failed' AND e.type = 'failed' AND e.at > now() - make_interval(secs => :rest)"
)
# What Procrastinate's own function does, but for a job whose lock another machine has put in a moment ago
_PUT = text(
    "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args) "
    "VALUES (:queue, :kind, 0, :about, :about, CAST(:args AS jsonb)) ON CONFLICT DO NOTHING"
).bindparams(bindparam("args", type_=JSON))
_TROUBLE = text("INSERT INTO rasid_troubles (job_id, worker, why) VALUES (:id, :worker, :why)")
_DEAD = text(
    "SELECT j.id, j.task_name AS kind, j.queueing_lock AS about, e.at, t.why, j.status = 'failed' AS standing "
    "FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id "
    "LEFT JOIN LATERAL (SELECT why FROM rasid_troubles t WHERE t.job_id = j.id AND t.at <= e.at + interval '1 second' "
    "ORDER BY t.at DESC LIMIT 1) t ON true "
    "WHERE e.type = 'failed' AND e.at >= :since AND e.at < :until ORDER BY e.at"
)
_OLD = text(
    "DELETE FROM procrastinate_jobs j WHERE j.status IN ('cancelled', 'failed') AND NOT EXISTS "
    "(SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.at >= :before)"
)
_AGAIN = text(
    "UPDATE procrastinate_jobs j SET status = 'todo', scheduled_at = NULL, worker_id = NULL WHERE j.status = 'failed' "
    "AND (CAST(:ids AS bigint[]) IS NULL OR j.id = ANY(CAST(:ids AS bigint[]))) AND NOT EXISTS (SELECT 1 FROM "
    "procrastinate_jobs o WHERE o.queueing_lock = j.queueing_lock AND (o.status = 'todo' OR "
    "(o.status = 'failed' AND o.id > j.id))) RETURNING j.id"
)
_LOST = text(
    "SELECT j.id, coalesce(j.queueing_lock, j.task_name), w.name, j.worker_id FROM procrastinate_jobs j "
    "LEFT JOIN procrastinate_workers p ON p.id = j.worker_id LEFT JOIN rasid_workers w ON w.worker_id = p.id "
    "WHERE j.status = 'doing' AND (p.id IS NULL OR p.last_heartbeat < now() - make_interval(secs => :stalled)) "
    "FOR UPDATE OF j SKIP LOCKED"
)
_TAKEN_BACK = text(
    "UPDATE procrastinate_jobs j SET attempts = attempts + 1, scheduled_at = NULL, worker_id = NULL, "
    "abort_requested = false, status = CAST(CASE "
    "WHEN EXISTS (SELECT 1 FROM procrastinate_jobs o WHERE o.queueing_lock = j.queueing_lock AND o.status = 'todo') "
    "THEN 'aborted' WHEN (SELECT count(*) FROM rasid_troubles t WHERE t.job_id = j.id AND t.counts) >= :most "
    "THEN 'failed' ELSE 'todo' END AS procrastinate_job_status) "
    "WHERE j.id = :id AND j.status = 'doing' AND j.worker_id IS NOT DISTINCT FROM CAST(:worker AS bigint) "
    "RETURNING j.status::text"
)
_NOTED = text(
    "INSERT INTO rasid_state (key, value) SELECT DISTINCT 'lost ' || w.name, to_char(now() AT TIME ZONE 'UTC', "
    '\'YYYY-MM-DD"T"HH24:MI:SS"+00:00"\') FROM rasid_workers w JOIN procrastinate_workers p ON p.id = w.worker_id '
    "WHERE p.last_heartbeat < now() - make_interval(secs => :stalled) AND NOT EXISTS (SELECT 1 FROM rasid_workers o "
    "JOIN procrastinate_workers q ON q.id = o.worker_id WHERE o.name = w.name "
    "AND q.last_heartbeat >= now() - make_interval(secs => :stalled)) ON CONFLICT (key) DO NOTHING"
)
_GONE = text(
    "DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => :stalled) AND NOT EXISTS "
    "(SELECT 1 FROM procrastinate_jobs j WHERE j.worker_id = procrastinate_workers.id AND j.status = 'doing')"
)
_WORKERS = text(
    "SELECT w.name, w.host, w.pid, w.slots, w.takes, w.rests, w.since, w.done, p.last_heartbeat AS heard_at, "
    "(SELECT count(*) FROM procrastinate_jobs j WHERE j.worker_id = p.id AND j.status = 'doing') AS running "
    "FROM rasid_workers w JOIN procrastinate_workers p ON p.id = w.worker_id ORDER BY w.name, w.takes"
)
