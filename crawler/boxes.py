"""What elements call themselves: boxes of themes and plugins, containers of an article's text, what stands beside it.

A class counts as a whole token, never as a part of one: WordPress puts ``tag-…`` and ``newsletter-…`` on ``<body>`` and
``<article>``, and ``contains(@class, "post-tag")`` emptied pages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.html import HtmlElement

from crawler.sheet import marks, named

__all__ = ["beside", "box_name", "is_box_name", "is_container"]

_BOXES = re.compile(
    "|".join(
        (
            # the themes Sahifa and Jannah
            (
                r"check-also-box|check-also.*|related[_-]posts?|related-posts-.*|author-box|about-author|post-bottom-meta|"
                r"post-tags.*|share-post|share-buttons.*|post-shortlink|post-components|tie-insta.*|go-to-content"
            ),
            # the themes Newspaper and Newsmag
            (
                r"td_block_related_posts|td-post-sharing.*|td-post-source-tags|td-post-next-prev|td-author-name.*|td-related.*|"
                r"tdb_single_related|tdb_single_tags|tdb_single_next_prev"
            ),
            # the theme JNews
            (
                r"jnews_(?:inline_)?related_post.*|jeg_share_.*|jeg_post_tags|jnews_prev_next_container|jeg_postblock_.*|"
                r"jeg_custom_ads.*|jnews_author_box.*|jeg_authorbox"
            ),
            # plugins
            (
                r"sharedaddy|sd-.*|jp-relatedposts|addtoany.*|a2a_kit|a2a_.*|heateor.*|yarpp.*|crp[_-]related|rp4wp.*|wp_rp.*|"
                r"irp[_-]?.*|inline[_-]related.*|related[_-]inline|wp-block-latest-posts|wp-embedded-content|ez-toc.*|lwptoc.*|"
                r"mc4wp.*|newsletter|newsletter-(?:box|form|signup|widget|block)|subscribe-(?:box|form|newsletter)|"
                r"wpdiscuz.*|fb-comments|disqus_thread|taboola.*|outbrain.*|google-auto-placed|adsbygoogle|essb_.*|"
                r"simplesocialbuttons|social-(?:share|sharing|buttons|icons|links)|share(?:-|_)?(?:bar|box|buttons?|links?|tools|icons)|"
                r"sharing(?:-buttons)?|article-share|post-share.*|google-news.*|code-block(?:-\d+)?-ads"
            ),
            # everybody
            (
                r"read-?also|also-?read|read-?more-?box|see-?also|more-?(?:news|stories)|related|related-?(?:news|articles?|"
                r"stories|topics|links|content|items|box|block|section|wrap(?:per)?)|similar-?posts|latest-?(?:news|posts)|most-?(?:read|viewed|popular)|"
                r"popular-?posts|recommended.*|you-?may-?like|tagcloud|tags-?links|post-?tag|entry-?tags|article-?tags|tags-?list|"
                r"breadcrumbs?|post-navigation|nav-links|comments|comments-area|comment-list|respond|comment-respond|"
                r"comment-form|print-?only|cookie.*|sidebar|widget-area|"
                r"sponsor(?:ed)?(?:-.*)?|advertorial|advert(?:s|isement|ising|-.*)?|ads?-?(?:label|container|wrap(?:per)?|slot|unit|box|block|banner|holder|space|zone)|"
                r"(?:img|image|photo|pic|media|thumb)[_-]?(?:caption|credits?)(?:-text)?|(?:.*-)?ticker(?:-.*)?|page-?links|.*sign-?up.*|kg-bookmark-card|post-?page-?numbers|inline-?related.*|related-?inline.*"
            ),
            # Blogger
            r"post-footer|blog-pager|post-labels|comments-section",
        )
    ),
    re.IGNORECASE,
)

_CONTAINERS = re.compile(
    r"entry-content|entry|entry-inner|post-body|td-post-content|tdb_single_content|content-inner|elementor-widget-theme-post-content|node__content|item-?full-?text|article[_-]{1,2}body|article[_-]{1,2}content|"
    r"article[_-]{1,2}text|articlebody|articlecontent|articletext|story[_-]{1,2}(?:body|content|text)|storybody|"
    r"post[_-]{1,2}(?:content|text|entry)|postcontent|news[_-]{1,2}(?:body|content|text|details|detail)|newsbody|newstext|"
    r"newsdetails|newscontent|single[_-]{1,2}content|amp-wp-article-content|field-name-body|field--name-body|"
    r"wysiwyg|b-article__text|details[_-]?(?:body|text|content)|body-content|the-content|paragraph-list|"
    r"main[_-]{1,2}article[_-]{1,2}body|rte|richtext|content-body|entry-body|news_text|art[_-]text|fulltext",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _is_container_name(token: str) -> bool:
    return _CONTAINERS.fullmatch(token) is not None


@lru_cache(maxsize=8192)
def _names_container(identity: str, classes: str) -> bool:
    """Of what a site's pages call their elements, alike on each of them: an element is asked many times."""
    return any(map(_is_container_name, (identity.strip(), *classes.split()[:40])))


@lru_cache(maxsize=8192)
def is_box_name(token: str) -> bool:
    """Whether a class or an id is that of a box that is not the article: related posts, share buttons, comments."""
    return _BOXES.fullmatch(token) is not None


@lru_cache(maxsize=8192)
def box_name(identity: str, classes: str) -> str | None:
    """The id or the class that is that of such a box."""
    return next(filter(is_box_name, (identity.strip(), *classes.split()[:40])), None)


_NAMELESS = ("", "")


def is_container(element: HtmlElement) -> bool:
    """Whether an element calls itself the text of an article, by microdata or by a class known from themes."""
    names = named(element)
    if names != _NAMELESS and _names_container(*names):
        return True
    means = element.get("itemprop")
    return means is not None and "articleBody" in means.split()


_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:comments?|related|sidebar|widgets?|latest|most|popular|more|breaking|ticker|menu|nav(?:bar|igation)?|"
    r"top-?bar|today|current-?date|header-?date|top-?date|weather|prayer\w*)(?=[\s_-]|$)|"
    r"(?:^|\s)(?:site|page|main|theme|td|jeg)?[-_]?footer(?=[\s_-]|$)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def _is_beside_name(names: str) -> bool:
    return bool(names) and _BESIDE.search(names) is not None


def beside(element: HtmlElement) -> bool:
    """Whether an element stands beside the article: in a sidebar, a menu, a ticker, a teaser, comments, the foot of the page.

    What holds the headline or the article's own text is not beside it: Blogger keeps the whole article in a ``widget``, Drupal
    prints "submitted by" in a ``footer`` of the article.
    """
    for above in (element, *element.iterancestors()):
        if above.tag in ("body", "html", "article"):
            return False
        tagged = above.tag in ("aside", "nav", "footer")
        if not tagged:
            tagged = _is_beside_name(marks(above))
        if tagged and not (
            above is not element
            and any(e.tag == "h1" or is_container(e) for e in above.iter("h1", "div", "section", "td", "article"))
        ):
            return next(above.iterancestors("article"), None) is None or above.tag in ("aside", "nav")
    return False
