"""Reading a page: bytes in, an Article out, or the reason why there is none.

Pure: nothing is fetched, ``now`` and ``zone`` are arguments. The order is decode, parse within limits, collect what
the markup says, prune what is not the article, find the text, filter its lines, judge it. What fails the judgement
gives way to the page's JSON-LD, then to what the listing said of the article.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import parse_qsl, urlsplit

from lxml import etree
from lxml.html import HtmlElement

from crawler import gate, habits, labels, published
from crawler.article import Article, Entry
from crawler.body import THIN, read_lines
from crawler.charset import decode
from crawler.folding import bare, overlap, squeeze, words
from crawler.languages import language_of, letter_share
from crawler.metadata import Metadata, collect
from crawler.notes import FROM_DATA, FROM_FEED, LIVE, NO_HEADLINE, PAGED, UNLIKE, VIDEO
from crawler.sheet import Sheet, TooMuch, parse
from crawler.source import Habits
from crawler.surroundings import bylines, headline_at, is_dateline, is_time, printed_dates, prominent
from crawler.titles import author_of, headline, tags_of
from crawler.urls import canonical, same_site
from crawler.widgets import prune

__all__ = ["Reading", "explain", "read"]

_SENTENCE = 60
"""Characters: a longer line is not repeated on purpose, as the refrain of a poem is; the page has a copy for telephones."""
_NAME = 4
"""Words: a document's title of so many may be the site's name."""
_NO_MARKUP = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"RIFF",
    b"ID3",
    b"OggS",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
)
_EMPTY = 600
"""Characters: a page that shows no more than this has not been filled yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is understood of one page."""

    article: Article | None
    why: str = ""
    """Why there is no article, or why its text is not the page's; empty where the page was read."""
    pruned: tuple[str, ...] = ()
    """What was left out of the page and by which rule: ``rule: first words``, in reading order."""
    dates: tuple[tuple[str, str], ...] = ()
    """What may say when it was published, as it stands there, the most trusted first: where it stands, and what."""


def read(
    body: bytes,
    url: str,
    content_type: str | None,
    now: datetime,
    zone: str,
    *,
    entry: Entry | None = None,
    boilerplate: Collection[str] = (),
    source: str = "",
    habits: Habits | None = None,
) -> Article | None:
    """The article on a page; ``None``: nothing that can be called an article.

    ``body`` are the bytes as fetched from ``url``, ``content_type`` the header, ``now`` the aware moment of
    fetching, ``zone`` the IANA zone of what the outlet prints without one, ``entry`` what the listing said,
    ``boilerplate`` lines of the source that are never news, ``source`` the name that goes into the article, ``habits``
    what the source's texts are usually like: one that is not like them gives way to the listing's.
    Never raises for what a page holds.
    """
    return explain(
        body, url, content_type, now, zone, entry=entry, boilerplate=boilerplate, source=source, habits=habits
    ).article


def explain(
    body: bytes,
    url: str,
    content_type: str | None,
    now: datetime,
    zone: str,
    *,
    entry: Entry | None = None,
    boilerplate: Collection[str] = (),
    source: str = "",
    habits: Habits | None = None,
) -> Reading:
    """Same arguments as :func:`read`; says besides why there is no article and what was pruned."""
    work = _Work(url, now, zone, entry, boilerplate, source, habits)
    try:
        urlsplit(url)
    except ValueError as error:
        return Reading(article=None, why=f"not an address: {error}")
    if body.lstrip()[:8].startswith(_NO_MARKUP):
        return _from_entry(work, "a file, not a page")
    try:
        root = parse(decode(body, content_type))
    except TooMuch as much:
        return _from_entry(work, f"more than a news page may cost: {much}")
    if root is None or (root.find(".//body") is None and not len(root)):
        return _from_entry(work, "no markup found")
    return _from_page(work, root)


@dataclass(frozen=True, slots=True)
class _Work:
    """The arguments of one reading."""

    url: str
    now: datetime
    zone: str
    entry: Entry | None
    boilerplate: Collection[str]
    source: str
    habits: Habits | None


