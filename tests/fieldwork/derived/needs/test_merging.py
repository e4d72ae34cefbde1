"""Needs follow the visits of households that are merged, and return when that is undone."""

from typing import Any

from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.derived.needs.models import HouseholdNeed
from tests.phone import Phone
from tests.review.deduplication.merges import merge_households
from tests.review.deduplication.test_undoing import assert_checked, undo
from tests.world import World


def test_needs_of_merged_households_are_one_and_return_with_the_undo(
    lan: Phone, world: World, database: Database
) -> None:
    done = [{"code": "bills", "outcome": "did_it", "people": 1}]
    lan.exchange(
        lan.visit(world.mai, needs=["bills", "vietqr"]) | {"at": "2026-11-20T02:00:00.000Z"},
        lan.visit(world.duc, needs=["vietqr"]) | {"at": "2026-11-21T02:00:00.000Z"},
        lan.visit(world.duc, services=done) | {"at": "2026-11-22T02:00:00.000Z"},
    )
    before = database.read(_needs)
    assert before == {(world.mai, "bills", True), (world.mai, "vietqr", True), (world.duc, "vietqr", True)}
    merge_households(database, world, world.mai, world.duc)
    assert database.read(_needs) == {(world.duc, "bills", False), (world.duc, "vietqr", True)}
    assert_checked(database)
    undo(database, world, world.mai)
    assert database.read(_needs) == before
    assert_checked(database)


def _needs(session: Session) -> set[tuple[Any, ...]]:
    rows = session.exec(select(HouseholdNeed))
    return {(row.household_id, row.service, row.closed_on is None) for row in rows}
