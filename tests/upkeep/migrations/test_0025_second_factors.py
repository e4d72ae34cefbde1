"""Revisions 0025 and 0026: sessions go on as they were, and nobody is idle for longer than is known."""

from datetime import UTC, datetime, timedelta

from alembic import command
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import SignInName, SignInSession
from app.core.db import Database
from app.upkeep.migrations import config, upgrade
from tests.conftest import FakeClock
from tests.world import World

BEFORE = "0021"


def test_sessions_go_on_and_names_are_idle_from_now_on(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    assert desk.get("/desk/people").status_code == 200
    command.downgrade(config(database), BEFORE)
    upgrade(database)
    of_binh = select(SignInSession).where(SignInSession.commune_id == world.commune_id)
    (row,) = database.read(lambda session: session.exec(of_binh).all())
    assert (row.pending, row.locks, row.confirmed_at, row.challenge) == ("", False, None, "")
    assert desk.get("/desk/people").status_code == 200, "it is not asked for what it never had"
    names = database.read(lambda session: session.exec(select(SignInName)).all())
    now = datetime.now(UTC)
    assert all(one.idle_since and now - one.idle_since < timedelta(hours=1) for one in names)
