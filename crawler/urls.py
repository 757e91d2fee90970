"""Identity of addresses: one spelling for one address, and what its twins have in common.

Two mistakes are possible. To keep two spellings apart costs a page fetched twice, and the text tells. To merge
two addresses that are two articles loses one of them for good. So :func:`canonical` changes only what cannot
change what a server answers (RFC 3986, 6.2.2-6.2.3, as browsers do it) and drops only parameters whose exact
name is known to carry nothing but tracking; miniflux does the same, courlan drops ``eid`` and ``cid``, which are
the article on many .NET sites of the Arabic press. What is likely, but not certain, to be one article
(http and https, www, mobile, AMP, a trailing slash) is for :func:`twin_key`, which is compared and never fetched.
"""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import quote_from_bytes, unquote

__all__ = ["canonical", "is_http", "same_site", "twin_key"]


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TRACKING = _names(
    """
    fbclid fb_action_ids fb_action_types fb_comment_id fb_ref fb_source mibextid sfnsn igshid igsh
    gclid gclsrc dclid gbraid wbraid srsltid gad_source gad_campaignid _ga _gl
    msclkid yclid ysclid _openstat twclid ttclid li_fat_id epik rb_clickid zanpid
    mc_cid mc_eid mc_tc mkt_tok vero_id vero_conv oly_anon_id oly_enc_id wickedid _bhlid ck_subscriber_id
    _hsenc _hsmi __hssc __hstc __hsfp hsctatracking hmb_campaign hmb_medium hmb_source
    itm_campaign itm_medium itm_source itm_content itm_term
    pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid piwik_campaign piwik_kwd
    at_campaign at_medium at_custom1 at_custom2 at_custom3 at_custom4 at_bbc_team at_format at_link_id at_link_type
    at_link_origin at_ptr_name at_ptr_type at_campaign_type xtor xtref ns_campaign ns_mchannel ns_source ns_linkname ns_fee
    wt_mc wt_zmc traffic_source guccounter guce_referrer guce_referrer_sig ref_src ref_url __twitter_impression
    _branch_match_id _branch_referrer tblci dicbo oborigurl __readwiselocation hootpostid sharedid
    replytocom doing_wp_cron phpsessid jsessionid
    """
)
"""Exact names, lower case: campaigns, click identifiers, sessions, and WordPress's own echoes of one article.

``ref``, ``source``, ``from``, ``cid``, ``sid``, ``id`` and their like are not here on purpose: on some site they are the article.
"""
_TRACKING_PREFIXES = ("utm_", "mtm_", "hsa_", "__cf_chl_")
"""Families whose prefix nobody uses for anything else. https://matomo.org/faq/reports/common-campaign-tracking-use-cases-and-examples/"""

_SPACE = "".join(
    map(chr, (*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000))
)
_UNSEEN = _SPACE + "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
"""Before an address also the marks of direction that copying brings along; behind it they may be its own."""

_HTTP = re.compile(r"(https?):[/\\]+([^/\\?#]+)([^?#]*)(\?[^#]*)?(#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY = re.compile(r"(?:(.*)@)?(\[[^\]]*\]|[^:\[\]]*)(?::0*([0-9]{0,5}))?", re.DOTALL)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_][a-z0-9_-]{0,62}(?:\.[a-z0-9_][a-z0-9_-]{0,62})*")
_PORTS = {"http": 80, "https": 443}

_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "!$&'()*+,;=:@/%"
_QUERY_SAFE = _PATH_SAFE + "?"

_SESSION = re.compile(r";jsessionid=[^/;]*|/\(S\([a-z0-9]{24}\)\)(?=/|$)", re.IGNORECASE)
"""Java's and ASP.NET's session in the path."""
_AMPERSAND = re.compile(r"&(?:(?:amp|#0*38|#x0*26);)+", re.IGNORECASE)
"""An ampersand that was escaped for HTML once too often, as feeds have it: ``?a=1&#038;b=2``."""
_ROUTE = re.compile(r"#!.|#/.*\w")


@dataclass(frozen=True, slots=True)
class _Parts:
    """An address cut into its parts; ``host`` is in ASCII and lower case, the rest as written."""

    scheme: str
    user: str
    host: str
    port: str
    path: str
    query: str
    fragment: str

    @property
    def authority(self) -> str:
        return self.user + self.host + self.port


def is_http(url: str) -> bool:
    """Whether it is an absolute http or https address, with a host that could be one."""
    return _parsed(_trimmed(url)) is not None


def canonical(url: str) -> str:
    """One spelling of an address. Idempotent, and defined for every string.

    Changed: scheme and host in lower case, an international host in ASCII (``xn--``), no default port, no final
    dot; escapes in capitals, unreserved characters unescaped, everything beyond ASCII escaped as UTF-8; no dot
    segments, no empty query, no tracking parameters, no session in the path, no fragment. Kept: the order of
    parameters, doubled slashes, a trailing slash or its absence, the case of the path, http or https, www, and a
    fragment that is a route of its own (``#!/news/5``, ``#/news/5``). What is not an http address comes back
    without the white space around it and otherwise untouched.
    """
    url = _trimmed(url)
    parts = _parsed(url)
    if parts is None:
        return url
    return f"{parts.scheme}://{parts.authority}{_path(parts.path)}{_query(parts.query)}{_route(parts.fragment)}"


