"""Real processes: ended at their limit, with their parent, with all that they started."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor import children as module
from monitor.children import Children

ROOT = Path(__file__).parents[2]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(what: Callable[[], bool]) -> bool:
    for _ in range(200):
        if what():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `monitor` package of our own in front of the real one: what a child runs is the test's business."""
    package = tmp_path / "stub" / "monitor"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "children.py").write_text(Path(module.__file__).read_text())
    (package / "__main__.py").write_text(
        "import os, pathlib, signal, subprocess, sys, time\n"
        "from monitor.children import die_with_parent\n"
        "die_with_parent()\n"
        "how, place = sys.argv[1], pathlib.Path(sys.argv[2])\n"
        "if how == 'exit': sys.exit(int(sys.argv[3]))\n"
        "if how == 'deaf': signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "inner = subprocess.Popen(['sleep', '300'])\n"
        "(place / 'tmp').write_text(f'{os.getpid()} {inner.pid}'); (place / 'tmp').rename(place / 'pids')\n"
        "while True: time.sleep(0.1) if how == 'polite' else None\n"
    )
    monkeypatch.chdir(tmp_path / "stub")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "stub"))
    return tmp_path


def pids(place: Path) -> list[int]:
    assert eventually((place / "pids").exists)
    return [int(pid) for pid in (place / "pids").read_text().split()]


def test_the_exit_status_comes_back(stub: Path) -> None:
    ended = Children().run(["exit", str(stub), "4"], limit=60)
    assert ended is not None
    assert (ended.code, ended.hung) == (4, False)


@pytest.mark.parametrize("how", ["polite", "deaf"])
def test_at_the_limit_it_is_ended_with_all_that_it_started(stub: Path, how: str) -> None:
    ended = Children(grace=1).run([how, str(stub)], limit=4)
    assert ended is not None
    assert ended.hung
    assert ended.code == (-signal.SIGTERM if how == "polite" else -signal.SIGKILL)
    left = pids(stub)
    assert eventually(lambda: not any(alive(pid) for pid in left))


@pytest.mark.parametrize("how", ["polite", "deaf"])
def test_stop_ends_what_runs_and_starts_no_more(stub: Path, how: str) -> None:
    children = Children(grace=1)
    thread = threading.Thread(target=children.run, args=([how, str(stub)],), kwargs={"limit": 300})
    thread.start()
    running = pids(stub)
    children.stop()
    thread.join(30)
    assert not thread.is_alive()
    assert eventually(lambda: not any(alive(pid) for pid in running))
    assert children.run(["exit", str(stub), "0"], limit=1) is None


def test_a_child_dies_with_a_parent_that_was_killed(stub: Path) -> None:
    code = "import sys; from monitor.children import Children; Children().run(['deaf', sys.argv[1]], limit=300)"
    parent = subprocess.Popen([sys.executable, "-c", code, str(stub)])
    child, inner = pids(stub)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    assert eventually(lambda: not alive(child))
    if alive(inner):  # `sleep` asked for nothing; what Rasid starts does
        os.kill(inner, signal.SIGKILL)
