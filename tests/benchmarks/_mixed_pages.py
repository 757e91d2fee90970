"""Pages of some forty papers that never were: with as much around the text as the press puts there, in weight and in markup.

Menus, scripts, styles, JSON-LD, share buttons, related and most read lists, comments, a footer. Arabic words are drawn from the lexicon by how
often the press prints them, less those that the watch lists look for.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from itertools import accumulate
from random import Random

from monitor.lexicon import open_lexicon
from monitor.matcher import Matcher

__all__ = ["Press"]

_PAPERS = 40
_MENU, _SIDE, _RELATED = 110, 32, 12
_LATIN = [
    "the",
    "council",
    "said",
    "that",
    "repairs",
    "of",
    "the",
    "old",
    "bridge",
    "would",
    "begin",
    "next",
    "week",
    "while",
    "traffic",
    "is",
    "led",
    "through",
    "the",
    "market",
    "street",
    "and",
    "shops",
    "stay",
    "open",
    "mayor",
    "voters",
    "budget",
    "school",
    "teachers",
    "pupils",
    "summer",
    "harvest",
    "river",
    "flood",
    "warning",
    "weather",
    "coast",
    "ferry",
    "timetable",
    "museum",
    "painter",
    "concert",
    "stadium",
    "coach",
    "season",
    "striker",
    "goal",
    "injury",
    "hospital",
    "nurse",
    "budget",
    "minister",
    "parliament",
    "debate",
    "vote",
    "tax",
    "pension",
    "wage",
    "strike",
    "union",
    "factory",
    "engine",
    "export",
]
_WATCHED = "وطالبت عائلات المعتقلين بالكشف عن مصير أبنائها في ختام محادثات أستانا"
_TEASED = "تقرير عن أوضاع المعتقلين في السجون"


_OLD = (
    ('<main class="col-md-8">', '<table width="100%" class="tbl_main"><tr><td valign="top"><div id="ctl00_cph_body" class="box_r">'),
    ("</main>", "</div></td></tr></table>"), ("<article ", "<div "), ("</article>", "</div>"), ("<section ", "<div "), ("</section>", "</div>"),
    ("<aside ", "<div "), ("</aside>", "</div>"), ("<header>", "<div>"), ("</header>", "</div>"), ('class="entry-content"', 'class="txt_b12"'),
    ('class="entry-title"', 'class="t_big"'), ("<figure>", "<div>"), ("</figure>", "</div>"), ("<figcaption>", "<span>"), ("</figcaption>", "</span>"),
    ('class="related-posts"', 'class="box_2"'), ('class="comments-area"', 'class="box_3"'), ("comment-", "opn_"), ("card-", "b_"),
)  # fmt: skip
"""What older houses write instead."""


class Press:
    """Makes pages; the same number gives the same page."""

    def __init__(self, matcher: Matcher) -> None:
        lexicon = open_lexicon()
        uses: dict[str, float] = {}
        for number in range(0, 50_000, 2):
            for form in lexicon.forms(number)[:3]:
                zipf = lexicon.zipf(form)
                if zipf > 1.5 and not matcher.somewhere(form)[0]:
                    uses[form] = 10 ** (zipf - 3)
        self._arabic = list(uses)
        self._weights = list(accumulate(uses.values()))
        self._papers: dict[tuple[int, bool], dict[str, str]] = {}

    def page(self, number: int) -> bytes:
        """Of every twenty one is in Arabic; of every four hundred one mentions what is watched, in its text, and one beside it."""
        dice = Random(number)
        arabic = number % 20 == 7
        which = (7 * number + number // 20) % _PAPERS
        paper = self._paper(which, arabic)
        say = self.speech(dice, arabic)
        title = say(9)
        text = [say(dice.randint(40, 105)) + "." for _ in range(dice.randint(9, 24))]
        if arabic and number % 400 == 7:
            text.insert(2, f"{_WATCHED} {say(20)}.")
        teased = _TEASED if arabic and number % 400 == 27 else ""
        # every other paper says when in a way that programs read; the others print it, as half of the real ones do
        dated = '<meta property="article:published_time" content="2018-05-12T09:30:00Z">' if which % 2 else ""
        printed = "السبت 12 أيار 2018 - 09:30" if arabic else "Saturday, May 12th, 2018 09:30"
        about = json.dumps(
            {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, **({"datePublished": "2018-05-12T09:30:00Z"} if dated else {}),
             "description": text[0], "image": f"https://i.example/{number}.jpg", "author": {"@type": "Organization", "name": paper["name"]}},
            ensure_ascii=which % 5 == 0,
        )  # fmt: skip
        gap = "" if which % 4 == 0 else "\n      "
        body = gap.join(f"<p>{escape(one)}</p>" if n % 4 else f"<p><strong>{' '.join(one.split()[:4])}</strong> {' '.join(one.split()[4:])}</p>" for n, one in enumerate(text))  # fmt: skip
        if not which % 2:  # a house of its own making: lines between breaks, in boxes in boxes, with a table around
            body = f"<div><div><font size=3>{(' <br><br>' + gap).join(map(escape, text))}</font></div></div>"
        comments = gap.join(
            f'<div class="comment-item" id="comment-{n}"><div class="comment-head"><span class="comment-author">{say(2)}</span>'
            f'<time datetime="2018-05-12T1{n}:00:00Z">12/05/2018</time></div><div class="comment-body">{say(dice.randint(12, 45))}</div></div>'
            for n in range(dice.randrange(14))
        )
        page = (
            f'<!DOCTYPE html>\n<html lang="{"ar" if arabic else "en"}" dir="{"rtl" if arabic else "ltr"}"><head><meta charset="utf-8"><title>{title} | {paper["name"]}</title>'
            f'<meta name="description" content="{escape(text[0][:150])}"><meta property="og:title" content="{title}"><meta property="og:type" content="article">'
            f'{dated}<link rel="canonical" href="https://paper{which}.example/news/{number}">'
            f'{paper["head"]}<script type="application/ld+json">{about}</script></head><body class="single single-post postid-{number}">{paper["top"]}'
            f'<div class="container"><div class="row"><main class="col-md-8"><article class="post post-{number}"><header><h1 class="entry-title">{title}</h1>'
            f'<div class="entry-meta"><span class="date">{"" if dated else printed}</span></div>{paper["share"]}</header>{gap}'
            f'<figure><img src="https://i.example/{number}.jpg" alt="{say(6)}" width="780" height="440"><figcaption>{say(8)}</figcaption></figure>{gap}'
            f'<div class="entry-content">{body}</div>{gap}<div class="tags">{self._links(say, dice, 6, "tag", 2)}</div></article>{gap}'
            f'<section class="related-posts"><h3>{say(2)}</h3>{self._cards(say, dice, _RELATED, teased)}</section>'
            f'<section class="comments-area"><h3>{say(1)}</h3>{comments}</section></main>'
            f'<aside class="col-md-4 sidebar"><div class="widget most-read"><h4>{say(2)}</h4>{self._cards(say, dice, _SIDE, "")}</div></aside></div></div>'
            f"{paper['bottom']}</body></html>"
        )
        if not which % 2:
            for modern, old in _OLD:
                page = page.replace(modern, old)
        return page.encode()

    def speech(self, dice: Random, arabic: bool) -> Callable[[int], str]:
        if arabic:
            return lambda words: " ".join(dice.choices(self._arabic, cum_weights=self._weights, k=words))
        return lambda words: " ".join(dice.choices(_LATIN, k=words)) + ("’s" if dice.random() < 0.05 else "")

    def _paper(self, which: int, arabic: bool) -> dict[str, str]:
        """What all pages of a paper have."""
        if (which, arabic) not in self._papers:
            dice = Random(which)
            say = self.speech(dice, arabic)
            script = "".join(
                f'window.app{n}={{id:{dice.randrange(10**6)},path:"/x/{n}",opts:{{lazy:!0,ratio:{n % 9}}},on:function(e){{return e&&e.t<{n}?e.t:null}}}};'
                for n in range(dice.randint(60, 260))
            )
            style = "".join(
                f".c{which}-{n}{{margin:{n}px auto;padding:{n % 7}px;color:#{n:06x};background:url(/i/{n}.png)}}"
                for n in range(120)
            )
            scripts = "".join(
                f'<script async src="https://cdn.example/{which}/{n}.js?v=1.{n}&amp;c=1"></script>' for n in range(14)
            )
            icon = '<svg viewBox="0 0 24 24" width="16"><path d="M12 0c-6.627 0-12 5.373-12 12s5.373 12 12 12 12-5.373 12-12-5.373-12-12-12z"/></svg>'
            name = say(2)
            self._papers[which, arabic] = {
                "name": name,
                "head": f'<style>{style}</style>{scripts}<script>{script}</script><link rel="stylesheet" href="/a.css?v={which}">',
                "top": f'<header class="site-header"><a class="logo" href="/"><img src="/logo.png" alt="{name}"></a><nav class="main-nav"><ul class="menu">'
                + "\n".join(
                    f'<li id="menu-item-{n}" class="menu-item menu-item-type-taxonomy menu-item-{n}"><a href="/section/{n}">{say(2)}</a></li>'
                    for n in range(_MENU)
                )
                + "</ul></nav></header>",
                "share": '<ul class="share-buttons">'
                + "".join(
                    f'<li><a class="share {one}" href="https://{one}.example/share?u=1&amp;t=2" rel="nofollow">{icon}<span class="sr-only">{one}</span></a></li>'
                    for one in ("fb", "tw", "wa", "tg", "mail")
                )
                + "</ul>",
                "bottom": f'<footer class="site-footer"><div class="about">{say(30)}</div><ul>{self._links(say, dice, 30, "page", 2)}</ul>&copy; 2018</footer><script>{script[: len(script) // 3]}</script>',
            }
        return self._papers[which, arabic]

    @staticmethod
    def _links(say: Callable[[int], str], dice: Random, count: int, kind: str, words: int) -> str:
        return "\n".join(
            f'<a href="/{kind}/{dice.randrange(10**5)}" rel="{kind}">{say(words)}</a>' for _ in range(count)
        )

    @staticmethod
    def _cards(say: Callable[[int], str], dice: Random, count: int, first: str) -> str:
        return "\n".join(
            f'<div class="card item-{n}"><a class="card-thumb" href="/news/{dice.randrange(10**6)}"><img loading="lazy" src="/i/{n}.jpg" alt="" width="120" height="80"></a>'
            f'<div class="card-body"><h5 class="card-title"><a href="/news/{dice.randrange(10**6)}">{first if first and not n else say(11)}</a></h5>'
            f'<span class="card-date">12/05/2018</span></div></div>'
            for n in range(count)
        )
