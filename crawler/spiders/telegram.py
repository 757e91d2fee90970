"""Source kind ``telegram``: the public web preview of a channel, ``https://t.me/s/NAME``. No account, no key of an API."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler import telegram
from crawler.article import Page
from crawler.charset import decode
from crawler.source import Source
from crawler.spiders.kinds import Listing

__all__ = ["TelegramKind"]


class TelegramKind:
    """``url`` is the channel, with or without ``/s/``. Its Entries are complete: a post has no page that says more."""

    def start(self, source: Source) -> str:
        parts = urlsplit(source.url)
        path = [part for part in parts.path.split("/") if part and part != "s"]
        host = "t.me" if parts.netloc.lower() in telegram.HOSTS else parts.netloc
        return urlunsplit((parts.scheme, host, f"/s/{path[0] if path else ''}", "", ""))

    def showing(self, url: str, source: Source) -> str | None:
        """The posts up to that one."""
        number = re.fullmatch(r".*/([0-9]{1,12})", urlsplit(url).path)
        return f"{self.start(source)}?{urlencode({'before': int(number[1]) + 1})}" if number else None

    def listing(self, page: Page, source: Source) -> Listing:
        channel = telegram.read(decode(page.body, page.content_type), page.url)
        return Listing(entries=channel.entries, defects=channel.defects, older=self._older(channel, page, source))

    def _older(self, channel: telegram.Channel, page: Page, source: Source) -> str | None:
        before = channel.before
        asked = dict(parse_qsl(urlsplit(page.url).query)).get("before", "")
        # a page that names itself, or a newer one, would be asked for ever
        if before is None or (re.fullmatch(r"[0-9]{1,12}", asked) and before >= int(asked)):
            return None
        return f"{self.start(source)}?{urlencode({'before': before})}"
