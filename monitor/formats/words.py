"""The digest's own words, in Arabic and English: plain tables, and the sentences that are made of them."""

from __future__ import annotations

from collections.abc import Mapping

from crawler.outcome import Ending, Fate
from monitor.digest import Mark

__all__ = ["AFFILIATIONS", "CHANGES", "ENDINGS", "FATES", "MARKS", "count", "direction", "say", "zone_name"]

# CLDR plural categories of Arabic: one, two, few (3-10), many (11-99), other (100, 101, 102 …); of English: one, other.
_COUNTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
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

_SAY: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "name": "راصد",
        "title": "نشرة راصد",
        "comma": "، ",
        "semicolon": "؛ ",
        "and": "، و",
        "open": "«",
        "close": "»",
        "so far": "اليوم لم ينتهِ بعد: حتى الساعة {at}",
        "made": "أُعدّت {at} بتوقيت {zone}",
        "nothing": "لم يرد شيء مما تطلبه القوائم",
        "no lists": "لا توجد قوائم مراقبة",
        "all read": "قُرئت المصادر كلها",
        "not running": "راصد لم يعمل في هذا اليوم: لا نعرف ما نُشر",
        "nothing read": "لم يُقرأ أي مصدر في هذا اليوم: لا نعرف ما نُشر",
        "contents": "المحتويات",
        "urgent": "عاجل",
        "no hits": "لم يرد في هذه القائمة شيء، وقد نظرنا في {sources} خلال {passes}.",
        "no hits, partly": "لم يرد في هذه القائمة شيء في {sources} نظرنا فيها؛ و{not_read}: التفصيل في «ما لم نره».",
        "no hits, blind": "لا نعلم إن كان قد ورد في هذه القائمة شيء: لم نقرأ أي مصدر.",
        "urgent above": "ورد أعلاه ضمن العاجل:",
        "first here": "الأولى عندنا",
        "event": "حدث واحد",
        "first of all": "أول من نشر: ",
        "ahead": "قبل غيرها بـ{time}",
        "changed": "عُدّل بعد النشر",
        "changed at": "رأينا التعديل {at}",
        "new address": "نُشرت الصيغة الجديدة بعنوان آخر على الموقع نفسه",
        "was": "كان",
        "became": "صار",
        "withdrawn": "حُذف",
        "inserted": "أُضيف",
        "removed": "حُذف من الموقع",
        "removed at": "غاب منذ {gone}، وتأكد غيابه {at}",
        "articles not kept": "لا نسخة محفوظة",
        "undated": "بلا تاريخ نشر، قُرئ {at}",
        "why": "السبب",
        "proof": "النسخة المحفوظة",
        "untitled": "(بلا عنوان)",
        "no link": "عنوان لا يصلح رابطاً",
        "unseen": "ما لم نره",
        "all clear": "لا شيء نعرفه: قُرئت المصادر كلها، ولم تتعثر جولة ولم تفلت مادة.",
        "troubled": "مصادر متعثرة",
        "never": "مصادر لم تبلغها أي جولة",
        "silences": "أوقات بلا أي جولة",
        "silence": "من {start} إلى {end}",
        "gaps": "ما فات بين قراءتين",
        "gap": "بين {start} و{end}",
        "gap before": "قبل {end}",
        "gap noticed": "لوحظ {at}",
        "stale": "مصادر صامتة على غير عادتها",
        "silent": "لا جديد منذ {at}، وعادته خبر كل {usual}",
        "passes in trouble": "جولات لم تكتمل",
        "pass failed": "جولة بدأت {at} وأخفقت",
        "pass cut": "جولة بدأت {at} وقُطعت قبل أن تنتهي",
        "pass running": "جولة بدأت {at} وما زالت جارية أو قُطعت",
        "unread": "مواد تعذّرت قراءتها",
        "tries": "المحاولات: {n}",
        "all day": "منذ أول جولة في اليوم ({at})",
        "since": "منذ {at}",
        "read again": "منذ {at} حتى عاد {again}",
        "share": "في {bad} من أصل {all}",
        "fates": "مصير كل ما رأيناه",
        "fates note": "المادة المعروفة تُعدّ في كل جولة تراها.",
        "notes": "ملاحظات على التشغيل",
        "read": "المصادر التي قُرئت",
        "source": "المصدر",
        "affiliation": "التوجّه",
        "reads": "قُرئ",
        "reads of": "{reads} من {visits}",
        "last read": "آخر قراءة",
        "stored": "جديد",
        "known": "معروف",
        "lost": "لم يُقرأ",
        "off topic": "خارج الموضوع",
        "defects": "عيوب تجاوزناها",
        "more stories": "الأخبار {start}–{end}",
        "page": "صفحة",
        "of pages": "من",
        "skip": "إلى المحتوى",
        "root": "ختم سجل الأدلة لهذا اليوم (rasid evidence verify):",
        "footer": "أعدّه راصد على هذا الجهاز. لا يطلب هذا الملف شيئاً من الشبكة؛ الروابط وحدها تفتح المواقع.",
        "index": "نشرات راصد",
        "no digests": "لا نشرات بعد.",
        "so far short": "حتى الآن",
    },
    "en": {
        "name": "Rasid",
        "title": "Rasid digest",
        "comma": ", ",
        "semicolon": "; ",
        "and": ", ",
        "open": "“",
        "close": "”",
        "so far": "the day is not over: up to {at}",
        "made": "made {at}, {zone} time",
        "nothing": "nothing that the lists ask for",
        "no lists": "there are no watch lists",
        "all read": "all sources were read",
        "not running": "Rasid was not running on this day: we do not know what was published",
        "nothing read": "not one source was read on this day: we do not know what was published",
        "contents": "Contents",
        "urgent": "Urgent",
        "no hits": "Nothing for this list, having looked at {sources} in {passes}.",
        "no hits, partly": "Nothing for this list in the {sources} read, but {not_read}: see “What we did not see”.",
        "no hits, blind": "We do not know whether there was anything for this list: no source was read.",
        "urgent above": "Above, under Urgent:",
        "first here": "first here",
        "event": "One happening",
        "first of all": "first: ",
        "ahead": "{time} before any other",
        "changed": "Changed after publishing",
        "changed at": "the change was seen {at}",
        "new address": "the new wording was published under another address",
        "was": "was",
        "became": "became",
        "withdrawn": "withdrawn",
        "inserted": "inserted",
        "removed": "Removed from the site",
        "removed at": "gone since {gone}, confirmed {at}",
        "articles not kept": "no copy is kept",
        "undated": "no date on the page, read {at}",
        "why": "Why",
        "proof": "kept copy",
        "untitled": "(no headline)",
        "no link": "an address that cannot be a link",
        "unseen": "What we did not see",
        "all clear": "Nothing that we know of: every source was read, no pass failed, no entry was lost.",
        "troubled": "Sources in trouble",
        "never": "Sources that no pass reached",
        "silences": "Times without any pass",
        "silence": "from {start} to {end}",
        "gaps": "What fell out between two readings",
        "gap": "between {start} and {end}",
        "gap before": "before {end}",
        "gap noticed": "noticed {at}",
        "stale": "Sources that are unusually silent",
        "silent": "nothing new since {at}; usually every {usual}",
        "passes in trouble": "Passes that were not completed",
        "pass failed": "the pass that began {at} failed",
        "pass cut": "the pass that began {at} was cut before its end",
        "pass running": "the pass that began {at} is still running, or was cut",
        "unread": "Entries that could not be read",
        "tries": "tries: {n}",
        "all day": "since the day's first pass ({at})",
        "since": "since {at}",
        "read again": "from {at}, read again {again}",
        "share": "in {bad} of {all}",
        "fates": "What became of everything we saw",
        "fates note": "A known entry counts in every pass that sees it.",
        "notes": "Notes on the service",
        "read": "Sources that were read",
        "source": "source",
        "affiliation": "affiliation",
        "reads": "read",
        "reads of": "{reads} of {visits}",
        "last read": "last read",
        "stored": "new",
        "known": "known",
        "lost": "not read",
        "off topic": "off topic",
        "defects": "defects of the listing",
        "more stories": "Stories {start}–{end}",
        "page": "page",
        "of pages": "of",
        "skip": "to the content",
        "root": "Root of the ledger of evidence on this day (rasid evidence verify):",
        "footer": "Made by Rasid on this machine. This file asks the network for nothing; only its links open sites.",
        "index": "Rasid digests",
        "no digests": "No digests yet.",
        "so far short": "so far",
    },
}

