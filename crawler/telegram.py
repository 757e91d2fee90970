"""The web preview of a Telegram channel in, its posts as complete Entries out. Never fetches, never raises.

What is relied on are class names that have stood since 2018 (``tgme_widget_message``, ``data-post``) and nothing of the layout.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from lxml.html import HtmlElement

from crawler.article import Entry
from crawler.feedtimes import moment
from crawler.folding import squeeze
from crawler.sheet import BLOCKS, TooMuch, parse
from crawler.urls import canonical, is_http

__all__ = ["HOSTS", "Channel", "read", "title_of"]

HOSTS = frozenset(("t.me", "www.t.me", "telegram.me", "www.telegram.me", "telegram.dog"))
_THEIRS = re.compile(r"(?:^|\.)(?:t\.me|telegram\.(?:me|dog|org)|telegra\.ph)$")

_POST = re.compile(r"([A-Za-z][A-Za-z0-9_]{2,63})/([0-9]{1,12})")
_PICTURE = re.compile(r"background-image:\s*url\(\s*['\"]?([^'\")]{1,2000})")
_EDITED = re.compile(r"(?<!\w)(?:edited|معدّ?لة?|عُ?دِّ?ل)(?![^\W\d])")
_MOST_LINKS = 50
_SKIPPED = frozenset(("script", "style", "svg", "video", "audio", "template"))

_LONGEST_TITLE = 90
_ORNAMENT = re.compile(r"^[^\w«»\"'“”‘’(\[{#@+-]+|[\s|:،,؛;\-–—]+$")
_SENTENCE_END = re.compile(r"[.!؟?؛…](?=\s|$)")
_NOT_WORDS = re.compile(r"#\S+|@\S+|https?://\S+|(?:www\.|t\.me/)\S+|[\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One page of a channel's preview."""

    entries: tuple[Entry, ...] = ()
    """Newest first."""
    defects: tuple[str, ...] = ()
    before: int | None = None
    """Number of the post before which the next older page begins; ``None``: this is the oldest."""


def read(text: str, url: str) -> Channel:
    """The posts of a preview that came from ``url``. ``Entry.content`` is HTML with the post's own line breaks."""
    try:
        root = parse(text)
    except TooMuch as much:
        return Channel(defects=(f"more than a preview may cost: {much}",))
    if root is None:
        return Channel(defects=("the page is empty",))
    entries: dict[str, Entry] = {}
    silent, nameless = 0, 0
    for message in _of_class(root, "tgme_widget_message"):
        name = _POST.fullmatch((message.get("data-post") or "").strip())
        if name is None:
            nameless += 1
        elif not _of_class(message, "service_message", itself=True):
            entry = _entry(message, name[0], url)
            silent += entry is None
            if entry is not None:
                entries.setdefault(entry.url, entry)
    defects = []
    if silent:
        defects.append(f"posts without text (pictures, videos, voices), not listed: {silent}")
    if nameless:
        defects.append(f"posts without a number of their own, not listed: {nameless}")
    if not entries and not silent:
        defects.append(_nothing(root))
    newest_first = sorted(entries.values(), key=lambda entry: int(entry.url.rpartition("/")[2]), reverse=True)
    return Channel(entries=tuple(newest_first), defects=tuple(defects), before=_before(root))


def _nothing(root: HtmlElement) -> str:
    if _of_class(root, "tgme_channel_history"):
        return "there are no posts here"
    if _of_class(root, "tgme_page"):
        return (
            "Telegram shows no preview of it: it is private, restricted, a group or a person, or its name is misspelled; "
            "open the url in a browser"
        )
    return "this is not a preview of a Telegram channel: the url should be https://t.me/s/NAME"


def _before(root: HtmlElement) -> int | None:
    """From the link to older posts, or from the head's ``rel=prev``."""
    said = [link.get("data-before") or link.get("href") or "" for link in _of_class(root, "tme_messages_more")]
    said += [str(href) for href in root.xpath("//link[@rel='prev']/@href")]
    for one in said:
        found = re.fullmatch(r"(?:[^?]{0,200}\?(?:[^#]{0,200}&)?before=)?([0-9]{1,12})", one.strip())
        if found and int(found[1]) > 1:
            return int(found[1])
    return None


