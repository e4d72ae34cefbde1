"""The list behind each figure of a report comes to the same number, record by record."""

import random

import pytest
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.commune.catalog.services import Service, services_by_code
from app.core.db import Database
from app.core.errors import NotFound
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure, figure_of
from app.reports.counted.register import list_register_of
from app.reports.counted.sessions import list_sessions_of
from app.reports.counted.staff import list_staff_of
from app.reports.counted.visits import list_visits_of
from app.reports.query import report_table
from app.reports.table import CellValue
from tests.reports.random_commune import LATER, binh, fill, random_period
from tests.rounds import seeds
from tests.world import World

HOUSEHOLDS = {"met", "guided", "cumulative", "warned"}


@pytest.mark.parametrize("seed", seeds(20))
def test_list_of_every_figure_comes_to_the_number_of_the_report(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        fill(session, world, dice)
        actor = binh(session, world)
        catalog = services_by_code(session, actor)
        for _ in range(3):
            period = random_period(dice, 1)
            table = report_table(session, actor, period, LATER)
            for row in table.rows:
                for column, value in zip(table.columns, row.cells, strict=True):
                    if column.code != "hamlet" and value is not None:
                        figure = figure_of(session, actor, period, column.code, row.hamlet_id or "")
                        _compare(session, actor, figure, catalog, value)

    database.write(compare)


def _compare(
    session: Session, actor: Actor, figure: Figure, catalog: dict[str, Service], value: CellValue
) -> None:
    found = _list(session, actor, figure, catalog, 1)
    records = [*found.records]
    for page in range(2, -(-found.rows // PAGE_SIZE) + 1):
        records += _list(session, actor, figure, catalog, page).records
    assert found.total == value, (figure, value)
    assert len(records) == found.rows
    assert _sum(figure, records) == (value or 0)


def _list(
    session: Session, actor: Actor, figure: Figure, catalog: dict[str, Service], page: int
) -> CountedList:
    found = (
        list_visits_of(session, actor, figure, catalog, page)
        or list_sessions_of(session, actor, figure, page)
        or list_register_of(session, actor, figure, page)
        or list_staff_of(session, actor, figure, page, LATER)
    )
    assert found is not None, figure
    return found


def _sum(figure: Figure, records: list[CountedRecord]) -> int:
    """What the records that are listed come to: households count once each."""
    if figure.column in HOUSEHOLDS:
        return len({one.id for one in records})
    return sum(one.amount or 0 for one in records)


def test_hamlet_that_does_not_stand_has_no_figures(world: World, database: Database) -> None:
    period = random_period(random.Random(0), 1)

    def find(session: Session, period: Period = period) -> None:
        with pytest.raises(NotFound):
            figure_of(session, binh(session, world), period, "visits", "elsewhere")

    database.read(find)
