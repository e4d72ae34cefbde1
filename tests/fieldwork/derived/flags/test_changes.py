"""Flags follow every change of a visit and of the visits around it, by any command."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.settings import FLAG_BOUNDS, CommuneSettings
from app.core.db import Database
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.models import VisitFlag
from app.fieldwork.visits.models import Visit
from app.review.decisions import commands as reviews
from app.review.decisions.flagged import FlaggedVisits
from app.review.decisions.selection import SeenVisit, VisitSelection
from app.review.decisions.verdicts import Verdict
from app.review.settings import change_settings
from tests.conftest import NOW, FakeClock
from tests.fieldwork.derived.flags.flagged import (
    LONG_NOTE,
    MORNING,
    Op,
    assert_as_computed_anew,
    flags_in,
    ids,
    numbers_of,
    numbers_of_days,
    rows_in,
    visits_at,
)
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, merge_households
from tests.review.register.test_moving import move
from tests.statements import sent_statements
from tests.web.desk.visits.paper_client import enter, undo
from tests.world import World, add_households

ALL_FLAGGED = FlaggedVisits(accept=True, head=1_000_000)
RETURNED = Verdict("returned", "other", "note", "Không rõ")


@pytest.fixture
def households(database: Database, world: World) -> list[str]:
    return add_households(database, world, 60)


@pytest.fixture
def invented(lan: Phone, households: list[str]) -> list[Op]:
    """44 visits at 12 seconds with one note."""
    operations = visits_at(lan, households[:44], 12, note=LONG_NOTE)
    lan.exchange(*operations)
    return operations


def decide(database: Database, world: World, verdict: Verdict, visits: list[str], batch: str) -> None:
    def work(session: Session) -> None:
        rows = session.exec(select(Visit).where(Visit.id.in_(visits)))  # type: ignore[attr-defined]
        seen = VisitSelection({visit.id: SeenVisit(visit.version, 0) for visit in rows})
        reviews.decide(session, _binh(session, world), batch, seen, verdict, NOW, None, ALL_FLAGGED)

    database.write(work)


def _binh(session: Session, world: World) -> Actor:
    return actor_of(session, world.commune_id, world.binh)


def test_amending_one_of_two_clears_both(lan: Phone, world: World, database: Database) -> None:
    first, second = visits_at(lan, [world.duc, world.duc], 3600)
    lan.exchange(first, second)
    assert flags_in(database) == {"repeated": set(ids(second))}
    lan.exchange(lan.amend(second, household_id=world.mai))
    assert flags_in(database) == {}
    lan.exchange(lan.visit(world.mai))
    assert len(flags_in(database)["repeated"]) == 1
    assert_as_computed_anew(database, world)


def test_amending_the_note_and_people_sets_and_clears_their_flags(
    lan: Phone, world: World, database: Database
) -> None:
    many = [{"code": "vneid_install", "outcome": "did_it", "people": 12}]
    visit = lan.visit(world.duc, note="CCCD 001085012345", services=many)
    lan.exchange(visit)
    assert flags_in(database) == {"digits": set(ids(visit)), "people": set(ids(visit))}
    fewer = [{"code": "vneid_install", "outcome": "did_it", "people": 11}]
    lan.exchange(lan.amend(visit, note="", services=fewer))
    assert flags_in(database) == {"people": set(ids(visit))}
    assert numbers_of(database, "people") == [{"people": 11}]


def test_withdrawing_the_41st_clears_the_other_40(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    visits = visits_at(lan, households[:41], 300)
    lan.exchange(*visits)
    assert len(flags_in(database)["many"]) == 41
    lan.exchange(lan.op("visit.withdraw", {"id": visits[7]["data"]["id"]}))
    assert flags_in(database) == {}
    assert numbers_of_days(database) == {}


def test_a_returned_visit_has_no_flag_and_no_part_in_those_of_others(
    invented: list[Op], database: Database, world: World
) -> None:
    returned = ids(*invented[:4])
    decide(database, world, RETURNED, returned, "b1")
    rest = set(ids(*invented[4:]))
    assert flags_in(database) == {"burst": rest, "copied": rest}
    database.write(lambda session: reviews.undo(session, _binh(session, world), "b1", NOW))
    assert len(flags_in(database)["many"]) == 44
    assert numbers_of_days(database)["many"] == {"visits": 44}
    assert_as_computed_anew(database, world)


def test_accepted_visits_keep_their_flags_and_wait_no_more(
    invented: list[Op], lan: Phone, database: Database, world: World
) -> None:
    decide(database, world, Verdict("accepted"), ids(*invented), "b1")
    assert {row.undecided for row in rows_in(database)} == {False}
    lan.exchange(lan.amend(invented[0], note=LONG_NOTE))
    waiting = {row.visit_id for row in rows_in(database) if row.undecided}
    assert waiting == set(ids(invented[0]))
    assert_as_computed_anew(database, world)


def test_merging_households_makes_two_visits_of_one_day_and_undoing_parts_them(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    first, second = visits_at(lan, [world.duc, world.mai], 3600)
    lan.exchange(first, second)
    merge_households(database, world, world.duc, world.mai)
    assert flags_in(database) == {"repeated": set(ids(second))}
    assert desk.post(f"/desk/households/{world.duc}/unmerge").status_code == 303
    assert flags_in(database) == {}


def test_moving_a_household_changes_no_flag(
    invented: list[Op], world: World, database: Database, clock: FakeClock
) -> None:
    before = flags_in(database)
    move(database, world, clock, invented[0]["data"]["household_id"], world.tay)
    assert flags_in(database) == before
    assert_as_computed_anew(database, world)


def test_paper_visits_take_part_in_no_rule_about_recording(
    desk: TestClient, world: World, database: Database, households: list[str]
) -> None:
    pages = [enter(desk, world.lan, household, note=LONG_NOTE) for household in households[:6]]
    assert flags_in(database) == {}
    page = enter(desk, world.lan, households[0], note="CCCD 001085012345")
    assert {rule: len(visits) for rule, visits in flags_in(database).items()} == {"repeated": 1, "digits": 1}
    undo(desk, page)
    assert flags_in(database) == {}
    assert pages


def test_other_thresholds_hold_for_the_days_that_phones_may_still_send(
    invented: list[Op], lan: Phone, households: list[str], database: Database, world: World
) -> None:
    old = visits_at(lan, households[:44], 600, MORNING - timedelta(days=59))
    lan.exchange(*old)
    evaluate_all(database)

    def set_thresholds(session: Session, **values: Any) -> None:
        session.merge(CommuneSettings(commune_id=world.commune_id, **values))
        session.flush()
        flags.reevaluate(session, world.commune_id, NOW + timedelta(days=2))

    both = {rule: set(ids(*invented)) for rule in ("copied", "pace")}
    database.write(lambda session: set_thresholds(session, flag_daily_visits=44, flag_burst_seconds=12))
    assert flags_in(database) == {"many": set(ids(*old)), **both}
    assert_as_computed_anew(database, world, NOW + timedelta(days=2))
    database.write(set_thresholds)
    assert len(flags_in(database)["many"]) == 88


def test_thresholds_that_the_supervisor_sets_hold_at_once(
    invented: list[Op], database: Database, world: World
) -> None:
    seen = {name: getattr(CommuneSettings(commune_id=""), name) for name in FLAG_BOUNDS}
    wanted = seen | {"flag_daily_visits": 44, "flag_burst_seconds": 12}
    database.write(lambda session: change_settings(session, _binh(session, world), wanted, seen, NOW))
    assert flags_in(database) == {rule: set(ids(*invented)) for rule in ("copied", "pace")}


def test_a_push_takes_the_same_statements_for_one_visit_and_for_forty(
    lan: Phone, households: list[str], database: Database, world: World
) -> None:
    lan.exchange(*visits_at(lan, households[:45], 600))
    with sent_statements(database.engine) as one:
        lan.exchange(*visits_at(lan, households[45:46], 0, MORNING + timedelta(hours=1)))
    with sent_statements(database.engine) as many:
        lan.exchange(*visits_at(lan, households[:40], 1, MORNING + timedelta(hours=2)))
    assert abs(len(many) - len(one)) <= 1


def test_flags_go_with_a_visit_that_is_removed(invented: list[Op], database: Database, world: World) -> None:
    def remove(session: Session) -> None:
        session.delete(session.get_one(Visit, (world.commune_id, invented[0]["data"]["id"])))

    services = "DELETE FROM visit_service"
    database.write(lambda session: session.connection().exec_driver_sql(services) and None)
    database.write(remove)
    rows = database.read(lambda session: session.exec(select(VisitFlag.visit_id)).all())
    assert invented[0]["data"]["id"] not in rows