CHANGES: Mapping[str, Mapping[str, str]] = {
    "ar": {"headline": "العنوان", "number": "رقم", "name": "اسم", "term": "كلمة مراقَبة", "cut": "جملة حُذفت"},
    "en": {
        "headline": "headline",
        "number": "a number",
        "name": "a name",
        "term": "a watched term",
        "cut": "a sentence withdrawn",
    },
}
MARKS: Mapping[str, Mapping[Mark, str]] = {
    "ar": {
        Mark.CARRIED: "مرحّل من يوم سابق",
        Mark.PUBLISHED_EARLIER: "منشور من قبل ووجدناه اليوم",
        Mark.MATCHED_LATER: "محفوظ من قبل وطلبته قائمة عُدّلت",
        Mark.TOLD_AGAIN: "نص سبق أن رأيناه، أعيد نشره اليوم",
    },
    "en": {
        Mark.CARRIED: "carried over from an earlier day",
        Mark.PUBLISHED_EARLIER: "published earlier, found today",
        Mark.MATCHED_LATER: "stored earlier, asked for by a changed list",
        Mark.TOLD_AGAIN: "a text we have seen before, told again today",
    },
}
ENDINGS: Mapping[str, Mapping[Ending, str]] = {
    "ar": {
        Ending.READ: "قُرئ",
        Ending.UNCHANGED: "بلا تغيير",
        Ending.EMPTY: "أجاب بلا مواد",
        Ending.REFUSED: "رفض",
        Ending.CHALLENGED: "حاجز ضد البرامج",
        Ending.FAILED: "إخفاق",
        Ending.CUT: "انتهت الجولة قبله",
    },
    "en": {ending: str(ending) for ending in Ending} | {Ending.CUT: "the pass ended first"},
}
FATES: Mapping[str, Mapping[Fate, str]] = {
    "ar": {
        Fate.KNOWN: "معروف من قبل",
        Fate.STORED: "محفوظ جديد",
        Fate.OFF_TOPIC: "خارج الموضوع",
        Fate.UNREADABLE: "لم يُستخرج منه نص",
        Fate.REFUSED: "مرفوض",
        Fate.CHALLENGED: "خلف حاجز ضد البرامج",
        Fate.NEEDS_BROWSER: "يحتاج متصفحاً",
        Fate.FAILED: "أخفق جلبه",
        Fate.NOT_REACHED: "لم يصل إليه الدور",
    },
    "en": {fate: str(fate) for fate in Fate},
}
AFFILIATIONS: Mapping[str, Mapping[str, str]] = {
    "ar": {
        "state": "رسمية",
        "opposition": "معارضة",
        "north-east": "شمال شرق سوريا",
        "independent": "مستقلة",
        "ngo": "منظمة",
        "un": "الأمم المتحدة",
        "pan-arab": "عربية",
        "international": "دولية",
        "foreign-state": "رسمية أجنبية",
        "unknown": "غير محددة",
    },
    "en": {
        "north-east": "north-east Syria",
        "foreign-state": "foreign state",
        "ngo": "NGO",
        "un": "UN",
        "pan-arab": "pan-Arab",
    },
}


