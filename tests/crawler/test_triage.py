"""What may be an Arabic article is told in every coding; what is none is mostly passed over."""

import json
from datetime import UTC, datetime

import pytest

from crawler.article import Page
from crawler.triage import arabic, why_not

TEXT = "قصف الطيران الحربي أطراف المدينة صباح اليوم"


def page(body: bytes, content_type: str | None = "text/html", status: int = 200) -> Page:
    headers = () if content_type is None else (("Content-Type", content_type),)
    url = "https://a.example/1"
    return Page(
        url=url, asked=url, status=status, headers=headers, body=body, fetched_at=datetime(2026, 11, 1, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    "body",
    [
        TEXT.encode(),
        TEXT.encode("cp1256"),
        TEXT.encode("iso8859-6"),
        "".join(f"&#{ord(one)};" for one in TEXT).encode(),
        "".join(f"&#x{ord(one):X};" for one in TEXT).encode(),
        json.dumps(TEXT).encode(),
        TEXT.encode().decode("cp1252", "ignore").encode(),
        TEXT.encode().decode("cp1256", "ignore").encode(),
        TEXT.encode()[:-1] + b"\xff",
        "ﻗﺼﻒ ﺍﻟﻄﻴﺮﺍﻥ ﺍﻟﺤﺮﺑﻲ ﺃﻃﺮﺍﻑ ﺍﻟﻤﺪﻳﻨﺔ".encode(),
    ],
)
def test_arabic_is_seen_in_every_coding(body: bytes) -> None:
    assert arabic(b"<html><body>" + body + b"</body></html>")


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-be", "utf-16-le"])
def test_arabic_is_seen_in_utf_16(coding: str) -> None:
    assert arabic(f"<html><body>{TEXT}</body></html>".encode(coding))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>The opposition will take part in the talks.</p>" * 100,
        ("<p>Élève déjà à l'école, où ça va très bien.</p>" * 100).encode(),
        ("<p>Élève déjà à l'école, où ça va très bien.</p>" * 100).encode("latin-1"),
        ("<p>Größe der Straße überprüfen</p>" * 100).encode("latin-1"),
        '<a href="/ar">العربية</a><p>News in English</p>'.encode(),
    ],
)
def test_other_languages_are_passed_over(body: bytes) -> None:
    assert not arabic(body)


@pytest.mark.parametrize(
    "content_type", ["text/html", "text/html; charset=windows-1256", "application/xhtml+xml", None, ""]
)
def test_pages_are_worth_reading_however_they_are_labelled(content_type: str | None) -> None:
    assert why_not(page(TEXT.encode(), content_type)) is None


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (TEXT.encode(), "text/html", 404),
        (TEXT.encode(), "image/jpeg", 200),
        (TEXT.encode(), "application/json", 200),
        (b'<?xml version="1.0"?>\n<rss version="2.0">' + TEXT.encode(), "text/xml", 200),
        (b"\xef\xbb\xbf<feed>" + TEXT.encode(), "text/html", 200),
    ],
)
def test_what_is_no_page_is_not(body: bytes, content_type: str, status: int) -> None:
    assert why_not(page(body, content_type, status)) is not None
