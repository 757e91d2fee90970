"""decode: bytes and headers in, text out, whatever either of them claims."""

from __future__ import annotations

import codecs
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.charset import decode
from crawler.mojibake import reads_arabic, repaired

FLASH = "الدفاع المدني: إصابة ثلاثة مدنيين بانفجار لغم في ريف حماة الشرقي"
REPORT = (
    "<p>أعلنت مديرية صحة إدلب، اليوم الخميس، أن حصيلة ضحايا القصف على سوق المدينة ارتفعت إلى أحد عشر مدنياً، "
    "بينهم أربعة أطفال.</p><p>وقال مراسلنا إن فرق الإنقاذ «ما تزال تبحث» عن عالقين تحت الأنقاض؛ فهل تصل "
    "المعدات قبل المساء؟</p><p>وناشدت المديرية المنظمات الإنسانية – عبر بيان – تأمين أكياس الدم…</p>"
)
LEGACY = ["cp1256", "iso8859-6"]


def page(body: str, meta: str | None = None) -> str:
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={meta}">' if meta else ""
    return f"<html dir=rtl><head>{declared}<title>خبر</title></head><body>{body}</body></html>"


def twice(text: str, codec: str) -> str:
    """UTF-8 that a site read as another codec; bytes without a character stay what they are."""
    return "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in text.encode())


def legacy(text: str, codec: str) -> bytes:
    return text.encode(codec, "xmlcharrefreplace")


@pytest.mark.parametrize(
    "header",
    [
        None,
        "text/html",
        "text/html; charset=ISO-8859-1",
        "text/html; charset=utf-8",
        "text/html;charset=windows-1256",
        "text/html; charset=no-such-thing",
    ],
)
@pytest.mark.parametrize("meta", [None, "utf-8", "windows-1256", "iso-8859-1"])
@pytest.mark.parametrize("codec", ["utf-8", *LEGACY])
def test_the_bytes_decide_and_not_what_is_claimed_of_them(codec: str, meta: str | None, header: str | None) -> None:
    body = legacy(page(REPORT, meta), codec)
    assert decode(body, header) == body.decode(codec)


@pytest.mark.parametrize("codec", ["utf-8", *LEGACY])
def test_a_single_headline_is_enough_to_tell(codec: str) -> None:
    assert decode(FLASH.encode(codec), None) == FLASH


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF8 * 3, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_is_believed_and_taken_off(mark: bytes, codec: str) -> None:
    assert decode(mark + page(REPORT).encode(codec), "text/html; charset=windows-1256") == page(REPORT)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_known_by_their_zeros(codec: str) -> None:
    assert decode(page(REPORT).encode(codec), None) == page(REPORT)


def test_a_utf8_mark_on_a_page_of_windows_1256_does_not_deceive() -> None:
    assert decode(codecs.BOM_UTF8 + legacy(REPORT, "cp1256"), None) == REPORT


def test_a_few_broken_bytes_leave_a_page_utf8() -> None:
    body = page(REPORT * 2).encode()
    middle = body.index("مراسلنا".encode())
    text = decode(body[:middle] + b"\xff" + body[middle:], "text/html; charset=windows-1256")
    assert text == page(REPORT * 2).replace("مراسلنا", "\ufffdمراسلنا", 1)


def test_a_broken_byte_does_not_make_other_languages_latin() -> None:
    body = ("L’été à Damas, annoncé près des réfugiés déjà protégés " * 20).encode()
    assert decode(body + b"\xff", "text/html; charset=ISO-8859-1") == body.decode() + "\ufffd"


@pytest.mark.parametrize("header", [None, "text/xml", "text/xml; charset=windows-1256"])
def test_a_feed_cut_off_inside_a_letter_stays_utf8(header: str | None) -> None:
    body = f"<rss><channel><item><title>{FLASH}".encode()
    assert decode(body[:-1], header) == body.decode()[:-1]


def test_a_lone_half_letter_is_no_sign_of_utf8() -> None:
    assert decode(b"\xe9t\xe9", "text/html; charset=iso-8859-1") == "été"


