import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.lock import BusyError, hold, holder
from storage.errors import StorageError


def test_a_second_holder_is_told_who_has_it_where_and_since_when(tmp_path: Path) -> None:
    path = tmp_path / "var" / "pass.lock"
    named = rf"a pass is running already \(process {os.getpid()} on {socket.gethostname()}, since 2\d\d\d-"
    with hold(path, "a pass"), pytest.raises(BusyError, match=named), hold(path, "a pass"):
        pass
    with hold(path, "a pass"):
        pass


def test_whoever_asks_is_told_and_takes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    assert holder(path) is None
    with hold(path, "a pass"):
        found = holder(path)
        assert found is not None
        assert (found.pid, found.host, found.what) == (os.getpid(), socket.gethostname(), "a pass")
        assert timedelta() <= datetime.now(UTC) - found.since < timedelta(minutes=5)
    assert holder(path) is None


def test_a_holder_that_could_not_write_its_name_holds_it_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    with hold(path, "a pass"):
        path.write_text("")
        assert holder(path) is not None
        with pytest.raises(BusyError, match="unknown"), hold(path, "a pass"):
            pass


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StorageError, match=r"pass\.lock: cannot be locked"), hold(tmp_path / "var" / "pass.lock", "x"):
        pass


def test_kill_9_releases_it(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    code = (
        "import sys, time; from pathlib import Path; from monitor.lock import hold\n"
        "with hold(Path(sys.argv[1]), 'a pass'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(other.pid)), hold(path, "a pass"):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    with hold(path, "a pass"):
        pass
