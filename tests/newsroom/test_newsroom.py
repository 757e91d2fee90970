"""The newsroom is what it says it is: every page, feed and trouble is served as planned."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from pathlib import Path

import pytest
from lxml import html as lxml_html

from crawler import feeds
from tests.newsroom import truth
from tests.newsroom.asking import ask
from tests.newsroom.content import reports
from tests.newsroom.outlets import CONTROL, HIDDEN, OUTLETS, TROUBLES
from tests.newsroom.running import Newsroom, NewsroomError, newsroom
from tests.newsroom.site import shelf

ROOT = Path(__file__).parents[2]


def page_of(room: Newsroom, key: str) -> str:
    expected = next(one for one in truth.articles() if one.key == key)
    return ask(expected.url(room.port)).body.decode(OUTLETS[expected.source].charset)


@pytest.mark.parametrize("expected", truth.articles(), ids=lambda one: one.key)
def test_every_article_is_served_with_its_whole_text(room: Newsroom, expected: truth.Expected) -> None:
    answer = ask(expected.url(room.port))
    page = unescape(answer.body.decode(OUTLETS[expected.source].charset))
    assert answer.status == 200
    assert expected.title in page
    assert [line for line in (*expected.paragraphs, *expected.never) if line not in page] == []


def test_the_pages_of_2005_are_windows_1256_and_say_something_else(room: Newsroom) -> None:
    said = set()
    for expected in truth.articles():
        if expected.source == "alyasmin":
            answer = ask(expected.url(room.port))
            said.add((answer.headers["content-type"], b"charset=windows-1256" in answer.body))
            with pytest.raises(UnicodeDecodeError):
                answer.body.decode()
    assert said == {("text/html", True), ("text/html; charset=iso-8859-1", True), ("text/html; charset=utf-8", False)}


@pytest.mark.parametrize("name", ["nidaa", "khabur", "hal"])
def test_a_feed_has_the_outlets_reports_with_their_times(room: Newsroom, name: str) -> None:
    outlet = OUTLETS[name]
    (source,) = room.sources_of(name)
    answer = ask(source.url)
    feed = feeds.read(answer.body, source.url, answer.headers["content-type"])
    wanted = {
        outlet.base(room.port) + outlet.path(report): (report.title.text, room.now - timedelta(minutes=report.minutes))
        for report in shelf(outlet, 1)
    }
    assert {entry.url: (entry.title, entry.published_at) for entry in feed.entries} == wanted
    assert feed.defects == ()


def test_the_section_page_links_to_every_report_by_its_selector_and_to_more_without(room: Newsroom) -> None:
    (source,) = room.sources_of("alyasmin")
    tree = lxml_html.fromstring(ask(source.url).body.decode("cp1256"))
    links = {
        link.get("href"): "".join(map(str, link.itertext())).strip() for link in tree.cssselect(source.selector or "")
    }
    assert links == {OUTLETS["alyasmin"].path(r): r.title.text for r in reports() if r.outlet == "alyasmin"}
    assert len(tree.cssselect("a")) > 2 * len(links)


def test_what_is_no_article_answers_as_planned(room: Newsroom) -> None:
    status = {
        report.what: ask(OUTLETS[report.outlet].base(room.port) + OUTLETS[report.outlet].path(report)).status
        for report in reports()
    }
    assert status == {"article": 200, "foreign": 200, "video": 200, "broken": 500, "gone": 404}
    video = next(report for report in reports() if report.what == "video")
    assert "field--name-body" not in ask(room.bases["khabur"] + f"/ar/node/{video.id}").body.decode()
    assert ask(room.bases["nidaa"] + "/archives/1").status == 404


def test_dates_are_printed_as_syrians_write_them(room: Newsroom) -> None:
    assert "السبت, 12 أيار 2018 - 14:25" in page_of(room, "alyasmin/48251")
    assert "السبت, 12 أيار 2018<" in page_of(room, "alyasmin/48240")
    assert "12 أيار/مايو 2018، 14:10" in page_of(room, "nidaa/22871")
    assert "الجمعة، 11 مايو (أيار) 2018 الساعة 08:30" in page_of(room, "khabur/7298")


def test_what_has_not_changed_is_304(own_room: Newsroom) -> None:
    for name in ("nidaa", "khabur"):
        (source,) = own_room.sources_of(name)
        first = ask(source.url)
        etag, modified = first.headers["etag"], first.headers["last-modified"]
        assert parsedate_to_datetime(modified) <= own_room.now
        assert ask(source.url, {"If-None-Match": etag}).status == 304
        assert ask(source.url, {"If-Modified-Since": modified}).status == 304
        assert ask(source.url, {"If-None-Match": '"other"', "If-Modified-Since": modified}).status == 200
        own_room.edition(2)
        again = ask(source.url, {"If-None-Match": etag})
        assert (again.status, again.headers["etag"] != etag) == (200, True)
        own_room.edition(1)


def test_the_second_edition_has_one_new_one_changed_and_one_gone(own_room: Newsroom) -> None:
    first, second = ({one.key: one for one in truth.articles(edition)} for edition in (1, 2))
    assert second.keys() - first.keys() == {"nidaa/22873"}
    assert first.keys() - second.keys() == {"khabur/7299"}
    changed = {key for key in first.keys() & second.keys() if first[key].paragraphs != second[key].paragraphs}
    assert changed == {"nidaa/22871"}
    own_room.edition(2)
    assert ask(first["khabur/7299"].url(own_room.port)).status == 404
    page = unescape(ask(second["nidaa/22871"].url(own_room.port)).body.decode())
    assert all(line in page for line in second["nidaa/22871"].paragraphs)


def test_a_feed_overflows_between_editions_and_older_pages_fill_it(own_room: Newsroom) -> None:
    (source,) = own_room.sources_of("hal")

    def shown(query: str = "") -> set[str]:
        answer = ask(source.url + query)
        return {entry.url.rpartition("/")[2] for entry in feeds.read(answer.body, source.url, None).entries}

    before = shown()
    own_room.edition(2)
    assert before.isdisjoint(shown())
    assert before | shown() | shown("?paged=2") | shown("?paged=3") == {str(number) for number in range(1, 41)}
    assert {ask(source.url + f"?paged={page}").status for page in ("5", "0", "-1", "x", "9" * 5000)} == {404}


def test_what_ails_an_outlet(own_room: Newsroom) -> None:
    (source,) = own_room.sources_of("khabur")
    robots = own_room.bases["khabur"] + "/robots.txt"
    own_room.trouble("khabur", "busy")
    assert (ask(source.url).status, ask(source.url).headers["retry-after"], ask(robots).status) == (429, "120", 200)
    own_room.trouble("khabur", "closed")
    assert b"Disallow: /\n" in ask(robots).body
    own_room.trouble("khabur", "moved")
    assert ask(source.url).headers["location"] == f"http://{HIDDEN}:{own_room.port}/ar/atom.xml"
    own_room.trouble("khabur", "broken")
    assert (ask(source.url).status, ask(robots).status) == (500, 500)
    own_room.trouble("khabur", "challenge")
    assert (ask(source.url).status, ask(source.url).headers["cf-mitigated"]) == (403, "challenge")
    own_room.trouble("khabur", "drip")
    with pytest.raises(TimeoutError):
        ask(source.url, timeout=0.5)
    own_room.trouble("khabur", "dead")
    with pytest.raises(ConnectionRefusedError):
        ask(source.url)
    own_room.trouble("khabur", None)
    assert ask(source.url).status == 200


def test_every_trouble_has_an_outlet_and_the_dead_one_refuses(room: Newsroom) -> None:
    ailing = {outlet.trouble for outlet in OUTLETS.values() if outlet.trouble}
    assert ailing == set(TROUBLES) - {"broken", "reset"}  # told to an outlet when a test asks for it
    assert {source.name for source in room.sources} == {"alyasmin", "nidaa", "khabur", "manara"}
    with pytest.raises(ConnectionRefusedError):
        ask(room.bases["manara"] + "/feed/")
    for name in truth.ENDINGS:
        if name not in ("manara", "sour"):
            assert b"Disallow: /\n" not in ask(room.bases[name] + "/robots.txt").body


def test_requests_are_counted(own_room: Newsroom) -> None:
    assert own_room.requests() == []
    ask(own_room.bases["nidaa"] + "/feed/", {"User-Agent": "Probe/1"})
    ask(own_room.bases["khabur"] + "/ar/node/1")
    ask(f"http://{CONTROL}:{own_room.port}/")
    first, second = own_room.requests()
    assert (first.host, first.method, first.target, first.status) == ("127.0.0.12", "GET", "/feed/", 200)
    assert first.headers["user-agent"] == "Probe/1"
    assert own_room.requests("khabur") == [second]


def test_a_second_one_on_the_same_port_says_so(room: Newsroom) -> None:
    with pytest.raises(NewsroomError, match="in use"), newsroom(port=room.port):
        pass


def test_it_ends_with_its_parent_however_that_ends() -> None:
    script = (
        "import time\nfrom tests.newsroom.running import newsroom\n"
        "with newsroom() as room:\n    print(room.process.pid, flush=True)\n    time.sleep(300)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    for _ in range(200):
        if not _alive(pid):
            return
        time.sleep(0.05)
    pytest.fail("the newsroom outlived its parent")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
