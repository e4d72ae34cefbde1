"""The schema's history leads to the tables that the code declares, and takes what is stored along."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import Session, select

from app.core.db import Database, feed
from app.migrations import config, tables, upgrade
from app.reviews.models import Decision
from app.visits.models import Visit
from tests.conftest import NOW
from tests.world import World


def test_migrations_make_the_tables_that_the_code_declares(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables.METADATA) == []


def test_decisions_outlive_the_way_back_and_forth(database: Database, world: World) -> None:
    database.write(lambda session: _decide(session, world))
    command.downgrade(config(database), "0001")
    upgrade(database)
    (kept,) = database.read(lambda session: list(session.exec(select(Decision))))
    assert (kept.id, kept.state, kept.decided_at) == ("d1", "accepted", NOW)
    assert (kept.batch_id, kept.earlier, kept.undo) == (None, None, False)


def _decide(session: Session, world: World) -> None:
    visit = Visit(
        feed_seq=0, commune_id=world.commune_id, id="v1", household_id=world.duc, hamlet_id=world.dong,
        recorded_by=world.lan, device_id="d", seq=1, occurred_at=NOW, happened_at=NOW, received_at=NOW,
        counted_on=NOW.date(), result="not_home",
    )  # fmt: skip
    feed(session, world.commune_id, [visit])
    session.add(visit)
    session.flush()
    session.add(
        Decision(
            commune_id=world.commune_id,
            id="d1",
            visit_id="v1",
            visit_version=1,
            state="accepted",
            decided_by=world.binh,
            decided_at=NOW,
        )
    )
