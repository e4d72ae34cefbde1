"""A phone set back by a system image uses its numbers again: both records are kept, which is told."""

from typing import Any

import pytest
from sqlmodel import select

from app.accounts.models import Device
from app.core.db import Database
from app.sync import room
from app.sync.backup.taking_in import take_in
from app.visits.models import Visit
from tests.conftest import FakeClock
from tests.sync.backup_file import copied_out
from tests.sync.phone import Phone, new_id
from tests.world import World


def test_number_used_again_for_another_record_is_told_and_both_are_kept(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    first, _second, _third = _sent(lan, world, 3)
    _set_back(lan, first["seq"])
    anew = [lan.visit(world.mai), lan.visit(world.mai)]
    assert lan.statuses(*anew) == ["applied", "applied"]
    assert len(database.read(lambda session: list(session.exec(select(Visit))))) == 5
    assert (_device(database, lan).reused, _device(database, lan).reused_at) == (2, clock())


def test_repeats_and_late_copies_use_no_number_again(lan: Phone, world: World, database: Database) -> None:
    refused, waits = lan.visit(world.duc, services=[]), lan.visit(new_id())
    ops = [*_sent(lan, world, 2), refused, waits]
    for _ in range(2):
        lan.exchange(*ops)
    lan.exchange(waits, ops[0])
    assert _device(database, lan).reused == 0


def test_set_back_phone_that_sends_one_record_again_and_again_is_counted_once(
    lan: Phone, world: World, database: Database
) -> None:
    first, _second = _sent(lan, world, 2)
    _set_back(lan, first["seq"])
    anew = lan.visit(world.mai)
    for _ in range(3):
        lan.exchange(anew)
    assert _device(database, lan).reused == 1


def test_record_that_finds_no_room_is_counted_once_it_does(
    lan: Phone, world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = _sent(lan, world, 1)
    _set_back(lan, first["seq"] - 1)
    waits = lan.visit(new_id())
    with monkeypatch.context() as full:
        full.setattr(room, "MOST_ROWS", 0)
        assert [lan.statuses(waits) for _ in range(2)] == [["retry"]] * 2
    assert _device(database, lan).reused == 0
    assert lan.statuses(waits) == ["quarantined"]
    assert _device(database, lan).reused == 1


def test_number_of_a_refused_or_kept_record_is_known_too(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc, services=[]), lan.visit(new_id()))
    _set_back(lan, 0)
    assert lan.statuses(lan.visit(world.mai), lan.visit(world.mai)) == ["applied", "applied"]
    assert _device(database, lan).reused == 2


def test_each_phone_has_numbers_of_its_own(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    _sent(lan, world, 2)
    _sent(other, world, 2)
    assert [_device(database, phone).reused for phone in (lan, other)] == [0, 0]


def test_number_used_again_in_a_file_is_told(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    (first,) = _sent(lan, world, 1)
    _set_back(lan, 0)
    assert take_in(database, copied_out(lan, lan.visit(world.mai)), clock()).applied == 1
    assert _device(database, lan).reused == 1
    assert take_in(database, copied_out(lan, first), clock()).known == 1
    assert _device(database, lan).reused == 1


def test_what_is_no_number_is_not_told(lan: Phone, world: World, database: Database) -> None:
    _sent(lan, world, 1)
    for seq in (0, 0, -1, "1", True, None):
        lan.exchange(lan.visit(world.duc) | {"seq": seq})
    assert _device(database, lan).reused == 0


def _sent(phone: Phone, world: World, count: int) -> list[dict[str, Any]]:
    ops = [phone.visit(world.duc) for _ in range(count)]
    assert phone.statuses(*ops) == ["applied"] * count
    return ops


def _set_back(phone: Phone, seq: int) -> None:
    """Its storage is what it was after it gave out this number."""
    phone.seq, phone.held = seq, set()


def _device(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))
