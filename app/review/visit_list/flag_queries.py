"""Queries of the desk: how many visits are flagged, by whom and on which day, and why."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, func, or_
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.commune.accounts.models import Account
from app.commune.calendar.period import Period
from app.core.sql.query_hints import no_index_hint
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.derived.flags.models import DayFlag, UnevaluatedDay, VisitFlag
from app.fieldwork.derived.flags.rules import OF_DAYS, ORDER, RULES, SIGNS, Numbers
from app.fieldwork.visits.models import Visit
from app.review.visit_list.listing import COUNTED_TO, WAITING, Filters, apply_filters, visible_visits

GROUPS = 20  # shown at once
FEW_FLAGS = 1_000


@dataclass(frozen=True)
class Flag:
    """A rule that holds for a visit, with the numbers of its sentence; `first_visit_id`: the visit that was
    at the household before."""

    rule: str
    numbers: Numbers
    is_notice: bool = False
    first_visit_id: str | None = None


@dataclass(frozen=True)
class RuleCount:
    """A rule in a group: for how many of its visits it holds, and the numbers of its sentence."""

    rule: str
    visits: int
    numbers: Numbers


@dataclass(frozen=True)
class FlagGroup:
    """The flagged visits of one person on one day that wait for a decision."""

    account_id: str
    person: str
    day: date
    visit_ids: list[str] = field(default_factory=list)
    rules: list[RuleCount] = field(default_factory=list)


@once_in_a_read
def count_flagged(session: Session, actor: Actor, period: Period | None = None) -> int:
    """How many flagged visits wait for a decision; `period`: only those that count in it."""
    if period is None:
        row = _UNDECIDED.one(session, actor)
    else:
        row = _UNDECIDED_IN.one(session, actor, first=period.first, last=period.last)
    count: int = row["visits"]
    return count


def count_unevaluated(session: Session, actor: Actor) -> int:
    """How many visits were received or changed since the flags of their days were computed; one that changed
    twice since counts twice."""
    visits: int = _UNEVALUATED.one(session, actor)["visits"]
    return visits


def flags_of_visits(session: Session, actor: Actor, visit_ids: Iterable[str]) -> dict[str, list[Flag]]:
    """The flags and notices of these visits in the order of `RULES`, by visit."""
    ids = sorted(visit_ids)
    if not ids:
        return {}
    rows = session.execute(
        visible_to(actor, VisitFlag)
        .where(col(VisitFlag.visit_id).in_(ids))
        .outerjoin(DayFlag, _same_day(actor))
        .with_only_columns(VisitFlag, DayFlag)
    )
    found: dict[str, list[Flag]] = {}
    for flag, of_day in rows:
        numbers = of_day.numbers if of_day else flag.numbers
        one = Flag(flag.rule, numbers, flag.notice, flag.first_visit_id)
        found.setdefault(flag.visit_id, []).append(one)
    for flags in found.values():
        flags.sort(key=lambda flag: ORDER[flag.rule])
    return found


def count_flagged_visits(session: Session, actor: Actor, filters: Filters) -> int:
    """How many of the visits that `Filters.selectable` has are flagged and wait, up to one more than
    `COUNTED_TO`."""
    selectable = filters.selectable
    if selectable is None or selectable.state != WAITING:
        return 0
    undecided = visible_to(actor, VisitFlag).where(col(VisitFlag.undecided))
    flagged = undecided.with_only_columns(col(VisitFlag.visit_id))
    several = session.execute(flagged.limit(FEW_FLAGS + 1)).scalars().all()
    if not several:
        return 0
    visits = visible_visits(actor, selectable)
    if len(several) <= FEW_FLAGS:
        found = apply_filters(visits, selectable, by_id=True).where(col(Visit.id).in_({*several}))
    else:  # they are looked for among the visits that wait
        found = apply_filters(visits, selectable, for_count=True).where(col(Visit.id).in_(flagged))
    some = found.with_only_columns(col(Visit.id)).limit(COUNTED_TO + 1).subquery()
    return session.exec(select(func.count()).select_from(some)).one()


def find_undecided(session: Session, actor: Actor, visit_ids: Iterable[str]) -> dict[str, int]:
    """Those of these visits that are flagged and wait for a decision, each with the head of the feed since
    which all its flags are there."""
    ids = sorted(visit_ids)
    if not ids:
        return {}
    found = visible_to(actor, VisitFlag).where(col(VisitFlag.undecided), col(VisitFlag.visit_id).in_(ids))
    by_visit = found.group_by(col(VisitFlag.visit_id))
    rows = session.execute(
        by_visit.with_only_columns(col(VisitFlag.visit_id), func.max(col(VisitFlag.since)))
    )
    return {visit_id: since for visit_id, since in rows}


def has_sign(actor: Actor) -> ColumnElement[bool]:
    """Whether a rule says of the visit of an outer statement what is a flag, or a sign that is none: more of
    these are drawn where some are looked at."""
    of_visit = visible_to(actor, VisitFlag).where(col(VisitFlag.visit_id) == col(Visit.id))
    return of_visit.where(or_(col(VisitFlag.notice).is_(False), col(VisitFlag.rule).in_(SIGNS))).exists()


def list_groups(session: Session, actor: Actor, most: int = GROUPS) -> list[FlagGroup]:
    """The groups with the most flagged visits that wait for a decision, at most `most`."""
    of_group = (col(VisitFlag.recorded_by), col(VisitFlag.counted_on))
    visits = func.count(func.distinct(col(VisitFlag.visit_id)))
    undecided = visible_to(actor, VisitFlag).where(col(VisitFlag.undecided))
    keys = session.execute(
        undecided.group_by(*of_group)
        .order_by(visits.desc(), of_group[1].desc(), of_group[0])
        .limit(most)
        .with_only_columns(*of_group)
    ).all()
    groups = {(account_id, day): FlagGroup(account_id, "", day) for account_id, day in keys}
    if not groups:
        return []
    wanted = undecided.where(
        of_group[0].in_({account_id for account_id, _ in groups}), of_group[1].in_({day for _, day in groups})
    )
    rows = session.execute(
        wanted.outerjoin(DayFlag, _same_day(actor))
        .join(Account, _is_author(actor))
        .order_by(_VISIT_ID)
        .with_only_columns(VisitFlag, DayFlag, col(Account.name))
    )
    found: dict[tuple[str, date], list[tuple[VisitFlag, DayFlag | None, str]]] = {key: [] for key in groups}
    for flag, of_day, name in rows:
        if (key := (flag.recorded_by, flag.counted_on)) in found:
            found[key].append((flag, of_day, name))
    return [_group(*key, rows) for key, rows in found.items()]


def _group(account_id: str, day: date, rows: list[tuple[VisitFlag, DayFlag | None, str]]) -> FlagGroup:
    counts = []
    for rule in RULES:
        of_rule = [(flag, of_day) for flag, of_day, _ in rows if flag.rule == rule]
        if of_rule:
            numbers = [of_day.numbers if of_day else flag.numbers for flag, of_day in of_rule]
            counts.append(RuleCount(rule, len(of_rule), _largest(numbers)))
    ids = list(dict.fromkeys(flag.visit_id for flag, _, _ in rows))
    return FlagGroup(account_id, rows[0][2], day, ids, counts)


def _largest(several: list[Numbers]) -> Numbers:
    """The numbers with the highest values: a rule about visits has some for each."""
    return max(several, key=lambda numbers: list(numbers.values()))


def _same_day(actor: Actor) -> ColumnElement[bool]:
    """Whether a `DayFlag` has the numbers of a `VisitFlag`; only rules about days have one."""
    return and_(
        col(DayFlag.commune_id) == actor.commune_id,
        col(DayFlag.recorded_by) == col(VisitFlag.recorded_by),
        col(DayFlag.counted_on) == col(VisitFlag.counted_on),
        col(DayFlag.rule) == col(VisitFlag.rule),
        col(VisitFlag.rule).in_(OF_DAYS),
    )


def _is_author(actor: Actor) -> ColumnElement[bool]:
    return and_(col(Account.commune_id) == actor.commune_id, col(Account.id) == col(VisitFlag.recorded_by))


def _undecided(actor: Actor, *conditions: ColumnElement[bool]) -> Select[int]:
    """How many visits have a flag for which `conditions` hold, and wait."""
    flags = visible_to(actor, VisitFlag).where(col(VisitFlag.undecided), *conditions)
    return flags.with_only_columns(func.count(func.distinct(_VISIT_ID)).label("visits"))


# Without the hint SQLite reads all flags, also of decided visits, in the order of their ids.
_VISIT_ID = no_index_hint(col(VisitFlag.visit_id))
_FIRST, _LAST = (bindparam(name, type_=Date()) for name in ("first", "last"))
_UNDECIDED = ActorStatement(_undecided)
_UNEVALUATED = ActorStatement(
    lambda actor: visible_to(actor, UnevaluatedDay).with_only_columns(
        func.coalesce(func.sum(UnevaluatedDay.visits), 0).label("visits")
    )
)
_UNDECIDED_IN = ActorStatement(
    lambda actor: _undecided(actor, col(VisitFlag.counted_on).between(_FIRST, _LAST))
)