@pytest.mark.parametrize(
    "declaration", ['<?xml version="1.0" encoding="{}"?>', '<meta charset="{}">', "<META CHARSET={} >"]
)
@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-1251", "cp1251", "Сирийские власти объявили о прекращении огня"),
        ("koi8-r", "koi8-r", "Сирийские власти объявили о прекращении огня в Алеппо"),
        ("gb2312", "gb18030", "叙利亚当局宣布在阿勒颇省停火"),
        ("Shift_JIS", "cp932", "シリア当局はアレッポ県での停戦を発表した"),
        ("euc-kr", "cp949", "시리아 당국은 알레포 주에서 휴전을 발표했다"),
        ("iso-8859-9", "cp1254", "Dışişleri Bakanlığı açıklama yaptı, görüşmeler sürüyor"),
        ("iso-8859-1", "cp1252", "L’été à Damas – un cessez-le-feu annoncé"),
        ("windows-1255", "cp1255", "השלטונות בסוריה הודיעו על הפסקת אש"),
        ("iso-2022-jp", "iso2022_jp", "シリア当局は停戦を発表した"),
    ],
)
def test_a_text_without_arabic_stays_what_it_declares(declaration: str, label: str, codec: str, text: str) -> None:
    whole = declaration.format(label) + f"<title>{text}</title>"
    assert decode(whole.encode(codec), None) == whole
    assert decode(f"<title>{text}</title>".encode(codec), f"text/html; charset={label}") == f"<title>{text}</title>"


def test_latin_1_in_the_header_gives_way_to_a_better_meta() -> None:
    body = ('<meta charset="gb2312"><p>' + "叙利亚当局宣布在阿勒颇省停火，难民返回家园" * 3).encode("gb18030")
    assert "阿勒颇" in decode(body, "text/html; charset=ISO-8859-1")


@pytest.mark.parametrize(
    "label", ["unicode_escape", "punycode", "idna", "rot13", "hex", "utf-7", "undefined", "../x", "zlib"]
)
def test_codecs_that_are_no_tables_of_letters_are_never_used(label: str) -> None:
    body = b"<p>\\u0041 a-b +AGE- caf\xe9</p>"
    assert decode(body, f"text/html; charset={label}") == "<p>\\u0041 a-b +AGE- café</p>"


@pytest.mark.parametrize("codec", ["cp1252", "latin-1", "cp1256"])
@pytest.mark.parametrize("text", [REPORT, page(REPORT), FLASH])
def test_double_encoding_is_undone(text: str, codec: str) -> None:
    assert decode(twice(text, codec).encode(), "text/html; charset=utf-8") == text


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_double_encoding_is_undone_twice(codec: str) -> None:
    wrong = twice(twice(REPORT, codec), codec)
    assert decode(wrong.encode(), None) == REPORT
    assert decode(f"{FLASH}\n{wrong}".encode(), None) == f"{FLASH}\n{REPORT}"


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_wrong_articles_in_a_right_template_are_mended_alone(codec: str) -> None:
    menu = "<ul><li>الرئيسية</li><li>محليات، اقتصاد؛ رياضة</li><li>كتاب، وضع، حفظ… المحافظ»</li></ul>"
    wrong = twice(REPORT, codec)
    assert decode(f"{menu}\n{wrong}\n{menu}".encode(), None) == f"{menu}\n{REPORT}\n{menu}"


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_right_and_wrong_words_on_one_line_are_told_apart(codec: str) -> None:
    right = "كتاب، وضع، حفظ… المحافظ، قطاع؛ شرط،"
    assert decode(f"{right} {twice(FLASH, codec)}".encode(), None) == f"{right} {FLASH}"


@pytest.mark.parametrize("codec", ["cp1252", "cp1256"])
def test_in_a_page_that_is_wrong_throughout_every_character_is_mended(codec: str) -> None:
    whole = page(f"{REPORT}<p>© 2025</p><p>و</p><p>\u00a0</p>")
    assert decode(twice(whole, codec).encode(), None) == whole


