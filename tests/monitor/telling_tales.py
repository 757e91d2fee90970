"""Articles of an outlet, made up: any number of them, each about something of its own."""

from __future__ import annotations

import random
from datetime import date, timedelta

from monitor.boilerplate import Telling


def some(text: str) -> tuple[str, ...]:
    return tuple(text.split())


PLACES = some(
    "إدلب درعا السويداء حماة الرقة منبج تدمر القامشلي طرطوس اللاذقية دوما جرابلس عفرين الباب الميادين البوكمال"
)
THINGS = some("الخبز الوقود المدارس المشافي الطرق القمح الكهرباء المياه الإيجارات الرواتب المعابر الأسواق الجسور")
DOINGS = some("ناقش أعلن طالب حذر كشف افتتح رفض أجل أقر وثق نفى أكد بحث راجع سلم درس قدم وزع أوقف استأنف")
PEOPLE = some("المجلس لجنة نقابة مديرية سكان منظمة اتحاد غرفة جمعية رابطة هيئة مجموعة عائلة تجار عمال طلاب")
FILLERS = some(
    "محلية قديم واسع صباح مساء أسبوع شهر موسم شتاء ربيع اجتماع قرار وعود خطة تمويل دفعة حصة كمية سعر نقص زيادة تأخير "
    "ضغط لقاء زيارة جولة ورشة مشروع ترميم صيانة توزيع استلام نقل شحنة قافلة مخزن مستودع فرن حي شارع ساحة قرية بلدة ريف "
    "حديقة مكتب موعد ورقة شكوى طلب جواب رسالة وفد سيارة دراجة جرار بئر خزان أنبوب عداد فاتورة دين راتب منحة تبرع سلة "
    "بطانية خيمة سقف جدار نافذة باب سلم ممر درج مصعد محرك مولد لوح شبكة خط عمود برج هاتف شاحن بطارية مصباح طابور دور "
    "قسيمة بطاقة رقم اسم صورة ختم توقيع محضر جلسة نقاش رأي سؤال بيان نداء تحذير إنذار مهلة شرط بند عقد صفقة مزاد عرض ثمن"
)
START = date(2026, 9, 1)


def sentence(draw: random.Random, place: str, thing: str) -> str:
    middle = " ".join(draw.choices(FILLERS, k=draw.randint(6, 14)))
    return f"و{draw.choice(DOINGS)} {draw.choice(PEOPLE)} في {place} {middle} {thing} {' '.join(draw.choices(FILLERS, k=3))}."


def lines(draw: random.Random, place: str | None = None, count: int = 4) -> list[str]:
    """The lines of an article about ``place`` and something there."""
    where, thing = place or draw.choice(PLACES), draw.choice(THINGS)
    return [sentence(draw, where, thing) for _ in range(count)]


def outlet(articles: int, seed: int = 1) -> list[list[str]]:
    """Their lines, in the order of their days."""
    draw = random.Random(seed)
    return [lines(draw) for _ in range(articles)]


def told(articles: list[list[str]], a_day: int = 4) -> list[Telling]:
    return [
        Telling(story=number, day=START + timedelta(days=number // a_day), lines=tuple(article))
        for number, article in enumerate(articles)
    ]
