"""Random communes with merged hamlets, moved households, returned, withdrawn and late visits; and what their
reports must say, counted row by row."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet, add_hamlet
from app.commune.calendar.period import Period, PeriodKind, dates_period, period_of
from app.commune.catalog.services import Outcome, Service
from app.core.batch import Batch
from app.core.clock import VIETNAM
from app.fieldwork.derived import update as derived
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.hamlet_merge import Merge, merge_hamlets, preview
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues, OutreachVersion
from app.fieldwork.visits.codes import ReviewState
from app.fieldwork.visits.models import Visit, VisitService, VisitServiceValues, VisitVersion
from app.review.register.moving import move_household
from tests.phone import new_id
from tests.world import World

START = date(2026, 6, 1)
DAYS = 170
LATER = datetime.combine(START + timedelta(days=400), time(12), VIETNAM)
STATES: tuple[ReviewState, ...] = ("received", "accepted", "accepted", "returned")
OUTCOMES: tuple[Outcome, ...] = ("did_it", "explained", "declined", "come_back", "referred", "already_had")
RESULTS = ("helped", "helped", "helped", "not_home", "not_needed")
GUIDED = ("did_it", "done_for_them", "explained", "referred")  # as the glossary says


def binh(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))


def fill(session: Session, world: World, dice: random.Random) -> None:
    """Three more hamlets and a random history."""
    for _at in history(session, world, dice):
        pass


def history(session: Session, world: World, dice: random.Random) -> Iterator[datetime]:
    """Three more hamlets, then visits, with merges and moves between more visits. Yields the time after each
    step."""
    actor = binh(session, world)
    hamlets = [world.dong, world.tay]
    for n in range(3):
        hamlets.append(add_hamlet(session, world.commune_id, f"thon-{n}", f"Thôn {n}").id)
        batch = Batch(world.commune_id)
        for k in range(4):
            batch.add(Household, new_household(new_id(), f"thon-{n}", f"Vi Văn Thử {n}{k}", str(k), ""))
        batch.write(session, (Household, HouseholdVersion))
    at = datetime.combine(START, time(12), VIETNAM)
    for _ in range(dice.randrange(3, 6)):
        step = DAYS // 5
        _record(session, world, dice, at.date(), step)
        at += timedelta(days=step)
        _change(session, world, dice)
        dice.choice((_merge, _move))(session, actor, dice, at)
        yield at


def _record(session: Session, world: World, dice: random.Random, since: date, days: int) -> None:
    """Visits of these days and some of earlier ones, which arrive late."""
    households = list(session.exec(select(Household).where(Household.commune_id == world.commune_id)))
    codes = [
        code for code in session.exec(select(Service.code).where(Service.commune_id == world.commune_id))
    ]
    batch = Batch(world.commune_id)
    for _ in range(dice.randrange(5, 40)):
        day = since + timedelta(days=dice.randrange(-20, days))
        visit = _visit(dice, dice.choice(households), dice.choice((world.lan, world.nam)), day)
        batch.add(Visit, visit)
        if visit["result"] != "helped":
            continue
        for position, code in enumerate(dice.sample([*codes[:4], "file_application", "scam_warning"], 2)):
            service: VisitServiceValues = {
                "visit_id": visit["id"],
                "code": code,
                "position": position,
                "outcome": dice.choice(OUTCOMES),
                "people": dice.randrange(1, 4),
            }
            batch.add(VisitService, service)
    batch.write(session, (Visit, VisitService, VisitVersion))
    derived.update(session, world.commune_id, {}, derived.states(batch), LATER)
    _hold_sessions(session, world, dice, since, days)


def _hold_sessions(session: Session, world: World, dice: random.Random, since: date, days: int) -> None:
    standing = session.exec(
        select(Hamlet).where(Hamlet.commune_id == world.commune_id, col(Hamlet.merged_into).is_(None))
    ).all()
    batch = Batch(world.commune_id)
    for _ in range(dice.randrange(6)):
        day = since + timedelta(days=dice.randrange(-20, days))
        at = datetime.combine(day, time(8), VIETNAM)
        held: OutreachSessionValues = {
            "id": new_id(), "hamlet_id": dice.choice(standing).id, "place": "Nhà văn hóa", "held_on": day,
            "counted_on": day, "services": ["bills"], "people": dice.choice((None, 12, 40)), "venue": None,
            "recorded_by": world.lan, "device_id": "", "seq": 0, "occurred_at": at, "happened_at": at,
            "received_at": at, "version": 1, "counted_since": at, "withdrawn_by": None,
            "withdrawn_reason": "",
            "withdrawn_at": at if dice.random() < 0.2 else None,
        }  # fmt: skip
        batch.add(OutreachSession, held)
    batch.write(session, (OutreachSession, OutreachVersion))


def _visit(dice: random.Random, household: Household, author: str, day: date) -> Any:
    at = datetime.combine(day, time(dice.randrange(1, 23)), VIETNAM)
    return {
        "id": new_id(), "household_id": household.id, "hamlet_id": household.hamlet_id, "recorded_by": author,
        "device_id": "", "seq": 0, "occurred_at": at, "happened_at": at,
        "received_at": at + timedelta(days=dice.choice((0, 0, 3, 59))), "counted_on": day,
        "result": dice.choice(RESULTS),
        "note": "", "follow_up_on": None, **_needs(dice), "quick": False, "version": 1, "entered_by": None,
        "counted_since": at, "vouched_by": None, "disowned_at": None, "erased_at": None,
        "withdrawn_at": at if dice.random() < 0.1 else None, "withdrawn_by": None,
        "review_state": dice.choice(STATES), "review_reason": "", "review_field": "", "review_note": "",
        "reviewed_at": None, "answers": None,
    }  # fmt: skip


def _needs(dice: random.Random) -> dict[str, list[str] | None]:
    codes = ["vneid_install", "vneid_activate", "file_application", "scam_warning", "wallet"]
    needs = dice.sample(codes, dice.choice((0, 0, 0, 1, 2)))
    dropped = [code for code in codes if code not in needs and dice.random() < 0.1]
    return {"needs": needs or None, "dropped_needs": dropped or None}


def _change(session: Session, world: World, dice: random.Random) -> None:
    """Return, accept and withdraw some visits."""
    visits = session.exec(select(Visit).where(Visit.commune_id == world.commune_id)).all()
    chosen = dice.sample(list(visits), len(visits) // 4)
    ids = [visit.id for visit in chosen]
    before = derived.load_states(session, world.commune_id, ids)
    batch = Batch(world.commune_id)
    batch.load(Visit, [visit.model_dump() for visit in chosen])
    for row in list(batch.rows(Visit)):
        batch.change(Visit, row)["review_state"] = dice.choice(STATES)
        if dice.random() < 0.1:
            row["withdrawn_at"] = row["received_at"]
    batch.write(session, (Visit,))
    after = derived.load_states(session, world.commune_id, ids)
    derived.update(session, world.commune_id, before, after, LATER)
    session.expire_all()


def _merge(session: Session, actor: Actor, dice: random.Random, at: datetime) -> None:
    standing = session.exec(
        select(Hamlet).where(Hamlet.commune_id == actor.commune_id, col(Hamlet.merged_into).is_(None))
    ).all()
    if len(standing) > 2:
        losing, surviving = dice.sample([hamlet.id for hamlet in standing], 2)
        seen = preview(session, actor, losing, surviving).seen
        merge_hamlets(session, actor, Merge(losing, surviving, at, seen), at)
        session.expire_all()


def _move(session: Session, actor: Actor, dice: random.Random, at: datetime) -> None:
    household = dice.choice(
        list(session.exec(select(Household).where(Household.commune_id == actor.commune_id)))
    )
    standing = [
        hamlet.id
        for hamlet in session.exec(select(Hamlet).where(Hamlet.commune_id == actor.commune_id))
        if hamlet.merged_into is None
    ]
    move_household(session, actor, household.id, dice.choice(standing), household.version, at)
    session.expire_all()


def random_period(dice: random.Random, month_start: int) -> Period:
    """A period of any kind in which something happened, or nothing."""
    day = START + timedelta(days=dice.randrange(DAYS))
    kind = dice.choice(list(PeriodKind))
    if kind is PeriodKind.DATES:
        return dates_period(day, day + timedelta(days=dice.randrange(90)))
    return period_of(kind, day, month_start)


def expected(session: Session, world: World, period: Period) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of each row of the report and its figures by the code of their column."""
    hamlets = session.exec(
        select(Hamlet).where(Hamlet.commune_id == world.commune_id).order_by(col(Hamlet.position))
    ).all()
    end = datetime.combine(period.last + timedelta(days=1), time.min, VIETNAM)
    place = {hamlet.id: hamlet.id for hamlet in hamlets}
    merged = [hamlet for hamlet in hamlets if hamlet.merged_at and hamlet.merged_at < end]
    for losing in sorted(merged, key=lambda hamlet: hamlet.merged_at or end):
        place = {id: losing.joined_id or "" if at == losing.id else at for id, at in place.items()}
    visits = [
        visit
        for visit in session.exec(select(Visit).where(Visit.commune_id == world.commune_id))
        if visit.withdrawn_at is None and visit.review_state in ("received", "accepted")
    ]
    services = list(session.exec(select(VisitService).where(VisitService.commune_id == world.commune_id)))
    held = [
        one
        for one in session.exec(select(OutreachSession).where(OutreachSession.commune_id == world.commune_id))
        if one.withdrawn_at is None and one.counted_on in period
    ]
    needs = _open_needs(session, world, visits, services, period.last)
    for hamlet in hamlets:
        if place[hamlet.id] == hamlet.id:
            inside = [visit for visit in visits if place[visit.hamlet_id] == hamlet.id]
            there = [one for one in held if place[one.hamlet_id] == hamlet.id]
            count = sum(place[at] == hamlet.id for at in needs)
            yield hamlet.name, _figures(inside, services, period) | _others(there) | {"needs": count}
    yield "Toàn xã", _figures(visits, services, period) | _others(held) | {"needs": len(needs)}


