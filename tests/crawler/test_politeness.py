"""robots.txt, the pace, and silence when a host asks for it: the arithmetic, and passes over loopback."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.outcome import Ending, Fate
from crawler.politeness import LONGEST_REST, crawl_delay, product, retry_after, slots
from tests.crawler.going import AGENT, Came, Job, fetching, go, going
from tests.crawler.server import Answer, Site, article, feed, site

NOW = datetime(2024, 5, 12, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "until"),
    [
        ("120", NOW + timedelta(seconds=120)),
        (" 3600 ", NOW + timedelta(hours=1)),
        ("Sun, 12 May 2024 11:30:00 GMT", NOW + timedelta(minutes=90)),
        ("Sunday, 12-May-24 11:30:00 GMT", NOW + timedelta(minutes=90)),
        ("Sun, 12 May 2024 14:30:00 +0300", NOW + timedelta(minutes=90)),
        ("99999999", NOW + LONGEST_REST),
        ("9" * 400, NOW + LONGEST_REST),
        ("Sun, 12 May 2030 11:30:00 GMT", NOW + LONGEST_REST),
        ("Sun, 12 May 2024 09:00:00 GMT", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(value: str | None, until: datetime | None) -> None:
    assert retry_after(value, NOW) == until


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_retry_after_says_it_is_understood_or_not(value: str) -> None:
    until = retry_after(value, NOW)
    assert until is None or NOW < until <= NOW + LONGEST_REST


@pytest.mark.parametrize(
    ("said", "ours", "delay"),
    [
        (None, 2.0, 2.0),
        (1.0, 2.0, 2.0),
        (10.0, 2.0, 10.0),
        (600.0, 2.0, 120.0),
        (600.0, 300.0, 300.0),
        (float("nan"), 2.0, 2.0),
    ],
)
def test_crawl_delay_slows_down_and_never_speeds_up(said: float | None, ours: float, delay: float) -> None:
    assert crawl_delay(said, ours) == delay


def test_robots_txt_is_read_for_the_product() -> None:
    assert product(AGENT) == "Rasid"
    assert product("Rasid (contact: x)") == "Rasid"


def test_a_host_with_a_delay_of_its_own_is_asked_one_by_one() -> None:
    assert slots({"a.example": 5.0}) == {"a.example": {"concurrency": 1, "delay": 5.0, "jitter": 0}}


def robots(text: str) -> Answer:
    return Answer(text.encode(), headers={"Content-Type": "text/plain"})


@pytest.fixture(scope="module")
def polite() -> tuple[Came, dict[str, Site]]:
    """One pass over hosts with all sorts of wishes."""
    names = [
        "race",
        "wire1",
        "wire2",
        "wire3",
        "hop",
        "broken",
        "silent",
        "missing",
        "slow",
        "own",
        "busy",
        "down",
        "mine",
        "loop",
    ]
    sites = {name: Site(f"127.0.0.{21 + number}") for number, name in enumerate(names)}
    race, hop, slow, own, busy, down = (sites[name] for name in ("race", "hop", "slow", "own", "busy", "down"))
    race.routes["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /private/\n", wait=0.5)
    for number in (1, 2, 3):  # twelve requests wait for one robots.txt
        wire = sites[f"wire{number}"]
        wire.routes["/feed"] = feed(
            wire.url, *[f"{race.url}/private/{number}{n}" for n in range(4)], f"{race.url}/open/{number}"
        )
        race.routes[f"/open/{number}"] = article()
    hop.routes["/robots.txt"] = robots("User-agent: Rasid\nDisallow: /closed\n\nUser-agent: *\nDisallow: /")
    hop.routes["/feed"] = feed(hop.url, "/door", "/other")
    hop.routes["/door"] = Answer(status=301, headers={"Location": "/closed"})
    hop.routes["/other"] = Answer(status=302, headers={"Location": f"{race.url}/private/hop"})
    sites["broken"].routes |= {"/robots.txt": Answer(status=503), "/feed": feed(hop.url)}
    sites["silent"].routes |= {"/robots.txt": Answer(b"User-agent: *\nDisallow:\n", cut=True), "/feed": feed(hop.url)}
    sites["missing"].routes |= {"/robots.txt": Answer(status=403), "/feed": feed(hop.url)}
    slow.routes |= {"/robots.txt": robots("User-agent: *\nCrawl-delay: 0.4"), "/feed": feed(slow.url, "/1", "/2", "/3")}
    own.routes["/feed"] = feed(own.url, "/1", "/2", "/3")
    busy.routes["/feed"] = Answer(status=429, headers={"Retry-After": "600"})
    busy.routes["/feed2"] = feed(busy.url)
    down.routes["/feed"] = feed(down.url, *[f"/{n}" for n in range(8)])
    for number in range(8):
        down.routes[f"/{number}"] = Answer(status=503, headers={"Retry-After": "Sun, 12 May 2024 11:30:00 GMT"})
    sites["mine"].routes["/feed"] = feed(sites["mine"].url)
    sites["loop"].routes["/feed"] = Answer(status=302, headers={"Location": "/feed"})
    sources = [going(sites[name].url, name, delay=0.3 if name == "own" else None) for name in names if name != "race"]
    remembered = {"host 127.0.0.33": {"rest-until": (NOW + timedelta(hours=2)).isoformat()}}
    assert sites["mine"].address == "127.0.0.33"
    came = go(Job(sources, fetching(), memory=dict(remembered), now=NOW))
    for served in sites.values():
        served.close()
    return came, sites


Polite = tuple[Came, dict[str, Site]]


def test_none_of_those_who_wait_for_robots_txt_slips_through(polite: Polite) -> None:
    """Scrapy 2.19's own middleware lets all but the first of them through."""
    came, sites = polite
    assert [path for path in sites["race"].paths() if path.startswith("/private")] == []
    assert sorted(sites["race"].paths()) == ["/open/1", "/open/2", "/open/3"]
    for number in (1, 2, 3):
        assert came.outcomes[f"wire{number}"].fates[Fate.REFUSED] == 4
    assert came.why("/private/10") == (Fate.REFUSED, "robots.txt does not allow it")


