"""Deriving needs in the transaction that changes visits (`app/fieldwork/derived/update.py`).

The needs of a household follow from its visits that count, in their order. A visit opens those that it lists,
unless they are open; it closes those whose service it shows and those that it drops. They are computed again
whenever one of these visits changes, so the order in which phones deliver does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, NamedTuple, TypedDict

from sqlalchemy import Date, and_, bindparam, or_, select
from sqlmodel import Session

from app.core.batch import Batch
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.mechanism import Change, DefinedTable, Difference, differences_in
from app.fieldwork.derived.needs.models import HouseholdNeed, HouseholdNeedValues
from app.fieldwork.derived.visit_facts import VisitState
from app.fieldwork.visits.models import COUNTED, Visit, VisitService, VisitServiceValues

# With these outcomes a household still waits for the service. `declined` means that it is not wanted.
STILL_OPEN = ("come_back", "not_possible")
DECLINED = "declined"


class NeedFact(NamedTuple):
    """The needs that one counted visit lists or drops."""

    household_id: str
    day: date
    needs: tuple[str, ...]
    dropped: tuple[str, ...]


class _VisitRow(TypedDict):
    """The columns of a visit from which needs are derived."""

    id: str
    household_id: str
    hamlet_id: str
    counted_on: date
    happened_at: datetime
    occurred_at: datetime
    seq: int
    needs: list[str] | None
    dropped_needs: list[str] | None


_Services = Mapping[str, list[VisitServiceValues]]


class HouseholdNeeds(DefinedTable):
    """The needs of each household, derived from its counted visits."""

    model = HouseholdNeed
    complaint = "{count} needs of households of commune {code} are not those of their visits."

    def update(self, session: Session, commune_id: str, changes: Sequence[Change], _now: datetime) -> None:
        """Derive the needs of households again whose visits changed. Visits before the first of the days are
        not read: what was closed before it cannot change."""
        with_needs = _days_in(differences_in(changes, _need_fact))
        changed = with_needs | _days_in(differences_in(changes, lambda state: state.fact))
        if not changed:
            return
        since = min(day for _household, day in changed)
        households = sorted({household for household, _day in changed})
        batch = Batch(commune_id)
        stored = _FIND_NEEDS.rows(session, commune_id=commune_id, households=households, since=since)
        batch.load(HouseholdNeed, stored)
        wanted = {household for household, _day in with_needs} | {row["household_id"] for row in stored}
        if not wanted:
            return
        before = [row for row in stored if row["asked_on"] < since]
        after = _derive(before, *_visits(session, commune_id, wanted, since))
        _replace(batch, stored, after)
        batch.write(session, (HouseholdNeed,))

    def defined(self, session: Session, commune_id: str) -> Iterable[Mapping[str, Any]]:
        """The needs of all counted visits."""
        with_needs = {row["household_id"] for row in _WITH_NEEDS.rows(session, commune_id=commune_id)}
        for row in _derive([], *_visits(session, commune_id, with_needs, date.min)):
            yield {"commune_id": commune_id, **row}


def _need_fact(state: VisitState) -> NeedFact | None:
    visit = state.visit
    needs, dropped = tuple(visit["needs"] or ()), tuple(visit["dropped_needs"] or ())
    if not state.fact or not (needs or dropped):
        return None
    return NeedFact(visit["household_id"], visit["counted_on"], needs, dropped)


def _days_in(differences: Iterable[Difference]) -> set[tuple[str, date]]:
    """The households and days of the visits that differ."""
    return {(fact.household_id, fact.day) for pair in differences for fact in pair if fact}


def _replace(
    batch: Batch, stored: Iterable[HouseholdNeedValues], derived: Iterable[HouseholdNeedValues]
) -> None:
    after = {_key(row): row for row in derived}
    for row in stored:
        if _key(row) not in after:
            batch.remove(HouseholdNeed, row)
    for key, row in after.items():
        old = batch.get(HouseholdNeed, key)
        if old is None:
            batch.add(HouseholdNeed, row)
        elif not row.items() <= old.items():
            batch.change(HouseholdNeed, old, row)


def _visits(
    session: Session, commune_id: str, households: Iterable[str], since: date
) -> tuple[list[_VisitRow], _Services]:
    """The counted visits of these households since a day, and their services by visit."""
    values: dict[str, Any] = {
        "commune_id": commune_id, "households": sorted(households), "since": since,
    }  # fmt: skip
    services: defaultdict[str, list[VisitServiceValues]] = defaultdict(list)
    visits = _VISITS_SINCE.rows(session, **values)
    # By their visits: joined with these, SQLite would look through all services of the commune.
    for row in _SERVICES_OF.rows(session, commune_id=commune_id, ids=[visit["id"] for visit in visits]):
        services[row["visit_id"]].append(row)
    return visits, services


def _derive(
    before: Iterable[HouseholdNeedValues], visits: Iterable[_VisitRow], services: _Services
) -> Iterator[HouseholdNeedValues]:
    """All needs that are open before the first of the visits, and those of the visits."""
    open_needs: defaultdict[str, dict[str, HouseholdNeedValues]] = defaultdict(dict)
    for row in before:
        reopened = {**row, "closed_on": None, "closed_by": None, "dropped": False}
        open_needs[row["household_id"]][row["service"]] = HouseholdNeedValues(**reopened)  # type: ignore[typeddict-item]
    for household, group in groupby(sorted(visits, key=_order), key=lambda visit: visit["household_id"]):
        for visit in group:
            yield from _follow(open_needs[household], visit, services.get(visit["id"], []))
    for needs in open_needs.values():
        yield from needs.values()


def _follow(
    open_needs: dict[str, HouseholdNeedValues], visit: _VisitRow, services: list[VisitServiceValues]
) -> Iterator[HouseholdNeedValues]:
    """Apply one visit to the open needs of its household; yields those that it closes."""
    needs = visit["needs"] or []
    closing = {
        one["code"]: one["outcome"] == DECLINED for one in services if one["outcome"] not in STILL_OPEN
    }
    closing |= dict.fromkeys(visit["dropped_needs"] or [], True)
    for service, dropped in closing.items():
        if service in open_needs and service not in needs:
            row = open_needs.pop(service)
            row["closed_on"], row["closed_by"], row["dropped"] = visit["counted_on"], visit["id"], dropped
            yield row
    for service in needs:
        open_needs.setdefault(
            service,
            {
                "household_id": visit["household_id"],
                "service": service,
                "visit_id": visit["id"],
                "hamlet_id": visit["hamlet_id"],
                "asked_on": visit["counted_on"],
                "closed_on": None,
                "closed_by": None,
                "dropped": False,
            },
        )


def _order(visit: _VisitRow) -> tuple[str, date, datetime, datetime, int, str]:
    """By household and time; the day first, so that visits before a day are not needed."""
    return (
        visit["household_id"],
        visit["counted_on"],
        visit["happened_at"],
        visit["occurred_at"],
        visit["seq"],
        visit["id"],
    )


def _key(row: HouseholdNeedValues) -> tuple[str, str, str]:
    return row["household_id"], row["service"], row["visit_id"]


_NEED, _VISIT, _SERVICE = table_of(HouseholdNeed), table_of(Visit), table_of(VisitService)
_IN_COMMUNE = _VISIT.c.commune_id == bindparam("commune_id")
_SINCE = and_(
    _IN_COMMUNE,
    in_list(_VISIT.c.household_id, "households"),
    _VISIT.c.counted_on >= bindparam("since", type_=Date),
    _VISIT.c.withdrawn_at.is_(None),
    or_(*(_VISIT.c.review_state == state for state in COUNTED)),
)
_VISITS_SINCE = Prepared(
    select(*(_VISIT.c[name] for name in _VisitRow.__annotations__)).where(_SINCE), _VisitRow
)
_SERVICES_OF = Prepared(
    select(_SERVICE).where(
        _SERVICE.c.commune_id == bindparam("commune_id"), in_list(_SERVICE.c.visit_id, "ids")
    ),
    VisitServiceValues,
)
_WITH_NEEDS = Prepared(
    select(_VISIT.c.household_id)
    .distinct()
    .where(_IN_COMMUNE, or_(_VISIT.c.needs.is_not(None), _VISIT.c.dropped_needs.is_not(None)))
)
_FIND_NEEDS = Prepared(
    select(_NEED).where(
        _NEED.c.commune_id == bindparam("commune_id"),
        in_list(_NEED.c.household_id, "households"),
        or_(_NEED.c.closed_on.is_(None), _NEED.c.closed_on >= bindparam("since", type_=Date)),
    ),
    HouseholdNeedValues,
)
