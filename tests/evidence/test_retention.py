"""What may go goes, what is flagged stays, and the ledger says so; however the run ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.evidence import tidying
from monitor.evidence.retention import Kept, days_left, plan
from monitor.evidence.settings import CaptureSettings
from monitor.evidence.verifying import verify
from monitor.lock import BusyError
from storage import rewriting
from storage.archive import Archive
from storage.repair import repair
from storage.store import Store
from tests.evidence.making import NOW, archive, page
from tests.stores.making import article, flag, put

DAY = timedelta(days=1)
RULES = CaptureSettings(others=90 * DAY)
LATE = NOW + 100 * DAY


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Two days of ten pages each, of which each third is flagged."""
    for day in range(2):
        moment = NOW + day * DAY
        with archive(tmp_path, now=lambda moment=moment: moment) as (opened, store):
            for n in range(day * 10, day * 10 + 10):
                name = opened.keep(page(n, fetched_at=moment))
                opened.settle()
                put(store, article(f"https://nidaa.example/{n}", capture=name), flags=(flag(),) if n % 3 == 0 else ())
    return tmp_path


def flagged(store: Store) -> set[str]:
    return store.proofs.proving()


def test_what_nobody_flagged_goes_when_it_is_old_and_the_rest_is_still_proven(kept: Path) -> None:
    before = sum(path.stat().st_size for path in (kept / "captures").glob("*.warc.gz"))
    with archive(kept, now=lambda: LATE) as (opened, store):
        done = tidying.tidy(store, opened, RULES, LATE)
        report = verify(kept / "captures", store.proofs)
        assert report.findings == []
        assert (report.captures, report.dropped) == (7, 13)
        assert flagged(store) <= {one.id for one in store.proofs.standing()}
        gone = store.proofs.captures_at("https://nidaa.example/1")[0]
        assert gone.dropped_at == LATE
        assert gone.why == "older than 90 days, and not flagged"
    after = sum(path.stat().st_size for path in (kept / "captures").glob("*.warc.gz"))
    assert (done.dropped, before - after, done.total) == (13, done.freed, after)
    with archive(kept, now=lambda: LATE) as (opened, store):
        assert tidying.tidy(store, opened, RULES, LATE).dropped == 0


