"""Every reason and note that the crawler gives has its words in Arabic."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler import answers, guard, notes
from monitor.children import Ended
from monitor.formats.words import GONE
from monitor.reasons import ARABIC, said
from monitor.scope import WHY
from monitor.sending import SendingError

ROOT = Path(__file__).parents[2]
ARABIC_LETTER = re.compile("[\u0620-\u064a]")

# Who give a reason as what they return.
GIVING = {
    "crawler/answers.py": {"not_a_page", "_status"},
    "crawler/feedtext.py": {"_beginning"},
    "crawler/gate.py": {"no_article", "poor", "_is_fault"},
    "crawler/guard.py": {"verdict"},
    "crawler/habits.py": {"unlike"},
    "crawler/telegram.py": {"_nothing", "_notes"},
    "crawler/wpjson.py": {"_no_json", "_trouble"},
}
NAMED = re.compile(r"why|defects?|notes?|said|late|reason")
CALLED = {"SendingError", "Trouble", "Unread", "Refused", "TooMuch", "_NoAddressError", "_from_entry", "end", "stop", "Reading", "Listing", "Feed", "Sitemap", "Channel", "Sight"}  # fmt: skip


def reasons() -> Iterator[str]:
    """What the crawler's code says where a reason is set, passed or returned, with 7 for what differs."""
    for path in [*sorted((ROOT / "crawler").rglob("*.py")), ROOT / "monitor" / "sending.py"]:
        tree = ast.parse(path.read_text("utf-8"))
        giving = GIVING.get(str(path.relative_to(ROOT)), set())
        for node in ast.walk(tree):
            for value in _said_in(node, giving):
                for text in _texts(value):
                    if re.search("[a-z]{2} [a-z]{2}", text):  # a sentence; else a key, a tag, a class
                        yield str(SendingError(text, subject="MAIL")) if path.name == "sending.py" else text


def _said_in(node: ast.AST, giving: set[str]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in CALLED:
            yield from [*node.args, *(word.value for word in node.keywords)]
        elif name == "append" and isinstance(node.func, ast.Attribute) and _named(node.func.value):
            yield from node.args
        yield from (word.value for word in node.keywords if word.arg and NAMED.fullmatch(word.arg))
    elif isinstance(node, (ast.Assign, ast.AugAssign)):
        if any(map(_named, node.targets if isinstance(node, ast.Assign) else [node.target])):
            yield node.value
    elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
        if any("Fate" in ast.dump(part) for part in node.value.elts):
            yield from node.value.elts
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in giving:
        yield from (one.value for one in ast.walk(node) if isinstance(one, (ast.Return, ast.Yield)) and one.value)


def _named(target: ast.AST) -> bool:
    if isinstance(target, ast.Tuple):
        return any(map(_named, target.elts))
    return NAMED.fullmatch(getattr(target, "id", getattr(target, "attr", ""))) is not None


def _texts(node: ast.AST) -> Iterator[str]:
    """The texts that stand in an expression; of its calls only those that make a text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in node.values)
    elif isinstance(node, (ast.BoolOp, ast.IfExp, ast.Tuple, ast.List, ast.BinOp, ast.Starred)):
        for part in ast.iter_child_nodes(node):
            yield from _texts(part)
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _texts(value)


def words() -> list[str]:
    found = {*reasons(), WHY}
    found |= {value for name, value in vars(notes).items() if name.isupper()}
    found |= {why for _, why in answers._SAID} | {why for _, why in answers._ERRORS}
    found |= {f"the page itself could not be had: {why}" for _, why in answers._ERRORS}
    found |= {f"not allowed to go there: host.example: {guard.verdict(address)}" for address in ("10.1.2.3", "::1")}
    found |= {answers._status(code) for code in (401, 403, 404, 410, 429, 451, 500, 502, 503, 504, 418, 599)}
    ends = Ended(code=-9), Ended(code=-300), Ended(code=3), Ended(code=0, hung=True), Ended(code=0, hungry=True)
    found |= {f"it {ended}" for ended in ends}
    elsewhere = {
        one for one in found for start in GONE["ar"] if one.startswith(start)
    }  # how it is said that it is gone
    return sorted(
        found - elsewhere - {"it names 7 addresses: the 7 7 are listed"}
    )  # "first" and "newest": both are there


def test_the_walk_finds_the_reasons() -> None:
    found = set(words())
    assert len(found) > 120
    assert {
        "robots.txt does not allow it", "a video and no text", "no article in it", "forwarded from 7", "it shows nothing older",
        "7 entries had fallen out since the last reading; they were found in 7 older pages", "it has no link",
    } <= found  # fmt: skip


@pytest.mark.parametrize("stored", words())
def test_every_reason_has_arabic_words(stored: str) -> None:
    told = said("ar", stored)
    assert ARABIC_LETTER.search(told), f"say it in monitor/reasons.py: {stored!r}"
    first = re.search("[A-Za-z\u0620-\u064a]", told)
    assert first
    assert ARABIC_LETTER.match(first[0]), f"it would be set from left to right: {told}"
    assert said("en", stored) == stored


def test_what_differs_is_taken_over_and_a_reason_within_a_reason_is_told_too() -> None:
    assert (
        said("ar", "robots.txt cannot be had: the host refused the connection")
        == "تعذّر جلب robots.txt: رفض الموقع الاتصال"
    )
    nested = "https://a.example/x: HTTP 404 Not Found: 3 of 5 entries were not reached"
    assert said("ar", nested) == "عند https://a.example/x: لا صفحة بهذا العنوان، HTTP 404: لم يبلغ الدور 3 مادة من 5"
    waits = said("ar", "a.example asked to wait until 2026-11-26 04:20 UTC")
    assert waits == "طلب a.example الانتظار حتى 26/11/2026 04:20 بتوقيت غرينتش"
    joined = said("ar", "posts without a number of their own, not listed: 4; something new")
    assert joined == "منشورات بلا رقم لم تُدرج: 4؛ something new"
    assert said("ar", "forwarded from {why} %s {0}") == "معاد توجيهه من {why} %s {0}"


def test_what_nobody_knows_stays_as_it_is() -> None:
    for stored in ("", "قيل بالعربية", "RuntimeError: boom", "x" * 5_000, "; ; ", "{", "a: b"):
        assert said("ar", stored) == stored


def test_a_hostile_reason_is_soon_done_with() -> None:
    for piece in (", and it has ", ": 7 of ", " asked to wait until ", "; ", "https://x: "):
        said("ar", (piece * 2_000)[:2_000])


def test_the_table_keeps_what_it_is_given() -> None:
    """No place of an Arabic sentence that its reason does not fill."""
    for stored, arabic in ARABIC.items():
        assert set(re.findall(r"\{\w+\}", arabic)) <= set(re.findall(r"\{\w+\}", stored)), stored
