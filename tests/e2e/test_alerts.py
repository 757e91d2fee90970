"""Alerts by the real commands: a pass over the newsroom puts them out, a sender takes them to a webhook, each once."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

from monitor.muting import story_of
from tests.e2e.running import ROOT, command, configure, opened
from tests.monitor.mailbox import webhook
from tests.newsroom.running import newsroom

AUDIENCES = """\
audiences:
  - name: team
    deliver: [RASID_TO_TEAM]
    alerts:
      to: [RASID_TO_TEAM]
      severity: low
      per_hour: 1000
"""


def rasid(config: Path, *arguments: str, address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(config, *arguments), capture_output=True, text=True, timeout=300, cwd=ROOT, check=False,
        env={**os.environ, "NO_COLOR": "1", "RASID_TO_TEAM": address},
    )  # fmt: skip


def test_each_flagged_story_is_told_once(tmp_path: Path) -> None:
    with newsroom() as room, webhook() as hook:
        config = configure(tmp_path, room.sources)
        (config / "audiences.yaml").write_text(AUDIENCES, "utf-8")
        tested = rasid(config, "alerts", "test", address=hook.address)
        assert tested.returncode == 0, tested.stderr
        assert "RASID_TO_TEAM (audience team): taken" in tested.stdout
        assert rasid(config, "crawl", address="").returncode == 0
        listed = json.loads(rasid(config, "alerts", "--json", address=hook.address).stdout)
        waiting = [one for one in listed["messages"] if one["state"] == "waiting"]
        hook.answers = [503]
        assert rasid(config, "alerts", "test", address=hook.address).returncode == 4
        hook.answers = [200]
        hook.got.clear()
        hook.keys.clear()
        for _ in range(2):
            assert rasid(config, "alerts", "send", address=hook.address).returncode == 0
        with opened(config) as store:
            flagged = store.flagged(until=store.passes(1)[0].ended_at, digested=True)  # type: ignore[arg-type]
            stories = {story_of(one.stored) for one in flagged}
            assert store.outbox.counts() == {"sent": len(stories)}
        assert len(waiting) == len(stories) > 10
        assert len(stories) < len(flagged)  # there are reprints among them
        assert Counter(hook.keys) == {f"alert/team/RASID_TO_TEAM/{story}": 1 for story in stories}


def test_check_says_who_receives_what(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources)
    (config / "audiences.yaml").write_text(f"{AUDIENCES}    redact: [هالة الديري]\n", "utf-8")
    said = rasid(config, "check", address="").stdout
    assert (
        "audience team: all lists that are for it, at 06:00 Asia/Damascus; sends to RASID_TO_TEAM; 1 names withheld"
        in said
    )
    assert "note: RASID_TO_TEAM is not set" in said
    (config / "audiences.yaml").write_text(AUDIENCES.replace("name: team", "name: team\n    lists: [astanaa]"), "utf-8")
    refused = rasid(config, "check", address="")
    assert refused.returncode == 2
    assert "audiences.yaml:3:13: `lists`: there is no watch list `astanaa`; did you mean `astana`?" in refused.stderr


def test_an_address_that_is_missing_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources)
        (config / "audiences.yaml").write_text(AUDIENCES, "utf-8")
        assert rasid(config, "crawl", address="").returncode == 0
    tested = rasid(config, "alerts", "test", address="")
    assert (tested.returncode, "no such variable" in tested.stderr) == (4, True)
    assert rasid(config, "alerts", "send", address="").returncode == 0
    shown = rasid(config, "alerts", address="").stdout
    assert "RASID_TO_TEAM is not set in this environment" in shown
    with opened(config) as store:
        assert set(store.outbox.counts()) == {"waiting"}
