"""Who may merge, and where people may still write after a merge."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Assignment
from app.core.clock import wire_time
from app.core.db import Database
from app.core.errors import NotFound
from app.review.deduplication.merging import merge
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, find_household, merge_households
from tests.world import World


@pytest.mark.parametrize(("days", "status"), [(89, "applied"), (91, "quarantined")])
def test_authority_of_the_losing_ones_hamlet_lasts_ninety_days(
    lan: Phone, world: World, database: Database, clock: FakeClock, days: int, status: str
) -> None:
    merge_households(database, world, world.duc, world.anh)
    clock.forward(days=days)
    lan.now = clock()
    assert lan.statuses(lan.visit(world.duc), lan.visit(world.anh)) == [status, status]


def test_hamlet_that_was_never_the_authors_gives_no_authority(
    nam: Phone, lan: Phone, world: World, database: Database
) -> None:
    """A household of Lan's hamlet was merged into one of Nam's; that gives her no other one of his."""
    merge_households(database, world, world.duc, world.anh)
    other = world.households[world.tay][1]
    assert lan.statuses(lan.visit(other)) == ["quarantined"]


def test_supervisor_next_door_merges_nothing(world: World, database: Database) -> None:
    with pytest.raises(NotFound):
        database.write(
            lambda session: merge(
                session, actor_of(session, world.neighbour_id, world.hoa), world.mai, world.duc,
                {world.mai: 1, world.duc: 1}, NOW,
            )
        )  # fmt: skip
    assert find_household(database, world, world.mai).merged_into is None


def test_moved_out_of_the_team_within_ninety_days_still_counts(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    merge_households(database, world, world.mai, world.duc)

    def end(session: Session) -> None:
        for row in session.exec(select(Assignment).where(Assignment.hamlet_id == world.dong)):
            row.until = clock() - timedelta(days=10)

    database.write(end)
    before = lan.visit(world.mai) | {"at": wire_time(clock() - timedelta(days=11))}
    assert lan.statuses(before, lan.visit(world.mai)) == ["applied", "quarantined"]
