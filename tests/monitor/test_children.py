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
from monitor.children import Children, Ended, footprint

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
        "if how == 'hungry': kept = bytearray(b'x') * 300_000_000\n"
        "inner = subprocess.Popen(['sleep', '300'])\n"
        "(place / 'tmp').write_text(f'{os.getpid()} {inner.pid}'); (place / 'tmp').rename(place / 'pids')\n"
        "while True: time.sleep(0.1) if how in ('polite', 'hungry') else None\n"
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


def test_at_the_memory_limit_it_is_ended(stub: Path) -> None:
    ended = Children(grace=1, memory=200 * 2**20).run(["hungry", str(stub)], limit=300)
    assert ended is not None
    assert ended.hungry
    assert not ended.hung
    assert ended.crashed
    left = pids(stub)
    assert eventually(lambda: not any(alive(pid) for pid in left))


def test_what_a_family_shares_is_counted_once(stub: Path) -> None:
    mine = footprint(os.getpid())
    assert 10 * 2**20 < mine < 2**32
    assert footprint(2**22 + 1) == 0  # nobody has that number


@pytest.mark.parametrize(
    ("ended", "crashed", "said"),
    [
        (Ended(0), False, "ended with 0"),
        (Ended(3), False, "ended with 3"),
        (Ended(1), True, "ended with 1"),
        (Ended(-11), True, "was ended by SIGSEGV"),
        (Ended(-9, hung=True), True, "took too long and was ended"),
        (Ended(0, hungry=True), True, "took too much memory and was ended"),
    ],
)
def test_how_one_ended(ended: Ended, crashed: bool, said: str) -> None:
    assert (ended.crashed, str(ended)) == (crashed, said)


def test_a_child_is_the_first_to_go_and_leaves_no_image_of_its_memory(tmp_path: Path) -> None:
    code = (
        "import os, resource; from pathlib import Path; from monitor.children import die_with_parent\n"
        "os.environ['RASID_PARENT'] = str(os.getppid()); die_with_parent()\n"
        "print(Path('/proc/self/oom_score_adj').read_text().strip(), resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert said.split() == ["500", "0"]


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
