import os
import socket
from pathlib import Path

import pytest

from monitor.notify import Notifier


@pytest.mark.parametrize("abstract", [False, True])
def test_words_arrive_as_one_datagram(tmp_path: Path, abstract: bool) -> None:
    address = f"@rasid-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0", 1) if abstract else address)
        notifier = Notifier({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "120000000", "WATCHDOG_PID": str(os.getpid())})
        notifier.say("READY=1", "STATUS=يعمل")
        assert systemd.recv(100).decode() == "READY=1\nSTATUS=يعمل"
    assert notifier.every == 60
    notifier.say("WATCHDOG=1")  # nobody listens any more: no matter


@pytest.mark.parametrize("given", [{}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "1000000", "WATCHDOG_PID": "1"}])
def test_without_systemd_nothing_is_said_and_no_sign_of_life_is_asked_for(given: dict[str, str]) -> None:
    notifier = Notifier(given)
    assert notifier.every is None
    notifier.say("READY=1")
