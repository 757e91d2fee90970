"""Reasons and notes in Arabic. They are stored as the crawler gave them, in English; a digest in Arabic says them in Arabic.

One table: how it is stored, how it is said. ``{…}`` stands for what differs and is taken over; ``{why}`` is itself a reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

__all__ = ["ARABIC", "said"]

ARABIC: Mapping[str, str] = {
    # going there
    "robots.txt does not allow it": "ملف robots.txt لا يسمح به",
    "robots.txt cannot be had (HTTP {code}), so that nothing is allowed": "تعذّر جلب robots.txt (HTTP {code})، فلا شيء مسموح به",
    "robots.txt cannot be had: {why}": "تعذّر جلب robots.txt: {why}",
    "{host} asked to wait until {until} UTC": "طلب {host} الانتظار حتى {until} بتوقيت غرينتش",
    "not allowed to go there: {why}": "الوصول إليه غير مسموح: {why}",
    "{address} is not a public address ({why})": "ليس {address} عنواناً عاماً ({why})",
    "loopback": "هذا الجهاز نفسه",
    "this host": "هذا الجهاز نفسه",
    "private": "شبكة داخلية",
    "link-local": "شبكة داخلية",
    "carrier-grade NAT": "شبكة داخلية لمزود",
    "documentation": "محجوز للأمثلة",
    "multicast": "بث جماعي",
    "reserved": "محجوز",
    "{address} is not a public address": "ليس {address} عنواناً عاماً",
    "{address} is not an address": "ليس {address} عنواناً",
    "{host} is a name of the proxy's own network": "اسم من الشبكة الخاصة بالوسيط: {host}",
    "{scheme}: only http and https are read": "لا يُقرأ إلا http وhttps، لا {scheme}",
    "only http and https are read": "لا يُقرأ إلا http وhttps",
    "not an address: {error}": "ليس عنواناً صالحاً: {error}",
    "a bot wall answered (HTTP {code})": "ردّ حاجز ضد البرامج (HTTP {code})",
    "HTTP 401 {_}": "يطلب الموقع تسجيل الدخول، HTTP 401",
    "HTTP 403 {_}": "الموقع يمنع الوصول، HTTP 403",
    "HTTP 404 {_}": "لا صفحة بهذا العنوان، HTTP 404",
    "HTTP 410 {_}": "حُذفت الصفحة، HTTP 410",
    "HTTP 429 {_}": "طلب الموقع التمهل، HTTP 429",
    "HTTP 451 {_}": "محجوب لأسباب قانونية، HTTP 451",
    "HTTP 500 {_}": "عطل في خادم الموقع، HTTP 500",
    "HTTP 502 {_}": "عطل في خادم الموقع، HTTP 502",
    "HTTP 503 {_}": "الموقع متوقف مؤقتاً، HTTP 503",
    "HTTP 504 {_}": "تأخر خادم الموقع، HTTP 504",
    "HTTP {code} {phrase}": "ردّ الموقع: HTTP {code} {phrase}",
    "HTTP {code}": "ردّ الموقع: HTTP {code}",
    "the host's name cannot be resolved (DNS)": "اسم الموقع غير معروف (DNS)",
    "the host refused the connection": "رفض الموقع الاتصال",
    "the host closed the connection without an answer": "قطع الموقع الاتصال بلا رد",
    "the connection broke in the middle of the answer": "انقطع الاتصال في أثناء الرد",
    "no whole answer in time (timeout)": "لم يصل رد كامل في الوقت المحدد",
    "the answer is too large": "الرد أكبر من الحد",
    "the answer is too large once decompressed": "الرد أكبر من الحد بعد فك ضغطه",
    "the answer's headers are too large": "ترويسات الرد أكبر من الحد",
    "the answer is not HTTP": "الرد ليس HTTP",
    "the answer cannot be decompressed": "تعذّر فك ضغط الرد",
    "the answer is empty": "الرد فارغ",
    "too many redirects": "تحويلات متتالية أكثر من الحد",
    "no secure connection (TLS): the certificate is another host's": "لا اتصال آمناً (TLS): الشهادة لموقع آخر",
    "no secure connection (TLS): {error}": "لا اتصال آمناً (TLS): {error}",
    # what came
    "not a page but a file ({kind})": "ملف لا صفحة ({kind})",
    "not a page but {kind}": "ليس صفحة بل {kind}",
    "a file, not a page": "ملف لا صفحة",
    "more than a news page may cost: {why}": "أثقل من أن تكون صفحة خبر: {why}",
    "more than a preview may cost: {why}": "أثقل من أن تكون صفحة معاينة: {why}",
    "{n} characters": "محارفها {n}",
    "{n} tags": "وسومها {n}",
    "a tag of {n} characters": "فيها وسم من {n} محرفاً",
    "no markup found": "لا وسوم HTML فيها",
    "needs a browser: its text comes by script": "تحتاج متصفحاً: نصها يأتي بالبرمجة",
    "its text is made by scripts in a browser": "نصها تصنعه برمجة في المتصفح",
    "no article in it": "لا مقال فيها",
    "no text found": "لم نجد فيها نصاً",
    "{n} characters, in this source's texts {usual} and more": "طوله {n} حرفاً، ومعتاد نصوص المصدر {usual} فأكثر",
    "no text was found on its page": "لم نجد نصاً في صفحته",
    "no text in it": "لا نص فيها",
    "nothing but standing phrases": "ليس فيها إلا عبارات ثابتة",
    "a video and no text": "مقطع مصوّر بلا نص",
    "the front page of the site": "الصفحة الأولى للموقع",
    "it leads to the front page": "يحيل إلى الصفحة الأولى",
    "the page says that there is no such page": "تقول الصفحة إن المطلوب غير موجود",
    "a page of search results": "صفحة نتائج بحث",
    "a list of articles": "قائمة مقالات لا مقال",
    "hardly any letters in the text": "لا يكاد النص يحوي حروفاً",
    "an Arabic page, but the text found is not Arabic": "صفحة عربية، والنص الذي وجدناه غير عربي",
    "the text found has not one word of the headline": "ليس في النص الذي وجدناه كلمة من عنوانه",
    "the page says: {words}": "تقول الصفحة: {words}",
    "not like the source's other articles": "لا يشبه سائر مواد المصدر",
    "not like the source's other articles: {why}": "لا يشبه سائر مواد المصدر: {why}",
    "{share} of its letters are Arabic, of this source's texts {usual} and more": "حروفه العربية {share}، ومعتاد نصوص المصدر {usual} فأكثر",
    "{why}, and it has {n} characters where they have {usual} and more": "{why}، وطوله {n} حرفاً ومعتادها {usual} فأكثر",
    "{why}, and it has {n} characters where they have at most {usual}": "{why}، وطوله {n} حرفاً ومعتادها {usual} على الأكثر",
    "{share} of the headline's words stand in it, in this source's texts {usual} and more":
        "فيه {share} من كلمات عنوانه، ومعتاد نصوص المصدر {usual} فأكثر",
    "took longer than {n} s to read": "استغرقت قراءته أكثر من {n} ثانية",
    "needs too much memory to be read": "تحتاج قراءته ذاكرة أكثر من الحد",
    "reading failed: {error}": "أخفقت قراءته: {error}",
    "the reading process died of it": "أوقف عملية القراءة",
    "unexpected, see the log: {error}": "خطأ غير متوقع، انظر السجل: {error}",
    "it names nothing of the pack `{pack}`": "لا يذكر شيئاً من حزمة {pack}",
    # how an article was read
    "text from the feed": "نصه من الخلاصة",
    "text from the page's JSON-LD": "نصه من بيانات الصفحة",
    "text from the listing, which carries it whole": "نصه كامل في قائمة المصدر",
    "live blog: the text grows": "تغطية مباشرة: نصها يزداد",
    "video page": "صفحة مقطع مصوّر",
    "TLS not verified": "شهادة الموقع لم تُفحص (TLS)",
    "it goes on on further pages, which are not read": "له تتمة في صفحات أخرى لم تُقرأ",
    "read from an archive": "قُرئ من أرشيف",
    "read from an archive: {name}, record {n}": "قُرئ من أرشيف: {name}، السجل {n}",
    "no headline found: its first words stand for it": "بلا عنوان: كلماته الأولى عنوانه",
    "only its title is public: the post has a password": "عنوانه وحده معلن: المادة محمية بكلمة سر",
    "the page itself could not be had: {why}": "تعذّر جلب صفحته: {why}",
    "linked from {address}": "أحالت إليه {address}",
    "forwarded from {name}": "معاد توجيهه من {name}",
    "forwarded": "معاد توجيهه",
    "edited after it was posted": "عُدّل بعد نشره",
    "date from a Hijri date": "تاريخه من تاريخ هجري",
    "date counted back from a relative one": "تاريخه محسوب من عبارة مثل «قبل ساعتين»",
    "date printed without a year": "تاريخه مطبوع بلا سنة",
    # listings
    "{why}: {n} of {all} entries were not reached": "{why}: لم يبلغ الدور {n} مادة من {all}",
    "{found} entries had fallen out since the last reading; they were found in {pages} older pages":
        "سقط منذ القراءة السابقة {found} مادة، ووُجدت في صفحات أقدم عددها {pages}",
    "the newest that it lists is of {day}: that is too long ago to be taken": "أحدث ما يعرضه تاريخه {day}، وهو أقدم من أن يؤخذ",
    "what is older could not be had: {why}": "تعذّر جلب ما هو أقدم: {why}",
    "no two readings show one same address: what falls out between them cannot be told":
        "لا عنوان واحداً مشتركاً بين قراءتين، فلا يُعرف ما يسقط بينهما",
    "it shows nothing older": "لا يعرض ما هو أقدم",
    "{n} older pages do not reach what was known": "لم نبلغ المعروف بعد {n} صفحة أقدم",
    "its older pages repeat the newest": "صفحاته الأقدم تكرر الأحدث",
    "nothing is listed": "قائمته خالية",
    "the page is empty": "الصفحة فارغة",
    "it has no entries": "لا مواد فيها",
    "there are no posts here": "لا منشورات هنا",
    "there are no posts": "لا منشورات",
    "there are no older posts": "لا منشورات أقدم",
    "posts without text (pictures, videos, voices), not listed: {n}": "منشورات بلا نص (صور ومقاطع وأصوات) لم تُدرج: {n}",
    "posts without a number of their own, not listed: {n}": "منشورات بلا رقم لم تُدرج: {n}",
    "Telegram shows no preview of it: it is private, restricted, a group or a person, or its name is misspelled; open the url in a browser":
        "لا يعرض تلغرام معاينة لها: قناة خاصة أو مقيدة، أو مجموعة أو شخص، أو في اسمها خطأ؛ افتح العنوان في متصفح",
    "this is not a preview of a Telegram channel: the url should be https://t.me/s/NAME":
        "ليست معاينة قناة تلغرام: ينبغي أن يكون العنوان https://t.me/s/NAME",
    "selector {selector} is not CSS: {error}": "المحدِّد {selector} ليس CSS: {error}",
    "selector {selector} finds no link": "المحدِّد {selector} لا يجد أي رابط",
    "no link on the page looks like an article's; name them with `selector`": "لا رابط في الصفحة يشبه رابط مقال؛ سمّ الروابط بـ selector",
    "asked through {proxy}: names were resolved there, and the guard saw only the names":
        "طُلب عبر الوسيط {proxy}: عُرفت العناوين هناك، والحارس لم ير إلا الأسماء",
    "none of the sitemaps that the index names lists articles": "لا خريطة من خرائط الموقع المذكورة تسرد مقالات",
    "it lists no articles, but tags, authors or the front page": "لا تسرد مقالات، بل وسوماً أو كتّاباً أو الصفحة الأولى",
    "it names no address": "لا تذكر أي عنوان",
    "it names {n} addresses: the first {most} are listed": "تذكر {n} عنواناً: أُدرج أول {most} منها",
    "it names {n} addresses: the newest {most} are listed": "تذكر {n} عنواناً: أُدرج أحدث {most} منها",
    "addresses that do not lead to the web were left out: {n}": "عناوين لا تفضي إلى الشبكة تُركت: {n}",
    "only its first {n} MB were read: it has {all} MB": "قُرئ أول {n} ميغابايت منها فقط، وحجمها {all}",
    "only its first {n} MB were read": "قُرئ أول {n} ميغابايت منها فقط",
    "its compression is broken: {error}": "ضغطها معطوب: {error}",
    "it is cut off within its compression": "مقطوعة في أثناء الضغط",
    "it is compressed, and the server does not say so": "مضغوطة، والخادم لا يقول ذلك",
    "entry {n} is broken and was read in part": "المادة {n} معطوبة وقُرئ بعضها",
    "entry {n} could not be read: {error}": "تعذّرت قراءة المادة {n}: {error}",
    "entry {n} ({title}): {why}": "المادة {n} ({title}): {why}",
    "post {n} ({title}): {why}": "المنشور {n} ({title}): {why}",
    "it has no link to the web": "لا رابط له إلى الشبكة",
    "it has no link": "لا رابط له",
    "its link is no web address: {address}": "رابطه ليس عنوان شبكة: {address}",
    "not well-formed XML, {error}": "ليس XML سليماً، {error}",
    "not well-formed JSON: {error}": "ليس JSON سليماً: {error}",
    "only its first {n} entries were read": "قُرئ أول {n} مادة منها فقط",
    "only its first {n} items were read": "قُرئ أول {n} مادة منها فقط",
    "only its beginning was read: it has over {n} tags": "قُرئ أولها فقط: وسومها أكثر من {n}",
    "it could not be read: {error}": "تعذّرت قراءتها: {error}",
    "what the feed says of itself could not be read": "تعذّرت قراءة ما تقوله الخلاصة عن نفسها",
    "and {n} more like these": "و{n} مثلها",
    "links refused that do not lead to the web (javascript:, data:, file: …): {n}": "روابط لا تفضي إلى الشبكة رُفضت: {n}",
    "control characters were taken out": "أُزيلت منها محارف تحكم",
    "endless attributes or authors were cut short": "قُصّرت فيها صفات أو أسماء كتّاب بلا نهاية",
    "its categories were left out: there are over {n}": "تُركت تصنيفاتها: أكثر من {n}",
    "the feed is cut off: its end is missing": "الخلاصة مقطوعة: ينقصها آخرها",
    "text behind the feed was left out: {text}": "تُرك نص بعد الخلاصة: {text}",
    "text before the posts was left out: a warning of PHP's, most often": "تُرك نص قبل المنشورات: تحذير من PHP على الأغلب",
    "text before the feed was left out: {text}": "تُرك نص قبل الخلاصة: {text}",
    "it does not say that it is a JSON Feed": "لا تقول إنها JSON Feed",
    "this is JSON, but not a JSON Feed: it has no items": "هذا JSON وليس JSON Feed: لا مواد فيه",
    "it has {n} posts: the first {most} are listed": "فيها {n} منشوراً: أُدرج أول {most} منها",
    "this is not a feed: {text}": "ليست خلاصة: {text}",
    "this is a web page{title}, not a feed: look for the feed's address again": "صفحة{title} لا خلاصة: ابحث عن عنوان الخلاصة من جديد",
    "this is a sitemap, not a feed: declare the source as a sitemap": "خريطة موقع لا خلاصة: اجعل المصدر kind: sitemap",
    "this is an index of sitemaps, not a feed: declare the source as a sitemap": "فهرس خرائط موقع لا خلاصة: اجعل المصدر kind: sitemap",
    "this is a list of feeds (OPML), not a feed": "قائمة خلاصات (OPML) لا خلاصة",
    "this is a feed, not a sitemap: declare the source as `kind: feed`": "خلاصة لا خريطة موقع: اجعل المصدر kind: feed",
    "this is a web page{title}, not a sitemap: its address stands in the site's /robots.txt, after `Sitemap:`":
        "صفحة{title} لا خريطة موقع: عنوانها في ملف robots.txt بعد Sitemap:",
    "this is not a sitemap: {text}": "ليست خريطة موقع: {text}",
    "this is not the answer of an API: {text}": "ليس رد واجهة برمجية: {text}",
    "this is a feed or XML, not WordPress's API: declare the source as `kind: feed`": "خلاصة أو XML لا واجهة ووردبريس: اجعل المصدر kind: feed",
    "this is a web page{title}, not WordPress's API: the site is no WordPress or hides it; read its feed (`kind: feed`)":
        "صفحة{title} لا واجهة ووردبريس: ليس الموقع ووردبريس أو يخفيها؛ اقرأ خلاصته (kind: feed)",
    "this is JSON, but no list of posts: write the site's front page as its url": "هذا JSON بلا قائمة منشورات: اكتب الصفحة الأولى للموقع عنواناً",
    "this site has no such API: write the site's front page as its url, or read its feed (`kind: feed`){mark}":
        "ليس للموقع هذه الواجهة: اكتب صفحته الأولى عنواناً أو اقرأ خلاصته (kind: feed){mark}",
    "the site has switched its API off: read its feed (`kind: feed`){mark}": "أغلق الموقع واجهته: اقرأ خلاصته (kind: feed){mark}",
    "the site keeps its API to itself: read its feed (`kind: feed`){mark}": "واجهة الموقع ليست للعموم: اقرأ خلاصته (kind: feed){mark}",
    "the API refuses a parameter of the url: delete those behind the question mark{mark}": "ترفض الواجهة معاملاً في العنوان: احذف ما بعد علامة السؤال{mark}",
    "the API refuses: read its feed (`kind: feed`){mark}": "ترفض الواجهة: اقرأ خلاصته (kind: feed){mark}",
    "there are no older posts{mark}": "لا منشورات أقدم{mark}",
    "{url}: {why}": "عند {url}: {why}",
    # messages
    "{target}: no answer within {n} s; whether it was taken is not known": "لا رد خلال {n} ثانية، ولا يُعرف أوصلت أم لا",
    "{target}: the environment has no such variable; set it to an address of Apprise's": "لا متغير بهذا الاسم في البيئة؛ ضع فيه عنواناً يعرفه Apprise",
    "{target}: it holds more than one address; give each a variable of its own": "فيه أكثر من عنوان؛ اجعل لكل عنوان متغيراً",
    "{target}: it holds no address that Apprise knows, like {example}": "ليس فيه عنوان يعرفه Apprise، مثل {example}",
    "{target}: the service did not take it": "لم تقبلها الخدمة",
    # passes
    "the pass reached its time limit": "بلغت الجولة حدها من الوقت",
    "storing failed": "أخفق الحفظ",
    "going out failed": "أخفق الخروج إلى الشبكة",
    "ended by {signal}": "أنهتها الإشارة {signal}",
    "it took too long and was ended": "طالت فأُنهيت",
    "it took too much memory and was ended": "استهلكت ذاكرة فوق الحد فأُنهيت",
    "it was ended by signal {n}": "أنهتها الإشارة {n}",
    "it was ended by {signal}": "أنهتها الإشارة {signal}",
    "it ended with {code}": "انتهت بالرمز {code}",
}  # fmt: skip
_PLACE = re.compile(r"\\\{(\w+)\\\}")
_SHAPES = {
    "n": "[0-9.,]+",
    "all": "[0-9,]+",
    "most": "[0-9,]+",
    "code": "-?[0-9]+",
    "url": r"https?://\S+",
    "target": r"\w+",
    "mark": "(?: \\(.*\\))?",
}
"""What a place takes that may not take everything."""
_LONGEST = 2_000
"""Characters; what is longer is nobody's reason, and is left as it is."""


