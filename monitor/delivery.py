"""A digest on its way out: through the same outbox as the alerts, recorded together with the digest. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor import reasons
from monitor.audiences import Audience
from monitor.digest import Digest, Story
from monitor.formats import sentences, when
from monitor.formats.words import say
from storage.records import DigestRecord, Message, Waiting

__all__ = ["failed", "of_digest"]

_NAMED = 5
"""Stories of a list that the message itself names; all are in the files that go with it."""


def of_digest(audience: Audience, record: DigestRecord, digest: Digest) -> list[Message]:
    """One to each address of the audience's ``deliver:``."""
    payload = _payload(record, digest)
    return [
        Message(
            key=f"digest/{audience.name}/{target}/{record.day}", kind="digest", audience=audience.name, target=target,
            severity="urgent" if digest.urgent else "normal", payload=payload,
        )
        for target in dict.fromkeys(audience.deliver)
    ]  # fmt: skip


def _payload(record: DigestRecord, digest: Digest) -> Mapping[str, object]:
    language = digest.language
    sections = [_section(say(language, "urgent"), digest.urgent)] if digest.urgent else []
    sections += [_section(one.title, one.stories) for one in digest.lists if one.stories]
    sections += [_section(say(language, "late"), digest.late)] if digest.late else []
    named = f"{say(language, 'comma')}{digest.title}" if digest.title else ""
    title = f"{say(language, 'title')}{named}{say(language, 'comma')}{when.long_day(digest.day, language)}"
    return {
        "day": str(record.day),
        "files": list(record.files),
        "title": title,
        "headline": sentences.headline(digest),
        "redacted": digest.redacted,
        "sections": sections,
    }


def _section(title: str, stories: Sequence[Story]) -> Mapping[str, object]:
    named = [
        {
            "headline": "".join(piece.text for piece in story.headline) or story.quoted.url,
            "outlet": story.quoted.outlet.title,
            "url": story.quoted.url,
        }
        for story in stories[:_NAMED]
    ]
    return {"title": title, "stories": named, "more": len(stories) - len(named)}


def failed(waiting: Waiting, language: str) -> str:
    """For the digest's "what we did not see": a message that nobody took."""
    return say(
        language,
        "message failed",
        what=say(language, f"message {waiting.message.kind}"),
        target=waiting.message.target,
        tries=waiting.tries,
        why=reasons.said(language, waiting.error or ""),
    )
