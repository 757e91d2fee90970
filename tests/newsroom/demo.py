"""``make demo``: the whole of Rasid on the bundled newsroom. A pass, then the digest of today, by the real commands.

What it makes stands under ``var/demo``. It is kept: a second run reads the same newsroom again, at the same time of
its clock and on the same port, and stores nothing twice. The next day it starts over.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.newsroom.outlets import OUTLETS, OVERFLOWS
from tests.newsroom.running import Newsroom, NewsroomError, newsroom, write_sources

__all__ = ["kept_clock", "main", "write_config"]

_ROOT = Path(__file__).parents[2]
_PORT = 8411
"""The same in every run: it is a part of the articles' addresses, by which they are recognised."""
_LINES = 25
_SETTINGS = """\
# Settings of the demo; what they may say is shown in config/settings.yaml.
contact: ""           # not needed: nothing outside this machine is asked
var: .                # beside this folder
fetching:
  delay: 100ms
  timeout: 10s
"""


def main() -> int:
    with ExitStack() as stack:
        folder, room = _start(stack)
        before = _remembered(folder)
        _say(
            f"The newsroom is open on port {room.port}: eleven invented outlets, each on a loopback address of its own.",
            "Seven are well: two feeds, a section page of the year 2005, a WordPress, a sitemap, a channel, a market's bulletins.",
            "Four are not: one is dead, one answers 429, one forbids it in robots.txt, one leads to an address inside.",
            f"The reports count back from {room.now.astimezone(ZoneInfo('Asia/Damascus')):%Y-%m-%d %H:%M} (Damascus).",
        )
        config = write_config(folder, room)
        _remember(folder, {"now": room.now.isoformat(), **before})
        return _run(folder, config, room, before.get("articles"))


def write_config(folder: Path, room: Newsroom) -> Path:
    """A configuration for the newsroom, as ``rasid init`` would give one for the world; what is there is kept, but for
    ``sources.yaml``."""
    config = folder / "config"
    lists = config / "watchlists"
    lists.mkdir(parents=True, exist_ok=True)
    for name in ("astana.yaml", "detainees.yaml"):
        if not (lists / name).exists():
            shutil.copyfile(_ROOT / "config" / "watchlists" / name, lists / name)
    if not (config / "settings.yaml").exists():
        (config / "settings.yaml").write_text(_SETTINGS, "utf-8")
    write_sources(config / "sources.yaml", room.shown)
    return config


def _start(stack: ExitStack) -> tuple[Path, Newsroom]:
    folder = _ROOT / "var" / "demo"
    now = kept_clock(folder, datetime.now(UTC))
    try:
        return folder, stack.enter_context(newsroom(now=now, port=_PORT))
    except NewsroomError as error:
        room = stack.enter_context(newsroom())
        folder = _ROOT / "var" / f"demo-{room.port}"
        _say(f"Port {_PORT} cannot be had ({error}): this run is one of its own, in {_shown(folder)}.")
        return folder, room


def kept_clock(folder: Path, clock: datetime) -> datetime | None:
    """The ``now`` of the run before, if it was of the day that ``clock`` shows; what an earlier day left is cleared away."""
    kept = _remembered(folder)
    if not kept:
        return None
    now = datetime.fromisoformat(kept["now"])
    zone = ZoneInfo("Asia/Damascus")
    if now.astimezone(zone).date() == clock.astimezone(zone).date():
        return now
    _say(f"{_shown(folder)} is of an earlier day: starting over. Its config/ is kept.")
    for path in folder.iterdir():
        if path.name != "config":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return None


def _run(folder: Path, config: Path, room: Newsroom, before: int | None) -> int:
    """``before``: how many articles the store had at the end of the last run."""
    if before is not None:
        _say(f"{_shown(folder)} is kept from the run before: {before} articles are in the store.")
        room.goes_on(OVERFLOWS)  # where it was at the end
    # the second time no source may be due yet
    if code := _rasid(config, "crawl", *(["--all"] if before is not None else [])):
        return code
    if before is None and (code := _overflow(config, room)):
        return code
    _say("", _typed(config, "digest", "--today"))
    made = _rasid_says(config, "digest", "--today")
    proven = _rasid_says(config, "evidence", "verify")
    counts = json.loads(_rasid_says(config, "status", "--json"))["counts"]
    if before is not None:
        new = counts["articles"] - before
        _say(f"Stored in this run: {new}." + ("" if new else " Nothing is stored twice."))
    _remember(folder, {"now": room.now.isoformat(), "articles": counts["articles"]})
    paths = [Path(line) for line in made.splitlines() if line.strip()]
    digest = next((path for path in paths if path.suffix == ".md"), None)
    if digest is not None:
        _say("", f"The first {_LINES} lines of the digest:", "")
        print("\n".join(digest.read_text("utf-8").splitlines()[:_LINES]))
    _say("", _typed(config, "evidence", "verify"), *proven.splitlines())
    _say("", "The digest of today so far:", *(f"  {_shown(path)}" for path in paths))
    return 0


def _overflow(config: Path, room: Newsroom) -> int:
    """While nobody looks, more comes than a feed shows."""
    outlet = OUTLETS[OVERFLOWS]
    room.goes_on(OVERFLOWS)
    _say(
        "",
        f"Meanwhile {OVERFLOWS} has published thirty bulletins, and its feed shows {outlet.shown}: twenty have fallen out.",
        "The next reading notices that, and goes back for them:",
    )
    if code := _rasid(config, "crawl", "--source", OVERFLOWS):
        return code
    sources = json.loads(_rasid_says(config, "status", "--json"))["sources"]
    last = next(source["last"] for source in sources if source["name"] == OVERFLOWS)
    _say(*last["defects"])
    return 0


def _command(config: Path, *arguments: str) -> list[str]:
    rasid = Path(sys.executable).with_name("rasid")
    return [str(rasid), "--config", _shown(config), *arguments]


def _typed(config: Path, *arguments: str) -> str:
    return f"$ rasid --config {_shown(config)} {' '.join(arguments)}"


def _rasid(config: Path, *arguments: str) -> int:
    """Runs a command before the user's eyes; its exit code."""
    _say("", _typed(config, *arguments))
    return subprocess.run(_command(config, *arguments), cwd=_ROOT, check=False).returncode


def _rasid_says(config: Path, *arguments: str) -> str:
    """What a command prints; where it fails, the demo ends with its exit code."""
    done = subprocess.run(_command(config, *arguments), cwd=_ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        print(done.stdout)
        sys.exit(done.returncode)
    return done.stdout


def _remembered(folder: Path) -> dict[str, Any]:
    """What the last run wrote down: ``now`` and, if it came to its end, ``articles``. Empty where its store is gone."""
    try:
        kept: dict[str, Any] = json.loads((folder / "newsroom.json").read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return kept if (folder / "rasid.db").exists() else {}


def _remember(folder: Path, what: Mapping[str, Any]) -> None:
    (folder / "newsroom.json").write_text(json.dumps(what) + "\n", "utf-8")


def _shown(path: Path) -> str:
    """As a person at the top of the repository writes it."""
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else str(path)


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
