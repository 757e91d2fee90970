"""Where connections may go: a table of addresses, the resolver, and real redirects over loopback."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.resolver import dnscache
from twisted.internet.error import DNSLookupError

from crawler.errors import CrawlError
from crawler.guard import Resolver, _Permit, _permit, literal, networks, verdict
from crawler.outcome import Ending, Fate
from tests.crawler.going import Came, Job, fetching, go, going
from tests.crawler.server import Answer, Site, article, feed, site

PUBLIC = [
    "93.184.216.34",
    "1.1.1.1",
    "172.15.255.255",
    "100.128.0.1",
    "2606:4700::1111",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]
NOT_PUBLIC = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "239.1.2.3",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:7f00:1%eth0",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:101:101::1",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
    "localhost",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_dialled(address: str) -> None:
    assert verdict(address) is None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_other_addresses_may_not(address: str) -> None:
    assert verdict(address)


def test_an_allowed_network_may_be_dialled_and_nothing_beside_it() -> None:
    allowed = networks(["127.0.0.11/32", "fd00::/8"])
    assert verdict("127.0.0.11", allowed) is None
    assert verdict("::ffff:127.0.0.11", allowed) is None
    assert verdict("fd00::5", allowed) is None
    assert verdict("127.0.0.12", allowed)
    assert verdict("169.254.169.254", allowed)


def test_a_network_that_is_none_names_the_source_and_the_remedy() -> None:
    with pytest.raises(CrawlError, match=r"wire: allow_addresses: .*127\.0\.0\.11/32"):
        networks(["127.0.0.11/33"], subject="wire")


@settings(deadline=None)
@given(st.ip_addresses(v=4))
def test_no_wrapping_makes_an_address_more_public(address: ipaddress.IPv4Address) -> None:
    """IPv4-mapped and NAT64 forms are judged like what they carry; 6to4 and IPv4-compatible forms are never public."""
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        wrapped = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) | int(address))
        assert (verdict(str(wrapped)) is None) == (verdict(str(address)) is None)
    assert verdict(str(ipaddress.IPv6Address(int(address))))
    assert verdict(str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))))
    assert address.is_global or verdict(str(address))


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[::ffff:127.0.0.1]", "::ffff:7f00:1"),
        ("localhost", None),
        ("example.org", None),
        ("1.2.3.4.example.org", None),
        ("", None),
        ("٠.٠.٠.٠", None),
    ],
)
def test_addresses_spelled_out(host: str, address: str | None) -> None:
    found = literal(host)
    assert found == address or (
        address is not None and ipaddress.ip_address(found or "") == ipaddress.ip_address(address)
    )


def resolve(name: str) -> str | DNSLookupError:
    """What the resolver answers; its cache stands for DNS, so that nothing is asked."""
    result: list[str | DNSLookupError] = []
    answer = Resolver(None, 100, 1.0).getHostByName(name)
    answer.addCallbacks(result.append, lambda failure: result.append(failure.value))
    return result[0]


def test_what_a_name_resolves_to_is_judged_every_time() -> None:
    dnscache["rebinding.test"] = "93.184.216.34"
    try:
        assert resolve("rebinding.test") == "93.184.216.34"
        dnscache["rebinding.test"] = "10.0.0.1"
        assert isinstance(resolve("rebinding.test"), DNSLookupError)
    finally:
        dnscache.pop("rebinding.test")


def test_a_permit_opens_its_networks_and_hears_of_refusals() -> None:
    dnscache["inside.test"] = "127.0.0.11"
    permit = _Permit(networks(["127.0.0.11/32"]))
    token = _permit.set(permit)
    try:
        assert resolve("inside.test") == "127.0.0.11"
        assert permit.refused is None
        dnscache["inside.test"] = "127.0.0.12"
        assert isinstance(resolve("inside.test"), DNSLookupError)
        assert permit.refused is not None
        assert "127.0.0.12" in permit.refused
    finally:
        _permit.reset(token)
        dnscache.pop("inside.test")


HOSTILE = [
    "http://127.0.0.12:{port}/secret/{number}",
    "http://127.0.12:{port}/secret/{number}",
    "http://2130706444:{port}/secret/{number}",
    "http://0x7f.12:{port}/secret/{number}",
    "http://0x7f00000c:{port}/secret/{number}",
    "http://017700000014:{port}/secret/{number}",
    "http://[::ffff:127.0.0.12]:{port}/secret/{number}",
    "http://[::ffff:7f00:c]:{port}/secret/{number}",
    "http://127.0.0.12.:{port}/secret/{number}",
    "http://localhost:{port}/secret/{number}",
    "http://0:{port}/secret/{number}",
    "http://user:pass@127.0.0.12:{port}/secret/{number}",
]


@pytest.fixture(scope="module")
def led_astray() -> tuple[Came, Site, Site, Site]:
    """One source that may read 127.0.0.11, whose feed and pages lead elsewhere in every way; and one that may read nothing local,
    whose name leads there."""
    with site("127.0.0.11") as good, site("127.0.0.12") as inner, site("0.0.0.0") as anywhere:
        links = [url.format(port=anywhere.port, number=number) for number, url in enumerate(HOSTILE)]
        good.routes["/feed"] = feed(
            good.url, "/fine", *links, *[f"/redirect/{n}" for n in range(len(links) + 3)], "/refresh"
        )
        good.routes["/fine"] = article()
        targets = [*links, inner.url + "/secret", "file:///etc/hostname", "data:text/html,secret"]
        for number, target in enumerate(targets):
            good.routes[f"/redirect/{number}"] = Answer(b"", 302, {"Location": target})
        good.routes["/refresh"] = Answer(
            f"<html><head><meta http-equiv='refresh' content='0;url={inner.url}/secret'></head></html>".encode()
        )
        sources = [
            going(good.url, "allowed", allow="127.0.0.11/32"),
            going(good.url, "spelled", allow=""),
            going(f"http://localhost:{good.port}", "named", allow=""),
            going(inner.url, "other", allow="127.0.0.11/32"),
        ]
        came = go(Job(sources, fetching()))
        yield came, good, inner, anywhere  # type: ignore[misc]


def test_a_connection_that_one_source_opened_is_not_anothers() -> None:
    """A name that leads inside, kept-alive connections to it, and another source's link there."""
    with site("127.0.0.1") as local, site("127.0.0.13") as late:
        named = f"http://localhost:{local.port}"
        local.routes["/feed"] = feed(named, "/1", "/2", "/3")
        for path in ("/1", "/2", "/3"):
            local.routes[path] = article()
        late.routes["/feed"] = Answer(feed(named, "/secret").body, wait=1.5)
        sources = [going(named, "opened", allow="127.0.0.1/32"), going(late.url, "astray", allow="127.0.0.13/32")]
        came = go(Job(sources, fetching()))
    assert came.outcomes["opened"].fates == {Fate.STORED: 3}
    assert came.why("/secret") == (
        Fate.REFUSED,
        "not allowed to go there: localhost: 127.0.0.1 is not a public address (loopback)",
    )
    assert sorted(local.paths()) == ["/1", "/2", "/3", "/feed"]


