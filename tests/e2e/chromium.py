"""Debian's Chromium without a window, driven over two pipes (DevTools protocol): no socket, no port, no driver.

https://chromedevtools.github.io/devtools-protocol/ ; ``--remote-debugging-pipe``: commands on file descriptor 3, answers
on 4, JSON closed by a NUL.
"""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

__all__ = ["ABSENT", "Chromium", "Tab", "found"]

ABSENT = "Debian's chromium is not here: apt-get install chromium fonts-noto-core"

_FLAGS = (
    "--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
    "--disable-domain-reliability", "--hide-scrollbars", "--remote-debugging-pipe",
    # Its own services (updates, accounts, time) are asked for whatever is switched off: no name is ever looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND", "--no-pings", "--disable-client-side-phishing-detection",
)  # fmt: skip


def found() -> str | None:
    """Where it is, if it is."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Chromium:
    """One browser with an empty profile of its own; ends with the ``with`` block, however that ends."""

    def __init__(self, *flags: str, patience: float = 60.0) -> None:
        self._flags, self._patience = flags, patience
        self._number, self._rest = 0, b""
        self.events: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        browser = found()
        if browser is None:
            raise FileNotFoundError(ABSENT)
        self._profile = tempfile.TemporaryDirectory(prefix="rasid-chromium-", ignore_cleanup_errors=True)
        commands_out, self._commands = os.pipe()
        self._answers, answers_in = os.pipe()
        flags = [*_FLAGS, *self._flags, f"--user-data-dir={self._profile.name}"]
        if os.geteuid() == 0:
            flags.append("--no-sandbox")
        # A shell puts the two pipes where Chromium looks for them.
        script = f'exec "$@" 3<&{commands_out} 4>&{answers_in}'
        self._process = subprocess.Popen(
            ["/bin/bash", "-c", script, "bash", browser, *flags, "about:blank"],
            pass_fds=(commands_out, answers_in), start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands_out)
        os.close(answers_in)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, RuntimeError):
            self.send("Browser.close")
        ended, until = None, time.monotonic() + 10
        while ended is None and time.monotonic() < until:
            # WNOWAIT: its number stays taken until its children are ended too.
            ended = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._commands)
        os.close(self._answers)
        self._profile.cleanup()

    def send(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """The result of a command; events that come meanwhile go to ``events``."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + self._patience
        while True:
            answer = self._next(until)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait_for(self, method: str, session: str) -> dict[str, Any]:
        """The first such event of a session, past or to come; it is taken out of ``events``."""
        until, at = time.monotonic() + self._patience, 0
        while True:
            for i, event in enumerate(self.events[at:], at):
                if event.get("method") == method and event.get("sessionId") == session:
                    return self.events.pop(i)
            at = len(self.events)
            self.events.append(self._next(until))

    def _next(self, until: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._answers], [], [], max(until - time.monotonic(), 0))
            if not ready:
                raise TimeoutError(f"chromium said nothing for {self._patience:.0f} s")
            part = os.read(self._answers, 1 << 20)
            if not part:
                raise OSError("chromium has ended")
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    @contextmanager
    def tab(self, address: str, *, width: int, height: int, dark: bool = False, scale: float = 1) -> Iterator[Tab]:
        """A page, loaded, in a window (a phone below 600 px) of that size in CSS pixels."""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Tab(self, session)
        for domain in ("Page", "Network", "Log", "Runtime"):
            tab.send(f"{domain}.enable")
        tab.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=scale,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        tab.send("Emulation.setEmulatedMedia", features=[scheme])
        tab.send("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired", session)
        yield tab
        self.send("Target.closeTarget", targetId=target)


class Tab:
    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser, self.session = browser, session

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.send(method, self.session, **parameters)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression (DevTools may, though the page itself may run no script)."""
        result = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in result:
            raise RuntimeError(str(result["exceptionDetails"]))
        return result["result"].get("value")

    def events(self, method: str) -> list[dict[str, Any]]:
        """What has come of this tab so far."""
        return [
            e["params"]
            for e in self._browser.events
            if e.get("method") == method and e.get("sessionId") == self.session
        ]

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        """A PNG of the window, or of the whole page."""
        shot = self.send("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def print(self, path: Path) -> None:
        """A PDF, on the page size and with the margins that the page asks for."""
        printed = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=False)
        path.write_bytes(base64.b64decode(printed["data"]))
