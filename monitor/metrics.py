"""Figures for Prometheus and a yes or no for a load balancer, over HTTP on loopback, when switched on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from crawler.errors import RasidError
from monitor.health import Health, Level, verdicts, worst

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from prometheus_client.core import Metric

__all__ = ["Answers", "MetricsError", "exposition", "serve"]

log = logging.getLogger(__name__)

_FRESH = 10.0
"""Seconds that an answer is given again: whoever asks often costs little."""


class MetricsError(RasidError):
    """The address cannot be listened on."""


def exposition(health: Health) -> bytes:
    """In the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(health))
    return generate_latest(registry)


class _Collector:
    def __init__(self, health: Health) -> None:
        self._health = health

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        health, gauge = self._health, GaugeMetricFamily

        def labelled(name: str, help: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:  # noqa: A002
            family = gauge(f"rasid_{name}", help, labels=[label])
            for key, value in values:
                family.add_metric([key], value)
            return family

        for name, count in health.counts.items():
            yield CounterMetricFamily(
                f"rasid_{name.replace(' ', '_')}", f"Stored since the beginning: {name}.", value=count
            )
        yield labelled("sources", "Sources by how their last pass ended.", "ending", health.endings.items())
        yield labelled(
            "source_failures", "Passes in a row in trouble.", "source", ((s.name, s.failures) for s in health.mine)
        )
        yield labelled(
            "source_last_read_timestamp_seconds",
            "When a source was last read.",
            "source",
            ((s.name, s.last_read_at.timestamp()) for s in health.mine if s.last_read_at),
        )
        if health.last_pass is not None:
            started = health.last_pass.started_at.timestamp()
            yield gauge("rasid_last_pass_timestamp_seconds", "When the last pass began.", value=started)
        yield gauge("rasid_gaps", "Stretches of sources that could not be filled.", value=len(health.gaps))
        yield gauge("rasid_silent_sources", "Sources that are unusually silent.", value=len(health.silent))
        yield labelled("outbox_messages", "Messages by state.", "state", health.outbox.items())
        overdue = (health.now - health.digest_due).total_seconds() if health.digest_due else 0
        yield gauge("rasid_digest_overdue_seconds", "For how long a digest has been due.", value=overdue)
        yield gauge("rasid_lists_refused", "Edited watch lists are refused.", value=health.refusal is not None)
        yield gauge("rasid_disk_free_bytes", "Free on the disk of var.", value=health.disk.free)
        yield gauge("rasid_store_bytes", "Size of the store.", value=health.store_size)
        yield labelled(
            "chore_last_success_timestamp_seconds",
            "When a chore last went well.",
            "chore",
            ((done.name, done.well_at.timestamp()) for done in health.chores.values() if done.well_at),
        )
        yield from _shared(health)
        found = verdicts(health)
        levels = ((level.name.lower(), sum(v.level is level for v in found)) for level in Level if level)
        yield labelled("problems", "What `rasid status` calls wrong.", "level", levels)


def _shared(health: Health) -> Iterator[Metric]:
    """Workers and their jobs; nothing where there is one machine."""
    from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

    shared = health.shared
    if not shared.workers and not shared.counts:
        return
    jobs = GaugeMetricFamily("rasid_jobs", "Jobs by kind and state.", labels=["kind", "state"])
    for (kind, state), count in shared.counts.items():
        jobs.add_metric([kind, state], count)
    yield jobs
    labels = ["worker", "takes"]
    running = GaugeMetricFamily("rasid_worker_jobs_running", "Jobs that a worker is at.", labels=labels)
    places = GaugeMetricFamily("rasid_worker_places", "How many it does at a time.", labels=labels)
    heard = GaugeMetricFamily("rasid_worker_heartbeat_timestamp_seconds", "When it was last heard of.", labels=labels)
    rests = GaugeMetricFamily("rasid_worker_rests", "It takes no jobs: its disk or its network.", labels=labels)
    done = CounterMetricFamily("rasid_worker_jobs_done", "Jobs that it has done since it was started.", labels=labels)
    for worker in shared.workers:
        of = [worker.name, worker.takes]
        running.add_metric(of, worker.running)
        places.add_metric(of, worker.slots)
        rests.add_metric(of, bool(worker.rests))
        done.add_metric(of, worker.done)
        if worker.heard_at is not None:
            heard.add_metric(of, worker.heard_at.timestamp())
    yield from (running, places, heard, rests, done)
    yield GaugeMetricFamily("rasid_queue_paused", "Reading is paused by a person.", value=shared.paused is not None)


class Answers:
    """``/metrics`` and ``/healthz``; a WSGI application."""

    def __init__(self, health: Callable[[], Health], clock: Callable[[], float] = time.monotonic) -> None:
        self._health, self._clock = health, clock
        self._lock = threading.Lock()
        self._kept: tuple[float, Health] | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, kind = environ.get("PATH_INFO", ""), "text/plain; charset=utf-8"
        try:
            if path == "/metrics":
                status, body = "200 OK", exposition(self._now())
            elif path == "/healthz":
                status, body = self._healthz()
            else:
                status, body = "404 Not Found", b"/metrics or /healthz\n"
        except RasidError as error:  # the store, as a rule: that is what is wrong
            status, body = "503 Service Unavailable", f"{error}\n".encode()
        start_response(
            status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        )
        return [body]

    def _healthz(self) -> tuple[str, bytes]:
        found = verdicts(self._now())
        said = "".join(f"{verdict.level.name}: {verdict.what}\n" for verdict in found) or "all is well\n"
        return ("503 Service Unavailable" if worst(found) is Level.CRITICAL else "200 OK"), said.encode()

    def _now(self) -> Health:
        with self._lock:
            if self._kept is None or self._clock() - self._kept[0] > _FRESH:
                self._kept = (self._clock(), self._health())
            return self._kept[1]


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as the base class has it
        pass


def serve(host: str, port: int, health: Callable[[], Health]) -> WSGIServer:
    """Listen, in a thread that ends with the process; one request at a time."""
    try:
        server = make_server(host, port, Answers(health), handler_class=_Quiet)
    except OSError as error:
        raise MetricsError(
            f"cannot be listened on: {error.strerror}", subject=f"metrics: listen: {host}:{port}"
        ) from error
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    log.info("metrics on http://%s:%d/metrics", host, server.server_port)
    return server
