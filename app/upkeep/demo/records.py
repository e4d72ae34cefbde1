"""What the demo's teams recorded in sixty days: visits, outreach sessions and remarks."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, select

from app.commune.accounts.author import Author
from app.commune.accounts.models import Device
from app.commune.areas import Hamlet
from app.commune.catalog.services import Service
from app.core.batch import Batch
from app.core.clock import VIETNAM
from app.fieldwork.derived import update as derived
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household, HouseholdValues
from app.fieldwork.outreach.commands import RecordSession
from app.fieldwork.outreach.commands import record as record_session
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.remarks.operations import RecordRemark
from app.fieldwork.remarks.operations import record as record_remark
from app.fieldwork.visits import commands as visits
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.content import ServiceEntry
from app.fieldwork.visits.models import FollowUp, Visit, VisitService, VisitVersion
from app.upkeep.demo.invented import (
    AGAIN_NOTE,
    DAYS,
    FAMILIES,
    INVENTED,
    INVENTED_IN,
    INVENTED_NOTE,
    LEADER,
    LEADERS_REMARKS,
    LED_HAMLET,
    MEN,
    MEN_NAMES,
    NOTES,
    SESSION_PLACES,
    WOMEN_NAMES,
    WOMENS_MIDDLE_NAME,
)


def add_records(
    session: Session,
    hamlet: Hamlet,
    members: list[Device],
    count: int,
    alleys: tuple[str, ...],
    rng: random.Random,
    now: datetime,
) -> None:
    """What the hamlet's team recorded in the days until `now`."""
    batch = Batch(hamlet.commune_id)
    services = session.exec(select(Service).where(Service.commune_id == hamlet.commune_id))
    batch.load(Service, [service.model_dump() for service in services])
    households = [batch.add(Household, household) for household in _households(hamlet, count, alleys, rng)]
    seq = dict.fromkeys((device.id for device in members), 0)
    # Yesterday's visits in that hamlet are those that rules are about, and no others.
    last = 1 if hamlet.name == INVENTED_IN else 0
    for day in range(DAYS, last, -1):
        start = (now - timedelta(days=day)).astimezone(VIETNAM).replace(hour=8, minute=0, second=0)
        for round_, household in enumerate(rng.sample(households, k=rng.choice((0, 1, 1, 2, 2)))):
            device = rng.choice(members)
            seq[device.id] += 1
            at = start + timedelta(minutes=25 * round_ + rng.randrange(0, 500))
            _visit(batch, hamlet, device, household, seq[device.id], at, rng)
    if hamlet.name == INVENTED_IN:
        _add_flagged(batch, hamlet, members, households, seq, now)
    follow_ups.update(batch, batch.rows(Visit))
    _hold_session(batch, hamlet, members[0], seq, now)
    if hamlet.name == LED_HAMLET:
        _write_remarks(batch, hamlet, members[0], seq, now)
    batch.write(
        session, (Household, Visit, VisitService, VisitVersion, FollowUp, OutreachSession, ReportRemark)
    )
    derived.update(session, hamlet.commune_id, {}, derived.states(batch), now)
    for device in members:
        device.next_seq = device.settled_seq = seq[device.id] + 1
        session.add(device)


def _add_flagged(
    batch: Batch,
    hamlet: Hamlet,
    members: list[Device],
    households: list[HouseholdValues],
    seq: dict[str, int],
    now: datetime,
) -> None:
    """Yesterday's visits that the rules of flags are about."""
    rng = random.Random(44)
    evening = (now - timedelta(days=1)).astimezone(VIETNAM).replace(hour=19, minute=0, second=0)
    times = [
        (members[0], household, evening + timedelta(seconds=12 * number), INVENTED_NOTE)
        for number, household in enumerate(households[:INVENTED])
    ]
    twice = households[INVENTED]
    times += [(members[1], twice, evening - timedelta(hours=hours), AGAIN_NOTE) for hours in (9, 2)]
    for device, household, at, note in times:
        seq[device.id] += 1
        _visit(batch, hamlet, device, household, seq[device.id], at, rng, note)


