"""What systemd is told: that the service is up, that it is alive, that it ends (sd_notify(3), sd_watchdog_enabled(3)).

A datagram of a few words to the socket named in the environment: no library is worth its weight here.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

__all__ = ["Notifier"]


class Notifier:
    """Says nothing where nobody listens."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        given = os.environ if environment is None else environment
        address = given.get("NOTIFY_SOCKET", "")
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self.every: float | None = None
        """Seconds between two signs of life: half of what the watchdog waits for. ``None``: none is asked for."""
        waits, meant = given.get("WATCHDOG_USEC", ""), given.get("WATCHDOG_PID")
        if waits.isdecimal() and int(waits) and meant in (None, str(os.getpid())):
            self.every = int(waits) / 2e6

    def say(self, *words: str) -> None:
        """``READY=1``, ``WATCHDOG=1``, ``STATUS=…``, ``STOPPING=1``. Never fails: the service does not hang on its herald."""
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.settimeout(1)
                line.sendto("\n".join(words).encode(), self._address)
        except OSError:
            return