def test_what_lies_on_another_machine_is_left_to_it(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    """One store, two folders with a chain of their own: each drops its own, each once a day."""
    with Store.open(f"sqlite:///{kept / 'rasid.db'}") as store:
        theirs = Archive(
            kept / "theirs", store.proofs, software="Rasid/test", now=lambda: LATE, chain="main-2", floor=0
        )
        with theirs as opened:
            assert tidying.tidy(store, opened, RULES, LATE).dropped == 0
            tidying.once_a_day(store, opened, RULES, LATE)
        assert caplog.records == []
        with archive(kept, now=lambda: LATE) as (mine, _):
            tidying.once_a_day(store, mine, RULES, LATE)
        assert sum(one.dropped_at is not None for one in map(store.proofs.capture, _ids(store)) if one) == 13


def _ids(store: Store) -> list[str]:
    return [one.id for n in range(20) for one in store.proofs.captures_at(f"https://nidaa.example/{n}")]


def test_young_ones_stay(kept: Path) -> None:
    with archive(kept, now=lambda: NOW + 89 * DAY) as (opened, store):
        assert tidying.tidy(store, opened, RULES, NOW + 89 * DAY).dropped == 0


def test_beyond_the_ceiling_the_oldest_day_gives_way_first(kept: Path) -> None:
    now = NOW + 5 * DAY
    size = sum(path.stat().st_size for path in (kept / "captures").glob("*.warc.gz"))
    with archive(kept, now=lambda: now) as (opened, store):
        done = tidying.tidy(store, opened, CaptureSettings(ceiling=size - 100), now)
        days = {
            one.at.date() for one in store.proofs.standing() if one.kind == "capture" and one.id not in flagged(store)
        }
        assert days == {(NOW + DAY).date()}
        assert done.over == 0
        tight = tidying.tidy(store, opened, CaptureSettings(ceiling=1000), now)
        assert tight.over > 0
        assert {one.id for one in store.proofs.standing() if one.kind == "capture"} == flagged(store)
        assert verify(kept / "captures", store.proofs).clean


@pytest.mark.parametrize("at", ["before the ledger", "after the ledger", "before the old file goes"])
def test_a_run_that_is_killed_while_it_rewrites_is_finished_by_the_next(
    kept: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    if at == "before the ledger":
        monkeypatch.setattr(Archive, "enter", die)
    elif at == "after the ledger":
        monkeypatch.setattr(Path, "replace", die)
    else:
        monkeypatch.setattr(Path, "unlink", die)
    with archive(kept, now=lambda: LATE) as (opened, store), pytest.raises(Killed):
        tidying.tidy(store, opened, RULES, LATE)
    monkeypatch.undo()
    with archive(kept, now=lambda: LATE) as (opened, store):
        tidying.tidy(store, opened, RULES, LATE)
        repair(kept / "captures", store.proofs)
        report = verify(kept / "captures", store.proofs)
        assert (report.findings, report.captures, report.dropped) == ([], 7, 13)
        assert flagged(store) <= {one.id for one in store.proofs.standing()}


def test_a_file_that_somebody_writes_into_is_left_alone(kept: Path) -> None:
    with archive(kept, now=lambda: NOW + DAY) as (writing, _), archive(kept, now=lambda: LATE) as (opened, store):
        writing.keep(page(77, fetched_at=NOW + DAY))
        done = tidying.tidy(store, opened, RULES, LATE)
        assert done.dropped == 6  # of the day before
        writing.settle()
        assert verify(kept / "captures", store.proofs).clean


def test_what_stays_is_not_rewritten_when_it_was_altered(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = min((kept / "captures").glob("*.warc.gz"))
    data = bytearray(path.read_bytes())
    data[600] ^= 1
    path.write_bytes(data)
    with archive(kept, now=lambda: LATE) as (opened, store):
        assert tidying.tidy(store, opened, RULES, LATE).dropped == 7  # of the other day
        assert "not those that were written" in caplog.text
        assert path.read_bytes() == data


def test_once_a_day_and_no_more(kept: Path, caplog: pytest.LogCaptureFixture) -> None:
    with archive(kept, now=lambda: LATE) as (opened, store):
        tidying.once_a_day(store, opened, RULES, LATE - 20 * DAY)
        tidying.once_a_day(store, opened, RULES, LATE - 20 * DAY + timedelta(hours=1))
        assert verify(kept / "captures", store.proofs).dropped == 0
        tidying.once_a_day(store, opened, RULES, LATE)
        assert verify(kept / "captures", store.proofs).dropped == 13


def test_two_passes_of_one_machine_do_not_tidy_at_once(kept: Path) -> None:
    """On a shared store a worker makes several: what one has half written anew is no leaving of a killed one's."""
    half = kept / "captures" / f"rasid-20261123-000000-0.warc.gz{rewriting.PART}"
    half.write_bytes(b"being written")
    with tidying.tended(kept / "captures", "tidying"), archive(kept, now=lambda: LATE) as (opened, store):
        with pytest.raises(BusyError):
            tidying.tidy(store, opened, RULES, LATE)
        tidying.once_a_day(store, opened, RULES, LATE)
        assert half.exists()
        assert not [one for one in map(store.proofs.capture, _ids(store)) if one and one.dropped_at]
    with archive(kept, now=lambda: LATE) as (opened, store):
        tidying.once_a_day(store, opened, RULES, LATE)  # it was not done, and is due
        assert sum(one.dropped_at is not None for one in map(store.proofs.capture, _ids(store)) if one) == 13


def test_a_full_disk_is_said_two_weeks_before(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with archive(kept) as (_, store):
        rate = store.proofs.written_since(NOW - DAY) / 2
        for days, said in ((10, True), (20, False)):
            free = RULES.free + int(rate * days)
            monkeypatch.setattr(tidying.shutil, "disk_usage", lambda _, free=free: type("Usage", (), {"free": free})())
            told = list(tidying.foresee(store, kept / "captures", RULES, NOW + 2 * DAY))
            assert bool(told) is said


FILES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 200), st.booleans(), st.integers(1, 10**6)), max_size=40)


@given(FILES, st.integers(0, 10**7))
def test_laws_of_the_plan(given_files: list[tuple[int, int, bool, int]], ceiling: int) -> None:
    kept = [
        Kept(id=str(n), at=NOW - age * DAY, file=f"f{file}", length=length, head=False)
        for n, (file, age, _, length) in enumerate(given_files)
    ]
    proving = {str(n) for n, (_, _, flagged_, _) in enumerate(given_files) if flagged_}
    found = plan(kept, proving, NOW, others=90 * DAY, ceiling=ceiling, busy={"f5"})
    gone = {one for going in found.drop.values() for one in going}
    assert not gone & proving
    assert "f5" not in found.drop
    assert found.total == sum(one.length for one in kept if one.id not in gone)
    left = [one for one in kept if one.id not in gone | proving and one.file != "f5"]
    assert found.total <= ceiling or not left


def test_days_left() -> None:
    assert days_left(100, 0, 70, 7) == 10
    assert days_left(100, 200, 70, 7) == 0
    assert days_left(100, 0, 0, 7) is None
    assert rewriting.PART == ".part"