def twin_key(url: str) -> str:
    """What twins of one article have in common: to be compared with ``==``, never fetched.

    Folds http and https; ``www.``, ``m.``, ``mobile.`` and ``amp.`` hosts; ``/amp`` before or behind the path,
    ``?amp=1``, ``?outputType=amp``, AMP caches; Blogger's ``?m=1``; a trailing slash; composed and decomposed
    Arabic letters. Twins are one article in all likelihood, not by force: let the text have the last word.
    """
    url = _AMP_CACHE.sub("https://", canonical(url))
    parts = _parsed(canonical(url))
    if parts is None:
        return url
    path = _AMP_FILE.sub(r"\1", parts.path.rstrip("/")).removesuffix("/amp").rstrip("/")
    path = _AMP_FOLDER.sub("", path)
    unread = _AMP_PAIRS | _MOBILE_PAIRS if _BLOGGER.fullmatch(path) else _AMP_PAIRS
    pairs = [pair for pair in parts.query[1:].split("&") if pair and pair.lower() not in unread]
    key = _TWIN_HOST.sub("", parts.host) + parts.port + path + "?" * bool(pairs) + "&".join(pairs) + parts.fragment
    return _readable(key)


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one site, as ``amp.example.sy`` and ``www.example.sy`` do.

    By the registered name, told without the public suffix list: the last two labels of the host, three under a
    country's ``com``, ``gov`` and the like and under hosts where every name is somebody else's.
    """
    first, second = (_parsed(_trimmed(url)) for url in (a, b))
    return first is not None and second is not None and _registered(first.host) == _registered(second.host)


def _trimmed(url: str) -> str:
    url = url.lstrip(_UNSEEN).rstrip(_SPACE)
    flat = re.sub(r"[\t\r\n]", "", url)  # browsers drop them wherever they stand
    return flat if _HTTP.fullmatch(flat) else url


def _parsed(url: str) -> _Parts | None:
    before, mark, behind = url.partition("?")
    found = _HTTP.fullmatch(before + mark + _AMPERSAND.sub("&", behind))
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None:
        return None
    host = _host(authority[2])
    port = int(authority[3] or 0)
    if host is None or port > 65535:
        return None
    scheme = found[1].lower()
    return _Parts(
        scheme=scheme,
        user=_escaped(authority[1], "!$&'()*+,;=:%") + "@" if authority[1] else "",
        host=host,
        port=f":{port}" if port and port != _PORTS[scheme] else "",
        path=found[3].replace("\\", "/"),
        query=found[4] or "",
        fragment=found[5] or "",
    )


def _host(written: str) -> str | None:
    if written.startswith("["):
        with suppress(AddressValueError):
            return f"[{IPv6Address(written[1:-1]).compressed}]" if "%" not in written else None
        return None
    try:
        host = unquote(written, errors="strict") if "%" in written else written
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    host = host.lower().rstrip(".")
    return host if _HOST.fullmatch(host) else None


def _escaped(text: str, safe: str) -> str:
    """Percent escapes in one spelling (RFC 3986, 6.2.2.1 and 6.2.2.2)."""
    text = quote_from_bytes(text.encode("utf-8", "surrogatepass"), safe=safe)
    text = _LONE_PERCENT.sub("%25", text)
    return _ESCAPE.sub(_one_spelling, text)


def _one_spelling(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _path(written: str) -> str:
    """Escaped, without a session and without dot segments (RFC 3986, 5.2.4); at least a slash."""
    kept: list[str] = []
    segments = _SESSION.sub("", _escaped(written, _PATH_SAFE)).split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1:] in (["."], [".."]):
        kept.append("")
    return "/" + "/".join(kept)


def _query(written: str) -> str:
    pairs = [_escaped(pair, _QUERY_SAFE) for pair in written[1:].split("&")]
    kept = [pair for pair in pairs if pair and not _is_tracking(pair.partition("=")[0].lower())]
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)


def _route(fragment: str) -> str:
    """The fragment where it is the article and not a place in it."""
    fragment = "#" + _escaped(fragment[1:], _QUERY_SAFE)
    return fragment if _ROUTE.match(fragment) else ""


_AMP_CACHE = re.compile(
    r"https?://(?:[a-z0-9-]+\.cdn\.ampproject\.org/[a-z]+|(?:www\.)?google\.[a-z.]+/amp|www\.bing\.com/amp)/(?:s/)?(?=[a-z0-9-]+\.)"
)
_AMP_FILE = re.compile(r"\.amp(\.html?)?$")
_AMP_FOLDER = re.compile(r"^/amp(?=/[^/])")
_AMP_PAIRS = frozenset(("amp", "amp=", "amp=1", "amp=true", "outputtype=amp", "isamp=1"))
_BLOGGER = re.compile(r"/\d{4}/\d\d/[^/]+\.html")
_MOBILE_PAIRS = frozenset(("m=0", "m=1"))
_TWIN_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.[^.])")


def _readable(key: str) -> str:
    """Unescaped and composed, where that is text: other bytes are an identity too, and stay."""
    try:
        text = unquote(key, errors="strict")
    except UnicodeDecodeError:
        return key
    return unicodedata.normalize("NFC", text) if text.isprintable() else key


_SECOND_LEVEL = _names("com co net org gov gouv gob gen edu ac mil or ne go info")
_SHARED_HOSTS = _names(
    """
    blogspot.com wordpress.com medium.com substack.com tumblr.com wixsite.com weebly.com github.io gitlab.io netlify.app
    vercel.app pages.dev workers.dev herokuapp.com azurewebsites.net cloudfront.net amazonaws.com appspot.com web.app
    firebaseapp.com ampproject.org
    """
)


def _registered(host: str) -> str:
    if host.startswith("[") or host.rpartition(".")[2].isdigit():
        return host
    labels = host.split(".")
    country = len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SECOND_LEVEL
    return ".".join(labels[-3:] if country or ".".join(labels[-2:]) in _SHARED_HOSTS else labels[-2:])