def _others(held: list[OutreachSession]) -> dict[str, Any]:
    counted = [one.people for one in held if one.people]
    return {"sessions": len(held), "attended": None if held and not counted else sum(counted)}


def _open_needs(
    session: Session, world: World, visits: list[Visit], services: list[VisitService], until: date
) -> list[str]:
    """Where each need that is open at the end of `until` was asked for. From the end: a need is open if the
    last visit that says something of its service lists it."""
    outcomes = {(one.visit_id, one.code): one.outcome for one in services}
    known = session.exec(select(Household).where(Household.commune_id == world.commune_id))
    found = []
    for household in (one.id for one in known if one.state == "active" and not one.merged_into):
        own = [one for one in visits if one.household_id == household and one.counted_on <= until]
        own.sort(key=lambda one: (one.counted_on, one.happened_at, one.seq, one.id))
        for code in {code for one in own for code in one.needs or []}:
            said: list[tuple[bool, str]] = []
            for visit in own:
                closes = outcomes.get((visit.id, code), "come_back") not in ("come_back", "not_possible")
                if code in (visit.needs or []):
                    said.append((True, visit.hamlet_id))
                elif closes or code in (visit.dropped_needs or []):
                    said.append((False, ""))
            if said and said[-1][0]:
                first = max((n for n, one in enumerate(said) if not one[0]), default=-1) + 1
                found.append(said[first][1])
    return found


def _figures(visits: list[Visit], services: list[VisitService], period: Period) -> dict[str, Any]:
    of_period = {visit.id: visit for visit in visits if visit.counted_on in period}
    guided = [one for one in services if one.visit_id in of_period and one.outcome in GUIDED]
    before = {visit.id: visit.household_id for visit in visits if visit.counted_on <= period.last}
    figures: dict[str, Any] = {
        "visits": len(of_period),
        "not_home": sum(visit.result == "not_home" for visit in of_period.values()),
        "met": len({visit.household_id for visit in of_period.values() if visit.result != "not_home"}),
        "guided": len({of_period[one.visit_id].household_id for one in guided}),
        "cumulative": len({before[one.visit_id] for one in services if _has_guided(one, before)}),
        "applications": sum(one.people for one in guided if one.code == "file_application"),
        "warned": len({of_period[one.visit_id].household_id for one in guided if one.code == "scam_warning"}),
    }
    for code in {one.code for one in services} - {"file_application"}:
        figures[f"service.{code}"] = sum(one.people for one in guided if one.code == code)
    return figures


def _has_guided(service: VisitService, visits: dict[str, str]) -> bool:
    return service.visit_id in visits and service.outcome in GUIDED
