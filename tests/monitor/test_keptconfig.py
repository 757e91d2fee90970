from pathlib import Path

import pytest

from monitor import keptconfig
from monitor.config import ConfigError
from storage.errors import StorageError
from tests.monitor.configuring import SOURCE, load


def test_what_was_good_is_had_again_in_its_own_place(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    config = load(folder, "contact: a@b.org\nvar: data\nstorage: {url: 'sqlite:///data/x.db'}\n")
    keptconfig.keep(config)
    (folder / "sources.yaml").write_text("sources: [oh", "utf-8")
    again = keptconfig.load(tmp_path / "data" / "config", folder, {})
    assert again == config
    assert again.settings.storage.url == f"sqlite:///{tmp_path}/data/x.db"
    assert again.folder == folder


def test_the_newest_good_one_counts_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    for title in ("الأولى", "الثانية"):
        config = load(tmp_path / "etc", "contact: a@b.org\n", SOURCE.replace("المحلية", title))
        keptconfig.keep(config)
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["config"]
    assert keptconfig.load(tmp_path / "var" / "config", tmp_path / "etc", {}).sources[0].title == "الثانية"


def test_a_password_is_not_copied(tmp_path: Path) -> None:
    config = load(tmp_path / "etc", "contact: a@b.org\n", RASID_STORAGE_URL="postgresql://rasid:secret@127.0.0.1/x")
    keptconfig.keep(config)
    kept = tmp_path / "var" / "config"
    assert not [path for path in kept.iterdir() if "secret" in path.read_text("utf-8")]
    again = keptconfig.load(kept, config.folder, {"RASID_STORAGE_URL": config.settings.storage.url})
    assert again.settings.storage.url == config.settings.storage.url


def test_where_it_cannot_be_kept_or_was_not(tmp_path: Path) -> None:
    config = load(tmp_path / "etc", "contact: a@b.org\n")
    (tmp_path / "var").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        keptconfig.keep(config)
    with pytest.raises(ConfigError):
        keptconfig.load(tmp_path / "nowhere", tmp_path / "etc", {})