def _from_page(work: _Work, root: HtmlElement) -> Reading:
    metadata = collect(root, work.url)
    scripted = gate.needs_browser(root)
    etree.strip_elements(root, "script", "style", "svg", "noscript", "template", with_tail=False)
    sheet = Sheet(root)
    title = _title(work, sheet, metadata)
    shown = sheet.size(root)
    why = gate.no_article(root, metadata, sheet, title, work.url)
    if why:
        return _from_entry(work, why)
    notes = [LIVE] if gate.is_live(root, metadata) else []
    if gate.is_paged(root, work.url):
        notes.append(PAGED)
    video = gate.is_video(root, metadata)
    dated, author = printed_dates(sheet, title), author_of(metadata, bylines(sheet, title), work.url)
    sheet, pruned = prune(sheet)
    text, origin, why = _text(work, sheet, metadata, title, pruned)
    first, _, rest = text.partition("\n")
    if author and rest and bare(first) == bare(author):
        pruned.append(f"byline: {first}")
        text = rest
    if why and scripted and shown < _EMPTY:
        why = "needs a browser: its text comes by script"
    if not text:
        return _from_entry(work, "a video and no text" if video else why, tuple(pruned))
    if origin:
        notes.append(origin)
    if why.startswith(UNLIKE):
        notes.append(why)
    if video and len(text) < THIN:
        notes.append(VIDEO)
    language = language_of(f"{title}\n{text}", metadata.language)
    moment = published.choose(metadata.dates, work.entry, dated, work.url, work.now, work.zone, hijri=language == "ar")
    if moment is not None and moment.note:
        notes.append(moment.note)
    if not title:
        notes.append(NO_HEADLINE)
    entry = work.entry
    article = Article(
        url=_address(work, metadata),
        source=work.source,
        title=title or text.partition("\n")[0][:120],
        text=text,
        language=language,
        fetched_at=work.now.astimezone(UTC),
        published_at=moment.at if moment else None,
        published_from=moment.origin if moment else None,
        published_raw=(moment.raw or None) if moment else None,
        author=author or (entry.author if entry else None),
        image=_image(metadata) or (entry.image if entry else None),
        tags=tags_of(metadata, title) or (entry.tags if entry else ()),
        summary=_summary(metadata, title) or (entry.summary if entry else None),
        notes=tuple(dict.fromkeys(notes)),
    )
    return Reading(
        article=article,
        why=why if origin == FROM_FEED else "",
        pruned=tuple(pruned),
        dates=(*(("metadata", said) for said in metadata.dates), *(("printed", said) for said in dated)),
    )


def _title(work: _Work, sheet: Sheet, metadata: Metadata) -> str:
    unnamed = not metadata.titles and work.entry is None and sheet.root.find(".//h1") is None
    # an old site has its name for the title of every page, and headlines that are only larger than the rest
    if unnamed and len(words(metadata.document_title)) <= _NAME and (large := prominent(sheet)):
        return large
    headings = [squeeze(" ".join(h.itertext())) for h in islice(sheet.root.iter("h1"), 8)]
    printed = [line.text for line in sheet.lines if not line.linked]
    hint = work.entry.title if work.entry else None
    return headline(metadata, headings, work.url, hint, printed)


# --- the text ----------------------------------------------------------------------------------------------


def _text(work: _Work, sheet: Sheet, metadata: Metadata, title: str, pruned: list[str]) -> tuple[str, str, str]:
    """The text, the note on where it came from (empty: the page), and why the page's own was not taken."""
    description = metadata.descriptions[0] if metadata.descriptions else ""
    found, placed = read_lines(sheet, headline_at(sheet, title), title, description)
    text = "\n".join(_filtered(found, title, work.boilerplate, pruned))
    why = gate.poor(text, title, metadata.language, placed=placed) or _unlike(text, title, work.habits)
    best, origin = ("", "") if why else (text, "")
    for html, note in ((metadata.body, FROM_DATA), ((work.entry and work.entry.content) or "", FROM_FEED)):
        # a whole text is not looked at twice, unless the other one promises to be far longer
        if not html or (len(best) >= THIN and len(html) < 1.5 * len(best) + THIN):
            continue
        other = "\n".join(_from_html(html, title, work.boilerplate))
        if gate.poor(other, title, metadata.language) or (note == FROM_DATA and _unlike(other, title, work.habits)):
            continue
        if _better(other, best, title):
            best, origin = other, note
    return best, origin, why


def _unlike(text: str, title: str, usual: Habits | None) -> str:
    why = habits.unlike(habits.measured(title, text), usual) if usual else ""
    return f"{UNLIKE}: {why}" if why else ""


def _better(other: str, text: str, title: str) -> bool:
    """Whether another opinion is the better text: much longer and of the same thing, or the same without the rest."""
    if not text:
        return True
    if bare(other) == bare(text) or other.rstrip().endswith(("…", "...", "[…]")):
        return False
    about = overlap(other, title) >= overlap(text, title)
    if len(text) >= THIN:
        return about and len(other) > 1.5 * len(text) and overlap(other, text) > 0.8
    return about and (len(other) > 1.3 * len(text) or bare(other) in bare(text))


def _from_html(html: str, title: str, boilerplate: Collection[str]) -> list[str]:
    """The lines of a piece of HTML or of plain text, without labels and boilerplate."""
    if "<" not in html:
        return _filtered([squeeze(line) for line in html.splitlines()], title, boilerplate, [])
    try:
        root = parse(f"<html><body><div>{html}</div></body></html>")
    except TooMuch:
        return []
    if root is None:
        return []
    sheet, _ = prune(Sheet(root))
    lines = [line.text for line in sheet.lines if not (line.linked and len(line.text) > 12)]
    return _filtered(lines, title, boilerplate, [])


