"""A queue that a phone sealed after a long silence arrives once; its phone is told what was refused."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.core.id_key.stored import replace_key
from app.fieldwork.visits.models import Visit
from app.sync.export import keys
from app.sync.wire.models import LedgerEntry
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.sync.export.export_file import encrypt_content, make_export_file, owner_of
from tests.world import World

PATH = "/api/v1/encrypted-queue"
Deliver = Callable[[Phone, bytes], Any]


@pytest.fixture
def deliver() -> Deliver:
    headers = {"Content-Type": "application/octet-stream"}
    return lambda phone, file: phone.client.post(PATH, content=file, headers=headers)


def _visits(database: Database) -> list[str]:
    return sorted(database.read(lambda session: session.exec(select(Visit.id)).all()))


def test_two_hundred_encrypted_visits_arrive_once_and_their_numbers_are_not_lost(
    lan: Phone, world: World, deliver: Deliver, database: Database
) -> None:
    lan.exchange()
    ops = [lan.visit(world.duc) for _ in range(200)]
    file = make_export_file(lan, *ops)
    lan.exchange()  # signed in again: the numbers are held, and not sent
    answer = deliver(lan, file).json()
    assert answer == {"proto": 1, "stored": 200, "retry": 0, "refused": []}
    assert deliver(lan, file).json()["stored"] == 200
    assert _visits(database) == sorted(op["data"]["id"] for op in ops)
    lan.held.clear()
    lan.exchange(lan.visit(world.mai))
    device = database.read(lambda session: session.get_one(Device, (world.commune_id, lan.device_id)))
    assert (device.lost_count, device.reused_count) == (0, 0)


def test_what_is_refused_comes_back_to_its_author(lan: Phone, world: World, deliver: Deliver) -> None:
    lan.exchange()
    good, bad = lan.visit(world.duc), lan.visit(world.duc, result="not_home")
    answer = deliver(lan, make_export_file(lan, good, bad)).json()
    assert (answer["stored"], answer["retry"]) == (1, 0)
    ((refused),) = answer["refused"]
    assert (refused["op"]["op_id"], refused["code"]) == (bad["op_id"], "services_not_allowed")


def test_another_accounts_queue_is_refused(lan: Phone, nam: Phone, world: World, deliver: Deliver) -> None:
    lan.exchange()
    file = make_export_file(lan, lan.visit(world.duc))
    answer = deliver(nam, file)
    assert (answer.status_code, answer.json()["error"]) == (422, "file_foreign")
    nam.client.cookies.clear()
    assert deliver(nam, file).status_code == 401


def test_phone_that_is_another_device_now_delivers_what_it_encrypted_before(
    lan: Phone, world: World, deliver: Deliver, database: Database
) -> None:
    """As at a server that was made anew, which knows none of the devices."""
    lan.exchange()
    op = lan.visit(world.duc)
    key = lan.exchange()["export_key"]
    file = encrypt_content(key, owner_of(lan) | {"device_id": "of-the-lost-server", "ops": [op]})
    assert deliver(lan, file).json()["stored"] == 1
    entry = database.read(
        lambda session: session.exec(select(LedgerEntry).where(LedgerEntry.op_id == op["op_id"])).one()
    )
    assert entry.device_id == lan.device_id


def plain_key(session: Session, key: keys.ExportKey) -> str:
    return keys.decrypt(session, key.private_key, key.id)


def test_keys_are_those_that_the_id_key_says(lan: Phone, world: World, database: Database) -> None:
    first = database.read(keys.all_keys)
    second = database.write(lambda session: keys.create(session, world.commune_id, lan.now).id)

    def forget(session: Any) -> None:
        for key in keys.all_keys(session):
            session.delete(key)

    database.write(forget)
    for key in first:
        found = database.read(partial(keys.find, commune_id=key.commune_id, key_id=key.id))
        assert found is not None
        assert database.read(partial(plain_key, key=found)) == database.read(partial(plain_key, key=key))
    assert database.read(lambda session: keys.find(session, world.commune_id, second)) is not None

    database.write(lambda session: replace_key(session, "0" * 64))
    assert database.read(lambda session: keys.find(session, world.commune_id, second)) is None


def test_commune_with_a_key_of_a_build_before_gets_one_that_is_derived(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    def make_older(session: Any) -> None:
        for key in keys.all_keys(session):
            session.delete(key)
            session.flush()
            older = "00000000-0000-4000-8000-000000000001"
            secret = keys.encrypt(session, keys.decrypt(session, key.private_key, key.id), older)
            session.add(keys.ExportKey(**key.model_dump() | {"id": older, "private_key": secret}))

    database.write(make_older)
    clock.forward(days=1)
    keys.ensure_all(database, clock())
    keys.ensure_all(database, clock())
    assert len(database.read(keys.all_keys)) == 2
    newest = lan.exchange()["export_key"]["id"]
    assert newest != "00000000-0000-4000-8000-000000000001"
