"""A commune without a name of its own moves: its phones stay at the old address, which takes what they have,
gives no rows, and says where the commune is and with which code they sign in there."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from app.commune.accounts import devices
from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device
from app.core.clock import wire_time
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.applying import quota
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.moving import arrival, departure, queues
from app.upkeep.moving.queues import AppliedQueues
from tests.phone import Phone, new_id, sign_in
from tests.sync.export.export_file import make_export_file
from tests.upkeep.erasure.remains import erase, found_in_tables_of
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.moving.conftest import ADDRESS, CODE, Move
from tests.world import LAN, World

ONE_DATABASE = [
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("new", ["same"], indirect=True),
]


def once(test: Any) -> Any:
    """A test whose subject is no database."""
    for mark in ONE_DATABASE:
        test = mark(test)
    return test


@pytest.fixture
def move(move: Move) -> Move:
    move.name(None)
    return move


def carry(move: Move, file: Path) -> AppliedQueues:
    """Carry over what the old address has taken."""
    file.unlink(missing_ok=True)
    queues.export_queues(move.old.database, move.old.settings, CODE, file)
    return queues.import_queues(move.new.database, file, move.new.clock())


def counts(done: AppliedQueues) -> tuple[int, int, int]:
    return done.total, done.known, done.waiting


def problems(instance: Instance) -> list[Any]:
    return [one for one in check(instance.database) if one.problems]


def waiting(instance: Instance) -> list[tuple[str, str]]:
    return [(one.reason, one.code) for one in instance.rows(QuarantinedOperation) if one.state == "open"]


def test_old_address_takes_the_queue_and_the_new_one_has_all_of_it_once(
    move: Move, lan: Phone, nam: Phone, world: World, tmp_path: Path
) -> None:
    duc, mai, uoc = world.households[world.dong]
    first = lan.visit(duc)
    lan.exchange(first)
    nam.exchange()
    before = dict(lan.state)
    queue = [lan.visit(mai), lan.amend(first, note="Đã gọi lại")]
    move.leave()
    received_at = move.old.clock()
    answer = lan.exchange(first, *queue)
    assert [one["status"] for one in answer["results"]] == ["duplicate", "quarantined", "quarantined"]
    assert [one.get("code") for one in answer["results"]] == [None, "moved", "moved"]
    assert not any("row" in one or "minimal_row" in one for one in answer["results"])
    assert (answer["epoch"], answer["scope"], answer["cursor"]) == tuple(before.values())
    assert (answer["reset"], answer["more"]) == (False, False)
    assert not any(answer["changes"].values())
    assert answer["moved"]["address"] == ADDRESS
    assert "code" in answer["moved"]
    move.arrive()
    move.new.clock.forward(hours=2)  # the clock of both
    later = [lan.visit(uoc), nam.visit(world.anh)]
    assert lan.statuses(later[0]) == nam.statuses(later[1]) == ["quarantined"]
    assert lan.statuses(later[0]) == ["quarantined"], "sent again, as after an answer that was lost"
    assert counts(carry(move, tmp_path / "queues")) == (4, 0, 0)
    stored = {one.household_id: one for one in move.new.rows(Visit)}
    assert {*stored} == {duc, mai, uoc, world.anh}
    assert stored[duc].note == "Đã gọi lại"
    assert stored[mai].recorded_by == lan.account_id
    assert (stored[mai].received_at, stored[uoc].received_at) == (received_at, move.new.clock()), (
        "first receipts"
    )
    assert move.old.rows(Visit)[0].note != "Đã gọi lại"
    assert counts(carry(move, tmp_path / "queues")) == (4, 4, 0)
    assert len(move.new.rows(Visit)) == 4
    assert problems(move.new) == []
    (device,) = (one for one in move.new.rows(Device) if one.id == lan.device_id)
    assert device.next_seq == lan.seq + 1


@once
def test_code_signs_in_at_the_new_address_once_and_for_as_long_as_codes_do(
    move: Move, lan: Phone, nam: Phone, world: World
) -> None:
    for phone in (lan, nam):
        phone.exchange()
    move.leave()
    said = lan.exchange()["moved"]
    assert said["code"] != nam.exchange()["moved"]["code"]
    move.arrive()
    fresh = sign_in(move.new.browser(), LAN[0], said["code"], move.new.clock(), installation_id="moi")
    assert fresh.account_id == lan.account_id
    assert fresh.statuses(fresh.visit(world.duc)) == ["applied"]
    form = {"invite": said["code"], "phone": LAN[0], "name": "Máy lạ", "installation_id": "la"}
    assert move.new.browser().post("/api/v1/devices", json=form).status_code == 401
    refused = move.old.browser().post("/api/v1/devices", json=form)
    assert (refused.status_code, refused.json()["address"]) == (503, ADDRESS)
    move.old.clock.forward(days=15)
    assert lan.exchange()["moved"] == {"address": ADDRESS}


@once
def test_revoked_phone_gets_no_code_and_what_it_sends_waits_at_the_new_desk(
    move: Move, lan: Phone, nam: Phone, world: World, tmp_path: Path
) -> None:
    second = move.old.phone(LAN, installation_id="may-thu-hai")  # of the same account: it has a code
    for phone in (lan, nam, second):
        phone.exchange()
    now = move.old.clock()
    binh = Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")
    move.old.database.write(lambda session: devices.revoke(session, binh, lan.device_id, now))
    move.leave()
    answer = lan.exchange(lan.visit(world.duc))
    assert (answer["erase"], answer["moved"]) == (True, {"address": ADDRESS})
    assert "code" in second.exchange()["moved"]
    assert nam.statuses(nam.visit(world.anh)) == ["quarantined"]
    move.arrive()
    move.new.database.write(lambda session: devices.revoke(session, binh, nam.device_id, now))
    assert counts(carry(move, tmp_path / "queues")) == (2, 0, 2)
    assert waiting(move.new) == [("revoked", ""), ("revoked", "")]
    assert move.new.rows(Visit) == []


@once
def test_what_cannot_be_applied_waits_at_the_new_desk(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    lan.exchange()
    move.leave()
    move.arrive()
    sent = [
        lan.visit(new_id()),
        lan.op("visit.record", {"id": 7}),
        lan.op("song.sing", {"id": new_id()}),
        lan.visit(world.duc),
    ]
    assert lan.statuses(*sent) == ["quarantined"] * 4
    assert counts(carry(move, tmp_path / "queues")) == (4, 0, 3)
    assert sorted(waiting(move.new)) == [
        ("unappliable", "invalid"),
        ("unappliable", "type_unknown"),
        ("waiting", "household_unknown"),
    ]
    assert [one.household_id for one in move.new.rows(Visit)] == [world.duc]


@once
def test_what_was_sent_before_the_move_is_undone_is_applied(move: Move, lan: Phone, world: World) -> None:
    lan.exchange()
    move.leave()
    visit = lan.visit(world.duc)
    assert lan.statuses(visit) == ["quarantined"]
    departure.undo(move.old.database, CODE, move.old.clock())
    assert [one.household_id for one in move.old.rows(Visit)] == [world.duc]
    answer = lan.exchange(visit)
    assert "moved" not in answer
    assert answer["results"][0]["status"] == "duplicate"
    assert problems(move.old) == []


@once
def test_file_that_was_written_again_later_has_what_came_by_then(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    lan.exchange()
    move.leave()
    assert lan.statuses(lan.visit(world.duc)) == ["quarantined"]
    move.leave()
    move.arrive()
    assert [one.household_id for one in move.new.rows(Visit)] == [world.duc]
    assert counts(carry(move, tmp_path / "queues")) == (1, 1, 0)


@once
def test_encrypted_queue_is_taken_too(move: Move, lan: Phone, world: World, tmp_path: Path) -> None:
    lan.exchange()
    file = make_export_file(lan, lan.visit(world.duc), lan.visit(world.mai))
    move.leave()
    answer = lan.client.post("/api/v1/encrypted-queue", content=file)
    assert (answer.status_code, answer.json()["stored"]) == (200, 2)
    move.arrive()
    assert counts(carry(move, tmp_path / "queues")) == (2, 0, 0)
    assert len(move.new.rows(Visit)) == 2


@once
def test_phone_cannot_fill_the_old_disk(move: Move, lan: Phone, world: World) -> None:
    lan.exchange()
    move.leave()
    with patch.object(quota, "MAX_ROWS", 2):
        results = lan.exchange(*(lan.visit(world.duc) for _ in range(3)))["results"]
    assert sorted(one["code"] for one in results) == ["device_full", "moved", "moved"]


@once
def test_phone_without_a_list_is_told_where_the_commune_is(move: Move, lan: Phone) -> None:
    move.leave()
    answer = lan.send()
    assert (answer.status_code, answer.json()["address"]) == (503, ADDRESS)


@once
def test_file_of_the_other_kind_is_refused_and_the_commune_is_needed(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    lan.exchange(lan.visit(world.duc))
    file = tmp_path / "queues"
    with pytest.raises(MaintenanceRefused, match="has not moved"):
        queues.export_queues(move.old.database, move.old.settings, CODE, file)
    move.leave()
    lan.exchange(lan.visit(world.mai))
    queues.export_queues(move.old.database, move.old.settings, CODE, file)
    now = move.new.clock()
    with pytest.raises(MaintenanceRefused, match="import it first"):
        queues.import_queues(move.new.database, file, now)
    with pytest.raises(MaintenanceRefused, match="of another kind"):
        arrival.import_commune(move.new.database, file, move.place, now)
    with pytest.raises(MaintenanceRefused, match="of another kind"):
        queues.import_queues(move.new.database, move.file, now)


@once
def test_what_came_for_a_household_that_was_erased_meanwhile_is_not_stored(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    duc, mai, _uoc = world.households[world.dong]
    lan.exchange()
    move.leave()
    lan.exchange(lan.visit(duc, note="Bà Đức dặn gọi lại"), lan.visit(mai))
    move.arrive()
    erase(move.new.database, world, duc, move.new.clock())
    assert counts(carry(move, tmp_path / "queues")) == (2, 1, 0)
    assert {one.household_id for one in move.new.rows(Visit)} == {mai}
    assert found_in_tables_of(move.new.database, ("dặn gọi lại",)) == set()
    assert counts(carry(move, tmp_path / "queues")) == (2, 2, 0)
    assert problems(move.new) == []


@once
def test_household_that_was_erased_here_is_known_by_its_label_in_the_queues(
    move: Move, lan: Phone, world: World, tmp_path: Path
) -> None:
    lan.exchange()
    (row,) = [one for one in move.old.rows(Household) if one.id == world.duc]
    label = {"hamlet_id": row.hamlet_id, "head_name": row.head_name, "house_no": row.house_no}
    earlier, later = [
        lan.op("household.add", label | {"id": new_id(), "alley": row.alley, "head_name": name})
        for name in (row.head_name, row.head_name.upper())
    ]
    move.leave()
    lan.exchange(earlier, lan.visit(earlier["data"]["id"], note="Bà Đức dặn gọi lại"))
    move.arrive()
    move.new.clock.forward(hours=1)
    erase(move.new.database, world, world.duc, move.new.clock())
    move.old.clock.forward(hours=2)
    lan.exchange(later | {"at": wire_time(move.old.clock())}, sent_at=wire_time(move.old.clock()))
    move.new.clock.forward(hours=2)
    assert counts(carry(move, tmp_path / "queues")) == (3, 2, 1)
    assert waiting(move.new) == [("erased_label", "erased_label")]
    assert found_in_tables_of(move.new.database, ("dặn gọi lại",)) == set()
    assert problems(move.new) == []
