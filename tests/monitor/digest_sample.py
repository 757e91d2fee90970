"""A day as it could have been, written for the tests and the pictures: outlets and reports are invented."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from crawler.article import Article
from crawler.outcome import Ending, Fate, Outcome
from crawler.source import Source
from monitor.charts import Chart, chart
from monitor.digest import Digest, build
from storage.records import Flag, Flagged, GapRecord, Missed, PassRecord, SourceState, Span, StoredArticle

DAY = date(2018, 5, 12)
ZONE = "Asia/Damascus"
LISTS = (
    ("detainees", "المعتقلون والمختفون", "urgent"),
    ("astana", "مسار أستانا", "normal"),
    ("displacement", "التهجير القسري", "high"),
    ("health", "استهداف المشافي", "normal"),
)


def at(clock: str, day: date = DAY) -> datetime:
    """A time of the day in Damascus (UTC+3 in summer), in UTC."""
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=3)


def source(name: str, title: str, affiliation: str, **more: Any) -> Source:
    return Source(
        name=name, kind="feed", url=f"https://{name}.example/rss", title=title, affiliation=affiliation, **more
    )


SOURCES = {
    one.name: one
    for one in (
        source("wakala", "وكالة الشام الرسمية", "state"),
        source("barada", "صحيفة بردى", "state"),
        source("yasmin", "جريدة الياسمين", "independent"),
        source("zaytun", "زيتون إدلب", "opposition"),
        source("furat", "شبكة الفرات", "north-east"),
        source("rasd", "مركز التوثيق السوري", "ngo"),
        source("levant", "Levant Monitor", "pan-arab", language="en"),
        source("jisr", "راديو الجسر", "independent"),
        source("sahel", "أخبار الساحل", "state"),
        source("hawran", "تجمع حوران", "opposition"),
    )
}


@dataclass
class Newsroom:
    """Collects what the store would hand over."""

    flagged: list[Flagged] = field(default_factory=list)
    numbers: Iterable[int] = field(default_factory=lambda: itertools.count(4101))

    def story(
        self,
        title: str,
        text: str,
        tellings: Iterable[tuple[str, str | None]],
        flags: Iterable[tuple[str, str, str]],
        *,
        titles: Mapping[str, str] | None = None,
        published_on: date = DAY,
        stored_on: date = DAY,
        flagged_on: date = DAY,
        language: str = "ar",
    ) -> None:
        """``flags``: list, rule, words (all places of the words, in title and text)."""
        stored: list[StoredArticle] = []
        for name, clock in tellings:
            number = next(iter(self.numbers))
            published = at(clock, published_on) if clock else None
            fetched = at(clock or "11:20", stored_on) + timedelta(minutes=9)
            article = Article(
                url=f"https://www.{name}.example/2018/05/{number}-%D8%AE%D8%A8%D8%B1",
                source=name, title=(titles or {}).get(name, title), text=text, language=language,
                fetched_at=fetched, published_at=published, published_from="feed" if published else None,
            )  # fmt: skip
            first = stored[0].id if stored else None
            stored.append(StoredArticle(id=number, article=article, stored_at=fetched, same_as=first))
        chosen = list(flags)
        for one in stored:
            self.flagged.append(
                Flagged(
                    stored=one, flags=tuple(flags_of(one.article, chosen)), tellings=tuple(stored),
                    flagged_at=max(one.stored_at, at("09:00", flagged_on)) if flagged_on != DAY else one.stored_at,
                )
            )  # fmt: skip


def flags_of(article: Article, chosen: Iterable[tuple[str, str, str]]) -> Iterable[Flag]:
    """Flags with all places of the words."""
    rules: dict[tuple[str, str], list[Span]] = {}
    for list_id, rule, words in chosen:
        rules.setdefault((list_id, rule), []).extend(places(article, words))
    for (list_id, rule), spans in rules.items():
        title, severity = next((title, severity) for name, title, severity in LISTS if name == list_id)
        severity = "urgent" if "!" in rule else "normal" if severity == "urgent" else severity
        yield Flag(
            list=list_id,
            list_title=title,
            rule=rule.strip("!"),
            severity=severity,
            version="5c0ffee5c0ff",
            spans=tuple(spans),
        )


def places(article: Article, words: str) -> list[Span]:
    found = []
    for where in ("title", "text"):
        content, start = getattr(article, where), 0
        while (start := content.find(words, start)) >= 0:
            found.append(Span(where=where, start=start, end=start + len(words), words=words, term=words))
            start += len(words)
    return found


def flagged() -> list[Flagged]:
    room = Newsroom()
    room.story(
        "ذوو مفقودين يتسلمون قوائم بأسماء متوفين في سجن صيدنايا",
        "تسلّم أهالٍ في ريف دمشق، اليوم السبت، قوائم تضم أسماء أبنائهم من دوائر النفوس.\n"
        "وقال أحد ذوي المعتقلين لمراسلنا إن القائمة تضمنت 28 اسماً لشبان اعتُقلوا عام 2013، وإن تاريخ الوفاة المدوّن هو"
        " نفسه لسبعة منهم. ولم تُسلَّم الجثامين إلى العائلات.\n"
        "ويقدّر مركز التوثيق السوري عدد المختفين قسراً في سجن صيدنايا العسكري وحده بالآلاف.",
        [("rasd", "09:40"), ("zaytun", "11:15"), ("yasmin", "13:02")],
        [
            ("detainees", "وفاة في الاحتجاز!", "المعتقلين"),
            ("detainees", "وفاة في الاحتجاز!", "أسماء متوفين"),
            ("detainees", "سجون معروفة", "سجن صيدنايا"),
            ("detainees", "وفاة في الاحتجاز!", "المختفين قسراً"),
        ],
        titles={"yasmin": "ثمانية وعشرون اسماً في قوائم صيدنايا الجديدة"},
    )
    room.story(
        "الجولة التاسعة من محادثات أستانة تختتم أعمالها دون اتفاق على ملف الأسرى",
        "اختتمت في العاصمة الكازاخية الجولة التاسعة من محادثات أستانة بمشاركة وفود الدول الضامنة.\n"
        "وقال رئيس الوفد الحكومي إن «الأستانة مسار قائم»، فيما رأت المعارضة أن ملف المعتقلين لم يشهد أي تقدّم، وحمّلت الطرف"
        " الآخر مسؤولية تعطيل مجموعة العمل المعنية بتبادل الأسرى والجثامين والكشف عن مصير المفقودين، التي كان يفترض أن تجتمع"
        " مرتين منذ الجولة السابقة، ولم تجتمع سوى مرة واحدة على مستوى الخبراء في أنقرة، بحسب مصدر دبلوماسي تحدّث إلى"
        " الصحفيين على هامش آستانا.",
        [("wakala", "14:05"), ("barada", "14:20"), ("sahel", "14:31"), ("levant", "15:10")],
        [("astana", "المحادثات", "أستانة"), ("astana", "المحادثات", "الأستانة"), ("astana", "المحادثات", "آستانا"),
         ("detainees", "تبادل", "المعتقلين")],
        titles={"barada": "اختتام «أستانة 9»: تأكيد على وحدة الأراضي السورية"},
    )  # fmt: skip
    room.story(
        "دي مستورا: لا بديل عن جنيف، وأستانا مسار مكمّل",
        "قال المبعوث الأممي إن اجتماعات أستانا «مكمّلة لا بديلة». هل تُعقد جولة عاشرة في تموز؟ لم يجب د. ستيفان عن السؤال.",
        [("yasmin", "17:45")],
        [("astana", "المحادثات", "أستانا")],
    )
    room.story(
        "Astana talks end with no word on detainees, monitors say",
        "Delegations left Astana on Saturday without a joint list of detainees. A tenth round was “likely in July”, one said.",
        [("levant", "18:20")],
        [("astana", "المحادثات", "Astana"), ("detainees", "تبادل", "detainees")],
        language="en",
    )
    room.story(
        "وصول الدفعة الرابعة من مهجّري جنوب دمشق إلى الباب",
        "وصلت فجر السبت 41 حافلة تقل 1,640 شخصاً من مهجّري يلدا وببيلا وبيت سحم إلى معبر أبو الزندين.",
        [("zaytun", "06:30"), ("jisr", None)],
        [("displacement", "حافلات التهجير", "مهجّري")],
    )
    room.story(
        "تقرير: مئة ألف مهجّر من الغوطة منذ آذار",
        "أحصى التقرير أكثر من مئة ألف مهجّر من الغوطة الشرقية منذ منتصف آذار/مارس.",
        [("rasd", "10:00")],
        [("displacement", "حافلات التهجير", "مهجّر")],
        published_on=date(2018, 4, 28),
    )
    room.story(
        "أهالي الرقة يطالبون بكشف مصير أبنائهم المغيبين",
        "اعتصم العشرات في دوار النعيم للمطالبة بكشف مصير المغيبين في سجون التنظيم.",
        [("furat", "12:10")],
        [("detainees", "اختفاء", "المغيبين")],
        published_on=date(2018, 5, 11), stored_on=date(2018, 5, 11), flagged_on=date(2018, 5, 11),
    )  # fmt: skip
    return room.flagged


def outcome(name: str, clock: str, ending: Ending, why: str = "", **fates: int) -> Outcome:
    counts = {Fate[key.upper()]: n for key, n in fates.items()}
    start = at(clock)
    return Outcome(
        source=name, ending=ending, why=why, entries=sum(counts.values()), fates=counts, started_at=start,
        ended_at=start + timedelta(minutes=2),
        defects=("tag <br> not closed at line 14",) if name == "barada" else (),
    )  # fmt: skip


def outcomes() -> list[Outcome]:
    rows = []
    for hour in [*range(9), *range(13, 24)]:
        clock = f"{hour}:10"
        for number, name in enumerate(("wakala", "barada", "yasmin", "zaytun", "furat", "rasd", "levant", "jisr")):
            if name == "furat" and hour >= 16:
                rows.append(outcome(name, clock, Ending.FAILED, "no answer within 20 s"))
            elif name == "jisr" and hour in {7, 8}:
                rows.append(outcome(name, clock, Ending.FAILED, "503 Service Unavailable"))
            else:
                lost = {"failed": 1} if name == "yasmin" and hour == 14 else {}
                rows.append(
                    outcome(name, clock, Ending.READ, stored=(hour + number) % 4, known=18, off_topic=2, **lost)
                )
        rows.append(outcome("sahel", clock, Ending.CHALLENGED, "403 with a page that asks for JavaScript"))
    return rows


def missed() -> list[Missed]:
    return [
        Missed(
            url="https://www.yasmin.example/2018/05/video-881", source="yasmin", title="بالفيديو: لحظة وصول الحافلات",
            fate=Fate.UNREADABLE, why="no paragraph longer than 40 characters", first_seen_at=at("13:10"), last_seen_at=at("20:10"), tries=3,
        ),
        Missed(
            url="https://www.levant.example/live/12", source="levant", title=None, fate=Fate.FAILED,
            why="no answer within 20 s", first_seen_at=at("14:10"), last_seen_at=at("22:10"), tries=2,
        ),
        Missed(
            url="https://www.barada.example/sport/7", source="barada", title="نتائج الدوري", fate=Fate.OFF_TOPIC,
            why="names nothing of Syria", first_seen_at=at("14:10"), last_seen_at=at("14:10"), tries=1,
        ),
    ]  # fmt: skip


def gaps() -> list[GapRecord]:
    return [
        GapRecord(
            source="wakala", since=at("9:12"), until=at("12:47"), noticed_at=at("13:11"), filled_at=None, asked=2, found=4,
            why="it shows nothing older",
        ),
        GapRecord(
            source="rasd", since=at("9:43"), until=at("11:00"), noticed_at=at("13:11"), filled_at=at("14:11"), asked=3, found=9,
            why="",
        ),
    ]  # fmt: skip


def states() -> list[SourceState]:
    """Zaytun, which used to publish every three hours, has been silent for four days."""
    heard = tuple(at("20:00", date(2018, 5, 8)) - timedelta(hours=3 * n) for n in range(20))
    return [
        SourceState(
            name="zaytun", due_at=at("23:30"), last_pass_at=at("23:12"), last_read_at=at("23:12"), failures=0, last=None,
            heard=heard, rhythm=timedelta(minutes=30),
        )
    ]  # fmt: skip


def passes() -> list[PassRecord]:
    return [
        PassRecord(
            id=number,
            started_at=at(f"{hour}:10"),
            ended_at=None if hour == 8 else at(f"{hour}:14"),
            stored=9,
            flagged=2,
            error=None,
        )
        for number, hour in enumerate([*range(9), *range(13, 24)], start=700)
    ]


def charts() -> dict[str, Chart]:
    """Thirty days: one of them without a pass, the last much above the usual for one list."""
    days = [DAY - timedelta(days=n) for n in reversed(range(30))]
    counts = {name: [(n * step + 2) % 7 for n in range(30)] for name, step in (("detainees", 3), ("astana", 5))}
    counts["astana"][-1] = 19
    return {
        name: chart([(day, None if n == 11 else found[n]) for n, day in enumerate(days)])
        for name, found in counts.items()
    }


def arguments(**changes: Any) -> dict[str, Any]:
    """What ``build`` takes, with changes."""
    return {
        "day": DAY, "zone": ZONE, "made_at": at("6:00", date(2018, 5, 13)), "lists": LISTS, "flagged": flagged(),
        "outcomes": outcomes(), "missed": missed(), "sources": SOURCES, "passes": passes(), "complete": True,
        "gaps": gaps(), "states": states(),
        "charts": charts(),
    } | changes  # fmt: skip


def digest(**changes: Any) -> Digest:
    return build(**arguments(**changes))
