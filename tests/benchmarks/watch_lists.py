"""Watch lists: how long 2,000 rules take to load, how fast hostile files are refused, what it all weighs in memory.

Each line runs in a process of its own, as `rasid` does; seconds are those of the whole call in that process.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from monitor import config, lists, terms
from monitor.yamlfile import ConfigError

HOSTILE: dict[str, Callable[[], str]] = {
    "anchors that double (a bomb)": lambda: (
        "a: &a [x, x]\n"
        + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(24))
    ),
    "an anchor that holds itself": lambda: "rules: &a\n  - any: *a\n",
    "10 MB of rules": lambda: "rules:\n" + "  - حلب\n" * 900_000,
    "10 MB in one scalar": lambda: "title: " + "ح" * 5_000_000,
    "5,000 brackets deep": lambda: "rules: " + "[" * 5_000,
    "wrong types": lambda: "title: [1]\nseverity: {a: b}\nrules: 7\nthreshold: yes\nexamples: حلب\n",
    "a right-to-left override in a key": lambda: "ru\u202eles: [حلب]\n",
    "bidi marks in a term": lambda: "rules:\n  - pattern: 'حل\u202eب'\n",
    "a pattern that nests repeats": lambda: "rules:\n  - pattern: '((((a{100}){100}){100}){100})'\n",
    "a pattern with a look-ahead": lambda: "rules:\n  - pattern: '(?=حلب)'\n",
    "tags that would run code": lambda: "title: !!python/object/apply:os.system ['id']\nrules: [حلب]\n",
    "NUL and broken bytes": lambda: "rules: [حلب\x00]\n",
}


def _alone(work: Callable[[], str]) -> str:
    """What ``work`` says, run in a process of its own, with that process's peak of memory."""
    queue: multiprocessing.Queue[str] = multiprocessing.get_context("spawn").Queue()
    child = multiprocessing.get_context("spawn").Process(target=_run, args=(work, queue))
    child.start()
    said = queue.get()
    child.join()
    return said


def _run(work: Callable[[], str], queue: multiprocessing.Queue[str]) -> None:
    said = work()
    queue.put(f"{said}; peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


def _opened() -> str:
    start = time.process_time()
    terms.prepare()
    return f"lexicon opened in {time.process_time() - start:.3f} s"


def _built() -> str:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RASID_CACHE"] = folder
        start = time.process_time()
        terms.prepare()
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) >> 20
        return f"lexicon built in {time.process_time() - start:.1f} s, {size} MB on disk, shared by all processes"


def _shipped() -> str:
    terms.prepare()
    start = time.process_time()
    loaded = lists.load(config.shipped() / "watchlists")
    rules = sum(len(one.rules) for one in loaded.lists)
    return f"the shipped lists: {len(loaded.lists)} lists, {rules} rules, loaded and tested in {time.process_time() - start:.2f} s"


def _reloaded() -> str:
    terms.prepare()
    lexicon = terms._lexicon()
    assert lexicon is not None
    ranked = sorted(range(len(lexicon)), key=lexicon.prior, reverse=True)
    words = list(dict.fromkeys(lemma for number in ranked if len(lemma := lexicon.lemma(number)) >= 4))[500:2500]
    with tempfile.TemporaryDirectory() as folder:
        body = "title: كثير\nrules:\n" + "".join(f"  - word: {word}\n" for word in words)
        (Path(folder) / "many.yaml").write_text(body, encoding="utf-8")
        took = []
        for _ in range(2):
            start = time.process_time()
            loaded = lists.load(Path(folder))
            took.append(time.process_time() - start)
        return f"a list of {len(loaded.lists[0].rules)} rules: loaded in {took[0]:.2f} s, again in {took[1]:.2f} s"


def refused(body: str) -> tuple[float, str]:
    """Seconds, and the first line of the error."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "hostile.yaml").write_text(body, encoding="utf-8", errors="surrogatepass")
        start = time.process_time()
        try:
            lists.load(Path(folder))
        except ConfigError as error:
            return time.process_time() - start, str(error).splitlines()[0]
        return time.process_time() - start, "NOT REFUSED"


def main() -> int:
    for work in (_built, _opened, _shipped, _reloaded):
        print(_alone(work))
    print("\nhostile files, seconds until they are refused:")
    for name, body in HOSTILE.items():
        seconds, said = refused(body())
        print(f"  {seconds:5.2f}  {name}: {said.rpartition('hostile.yaml')[2][:110]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
