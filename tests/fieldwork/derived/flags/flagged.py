"""What the tests of flags do and read: visits at chosen times, and the stored flags."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from app.core.batch import Batch
from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.models import DayFlag, VisitFlag
from app.fieldwork.derived.flags.rules import ALL_MET
from app.fieldwork.derived.flags.update import FLAGS
from app.fieldwork.households.commands import add_imported, new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from tests.conftest import NOW
from tests.phone import Phone, new_id
from tests.world import World

MORNING = NOW - timedelta(hours=8)  # 08:40 in Vietnam
LONG_NOTE = "Bác đã cài xong, hẹn con gái hướng dẫn thêm"

Op = dict[str, Any]


def visits_at(
    phone: Phone, households: list[str], seconds: float, start: datetime = MORNING, **content: Any
) -> list[Op]:
    """A visit at each household, `seconds` after the one before, of different people; from a minute on every
    second one much later and the next much sooner, because nobody records by a stopwatch."""
    uneven = 0.7 if seconds >= 60 else 0
    times = [start + timedelta(seconds=seconds * (n + n % 2 * uneven)) for n in range(len(households))]
    services = [
        [{"code": "vneid_install", "outcome": "did_it", "people": 1 + n % 2}] for n in range(len(times))
    ]
    return [
        phone.visit(household, **{"services": of_visit} | content) | {"at": wire_time(at)}
        for household, at, of_visit in zip(households, times, services, strict=True)
    ]


def held_session(phone: Phone, world: World, held_on: date, people: int, amended: str = "") -> Op:
    """An outreach session in Thôn Đông; `amended`: the id of one that it changes."""
    data = {
        "id": amended or new_id(),
        "hamlet_id": world.dong,
        "place": "Nhà văn hóa",
        "held_on": held_on.isoformat(),
        "services": ["vneid_install"],
        "people": people,
        "venue": "community_house",
    }
    return phone.op(
        "outreach.amend" if amended else "outreach.record", data | ({"base_version": 1} if amended else {})
    )


def ids(*operations: Op) -> list[str]:
    return [operation["data"]["id"] for operation in operations]


def flags_in(database: Database, *, notices: bool = True) -> dict[str, set[str]]:
    """The ids of the flagged visits by rule; with those that have a notice only. Without `all_met`: the
    visits of tests of other rules have all met somebody."""
    found: dict[str, set[str]] = {}
    for row in rows_in(database):
        if (notices or not row.notice) and row.rule != ALL_MET:
            found.setdefault(row.rule, set()).add(row.visit_id)
    return found


def rows_in(database: Database) -> list[VisitFlag]:
    """The stored flags, computed as the server does a moment later."""
    evaluate_all(database)
    return database.read(lambda session: list(session.exec(select(VisitFlag))))


def numbers_of(database: Database, rule: str) -> list[dict[str, int]]:
    """The numbers of a rule about visits, without repeats."""
    return [
        dict(pairs) for pairs in {tuple(row.numbers.items()) for row in rows_in(database) if row.rule == rule}
    ]


def numbers_of_days(database: Database) -> dict[str, dict[str, int]]:
    """The numbers of the rules about the one flagged day, without `all_met`."""
    evaluate_all(database)
    return database.read(
        lambda session: {
            row.rule: row.numbers for row in session.exec(select(DayFlag)) if row.rule != ALL_MET
        }
    )


def assert_as_computed_anew(database: Database, world: World, now: datetime = NOW) -> None:
    """Before and after the flags of the last changes are computed."""
    assert database.read(lambda session: FLAGS.wrong(session, world.commune_id, now)) == []
    evaluate_all(database)
    assert database.read(lambda session: FLAGS.wrong(session, world.commune_id, now)) == []


def import_list(database: Database, world: World, at: datetime) -> None:
    """Import a list of one household of Thôn Đông."""

    def work(session: Session) -> None:
        batch = Batch(world.commune_id)
        id = "0c9b6f0e-0000-5000-8000-000000000001"
        add_imported(batch, new_household(id, world.dong, "Lý Thị Sâm", "1", ""), at)
        batch.write(session, (Household, HouseholdVersion))

    database.write(work)
