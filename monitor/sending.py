"""The one place that dials: a message goes to the address that a variable of the environment holds, through Apprise.

Apprise knows some hundred services by the form of an address (https://github.com/caronc/apprise/wiki). Addresses hold
passwords: they are read from the environment when they are needed, and stand in no file, no store and no log.
"""

from __future__ import annotations

import html
import logging
import re
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from crawler.errors import RasidError

__all__ = ["Post", "SendingError"]

_LIMIT = 60.0
"""Seconds for one message. Apprise's own limits are for one read of the socket: a server that drips never ends."""
_SHOWN = 300


class SendingError(RasidError):
    """A message was not taken, or it is not known whether it was."""


class Post:
    """Sends to the addresses of ``environment``."""

    def __init__(self, environment: Mapping[str, str], *, limit: float = _LIMIT) -> None:
        self._environment = environment
        self._limit = limit

    def send(self, target: str, title: str, body: str, *, key: str = "", files: Sequence[Path] = ()) -> None:
        """Raises :class:`SendingError` with what the service said. ``key`` names the message to a server that knows
        repeats (mail and webhooks: the header ``X-Rasid-Message``). ``files``: a mail (``.eml``) among them is the body
        where the service is mail; the others go along where a service takes files.
        """
        address = self._address(target)
        import apprise

        with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
            service = self._service(address, target)
            is_mail = getattr(service, "service_name", "") == "E-Mail"
            headers = getattr(service, "headers", None)
            if key and isinstance(headers, dict):
                headers["X-Rasid-Message"] = key
            markup = _page_of(files) if is_mail else None
            attached = [str(path) for path in files if path.suffix != ".eml" and path.exists()]
            call: dict[str, Any] = {"title": title, "body": markup or body, "notify_type": apprise.NotifyType.INFO}
            call["body_format"] = apprise.NotifyFormat.HTML if markup else apprise.NotifyFormat.TEXT
            if attached and getattr(service, "attachment_support", False) and not markup:
                call["attach"] = attached
            try:
                with _within(self._limit):
                    taken = self._carrier(service).notify(**call)
            except _OverError:
                late = f"no answer within {self._limit:g} s; whether it was taken is not known"
                raise SendingError(late, subject=target) from None
            except Exception as error:  # noqa: BLE001 - a plugin's own bug must not end the sending of the others
                raise SendingError(_harmless(f"{type(error).__name__}: {error}", address), subject=target) from None
            if not taken:
                reason = " ".join(said.getvalue().split()) or "the service did not take it"
                raise SendingError(_harmless(reason, address), subject=target)

    def _address(self, target: str) -> str:
        address = self._environment.get(target, "").strip()
        if not address:
            raise SendingError(
                "the environment has no such variable; set it to an address of Apprise's", subject=target
            )
        if re.search(r"\s", address):
            raise SendingError("it holds more than one address; give each a variable of its own", subject=target)
        return address

    def _service(self, address: str, target: str) -> Any:
        import apprise

        with warnings.catch_warnings():  # of modules that its plugins import, and that are none of ours
            warnings.simplefilter("ignore", DeprecationWarning)
            service = apprise.Apprise.instantiate(address, asset=_asset(), suppress_exceptions=True)
        if service is None:
            raise SendingError(
                "it holds no address that Apprise knows, like mailtos://user:password@mail.example.org?to=a@example.org"
                " or tgram://token/chat",
                subject=target,
            )
        return service

    def _carrier(self, service: Any) -> Any:
        import apprise

        carrier = apprise.Apprise(asset=service.asset)
        carrier.add(service)
        return carrier


def _asset() -> Any:
    """Ours: nothing remote in a message (Apprise's own logo is a link to a server), nothing kept on disk."""
    import apprise

    return apprise.AppriseAsset(
        app_id="Rasid", app_desc="Rasid", app_url="", image_url_mask="", image_url_logo="", async_mode=False,
        pgp_autogen=False, pem_autogen=False, storage_mode=apprise.PersistentStoreMode.MEMORY,
    )  # fmt: skip


def _page_of(files: Sequence[Path]) -> str | None:
    """The web page in a digest's mail."""
    path = next((path for path in files if path.suffix == ".eml" and path.exists()), None)
    if path is None:
        return None
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    page = mail.get_body(("html",))
    return None if page is None else str(page.get_content())


def _harmless(said: str, address: str) -> str:
    """What was said, without the secrets of the address."""
    parts = urlsplit(address)
    secrets = {address, parts.netloc, *re.split(r"[/@:?&=]", parts.netloc + "/" + parts.path + "/" + parts.query)}
    for secret in sorted(
        {one for one in secrets | {unquote(one) for one in secrets} if len(one) > 3}, key=len, reverse=True
    ):
        said = said.replace(secret, "…")
    said = html.unescape(re.sub(r"\s+", " ", said)).strip()
    return said[:_SHOWN] + ("…" if len(said) > _SHOWN else "")


class _OverError(BaseException):
    """The time is over. No Exception: Apprise catches those, and would go on."""


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Ends what takes longer, in the main thread, where a signal can; elsewhere the caller is a child with a limit."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def _over(*_: object) -> None:
        raise _OverError

    before = signal.signal(signal.SIGALRM, _over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
