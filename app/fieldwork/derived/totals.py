"""Daily totals of one hamlet: visits, people and households by service and outcome.

They are written in the transaction that changes visits, whatever the command, from what these visits counted
for before and what they count for after. Not counted (product.md §4): withdrawn, returned and duplicates.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import Integer, bindparam, column, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.batch import Row
from app.core.db import table_of
from app.core.sql.prepared import Prepared
from app.fieldwork.derived.household_days import days as household_days
from app.fieldwork.derived.monthly_totals import stored as monthly
from app.fieldwork.derived.total_models import DailyTotal, DailyTotalValues
from app.fieldwork.derived.visit_facts import Fact, Facts, load_facts
from app.fieldwork.periods.queries import mark_stale
from app.fieldwork.visits.models import Visit, VisitService


class Cell(NamedTuple):
    """The key of one total."""

    hamlet_id: str
    day: date
    service: str
    outcome: str


@dataclass
class Total:
    """The figures of a cell; `households` by id, because each is counted once."""

    visits: int = 0
    people: int = 0
    households: set[str] = field(default_factory=set)


def update(session: Session, commune_id: str, before: Facts, after: Facts) -> None:
    """Change the totals of days and months, and the days of households (`household_days.days`), by the
    difference between what visits counted for `before` and `after`; closed periods of these days are to be
    counted anew.

    Call it when the visits are written and the feed is locked, so that only one transaction of a commune does
    this at a time.
    """
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    if not changed:
        return
    was = sum_facts(before[id] for id in changed if id in before)
    now = sum_facts(after[id] for id in changed if id in after)
    counted = _households_counted(session, commune_id, was, now, changed)
    steps = [
        _step(cell, was.get(cell, Total()), now.get(cell, Total()), counted[cell])
        for cell in sorted(was.keys() | now.keys())
    ]
    add = _ADD[session.connection().dialect.name]
    add.run_all(session, [{"commune_id": commune_id, **step} for step in steps])
    monthly.add(session, commune_id, steps)
    household_days.update_days(session, commune_id, _days(before, changed), _days(after, changed))
    mark_stale(session, commune_id, {cell.day for cell in was.keys() | now.keys()})


def differences(session: Session, commune_id: str) -> list[Cell]:
    """The cells whose stored totals are not the sums of the visits; none if all is well."""
    stored = {
        Cell(row["hamlet_id"], row["day"], row["service"], row["outcome"]): (
            row["visits"], row["people"], row["households"],
        )
        for row in _FIND_TOTALS.rows(session, commune_id=commune_id)
        if row["visits"] or row["people"] or row["households"]
    }  # fmt: skip
    ids = [row["id"] for row in _FIND_IDS.rows(session, commune_id=commune_id)]
    totals = sum_facts(load_facts(session, commune_id, ids).values())
    sums = {cell: (total.visits, total.people, len(total.households)) for cell, total in totals.items()}
    return sorted(cell for cell in stored.keys() | sums.keys() if stored.get(cell) != sums.get(cell))


def sum_facts(counted: Iterable[Fact]) -> dict[Cell, Total]:
    """The totals of these visits."""
    totals: defaultdict[Cell, Total] = defaultdict(Total)
    for fact in counted:
        for service, outcome, people in fact.outcomes:
            total = totals[Cell(fact.hamlet_id, fact.day, service, outcome)]
            total.visits += 1
            total.people += people
            total.households.add(fact.household_id)
    return totals


def _step(cell: Cell, was: Total, now: Total, counted: set[str]) -> dict[str, object]:
    """What is added to a cell; `counted`: the households that are counted there by other visits as well."""
    return {
        **cell._asdict(),
        "visits": now.visits - was.visits,
        "people": now.people - was.people,
        "households": len(now.households - counted) - len(was.households - counted),
    }


def _households_counted(
    session: Session,
    commune_id: str,
    was: Mapping[Cell, Total],
    now: Mapping[Cell, Total],
    changed: Iterable[str],
) -> Mapping[Cell, set[str]]:
    """The households of these cells that a visit not among the `changed` ones counts there as well.

    The database stops at the first such visit, so a household with many visits in a day costs no more than
    one with two.
    """
    pairs = [
        (household, cell)
        for cell in was.keys() | now.keys()
        for household in _households(was, cell) | _households(now, cell)
    ]
    parameters = {
        "pairs": json.dumps([(household, *cell) for household, cell in pairs], default=str),
        "changed": json.dumps(list(changed)),
    }
    statement = _FIND_COUNTED[session.connection().dialect.name]
    counted: defaultdict[Cell, set[str]] = defaultdict(set)
    for row in statement.rows(session, commune_id=commune_id, **parameters):
        household, cell = pairs[row["place"]]
        counted[cell].add(household)
    return counted


def _days(facts: Facts, ids: Iterable[str]) -> set[household_days.HouseholdDay]:
    return {
        household_days.HouseholdDay(fact.household_id, measure, fact.hamlet_id, fact.day)
        for fact in (facts[id] for id in ids if id in facts)
        for measure in fact.measures
    }


def _households(totals: Mapping[Cell, Total], cell: Cell) -> set[str]:
    return totals[cell].households if cell in totals else set()


_TOTAL, _VISIT, _SERVICE = table_of(DailyTotal), table_of(Visit), table_of(VisitService)


def _addition(insert: sqlite.Insert | postgresql.Insert) -> Prepared[Row]:
    """An insert that adds its figures to those of an existing row."""
    figures = ("visits", "people", "households")
    return Prepared(
        insert.on_conflict_do_update(
            index_elements=list(_TOTAL.primary_key.columns),
            set_={name: _TOTAL.c[name] + insert.excluded[name] for name in figures},
        )
    )


_IS_COUNTED = " AND ".join(
    [
        "v.commune_id = :commune_id",
        "v.withdrawn_at IS NULL",
        "v.review_state IN ('received', 'accepted')",
        "(p.service = '' AND v.result = p.outcome OR EXISTS ("
        "SELECT 1 FROM visit_service s WHERE s.commune_id = v.commune_id AND s.visit_id = v.id"
        " AND s.code = p.service AND s.outcome = p.outcome))",
    ]
)
_IN_CELL = "v.household_id = p.household_id AND v.hamlet_id = p.hamlet_id AND v.counted_on = p.day"
_COLUMNS = ("household_id", "hamlet_id", "day", "service", "outcome")
# Lists are sent as JSON; only the functions that make rows of it differ between the two databases.
_UNFOLDED = {
    "sqlite": (
        "json_each(:pairs)",
        "key AS place, " + ", ".join(f"value ->> {n} AS {name}" for n, name in enumerate(_COLUMNS)),
        "SELECT value FROM json_each(:changed)",
    ),
    "postgresql": (
        "jsonb_array_elements(CAST(:pairs AS jsonb)) WITH ORDINALITY AS e(value, place)",
        "place - 1 AS place, "
        + ", ".join(
            f"CAST(value ->> {n} AS {'date' if name == 'day' else 'text'}) AS {name}"
            for n, name in enumerate(_COLUMNS)
        ),
        "SELECT jsonb_array_elements_text(CAST(:changed AS jsonb))",
    ),
}


def _find_counted(dialect: str) -> Prepared[Row]:
    """The places in the list `pairs` of those for which a visit not in `changed` counts the household."""
    source, columns, changed = _UNFOLDED[dialect]
    pairs = f"(SELECT {columns} FROM {source}) p"  # noqa: S608 - of the constants above only
    other = f"SELECT 1 FROM visit v WHERE {_IN_CELL} AND {_IS_COUNTED} AND v.id NOT IN ({changed})"  # noqa: S608
    statement = text(f"SELECT p.place FROM {pairs} WHERE EXISTS ({other})")  # noqa: S608
    return Prepared(statement.columns(column("place", Integer())))


_IN_COMMUNE = _VISIT.c.commune_id == bindparam("commune_id")
_FIND_COUNTED = {dialect: _find_counted(dialect) for dialect in _UNFOLDED}
_FIND_IDS = Prepared(select(_VISIT.c.id).where(_IN_COMMUNE))
_FIND_TOTALS = Prepared(
    select(_TOTAL).where(_TOTAL.c.commune_id == bindparam("commune_id")), DailyTotalValues
)
_ADD = {
    "sqlite": _addition(sqlite.insert(_TOTAL)),
    "postgresql": _addition(postgresql.insert(_TOTAL)),
}
