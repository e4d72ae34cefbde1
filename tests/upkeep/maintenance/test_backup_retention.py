"""Which nightly backups are deleted: old ones that this instance made, never the newest good ones."""

from datetime import datetime, timedelta
from pathlib import Path

from app.core.clock import local_date, utc_now
from app.upkeep.maintenance.nightly.place import ALWAYS_STORED, Place
from tests.upkeep.maintenance import nightly_backup
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.maintenance.nightly_backup import Nightly

backups = nightly_backup.backups  # a fixture


def test_thirty_days_are_stored_and_what_others_put_there_stays(backups: Nightly) -> None:
    now = utc_now().replace(microsecond=0)
    other_instance = "tung-nha-00000000-20200101T000000Z.sqlite3.gz.age"
    strangers = ["notes.txt", other_instance, "tung-nha-x.age", "2020-01-01.tungnha"]
    for name in strangers:
        (backups.place / name).write_text("")
    first = backups.make(now - timedelta(days=40)).file
    gone_by = f"-gone-by-{local_date(now - timedelta(days=10)):%Y%m%d}"
    assert first.name.endswith(f"{stamp(now, 40)}{gone_by}.{first.name.partition('.')[2]}")
    # As earlier releases named them.
    earlier = first.name.replace(gone_by, "")
    days = {day: first.with_name(earlier.replace(stamp(now, 40), stamp(now, day))) for day in range(1, 40)}
    for file in days.values():
        file.write_bytes(first.read_bytes())
    result = backups.make(now)
    assert (result.deleted, result.overdue) == (11, 0)
    left = {days[day].name for day in range(1, 30)} | {result.file.name}
    assert set(backups.files()) == left | set(strangers)


def stamp(now: datetime, days: int) -> str:
    return f"{now - timedelta(days=days):%Y%m%dT%H%M%SZ}"


def test_newest_good_ones_are_never_deleted_whatever_the_clock_says(
    backups: Nightly, instance: Instance
) -> None:
    now = utc_now()
    before = backups.make_each_night(now, 2)
    result = backups.make(now + timedelta(days=900))
    assert (result.deleted, result.overdue) == (0, 2)
    assert set(backups.files()) == {*before, result.file.name}


def test_backups_with_problems_take_no_place_of_good_ones(tmp_path: Path) -> None:
    place, now = Place(tmp_path, "ours"), utc_now()
    good = place.new_file(now - timedelta(days=90), "pgdump")
    nights = [place.new_file(now - timedelta(days=40 + n), "pgdump") for n in range(ALWAYS_STORED)]
    bad = [place.name_with_problems(file) for file in nights]
    for file in (good, *bad):
        file.write_text("")
    assert set(place.prune(now)) == set(bad)
    assert list(tmp_path.iterdir()) == [good]
