"""Every kind is documented with examples that load."""

import re
from pathlib import Path

import pytest

from crawler.source import KIND_NAMES
from crawler.spiders import KINDS
from monitor import config

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text("utf-8")
EXAMPLES = re.findall(r"^```yaml\n(- name.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.splitlines()[0])
def test_an_example_is_a_valid_source(example: str, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text('contact: "desk@news.example"\n', "utf-8")
    (tmp_path / "sources.yaml").write_text("sources:\n" + re.sub("^", "  ", example, flags=re.MULTILINE), "utf-8")
    (source,) = config.load(tmp_path, environment={}).sources
    assert KINDS[source.kind].start(source).startswith("https://")


def test_every_kind_has_a_chapter_and_an_example() -> None:
    assert re.findall(r"^### (\w+)$", PAGE, re.MULTILINE) == ["feed", "wordpress", "sitemap", "section", "telegram"]
    assert (
        set(KIND_NAMES) == set(KINDS) == {kind for example in EXAMPLES for kind in re.findall(r"kind: (\w+)", example)}
    )
