"""A commune moves: its phones notice nothing, and nothing is lost or doubled."""

from dataclasses import replace
from datetime import timedelta

import pyotp

from app.commune.areas import Commune
from app.commune.second_factor import authenticator, factors
from app.commune.second_factor.factors import PURPOSE
from app.commune.second_factor.models import SecondFactor
from app.core.desk_log import DeskEntry, note
from app.core.feed import FeedCounter
from app.core.id_key.encryption import decrypt
from app.fieldwork.visits.models import Visit
from app.upkeep.audit.purge import purge_log
from tests.phone import Phone
from tests.upkeep.moving.conftest import ADDRESS, CODE, Move
from tests.world import World


def test_phones_go_on_with_cursor_epoch_and_versions(
    move: Move, lan: Phone, nam: Phone, world: World
) -> None:
    first = lan.visit(world.duc)
    lan.exchange(first)
    corrected = lan.amend(first, note="Đã gọi lại")
    (result,) = lan.exchange(corrected)["results"]
    nam.exchange(nam.visit(world.anh))
    lan.exchange()
    before = dict(lan.state)
    arrived = move.go(lan, nam)
    assert [(one.name, one.problems) for one in arrived.checks if one.problems] == []
    answer = lan.exchange()
    assert (answer["epoch"], answer["cursor"], answer["reset"]) == (before["epoch"], before["cursor"], False)
    assert not any(answer["changes"].values())
    amended = lan.amend(first, base_version=result["version"], note="Đã xem lại")
    *repeated, changed = lan.exchange(first, corrected, amended)["results"]
    assert [one["status"] for one in repeated] == ["duplicate", "duplicate"]
    assert (changed["status"], changed["version"]) == ("applied", result["version"] + 1)
    assert len(move.new.rows(Visit)) == 2
    assert nam.exchange(nam.visit(world.anh))["results"][0]["status"] == "applied"


def test_queue_that_the_old_instance_refuses_arrives_once_at_the_new_one(
    move: Move, lan: Phone, world: World
) -> None:
    lan.exchange()
    queue = [lan.visit(household) for household in world.households[world.dong]]
    move.leave()
    refused = lan.send(*queue)
    assert (refused.status_code, refused.json()["error"]) == (503, "commune_off")
    move.arrive()
    move.follow(lan)
    assert lan.statuses(*queue) == ["applied"] * len(queue)
    assert lan.statuses(*queue) == ["duplicate"] * len(queue)
    assert len(move.new.rows(Visit)) == len(queue)
    assert move.old.rows(Visit) == []


def test_new_instance_has_the_commune_under_its_id(move: Move, lan: Phone, world: World) -> None:
    move.go(lan)
    (found,) = (one for one in move.new.rows(Commune) if one.code == CODE)
    (left,) = (one for one in move.old.rows(Commune) if one.code == CODE)
    assert (found.id, found.moved_at, found.started_at) == (world.commune_id, None, left.started_at)
    assert (left.moved_to, left.moved_at) == (ADDRESS, move.old.clock())
    (counter,) = (one for one in move.new.rows(FeedCounter) if one.commune_id == found.id)
    assert not counter.is_away


def test_second_factor_is_the_same_one_and_encrypted_for_the_new_instance(move: Move) -> None:
    secret, now = authenticator.new_secret(), move.old.clock()
    code = pyotp.TOTP(secret).at(now)
    move.old.database.write(lambda session: factors.add_app(session, "binh", secret, code, "Máy Bình", now))
    move.place = replace(move.place, names={"binh": "binh.yb"})
    move.go()
    (before,), (after,) = move.old.rows(SecondFactor), move.new.rows(SecondFactor)
    assert after.sign_in_name == "binh.yb"
    assert secret not in (before.secret, after.secret)
    assert move.new.database.read(lambda session: decrypt(session, PURPOSE, after.secret, after.id)) == secret


def test_desk_says_where_the_commune_is_and_goes_on_there(move: Move, lan: Phone) -> None:
    desk = move.old.browser()
    form = {"name": "binh", "password": "mat-khau-binh"}
    assert desk.post("/desk/sign-in", data=form).status_code == 303
    move.leave()
    for answer in (desk.get("/desk/"), move.old.browser().post("/desk/sign-in", data=form)):
        assert answer.status_code == 503
        assert f"Từ nay mở ở {ADDRESS}" in answer.text
    assert lan.send().json() == {"proto": 1, "error": "commune_off", "address": ADDRESS}
    move.arrive()
    move.follow(lan)
    desk.app = move.new.app
    desk._transport.app = move.new.app  # type: ignore[attr-defined]
    assert desk.get("/desk/").status_code == 200


def test_chain_moves_with_its_commune(move: Move, lan: Phone) -> None:
    """A place that was printed before the move is in the chain after it."""
    lan.exchange()
    before = {row.seq: row.hash for row in _chain(move.old.rows(DeskEntry))}
    move.leave()
    (_moved,) = (row for row in _chain(move.old.rows(DeskEntry)) if row.seq not in before)
    arrived = move.arrive()
    assert [one.problems for one in arrived.checks if one.problems] == []
    there = _chain(move.new.rows(DeskEntry))
    assert {row.seq: row.hash for row in there if row.seq in before} == before
    *_, moved, end = there
    assert (moved.entry["what"], end.entry["what"]) == ("commune.moved", "commune.arrived")
    assert end.entry["before"] == [moved.seq, moved.hash]


def test_chain_whose_beginning_was_purged_moves(move: Move) -> None:
    now = move.old.clock()
    for later in (now - timedelta(days=5 * 366 + 60), now):
        move.old.database.write(lambda session, later=later: note(session, "c06391", "list.undone", later))  # type: ignore[misc]
    list(purge_log(move.old.database, later))
    move.leave()
    before = {row.seq: row.hash for row in _chain(move.old.rows(DeskEntry))}
    assert min(before) > 1
    arrived = move.arrive()
    assert [one.problems for one in arrived.checks if one.problems] == []
    there = {row.seq: row.hash for row in _chain(move.new.rows(DeskEntry))}
    assert {seq: there.get(seq) for seq in before} == before


def _chain(rows: list[DeskEntry]) -> list[DeskEntry]:
    return sorted((row for row in rows if row.commune_id == "c06391"), key=lambda row: row.seq)
