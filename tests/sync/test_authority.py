"""Who may write where: a former member's phone delivers what was recorded while its person was a member."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.accounts import people
from app.accounts.models import Account, Assignment, Team
from app.core.clock import wire_time
from app.core.db import Database
from app.sync.models import Quarantined
from app.visits.models import Visit
from tests.conftest import FakeClock
from tests.sync.phone import Phone, new_id
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture(params=["the team is another", "the hamlet is another team's"])
def left(
    request: pytest.FixtureRequest, lan: Phone, world: World, database: Database, clock: FakeClock
) -> FakeClock:
    """Two days ago Lan lost Thôn Đông, in one of two ways; the clock."""
    lan.exchange()
    change = _to_nams_team if request.param == "the team is another" else _end_charge
    database.write(lambda session: change(session, world, clock))
    clock.forward(days=2)
    lan.now = clock()
    return clock


def test_record_made_before_leaving_counts_and_one_made_after_is_kept_apart(
    lan: Phone, world: World, left: FakeClock
) -> None:
    before, after = _at(lan.visit(world.duc), left, -49 * HOUR), lan.visit(world.mai)
    assert lan.statuses(before, after) == ["applied", "quarantined"]


def test_household_found_after_leaving_is_refused(lan: Phone, world: World, left: FakeClock) -> None:
    new = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    before = lan.op("household.add", new, at=wire_time(left() - 49 * HOUR))
    after = lan.op("household.add", new | {"id": new_id()})
    first, second = lan.exchange(before, after)["results"]
    assert (first["status"], second["status"], second["code"]) == ("applied", "rejected", "hamlet_unknown")


@pytest.mark.parametrize(("hours_late", "status"), [(3, "quarantined"), (-3, "applied")])
def test_phones_wrong_clock_is_corrected_before_it_is_believed(
    lan: Phone, world: World, left: FakeClock, hours_late: int, status: str
) -> None:
    """By the phone's clock the visit was an hour before or after the end; by the server's, the reverse."""
    lan.now = left() - hours_late * HOUR
    visit = _at(lan.visit(world.duc), left, (-49 if hours_late > 0 else -47) * HOUR)
    assert lan.statuses(visit) == [status]


@pytest.mark.parametrize("days", [365, 3])
def test_future_is_not_before_the_end(lan: Phone, world: World, left: FakeClock, days: int) -> None:
    assert lan.statuses(_at(lan.visit(world.duc), left, timedelta(days=days))) == ["quarantined"]


def test_record_of_a_phone_that_had_lost_the_year_is_taken(lan: Phone, world: World, left: FakeClock) -> None:
    assert lan.statuses(lan.visit(world.duc) | {"at": "2025-01-01T00:00:00.000Z"}) == ["applied"]


def test_record_made_before_leaving_counts_for_ninety_days(lan: Phone, world: World, left: FakeClock) -> None:
    first, second = (_at(lan.visit(home), left, -72 * HOUR) for home in (world.duc, world.mai))
    left.forward(days=87)
    lan.now = left()
    assert lan.statuses(first) == ["applied"]
    left.forward(days=2)
    lan.now = left()
    assert lan.statuses(second) == ["quarantined"]


def test_old_visit_is_changed_by_what_was_written_before_leaving_only(
    lan: Phone, world: World, database: Database, left: FakeClock
) -> None:
    visit = _at(lan.visit(world.duc), left, -60 * HOUR)
    lan.exchange(visit)
    before = _at(lan.amend(visit, note="Sửa trước"), left, -49 * HOUR)
    after = lan.amend(visit, note="Sửa sau")
    assert lan.statuses(before, after) == ["applied", "quarantined"]
    assert [row.note for row in _all(database, Visit)] == ["Sửa trước"]


def test_what_waited_for_its_household_is_judged_by_the_same_moment(
    lan: Phone, other: Phone, world: World, database: Database, left: FakeClock
) -> None:
    home = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    before, after = _at(lan.visit(home["id"]), left, -49 * HOUR), lan.visit(home["id"])
    assert lan.statuses(before, after) == ["quarantined", "quarantined"]
    other.now = left()
    other.exchange(other.op("household.add", home, at=wire_time(left() - 49 * HOUR)))
    assert [row.id for row in _all(database, Visit)] == [before["data"]["id"]]
    (kept,) = (row for row in _all(database, Quarantined) if row.state == "open")
    assert (kept.op_id, kept.reason, kept.missing) == (after["op_id"], "waiting", "")


def test_what_waited_for_longer_than_ninety_days_was_in_time_when_it_came(
    lan: Phone, nam: Phone, world: World, database: Database, left: FakeClock
) -> None:
    home = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    visit = _at(lan.visit(home["id"]), left, -49 * HOUR)
    assert lan.statuses(visit) == ["quarantined"]
    database.write(lambda session: _give_nam_dong(session, world, left))
    left.forward(days=100)
    nam.now = left()
    nam.exchange(nam.op("household.add", home))
    assert [row.id for row in _all(database, Visit)] == [visit["data"]["id"]]


def test_supervisor_takes_in_what_was_recorded_after_leaving(
    lan: Phone, world: World, database: Database, left: FakeClock, desk: TestClient
) -> None:
    lan.exchange(lan.visit(world.duc))
    (kept,) = _all(database, Quarantined)
    assert desk.post(f"/desk/quarantine/{kept.op_id}/{kept.payload_hash}/accept").status_code == 303
    assert len(_all(database, Visit)) == 1


def test_member_of_today_may_have_any_clock(lan: Phone, world: World, clock: FakeClock) -> None:
    visits = [_at(lan.visit(world.duc), clock, hours * HOUR) for hours in (-24 * 500, 24 * 300)]
    assert lan.statuses(*visits) == ["applied", "applied"]


def _at(operation: dict[str, Any], clock: FakeClock, later: timedelta) -> dict[str, Any]:
    return operation | {"at": wire_time(clock() + later)}


def _to_nams_team(session: Session, world: World, clock: FakeClock) -> None:
    lan, nam = (session.get_one(Account, (world.commune_id, id)) for id in (world.lan, world.nam))
    people.join_team(session, lan, session.get_one(Team, (world.commune_id, nam.team_id)), clock())


def _end_charge(session: Session, world: World, clock: FakeClock) -> None:
    for row in session.exec(select(Assignment).where(Assignment.hamlet_id == world.dong)):
        row.until = clock()
        session.add(row)


def _give_nam_dong(session: Session, world: World, clock: FakeClock) -> None:
    team = session.get_one(Account, (world.commune_id, world.nam)).team_id
    assert team is not None
    session.add(Assignment(commune_id=world.commune_id, team_id=team, hamlet_id=world.dong, since=clock()))


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
