"""`tung-nha retention`: what it counts, and what it purges."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core.clock import utc_now
from app.core.db import Database, table_of
from app.fieldwork.visits.models import Visit
from tests.operator import run
from tests.phone import Phone
from tests.review.deduplication.merges import all_rows
from tests.upkeep.retention.stored import NOTE
from tests.upkeep.retention.test_effects import accept_all
from tests.world import World

VISIT = table_of(Visit)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_command_counts_and_purges(lan: Phone, world: World, database: Database, database_url: str) -> None:
    lan.exchange(lan.visit(world.duc, note=NOTE))
    accept_all(database, world)
    long_ago = update(VISIT).where(VISIT.c.commune_id == world.commune_id)
    aged = long_ago.values(received_at=utc_now() - timedelta(days=740))
    database.write(lambda session: session.execute(aged))
    counted = run(database_url, "retention", "--dry-run").stdout
    assert ("06391: 1 visits" in counted, "would be purged" in counted) == (True, True)
    assert [one.note for one in all_rows(database, Visit)] == [NOTE]
    done = run(database_url, "retention", "--commune", "06391").stdout
    assert ("06391: 1 visits" in done, "were purged" in done, "06400" in done) == (True, True, False)
    assert [one.note for one in all_rows(database, Visit)] == [""]
    unknown = run(database_url, "retention", "--commune", "00000")
    assert (unknown.exit_code, "00000" in unknown.stderr) == (2, True)
