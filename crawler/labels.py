"""Lines that stand in articles and are not news: "اقرأ أيضاً", "تابعونا على", "الوسوم", rights, counters.

The traps are sentences: "اشترك في الهجوم نحو عشرين مقاتلاً" is news and "اشترك في نشرتنا" is not; "شاهد أيضاً جرحى"
is news and "شاهد أيضاً: …" is not. So a label counts when it is the whole line, when a colon or the like
follows it, or when what follows is a link; a phrase counts only with the object that makes it a phrase.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from crawler.folding import bare, fold

__all__ = ["is_boilerplate", "is_label", "is_phrase", "opens_with_label", "without"]

_OPENERS = (
    r"(?:و?اقرا|اقراوا|اقرؤوا|اقري|طالع|طالعوا|شاهد|شاهدوا|انظر|راجع)(?:/\w{1,2})? (?:ايضا|كذلك)(?: (?:علي|في|من|عن) .{2,40})?",
    (
        r"(?:مواضيع|موضوعات|مقالات|اخبار|مواد|تقارير|روابط|قصص|ملفات|محتوي|موضوع|مقال|خبر)(?: اخري)? "
        r"(?:ذات|ذو|لها|له|قد) (?:صله|علاقه|تهمك|تعجبك|يهمك)(?: ب?(?:الموضوع|الخبر))?"
    ),
    r"(?:ال)?(?:مواضيع|موضوعات|مقالات|اخبار|تقارير|قصص) (?:ال)?(?:متعلقه|مرتبطه|مشابهه|مقترحه|مختاره)",
    r"ذات صله|ذو صله",
    r"(?:قد|ربما) (?:يهمك|يعجبك|تهمك|يهمكم|يعجبكم|تود قراءته|ترغب في قراءه)(?: (?:ايضا|قراءه|كذلك))?",
    (
        r"(?:اقرا|طالع|لقراءه) المزيد(?: (?:من|حول|عن|في) .{2,30})?|لمزيد من (?:التفاصيل|المعلومات|الاخبار)|(?:للمزيد|شاهد المزيد|لمشاهده المزيد)"
        r"(?: (?:من|حول|عن) (?:ال)?(?:تفاصيل|معلومات|اخبار|فيديو|فيديوهات|صور|موضوع))?"
    ),
    r"المزيد من (?:الاخبار|المواضيع|المقالات|التفاصيل|التقارير|القصص)|المزيد (?:حول|عن) .{2,30}",
    r"(?:ال)?وسوم|(?:ال)?كلمات (?:ال)?(?:مفتاحيه|داله|دلاليه)|تاغات|تاجات|tags|keywords",
    r"(?:المقال|المقاله|الخبر|الموضوع) (?:السابقه?|التاليه?)|(?:ال)?رابط (?:ال)?مختصر",
    r"related(?: posts| articles)?|read more|see also|read also|also read",
)
"""What is a label alone on its line, and before a colon or the like."""

_ALONES = (
    *_OPENERS,
    r"(?:تابع|تابعوا) (?:ايضا|كذلك)|في هذا السياق اقرا|المزيد|علامات|العلامات|الهاشتاغ(?:ات)?",
    r"(?:ال)?(?:اكثر) (?:قراءه|مشاهده|تداولا|شعبيه|تعليقا|شيوعا)",
    (
        r"اخر (?:ال)?(?:اخبار|مستجدات|مقالات)|احدث (?:ال)?(?:اخبار|مقالات|مواضيع)|اخترنا لكم?|نرشح لكم?|مختارات|يعرض الان|اخبار عاجله|"
        r"مقترحات|اهم الاخبار"
    ),
    r"(?:ال)?تعليقات|لا (?:توجد|يوجد) تعليقات?|لا تعليقات|التعليق(?:ات)? مغلقه?",
    r"(?:اترك|اضف|اكتب|اضافه|كتابه) (?:ردا|رد|تعليقا?|تعليقكم?)(?: .{2,30})?",
    (
        r"(?:ل?مشاركه|شارك|شاركها|شاركه|شاركونا|انشر|نشر)(?: (?:هذا|هذه))?(?: (?:ال)?(?:خبر|مقال|مقاله|موضوع|صفحه|ماده|رابط|تقرير))?"
        r"(?: (?:علي|عبر) (?:فيسبوك|فيس بوك|تويتر|واتساب|واتس اب|تلغرام|تيليغرام|مواقع التواصل(?: الاجتماعي)?))?"
    ),
    (
        r"(?:نسخ|انسخ) (?:ال)?رابط|تم نسخ الرابط|طباعه(?: الخبر| المقال)?|حجم الخط|تكبير الخط|تصغير الخط|حفظ|ارسال(?: ل?صديق)?|"
        r"ارسل الي صديق|استمع(?: الي المقال| للمقال| للخبر)?|فيسبوك|تويتر|واتساب|تلغرام|لينكدان|facebook|twitter|whatsapp|telegram|"
        r"linkedin|pinterest|messenger|viber|email|print|copy link|share|tweet"
    ),
    r"(?:ال)?صوره? من الارشيف|advertisements?|ads?|sponsored|اعلان|اعلانات|(?:ال)?اعلانات? (?:ممول|مدفوع|ادناه|اعلاه|جوجل|غوغل)|محتوي ممول",
    r"(?:ال)?مصدر|السابق|التالي|previous|next|الرئيسيه|عن الكاتب|نبذه عن الكاتب|about the author|leave a (?:reply|comment)",
)
"""What is a label only where it is the whole line."""

_ALONE = re.compile("|".join(f"(?:{head})" for head in _ALONES))
_OPENS = re.compile(rf"(?:{'|'.join(f'(?:{head})' for head in _OPENERS)})\s?(?=[^\w\s])")
_LEADS = re.compile(
    r"(?:و?اقرا|اقراوا|طالع|طالعوا|شاهد|شاهدوا|انظر|تابع|تابعوا)(?:/\w{1,2})? (?:ايضا|كذلك|المزيد)|للمزيد|لمزيد من|لقراءه المزيد|(?:قد|ربما) (?:يهمك|يعجبك)|ذات صله|"
    r"(?:و?اقرا|طالع|شاهد|انظر) (?:في|من|علي|عبر|هنا)\b.{0,40}?[:|]|شاهد (?:بالفيديو|بالصور|الفيديو|فيديو|الصور)|(?:خبر|تقرير|ماده|مقال) (?:سابق|سابقه)\b|"
    r"(?:مواضيع|موضوعات|مقالات|اخبار|مواد|تقارير) (?:ذات صله|متعلقه|مشابهه)|(?:ال)?وسوم"
)
"""What opens a line that is otherwise link."""

_NETWORKS = (
    r"فيسبوك|فيس بوك|الفيسبوك|الفيس بوك|تويتر|اكس|تلغرام|تلجرام|تليغرام|تيليغرام|تليجرام|تيلغرام|التلغرام|التليغرام|انستغرام|انستجرام|انستا|يوتيوب|واتساب|"
    r"واتس اب|الواتساب|تيك توك|غوغل نيوز|جوجل نيوز|اخبار غوغل|اخبار جوجل|google|telegram|facebook|twitter|whatsapp|instagram|youtube|"
    r"مواقع التواصل|وسائل التواصل|منصات التواصل|شبكات التواصل"
)
_OURS = r"(?:قنات|صفح|صفحات|حساب|حسابات|منصات|نشرت|مجموعت|تطبيق|موقع|قنوات|جروب|كروب)(?:نا|نا\w*)"

_PHRASES = re.compile(
    "|".join(
        (
            # follow us
            rf"^(?:(?:تنويه|ملاحظه|تذكير)\s?:\s?)?(?:ل?(?:ي?مكنكم|يمكنك) )?(?:تابعونا|تابعنا|متابعتنا)\b.*(?:{_NETWORKS}|{_OURS})",
            r"^(?:تابعونا|تابعنا)(?: (?:علي|عبر|الان|على|ايضا))?\W*$",
            rf"^(?:تابعوا|تابع) (?:اخبار|اخر|احدث|كل|صفحه|قناه|{_OURS})\b.*(?:{_NETWORKS}|{_OURS}|عبر|اضغط|تطبيق|علي$)",
            rf"^لمتابعه (?:اخر|اخبار|المزيد|كل|احدث|{_OURS})\b.*(?:{_NETWORKS}|{_OURS}|اضغط|انقر|تابعونا|اشترك|تطبيق|هنا)",
            (
                rf"^(?:للاشتراك|اشترك|اشتركوا|اشتراك|انضم|انضموا|انضمي|للانضمام|سجل|سجلوا|التحق) (?:معنا )?(?:الان )?(?:في|الي|ب|ل)\W?\s?"
                rf"(?:{_OURS}|(?:قناه|مجموعه|قنوات|صفحه|القناه)\b.*(?:{_NETWORKS})|(?:ال)?(?:نشره|قائمه|خدمه) (?:ال)?(?:بريديه|اخباريه|اشعارات|الاشعارات)|(?:ال)?خدم(?:ه|ات)\b.*(?:{_NETWORKS}|اضغط|انقر))"
            ),
            rf"^(?:حمل|حملوا|نزل|نزلوا|لتحميل|لتنزيل|تحميل) (?:الان )?(?:تطبيق|التطبيق|تطبيقنا|{_OURS})\b.{{0,80}}$",
            r"^(?:شارك|شاركوا|شاركها|شاركونا) (?:هذا |هذه )?(?:الخبر|المقال|المقاله|الموضوع|الصفحه|رايك|رايكم|ارائكم)(?:$|\W+(?:مع|علي|عبر|في التعليقات))",
            # rights
            r"^(?:©|\(c\)|copyright\b|حقوق (?:النشر|الطبع|الملكيه)(?: والنشر| والتوزيع)?\s?(?:©|محفوظه|\d|ل))",
            r"^(?:يمنع|يحظر|لا يجوز|يسمح|يرجي عدم) (?:اعاده |ب?اعاده )?(?:ال)?(?:نشر|نقل|اقتباس|نسخ|استخدام)\b.*(?:المصدر|المواد|الموقع|المحتوي|المقال)",
            r"^all rights reserved",
            # disclaimers
            (
                r"^(?:ان )?(?:كل )?(?:ال)?(?:اراء|ارا|مقالات|تعليقات|مواد|افكار|مقال|المقاله|ما ورد|ماورد|محتوي|هذا المقال|هذه الماده|الاراء والمقالات)\b.*"
                r"\b(?:لا|ولا) ?(?:ت|ي)(?:عبر|عبرون|مثل|عكس)\b.*(?:راي|اراء|وجهه|وجهات|سياسه|موقف|بالضروره|الموقع|كاتب|صاحب|اصحاب)"
            ),
            r"^(?:ان|اذا) كنت(?:م|ي)? (?:تعتقد|ترى|تري|لاحظت|وجدت)(?:/\w+)? (?:ان|وجود)? ?(?:هذا |هذه )?(?:ال)?(?:مقال|مقاله|خبر|ماده|خطا)\b",
            # doors
            r"^(?:للمزيد|لقراءه|لمشاهده|للاطلاع|لمتابعه|لمعرفه|لتفاصيل|للتفاصيل|لتحميل|للتواصل)\b.{0,80}\b(?:اضغط|انقر|اضغطوا|انقروا|هنا)\b.{0,30}$",
            r"^(?:اضغط|انقر|اضغطوا) (?:هنا|علي)\b.{0,80}$|^.{0,90}\b(?:اضغط|اضغطوا|انقر|انقروا) هنا$",
            r"^(?:https?://|www\.|t\.me/)\S+$",
            r"^رابط (?:ال)?(?:خبر|مقال|مقاله|موضوع|ماده|مصدر)\s?:|^طبعت? من (?:موقع|شبكه|صفحه)\b.{0,60}$",
            r"^(?:view this post on instagram|a post shared by .{1,100}|posted by .{1,80} on \w+, .{1,30}|عرض هذا المنشور علي (?:instagram|انستغرام)|تمت مشاركه منشور بواسطه .{1,100})$",
            r"^[\w_]+(?:[\s,|-]+#[\w_]+)+$",
            r"^(?:the post .{3,300} (?:first )?appeared first on|(?:ظهرت? )(?:ال)?(?:مقاله?|تدوينه|منشور) .{3,300} (?:اولا|للمره الاولي) (?:علي|في)\b)",
            # counters and controls
            r"^\d{1,3} ?min(?:s|utes?)?(?: read)?$|^تم (?:ا?ضافه|ارسال|استلام) (?:ال)?تعليق",
            r"^(?:مده|وقت|زمن) (?:ال)?قراءه\b.{0,30}$",
            r"^(?:اقل من )?\d{1,3} ?(?:دقيقه|دقائق|د) ?(?:ل?ل?قراءه|مده القراءه|من القراءه)?$",
            r"^(?:دقيقه واحده|دقيقتان|دقيقتين) ?(?:ل?ل?قراءه)?$",
            r"^(?:عدد )?(?:ال)?(?:مشاهدات|زيارات|قراءات|قراء|مرات القراءه|تعليقات|مشاهده|زوار)\s?:?\s?[\d,.]+[kم]?$",
            r"^[\d,.]+\s?k? (?:مشاهده|مشاهدات|قراءه|زياره|تعليق|تعليقات|مشاركه|مشاركات|views?|shares?|comments?)$",
            r"^(?:حجم الخط|الخط)\b.{0,20}$",
            r"^لا يوجد محتوي|^(?:هذا )?(?:المتصفح|متصفحك) لا يدعم|^your browser does not|^(?:يرجي|الرجاء) تفعيل (?:ال)?جافا",
        )
    )
)
"""Each from the beginning of a line on: what may stand anywhere is tried at every letter, and the others with it."""
_RIGHTS = re.compile(r"(?:جميع|كافه|كل) (?:ال)?حقوق (?:النشر )?(?:ال)?محفوظه")
_LONGEST = 400
_EDGES = " \t*#-_=+~•●■►▶◄◀☛⬅➡←→↓⇐⇒»«›‹>|:.،,;؛!()[]{}\"'“”…🔴🔵⭕📌👈👉✅🔹🔸▪◾\ufe0f\u200d"


_BUTTONS = frozenset(
    fold(
        "طباعة اطبع أرسل إلى لصديق صديق إرسال ارسال مشاركة شارك حفظ نسخ الرابط رابط فيسبوك فيس بوك تويتر واتساب واتس اب تلغرام تيليغرام تلجرام لينكدين لينكدان لينكد إن "
        "بينتريست انستغرام يوتيوب ماسنجر بريد البريد الإلكتروني عبر على email e-mail mail print share tweet facebook twitter whatsapp whats app "
        "telegram linkedin pinterest pin interest messenger instagram youtube copy link reddit tumblr viber skype line x pdf + - | / on"
    ).split()
)


def _is_buttons(shape: str) -> bool:
    """Whether a line is a row of buttons: nothing but names of networks and the words on their buttons."""
    found = shape.split()
    return 1 < len(found) <= 30 and all(word.strip(_EDGES) in _BUTTONS or not word.strip(_EDGES) for word in found)


def _shape(line: str) -> str:
    return fold(line[: 2 * _LONGEST]).strip(_EDGES)


def is_label(line: str) -> bool:
    """Whether the whole line is a label, such as stands over a box of other articles."""
    return len(line) < 90 and _ALONE.fullmatch(_shape(line)) is not None


def opens_with_label(line: str, *, linked: bool = False) -> bool:
    """Whether a line opens with a label: with a colon or the like after it, or with a link (``linked``)."""
    if len(line) > _LONGEST:
        return False
    shape = fold(line).lstrip(_EDGES)
    return _OPENS.match(shape) is not None or (linked and _LEADS.match(shape) is not None)


def is_phrase(line: str) -> bool:
    """Whether a line is a standing phrase of sites: follow us, rights, disclaimers, counters."""
    if len(line) > _LONGEST:
        return False
    shape = _shape(line)
    if "حقوق" in shape and _RIGHTS.search(shape):
        return True
    return _PHRASES.match(shape) is not None or _is_buttons(shape)


def is_boilerplate(line: str) -> bool:
    """Whether a line is not news whatever site it stands on."""
    return is_label(line) or opens_with_label(line) or is_phrase(line)


def without(lines: Iterable[str], boilerplate: Collection[str]) -> tuple[list[str], list[str]]:
    """The lines that are kept, and those of ``boilerplate`` (a source's own lines, compared by their letters).

    A line may go on after one of ``boilerplate`` (an address, a number), but not for longer than that one is: a
    paragraph of news that happens to begin alike is kept.
    """
    known = {bare(line) for line in boilerplate} - {""}
    openings = [line for line in known if len(line) >= 20]
    kept: list[str] = []
    dropped: list[str] = []
    for line in lines:
        letters = bare(line) if known else ""
        mine = bool(known) and (
            letters in known or any(letters.startswith(o) and len(letters) <= 2 * len(o) for o in openings)
        )
        (dropped if mine else kept).append(line)
    return kept, dropped
