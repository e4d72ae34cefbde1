"""Backups of before the move, restored on either side, and undoing a move."""

import pytest

from app.commune.areas import Commune
from app.commune.moving import CommuneArrival
from app.core.epoch import ServerEpoch
from app.core.feed import FeedCounter
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.moving import departure
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import heal, send
from tests.upkeep.moving.conftest import ADDRESS, CODE, Move
from tests.world import World


def test_commune_that_has_left_does_not_come_back_with_an_old_backup(
    move: Move, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    move.old.back_up()
    move.leave()
    restored = move.old.restore()
    assert (restored.reverted.decisions, restored.reverted.arrived) == ([], [])
    (commune,) = (one for one in move.old.rows(Commune) if one.code == CODE)
    assert commune.moved_to == ADDRESS
    refused = lan.send(lan.visit(world.duc))
    assert (refused.status_code, refused.json()["error"]) == (503, "commune_off")


def test_undone_move_stays_undone_after_a_restore(move: Move, lan: Phone, world: World) -> None:
    lan.exchange()
    move.old.back_up()
    move.leave()
    move.old.clock.forward(seconds=1)
    departure.undo(move.old.database, CODE, move.old.clock())
    assert lan.statuses(lan.visit(world.duc)) == ["applied"]
    move.old.restore()
    assert [one.moved_at for one in move.old.rows(Commune) if one.code == CODE] == [None]
    assert lan.send().status_code == 200


def test_undone_move_can_be_made_again_and_has_what_came_in_between(
    move: Move, lan: Phone, world: World
) -> None:
    lan.exchange()
    move.leave()
    with pytest.raises(MaintenanceRefused) as refused:
        departure.export(
            move.old.database, move.old.settings, CODE, move.file.with_suffix(".2"), "https://x.example",
            move.old.clock(),
        )  # fmt: skip
    assert "has moved already" in refused.value.sentence
    departure.undo(move.old.database, CODE, move.old.clock())
    with pytest.raises(MaintenanceRefused):
        departure.undo(move.old.database, CODE, move.old.clock())
    lan.exchange(lan.visit(world.duc))
    move.go(lan)
    assert len(move.new.rows(Visit)) == 1


def test_new_history_there_is_everybodys_and_loses_nothing(move: Move, lan: Phone, world: World) -> None:
    sent = send(lan, lan.visit(world.duc))
    move.go(lan)
    before = lan.exchange()["epoch"]
    sent += send(lan, lan.visit(world.mai))
    move.new.back_up()
    sent += send(lan, lan.amend(sent[0][0], note="Lần hai"))
    move.new.restore()
    assert lan.exchange()["epoch"] != before
    (epoch,) = (one.epoch for one in move.new.rows(ServerEpoch))
    assert {one.epoch for one in move.new.rows(FeedCounter)} == {None}
    lan.state["epoch"] = before
    statuses = [result["status"] for result in heal(lan, sent)]
    assert sorted(statuses) == ["applied", "duplicate", "duplicate"]
    assert lan.exchange()["epoch"] == epoch
    assert {one.note for one in move.new.rows(Visit)} == {"Lần hai", "Đã cài xong"}


def test_file_is_imported_again_after_a_restore_that_lost_it(move: Move, lan: Phone, world: World) -> None:
    """What the new instance acknowledged since comes again, and a phone that it revoked stays out."""
    sent = send(lan, lan.visit(world.duc))
    move.leave()
    move.new.back_up()
    move.arrive()
    move.follow(lan)
    moved_in = lan.exchange()["epoch"]
    sent += send(lan, lan.visit(world.mai), lan.amend(sent[0][0], note="Sau khi chuyển"))
    versions = [result["version"] for _op, result in sent]
    desk = move.new.browser()
    assert desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code == 303
    nam = move.new.phone(("0900000002", "10000002"))
    assert desk.post(f"/desk/devices/{nam.device_id}/revoke", data={"confirm": "1"}).status_code in (303, 200)
    restored = move.new.restore()
    assert restored.reverted.arrived == [CODE]
    assert restored.reverted.decisions == []
    assert move.new.rows(CommuneArrival) == []
    arrived = move.arrive()
    assert [one.problems for one in arrived.checks if one.problems] == []
    assert arrived.reverted is not None
    assert nam.device_id in arrived.reverted.suspended_devices
    move.follow(lan)
    lan.state["epoch"] = moved_in
    answers = heal(lan, sent)
    assert [answer["status"] for answer in answers] == ["duplicate", "applied", "applied"]
    assert [answer["version"] for answer in answers] == versions
    assert len(move.new.rows(Visit)) == 2
    new = lan.exchange(lan.amend(sent[0][0], base_version=2, note="Mới"))["results"][0]
    assert new["row"]["version"] > max(versions)
    assert lan.state["cursor"] > 1_000_000


def test_commune_keeps_the_floor_of_the_instance_that_it_left(move: Move, lan: Phone, world: World) -> None:
    """The old instance was restored once: versions there begin above a floor, and go on above it."""
    lan.exchange()
    move.old.back_up()
    move.old.restore()
    visit = lan.visit(world.duc)
    lan.exchange()
    lan.exchange(visit)
    (amended,) = lan.exchange(lan.amend(visit, note="Hai"))["results"]
    floor = max(one.version_floor for one in move.old.rows(ServerEpoch))
    assert amended["row"]["version"] > floor > 0
    move.go(lan)
    other = lan.visit(world.mai)
    lan.exchange(other)
    (changed,) = lan.exchange(lan.amend(other, note="Ba"))["results"]
    assert changed["row"]["version"] > floor
