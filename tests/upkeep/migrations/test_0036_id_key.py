"""Private keys of export files are encrypted by the upgrade, and in plain text again after a downgrade."""

from functools import partial

import pytest
from alembic import command
from sqlalchemy import text
from sqlmodel import Session

from app.core.db import Database
from app.core.id_key.stored import id_key, leave_fingerprint
from app.sync.export import keys
from app.upkeep.migrations import config, upgrade
from tests.phone import Phone
from tests.world import World

STORED = text("SELECT private_key FROM export_key")


def test_private_key_is_encrypted_and_can_be_read(database: Database, world: World, lan: Phone) -> None:
    (key,) = database.read(keys.keys_in_plain)
    command.downgrade(config(database), "0035")
    assert database.read(lambda session: session.execute(STORED).scalar_one()) == key.private_key
    upgrade(database)
    stored = database.read(lambda session: session.execute(STORED).scalar_one())
    assert key.private_key not in stored
    found = database.read(partial(keys.find, commune_id=world.commune_id, key_id=key.id))
    assert found is not None
    assert database.read(partial(_plain_of, key=found)) == key.private_key


def test_downgrade_is_refused_once_the_key_is_in_its_file(database: Database, lan: Phone) -> None:
    database.write(lambda session: leave_fingerprint(session, id_key(session)))
    with pytest.raises(ValueError, match="in its file"):
        command.downgrade(config(database), "0035")


def _plain_of(session: Session, key: keys.ExportKey) -> str:
    return keys.decrypt(session, key.private_key, key.id)
