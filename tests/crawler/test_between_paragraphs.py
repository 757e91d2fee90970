"""What sites put between the paragraphs of an article, in the ways they do, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.one_page import TEXT, article, page

OTHER = "ألف شتلة زيتون توزع على مزارعي الغاب"
LINK = f'<a href="/x">{OTHER}</a>'
SECOND = '<a href="/y">الإسمنت يعود إلى أسواق حمص</a>'


def between(piece: str) -> list[str]:
    return article(page(TEXT[0], f"{TEXT[1]}</p>{piece}<p>{TEXT[2]}")).text.split("\n")


@pytest.mark.parametrize(
    "piece",
    [
        f"<p>إقرأ أيضاً: {LINK}</p>",
        f'<p><a href="/x">إقرأ أيضا: {OTHER}</a></p>',
        f"<p><strong>اقرأ/ي أيضاً: {LINK}</strong></p>",
        f"<h4>طالع المزيد:</h4><p>{LINK}</p><p>{SECOND}</p>",
        f"<blockquote><p>اقرأ المزيد: {LINK}</p></blockquote>",
        f'<div class="read_also"><span>إقرأ المزيد</span><a href="/x"><img src="t.jpg"><span>{OTHER}</span></a></div>',
        f'<p style="color:red">( اقرأ أيضاً: {OTHER} )</p>',
        f"<p>[ اقرأ أيضًا.. {LINK} ]</p>",
        f"<p><span>شاهد بالفيديو:</span> {LINK}</p>",
        f"<p>لمزيد من التفاصيل: {LINK}</p>",
        f"<p>&#128073; {LINK}</p>",
        f"<h3>{LINK}</h3>",
        f"<p><strong>مواد ذات صلة</strong></p><p>{LINK}</p>",
        f"<p>اقرأ أيضاً</p><p>{LINK}</p>",
        f'<div><h2>اقرأ أيضاً</h2><ul class="wp-block-latest-posts"><li>{LINK}<time datetime="2026-05-10">10 مايو</time></li></ul></div>',
        f'<figure class="wp-block-embed"><blockquote class="wp-embedded-content">{LINK}</blockquote></figure>',
        f"<p>قد يهمك أيضاً: {OTHER}</p>",
        f"<p>اقرأ أيضاً : {OTHER} - الإسمنت في أسواق حمص</p>",
        f'<div class="inline-related"><div class="title">من أرشيفنا</div>{LINK}</div>',
        f"<p><em>اقرأ في شبكة النواعير: {LINK}</em></p>",
        f"<p>مواضيع مرتبطة: {LINK} | {SECOND}</p>",
        f'<aside class="related-post"><p>ذات صلة</p><a href="/x"><h4>{OTHER}</h4></a><p>وزعت جمعية ألف شتلة على مزارعي السهل.</p></aside>',
        '<p>تنويه: تابعونا عبر قناتنا على <a href="https://t.me/x">تليغرام</a></p><p>للاشتراك بخدمة "واتساب" <a href="#">اضغط هنا</a></p>',
        '<div class="ad-container"><span>إعلان</span></div><p><small>إعلان</small></p><p>ADVERTISEMENT</p><p>الإعلانات أدناه</p>',
        '<div class="sponsored"><p>محتوى برعاية: خصم ثلاثين بالمئة على الأثاث المنزلي هذا الأسبوع لدى متاجر المدينة.</p></div>',
        '<p><img src="c.jpg"><br><em class="img-caption">لقطة جوية للأفران قبل إغلاقها</em></p><div class="image-caption">صورة: وكالات</div>',
        '<blockquote class="instagram-media"><a href="#">View this post on Instagram</a><p>A post shared by Council (@council)</p></blockquote>',
        "<p>#الرقة #خبز #سوريا</p><p>https://t.me/raqqa_example</p>",
        "<p>تابعوا أخبار الرقة على:</p>",
        "<p>14:20</p>",
        '<div class="breaking-ticker"><span>عاجل</span><p>قافلة مساعدات تدخل من معبر باب الهوى إلى إدلب</p></div>',
        '<ul class="tools"><li>A</li><li>A</li><li><a href="#">طباعة</a></li></ul>',
        '<div><h3>نشرتنا</h3><p>انضم إلى آلاف القراء.</p><form><input type="email"><button>اشترك</button></form></div>',
        '<script>document.write("<p>إعلان تجاري</p>")</script><noscript><p>فعّل جافاسكربت</p></noscript>',
        '<div class="poll"><h4>استطلاع الرأي</h4><p>هل تؤيد فتح الأفران؟</p><label>نعم</label><a href="#">النتائج</a></div>',
        "<p>إذا كنت تعتقد أن المقال يحوي معلومات خاطئة أرسل لنا تصحيحاً</p>",
    ],
)
def test_is_not_text(piece: str) -> None:
    assert between(piece) == list(TEXT)


@pytest.mark.parametrize(
    ("piece", "line"),
    [
        (
            f"<p>وفي سياق متصل، {LINK}، بحسب مجلس محلي، ضمن حملة تستمر شهراً.</p>",
            f"وفي سياق متصل، {OTHER}، بحسب مجلس محلي، ضمن حملة تستمر شهراً.",
        ),
        ("<p>وشاهد أيضاً أهالي الحي طوابير أمام الفرن الوحيد.</p>", "وشاهد أيضاً أهالي الحي طوابير أمام الفرن الوحيد."),
        (
            '<blockquote class="twitter-tweet"><p>لن نغلق الفرن مهما حدث.</p></blockquote>',
            "لن نغلق الفرن مهما حدث.",
        ),
        ("<p><strong>طوابير في الحي</strong></p>", "طوابير في الحي"),
        ("<p>في الساعة 14:20 وصل الطحين.</p>", "في الساعة 14:20 وصل الطحين."),
        ("<table><tr><th>الحصة</th></tr></table>", "الحصة"),
        ("<p>لا.</p>", "لا."),
        ("<p>(د ب أ)</p>", "(د ب أ)"),
        (
            "<p>وكتبت منظمة Human Rights Watch أن الأفران «خط أحمر».</p>",
            "وكتبت منظمة Human Rights Watch أن الأفران «خط أحمر».",
        ),
        ('<p><span class="dropcap">و</span>قف الناس ساعتين أمام الفرن.</p>', "وقف الناس ساعتين أمام الفرن."),
        ('<p>قال <a href="/t/1">المجلس المحلي</a> إن الطحين نفد.</p>', "قال المجلس المحلي إن الطحين نفد."),
    ],
)
def test_is_text(piece: str, line: str) -> None:
    assert between(piece) == [TEXT[0], TEXT[1], line, TEXT[2]]


def test_an_advertisements_label_inside_a_paragraph_goes_alone() -> None:
    cut = TEXT[0].index("،")
    labelled = f'{TEXT[0][:cut]}<span class="ad-label">إعلان</span><ins class="adsbygoogle"></ins>{TEXT[0][cut:]}'
    found = article(page(labelled, *TEXT[1:])).text
    assert "إعلان" not in found
    assert found.replace(" ", "") == "\n".join(TEXT).replace(" ", "")


def test_a_heading_with_nothing_under_it_is_another_boxs() -> None:
    assert between("<h2>طوابير</h2><p>وقف الناس ساعتين.</p>")[2] == "طوابير"
    assert article(page(*TEXT, "").replace(b"</main>", b"</main>")).text == "\n".join(TEXT)
    assert article(page(*TEXT[:-1], f"{TEXT[-1]}</p><h3>فيديوهات أخرى</h3><p>")).text == "\n".join(TEXT)
