"""Reading and writing stored flags. All of it happens while the commune's feed is locked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from sqlalchemy import Boolean, Date, Table, and_, bindparam, delete, select, update
from sqlmodel import Session

from app.core.db import table_of
from app.core.feed import lock_at_new_head
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Upsert, replacing
from app.core.types import Row
from app.fieldwork.derived.flags.models import DayFlag, DayFlagValues, VisitFlag, VisitFlagValues
from app.fieldwork.derived.flags.neighbours import PersonDay
from app.fieldwork.derived.flags.rules import LOOK_BACK

_FLAG, _DAY = table_of(VisitFlag), table_of(DayFlag)


class FlagKey(NamedTuple):
    """The key of a visit's flag in one commune."""

    visit_id: str
    rule: str


class DayFlagKey(NamedTuple):
    """The key of a flag of a person's day in one commune."""

    recorded_by: str
    counted_on: date
    rule: str


K = TypeVar("K", FlagKey, DayFlagKey)
V = TypeVar("V", bound=Mapping[str, object])


@dataclass
class Flags:
    """Flags of one commune by their keys."""

    of_visits: dict[FlagKey, VisitFlagValues] = field(default_factory=dict)
    of_days: dict[DayFlagKey, DayFlagValues] = field(default_factory=dict)


def load_day_flags(
    session: Session, commune_id: str, days: Collection[PersonDay]
) -> dict[DayFlagKey, DayFlagValues]:
    """The stored flags of these persons' days and of all that are within `LOOK_BACK` of one of them."""
    if not days:
        return {}
    dates = [day for _, day in days]
    rows = _FIND_DAYS.rows(
        session,
        commune_id=commune_id,
        people=sorted({person for person, _ in days}),
        first=min(dates) - LOOK_BACK,
        last=max(dates) + LOOK_BACK,
    )
    return _by_day(rows)


def load_visit_flags(
    session: Session, commune_id: str, visit_ids: Iterable[str]
) -> dict[FlagKey, VisitFlagValues]:
    """The stored flags of these visits."""
    ids = list(visit_ids)
    return _by_visit(_FIND_VISITS.rows(session, commune_id=commune_id, ids=ids)) if ids else {}


def load_since(session: Session, commune_id: str, first: date) -> Flags:
    """All stored flags of `first` and later, and those of days `LOOK_BACK` before it."""
    of_visits = _VISITS_SINCE.rows(session, commune_id=commune_id, first=first)
    of_days = _DAYS_SINCE.rows(session, commune_id=commune_id, first=first - LOOK_BACK)
    return Flags(_by_visit(of_visits), _by_day(of_days))


def replace(session: Session, stored: Flags, wanted: Flags) -> None:
    """Write what is `wanted` in place of what is `stored`; only rows that differ are written."""
    _set_since(session, stored.of_visits, wanted.of_visits)
    _replace(session, _FLAG, stored.of_visits, wanted.of_visits)
    _replace(session, _DAY, stored.of_days, wanted.of_days)


def differing(stored: Flags, wanted: Flags) -> list[FlagKey | DayFlagKey]:
    """The flags that are missing, too many, or have other numbers."""
    for key, row in wanted.of_visits.items():
        if key in stored.of_visits:
            row["since"] = stored.of_visits[key]["since"]
    return [
        *_differing(stored.of_visits, wanted.of_visits),
        *_differing(stored.of_days, wanted.of_days),
    ]


def delete_flags(session: Session, commune_id: str, visit_ids: list[str]) -> None:
    """Delete the flags of these visits, because they do not count."""
    if visit_ids:
        _DELETE_OF_VISITS.run(session, commune_id=commune_id, ids=visit_ids)


def set_undecided(session: Session, commune_id: str, visit_ids: list[str], undecided: bool) -> None:
    """Note that these visits wait for a decision, or not; their notices never do."""
    if visit_ids:
        _SET_UNDECIDED.run(session, commune_id=commune_id, ids=visit_ids, value=undecided)


def _by_visit(rows: Iterable[VisitFlagValues]) -> dict[FlagKey, VisitFlagValues]:
    return {FlagKey(row["visit_id"], row["rule"]): row for row in rows}


def _by_day(rows: Iterable[DayFlagValues]) -> dict[DayFlagKey, DayFlagValues]:
    return {DayFlagKey(row["recorded_by"], row["counted_on"], row["rule"]): row for row in rows}


def _set_since(
    session: Session, stored: Mapping[FlagKey, VisitFlagValues], wanted: Mapping[FlagKey, VisitFlagValues]
) -> None:
    """Say since when the wanted flags are there, or hold up a decision again: those that are stored for as
    long as they were, the others since a head of the feed that no page has seen."""
    head = 0
    for key, row in wanted.items():
        if key in stored and stored[key]["undecided"] >= row["undecided"]:
            row["since"] = stored[key]["since"]
        else:
            head = head or lock_at_new_head(session, row["commune_id"])
            row["since"] = head


def _differing(stored: Mapping[K, V], wanted: Mapping[K, V]) -> list[K]:
    return sorted(key for key in stored.keys() | wanted.keys() if stored.get(key) != wanted.get(key))


def _replace(session: Session, table: Table, stored: Mapping[K, V], wanted: Mapping[K, V]) -> None:
    if removed := [row for key, row in stored.items() if key not in wanted]:
        keys = [column.name for column in table.primary_key]
        _DELETE[table.name].run_all(session, [{f"k_{name}": row[name] for name in keys} for row in removed])
    if written := [row for key, row in wanted.items() if stored.get(key) != row]:
        _PUT[table.name].run_all(session, written)


def _delete(table: Table) -> "Prepared[dict[str, object]]":
    keys = (column == bindparam(f"k_{column.name}", type_=column.type) for column in table.primary_key)
    return Prepared(delete(table).where(and_(*keys)))


_IN_COMMUNE = {table.name: table.c.commune_id == bindparam("commune_id") for table in (_FLAG, _DAY)}
_FIND_VISITS = Prepared(
    select(_FLAG).where(_IN_COMMUNE["visit_flag"], in_list(_FLAG.c.visit_id, "ids")), VisitFlagValues
)
_FIND_DAYS = Prepared(
    select(_DAY).where(
        _IN_COMMUNE["day_flag"],
        in_list(_DAY.c.recorded_by, "people"),
        _DAY.c.counted_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
    ),
    DayFlagValues,
)
_SINCE = {table.name: table.c.counted_on >= bindparam("first", type_=Date) for table in (_FLAG, _DAY)}
_VISITS_SINCE = Prepared(
    select(_FLAG).where(_IN_COMMUNE["visit_flag"], _SINCE["visit_flag"]), VisitFlagValues
)
_DAYS_SINCE = Prepared(select(_DAY).where(_IN_COMMUNE["day_flag"], _SINCE["day_flag"]), DayFlagValues)
_DELETE_OF_VISITS: Prepared[Row] = Prepared(
    delete(_FLAG).where(_IN_COMMUNE["visit_flag"], in_list(_FLAG.c.visit_id, "ids"))
)
_DELETE = {table.name: _delete(table) for table in (_FLAG, _DAY)}
_PUT = {table.name: Upsert(table, replacing) for table in (_FLAG, _DAY)}
_SET_UNDECIDED = Prepared(
    update(_FLAG)
    .where(_IN_COMMUNE["visit_flag"], in_list(_FLAG.c.visit_id, "ids"), _FLAG.c.notice.is_(False))
    .values(undecided=bindparam("value", type_=Boolean))
)