_ZONES = {
    "Asia/Damascus": "دمشق",
    "Asia/Beirut": "بيروت",
    "Asia/Amman": "عمّان",
    "Asia/Baghdad": "بغداد",
    "Europe/Istanbul": "إسطنبول",
    "Europe/Berlin": "برلين",
    "Europe/Paris": "باريس",
    "Europe/London": "لندن",
    "UTC": "غرينتش",
}


def zone_name(language: str, zone: str) -> str:
    """``دمشق`` or ``Damascus`` for ``Asia/Damascus``."""
    place = zone.rpartition("/")[2].replace("_", " ")
    return _ZONES.get(zone, place) if language == "ar" else place


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language == "ar" else "ltr"


def say(language: str, key: str, **values: object) -> str:
    """A word or sentence of the digest; ``values`` fill its places."""
    return _SAY[language][key].format(**values)


def count(language: str, what: str, n: int) -> str:
    """``n`` of something, as the language counts: خبران, 3 أخبار, 11 خبراً."""
    forms = _COUNTS[language][what]
    return forms[_category(n) if len(forms) == 5 else int(n != 1)].format(n=n)


def _category(n: int) -> int:
    if n in {1, 2}:
        return n - 1
    rest = n % 100
    if 3 <= rest <= 10:
        return 2
    return 3 if rest >= 11 else 4
