"""How ``rasid sources add`` finds what to write: asks a site what it has, tries it, compares, and tells why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import click
from rich.console import Console
from rich.table import Table

from crawler.discovery import Announced, announced
from crawler.outcome import Ending
from crawler.source import Source
from crawler.telegram import HOSTS
from monitor import candidates
from monitor.candidates import Choice, Entrance
from monitor.cli.edges import now, opened
from monitor.cli.probing import look_in_a_child
from monitor.config import Config
from monitor.importing import problem_of
from monitor.showing_sources import lasting, show_check, wide
from monitor.sourcecheck import FAILED, Probe, rhythm, verdict
from monitor.sourceedit import Declaration
from monitor.sourcefile import address
from monitor.terminal import ago, plain

__all__ = ["Finder", "Nothing"]

_TRIED = 3


class Nothing(Exception):  # noqa: N818 -- an answer, and no error of the program's
    """No entrance was found that can be read."""


class Finder:
    """One site, looked at three times: its page, its entrances, the articles of the best one."""

    def __init__(self, config: Config, url: str, wishes: Mapping[str, Any]) -> None:
        self._config = config
        self._wishes = wishes
        self._console = wide()
        self._learnt: dict[str, Mapping[str, str]] = {}
        try:
            self.url = address(_completed(url))
        except ValueError as error:
            raise click.UsageError(str(error)) from error
        name = wishes["name"]
        if name and any(source.name == name for source in config.sources):
            raise click.UsageError(f"the name `{name}` is taken; choose another with --name")

    def find(self) -> Declaration:
        """What to write. Raises :class:`Nothing`, and :class:`click.UsageError` for a source that is there already.

        A host that asked to be left alone, in a pass or now, is left alone by both.
        """
        with opened(self._config) as store:
            host = f"host {urlsplit(self.url).hostname}"
            if said := store.recall(host):
                self._learnt[host] = said
            try:
                return self._found()
            finally:
                for key, value in self._learnt.items():
                    if key.startswith("host "):
                        store.remember(key, value)

    def _found(self) -> Declaration:
        front, said = self._front()
        probes = self._probes(front, said)
        choices = candidates.choose(probes, now(), self._wishes["kind"])
        if not choices:
            for probe in probes:
                why = probe.outcome.why if probe.outcome else "not asked"
                self._say(f"  {probe.source.kind:<10}{probe.source.url}: {why or 'not of the kind that is asked for'}")
            wished = f" of kind {self._wishes['kind']}" if self._wishes["kind"] else ""
            raise Nothing(f"nothing{wished} that can be read was found at {self.url}")
        self._show(choices)
        best = choices[0]
        self._once(best)
        probe = self._tried(best)
        found = verdict(probe, now())
        show_check(self._console, probe, found, now())
        if found.kind == FAILED:
            raise Nothing("its articles cannot be read; nothing was written")
        self._also(said, probe)
        return self._declaration(probe, said)

    # looking

    def _front(self) -> tuple[Probe, Announced]:
        """The address as it was given."""
        kind = "telegram" if urlsplit(self.url).netloc.lower() in HOSTS else "section"
        (probe,) = self._look([Entrance(kind, self.url)])
        if probe.page is None:
            why = probe.outcome.why if probe.outcome else "it was not asked"
            if probe.outcome and probe.outcome.ending is Ending.FAILED and not why.startswith("HTTP"):
                raise Nothing(f"{self.url}: {why}")  # nobody is there: nothing else need be asked
            if "not allowed to go there" in why:
                raise Nothing(f"{self.url}: {why}; if that is a network of yours, name it with --allow-address")
            self._say(f"{self.url}: {why}")
            return probe, Announced()
        return probe, announced(probe.page)

    def _probes(self, front: Probe, said: Announced) -> list[Probe]:
        """Of an entrance that entrance alone; of a site all that it names, and the usual places."""
        page = front.page
        itself = candidates.kind_of(page.url, page.body, page.content_type) if page else None
        if front.source.kind == "telegram":
            return [front]
        if itself:
            return self._look([Entrance(itself, self.url)])
        sitemaps = front.robots.sitemaps if front.robots else ()
        named = candidates.entrances(said, sitemaps, self.url)[:-1]
        self._say(f"{len(named)} entrances are named there; trying them, and the usual places")
        return [*self._look([*named, *candidates.guesses(self.url, named)]), front]

    def _tried(self, best: Choice) -> Probe:
        """The best entrance with some of its articles, under the name that it is to have."""
        source = best.probe.source
        entrance = Entrance(source.kind, source.url)
        (probe,) = self._look([entrance], many=_TRIED, name=self._name(entrance))
        return probe

    def _look(self, entrances: Sequence[Entrance], *, many: int = 0, name: str | None = None) -> list[Probe]:
        sources = [
            Source(
                name=name or f"{entrance.kind}-{number}",
                kind=entrance.kind,
                url=entrance.url,
                title=entrance.url,
                zone=self._wishes["zone"] or "Asia/Damascus",
                allow_addresses=tuple(self._wishes["allowed"]),
            )
            for number, entrance in enumerate(entrances, 1)
        ]
        with self._waiting(f"asking {urlsplit(self.url).netloc} ({len(sources)} addresses)"):
            return look_in_a_child(sources, self._config.fetching(), many=many, learnt=self._learnt)

    @contextmanager
    def _waiting(self, what: str) -> Iterator[None]:
        console = Console(stderr=True)
        if not console.is_terminal:
            yield
            return
        with console.status(what):
            yield

    # telling

    def _say(self, line: str) -> None:
        self._console.print(plain(line), markup=False, highlight=False, soft_wrap=True)

    def _show(self, choices: Sequence[Choice]) -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for name in ("", "kind", "address", "entries", "timed", "whole", "newest", "a day", "goes back"):
            table.add_column(name, overflow="fold")
        moment = now()
        for number, choice in enumerate(choices):
            entries, found = choice.probe.entries, rhythm(choice.probe.entries, moment)
            table.add_row(
                "best" if number == 0 else "",
                choice.probe.source.kind,
                plain(choice.probe.source.url),
                str(len(entries)),
                str(found.dated),
                str(sum(bool(entry.content) or entry.complete for entry in entries)),
                ago(found.newest, moment) if found.newest else "",
                f"{found.per_day:.0f}" if found.per_day is not None else "",
                lasting(found.reach),
            )
        self._console.print(table)
        self._say(f"\n{choices[0].why}\n")

    def _once(self, best: Choice) -> None:
        source = best.probe.source
        key = candidates.identity(source.kind, source.url)
        for other in self._config.sources:
            if candidates.identity(other.kind, other.url) == key:
                raise click.UsageError(f"`{other.name}` reads {source.url} already")
        host = urlsplit(source.url).netloc
        same = [
            other.name for other in self._config.sources if urlsplit(other.url).netloc == host and host not in HOSTS
        ]
        if same:
            self._say(f"note: `{'`, `'.join(same)}` reads the same site; a report that both list is read once")

    def _also(self, said: Announced, probe: Probe) -> None:
        read = {candidates.identity(source.kind, source.url) for source in self._config.sources}
        for channel in said.channels[:5]:
            if probe.source.kind != "telegram" and candidates.identity("telegram", channel) not in read:
                self._say(f"it links to a channel of its own, perhaps: rasid sources add {channel}")

    # what is to be written

    def _name(self, entrance: Entrance) -> str:
        taken = {source.name for source in self._config.sources}
        return str(self._wishes["name"] or candidates.name_for(entrance.url, taken))

    def _declaration(self, probe: Probe, said: Announced) -> Declaration:
        spoken = Counter(article.language.partition("-")[0] for article in probe.articles if article.language != "und")
        language = spoken.most_common(1)[0][0] if spoken else said.language or "ar"
        name = probe.source.name
        declaration: dict[str, str | bool | Sequence[str]] = {
            "name": name,
            "kind": probe.source.kind,
            "url": probe.source.url,
            "title": candidates.title_for(self._wishes["title"] or said.title or _of_feed(probe), name),
            **({"language": language} if language != "ar" else {}),
            "affiliation": self._wishes["affiliation"],
            **({"zone": self._wishes["zone"]} if self._wishes["zone"] else {}),
            **({"scope": self._wishes["scope"]} if self._wishes["scope"] != "all" else {}),
            **({"allow_addresses": tuple(self._wishes["allowed"])} if self._wishes["allowed"] else {}),
            "verified": now().date().isoformat(),
        }
        if problem := problem_of(declaration):
            raise click.UsageError(problem)
        return declaration


def _of_feed(probe: Probe) -> str | None:
    """What a feed calls itself."""
    from crawler import feeds

    page = probe.page
    if page is None or probe.source.kind != "feed":
        return None
    return feeds.read(page.body, page.url, page.content_type).title


def _completed(url: str) -> str:
    """What people type: ``enabbaladi.net``, ``@channel``."""
    url = url.strip()
    if re.fullmatch(r"@[A-Za-z][A-Za-z0-9_]{3,63}", url):
        return f"https://t.me/s/{url[1:]}"
    return url if "://" in url else f"https://{url}"
