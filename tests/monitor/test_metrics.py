"""The loopback server, over real sockets."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

from crawler.errors import RasidError
from monitor.metrics import Answers, MetricsError, serve
from tests.monitor.test_health import HOUR, NOW, WELL


@pytest.fixture
def health() -> list[object]:
    return [WELL]


@pytest.fixture
def base(health: list[object]) -> Iterator[str]:
    def now():  # type: ignore[no-untyped-def]
        if isinstance(health[0], Exception):
            raise health[0]
        return health[0]

    server = serve("127.0.0.1", 0, now)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def get(url: str) -> tuple[int, str]:
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_all_is_well(base: str) -> None:
    assert get(f"{base}/healthz") == (200, "all is well\n")
    status, body = get(f"{base}/metrics")
    assert status == 200
    assert "rasid_articles_total 12.0" in body
    assert get(f"{base}/etc/passwd")[0] == 404


def test_a_warning_is_no_reason_to_restart_it_and_a_fault_is_503(base: str, health: list[object]) -> None:
    health[0] = replace(WELL, outbox={"failed": 1})
    assert get(f"{base}/healthz") == (200, "WARNING: 1 messages could not be sent\n")
    health[0] = replace(WELL, digest_due=NOW - 5 * HOUR)


def test_a_store_that_cannot_be_read_is_503(base: str, health: list[object]) -> None:
    health[0] = RasidError("it is damaged", subject="rasid.db")
    assert get(f"{base}/healthz") == (503, "rasid.db: it is damaged\n")


def test_a_fault_is_503_and_the_store_is_asked_once_in_ten_seconds() -> None:
    clock, asked = [0.0], []

    def health():  # type: ignore[no-untyped-def]
        asked.append(clock[0])
        return replace(WELL, digest_due=NOW - 5 * HOUR)

    answers = Answers(health, clock=lambda: clock[0])
    said: list[str] = []
    for moment in (0.0, 1.0, 9.0, 11.0):
        clock[0] = moment
        answers({"PATH_INFO": "/healthz"}, lambda status, headers, *_: said.append(status))  # type: ignore[arg-type,return-value]
    assert asked == [0.0, 11.0]
    assert set(said) == {"503 Service Unavailable"}


def test_a_port_that_is_taken_is_said(base: str) -> None:
    with pytest.raises(MetricsError, match=r"metrics: listen: 127\.0\.0\.1:\d+: cannot be listened on"):
        serve("127.0.0.1", int(base.rsplit(":", 1)[1]), lambda: WELL)
