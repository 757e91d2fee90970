"""From publication to flag and to alert: median and 95th percentile, against how often sources are polled.

``python -m tests.benchmarks.latency [SOURCES] [TICKS]`` (160 outlets that publish 30 reports a day each, all of them watched; 20 ticks of
the service, 5 minutes apart: 100 minutes, some 300 reports). The press is a real server, passes and the sending of alerts are real
processes, the alerts go to a real webhook on loopback. The waits between the ticks are the test's clock and not waited for; within
a tick that clock runs as the machine's does, so that what fetching, reading, storing and sending take is real, on this machine under
its load. A service looks for alerts to be sent every half minute; here it does right after the pass: up to half a minute is to be added.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from storage.store import Store
from tests.benchmarks.day import settle
from tests.e2e.clocked import set_clock
from tests.e2e.running import configure
from tests.load.living import Life, Measured
from tests.load.press import BEGINNING, press
from tests.monitor.mailbox import webhook

_TICK = timedelta(minutes=5)
_PER_DAY = 30
_FIRST = BEGINNING + timedelta(hours=3)
_AUDIENCES = """\
audiences:
  - name: team
    deliver: [RASID_TO_TEAM]
    alerts: {to: [RASID_TO_TEAM], severity: low, per_hour: 1000}
"""


def main(sources: int = 160, ticks: int = 20) -> int:
    with tempfile.TemporaryDirectory(prefix="latency-") as place, webhook() as hook:
        folder = Path(place)
        clock = folder / "clock"
        os.environ |= {"CLOCK": str(clock), "RASID_LOG_FILE": str(folder / "log"), "RASID_TO_TEAM": hook.address}
        set_clock(clock, _FIRST)
        with press(sources, _PER_DAY, clock, one_in=1) as open_press:
            config = configure(folder, open_press.sources)
            life = Life(config, clock, _FIRST, Measured(memory=False))
            life.tick(timedelta())  # what is there already; nobody is told of it
            (config / "audiences.yaml").write_text(_AUDIENCES, "utf-8")
            address = f"sqlite:///{folder / 'var' / 'rasid.db'}"
            period = settle(address, life.moment)
            since = life.moment
            life = Life(config, clock, life.moment, Measured(memory=False))
            for _ in range(ticks):
                began, at = time.monotonic(), life.moment + _TICK
                life.tick(_TICK)
                # the service's own clock stands still in a tick: to it, what a pass has just put out would be of the future
                life.moment = at + timedelta(seconds=time.monotonic() - began)
                life.service.alerts()
                life.moment = at
        return _report(address, since, period, len(hook.got))


def _report(address: str, since: datetime, period: timedelta, heard: int) -> int:
    with Store.open(address) as store:
        found = {
            one.stored.id: one
            for one in store.flagged(until=datetime.max.replace(tzinfo=since.tzinfo), since=since, digested=True)
        }
        told = store.outbox.listed(["sent"], limit=100_000)
    published = {key: one.stored.article.published_at for key, one in found.items()}
    fresh = {key: at for key, at in published.items() if at is not None and at > since}
    flagged = [found[key].flagged_at - at for key, at in fresh.items()]
    alerts = [
        one.ended_at - fresh[key]
        for one in told
        if one.ended_at is not None and (key := int(one.message.key.rpartition("/")[2])) in fresh
    ]
    print(
        f"sources are polled every {period.total_seconds() / 60:.0f} min (median), the service looks every {_TICK.total_seconds() / 60:.0f} min"
    )
    for what, late in (("flag", flagged), ("alert", alerts)):
        _tell(what, late, period)
    print(
        f"the webhook heard {heard} messages; of the flagged {sum(found[key].stored.same_as is not None for key in fresh)} repeat an earlier text"
    )
    enough = min(len(flagged), len(alerts)) >= 200
    print("" if enough else "fewer than 200: the percentiles say little")
    return int(not enough)


def _tell(what: str, late: Sequence[timedelta], period: timedelta) -> None:
    if len(late) < 2:
        print(f"published to {what}: {len(late)} articles")
        return
    minutes = sorted(one.total_seconds() / 60 for one in late)
    middle, most = statistics.median(minutes), minutes[int(len(minutes) * 0.95)]
    polled = period.total_seconds() / 60
    print(
        f"published to {what}: median {middle:.1f} min ({middle / polled:.2f} of a polling period), p95 {most:.1f} min "
        f"({most / polled:.2f}), most {minutes[-1]:.1f} min; {len(minutes)} articles"
    )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
