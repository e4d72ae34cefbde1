"""Reading what the rules need beside the visits that changed: other visits of a day, and new households."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from sqlalchemy import Date, String, bindparam, cast, or_, select
from sqlmodel import Session

from app.commune.accounts.author import MAX_AGE
from app.commune.settings import FLAG_BOUNDS, CommuneSettings
from app.core.clock import VIETNAM, Instant
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.flags.facts import FlagFact, FlagFacts, fact_of, facts_of
from app.fieldwork.derived.flags.rules import (
    FEWEST_ALIKE,
    UNLISTED_HOUSEHOLDS,
    Thresholds,
    thresholds_of,
)
from app.fieldwork.households.models import HouseholdVersion
from app.fieldwork.visits.models import COUNTED, Visit, VisitService, VisitServiceValues, VisitValues

PersonDay = tuple[str, date]  # an account's id and a day
HouseholdDay = tuple[str, date]

_VISIT, _SERVICE, _SETTINGS = table_of(Visit), table_of(VisitService), table_of(CommuneSettings)
_VERSION = table_of(HouseholdVersion)
_NEEDED = (
    "id", "household_id", "hamlet_id", "recorded_by", "counted_on", "happened_at", "occurred_at",
    "received_at", "result", "note", "quick", "entered_by", "review_state", "withdrawn_at",
)  # fmt: skip


class _Addition(TypedDict):
    """The first version of a household: who wrote it, and when the server received it."""

    household_id: str
    written_by: str | None
    received_at: datetime
    fields: dict[str, str | None]


def load_thresholds(session: Session, commune_id: str) -> Thresholds:
    """The commune's thresholds."""
    row = _FIND_SETTINGS.first(session, commune_id=commune_id)
    return thresholds_of(CommuneSettings(**row)) if row else _DEFAULTS


def visits_of_days(session: Session, commune_id: str, days: set[PersonDay]) -> FlagFacts:
    """The visits of these persons' days that count, by id."""
    if not days:
        return {}
    dates = sorted({day for _, day in days})
    found = _OF_DAYS.rows(
        session,
        commune_id=commune_id,
        people=sorted({person for person, _ in days}),
        days=[day.isoformat() for day in dates],
        # Within these bounds a visit of the days was received: the index by author and receipt serves.
        received=_start(dates[0]),
        until=_start(dates[-1]) + timedelta(days=1) + MAX_AGE,
    )
    rows = [row for row in found if (row["recorded_by"], row["counted_on"]) in days]
    of_day = Counter((row["recorded_by"], row["counted_on"]) for row in rows)
    several = [row["id"] for row in rows if of_day[row["recorded_by"], row["counted_on"]] >= FEWEST_ALIKE]
    ids = [row["id"] for row in rows]
    return facts_of(rows, _SERVICES.rows(session, commune_id=commune_id, ids=ids, several=several))


def visits_of_households(
    session: Session, commune_id: str, days: set[HouseholdDay], known: Set[str]
) -> Iterator[FlagFact]:
    """The visits at these households on these days that count, without those in `known`."""
    if not days:
        return
    households = sorted({household for household, _ in days})
    first, last = min(day for _, day in days), max(day for _, day in days)
    pairs = [f"{household}{day}" for household, day in days]
    rows = _OF_HOUSEHOLDS.rows(
        session,
        commune_id=commune_id,
        households=households,
        pairs=pairs,
        known=sorted(known),
        first=first,
        last=last,
    )
    for row in rows:
        yield fact_of(row, ())


def visits_since(session: Session, commune_id: str, first: date) -> FlagFacts:
    """All visits of `first` and later that count, by id."""
    received = _start(first)
    rows = _SINCE.rows(session, commune_id=commune_id, first=first, received=received)
    services = _SERVICES_SINCE.rows(session, commune_id=commune_id, first=first, received=received)
    return facts_of(rows, services)


def new_households(
    session: Session, commune_id: str, visits: Iterable[FlagFact]
) -> dict[PersonDay, set[str]]:
    """By author and day, the visited households that the author has added on that day or later, in hamlets
    that had a list.

    Days with fewer than `UNLISTED_HOUSEHOLDS` are left out. A household's day is that of its receipt, because
    a phone may have added it without a network.
    """
    # Households of lists have derived ids, of version 5: most days need no look at the database.
    days: defaultdict[str, set[PersonDay]] = defaultdict(set)
    for visit in visits:
        if visit.household_id[14:15] != "5":
            days[visit.household_id].add((visit.recorded_by, visit.day))
    if not days:
        return {}
    added: defaultdict[PersonDay, list[_Addition]] = defaultdict(list)
    for row in _ADDED.rows(session, commune_id=commune_id, households=sorted(days)):
        for person, day in days[row["household_id"]]:
            if person == row["written_by"] and row["received_at"] >= _start(day):
                added[person, day].append(row)
    several = {key: rows for key, rows in added.items() if len(rows) >= UNLISTED_HOUSEHOLDS}
    lists = _first_lists(session, commune_id) if several else {}
    return {
        key: {row["household_id"] for row in rows if _had_list(row, lists)} for key, rows in several.items()
    }


