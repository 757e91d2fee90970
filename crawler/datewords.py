"""The words in which the Arabic press writes its dates: months, weekdays, numbers, units, towns for clocks.

All keys are folded (:func:`crawler.folding.fold`); the tables hold spelling variants seen in print, not every
theoretical one. Hijri conversion is Umm al-Qura (https://pypi.org/project/hijridate/); other
countries' calendars may differ by a day, so what comes from it is approximate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from crawler.folding import fold

__all__ = [
    "CLOCKS",
    "DAY_PARTS",
    "HIJRI",
    "LABELS",
    "MONTHS",
    "NUMBERS",
    "OFFSETS",
    "RELATIVE_DAYS",
    "UNITS",
    "WEEKDAYS",
    "either",
]


def either(words: Iterable[str]) -> str:
    """A regular expression for any of these words, longest first, an inner space being any space or hyphen."""
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(r"[\s-]+".join(map(re.escape, word.split())) for word in longest_first)


def _numbered(rows: Iterable[str]) -> Mapping[str, int]:
    return {fold(name): number for number, row in enumerate(rows, 1) for name in row.split("|")}


MONTHS = _numbered(
    (
        "كانون الثاني|كانون ثاني|كانون ثان|كانون2|كانون 2|ك2|يناير|جانفي|کانوونی دووەم|کانونی دووەم|کانوونی دووه‌م|january|jan",
        "شباط|فبراير|فيفري|شوبات|february|feb",
        "آذار|اذار|مارس|ئازار|ئادار|march|mar",
        "نيسان|أبريل|إبريل|ابريل|أفريل|april|apr",
        "أيار|ايار|مايو|مايس|ماي|ئایار|may",
        "حزيران|يونيو|يونية|يونيه|جوان|حوزەیران|حوزه‌یران|june|jun",
        "تموز|يوليو|يولية|يوليه|يوليوز|جويلية|تەمموز|تەموز|ته‌مموز|july|jul",
        "آب|أغسطس|اغسطس|أوت|غشت|ئاب|august|aug",
        "أيلول|ايلول|سبتمبر|شتنبر|ئەیلول|ئەیلوول|ئه‌یلول|september|sept|sep",
        "تشرين الأول|تشرين أول|تشرين1|تشرين 1|ت1|أكتوبر|اكتوبر|تشرینی یەکەم|تشرینی یه‌که‌م|october|oct",
        "تشرين الثاني|تشرين ثاني|تشرين ثان|تشرين2|تشرين 2|ت2|نوفمبر|نونبر|تشرینی دووەم|تشرینی دووه‌م|november|nov",
        "كانون الأول|كانون أول|كانون1|كانون 1|ك1|ديسمبر|دجنبر|کانوونی یەکەم|کانونی یەکەم|کانوونی یه‌که‌م|december|dec",
    )
)
"""Folded name -> month, January being 1: Levantine, Egyptian, Tunisian and Algerian, Moroccan, Kurdish in its Levantine form, English."""

HIJRI = _numbered(
    (
        "محرم|المحرم|محرم الحرام",
        "صفر|صفر الخير|صفر المظفر",
        "ربيع الأول|ربيع أول|ربيع الاول|ربيع1",
        "ربيع الآخر|ربيع آخر|ربيع الثاني|ربيع ثاني|ربيع ثان|ربيع2",
        "جمادى الأولى|جمادى الأول|جماد الأول|جماد أول|جمادى أولى|جماد الأولى",
        "جمادى الآخرة|جمادى الآخر|جمادى الثانية|جمادى الثاني|جماد الآخر|جماد الثاني|جماد ثاني|جماد الآخرة",
        "رجب|رجب الفرد",
        "شعبان|شعبان المعظم",
        "رمضان|رمضان المبارك",
        "شوال",
        "ذو القعدة|ذي القعدة|ذوالقعدة|ذيالقعدة|ذا القعدة|القعدة",
        "ذو الحجة|ذي الحجة|ذوالحجة|ذيالحجة|ذا الحجة|الحجة",
    )
)
"""Folded name -> Hijri month, Muharram being 1."""

WEEKDAYS = {
    fold(name): number
    for number, row in enumerate(
        (
            "الإثنين|الاثنين|اثنين|إثنين|monday|mon",
            "الثلاثاء|الثلاثا|ثلاثاء|tuesday|tue",
            "الأربعاء|الاربعا|أربعاء|الإربعاء|wednesday|wed",
            "الخميس|خميس|thursday|thu",
            "الجمعة|جمعة|friday|fri",
            "السبت|سبت|saturday|sat",
            "الأحد|أحد|sunday|sun",
        )
    )
    for name in row.split("|")
}
"""Folded name -> weekday as :meth:`datetime.date.weekday` counts, Monday being 0."""

DAY_PARTS = {
    fold(name): part
    for part, names in {
        "am": "صباحا|صباح|ص|فجرا|am|a.m|a.m.|ق.ظ",
        "pm": "مساء|مسا|م|عصرا|بعد الظهر|pm|p.m|p.m.",
        "noon": "ظهرا|الظهر",
        "night": "ليلا|بعد منتصف الليل",
    }.items()
    for name in names.split("|")
}

NUMBERS = {
    fold(name): number
    for number, row in enumerate(
        (
            "واحد|واحدة|احد",
            "اثنان|اثنين|اثنتين|اثنتان",
            "ثلاث|ثلاثة",
            "أربع|أربعة",
            "خمس|خمسة",
            "ست|ستة",
            "سبع|سبعة",
            "ثمان|ثماني|ثمانية",
            "تسع|تسعة",
            "عشر|عشرة",
        ),
        1,
    )
    for name in row.split("|")
}

UNITS = {
    fold(name): (unit, number)
    for unit, rows in {
        "second": ("ثواني|ثوان|seconds|secs", "ثانية|second|sec", "ثانيتين|ثانيتان"),
        "minute": ("دقائق|دقايق|minutes|mins", "دقيقة|minute|min", "دقيقتين|دقيقتان"),
        "hour": ("ساعات|hours|hrs", "ساعة|hour|hr", "ساعتين|ساعتان"),
        "day": ("أيام|days", "يوم|يوما|day", "يومين|يومان"),
        "week": ("أسابيع|weeks", "أسبوع|أسبوعا|week", "أسبوعين|أسبوعان"),
        "month": ("أشهر|شهور|months", "شهر|شهرا|month", "شهرين|شهران"),
    }.items()
    for number, row in enumerate(rows)
    for name in row.split("|")
}
"""Folded word -> unit and how many of it the bare word means: the dual is two, a plural without a number nothing."""

RELATIVE_DAYS = {
    fold(name): days
    for days, names in {
        0: "اليوم|هذا اليوم|today",
        1: "أمس|البارحة|يوم أمس|الأمس|yesterday",
        2: "أول أمس|أول من أمس|قبل أمس|أمس الأول",
    }.items()
    for name in names.split("|")
}

CLOCKS = {
    fold(name): zone
    for zone, names in {
        "Asia/Damascus": "دمشق|سوريا|سورية|حلب|القامشلي",
        "Asia/Beirut": "بيروت|لبنان",
        "Asia/Jerusalem": "القدس|القدس المحتلة|فلسطين|غزة",
        "Asia/Riyadh": "مكة|مكة المكرمة|السعودية|الرياض|المدينة المنورة",
        "Africa/Cairo": "القاهرة|مصر",
        "Asia/Baghdad": "بغداد|العراق",
        "Asia/Dubai": "أبوظبي|أبو ظبي|الإمارات|دبي|مسقط",
        "Asia/Qatar": "الدوحة|قطر",
        "Asia/Kuwait": "الكويت",
        "Asia/Bahrain": "المنامة|البحرين",
        "Asia/Amman": "عمان|عمّان|الأردن",
        "Europe/Istanbul": "اسطنبول|إسطنبول|استنبول|أنقرة|تركيا",
        "Africa/Tunis": "تونس",
        "Africa/Algiers": "الجزائر",
        "Africa/Casablanca": "الرباط|المغرب|الدار البيضاء",
        "Africa/Tripoli": "طرابلس|ليبيا",
        "Africa/Khartoum": "الخرطوم|السودان",
        "Asia/Aden": "صنعاء|عدن|اليمن",
        "Asia/Tehran": "طهران|إيران",
        "Europe/Moscow": "موسكو|روسيا",
        "Europe/London": "لندن|بريطانيا",
        "Europe/Paris": "باريس|فرنسا",
        "Europe/Berlin": "برلين|ألمانيا",
        "America/New_York": "نيويورك|واشنطن",
        "UTC": "غرينتش|جرينتش|غرينيتش|جرينيتش|جرنتش|غرنيتش",
    }.items()
    for name in names.split("|")
}
"""Folded town or country of a clock ("بتوقيت …") -> IANA zone. عمان is read as Amman, as the Levant does."""

OFFSETS = {"eet": 120, "eest": 180, "msk": 180, "trt": 180, "cet": 60, "cest": 120, "utc": 0, "gmt": 0, "z": 0}
"""Zone abbreviations that mean one thing, in minutes. AST, IST and the like mean several and are not here."""

LABELS = frozenset(
    fold(word)
    for word in [
        "نشر",
        "نشرت",
        "النشر",
        "منشور",
        "تاريخ",
        "بتاريخ",
        "التاريخ",
        "في",
        "يوم",
        "اليوم",
        "الساعة",
        "ساعة",
        "الموافق",
        "لـ",
        "ل",
        "عند",
        "على",
        "تمام",
        "آخر",
        "اخر",
        "تحديث",
        "التحديث",
        "محدث",
        "حدث",
        "تعديل",
        "كتب",
        "أضيف",
        "أضيفت",
        "الإضافة",
        "تم",
        "من",
        "شهر",
        "عام",
        "سنة",
        "لعام",
        "لسنة",
        "هـ",
        "ه",
        "م",
        "للهجرة",
        "هجري",
        "هجرية",
        "ميلادي",
        "ميلادية",
        "توقيت",
        "بتوقيت",
        "التوقيت",
        "المحلي",
        "بالتوقيت",
        "ت",
        "غ",
        "published",
        "updated",
        "on",
        "at",
        "last",
        "date",
        "posted",
        "gmt",
        "utc",
        "الخبر",
        "المقال",
        "المقالة",
        "وقت",
        "صدر",
        "مساء",
        "صباح",
        "ظهر",
        "ليلة",
        "فجر",
        "عصر",
    ]
)
"""Folded words that stand around a date without being news."""
