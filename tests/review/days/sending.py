"""A server with a team and four earlier weeks of it, to which the days of a kind are sent as phones do."""

import shutil
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Row, text
from sqlmodel import Session as Transaction

from app.commune.accounts import people
from app.commune.areas import Hamlet
from app.core.batch import Batch
from app.core.clock import VIETNAM, wire_time
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from app.main import create_app
from tests.phone import Phone, sign_in
from tests.review.days.members import COLLEAGUES, MEMBERS, Walker
from tests.review.days.records import (
    EVENING,
    LIVE,
    Amendment,
    Days,
    NewHousehold,
    NumberAgreed,
    Record,
    Session,
    Visit,
    clock_time,
    uuid7,
    with_id,
)
from tests.review.days.street import EAST, WEST, House, Place, build
from tests.signed_in import browser
from tests.world import World
from tests.world import build as build_world

BEGIN, EARLIER_WEEKS = date(2026, 10, 26), 4  # a Monday
MONDAY = BEGIN + timedelta(weeks=EARLIER_WEEKS)
COLLEAGUES_WEEKS = 3  # beside the days of a kind
_FLAGS = text("SELECT visit_id, rule, notice FROM visit_flag WHERE commune_id = :commune")
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_EAST_ALLEYS, _WEST_ALLEYS, _PART = 80, 3, 250
_AT_ONCE = 100  # operations of one exchange


class Clock:
    """The server's clock, which what is sent moves on."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Parcel:
    """What a phone sends at one time; `ahead`: of its clock."""

    at: datetime
    member: str
    records: Sequence[Record]
    ahead: timedelta = timedelta()


@dataclass
class Server:
    """An app on a database, with the phones of the team."""

    app: FastAPI
    clock: Clock
    phones: dict[str, Phone]
    hamlets: dict[str, str]
    random: Random

    def send(self, parcels: Sequence[Parcel]) -> None:
        """Send everything in the order of its time, and compute flags at the end of each day."""
        for parcel in sorted(parcels, key=lambda one: one.at):
            if parcel.at.astimezone(VIETNAM).date() != self.clock.now.astimezone(VIETNAM).date():
                evaluate_all(self.app.state.database)
            self.clock.now = max(self.clock.now, parcel.at)
            self._exchange(parcel)
        evaluate_all(self.app.state.database)

    def _exchange(self, parcel: Parcel) -> None:
        phone = self.phones[parcel.member]
        for start in range(0, len(parcel.records), _AT_ONCE):
            part = parcel.records[start : start + _AT_ONCE]
            operations = [self._operation(phone, record, parcel.ahead) for record in part]
            phone.now = self.clock.now + parcel.ahead
            answer = phone.exchange(*operations, omit_result_rows=True, minimal_results=True)
            assert {one["status"] for one in answer["results"]} <= {"applied"}, answer["results"]

    def _operation(self, phone: Phone, record: Record, ahead: timedelta) -> dict[str, Any]:
        shown = record.shown if isinstance(record, Visit) else None
        phone.now = shown or record.at + ahead
        type, data = self._data(record, phone.now)
        return phone.op(type, data, op_id=uuid7(self.random, phone.now))

    def _data(self, record: Record, now: datetime) -> tuple[str, dict[str, Any]]:
        if isinstance(record, Visit):
            return "visit.record", record.content | {"quick": record.quick}
        if isinstance(record, Amendment):
            return "visit.amend", record.visit.content | {"base_version": 1, "seen_return": None}
        if isinstance(record, NewHousehold):
            return "household.add", self._household(record.house, now)
        if isinstance(record, NumberAgreed):
            return "household.amend", {"id": record.house.id, "base_version": 1} | _number_of(
                record.house, now
            )
        return "outreach.record", self._session(record)

    def _household(self, house: House, now: datetime) -> dict[str, Any]:
        place = {"hamlet_id": self.hamlets[house.hamlet], "house_no": house.house_no, "alley": house.alley}
        return (
            {"id": house.id, "head_name": house.name}
            | place
            | (_number_of(house, now) if house.number else {})
        )

    def _session(self, record: Session) -> dict[str, Any]:
        return {
            "id": uuid7(self.random, record.at),
            "hamlet_id": self.hamlets[record.hamlet],
            "place": record.place,
            "held_on": record.held_on.isoformat(),
            "services": list(record.services),
            "people": record.people,
            "venue": "community_house",
        }

    def flags(self) -> Sequence[Row[Any]]:
        """The flags and notices of all visits: `visit_id`, `rule`, `notice`."""
        commune = next(iter(self.phones.values())).commune_id
        with self.app.state.database.engine.connect() as connection:
            return list(connection.execute(_FLAGS, {"commune": commune}))

    def close(self) -> None:
        self.app.state.database.close()


@dataclass
class Team:
    """The team after its earlier weeks: a file to copy, what each of its phones and members was at, how many
    visits they have and how many of these are flagged, and the colleagues' weeks that follow."""

    file: Path
    seed: int
    server: Server
    walkers: dict[str, Walker]
    houses: list[House]
    west: list[House]
    earlier: int
    earlier_flagged: int
    later: list[Parcel]

    def copy(self, folder: Path) -> Server:
        """A server of its own on a copy of the database."""
        folder.mkdir()
        file = shutil.copy(self.file, folder / "days.sqlite3")
        clock = Clock(self.server.clock.now)
        app = create_app(Settings(database_url=f"sqlite:///{file}", data_dir=folder), clock)
        phones = {name: _moved(phone, app) for name, phone in self.server.phones.items()}
        return Server(app, clock, phones, self.server.hamlets, Random(self.seed))

    def place_of(self, member: str) -> Place:
        walker = self.walkers[member]
        colleagues = {name: self.walkers[name].ahead[:_PART] for name in COLLEAGUES}
        return Place(walker.ahead[:_PART], walker.visited, self.houses, self.west, colleagues)


