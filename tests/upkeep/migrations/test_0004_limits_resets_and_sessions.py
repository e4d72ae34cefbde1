"""Revision 0004: what was there before stays, and phones and the desk go on."""

import pytest
from alembic import command
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World

pytestmark = pytest.mark.slow


def test_devices_and_names_are_upgraded_and_a_queued_visit_is_sent_after_it(
    lan: Phone, desk: TestClient, world: World, database: Database
) -> None:
    sent, queued = lan.visit(world.duc), lan.visit(world.mai)
    lan.exchange(sent)
    database.engine.dispose()
    command.downgrade(config(database), "0003")
    upgrade(database)
    assert lan.statuses(queued) == ["applied"]
    assert desk.get("/desk/visits").status_code == 200
    visits, device = database.read(
        lambda session: (
            session.exec(select(Visit)).all(),
            session.get_one(Device, (lan.commune_id, lan.device_id)),
        )
    )
    assert {one.id for one in visits} == {sent["data"]["id"], queued["data"]["id"]}
    assert (device.recorded_days, device.too_many_at) == ({"2026-11-24": [1, 0]}, None)