def _filtered(found: list[str], title: str, boilerplate: Collection[str], pruned: list[str]) -> list[str]:
    """The lines that are text: no labels, no boilerplate, no headline or date line around them, no line twice running."""
    kept: list[str] = []
    long: set[str] = set()
    for line in found:
        letters = bare(line)
        if len(line) >= _SENTENCE and letters in long:
            pruned.append(f"told already: {line[:80]}")
            continue
        long.add(letters)
        if labels.is_boilerplate(line):
            pruned.append(f"label: {line[:80]}")
        elif len(line) > 300 and letter_share(line) < 0.3:
            pruned.append(f"no words: {line[:80]}")
        elif (len(letters) > 1 or letters.isdigit()) and (not kept or line != kept[-1]):
            kept.append(line)
    kept, dropped = labels.without(kept, boilerplate)
    pruned += [f"boilerplate of the source: {line[:80]}" for line in dropped]
    wanted = bare(title)
    while len(kept) > 1 and (bare(kept[0]) == wanted or is_dateline(kept[0])):
        pruned.append(f"headline or date line: {kept.pop(0)[:80]}")
    kept = _without_times(kept, pruned)
    while len(kept) > 1 and is_dateline(kept[-1]):
        pruned.append(f"date line: {kept.pop()[:80]}")
    return kept


def _without_times(lines: list[str], pruned: list[str]) -> list[str]:
    """The lines without those that are a time of day: a live blog prints one over each of its posts."""
    times = [line for line in lines if is_time(line)]
    pruned += [f"time of a post: {line}" for line in times]
    return [line for line in lines if line not in times] if len(times) < len(lines) else lines


# --- what the listing said ---------------------------------------------------------------------------------


def _from_entry(work: _Work, why: str, pruned: tuple[str, ...] = ()) -> Reading:
    """An article of the listing's text, where it carries enough to be one."""
    entry = work.entry
    offers = [entry.content or "", entry.summary or ""] if entry is not None else []
    title = squeeze(entry.title or "") if entry is not None else ""
    texts = ["\n".join(_from_html(offer, title, work.boilerplate)) for offer in offers if offer]
    text = next((text for text in texts if not gate.poor(text, title, None)), "")
    if entry is None or not text or not title:
        return Reading(article=None, why=why, pruned=pruned)
    language = language_of(f"{title}\n{text}", None)
    moment = published.choose((), entry, (), entry.url, work.now, work.zone)
    article = Article(
        # the page is not this article's: its address may be the front page that an old link leads to
        url=canonical(entry.url),
        source=work.source,
        title=title,
        text=text,
        language=language,
        fetched_at=work.now.astimezone(UTC),
        published_at=moment.at if moment else None,
        published_from=moment.origin if moment else None,
        published_raw=(moment.raw or None) if moment else None,
        author=entry.author,
        image=entry.image,
        tags=entry.tags,
        summary=entry.summary,
        notes=(FROM_FEED,),
    )
    return Reading(article=article, why=why, pruned=pruned)


# --- address, picture, summary -----------------------------------------------------------------------------

_PASSING_KEYS = frozenset(
    {"amp", "noamp", "outputtype", "ref", "from", "share", "print", "m", "page", "replytocom", "src", "source"}
)


def _address(work: _Work, metadata: Metadata) -> str:
    """The article's canonical address: the page's own word for it where that can be believed.

    Not believed: another site, a front page, an address that lacks the number or the ``?id=`` that tells this
    article from the others (themes that print the section's address on every page would make all articles one).
    """
    own, said = canonical(work.url), metadata.canonical
    if said is None or not same_site(said, work.url) or gate.is_front_page(said):
        return own
    here, there = urlsplit(own), urlsplit(canonical(said))
    own_keys = {key.lower() for key, _ in parse_qsl(here.query)} - _PASSING_KEYS
    if own_keys and not there.query and there.path.rstrip("/") == here.path.rstrip("/"):
        return own
    if here.path.rstrip("/").startswith(there.path.rstrip("/") + "/"):
        rest = here.path[len(there.path.rstrip("/")) :].strip("/").lower()
        if rest not in ("amp", "feed", "print", "index.html") and not rest.startswith("page/"):
            return own
    return canonical(said)


def _image(metadata: Metadata) -> str | None:
    return next((image for image in metadata.images if "logo" not in urlsplit(image).path.lower()), None)


def _summary(metadata: Metadata, title: str) -> str | None:
    """The page's own description, where it is more than the headline or the outlet's motto."""
    for text in metadata.descriptions:
        if len(text) >= 40 and bare(text) != bare(title) and (overlap(text, title) > 0 or not title):
            return text
    return None