def prepare(template: Path, folder: Path, seed: int) -> Team:
    """A team with its earlier weeks, in a database that begins as a copy of `template`, which is migrated."""
    random, clock = Random(seed), Clock(clock_time(BEGIN, 6))
    file = Path(shutil.copy(template, folder / f"team{seed}.sqlite3"))
    houses, west = build(random, EAST, _EAST_ALLEYS), build(random, WEST, _WEST_ALLEYS)
    database = Database(f"sqlite:///{file}")
    world = build_world(database, _LONG_AGO)
    hamlets = {EAST: world.dong, WEST: world.tay}
    database.write(lambda session: _populate(session, world, hamlets, [*houses, *west]))
    database.close()
    app = create_app(Settings(database_url=f"sqlite:///{file}", data_dir=folder), clock)
    phones = {
        name: sign_in(browser(app), _number(place), _code(place), clock.now)
        for place, name in enumerate(MEMBERS)
    }
    server = Server(app, clock, phones, hamlets, random)
    walkers = {name: _walker(name, houses) for name in MEMBERS}
    agreed = [NumberAgreed(clock.now, house) for house in (*houses, *west) if house.number]
    server.send([Parcel(clock.now, "mai", agreed)])
    earlier = list(_earlier(random, walkers))
    server.send(earlier)
    flagged = {row.visit_id for row in server.flags() if not row.notice}
    with app.state.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    server.close()
    after = deepcopy(walkers)
    later = [
        parcel
        for week in range(COLLEAGUES_WEEKS)
        for name in COLLEAGUES
        for parcel in _parcels_of_week(random, name, after[name], MONDAY + timedelta(weeks=week))
    ]
    count = sum(len(parcel.records) for parcel in earlier)
    return Team(file, seed, server, walkers, houses, west, count, len(flagged), later)


def parcels(random: Random, member: str, days: Days) -> list[Parcel]:
    """What the member's phone sends of these days, and when."""
    records = sorted((_named(random, one) for one in days.records), key=lambda one: one.at)
    last = records[-1].at
    if isinstance(days.sent, timedelta):
        return [Parcel(last + days.sent, member, records, days.clock)]
    if days.sent == EVENING:
        by_day: dict[date, list[Record]] = {}
        for record in records:
            by_day.setdefault(record.at.astimezone(VIETNAM).date(), []).append(record)
        return [
            Parcel(
                max(clock_time(day, 21, 45), group[-1].at + timedelta(minutes=10)), member, group, days.clock
            )
            for day, group in by_day.items()
        ]
    assert days.sent == LIVE
    return list(_live(random, member, records, days.clock))


def _live(random: Random, member: str, records: Sequence[Record], ahead: timedelta) -> Iterator[Parcel]:
    """Seconds after each save, but for one in four, which has no network and goes with the next."""
    waiting: list[Record] = []
    for place, record in enumerate(records):
        waiting.append(record)
        is_last = place + 1 == len(records)
        at = record.at + timedelta(seconds=random.uniform(1, 12))
        if is_last or (at < records[place + 1].at and random.random() < 0.75):
            yield Parcel(at, member, waiting, ahead)
            waiting = []


def _earlier(random: Random, walkers: dict[str, Walker]) -> Iterator[Parcel]:
    for week in range(EARLIER_WEEKS):
        for name, walker in walkers.items():
            if walker.member.weeks:
                yield from _parcels_of_week(random, name, walker, BEGIN + timedelta(weeks=week))


def _parcels_of_week(random: Random, name: str, walker: Walker, monday: date) -> Iterator[Parcel]:
    for records in walker.week(random, monday):
        named = [_named(random, record) for record in records]
        yield Parcel(named[-1].at + timedelta(seconds=20), name, named)


def _named(random: Random, record: Record) -> Record:
    return with_id(random, record) if isinstance(record, Visit) else record


def _walker(name: str, houses: Sequence[House]) -> Walker:
    ordinary = [house for house in houses if house.alley.startswith("Ngõ")]
    first = MEMBERS[name].first
    return Walker(MEMBERS[name], [*ordinary[first:], *ordinary[:first]])


def _moved(phone: Phone, app: FastAPI) -> Phone:
    client = browser(app)
    client.cookies.update(phone.client.cookies)
    return replace(phone, client=client, state=dict(phone.state), held=set())


def _populate(session: Transaction, world: World, hamlets: dict[str, str], houses: list[House]) -> None:
    batch = Batch(world.commune_id)
    for house in houses:
        row = new_household(house.id, hamlets[house.hamlet], house.name, house.house_no, house.alley)
        batch.add(Household, row)
    batch.write(session, (Household, HouseholdVersion))
    both = [hamlet for id in hamlets.values() if (hamlet := session.get(Hamlet, (world.commune_id, id)))]
    assert len(both) == 2
    team = people.add_team(session, both, "Tổ công nghệ số cộng đồng", _LONG_AGO)
    for place, member in enumerate(MEMBERS.values()):
        account = people.add_member(session, team, member.name, _number(place), _LONG_AGO)
        people.invite(session, account, clock_time(BEGIN, 5), _code(place), reusable=True)


def _number_of(house: House, now: datetime) -> dict[str, Any]:
    consent = {"at": wire_time(now), "way": "device", "wording_version": 1}
    return {"phone": house.number, "consent": consent}


def _number(place: int) -> str:
    return f"09000001{place:02}"


def _code(place: int) -> str:
    return f"200000{place:02}"
