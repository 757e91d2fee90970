"""What came from the web, made harmless before it is shown: text that cannot turn the line round, links that say where
they lead. The Digest itself keeps everything as it was published.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

__all__ = ["Link", "link", "plain"]

# Bidi embeddings, overrides and isolates (UAX 9: CVE-2021-42574 "Trojan Source" is what they can do to a reader),
# controls, zero-width spaces, byte-order marks, tags, lone surrogates, non-characters. Kept: the joiners that Persian
# and Kurdish spell with, the marks LRM, RLM, ALM that Arabic newsrooms type, and the signs of Arabic that Unicode
# counts as format characters.
_HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
_BAD_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\\\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u20d0-\u20ff"
_STACKED = re.compile(f"([{_MARKS}]{{4}})[{_MARKS}]+")


def plain(text: str) -> str:
    """One line of text without characters that can move, hide or turn round what stands beside them."""
    return _STACKED.sub(r"\1", _SPACE.sub(" ", _HARMFUL.sub("", text)))


@dataclass(frozen=True, slots=True)
class Link:
    """An address that may become a link."""

    href: str
    """ASCII only: what is not is percent-encoded, the host in punycode."""
    host: str
    """What the reader is shown: the host in punycode, without ``www.``."""

    @property
    def shown(self) -> str:
        """The address without its scheme, where there is no title to show."""
        return self.href.partition("://")[2]


@lru_cache(maxsize=4096)
def link(url: str) -> Link | None:
    """``None`` for what is no plain http or https address: javascript:, data:, a user before an @, a broken host."""
    if _BAD_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc:
        return None
    ascii_host = _ascii(host)
    if ascii_host is None:
        return None
    path = quote(parts.path, safe="/%:@!$&+,;=~-._*")
    query = f"?{quote(parts.query, safe='/%:@!$&+,;=~-._*?')}" if parts.query else ""
    fragment = f"#{quote(parts.fragment, safe='/%:@!$&+,;=~-._*?')}" if parts.fragment else ""
    where = ascii_host if port is None else f"{ascii_host}:{port}"
    return Link(href=f"{parts.scheme}://{where}{path}{query}{fragment}", host=where.removeprefix("www."))


def _ascii(host: str) -> str | None:
    if ":" in host:
        try:
            return f"[{ipaddress.IPv6Address(host)}]"
        except ValueError:
            return None
    try:
        # The codec of the standard library (IDNA 2003); what it cannot encode is shown as text, not as a link.
        encoded = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return encoded if _HOST.fullmatch(encoded) else None