def _hold_session(batch: Batch, hamlet: Hamlet, device: Device, seq: dict[str, int], now: datetime) -> None:
    """Two outreach sessions of the hamlet's team, this month's and last month's."""
    rng = random.Random(hamlet.name)
    for days, place in zip((4 + rng.randrange(9), 34 + rng.randrange(9)), SESSION_PLACES, strict=True):
        seq[device.id] += 1
        at = (now - timedelta(days=days)).astimezone(VIETNAM).replace(hour=19, minute=30, second=0)
        command = RecordSession(
            id=str(uuid.UUID(int=rng.getrandbits(128), version=4)),
            hamlet_id=hamlet.id,
            place=place,
            held_on=at.date(),
            services=sorted(rng.sample(("vneid_install", "vietqr", "file_application", "scam_warning"), k=2)),
            people=rng.choice((None, 18, 24, 35, 41)),
        )
        record_session(
            batch, _author(device, hamlet, seq[device.id], at, at + timedelta(minutes=40)), command
        )


def _write_remarks(batch: Batch, hamlet: Hamlet, leader: Device, seq: dict[str, int], now: datetime) -> None:
    """What the team's leader wrote for the report."""
    rng = random.Random(LEADER)
    for days, kind, text in LEADERS_REMARKS:
        seq[leader.id] += 1
        at = (now - timedelta(days=days)).astimezone(VIETNAM).replace(hour=20, minute=10, second=0)
        author = _author(leader, hamlet, seq[leader.id], at, at + timedelta(minutes=25))
        id = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        command = RecordRemark.model_validate(
            {"id": id, "kind": kind, "text": text, "about_on": at.date().isoformat()}
        )
        record_remark(batch, replace(author, is_leader=True), command)


def _author(device: Device, hamlet: Hamlet, seq: int, at: datetime, received_at: datetime) -> Author:
    return Author(
        account_id=device.account_id,
        device_id=device.id,
        seq=seq,
        occurred_at=at,
        received_at=received_at,
        applied_at=received_at,
        clock_offset=timedelta(0),
        hamlet_ids=frozenset({hamlet.id}),
    )


def _households(
    hamlet: Hamlet, count: int, alleys: tuple[str, ...], rng: random.Random
) -> Iterator[HouseholdValues]:
    for number in range(count):
        woman = rng.random() < 0.4
        middle = WOMENS_MIDDLE_NAME if woman else rng.choice(MEN)
        given_name = rng.choice(WOMEN_NAMES if woman else MEN_NAMES)
        name = f"{rng.choice(FAMILIES)} {middle} {given_name}"
        alley = alleys[number * len(alleys) // count]
        house_no = str(2 * (number % 30) + 1 + number // 30 % 2)
        yield new_household(
            str(uuid.UUID(int=rng.getrandbits(128), version=4)), hamlet.id, name, house_no, alley
        )


def _visit(
    batch: Batch,
    hamlet: Hamlet,
    device: Device,
    household: HouseholdValues,
    seq: int,
    at: datetime,
    rng: random.Random,
    note: str = "",
) -> None:
    """Record a visit; with a `note` somebody was helped."""
    author = _author(device, hamlet, seq, at, at + timedelta(minutes=rng.choice((1, 3, 40, 200))))
    result = rng.choices(("helped", "come_back", "not_home", "not_needed", "refused"), (70, 8, 14, 6, 2))[0]
    result = "helped" if note else result
    follow_up_on = at.date() + timedelta(days=rng.randrange(2, 40)) if result == "come_back" else None
    id = uuid.UUID(int=rng.getrandbits(128), version=4)
    command = visits.RecordVisit(
        id=str(id),
        household_id=household["id"],
        result=result,
        services=_services(batch, rng) if result == "helped" else [],
        note=note or rng.choice(NOTES) if result in ("helped", "come_back") else "",
        follow_up_on=follow_up_on,
        needs=_needs(batch, id) if result in ("helped", "come_back") else None,
        quick=False,
    )
    visits.record(batch, author, command)


def _needs(batch: Batch, visit: uuid.UUID) -> list[str] | None:
    """In one visit of nine, a service that the household wants next."""
    offered = sorted(row["code"] for row in batch.rows(Service))
    return None if visit.int % 9 else [offered[visit.int // 9 % len(offered)]]


def _services(batch: Batch, rng: random.Random) -> list[ServiceEntry]:
    offered = sorted(batch.rows(Service), key=lambda row: row["position"])
    weights = [12 if row["position"] <= 5 else 2 for row in offered]
    chosen = {row["code"]: row for row in rng.choices(offered, weights, k=rng.choice((1, 1, 2)))}
    return [
        ServiceEntry(code=code, outcome=rng.choice(row["first"]), people=rng.choice((1, 1, 1, 2)))
        for code, row in chosen.items()
    ]
