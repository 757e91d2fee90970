"""Whether a rule can be met at all, and whether it is not met by everything. Pure.

A rule is a Boolean formula over the words that may or may not stand in an article; :func:`can_be_met` looks for one
assignment that makes it true (Davis, Putnam, Logemann and Loveland 1962, without the refinements: rules are small).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from monitor.conditions import AllOf, AnyOf, Condition, Mention, Near, Not, mentions

__all__ = ["PLAIN", "can_be_met", "met_by_nothing", "terms_of"]

_MOST = 10

PLAIN = (
    """\
تشهد البلاد في هذا الأسبوع طقساً معتدلاً بعد أيام من الأمطار التي هطلت على الساحل، وتشير التوقعات إلى أن الحرارة
لا تتجاوز ما هو مألوف مع هبوب رياح خفيفة تبتعد عن الجبال.""",
    """\
فاز الفريق الضيف بهدفين في مباراة أقيمت على أرضه، وصعد إلى المركز الثالث مع نهاية هذا الدور بعد أن تراجع عن
الصدارة التي لا يفصله عنها سوى نقاط من مجموع ما تبقى.""",
    """\
ارتفعت أسعار الذهب في الأسواق بعد هبوط الدولار إلى أدنى مستوى من شهرين، على أن هذا الصعود لا يخرج عن الحدود التي
اعتادها المتعاملون مع كل ما يصدر عن المصارف.""",
    """\
افتتحت الجامعة معرضاً للكتاب في حرمها يضم عناوين من بلدان عدة، على أن يستمر هذا المعرض إلى نهاية الشهر مع ندوات عن
الترجمة التي لا غنى عنها بعد كل ما كُتب.""",
    """\
كشفت شركة صينية عن هاتف يعمل بعدسة أدق من تلك التي في سابقه، وقالت إن هذا الطراز يصل إلى المتاجر بعد الصيف مع سعر
لا يزيد على ما كان إلا قليلاً، على أن الكمية محدودة.""",
)
"""Everyday news with nothing in common but the words that every report has: what meets a rule in all of them is in
every report."""


def met_by_nothing(condition: Condition) -> bool:
    """Whether an article without any of the rule's words meets it: then nearly every article does."""
    return _value(condition, dict.fromkeys((m.term for m in mentions(condition)), False)) is True


def can_be_met(condition: Condition, implied: Iterable[tuple[int, int]] = ()) -> bool:
    """Whether some article meets it; ``True`` also where that would take too long to tell.

    ``implied``: pairs of terms of which the second stands wherever the first does.
    """
    clauses = [AnyOf((Not(Mention(one, "")), Mention(other, ""))) for one, other in implied]
    condition = AllOf((condition, *clauses)) if clauses else condition
    wanted, unwanted = set(terms_of(condition, wanted=True)), set(terms_of(condition, wanted=False))
    # what is only wanted may as well be there, what is only unwanted away: that leaves the terms that are both
    known = {term: term in wanted for term in wanted ^ unwanted}
    return _search(condition, known, sorted(wanted & unwanted)[:_MOST])


def terms_of(condition: Condition, *, wanted: bool) -> Iterator[int]:
    """Terms that must be there (under no ``not``, or an even number of them), or that must not."""
    match condition:
        case Mention(term):
            if wanted:
                yield term
        case Not(part):
            yield from terms_of(part, wanted=not wanted)
        case AnyOf(parts) | AllOf(parts) | Near(parts):
            for part in parts:
                yield from terms_of(part, wanted=wanted)


def _search(condition: Condition, known: dict[int, bool], left: Sequence[int]) -> bool:
    value = _value(condition, known)
    if value is not None or not left:
        return value is not False
    return any(_search(condition, {**known, left[0]: there}, left[1:]) for there in (True, False))


def _value(condition: Condition, known: Mapping[int, bool]) -> bool | None:
    """True, false, or not told by what is known (Kleene's three values)."""
    match condition:
        case Mention(term):
            return known.get(term)
        case Not(part):
            value = _value(part, known)
            return None if value is None else not value
        case AnyOf(parts):
            values = [_value(part, known) for part in parts]
            return True if True in values else None if None in values else False
        case AllOf(parts):
            values = [_value(part, known) for part in parts]
            return False if False in values else None if None in values else True
        case Near(slots):
            # All of its words are necessary. That they stand near each other is taken for possible, and for avoidable.
            return False if any(_value(slot, known) is False for slot in slots) else None