def test_windows_1256_that_was_stored_as_latin_is_mended() -> None:
    wrong = legacy(REPORT * 2, "cp1256").decode("cp1252")
    assert "Çá" in wrong
    assert decode(wrong.encode(), None) == REPORT * 2
    menu = "<ul><li>الرئيسية</li><li>محليات</li></ul>\n"
    assert decode((menu + wrong).encode(), None) == menu + REPORT * 2


@pytest.mark.parametrize(
    "text",
    [
        REPORT,
        "حفظ، وعظ؛ حظ… لفظ» وضع، نزاع؟ قطاع» شرط، نقاط…",
        "Blåbærsyltetøy på Ørsted – «Øl» og Ægir; Ça alors, l’été, Åse",
        "Çankırı'da çalışan çocuklar; Çağlayan, Çamlıca, Çınar",
        "ÞÆÐ ÍSLAND: Ísafjörður, Ýmir, Íslendingar",
        "میرزا، گفتگو؛ ٹیلیفون ظٹ",
        "ﻻ ﻳﺰﺍﻝ ﺍﻟﻮﺿﻊ",
        "می\u200cخواهم \u200f٢٠٢٥\u200e",
    ],
)
def test_what_is_rightly_written_is_left_alone(text: str) -> None:
    assert repaired(text) is text
    assert decode(text.encode(), "text/html; charset=windows-1256") == text


def test_how_arabic_a_text_reads_tells_the_true_table_from_the_wrong_one() -> None:
    assert reads_arabic(REPORT) > 0.7
    assert reads_arabic(twice(REPORT, "cp1256")) < 0.3
    assert reads_arabic(REPORT.encode("cp1256").decode("iso8859-6", "replace")) < 0.5
    assert reads_arabic(legacy(REPORT, "iso8859-6").decode("cp1256")) < 0.5
    assert reads_arabic("no word beyond ASCII") == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\xef\xbb\xbf" * 400_000,
        b"\x00" * 1_000_000,
        b"\xff" * 2_000_000,
        b"<meta " * 200_000 + b"\xc7",
        b"a" * 3_000_000 + b"\xc7\xe1",
        os.urandom(300_000),
        b"\xd8\xa7\xd9\x84" * 500_000 + b"\xd8",
        "Çá ãä ".encode() * 100_000,
        "ط§ظ„".encode() * 200_000,
    ],
    ids=["empty", "mark", "marks", "zeros", "ff", "metas", "long word", "random", "cut", "legacy", "double"],
)
def test_hostile_and_huge_bytes_come_back_as_text(body: bytes) -> None:
    assert isinstance(decode(body, "text/html; charset=\x00\udcff"), str)


@given(
    body=st.binary(max_size=400),
    header=st.none()
    | st.text(max_size=60)
    | st.sampled_from(
        ["text/html; charset=utf-16", "a; charset=hz", "a; charset=iso-2022-kr", "charset=cp864", "charset=mac-arabic"]
    ),
)
@settings(deadline=None, max_examples=300)
def test_it_never_raises(body: bytes, header: str | None) -> None:
    decode(body, header).encode("utf-8")


_WORDS = st.lists(st.sampled_from(REPORT.replace("<p>", "").replace("</p>", " ").split()), min_size=6, max_size=40).map(
    " ".join
)


@given(
    text=_WORDS,
    codec=st.sampled_from(["utf-8", "cp1256"]),
    header=st.sampled_from([None, "a; charset=utf-8", "a; charset=latin-1"]),
)
@settings(deadline=None)
def test_arabic_text_comes_back_as_it_went_in(text: str, codec: str, header: str | None) -> None:
    assert decode(text.encode(codec), header) == text


@given(text=st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00\ufeff"), max_size=200))
@settings(deadline=None, max_examples=300)
def test_utf8_comes_back_as_it_went_in(text: str) -> None:
    assert decode(text.encode(), None) == text


@given(text=_WORDS, codec=st.sampled_from(["cp1252", "cp1256"]))
@settings(deadline=None)
def test_repairing_what_is_repaired_changes_nothing(text: str, codec: str) -> None:
    once = repaired(twice(text, codec))
    assert repaired(once) is once
