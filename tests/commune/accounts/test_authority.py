"""Who may write where: what a former member recorded as a member still counts when it arrives."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Assignment, Team
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.world import World

HOUR = timedelta(hours=1)


@pytest.fixture(params=["the account has another team", "the hamlet has another team"])
def after_leaving(
    request: pytest.FixtureRequest, lan: Phone, world: World, database: Database, clock: FakeClock
) -> FakeClock:
    """The clock, two days after Lan's charge of Thôn Đông ended in one of two ways."""
    lan.exchange()
    change = _to_nams_team if request.param == "the account has another team" else _end_charge
    database.write(lambda session: change(session, world, clock))
    clock.forward(days=2)
    lan.now = clock()
    return clock


def test_record_made_before_leaving_counts_and_one_made_after_is_quarantined(
    lan: Phone, world: World, after_leaving: FakeClock
) -> None:
    before, after = _at(lan.visit(world.duc), after_leaving, -49 * HOUR), lan.visit(world.mai)
    assert lan.statuses(before, after) == ["applied", "quarantined"]


def test_household_added_after_leaving_is_refused(lan: Phone, world: World, after_leaving: FakeClock) -> None:
    new = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    before = lan.op("household.add", new, at=wire_time(after_leaving() - 49 * HOUR))
    after = lan.op("household.add", new | {"id": new_id()})
    first, second = lan.exchange(before, after)["results"]
    assert (first["status"], second["status"], second["code"]) == ("applied", "rejected", "hamlet_unknown")


@pytest.mark.parametrize(("hours_late", "status"), [(3, "quarantined"), (-3, "applied")])
def test_time_of_a_wrong_clock_is_corrected_before_it_is_compared(
    lan: Phone, world: World, after_leaving: FakeClock, hours_late: int, status: str
) -> None:
    """By the phone's clock the visit was an hour before or after the end; by the server's, the reverse."""
    lan.now = after_leaving() - hours_late * HOUR
    visit = _at(lan.visit(world.duc), after_leaving, (-49 if hours_late > 0 else -47) * HOUR)
    assert lan.statuses(visit) == [status]


@pytest.mark.parametrize("days", [365, 3])
def test_time_in_the_future_is_not_before_the_end(
    lan: Phone, world: World, after_leaving: FakeClock, days: int
) -> None:
    assert lan.statuses(_at(lan.visit(world.duc), after_leaving, timedelta(days=days))) == ["quarantined"]


def test_record_of_a_phone_that_has_the_wrong_year_is_applied(
    lan: Phone, world: World, after_leaving: FakeClock
) -> None:
    assert lan.statuses(lan.visit(world.duc) | {"at": "2025-01-01T00:00:00.000Z"}) == ["applied"]


def test_record_made_before_leaving_counts_for_ninety_days(
    lan: Phone, world: World, after_leaving: FakeClock
) -> None:
    first, second = (
        _at(lan.visit(household), after_leaving, -72 * HOUR) for household in (world.duc, world.mai)
    )
    after_leaving.forward(days=87)
    lan.now = after_leaving()
    assert lan.statuses(first) == ["applied"]
    after_leaving.forward(days=2)
    lan.now = after_leaving()
    assert lan.statuses(second) == ["quarantined"]


def test_old_visit_is_changed_only_by_an_amendment_from_before_leaving(
    lan: Phone, world: World, database: Database, after_leaving: FakeClock
) -> None:
    visit = _at(lan.visit(world.duc), after_leaving, -60 * HOUR)
    lan.exchange(visit)
    before = _at(lan.amend(visit, note="Sửa trước"), after_leaving, -49 * HOUR)
    after = lan.amend(visit, note="Sửa sau")
    assert lan.statuses(before, after) == ["applied", "quarantined"]
    assert [row.note for row in _all(database, Visit)] == ["Sửa trước"]


def test_visit_that_waited_for_its_household_is_judged_by_the_time_it_was_made(
    lan: Phone, other: Phone, world: World, database: Database, after_leaving: FakeClock
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    before, after = _at(lan.visit(household["id"]), after_leaving, -49 * HOUR), lan.visit(household["id"])
    assert lan.statuses(before, after) == ["quarantined", "quarantined"]
    other.now = after_leaving()
    other.exchange(other.op("household.add", household, at=wire_time(after_leaving() - 49 * HOUR)))
    assert [row.id for row in _all(database, Visit)] == [before["data"]["id"]]
    (open_row,) = (row for row in _all(database, QuarantinedOperation) if row.state == "open")
    assert (open_row.op_id, open_row.reason, open_row.missing_id) == (after["op_id"], "waiting", "")


def test_visit_that_waited_for_ninety_days_is_judged_by_the_time_it_arrived(
    lan: Phone, nam: Phone, world: World, database: Database, after_leaving: FakeClock
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}
    visit = _at(lan.visit(household["id"]), after_leaving, -49 * HOUR)
    assert lan.statuses(visit) == ["quarantined"]
    database.write(lambda session: _give_nam_dong(session, world, after_leaving))
    after_leaving.forward(days=100)
    nam.now = after_leaving()
    nam.exchange(nam.op("household.add", household))
    assert [row.id for row in _all(database, Visit)] == [visit["data"]["id"]]


def test_supervisor_accepts_what_was_recorded_after_leaving(
    lan: Phone, world: World, database: Database, after_leaving: FakeClock, client: TestClient
) -> None:
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    lan.exchange(lan.visit(world.duc))
    (quarantined,) = _all(database, QuarantinedOperation)
    assert (
        client.post(f"/desk/quarantine/{quarantined.op_id}/{quarantined.payload_hash}/accept").status_code
        == 303
    )
    assert len(_all(database, Visit)) == 1


def test_current_members_clock_may_be_wrong(lan: Phone, world: World, clock: FakeClock) -> None:
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
