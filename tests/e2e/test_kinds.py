"""The other kinds of source, through the whole pass, held against the newsroom's truth."""

from pathlib import Path

from tests.e2e.running import configure, opened, rasid
from tests.newsroom import truth
from tests.newsroom.running import newsroom


def test_a_wordpress_api_sitemaps_and_a_channel(tmp_path: Path) -> None:
    with newsroom() as room:
        config = configure(tmp_path, room.sources_of("baydar", "fanar", "minbar"))
        done = rasid(config, "crawl")
        assert done.returncode == 0, done.stderr
        with opened(config) as store:
            stored = {one.key: store.article_at(one.url(room.port)) for one in truth.further()}
        # the channel shows three posts; what is older stands on a page that the first reading asks for too
        assert [key for key, found in stored.items() if found is None] == [], done.stdout
        for one in truth.further():
            found = stored[one.key]
            assert found is not None
            assert found.article.title == one.title
            assert found.article.published_at == one.published(room.now)
        pages = [request.target for request in room.requests("minbar")]
        assert not [target for target in pages if not target.startswith(("/s/", "/robots"))]