def test_robots_txt_is_asked_once(polite: Polite) -> None:
    _, sites = polite
    assert [path for path in sites["race"].paths(robots=True) if path == "/robots.txt"] == ["/robots.txt"]


def test_robots_txt_holds_on_every_hop(polite: Polite) -> None:
    came, sites = polite
    assert sorted(sites["hop"].paths()) == ["/door", "/feed", "/other"]
    assert came.outcomes["hop"].fates == {Fate.REFUSED: 2}


def test_a_robots_txt_that_cannot_be_had_means_no(polite: Polite) -> None:
    came, sites = polite
    for name, ending in (("broken", Ending.REFUSED), ("silent", Ending.FAILED)):
        assert sites[name].paths() == []
        assert came.outcomes[name].ending is ending
        assert "robots.txt cannot be had" in came.outcomes[name].why


def test_a_robots_txt_that_is_not_there_means_yes(polite: Polite) -> None:
    came, _ = polite
    assert came.outcomes["missing"].ending is Ending.EMPTY


def took(served: Site) -> float:
    """Seconds from the listing to the last of the three pages."""
    return served.asked[-1].at - served.asked[1].at


def test_crawl_delay_and_a_sources_own_delay_are_kept(polite: Polite) -> None:
    _, sites = polite
    assert len(sites["slow"].asked) == len(sites["own"].asked) == 5
    assert took(sites["slow"]) > 0.8  # three times 0.4, and all other hosts together took less
    assert took(sites["own"]) > 0.6


def test_who_asks_for_rest_is_left_alone(polite: Polite) -> None:
    came, sites = polite
    assert sites["busy"].paths() == ["/feed"]
    assert came.outcomes["busy"].ending is Ending.REFUSED
    assert came.outcomes["busy"].why == "127.0.0.31 asked to wait until 2024-05-12 10:10 UTC"
    assert came.memory["host 127.0.0.31"]["rest-until"] == (NOW + timedelta(minutes=10)).isoformat()


def test_rest_that_is_remembered_is_kept_without_a_request(polite: Polite) -> None:
    came, sites = polite
    assert sites["mine"].asked == []
    assert came.outcomes["mine"].ending is Ending.REFUSED
    assert came.outcomes["mine"].why == "127.0.0.33 asked to wait until 2024-05-12 12:00 UTC"


def test_rest_in_the_middle_leaves_entries_for_the_next_pass(polite: Polite) -> None:
    came, sites = polite
    assert len(sites["down"].paths()) <= 1 + 4  # the listing, and what was under way
    outcome = came.outcomes["down"]
    assert outcome.ending is Ending.REFUSED
    assert outcome.fates == {Fate.NOT_REACHED: 8}
    assert outcome.why == "127.0.0.32 asked to wait until 2024-05-12 11:30 UTC: 8 of 8 entries were not reached"
    assert not [source for source, *_ in came.missed if source == "down"]
    assert f"page {sites['down'].url}/feed" not in came.memory


def test_a_redirect_loop_ends(polite: Polite) -> None:
    came, sites = polite
    assert len(sites["loop"].paths()) == 6
    assert came.outcomes["loop"].why == "too many redirects"


def test_we_say_who_we_are(polite: Polite) -> None:
    _, sites = polite
    for served in sites.values():
        for asked in served.asked:
            assert asked.headers["user-agent"] == AGENT
            assert "cookie" not in asked.headers


def test_robots_txt_is_remembered_for_a_day() -> None:
    with site("127.0.0.41") as served:
        served.routes["/feed"] = feed(served.url, "/closed", "/open")
        served.routes["/open"] = article()
        said = {"body": "User-agent: *\nDisallow: /closed", "at": (NOW - timedelta(hours=23)).isoformat()}
        fresh = go(Job([going(served.url)], fetching(), memory={f"robots {served.url}": said}, now=NOW))
        assert served.paths(robots=True) == ["/feed", "/open"]
        assert fresh.outcomes["wire"].fates == {Fate.REFUSED: 1, Fate.STORED: 1}
        go(Job([going(served.url)], fetching(), memory={f"robots {served.url}": said}, now=NOW + timedelta(hours=2)))
        assert served.paths(robots=True)[2] == "/robots.txt"
