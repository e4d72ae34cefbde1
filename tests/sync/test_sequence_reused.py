"""Reused numbers, of a phone whose storage was replaced by an older copy: both records are stored."""

from typing import Any

import pytest
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.applying import quota
from app.sync.export.importer import import_file
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_export_file
from tests.world import World


def test_number_used_for_two_records_is_reported_and_both_are_stored(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    first, _second, _third = _sent(lan, world, 3)
    _set_back(lan, first["seq"])
    again = [lan.visit(world.mai), lan.visit(world.mai)]
    assert lan.statuses(*again) == ["applied", "applied"]
    assert len(database.read(lambda session: list(session.exec(select(Visit))))) == 5
    assert (_device(database, lan).reused_count, _device(database, lan).reused_at) == (2, clock())


def test_repeats_and_late_copies_do_not_count_as_reused_numbers(
    lan: Phone, world: World, database: Database
) -> None:
    refused, waits = lan.visit(world.duc, services=[]), lan.visit(new_id())
    ops = [*_sent(lan, world, 2), refused, waits]
    for _ in range(2):
        lan.exchange(*ops)
    lan.exchange(waits, ops[0])
    assert _device(database, lan).reused_count == 0


def test_record_with_a_reused_number_is_counted_once_however_often_it_is_sent(
    lan: Phone, world: World, database: Database
) -> None:
    first, _second = _sent(lan, world, 2)
    _set_back(lan, first["seq"])
    again = lan.visit(world.mai)
    for _ in range(3):
        lan.exchange(again)
    assert _device(database, lan).reused_count == 1


def test_reused_number_above_the_quota_is_counted_once_its_record_is_stored(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = _sent(lan, world, 1)
    _set_back(lan, first["seq"] - 1)
    waits = lan.visit(new_id())
    with monkeypatch.context() as full:
        full.setattr(quota, "MAX_ROWS", 0)
        assert [lan.statuses(waits) for _ in range(2)] == [["retry"]] * 2
    assert _device(database, lan).reused_count == 0
    assert lan.statuses(waits) == ["quarantined"]
    assert _device(database, lan).reused_count == 1


def test_numbers_of_rejected_and_quarantined_records_can_be_reused_too(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc, services=[]), lan.visit(new_id()))
    _set_back(lan, 0)
    assert lan.statuses(lan.visit(world.mai), lan.visit(world.mai)) == ["applied", "applied"]
    assert _device(database, lan).reused_count == 2


def test_each_phone_has_numbers_of_its_own(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    _sent(lan, world, 2)
    _sent(other, world, 2)
    assert [_device(database, phone).reused_count for phone in (lan, other)] == [0, 0]


def test_number_reused_in_a_file_is_reported(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    (first,) = _sent(lan, world, 1)
    _set_back(lan, 0)
    assert import_file(database, make_export_file(lan, lan.visit(world.mai)), clock()).applied == 1
    assert _device(database, lan).reused_count == 1
    assert import_file(database, make_export_file(lan, first), clock()).duplicate == 1
    assert _device(database, lan).reused_count == 1


def test_invalid_numbers_do_not_count_as_reused(lan: Phone, world: World, database: Database) -> None:
    _sent(lan, world, 1)
    for seq in (0, 0, -1, "1", True, None):
        lan.exchange(lan.visit(world.duc) | {"seq": seq})
    assert _device(database, lan).reused_count == 0


def _sent(phone: Phone, world: World, count: int) -> list[dict[str, Any]]:
    ops = [phone.visit(world.duc) for _ in range(count)]
    assert phone.statuses(*ops) == ["applied"] * count
    return ops


def _set_back(phone: Phone, seq: int) -> None:
    """Replace the phone's storage by what it was after it used this number."""
    phone.seq, phone.held = seq, set()


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
