"""Merging hamlets from an earlier day on: nothing that was recorded moves, and what waited counts."""

from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Assignment
from app.core.clock import VIETNAM
from app.core.db import Database
from tests.cases import cases
from tests.conftest import FakeClock
from tests.fieldwork.households.hamlet_merges import (
    FIELDS,
    confirm,
    confirmation,
    hamlets_of_visits,
    merge,
    problems,
    totals,
)
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import team_id
from tests.web.desk.visits.paper_client import hidden_value
from tests.world import World


def later(desk: TestClient, clock: FakeClock, *phones: Phone, days: float) -> None:
    clock.forward(days=days)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    for phone in phones:
        phone.now = clock()


def test_figures_of_between_the_day_and_now_stay_where_they_are(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, clock: FakeClock, world: World
) -> None:
    later(desk, clock, lan, nam, days=2)
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh))
    later(desk, clock, lan, nam, days=2)
    nam.exchange(nam.visit(world.anh))
    before, where = totals(database), hamlets_of_visits(database)
    merge(desk, world.tay, world.dong, "25/11/2026")
    assert (totals(database), hamlets_of_visits(database)) == (before, where)
    assert "Thôn Tây , gộp vào Thôn Đông từ ngày 25/11/2026" in words(desk.get("/desk/hamlets").text)
    nam.exchange(nam.visit(world.anh))
    (new,) = hamlets_of_visits(database).keys() - where.keys()
    assert hamlets_of_visits(database)[new] == world.dong, "recorded after it was done"
    assert problems(database) == []


def test_visit_across_the_old_border_counts_once_the_merge_is_noted(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, clock: FakeClock, world: World
) -> None:
    """Both teams went on as one at once, and the desk is told days later."""
    later(desk, clock, lan, nam, days=3)
    waiting = [nam.visit(world.mai), lan.visit(world.anh)]
    assert (nam.statuses(waiting[0]), lan.statuses(waiting[1])) == (["quarantined"], ["quarantined"])
    later(desk, clock, lan, nam, days=3)
    merge(desk, world.tay, world.dong, "26/11/2026")
    assert hamlets_of_visits(database) == {visit["data"]["id"]: world.dong for visit in waiting}
    assert (nam.statuses(waiting[0]), lan.statuses(waiting[1])) == (["duplicate"], ["duplicate"])
    assert problems(database) == []


def test_team_is_in_charge_since_the_day_but_not_longer_than_of_the_losing_hamlet(
    desk: TestClient, database: Database, clock: FakeClock, world: World
) -> None:
    later(desk, clock, days=4)
    form = {"name": "Tổ Ba", "hamlet": [world.tay]}
    assert desk.post("/desk/teams/new", data=form).status_code == 303
    later(desk, clock, days=2)
    merge(desk, world.tay, world.dong, "26/11/2026")
    charges = database.read(lambda session: session.exec(select(Assignment)).all())
    since = {
        (one.team_id == team_id(database, "Tổ Thôn Tây"), one.since.astimezone(VIETNAM).isoformat())
        for one in charges
        if one.hamlet_id == world.dong and one.until is None
    }
    assert (True, "2026-11-26T00:00:00+07:00") in since, "Nam's team"
    assert (False, "2026-11-28T16:40:00+07:00") in since, "the third team, which did not exist before"


def test_confirmation_says_the_day_and_the_form_carries_it(desk: TestClient, world: World) -> None:
    page = confirmation(desk, world.tay, world.dong, "20/11")
    assert "Thôn Tây gộp vào Thôn Đông từ ngày 20/11/2026" in words(page)
    assert "phụ trách Thôn Đông từ ngày 20/11/2026." in words(page)
    assert hidden_value(page, "since") == "20/11/2026"
    today = confirmation(desk, world.tay, world.dong, "24/11/2026")
    assert "Từ hôm nay, 24/11/2026, Thôn Tây không còn" in words(today)


@cases("since", ["25/11/2026", "25/08/2026", "hôm qua", "31/02/2026", "1/1/1", "\x00"])
def test_day_that_a_merge_may_not_have_is_refused_beside_its_field(
    desk: TestClient, database: Database, world: World, since: str
) -> None:
    page = confirmation(desk, world.tay, world.dong, since)
    assert "không sau hôm nay và không quá 90 ngày trước." in words(page)
    assert f'<option value="{world.dong}" selected>' in page, "the rest of the form is kept"
    form = {name: hidden_value(confirmation(desk, world.tay, world.dong), name) for name in FIELDS}
    refused = desk.post(f"/desk/hamlets/{world.tay}/merge", data=form | {"since": since})
    assert (refused.status_code, "không quá 90 ngày trước" in refused.text) == (422, True)
    assert "gộp vào" not in words(desk.get("/desk/hamlets").text)


def test_ninety_days_are_the_most(desk: TestClient, world: World) -> None:
    page = confirmation(desk, world.tay, world.dong, "26/08/2026")
    assert confirm(desk, world.tay, page).status_code == 303
