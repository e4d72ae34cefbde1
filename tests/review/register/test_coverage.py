"""Coverage of hamlets and overdue follow-ups, against a count of the rows one by one."""

from datetime import date

from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.areas import Hamlet
from app.core.clock import local_date
from app.core.db import Database
from app.core.feed import feed
from app.fieldwork.households.models import Household, HouseholdState
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.register.coverage import HamletCoverage, hamlets_coverage
from app.review.register.overdue import OverdueGroup, count_overdue, list_overdue
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.statements import sent_statements
from tests.world import World, add_households, add_next_door


def test_reached_is_a_household_where_a_counted_visit_found_somebody(
    database: Database, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    nobody = {"result": "not_home", "services": []}
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc), lan.visit(world.mai, **nobody))
    nam.exchange(nam.visit(world.anh))
    dong, tay = coverage(database, world, clock)
    assert (dong.listed, dong.reached, dong.not_reached, dong.visits) == (3, 1, 2, 3)
    assert (tay.listed, tay.reached, tay.visits) == (2, 1, 1)
    assert (dong.hamlet.name, [team.team.name for team in dong.teams]) == ("Thôn Đông", ["Tổ Thôn Đông"])


def test_rate_is_of_the_commune_s_books_unless_the_list_has_more(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    for known, households in ((None, 3), (2, 3), (10, 10)):
        set_known(database, world, known)
        dong, _tay = coverage(database, world, clock)
        assert (dong.households, dong.rate) == (households, 1 / households)


def test_households_that_moved_are_neither_reached_nor_left(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    set_state(database, world, world.duc, "moved")
    dong, _tay = coverage(database, world, clock)
    assert (dong.listed, dong.reached) == (2, 0)


def test_visits_of_seven_days_are_those_up_to_today(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    assert coverage(database, world, clock)[0].visits == 1
    clock.forward(days=1)
    assert coverage(database, world, clock)[0].visits == 0


def test_appointment_is_overdue_from_the_day_after_until_somebody_returns(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    back = {"result": "come_back", "services": [], "follow_up_on": "2026-11-25"}
    lan.exchange(lan.visit(world.duc, **back), lan.visit(world.mai, **back))
    clock.forward(days=1)
    assert overdue(database, world, clock) == []
    clock.forward(days=1)
    found = overdue(database, world, clock)
    assert [(one.hamlet_id, one.person, one.count) for one in found] == [(world.dong, "Nguyễn Thị Lan", 2)]
    assert found[0].oldest == date(2026, 11, 25)
    assert coverage(database, world, clock)[0].overdue == 2
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    rows = database.read(lambda session: list_overdue(session, actor(world), local_date(clock())))
    assert [row.household.id for row in rows] == [world.mai]
    set_state(database, world, world.mai, "empty")
    assert overdue(database, world, clock) == []


def test_figures_are_those_of_the_rows_one_by_one(
    database: Database, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    households = add_households(database, world, 30)
    for n, household in enumerate(households):
        result = ("helped", "not_home", "come_back")[n % 3]
        changes: dict[str, object] = {} if result == "helped" else {"services": []}
        if result == "come_back":
            changes["follow_up_on"] = f"2026-11-{25 + n % 4}"
        lan.exchange(lan.visit(household, result=result, **changes))
        if n % 5 == 0:
            set_state(database, world, household, "moved")
    clock.forward(days=3)
    today = local_date(clock())
    dong, _tay = coverage(database, world, clock)

    def brute(session: Session) -> tuple[int, int, int]:
        living = session.exec(select(Household).where(Household.state == "active")).all()
        living = [one for one in living if one.hamlet_id == world.dong]
        visits = session.exec(select(Visit)).all()
        reached = {one.household_id for one in visits if one.result != "not_home"}
        ids = {one.id for one in living}
        late = [one for one in session.exec(select(FollowUp)) if one.closed_by is None and one.due_on < today]
        return len(living), len(ids & reached), sum(one.household_id in ids for one in late)

    assert (dong.listed, dong.reached, dong.overdue) == database.read(brute)
    assert dong.overdue > 0


def test_number_of_statements_does_not_grow_with_the_commune(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    with sent_statements(database._reader_engine) as few:
        coverage(database, world, clock)
    lan.exchange(*[lan.visit(id) for id in add_households(database, world, 20)])
    with sent_statements(database._reader_engine) as many:
        coverage(database, world, clock)
    assert len(many) == len(few)


def test_supervisor_next_door_has_hamlets_of_her_own(
    database: Database, lan: Phone, world: World, clock: FakeClock
) -> None:
    add_next_door(database, world, clock())
    lan.exchange(lan.visit(world.duc))
    hoa = Actor(world.neighbour_id, world.hoa, "Vi Thị Hoa", "supervisor")
    found = database.read(lambda session: _coverage_of(session, hoa, clock))
    assert [(one.hamlet.name, one.listed, one.reached) for one in found] == [("Thôn Bắc", 2, 0)]


def _coverage_of(session: Session, actor: Actor, clock: FakeClock) -> list[HamletCoverage]:
    today = local_date(clock())
    return hamlets_coverage(session, actor, today, count_overdue(session, actor, today))


def actor(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")


def coverage(database: Database, world: World, clock: FakeClock) -> list[HamletCoverage]:
    return database.read(lambda session: _coverage_of(session, actor(world), clock))


def overdue(database: Database, world: World, clock: FakeClock) -> list[OverdueGroup]:
    return database.read(lambda session: count_overdue(session, actor(world), local_date(clock())))


def set_known(database: Database, world: World, known: int | None) -> None:
    def work(session: Session) -> None:
        hamlet = session.get_one(Hamlet, (world.commune_id, world.dong))
        hamlet.known_households = known
        feed(session, world.commune_id, [hamlet])

    database.write(work)


def set_state(database: Database, world: World, household_id: str, state: HouseholdState) -> None:
    def work(session: Session) -> None:
        household = session.get_one(Household, (world.commune_id, household_id))
        household.state = state
        feed(session, world.commune_id, [household])

    database.write(work)
