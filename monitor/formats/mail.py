"""The digest as a mail (RFC 5322): plain text and a web page that mail programs show, nothing that they would have to fetch.

It is complete, but for the addresses: those belong to whoever sends it.
"""

from __future__ import annotations

import hashlib
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from monitor.digest import Digest
from monitor.formats import when
from monitor.formats.html import page
from monitor.formats.safe import plain
from monitor.formats.sentences import headline
from monitor.formats.text import render as text
from monitor.formats.words import say

__all__ = ["render"]


def render(digest: Digest) -> str:
    """ASCII only: headers as RFC 2047 writes them, both bodies in base64."""
    language = digest.language
    whose = f"{say(language, 'comma')}{plain(digest.title)}" if digest.title else ""
    mail = EmailMessage(SMTP.clone(linesep="\n"))
    mail["Subject"] = (
        f"{say(language, 'title')}{whose}{say(language, 'comma')}{when.long_day(digest.day, language)}: {headline(digest)}"
    )
    mail["From"] = Address(say(language, "name"), "rasid", "localhost")
    mail["Date"] = digest.made_at
    mail["Message-ID"] = f"<{digest.audience}.{digest.day}@rasid.invalid>"
    mail["Auto-Submitted"] = "auto-generated"
    written, shown = text(digest), page("mail.html", digest=digest, language=language)
    mail.set_content(written, cte="base64")
    mail.add_alternative(shown, subtype="html", cte="base64")
    mail["Content-Language"] = language
    # Of its own making it would be a random number: the same digest, the same bytes.
    mail.set_boundary(f"rasid-{hashlib.sha256((written + shown).encode()).hexdigest()[:32]}")
    return mail.as_string()