def _entry(message: HtmlElement, post: str, url: str) -> Entry | None:
    body = _text_of_post(message)
    lines = list(_lines(body)) if body is not None else []
    preview = next(iter(_of_class(message, "tgme_widget_message_link_preview")), None)
    said = "\n".join("".join(text for text, _ in line) for line in lines)
    if not _NOT_WORDS.sub("", said):
        # nothing but an address: what it leads to is what the post says
        card = _card(preview)
        if not card and not said.strip():
            return None
        lines = [*[[(line, "")] for line in card], *lines]
    times = message.xpath(".//a[contains(@class, 'tgme_widget_message_date')]//time/@datetime")
    at = str(times[0]) if times else None
    plain = ["".join(text for text, _ in line) for line in lines]
    hashtags = (text[1:].replace("_", " ").strip() for line in lines for text, _ in line if text.startswith("#"))
    return Entry(
        url=f"{_origin(url)}/{post}",
        title=title_of(plain) or None,
        content=_as_html(lines, url) or None,
        author=_first(message, "tgme_widget_message_from_author"),
        image=_picture(message, url),
        tags=tuple(dict.fromkeys(filter(None, hashtags)))[:100],
        published_at=moment(at),
        published_raw=at,
        complete=True,
        links=_links(lines, preview, url),
        notes=tuple(_notes(message)),
    )


def _notes(message: HtmlElement) -> Iterator[str]:
    forwarded = _first(message, "tgme_widget_message_forwarded_from_name")
    if forwarded or _of_class(message, "tgme_widget_message_forwarded_from"):
        yield f"forwarded from {forwarded[:120]}" if forwarded else "forwarded"
    metas = _of_class(message, "tgme_widget_message_meta")
    if any(_EDITED.search("".join(meta.itertext()).lower()) for meta in metas):
        yield "edited after it was posted"


def _text_of_post(message: HtmlElement) -> HtmlElement | None:
    """The post's own text, or its poll; not that of the post which it answers."""
    for name in ("tgme_widget_message_text", "tgme_widget_message_poll"):
        for found in _of_class(message, name):
            answered = any("tgme_widget_message_reply" in (outer.get("class") or "") for outer in found.iterancestors())
            if not answered and "reply" not in (found.get("class") or ""):
                return found
    return None


def _card(preview: HtmlElement | None) -> list[str]:
    if preview is None:
        return []
    said = (_first(preview, name) for name in ("link_preview_title", "link_preview_description"))
    return [line for line in said if line]


# --- a post's text as lines of pieces, each with the address that it links to ----------------------------------

_Piece = tuple[str, str]


def _lines(element: HtmlElement) -> Iterator[list[_Piece]]:
    """Blank lines are empty lists; never two of them running."""
    line: list[_Piece] = []
    blank = True
    for text, href, ends in _pieces(element, ""):
        if text:
            line.append((text, href))
        if ends:
            tidy = _tidied(line)
            if tidy or not blank:
                yield tidy
            blank, line = not tidy, []
    if tidy := _tidied(line):
        yield tidy


def _pieces(element: HtmlElement, href: str) -> Iterator[tuple[str, str, bool]]:
    """(text, address, whether the line ends behind it)."""
    if element.tag == "br":
        yield "", "", True
        return
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    if element.tag == "a":
        href = element.get("href") or ""
    block = element.tag in BLOCKS
    if block:
        yield "", "", True
    yield from _texts(element.text, href, pre=element.tag == "pre")
    for inner in element:
        yield from _pieces(inner, href)
        yield from _texts(inner.tail, href, pre=element.tag == "pre")
    if block:
        yield "", "", True


def _texts(text: str | None, href: str, *, pre: bool) -> Iterator[tuple[str, str, bool]]:
    lines = (text or "").split("\n") if pre else [re.sub(r"\s+", " ", text or "")]
    for number, line in enumerate(lines, 1):
        yield line, href, number < len(lines)


def _tidied(line: list[_Piece]) -> list[_Piece]:
    """Without white space at the ends and doubled; with one piece for what had been cut into letters and emoji."""
    kept: list[_Piece] = []
    for text, href in line:
        if kept and kept[-1][1] == href:
            kept[-1] = (kept[-1][0] + text, href)
        else:
            kept.append((text, href))
    kept = [(re.sub(r"[ \xa0]+", " ", text), href) for text, href in kept]
    while kept and not squeeze(kept[0][0]):
        kept.pop(0)
    while kept and not squeeze(kept[-1][0]):
        kept.pop()
    if kept:
        kept[0] = (kept[0][0].lstrip(), kept[0][1])
        kept[-1] = (kept[-1][0].rstrip(), kept[-1][1])
    return kept


