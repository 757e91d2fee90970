"""Lines for programs, and files that are rotated under a running process."""

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.article import Entry
from crawler.outcome import Ending, Fate, Outcome
from monitor import logs
from tests.stores.making import article, flag

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def test_a_pass_is_one_event_for_each_source_each_flagged_article_and_each_miss(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcome = Outcome(
        source="a", ending=Ending.READ, entries=2, fates={Fate.STORED: 1, Fate.FAILED: 1}, started_at=NOW, ended_at=NOW
    )
    with caplog.at_level(logging.INFO, "rasid"), logs.Events(7) as events:
        events.article(article(), [flag()])
        events.article(article(), [])
        events.missed("a", Entry(url="https://a.example/x"), Fate.FAILED, "HTTP 500\n\x1b[31m")
        events.ended(outcome)
    lines = [logs.Lines().format(record) for record in caplog.records]
    assert not any("\n" in line or "\x1b" in line for line in lines)
    flagged, missed, ended = map(json.loads, lines)
    assert (flagged["event"], flagged["pass"], flagged["lists"]) == ("flagged", 7, ["detainees"])
    assert (missed["event"], missed["fate"], missed["url"]) == ("missed", "failed", "https://a.example/x")
    assert (ended["event"], ended["ending"], ended["fates"]) == ("source", "read", {"stored": 1, "failed": 1})
    assert datetime.fromisoformat(ended["time"]).utcoffset() is not None


def test_a_traceback_stays_in_its_line() -> None:
    try:
        int("خطأ")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "it %s", ("failed",), sys.exc_info())
    line = logs.Lines().format(record)
    assert "\n" not in line
    said = json.loads(line)
    assert said["message"] == "it failed"
    assert "ValueError: invalid literal" in said["traceback"]


def test_a_file_that_is_renamed_is_made_anew_and_children_write_to_it_too(tmp_path: Path) -> None:
    file = tmp_path / "log" / "rasid.log"
    code = (
        "import logging, os, sys; from pathlib import Path; from monitor import logs\n"
        "logs.set_up(verbose=False, form='text', file=Path(sys.argv[1]))\n"
        "log = logging.getLogger('monitor'); log.info('first'); os.rename(sys.argv[1], sys.argv[1] + '.1'); log.info('second')\n"
        "console = logs.console(); console.print('from a pass'); print(os.environ['RASID_LOG_FILE'], os.environ['RASID_LOG_FORMAT'])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == [str(file), "text"]
    assert Path(f"{file}.1").read_text().endswith("first\n")
    second, passed = file.read_text().splitlines()
    assert second.endswith("INFO monitor: second")
    assert passed == "from a pass"


def test_a_file_that_cannot_be_written_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("a file")
    done = subprocess.run(
        [sys.executable, "-m", "monitor", "--log-file", str(tmp_path / "log" / "x.log"), "check"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert done.returncode == 3
    assert "cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr
