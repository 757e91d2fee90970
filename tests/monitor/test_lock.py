import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.lock import BusyError, hold


def test_a_second_holder_is_told_who_has_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "pass.lock"
    held = pytest.raises(BusyError, match=rf"a pass is running already \(process {os.getpid()}\)")
    with hold(path, "a pass"), held, hold(path, "a pass"):
        pass
    with hold(path, "a pass"):
        pass


def test_kill_9_releases_it(tmp_path: Path) -> None:
    path = tmp_path / "pass.lock"
    code = (
        "import sys, time; from pathlib import Path; from monitor.lock import hold\n"
        "with hold(Path(sys.argv[1]), 'a pass'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BusyError, match=str(holder.pid)), hold(path, "a pass"):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with hold(path, "a pass"):
        pass