def test_the_allowed_site_is_read(led_astray: tuple[Came, Site, Site, Site]) -> None:
    came, good, _, _ = led_astray
    assert [article.url for article in came.articles] == [good.url + "/fine"]
    assert came.outcomes["allowed"].ending is Ending.READ


def test_whatever_it_leads_to_is_refused(led_astray: tuple[Came, Site, Site, Site]) -> None:
    came, *_ = led_astray
    fates = came.outcomes["allowed"].fates
    assert fates == {Fate.STORED: 1, Fate.REFUSED: 2 * len(HOSTILE) + 2, Fate.FAILED: 2}, came.missed
    assert came.outcomes["allowed"].entries == 1 + 2 * len(HOSTILE) + 3 + 1
    refused = [why for _, _, fate, why in came.missed if fate is Fate.REFUSED]
    assert all("not allowed to go there" in why and "not a public address" in why for why in refused)


def test_listeners_there_see_nothing(led_astray: tuple[Came, Site, Site, Site]) -> None:
    _, _, inner, anywhere = led_astray
    assert inner.paths(robots=True) == []  # whatever they would answer
    assert anywhere.paths(robots=True) == []


def test_an_allowance_is_its_own_sources_only(led_astray: tuple[Came, Site, Site, Site]) -> None:
    came, good, *_ = led_astray
    for name in ("spelled", "named", "other"):
        assert came.outcomes[name].ending is Ending.REFUSED
        assert "not a public address" in came.outcomes[name].why
    assert good.paths().count("/feed") == 1
