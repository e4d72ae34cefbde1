"""Figures and lists of outreach sessions: what is not withdrawn, of one's own commune, in the period."""

from datetime import date
from typing import Any

from app.commune.accounts.access import Actor
from app.commune.calendar.period import parse_period
from app.core.db import Database
from app.fieldwork.outreach.queries import (
    SessionFilter,
    SessionSums,
    count_sessions,
    list_sessions,
    sum_sessions,
)
from tests.fieldwork.outreach.sessions import amend, record, withdraw
from tests.phone import Phone
from tests.world import World

NOVEMBER = parse_period("2026-11", 1)


def test_sessions_and_people_are_counted_by_hamlet_within_the_period(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    outside = record(lan, world.dong, held_on="2026-10-31", people=500)
    withdrawn = record(lan, world.dong, people=70)
    changed = record(nam, world.tay, people=9)
    lan.exchange(outside, withdrawn, record(lan, world.dong), record(lan, world.dong, people=None))
    lan.exchange(withdraw(lan, withdrawn))
    nam.exchange(changed, amend(nam, changed, people=12, held_on="2026-11-01"))

    assert _counted(database, world) == {world.dong: (2, 30), world.tay: (1, 12)}
    every = database.read(lambda session: sum_sessions(session, _binh(world), SessionFilter()))
    assert every == SessionSums(sessions=4, people=542, uncounted=1)


def test_supervisor_next_door_counts_none_of_them(lan: Phone, world: World, database: Database) -> None:
    lan.exchange(record(lan, world.dong))
    hoa = Actor(world.neighbour_id, world.hoa, "Hoa", "supervisor")
    assert database.read(lambda session: count_sessions(session, hoa, NOVEMBER)) == {}


def test_list_has_the_latest_day_first_and_follows_its_filter(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    days = ("2026-11-20", "2026-11-24", "2026-11-22")
    lan.exchange(*(record(lan, world.dong, held_on=held_on) for held_on in days))
    nam.exchange(record(nam, world.tay, held_on="2026-11-21"))

    def shown(**wanted: Any) -> list[tuple[str, str, int]]:
        found = database.read(
            lambda session: list_sessions(session, _binh(world), SessionFilter(**wanted), page=1)
        )
        return [(one.person, one.hamlet, one.session.counted_on.day) for one in found]

    lans = ("Nguyễn Thị Lan", "Thôn Đông")
    assert shown() == [(*lans, 24), (*lans, 22), ("Trần Văn Nam", "Thôn Tây", 21), (*lans, 20)]
    assert shown(hamlet_id=world.tay) == [("Trần Văn Nam", "Thôn Tây", 21)]
    assert shown(account_id=world.lan, first=date(2026, 11, 22)) == [(*lans, 24), (*lans, 22)]
    assert shown(last=date(2026, 11, 20)) == [(*lans, 20)]


def _counted(database: Database, world: World) -> dict[str, tuple[int, int]]:
    return database.read(lambda session: count_sessions(session, _binh(world), NOVEMBER))


def _binh(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Bình", "supervisor")
