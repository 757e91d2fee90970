"""``make bench-hostile``: everything that a hostile site can do, at once, over loopback, with the limits of the service.

Nothing inside may be reached, no 30 s may pass without anything coming of it, and the good source among them is read to the end.
"""

import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from crawler.fetching import Fetching
from crawler.outcome import Fate
from tests.crawler.going import AGENT, Came, Going, Job
from tests.crawler.hostile import GOOD, Field, lay_out

_MEGABYTES = 300
"""What a bomb holds."""
_HANG = 30.0


class _Memory(threading.Thread):
    """The largest resident set of a process, in MB."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.peak, self._file = 0.0, Path(f"/proc/{process}/status")

    def run(self) -> None:
        while True:
            try:
                said = self._file.read_text()
            except OSError:
                return
            if "VmHWM:" in said:
                self.peak = int(said.partition("VmHWM:")[2].split()[0]) / 1024
            time.sleep(0.2)


def main() -> int:
    with ExitStack() as stack:
        field = lay_out(stack, megabytes=_MEGABYTES)
        going = Going(Job(field.sources, Fetching(user_agent=AGENT, delay=0.0)))
        memory = _Memory(going.child.pid)
        memory.start()
        came, last, longest = Came(), time.monotonic(), 0.0
        began = last
        for event in going.events():
            came.add(event)
            now = time.monotonic()
            longest, last = max(longest, now - last), now
        going.child.wait()
        took = time.monotonic() - began
        return _report(came, field, took, longest, memory.peak)


def _report(came: Came, field: Field, took: float, longest: float, peak: float) -> int:
    missed = {entry.url: (fate, why) for _, entry, fate, why in came.missed}
    wrong = 0
    for url, case in field.cases.items():
        fate, why = missed.get(url, (Fate.STORED, ""))
        fits = fate in case.fates and case.why in why and "unexpected" not in why
        wrong += not fits
        print(f"{'' if fits else 'WRONG '}{case.name:<42} {fate}{f': {why}' if why else ''}")
    inside = Counter(fate for source, _, fate, _ in came.missed if source == "inside")
    hits = len(field.listener.asked)
    print(
        f"\naddresses that lead inside, as links, redirects and refreshes: {len(field.links)}; {', '.join(f'{n} {fate}' for fate, n in inside.items())}"
    )
    print(f"hits of the listener inside: {hits}")
    good = came.outcomes["good"]
    print(
        f"the good source: {good.fates.get(Fate.STORED, 0)} of {GOOD} articles; sources ended: {len(came.outcomes)} of {len(field.sources)}"
    )
    print(
        f"the pass took {took:.0f} s, the longest time without any event {longest:.1f} s, peak memory of the fetching process {peak:.0f} MB"
    )
    fine = came.returned and not wrong and not hits and good.fates == {Fate.STORED: GOOD} and longest < _HANG
    fine = fine and len(came.outcomes) == len(field.sources) and Fate.STORED not in inside
    print("passed" if fine else "FAILED")
    return int(not fine)


if __name__ == "__main__":
    sys.exit(main())
