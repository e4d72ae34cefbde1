"""What somebody still has to do something with is not purged, whatever its age."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from app.commune.accounts.models import ANONYMOUS
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.review.citizen_requests.deadlines import Kind
from app.review.citizen_requests.models import CitizenRequest
from app.review.decisions.commands import accept
from app.review.decisions.selection import SeenVisit
from app.upkeep.maintenance.check import RETENTION, check
from app.upkeep.models import DailyJob
from app.upkeep.retention import run
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows
from tests.signed_in import NOW
from tests.upkeep.retention.stored import NOTE
from tests.world import World

LATER = NOW + timedelta(days=800)
DUE = datetime.fromisoformat("2028-11-24T17:00:00+00:00")  # 24 months after the day of the visits is over


def test_visit_that_waits_is_purged_once_it_is_decided(lan: Phone, world: World, database: Database) -> None:
    """With its earlier content, which a supervisor compares."""
    visit = lan.visit(world.duc, note=NOTE)
    lan.exchange(visit, lan.amend(visit, note=f"{NOTE}."))
    assert _purge(database) == {}
    assert _overdue(database, LATER) == []
    _accept(database, world, visit, 2)
    assert _purge(database) == {"visits": 1, "visit_versions": 1}


def test_visit_stays_with_its_open_appointment(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.duc, note=NOTE, follow_up_on="2026-12-20")
    lan.exchange(visit)
    _accept(database, world, visit, 1)
    assert "visits" not in {one.code: one.counts for one in run.count_due(database, LATER)}["06391"]
    lan.exchange(lan.visit(world.duc))
    assert _purge(database) == {"visits": 1}
    assert {(one.note, one.recorded_by) for one in all_rows(database, Visit)} == {
        ("", ANONYMOUS),
        ("Đã cài xong", world.lan),
    }


@pytest.mark.parametrize(("kind", "is_closed"), [("view", False), ("restrict", True)])
def test_household_with_a_request_stays_as_it_is(
    lan: Phone, world: World, database: Database, kind: Kind, is_closed: bool
) -> None:
    """Until it is answered; for good, if processing was restricted."""
    visit = lan.visit(world.duc, note=NOTE)
    lan.exchange(visit, lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    _accept(database, world, visit, 1)
    request = CitizenRequest(
        commune_id=world.commune_id, id="request", household_id=world.duc, kind=kind, received_on=NOW.date(),
        entered_at=NOW, entered_by=world.binh, closed_on=NOW.date() if is_closed else None,
    )  # fmt: skip
    database.write(lambda session: session.add(request))
    assert _purge(database) == {}
    assert [one.note for one in all_rows(database, Visit)] == [NOTE]
    database.write(
        lambda session: session.delete(session.get_one(CitizenRequest, (world.commune_id, "request")))
    )
    assert _purge(database) == {"visits": 1, "household_versions": 1}


def test_visit_is_purged_after_24_months_and_named_by_a_run_three_days_later(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, note=NOTE)
    lan.exchange(visit)
    _accept(database, world, visit, 1)
    before = DUE - timedelta(milliseconds=1)
    assert _overdue(database, before + timedelta(days=3)) == ["sessions"]
    assert _overdue(database, DUE + timedelta(days=3)) == ["visits, sessions"]
    assert "visits" not in _purge(database, before)
    assert [one.recorded_by for one in all_rows(database, Visit)] == [world.lan]
    assert "visits" in _purge(database, DUE)


def _purge(database: Database, now: datetime = LATER) -> dict[str, int]:
    counts = {one.code: dict(one.counts) for one in run.run(database, now)}["06391"]
    counts.pop("sessions", None)
    return counts


def _overdue(database: Database, now: datetime) -> list[str]:
    """What is named if the last run was then."""
    database.write(lambda session: session.merge(DailyJob(name=run.JOB, ran_at=now)))
    (found,) = (one for one in check(database, lambda: now) if one.name == RETENTION)
    (later,) = (one for one in check(database, lambda: now + timedelta(days=4)) if one.name == RETENTION)
    assert (found.remarks, later.remarks) == ([], ["The last purge was 4 days ago."])
    assert later.problems == found.problems
    return [problem.partition(": ")[2].partition(" (")[0] for problem in found.problems]


def _accept(database: Database, world: World, visit: dict[str, dict[str, str]], version: int) -> None:
    def work(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        accept(session, binh, visit["data"]["id"], SeenVisit(version), NOW)

    database.write(work)
