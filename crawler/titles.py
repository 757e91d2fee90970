"""The headline without the site's name, and the names of people without the outlet's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from crawler.folding import bare, squeeze, words
from crawler.metadata import Metadata

__all__ = ["author_of", "headline", "tags_of"]

_SEPARATOR = re.compile(r"\s*(?:\s[-–—|•·*~‹«<›»>]\s|\s?[|•]\s?|\s(?:::|//)\s|\s?-{2,}\s?)\s*")
_CUT = re.compile(r"\s*(?:\.{3}|…|\[…\])\s*$")


def headline(
    metadata: Metadata, headings: Iterable[str], url: str, hint: str | None = None, printed: Iterable[str] = ()
) -> str:
    """The article's headline.

    ``headings`` are the page's ``<h1>``, ``hint`` the title that the listing gave, ``printed`` lines of the page
    among which the headline may stand unmarked. A part beside a separator is
    the site's name where the markup says so, or where another witness has the rest as the whole headline.
    Empty where the page has none.
    """
    names = _site_letters(metadata.site_names, url)
    heads = [head for head in headings if 8 <= len(head) <= 300 and bare(head) not in names]
    witnesses = {bare(text) for text in (*metadata.titles, *heads, metadata.document_title, hint or "") if text}
    shown = [*headings, *printed] if hint or not metadata.titles else []
    whole = bare(metadata.document_title) in {bare(head) for head in heads}
    unmarked = "" if metadata.titles or whole else _printed_again(metadata.document_title, shown)
    candidates = (*metadata.titles, unmarked, *heads[:1], metadata.document_title, hint or "")
    if hint and _is_printed(hint, shown) and not (metadata.titles and words(hint) & words(metadata.titles[0])):
        candidates = (hint, *candidates)  # a title that is the same on every page is not the article's
    elif hint and not metadata.titles and not heads and not words(hint) & words(metadata.document_title):
        candidates = (hint,)  # a page that a script would fill has the site's name for a title
    for candidate in candidates:
        title = _stripped(candidate, names, witnesses)
        if bare(title) and bare(title) not in names:
            return _uncut(title, [*heads, *metadata.titles, hint or ""])
    return ""


def _stripped(title: str, names: frozenset[str], witnesses: set[str]) -> str:
    """The title without parts that are the site's name, from both ends, however often it stands there."""
    title = squeeze(title)
    while True:
        parts = list(_SEPARATOR.finditer(title))
        if not parts:
            return title
        last, first = parts[-1], parts[0]
        for rest, part in (
            (title[: last.start()], title[last.end() :]),
            (title[first.end() :], title[: first.start()]),
        ):
            if bare(rest) in witnesses or (" " in rest and _is_site(part, names)):
                title = rest
                break
        else:
            # an outer part is a section or a name nobody told us, where a witness has one of the inner parts
            inner = [title[: p.start()] for p in parts if bare(title[: p.start()]) in witnesses]
            return inner[0] if inner else title


_WEAK_SEPARATOR = re.compile(rf"{_SEPARATOR.pattern}|\s*:\s+")


def _printed_again(document_title: str, printed: Iterable[str]) -> str:
    """The longer part of the document's title where the page prints just that part as a line; else empty."""
    parts = list(_WEAK_SEPARATOR.finditer(document_title))
    lines = {bare(line) for line in printed if 15 <= len(line) <= 250} if parts else set()
    for cut in parts:
        before, after = document_title[: cut.start()], document_title[cut.end() :]
        longer = max(before, after, key=len)
        if bare(longer) in lines:
            return squeeze(longer)
    return ""


def _is_printed(text: str, lines: Iterable[str]) -> bool:
    wanted = bare(text)
    return any(bare(line) == wanted for line in lines if abs(len(line) - len(text)) < 20)


def _is_site(text: str, names: frozenset[str]) -> bool:
    letters = bare(text)
    return (
        not letters
        or letters in names
        or any(len(n) > 5 and n in letters and len(letters) < len(n) + 10 for n in names)
    )


def _site_letters(site_names: Iterable[str], url: str) -> frozenset[str]:
    names = {bare(name) for name in site_names if len(name) < 80}
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    names |= {bare(host), bare(host.rpartition(".")[0])}
    return frozenset(name for name in names if len(name) > 2)


def _uncut(title: str, others: Iterable[str]) -> str:
    """The whole headline where this one was cut off with dots."""
    cut = bare(_CUT.sub("", title))
    if not _CUT.search(title) or len(cut) < 15:
        return title
    return next((other for other in others if len(other) > len(title) - 3 and bare(other).startswith(cut)), title)


_BY = re.compile(
    r"^(?:(?:مرسلة|نشرت?|أرسلت|posted)\s+)?(?:(?:بقلم|بواسطة|كتب[ته]?|تحرير|إعداد|اعداد|الكاتب|by|author)\s*[:/|-]?|"
    r"(?:حاور(?:ه|ها|هم|ته|تها)|أجرى الحوار|حوار|تقرير|تحقيق|متابعة|ريبورتاج)\s*[:/|-])\s*",
    re.IGNORECASE,
)
_NOBODY = frozenset(
    map(
        bare,
        (
            "admin",
            "administrator",
            "editor",
            "webmaster",
            "root",
            "user",
            "المحرر",
            "محرر",
            "المدير",
            "مدير الموقع",
            "ادمن",
            "الإدارة",
        ),
    )
)


def author_of(metadata: Metadata, bylines: Iterable[str], url: str) -> str | None:
    """Who wrote it, as printed; ``None`` where only the outlet or nobody is named."""
    names = _site_letters((*metadata.site_names, *_sites_in_titles(metadata)), url)
    for raw in (*metadata.authors, *bylines):
        name = _BY.sub("", squeeze(raw)).strip(" ()[]-–|:،,.")
        letters = bare(name)
        if not 2 < len(name) <= 80 or "://" in name or "@" in name or letters in _NOBODY:
            continue
        if letters in names or any(len(n) > 3 and letters.endswith(n) for n in names):
            continue
        if not re.search(r"[^\W\d_]{2}", name) or re.search(r"\d{3}|developed|powered|designed", name, re.IGNORECASE):
            continue
        return name
    return None


def _sites_in_titles(metadata: Metadata) -> list[str]:
    """The last part of the document's title: the outlet's name where no other markup gives it."""
    return _SEPARATOR.split(metadata.document_title)[1:][-1:]


def tags_of(metadata: Metadata, title: str) -> tuple[str, ...]:
    """The article's tags, without those that are the headline again, whole or cut into words."""
    letters = bare(title)
    tags = [tag for tag in metadata.tags if bare(tag) and bare(tag) != letters]
    if len(tags) > 3 and letters.startswith("".join(map(bare, tags))[: len(letters)]):
        return ()
    return tuple(dict.fromkeys(tags))
