"""Addresses that are asked again: what is seen, over loopback."""

from crawler.outcome import Ending
from crawler.revisit import Revisit
from tests.crawler.going import Came, Job, fetching, go, going
from tests.crawler.server import Answer, Site, article, feed, site

ROUTES = {
    "/there": article("وفد المعارضة يصل إلى أستانا", words="عاد الوفد مساء."),
    "/missing": Answer(status=404),
    "/gone": Answer(status=410),
    "/front": Answer(status=302, headers={"Location": "/"}),
    "/moved": Answer(status=301, headers={"Location": "/there"}),
    "/emptied": Answer("<html><head><title>خبر</title></head><body><article></article></body></html>".encode()),
    "/error": Answer(status=500),
    "/forbidden": Answer(status=403),
    "/wall": Answer(
        "<html><body><h1>تسجيل الدخول</h1><p>يرجى تسجيل الدخول لمتابعة القراءة في الموقع.</p></body></html>".encode()
    ),
    "/shell": Answer(b"<html><body><div id='root'></div><script src='/a.js'></script></body></html>"),
}


def look(served: Site, *, listing: Answer | None = None, name: str = "wire") -> Came:
    served.routes |= ROUTES | {"/": article(), "/news": article("خبر جديد من درعا")}
    served.routes["/feed"] = listing or feed(served.url, "/news")
    asked = [Revisit(key=n, source=name, url=served.url + path) for n, path in enumerate(ROUTES)]
    return go(Job([going(served.url)], fetching(), revisit=asked))


def test_what_is_there_what_is_gone_and_what_teaches_nothing() -> None:
    with site() as served:
        came = look(served)
    assert came.returned
    sights = {path: came.sights["wire"][n] for n, path in enumerate(ROUTES)}
    there = sights["/there"].article
    assert there is not None
    assert "عاد الوفد مساء" in there.text
    assert there.capture == f"capture of {served.url}/there"
    assert sights["/moved"].article is not None
    gone = {path: sight.gone for path, sight in sights.items() if sight.gone}
    assert gone["/missing"] == "HTTP 404 Not Found"
    assert gone["/gone"] == "HTTP 410 Gone"
    assert gone["/front"] == "it leads to the front page"
    assert gone["/emptied"].startswith("no text is left in it")
    assert set(gone) == {"/missing", "/gone", "/front", "/emptied"}
    for path in ("/error", "/forbidden", "/shell", "/wall"):
        assert sights[path].article is None
        assert sights[path].why
    assert [one.url for one in came.articles] == [f"{served.url}/news"]
    assert came.outcomes["wire"].entries == 1


def test_a_source_in_trouble_is_left_alone() -> None:
    with site() as served:
        came = look(served, listing=Answer(status=403))
    assert came.outcomes["wire"].ending is Ending.REFUSED
    assert came.sights == {}
    assert not [asked for asked in served.asked if asked.path in ROUTES]


def test_what_belongs_to_another_source_is_not_asked() -> None:
    with site() as served:
        came = look(served, name="other")
    assert came.sights == {}
    assert came.outcomes["wire"].ending is Ending.READ