def _first_lists(session: Session, commune_id: str) -> dict[str | None, datetime]:
    """When each hamlet's first list was imported. Of first versions, because they stay as they are when
    households move and hamlets merge."""
    found: dict[str | None, datetime] = {}
    for row in _LISTED.rows(session, commune_id=commune_id):
        hamlet_id = row["fields"].get("hamlet_id")
        found[hamlet_id] = min(row["received_at"], found.get(hamlet_id, row["received_at"]))
    return found


def _had_list(added: _Addition, lists: Mapping[str | None, datetime]) -> bool:
    at = lists.get(added["fields"].get("hamlet_id"))
    return at is not None and at < added["received_at"]


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, VIETNAM)


_IN_COMMUNE = _VISIT.c.commune_id == bindparam("commune_id")
_COUNTS = (
    _IN_COMMUNE,
    _VISIT.c.withdrawn_at.is_(None),
    or_(*(_VISIT.c.review_state == state for state in COUNTED)),
)
_COLUMNS = [_VISIT.c[name] for name in _NEEDED]
_FIRST_DAY = (
    _VISIT.c.counted_on >= bindparam("first", type_=Date),
    _VISIT.c.received_at >= bindparam("received", type_=Instant),
)
_DEFAULTS = thresholds_of(CommuneSettings(commune_id=""))
_FIND_SETTINGS = Prepared(select(_SETTINGS).where(_SETTINGS.c.commune_id == bindparam("commune_id")))
_OF_DAYS = Prepared(
    select(*_COLUMNS).where(
        *_COUNTS,
        in_list(_VISIT.c.recorded_by, "people"),
        _VISIT.c.received_at.between(bindparam("received", type_=Instant), bindparam("until", type_=Instant)),
        in_list(cast(_VISIT.c.counted_on, String), "days"),
    ),
    VisitValues,
)
# Of few visits no rule compares services, nor says anything of few people: most services are of one.
_SERVICES = Prepared(
    select(_SERVICE).where(
        _SERVICE.c.commune_id == bindparam("commune_id"),
        in_list(_SERVICE.c.visit_id, "ids"),
        or_(_SERVICE.c.people > FLAG_BOUNDS["flag_people"][0], in_list(_SERVICE.c.visit_id, "several")),
    ),
    VisitServiceValues,
)
_OF_HOUSEHOLDS = Prepared(
    select(*_COLUMNS).where(
        *_COUNTS,
        in_list(_VISIT.c.household_id, "households"),
        _VISIT.c.counted_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        in_list(_VISIT.c.household_id + cast(_VISIT.c.counted_on, String), "pairs"),
        ~in_list(_VISIT.c.id, "known"),
    ),
    VisitValues,
)
_SINCE = Prepared(select(*_COLUMNS).where(*_COUNTS, *_FIRST_DAY), VisitValues)
_SERVICES_SINCE = Prepared(
    select(_SERVICE)
    .join(_VISIT, _VISIT.c.id == _SERVICE.c.visit_id)
    .where(_SERVICE.c.commune_id == bindparam("commune_id"), *_COUNTS, *_FIRST_DAY),
    VisitServiceValues,
)
_FIRST_VERSION = (
    _VERSION.c.commune_id == bindparam("commune_id"),
    _VERSION.c.version == 1,
    _VERSION.c.base_version == 0,
)
_ADDITION = [_VERSION.c[name] for name in ("household_id", "written_by", "received_at", "fields")]
_ADDED = Prepared(
    select(*_ADDITION).where(
        *_FIRST_VERSION,
        in_list(_VERSION.c.household_id, "households"),
        _VERSION.c.device_id.is_not(None),
    ),
    _Addition,
)
_LISTED = Prepared(
    select(*_ADDITION).where(
        *_FIRST_VERSION, _VERSION.c.written_by.is_(None), _VERSION.c.device_id.is_(None)
    ),
    _Addition,
)
