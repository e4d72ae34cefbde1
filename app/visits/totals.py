"""Daily totals: of one hamlet on one day, by service and outcome: visits, people, households.

Written in the transaction that changes a visit, whichever door it comes through, from what the visit was
before and is after. Visits that stand are counted (product.md §4): not withdrawn, returned or duplicate.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Integer, bindparam, column, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from app.core.batch import Batch, Row
from app.core.prepared import Prepared, among
from app.visits.models import DailyTotal, Visit, VisitService

COUNTED = ("received", "accepted")


class Given(NamedTuple):
    """One service of a visit; the visit as a whole has none, and its result for an outcome."""

    service: str
    outcome: str
    people: int


class Cell(NamedTuple):
    """What one total is of."""

    hamlet_id: str
    day: date
    service: str
    outcome: str


@dataclass(frozen=True)
class Fact:
    """What a standing visit counts for."""

    household_id: str
    hamlet_id: str
    day: date
    given: tuple[Given, ...]


@dataclass
class Total:
    """The figures of a cell; `households` by id, so that they can be told apart."""

    visits: int = 0
    people: int = 0
    households: set[str] = field(default_factory=set)


Facts = dict[str, Fact]


def facts(batch: Batch) -> Facts:
    """What the standing visits of a batch count for as they are now."""
    given: defaultdict[str, list[Given]] = defaultdict(list)
    for row in batch.rows(VisitService):
        given[row["visit_id"]].append(Given(row["code"], row["outcome"], row["people"]))
    return {row["id"]: _fact(row, given[row["id"]]) for row in batch.rows(Visit) if _stands(row)}


def facts_of(session: Session, commune_id: str, visit_ids: Iterable[str]) -> Facts:
    """The same of visits as the database has them."""
    asked: dict[str, Any] = {"commune_id": commune_id, "ids": list(visit_ids)}
    given: defaultdict[str, list[Given]] = defaultdict(list)
    for row in _SERVICES_OF.rows(session, **asked):
        given[row["visit_id"]].append(Given(row["code"], row["outcome"], row["people"]))
    return {row["id"]: _fact(row, given[row["id"]]) for row in _VISITS.rows(session, **asked) if _stands(row)}


def settle(session: Session, commune_id: str, before: Facts, after: Facts) -> None:
    """Bring the totals from what visits counted for `before` to what they count for `after`.

    Call it when the visits are written and the feed is locked: two transactions of a commune take turns.
    """
    changed = {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)}
    if not changed:
        return
    old = [before[id] for id in changed if id in before]
    new = [after[id] for id in changed if id in after]
    was, now = total_of(old), total_of(new)
    others = _others(session, commune_id, was, now, changed)
    steps = [
        _step(cell, was.get(cell, Total()), now.get(cell, Total()), others[cell])
        for cell in sorted(was.keys() | now.keys())
    ]
    add = _ADD[session.connection().dialect.name]
    add.run_all(session, [{"commune_id": commune_id, **step} for step in steps])


def differences(session: Session, commune_id: str) -> list[Cell]:
    """The cells whose totals are not what the visits come to; none, if all is well."""
    kept = {
        Cell(row["hamlet_id"], row["day"], row["service"], row["outcome"]): (
            row["visits"], row["people"], row["households"],
        )
        for row in _KEPT.rows(session, commune_id=commune_id)
        if row["visits"] or row["people"] or row["households"]
    }  # fmt: skip
    ids = [row["id"] for row in _IDS.rows(session, commune_id=commune_id)]
    counted = total_of(facts_of(session, commune_id, ids).values())
    fresh = {cell: (total.visits, total.people, len(total.households)) for cell, total in counted.items()}
    return sorted(cell for cell in kept.keys() | fresh.keys() if kept.get(cell) != fresh.get(cell))


def total_of(counted: Iterable[Fact]) -> dict[Cell, Total]:
    """What these visits come to."""
    totals: defaultdict[Cell, Total] = defaultdict(Total)
    for fact in counted:
        for service, outcome, people in fact.given:
            total = totals[Cell(fact.hamlet_id, fact.day, service, outcome)]
            total.visits += 1
            total.people += people
            total.households.add(fact.household_id)
    return totals


def _stands(row: Row) -> bool:
    return row["withdrawn_at"] is None and row["review_state"] in COUNTED


def _fact(row: Row, given: list[Given]) -> Fact:
    whole = Given("", row["result"], 0)
    return Fact(row["household_id"], row["hamlet_id"], row["counted_on"], (whole, *sorted(given)))


def _step(cell: Cell, was: Total, now: Total, others: set[str]) -> Row:
    """What is to be added to a cell; `others`: the households that other visits count there already."""
    return {
        **cell._asdict(),
        "visits": now.visits - was.visits,
        "people": now.people - was.people,
        "households": len(now.households - others) - len(was.households - others),
    }


def _others(
    session: Session,
    commune_id: str,
    was: Mapping[Cell, Total],
    now: Mapping[Cell, Total],
    changed: Iterable[str],
) -> Mapping[Cell, set[str]]:
    """Of the households of these cells, those that another standing visit counts there already.

    Asked cell by cell, so that a door with many visits in a day costs no more than one with two.
    """
    asked = [
        (household, cell)
        for cell in was.keys() | now.keys()
        for household in _households(was, cell) | _households(now, cell)
    ]
    given = json.dumps([(household, *cell) for household, cell in asked], default=str)
    counted = _COUNTED_THERE[session.connection().dialect.name]
    found: defaultdict[Cell, set[str]] = defaultdict(set)
    for row in counted.rows(session, commune_id=commune_id, asked=given, changed=json.dumps(list(changed))):
        household, cell = asked[row["place"]]
        found[cell].add(household)
    return found


def _households(totals: Mapping[Cell, Total], cell: Cell) -> set[str]:
    return totals[cell].households if cell in totals else set()


def _addition(insert: Any) -> Prepared:
    table: Any = DailyTotal.__table__  # type: ignore[attr-defined]
    statement = insert(table)
    figures = ("visits", "people", "households")
    return Prepared(
        statement.on_conflict_do_update(
            index_elements=list(table.primary_key.columns),
            set_={name: table.c[name] + statement.excluded[name] for name in figures},
        )
    )


def _of_commune(model: Any) -> Any:
    table = model.__table__
    return select(table).where(table.c.commune_id == bindparam("commune_id"))


_VISIT: Any = Visit.__table__  # type: ignore[attr-defined]
_SERVICE: Any = VisitService.__table__  # type: ignore[attr-defined]
_OURS = _VISIT.c.commune_id == bindparam("commune_id")
_STANDING = " AND ".join(
    [
        "v.commune_id = :commune_id",
        "v.withdrawn_at IS NULL",
        "v.review_state IN ('received', 'accepted')",
        "(a.service = '' AND v.result = a.outcome OR EXISTS ("
        "SELECT 1 FROM visit_service s WHERE s.commune_id = v.commune_id AND s.visit_id = v.id"
        " AND s.code = a.service AND s.outcome = a.outcome))",
    ]
)
_SAME_DOOR = "v.household_id = a.household_id AND v.hamlet_id = a.hamlet_id AND v.counted_on = a.day"
_PARTS = ("household_id", "hamlet_id", "day", "service", "outcome")
# Lists travel as JSON; how a list is unfolded into rows is the one thing the two databases word apart.
_UNFOLDED = {
    "sqlite": (
        "json_each(:asked)",
        "key AS place, " + ", ".join(f"value ->> {n} AS {part}" for n, part in enumerate(_PARTS)),
        "SELECT value FROM json_each(:changed)",
    ),
    "postgresql": (
        "jsonb_array_elements(CAST(:asked AS jsonb)) WITH ORDINALITY AS e(value, place)",
        "place - 1 AS place, "
        + ", ".join(
            f"CAST(value ->> {n} AS {'date' if part == 'day' else 'text'}) AS {part}"
            for n, part in enumerate(_PARTS)
        ),
        "SELECT jsonb_array_elements_text(CAST(:changed AS jsonb))",
    ),
}


def _counted_there(dialect: str) -> Prepared:
    source, parts, changed = _UNFOLDED[dialect]
    asked = f"(SELECT {parts} FROM {source}) a"  # noqa: S608 - of the words above only
    beside = f"SELECT 1 FROM visit v WHERE {_SAME_DOOR} AND {_STANDING} AND v.id NOT IN ({changed})"  # noqa: S608
    statement = text(f"SELECT a.place FROM {asked} WHERE EXISTS ({beside})")  # noqa: S608
    return Prepared(statement.columns(column("place", Integer())))


_COUNTED_THERE = {dialect: _counted_there(dialect) for dialect in _UNFOLDED}
_IDS = Prepared(select(_VISIT.c.id).where(_OURS))
_KEPT = Prepared(_of_commune(DailyTotal))
_VISITS = Prepared(select(_VISIT).where(_OURS, among(_VISIT.c.id, "ids")))
_SERVICES_OF = Prepared(
    select(_SERVICE).where(
        _SERVICE.c.commune_id == bindparam("commune_id"), among(_SERVICE.c.visit_id, "ids")
    )
)
_ADD = {"sqlite": _addition(sqlite.insert), "postgresql": _addition(postgresql.insert)}