def _as_html(lines: list[list[_Piece]], url: str) -> str:
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append("".join(_piece(text, href, url) for text, href in line))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "".join(f"<p>{'<br>'.join(paragraph)}</p>" for paragraph in paragraphs if paragraph)


def _piece(text: str, href: str, url: str) -> str:
    address = _absolute(href, url)
    said = html.escape(text)
    # a hashtag links to a search: no page of anybody's
    return f'<a href="{html.escape(address)}">{said}</a>' if address and not href.startswith("?") else said


def _links(lines: list[list[_Piece]], preview: HtmlElement | None, url: str) -> tuple[str, ...]:
    """Where the post sends its readers, beyond Telegram."""
    said = [href for line in lines for _, href in line if href]
    said += [preview.get("href") or ""] if preview is not None else []
    found: dict[str, str] = {}
    for href in said:
        if link := _beyond(_absolute(href, url), url):
            found.setdefault(canonical(link), link)
    return tuple(found.values())[:_MOST_LINKS]


def _beyond(address: str | None, url: str) -> str | None:
    if address is None:
        return None
    parts = urlsplit(address)
    if parts.path == "/iv":  # Telegram's own view of another site's page
        address = dict(parse_qsl(parts.query)).get("url", "")
        parts = urlsplit(address) if is_http(address) else parts
    host = (parts.hostname or "").lower()
    return None if not is_http(address) or _THEIRS.search(host) or host == urlsplit(url).hostname else address


def _absolute(href: str, url: str) -> str | None:
    try:
        whole = urljoin(url, href.strip()) if href.strip() else ""
    except ValueError:
        return None
    return whole if is_http(whole) else None


def _origin(url: str) -> str:
    """Where posts have their own addresses; of a mirror the mirror's."""
    parts = urlsplit(url)
    return "https://t.me" if (parts.hostname or "").lower() in HOSTS else f"{parts.scheme}://{parts.netloc}"


def _picture(message: HtmlElement, url: str) -> str | None:
    for name in ("tgme_widget_message_photo_wrap", "tgme_widget_message_video_thumb"):
        for found in _of_class(message, name):
            style = _PICTURE.search(found.get("style") or "")
            if style and (address := _absolute(style[1], url)):
                return address
    return None


def _first(element: HtmlElement, name: str) -> str | None:
    found = next(iter(_of_class(element, name)), None)
    return (squeeze("".join(found.itertext())) or None) if found is not None else None


def _of_class(element: HtmlElement, name: str, *, itself: bool = False) -> list[Any]:
    """Elements of that class within another one, in reading order, and with ``itself`` that one too."""
    axis = "descendant-or-self" if itself else "descendant"
    query = f"{axis}::*[contains(concat(' ', normalize-space(@class), ' '), concat(' ', $name, ' '))]"
    return list(element.xpath(query, name=name))


# --- a post's title --------------------------------------------------------------------------------------------


def title_of(lines: list[str]) -> str:
    """A title for a text that has none: its first line, or as much of it as makes a headline (some 90 characters).

    A line of one or two words ("عاجل", a hashtag, an emoji) is no headline alone: the next one joins it. Of a long line the first
    sentence is taken, else whole words with an ellipsis.
    """
    said: list[str] = []
    for line in filter(None, (_ORNAMENT.sub("", squeeze(line)) for line in lines)):
        words = _NOT_WORDS.sub(" ", line).split()
        if not words and re.match(r"https?://|#|@", line):
            continue
        said.append(line)
        if len(words) >= 3 or len(said) == 3:
            break
    title = " ".join(said) or next((squeeze(line) for line in lines if squeeze(line)), "")
    if len(title) <= _LONGEST_TITLE:
        return title
    end = next((e.end() for e in _SENTENCE_END.finditer(title, 25, _LONGEST_TITLE + 1)), 0)
    if end:
        return title[:end].rstrip(".؛ ")
    cut = title.rfind(" ", 20, _LONGEST_TITLE)
    return title[: cut if cut > 0 else _LONGEST_TITLE].rstrip(" ،,:-–|") + "…"
