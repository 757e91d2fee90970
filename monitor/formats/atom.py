"""The digest as an Atom feed (RFC 4287), so that a feed reader can subscribe to a watch list: an entry for each Story under
each list that shows it. The feed of each list, :func:`by_list`, is put together from the feeds of the newest days.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, register_namespace, tostring

from markupsafe import escape

from monitor.digest import Digest, Piece, Story
from monitor.evidence.roots import printed
from monitor.formats import sentences, when
from monitor.formats.safe import link, plain
from monitor.formats.words import MARKS, direction, say

__all__ = ["by_list", "render"]

_ATOM = "http://www.w3.org/2005/Atom"
_SPACE = uuid.UUID("6a1c1f0e-5a3f-5b0c-9d5e-2f0a7a5f4e11")
"""Ours, so that an entry's id is the same wherever and whenever its digest is made."""
_MOST = 500
"""Entries of a list's feed; what is older has been fetched by every reader that asks once a week."""

register_namespace("", _ATOM)


def render(digest: Digest) -> str:
    """All lists of one day."""
    language = digest.language
    whose = f"{say(language, 'comma')}{plain(digest.title)}" if digest.title else ""
    title = f"{say(language, 'title')}{whose}{say(language, 'comma')}{when.long_day(digest.day, language)}"
    feed = _feed(_urn(f"digest/{digest.audience}/{digest.day}"), title, digest.until, language)
    subtitle = sentences.headline(digest)
    if digest.redacted:
        subtitle = f"{say(language, 'redacted')} {subtitle}"
    roots = "".join(f" · {say(language, 'root')} {printed(root)}" for root in digest.roots)
    SubElement(feed, _name("subtitle")).text = f"{subtitle}{roots}"
    for list_id, list_title, story in _shown(digest):
        feed.append(_entry(digest, list_id, list_title, story))
    return _written(feed)


def by_list(days: Sequence[str], *, audience: str, language: str) -> dict[str, str]:
    """The feed of each list that stands in them, from feeds of :func:`render`, the newest day first."""
    entries: dict[str, list[Element]] = {}
    titles: dict[str, str] = {}
    updated = ""
    for day in days:
        try:
            feed = fromstring(day)  # noqa: S314 - our own file
        except ParseError:
            continue
        updated = max(updated, feed.findtext(_name("updated"), ""))
        for entry in feed.iterfind(_name("entry")):
            category = entry.find(_name("category"))
            if category is not None and (list_id := category.get("term")):
                titles.setdefault(list_id, category.get("label", list_id))
                entries.setdefault(list_id, []).append(entry)
    made = {}
    for list_id, mine in sorted(entries.items()):
        title = f"{say(language, 'name')}{say(language, 'comma')}{titles[list_id]}"
        feed = _feed(_urn(f"list/{audience}/{list_id}"), title, datetime.fromisoformat(updated), language)
        feed.extend(mine[:_MOST])
        made[list_id] = _written(feed)
    return made


def _shown(digest: Digest) -> Iterator[tuple[str, str, Story]]:
    """Each Story once for each of the lists that show it; an urgent or late one under the list of its first reason."""
    for story in (*digest.urgent, *digest.late):
        yield story.why[0].list, story.why[0].list_title, story
    for section in digest.lists:
        for story in section.stories:
            yield section.id, section.title, story


def _feed(identity: str, title: str, updated: datetime, language: str) -> Element:
    feed = Element(_name("feed"), {"{http://www.w3.org/XML/1998/namespace}lang": language})
    SubElement(feed, _name("id")).text = identity
    SubElement(feed, _name("title")).text = title
    SubElement(feed, _name("updated")).text = _moment(updated)
    author = SubElement(feed, _name("author"))
    SubElement(author, _name("name")).text = say(language, "name")
    SubElement(feed, _name("generator")).text = "Rasid"
    return feed


def _entry(digest: Digest, list_id: str, list_title: str, story: Story) -> Element:
    told = story.quoted
    entry = Element(_name("entry"))
    SubElement(entry, _name("id")).text = _urn(f"{digest.audience}/{digest.day}/{list_id}/{story.id}/{told.url}")
    urgent = f"{say(digest.language, 'urgent')}: " if any(one.id == story.id for one in digest.urgent) else ""
    headline = _text(story.headline) or say(digest.language, "untitled")
    SubElement(entry, _name("title")).text = urgent + headline
    SubElement(entry, _name("updated")).text = _moment(told.fetched_at)
    if told.published_at is not None:
        SubElement(entry, _name("published")).text = _moment(told.published_at)
    author = SubElement(entry, _name("author"))
    SubElement(author, _name("name")).text = plain(told.outlet.title)
    SubElement(entry, _name("category"), {"term": list_id, "label": plain(list_title)})
    if (to := link(told.url)) is not None:
        SubElement(entry, _name("link"), {"rel": "alternate", "href": to.href})
    for telling in story.tellings:
        other = link(telling.url)
        if other is not None and telling.id != told.id:
            SubElement(
                entry, _name("link"), {"rel": "related", "href": other.href, "title": plain(telling.outlet.title)}
            )
    SubElement(entry, _name("content"), {"type": "html"}).text = "".join(_content(digest, story))
    return entry


def _content(digest: Digest, story: Story) -> Iterator[str]:
    """HTML, escaped once more by the feed."""
    language = digest.language
    comma = say(language, "comma")
    yield f'<div dir="{direction(language)}" lang="{language}">'
    if story.marks:
        yield f"<p><em>{comma.join(MARKS[language][mark] for mark in story.marks)}</em></p>"
    for quote in story.quotes:
        before, after = ("…" if cut else "" for cut in (quote.cut_before, quote.cut_after))
        yield f'<blockquote dir="auto">{before}{_marked(quote.pieces)}{after}</blockquote>'
    for telling in story.tellings:
        who = f"<bdi>{escape(plain(telling.outlet.title))}</bdi>"
        affiliation = escape(plain(sentences.affiliation(language, telling.outlet.affiliation)))
        to = link(telling.url)
        shown = f'<a href="{escape(to.href)}">{who}</a>' if to else who
        proof = (
            f"{comma}{say(language, 'proof')} <bdi>{escape(sentences.proof(plain(telling.capture)))}</bdi>"
            if telling.capture
            else ""
        )
        yield f"<p>{shown} ({affiliation}){comma}{sentences.told(digest, telling)}{proof}</p>"
    for why in story.why:
        words = comma.join(f"<bdi>{escape(plain(word))}</bdi>" for word in why.words)
        rule = f"<bdi>{escape(plain(why.rule))}</bdi>"
        yield f"<p>{say(language, 'why')}: <bdi>{escape(plain(why.list_title))}</bdi>{comma}{rule}: {words}</p>"
    yield "</div>"


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(
        f"<mark>{escape(plain(piece.text))}</mark>" if piece.marked else str(escape(plain(piece.text)))
        for piece in pieces
    )


def _text(pieces: Iterable[Piece]) -> str:
    return plain("".join(piece.text for piece in pieces)).strip()


def _urn(about: str) -> str:
    return uuid.uuid5(_SPACE, about.encode("utf-8", "surrogatepass").decode("utf-8", "replace")).urn


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _name(tag: str) -> str:
    return f"{{{_ATOM}}}{tag}"


def _written(feed: Element) -> str:
    return f"<?xml version='1.0' encoding='utf-8'?>\n{tostring(feed, encoding='unicode')}\n"
