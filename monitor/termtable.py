"""The terms of all lists and packs, each once, on their way into one Matcher; errors are told where the term stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from monitor.shaping import problem
from monitor.terms import Matcher, Term, TermError
from monitor.terms import compile as compile_terms
from monitor.yamlfile import Node, Problem, Scalar, shown
from monitor.yamltext import UNSEEN

__all__ = ["TermTable", "term_text"]

_LONGEST = 300
_MOST_WORDS = 12


class TermTable:
    """Numbers terms in the order in which they are met."""

    def __init__(self) -> None:
        self._numbers: dict[Term, int] = {}
        self._written: list[Node] = []
        self.notes: list[Problem] = []
        """What is not wrong and should be known."""

    def number(self, term: Term, written: Node) -> int:
        """The number of ``term`` in the Matcher to come; ``written``: where it stands first."""
        found = self._numbers.get(term)
        if found is None:
            found = self._numbers[term] = len(self._written)
            self._written.append(written)
            if odd := re.search(f"[{UNSEEN}]", term.text):
                named = f"{unicodedata.name(odd.group(), '?')}, U+{ord(odd.group()):04X}"
                self.notes.append(
                    problem(written, f"nobody sees the {named} in `{shown(term.text)}`; it is passed over")
                )
        return found

    def __len__(self) -> int:
        return len(self._written)

    def compile(self, problems: list[Problem]) -> Matcher | None:
        """The Matcher; ``None``, with a Problem for every term that cannot be looked for, where there is one."""
        terms = list(self._numbers)
        try:
            return compile_terms(terms)
        except TermError:
            before = len(problems)
            for term, node in zip(terms, self._written, strict=True):
                problems += _refused([term], node)
            if len(problems) == before:  # wrong only together
                problems += _refused(terms, self._written[0])
            return None


def _refused(terms: Sequence[Term], node: Node) -> list[Problem]:
    try:
        compile_terms(terms)
    except TermError as error:
        about = f"`{shown(error.subject)}`: " if error.subject else ""
        return [problem(node, f"{about}{error.args[0]}")]
    return []


def term_text(node: Node, problems: list[Problem]) -> str | None:
    """The text of a term, its spaces made one each, or ``None`` and a Problem."""
    if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
        problems.append(
            problem(node, "a term is expected: a word or a phrase (in quotes, if it is `true` or the like)")
        )
        return None
    if node.runs_on:
        problems.append(
            problem(
                node,
                f"`{shown(node.text)}` goes on in the next line; is a `- ` missing there? Otherwise put it in quotes",
            )
        )
        return None
    text = re.sub(r"\s+", " ", node.text.strip())
    if len(text) > _LONGEST:
        problems.append(problem(node, f"a term of {len(text)} characters; at most {_LONGEST} are possible"))
        return None
    if text.count(" ") >= _MOST_WORDS:
        problems.append(
            problem(node, f"a term of more than {_MOST_WORDS} words; a few words that stand together will do")
        )
        return None
    if not text:
        problems.append(problem(node, "an empty term; write the word that is looked for"))
        return None
    return text
