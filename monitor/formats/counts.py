"""How many of what, in Arabic and English: the forms that a noun has beside a number."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["COUNTS"]

# CLDR plural categories of Arabic: one, two, few (3-10), many (11-99), other (100, 101, 102 …); of English: one, other.
COUNTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ar": {
        "stories": ("خبر واحد", "خبران", "{n} أخبار", "{n} خبراً", "{n} خبر"),
        "in lists": ("في قائمة واحدة", "في قائمتين", "في {n} قوائم", "في {n} قائمة", "في {n} قائمة"),
        "urgent": (
            "منها خبر عاجل", "منها خبران عاجلان", "منها {n} أخبار عاجلة", "منها {n} خبراً عاجلاً", "منها {n} خبر عاجل",
        ),
        "only urgent": ("وهو عاجل", "وهما عاجلان", "وكلها عاجلة", "وكلها عاجلة", "وكلها عاجلة"),
        "not read": (
            "مصدر واحد لم يُقرأ", "مصدران لم يُقرآ", "{n} مصادر لم تُقرأ", "{n} مصدراً لم يُقرأ", "{n} مصدر لم يُقرأ",
        ),
        "stopped": (
            "مصدر واحد انقطع", "مصدران انقطعا", "{n} مصادر انقطعت", "{n} مصدراً انقطع", "{n} مصدر انقطع",
        ),
        "gaps in": ("فجوة واحدة", "فجوتان", "{n} فجوات", "{n} فجوة", "{n} فجوة"),
        "sources": ("مصدر واحد", "مصدران", "{n} مصادر", "{n} مصدراً", "{n} مصدر"),
        "sources of": ("مصدر واحد", "مصدرين", "{n} مصادر", "{n} مصدراً", "{n} مصدر"),
        "passes of": ("جولة واحدة", "جولتين", "{n} جولات", "{n} جولة", "{n} جولة"),
        "outlets": ("نشرته وسيلة واحدة", "نشرته وسيلتان", "نشرته {n} وسائل", "نشرته {n} وسيلة", "نشرته {n} وسيلة"),
        "reports": ("خبر واحد", "خبران", "{n} أخبار", "{n} خبراً", "{n} خبر"),
        "in outlets": ("في وسيلة واحدة", "في وسيلتين", "في {n} وسائل", "في {n} وسيلة", "في {n} وسيلة"),
        "independent": (
            "من مصدر مستقل واحد", "من مصدرين مستقلين", "من {n} مصادر مستقلة", "من {n} مصدراً مستقلاً", "من {n} مصدر مستقل",
        ),
        "minutes": ("دقيقة", "دقيقتين", "{n} دقائق", "{n} دقيقة", "{n} دقيقة"),
        "hours": ("ساعة", "ساعتين", "{n} ساعات", "{n} ساعة", "{n} ساعة"),
        "days": ("يوم", "يومين", "{n} أيام", "{n} يوماً", "{n} يوم"),
        "mentions": ("موضع آخر", "موضعان آخران", "{n} مواضع أخرى", "{n} موضعاً آخر", "{n} موضع آخر"),
    },
    "en": {
        "stories": ("one story", "{n} stories"),
        "in lists": ("in one list", "in {n} lists"),
        "urgent": ("one of them urgent", "{n} of them urgent"),
        "only urgent": ("and it is urgent", "all of them urgent"),
        "not read": ("one source was not read", "{n} sources were not read"),
        "stopped": ("one source stopped answering", "{n} sources stopped answering"),
        "gaps in": ("one gap", "{n} gaps"),
        "sources": ("one source", "{n} sources"),
        "sources of": ("one source", "{n} sources"),
        "passes of": ("one pass", "{n} passes"),
        "outlets": ("one outlet", "{n} outlets"),
        "reports": ("one story", "{n} stories"),
        "in outlets": ("in one outlet", "in {n} outlets"),
        "independent": ("one independent voice", "{n} independent voices"),
        "minutes": ("one minute", "{n} minutes"),
        "hours": ("one hour", "{n} hours"),
        "days": ("one day", "{n} days"),
        "mentions": ("one more mention", "{n} more mentions"),
    },
}  # fmt: skip
