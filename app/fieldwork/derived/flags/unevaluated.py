"""The days whose flags are to be computed: what a change of visits notes, and an evaluation takes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Date, Integer, bindparam, delete, select
from sqlmodel import Session, col

from app.commune.areas import IS_SERVED, Commune
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.upsert import Upsert, adding
from app.core.types import Row
from app.fieldwork.derived.flags.facts import FlagFact
from app.fieldwork.derived.flags.models import HOUSEHOLD, PERSON, UnevaluatedDay
from app.fieldwork.derived.flags.neighbours import HouseholdDay, PersonDay
from app.fieldwork.derived.mechanism import Difference

_DAY = table_of(UnevaluatedDay)


@dataclass
class Days:
    """Days of persons and of households. The households that a person visited are looked at with that
    person's day; those here were left by a visit."""

    of_persons: set[PersonDay] = field(default_factory=set)
    of_households: set[HouseholdDay] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.of_persons or self.of_households)

    def have(self, recorded_by: str, day: date) -> bool:
        """Whether this person's day is among them."""
        return (recorded_by, day) in self.of_persons

    def add_households(self, visits: Iterable[FlagFact]) -> None:
        """Add the households of those visits that were made on one of the persons' days."""
        self.of_households |= {
            (visit.household_id, visit.day) for visit in visits if self.have(visit.recorded_by, visit.day)
        }


def note(session: Session, commune_id: str, differences: Iterable[Difference]) -> None:
    """Note the days of visits that differ, as `FlagFact` before and after, to have their flags computed."""
    persons, households = Counter[PersonDay](), set[HouseholdDay]()
    for before, after in differences:
        persons.update({(fact.recorded_by, fact.day) for fact in (before, after) if fact})
        if before and (after is None or (before.household_id, before.day) != (after.household_id, after.day)):
            households.add((before.household_id, before.day))
    rows = [_row(commune_id, PERSON, *key, visits) for key, visits in sorted(persons.items())]
    rows += [_row(commune_id, HOUSEHOLD, *key, 0) for key in sorted(households)]
    _NOTE.run_all(session, rows)


def note_persons(session: Session, commune_id: str, days: Iterable[PersonDay]) -> None:
    """Note the days of these persons, whose visits have not changed."""
    _NOTE.run_all(session, [_row(commune_id, PERSON, *key, 0) for key in sorted(days)])


def find(session: Session, commune_id: str, most: int) -> Days:
    """The days that are noted, the latest first, at most `most` of them."""
    days = Days()
    for row in _FIND.rows(session, commune_id=commune_id, most=most):
        found = days.of_persons if row["kind"] == PERSON else days.of_households
        found.add((row["id"], row["day"]))
    return days


def delete_days(session: Session, commune_id: str, days: Days) -> None:
    """Delete these, because their flags are computed."""
    ids = defaultdict[tuple[str, date], list[str]](list)
    for kind, found in ((PERSON, days.of_persons), (HOUSEHOLD, days.of_households)):
        for id, day in found:
            ids[kind, day].append(id)
    for (kind, day), of_day in ids.items():
        _DELETE.run(session, commune_id=commune_id, kind=kind, day=day, ids=of_day)


def communes(session: Session) -> list[str]:
    """The communes at work with such days."""
    return [row["commune_id"] for row in _COMMUNES.rows(session)]


def _row(commune_id: str, kind: str, id: str, day: date, visits: int) -> Row:
    return {"commune_id": commune_id, "kind": kind, "id": id, "day": day, "visits": visits}


_IN_COMMUNE = _DAY.c.commune_id == bindparam("commune_id")
_NOTE = Upsert(_DAY, adding("visits"))
_FIND = Prepared(
    select(_DAY.c.kind, _DAY.c.id, _DAY.c.day)
    .where(_IN_COMMUNE)
    .order_by(_DAY.c.day.desc(), _DAY.c.kind, _DAY.c.id)
    .limit(bindparam("most", type_=Integer))
)
_COMMUNES = Prepared(
    select(_DAY.c.commune_id)
    .distinct()
    .join(Commune, col(Commune.id) == _DAY.c.commune_id)
    .where(IS_SERVED)
    .order_by(_DAY.c.commune_id)
)
# What a day is as a text, to find all at once, depends on a setting: Citus deletes nothing by it.
_DELETE: Prepared[Row] = Prepared(
    delete(_DAY).where(
        _IN_COMMUNE,
        _DAY.c.kind == bindparam("kind"),
        _DAY.c.day == bindparam("day", type_=Date),
        in_list(_DAY.c.id, "ids"),
    )
)
