"""What phones and the desk see of visits whose author is purged; and when a run of the day is believed."""

from datetime import datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import ANONYMOUS, SignInSession
from app.core.db import Database
from app.core.feed import FeedCounter
from app.fieldwork.visits.models import Visit
from app.review.decisions.commands import accept
from app.review.decisions.selection import SeenVisit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.retention import daily, run
from app.upkeep.retention.anonymous import NAME
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows
from tests.signed_in import NOW
from tests.upkeep.retention.stored import NOTE
from tests.web.desk.desk_client import words
from tests.world import World

LATER = NOW + timedelta(days=760)
DAY = timedelta(days=1)


def test_phones_get_nothing_and_a_repeat_is_a_duplicate(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit, amended = lan.visit(world.duc, note=NOTE), lan.visit(world.mai, note=NOTE)
    lan.exchange(visit, amended, lan.amend(amended, note=f"{NOTE}."))
    accept_all(database, world)
    before = lan.exchange()["cursor"]
    lan.now = clock.now = NOW + timedelta(days=390)
    daily.purge_ledgers(database, clock())
    purge_visits(database)
    assert len(all_rows(database, LedgerEntry)) == 2, "those of the visit that was amended"
    answer = lan.exchange(visit, amended)
    assert [result["status"] for result in answer["results"]] == ["duplicate"] * 2
    assert answer["changes"]["visit"] == answer["changes"]["tombstone"] == answer["changes"]["member"] == []
    assert answer["cursor"] > before
    assert {(one.recorded_by, one.note, one.device_id) for one in all_rows(database, Visit)} == {
        (ANONYMOUS, "", "")
    }
    assert all_rows(database, QuarantinedOperation) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_desk_names_nobody_and_every_page_opens(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, note=NOTE)
    lan.exchange(visit, lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    accept_all(database, world)
    purge_visits(database)
    for path in (
        f"/desk/visits/{visit['data']['id']}",
        f"/desk/households/{world.duc}",
        "/desk/visits?state=all",
    ):
        page = desk.get(path)
        assert (page.status_code, NAME in page.text, "/anonymous" in page.text) == (200, True, False), path
        assert NOTE not in page.text
    for path in (
        "/desk/people",
        "/desk/log",
        "/desk/visits",
        "/desk/supervisors",
        "/desk/",
        f"/desk/people/{world.lan}",
    ):
        page = desk.get(path)
        assert (page.status_code, "/anonymous" in page.text, f">{NAME}</option>" in page.text) == (
            200,
            False,
            False,
        )
    log = words(desk.get("/desk/log").text)
    assert "Máy chủ Xóa dữ liệu đã hết hạn lưu 2 mục" in log, log
    assert desk.get(f"/desk/people/{ANONYMOUS}").status_code == 404
    report = desk.get("/desk/reports/2026-11")
    assert (report.status_code, "để trống, vì lượt thăm đã quá 24 tháng" in report.text) == (200, True)
    assert desk.get("/desk/reports/2026-11.csv").status_code == 200


def test_time_that_jumped_purges_nothing_on_its_first_day(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc, note=NOTE))
    accept_all(database, world)
    purge_communes(database, NOW)
    purge_communes(database, LATER)
    assert [one.recorded_by for one in all_rows(database, Visit)] == [world.lan]
    purge_communes(database, NOW + DAY)  # the clock was wrong
    purge_communes(database, NOW + DAY * 2)
    assert [one.recorded_by for one in all_rows(database, Visit)] == [world.lan]
    for day in range(2):
        purge_communes(database, LATER + DAY * day)
    assert [one.recorded_by for one in all_rows(database, Visit)] == [ANONYMOUS]


def test_what_a_commune_left_behind_is_purged(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc, note=NOTE))
    accept_all(database, world)
    database.write(lambda session: _leave(session, world))
    purge_visits(database)
    assert [one.recorded_by for one in all_rows(database, Visit)] == [ANONYMOUS]


def accept_all(database: Database, world: World) -> None:
    """Accept every visit as it is."""

    def work(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        for visit in visits:
            accept(session, binh, visit.id, SeenVisit(visit.version), NOW)

    visits = all_rows(database, Visit)
    database.write(work)


def purge_communes(database: Database, now: datetime) -> None:
    """As a server does once a day."""
    list(daily.purge_communes(database, now))


def purge_visits(database: Database) -> None:
    """Purge what is over in two years, but the sessions of now."""

    def prolong(session: Session) -> None:
        for one in session.exec(select(SignInSession)):
            one.expires_at = LATER
            session.add(one)

    database.write(prolong)
    run.run(database, LATER)


def _leave(session: Session, world: World) -> None:
    counter = session.get_one(FeedCounter, world.commune_id)
    counter.is_away = True
    session.add(counter)