def said(language: str, reason: str) -> str:
    """A stored reason as the digest says it: what the table does not know stays as it is."""
    return _in_arabic(reason) if language == "ar" and len(reason) <= _LONGEST else reason


@lru_cache(maxsize=4_096)
def _in_arabic(reason: str) -> str:
    if (whole := _known(reason)) is not None:
        return whole
    parts = reason.split("; ")  # several of one listing, joined
    told = [_known(part) for part in parts]
    return "؛ ".join(new or old for new, old in zip(told, parts, strict=True)) if any(told) else reason


def _known(reason: str) -> str | None:
    if reason in ARABIC:
        return ARABIC[reason]
    for pattern, arabic in _patterns():
        if found := pattern.fullmatch(reason):
            return arabic.format(**{name: _place(name, words) for name, words in found.groupdict().items()})
    return None


def _place(name: str, words: str) -> str:
    if name == "until":  # hyphens turn round among Arabic words: 2026-11-26 would be read as the 2026th of November
        return re.sub(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", r"\3/\2/\1", words)
    return _in_arabic(words) if name == "why" else words


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple(_made())


def _made() -> Iterator[tuple[re.Pattern[str], str]]:
    for stored, arabic in ARABIC.items():
        if "{" in stored:
            yield re.compile(_PLACE.sub(_group, re.escape(stored)), re.DOTALL), arabic


def _group(place: re.Match[str]) -> str:
    return f"(?P<{place[1]}>{_SHAPES.get(place[1], '.*')})"
