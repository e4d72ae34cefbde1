"""New results: each number is what brute force over the rows and its own list say."""

import random

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period
from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.db import Database
from app.fieldwork.derived.household_days.counts import places_at
from app.fieldwork.visits.models import Visit, VisitService
from app.reports.additive import column_of, read_additive
from app.reports.counted.listing import PAGE_SIZE
from app.reports.counted.visits import list_outcomes_of
from app.reports.extras.outcomes import GROUPS, outcome_table
from tests.reports.random_commune import binh, fill, random_period
from tests.rounds import seeds
from tests.world import World

# As the glossary says: what somebody can do now who could not, apart from the rest.
MEANING = {
    "new": {"did_it", "done_for_them"},
    "explained": {"explained"},
    "referred": {"referred"},
    "already_had": {"already_had"},
}


@pytest.mark.parametrize("seed", seeds(12))
def test_new_results_are_what_brute_force_and_their_lists_say(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        fill(session, world, dice)
        actor = binh(session, world)
        for _ in range(3):
            period = random_period(dice, 1)
            found = _printed(session, actor, period)
            assert found == _brute_force(session, world, period)
            for (service, group), number in found.items():
                assert _listed(session, actor, period, service, group) == number
            _add_up_to_the_report(session, actor, period, found)

    database.write(compare)


def _printed(session: Session, actor: Actor, period: Period) -> dict[tuple[str, str], int]:
    table = outcome_table(session, actor, period)
    if table is None:
        return {}
    groups = [column.code for column in table.columns[1:]]
    return {
        (service, group): number
        for service, row in zip(table.codes, table.rows, strict=True)
        for group, number in zip(groups, row.cells[1:], strict=True)
        if isinstance(number, int) and number
    }


def _brute_force(session: Session, world: World, period: Period) -> dict[tuple[str, str], int]:
    visits = {
        one.id
        for one in session.exec(select(Visit).where(Visit.commune_id == world.commune_id))
        if one.withdrawn_at is None and one.review_state != "returned" and one.counted_on in period
    }
    sums: dict[tuple[str, str], int] = {}
    for one in session.exec(select(VisitService).where(VisitService.commune_id == world.commune_id)):
        for group, outcomes in MEANING.items():
            if one.visit_id in visits and one.outcome in outcomes:
                sums[one.code, group] = sums.get((one.code, group), 0) + one.people
    return sums


def _listed(session: Session, actor: Actor, period: Period, service: str, group: str) -> int | None:
    found = list_outcomes_of(session, actor, period, service, GROUPS[group], 1)
    assert len(found.records) == min(found.rows, PAGE_SIZE)
    if found.rows <= PAGE_SIZE:
        assert sum(one.amount or 0 for one in found.records) == found.total
    return found.total


def _add_up_to_the_report(
    session: Session, actor: Actor, period: Period, found: dict[tuple[str, str], int]
) -> None:
    """The first three groups of a service are what the report counts of it."""
    catalog = services_by_code(session, actor)
    places = places_at(list_hamlets(session, actor, with_merged=True), period.last)
    whole = read_additive(session, actor, period, catalog, places).whole
    sums: dict[str, int] = {}
    for (service, group), number in found.items():
        if group != "already_had":
            column = column_of(catalog[service])
            sums[column] = sums.get(column, 0) + number
    assert sums == {code: whole[code] for code in map(column_of, catalog.values()) if whole[code]}
