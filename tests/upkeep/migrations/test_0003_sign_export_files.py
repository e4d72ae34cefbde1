"""Revision 0003: what was there before stays, and phones go on."""

import pytest
from alembic import command
from sqlalchemy import inspect
from sqlmodel import select

from app.commune.accounts.models import Device, Invite
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.sync.export.export_file import public_key
from tests.world import World


def test_devices_invites_and_visits_are_upgraded_and_a_queued_visit_is_sent_after_it(
    lan: Phone, world: World, database: Database
) -> None:
    sent, queued = lan.visit(world.duc), lan.visit(world.mai)
    lan.exchange(sent)
    database.engine.dispose()
    command.downgrade(config(database), "0001")
    with database.engine.connect() as connection:
        names = {one["name"] for one in inspect(connection).get_columns("visit")}
    assert not {"vouched_by", "disowned_at"} & names
    upgrade(database)
    assert lan.exchange(queued, device_key=public_key("lan"))["results"][0]["status"] == "applied"
    visits, device, invites = database.read(
        lambda session: (
            session.exec(select(Visit)).all(),
            session.get_one(Device, (lan.commune_id, lan.device_id)),
            session.exec(select(Invite)).all(),
        )
    )
    assert {one.id for one in visits} == {sent["data"]["id"], queued["data"]["id"]}
    assert {(one.vouched_by, one.disowned_at) for one in visits} == {(None, None)}
    assert (device.public_key, device.invited_by, device.other_phone_at) == (public_key("lan"), None, None)
    assert {one.created_by for one in invites} == {None}


pytestmark = pytest.mark.slow
