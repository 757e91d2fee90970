"""Watch lists: ``watchlists/*.yaml`` read into frozen rules, with their terms in one Matcher and their examples tested.

Nothing is passed over: a list that is wrong, whose rule can never be met or is met by everything, or whose examples
fail, is refused with file, line and what was probably meant. A monitor that silently does not watch is worse than one
that stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from crawler.source import Source
from monitor import sourcefile
from monitor.conditions import Condition, Mention, Reading, mentions
from monitor.examples import Examples
from monitor.listfile import Draft, ListFile
from monitor.packs import Packs, yaml_files
from monitor.packs import load as load_packs
from monitor.rulefile import Reader
from monitor.rules import Rule, WatchList, WatchLists, met_rules
from monitor.shaping import problem
from monitor.soundness import PLAIN, can_be_met, met_by_nothing, terms_of
from monitor.terms import Matcher
from monitor.termtable import TermTable
from monitor.yamlfile import ConfigError, Keys, Problem, Scalar, did_you_mean, read, shown

__all__ = ["ConfigError", "Rule", "WatchList", "WatchLists", "load", "packs_of"]


def load(
    folder: Path, *, sources: Sequence[Source] | None = None, only: str | None = None, every_pack: bool = False
) -> WatchLists:
    """The watch lists of ``folder`` (or of ``folder/watchlists``), compiled and tested.

    Packs come from ``packs/`` in it or beside it, then from those that Rasid ships. ``sources`` tells which names and
    affiliations there are; without it ``sources.yaml`` beside the folder does, where there is one. ``only``: the list
    with that id or file name, alone. ``every_pack``: packs are tested whole, also what no list leans on.
    Raises :class:`ConfigError` with every error of every file, each with file, line and column.
    """
    if (folder / "watchlists").is_dir():
        folder = folder / "watchlists"
    problems: list[Problem] = []
    files = _files(folder, problems)
    if only is not None and files:
        files = _called(only, files, problems)
    packs = load_packs(_pack_folders(folder), problems)
    outlets = _outlets(folder, sources, problems)
    table = TermTable()
    reader = Reader(packs, table, problems)
    if every_pack:
        for pack in packs.by_id.values():
            for entry in pack.entries:
                reader.entry(entry)
    found = [ListFile(path, reader, outlets, problems).read() for path in files]
    drafts = [draft for draft in found if draft is not None]
    _ids_once(drafts, problems)
    if problems:
        table.compile(problems)  # what is wrong with terms is said in the same breath
        raise ConfigError(problems)
    matcher = table.compile(problems)
    if matcher is not None:
        _sound(drafts, matcher, problems)
        _tested(drafts, matcher, problems)
        _packs_tested(reader, matcher, problems)
    if problems or matcher is None:
        raise ConfigError(problems)
    notes = tuple(map(str, table.notes))
    watchlists = tuple(replace(draft.watchlist, examples=draft.tests) for draft in drafts)
    return WatchLists(lists=watchlists, matcher=matcher, notes=notes)


def packs_of(folder: Path) -> Packs:
    """The packs that lists in ``folder`` may lean on. Raises :class:`ConfigError`."""
    problems: list[Problem] = []
    packs = load_packs(_pack_folders(folder), problems)
    if problems:
        raise ConfigError(problems)
    return packs


def _pack_folders(folder: Path) -> list[Path]:
    from monitor.config import shipped

    return [folder / "packs", folder.parent / "packs", shipped() / "packs"]


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    name = str(folder)
    if not folder.is_dir():
        problems.append(Problem(name, 1, 1, "there is no such folder; `rasid init` writes a first configuration"))
        return []
    files = yaml_files(folder)
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != "packs" and yaml_files(path):
            problems.append(Problem(str(path), 1, 1, f"watch lists stand directly in {name}; move these there"))
        elif ".yaml." in f"{path.name.lower()}." and path not in files and path.name.lower().endswith(".txt"):
            problems.append(Problem(str(path), 1, 1, f"rename it to {path.stem}: only *.yaml is read"))
    if not files and not problems:
        problems.append(Problem(name, 1, 1, "no watch list stands here (*.yaml): nothing would be watched"))
    return files


def _called(name: str, files: Sequence[Path], problems: list[Problem]) -> list[Path]:
    """The file of the list with that id; one that cannot be read goes by its file name."""
    ids: dict[str, Path] = {}
    for path in files:
        with suppress(ConfigError):
            tree, _ = read(path)
            node = tree.get("id") if isinstance(tree, Keys) else None
            ids[node.text if isinstance(node, Scalar) else path.stem] = path
        ids.setdefault(path.stem, path)
    if name in ids:
        return [ids[name]]
    where = str(files[0].parent)
    problems.append(Problem(where, 1, 1, f"there is no watch list `{shown(name)}`{did_you_mean(name, sorted(ids))}"))
    return []


def _outlets(folder: Path, sources: Sequence[Source] | None, problems: list[Problem]) -> dict[str, str] | None:
    """The affiliation of each source; ``None`` where nobody says which sources there are."""
    beside = folder.parent / "sources.yaml"
    if sources is None and beside.is_file():
        sources = sourcefile.load(beside, problems)
    return None if sources is None else {source.name: source.affiliation for source in sources}


def _ids_once(drafts: Sequence[Draft], problems: list[Problem]) -> None:
    seen: dict[str, str] = {}
    for draft in drafts:
        first = seen.setdefault(draft.watchlist.id, draft.watchlist.file)
        if first != draft.watchlist.file:
            at = draft.node.get("id") or draft.node
            problems.append(problem(at, f"the id `{draft.watchlist.id}` is taken by {first}"))


def _sound(drafts: Sequence[Draft], matcher: Matcher, problems: list[Problem]) -> None:
    everyday = [Reading(matcher, sentence, sentence) for sentence in PLAIN]
    for draft in drafts:
        most = 0.0
        for rule, node in zip(draft.watchlist.rules, draft.rule_nodes, strict=True):
            most += max(rule.weight, 0)
            if why := _unsound(draft.watchlist, rule, matcher, everyday):
                problems.append(problem(node, why))
        if most < draft.watchlist.threshold:
            at = draft.node.get("threshold") or draft.node
            problems.append(
                problem(
                    at,
                    f"all weights together are {most:g}: a threshold of {draft.watchlist.threshold:g} is never reached",
                )
            )


def _unsound(watchlist: WatchList, rule: Rule, matcher: Matcher, everyday: Sequence[Reading]) -> str | None:
    """Why a rule must not stand in a list, or ``None``."""
    if met_by_nothing(rule.condition):
        return "this rule is met by every article that lacks its words; say in `any:` or `all:` what must stand there"
    if not can_be_met(rule.condition, _implied(rule, matcher)):
        return "this rule can never be met: what it asks for is what its `not:` rules out"
    asked = {mention.term for mention in mentions(rule.condition)}
    if all(asked & reading.terms and met_rules(watchlist, [rule], reading, None) for reading in everyday):
        return "this rule is met by nearly every report (it was, in five sentences that have nothing in common)"
    for mention in mentions(rule.condition):
        exclusions = [exclude for exclude in (watchlist.exclude, rule.exclude, mention.exclude) if exclude]
        if exclusions and _always_excluded(mention, exclusions, matcher):
            return f"`{shown(mention.label)}` never counts: an `exclude:` covers it wherever it stands"
    return None


def _implied(rule: Rule, matcher: Matcher) -> list[tuple[int, int]]:
    """Pairs of terms of a rule with ``not``: wherever the first stands, the second does, whose forms are all of its."""
    unwanted = set(terms_of(rule.condition, wanted=False))
    if not unwanted:
        return []
    pairs = []
    for term in set(terms_of(rule.condition, wanted=True)) - unwanted:
        if matcher.terms[term].kind != "pattern":
            met = [{hit.term for hit in matcher.scan(form)} for form in matcher.explain(term).forms]
            pairs += [(term, other) for other in unwanted if met and all(other in hits for hits in met)]
    return pairs


def _always_excluded(mention: Mention, exclusions: Sequence[tuple[Condition, ...]], matcher: Matcher) -> bool:
    """Whether every spelling of the term, standing alone, is hidden by an exclusion."""
    term = matcher.terms[mention.term]
    if term.kind == "pattern":
        return False
    hidden = False
    for spelling in (term.text, *term.aliases):
        reading = Reading(matcher, "", spelling)
        found = reading.of(mention, ("text",))
        if not all(any(reading.mask(exclude).hides(place) for exclude in exclusions) for place in found):
            return False
        hidden = hidden or bool(found)
    return hidden


def _tested(drafts: Sequence[Draft], matcher: Matcher, problems: list[Problem]) -> None:
    for draft in drafts:
        draft.examples.test(draft.watchlist, draft.watchlist.rules, matcher, problems)
        for position, examples in draft.rule_examples:
            examples.test(replace(draft.watchlist, threshold=0.0), [draft.watchlist.rules[position]], matcher, problems)


def _packs_tested(reader: Reader, matcher: Matcher, problems: list[Problem]) -> None:
    """The examples of the packs' terms that a list leans on."""
    for entry, mention in reader.used:
        rule = Rule(id=entry.text, title=entry.text, condition=mention, line=entry.node.line)
        pack = WatchList(id="", title="", severity="normal", version="", rules=(rule,))
        Examples.read(entry.examples, problems).test(pack, pack.rules, matcher, problems)
