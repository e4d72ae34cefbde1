"""Only a file that its phone has signed counts as its owner's; any other one waits for a supervisor."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Device
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.reports.closing import close_period
from app.sync.applying import quota
from app.sync.export.importer import import_file, summary_sentence
from app.sync.quarantine.retry import retry_all
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.reports.test_closing import FIRST, Close, close, forward
from tests.sync.export.export_file import (
    encrypt_content,
    make_export_file,
    make_unsigned_file,
    owner_of,
    public_key,
)
from tests.world import World

__all__ = ["close"]


@pytest.fixture
def three(lan: Phone, world: World) -> list[dict[str, Any]]:
    """Three visits of Lan's that the phone has not sent."""
    return [lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.duc, result="not_home", services=[])]


def visits(database: Database) -> list[Visit]:
    return list(database.read(lambda session: session.exec(select(Visit)).all()))


def waiting(database: Database) -> list[QuarantinedOperation]:
    wanted = select(QuarantinedOperation).where(QuarantinedOperation.state == "open")
    return list(database.read(lambda session: session.exec(wanted).all()))


def device_of(database: Database, phone: Phone) -> Device:
    return database.read(lambda session: session.get_one(Device, (phone.commune_id, phone.device_id)))


def forged(lan: Phone, *ops: dict[str, Any], by: str = "") -> bytes:
    """A file of somebody who knows Lan's ids and the public key of the commune."""
    key = lan.exchange()["export_key"]
    return encrypt_content(key, owner_of(lan) | {"ops": list(ops)}, signed_by=by or None)


@pytest.mark.parametrize("by", ["", "a supervisor"])
def test_file_forged_with_everything_that_the_desk_shows_counts_nothing_and_is_seen(
    by: str, lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, desk: TestClient
) -> None:
    lan.exchange(device_key=public_key(lan.device_id))
    summary = import_file(database, forged(lan, *three, by=by), clock())
    assert (summary.applied, summary.quarantined, visits(database)) == (0, 3, [])
    assert "không có chữ ký của máy này" in summary_sentence(summary)
    assert {one.reason for one in waiting(database)} == {"unsigned"}
    assert "Tệp không có chữ ký của máy này" in desk.get("/desk/quarantine").text


def test_signature_covers_every_operation(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    """A signature that was made for one content is none for another."""
    key = lan.exchange(device_key=public_key(lan.device_id))["export_key"]
    content = owner_of(lan) | {"ops": three[:1]}
    genuine = encrypt_content(key, content, signed_by=lan.device_id)
    assert import_file(database, genuine, clock()).is_signed
    other = owner_of(lan) | {"ops": three, "signature": "A" * 86 + "=="}
    assert not import_file(database, encrypt_content(key, other), clock()).is_signed
    assert len(visits(database)) == 1


def test_unsigned_file_of_an_older_phone_arrives_and_its_phone_needs_nobody_to_count(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    import_file(database, make_unsigned_file(lan, *three), clock())
    assert (len(waiting(database)), visits(database)) == (3, [])
    assert lan.statuses(*three) == ["applied"] * 3
    assert (waiting(database), len(visits(database))) == ([], 3)
    assert {one.vouched_by for one in visits(database)} == {None}
    assert lan.statuses(*three) == ["duplicate"] * 3


def test_signed_file_lets_what_came_unsigned_count(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    import_file(database, make_unsigned_file(lan, *three), clock())
    assert import_file(database, make_export_file(lan, *three), clock()).applied == 3
    assert import_file(database, make_export_file(lan, *three), clock()).duplicate == 3
    assert len(visits(database)) == 3


def test_revoked_phone_proves_nothing_for_the_books(
    lan: Phone, three: list[dict[str, Any]], desk: TestClient, database: Database, clock: FakeClock
) -> None:
    import_file(database, make_unsigned_file(lan, *three), clock())
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    assert lan.statuses(*three) == ["quarantined"] * 3
    assert ({one.reason for one in waiting(database)}, visits(database)) == ({"revoked"}, [])


def test_what_the_phone_amends_follows_the_visit_that_came_unsigned(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    lan.exchange(visit, lan.amend(visit, note="Sửa trên máy"))
    assert [one.note for one in visits(database)] == ["Sửa trên máy"]
    assert waiting(database) == []


def test_dropped_file_stays_dropped_when_the_phone_sends_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/drop")
    [result] = lan.exchange(visit)["results"]
    assert (result["status"], result["code"], visits(database)) == ("quarantined", "dropped", [])


def test_unsigned_file_changes_nothing_that_the_server_knows_of_the_phone(
    lan: Phone, world: World, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its numbers are claimed by whoever made it: by it no number is lost, used twice, or found."""
    monkeypatch.setattr(quota, "MAX_ROWS", 2)
    lan.exchange()
    false = [lan.visit(world.duc) | {"op_id": new_id(), "seq": seq} for seq in (1, 2, 900_000)]
    summary = import_file(database, forged(lan, *false), clock())
    assert (summary.quarantined, summary.retry) == (2, 1)
    lan.held.clear()
    lan.seq = 0
    real = [lan.visit(world.duc), lan.visit(world.mai), lan.visit(new_id()), lan.visit(new_id())]
    assert lan.statuses(*real[:1], *real[2:]) == ["applied", "quarantined", "quarantined"]
    lan.held.clear()
    lan.exchange(lan.visit(world.mai))
    device = device_of(database, lan)
    assert (device.next_seq, device.reused_count, device.full_since) == (6, 0, None)
    assert device.lost_seqs == [[2, 2]], "the number that the file claims is lost all the same"


def test_nothing_but_a_decision_lets_an_unsigned_operation_count(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    """*Nhận tất cả* has failed for it because its household is missing; the household arrives."""
    unknown = new_id()
    visit = lan.visit(unknown)
    import_file(database, make_unsigned_file(lan, visit), clock())
    desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept?reason=unsigned", data={"seen": "1"})
    assert waiting(database)[0].code == "household_unknown"
    lan.exchange(lan.op("household.add", {"id": unknown, "hamlet_id": world.dong, "head_name": "Lò Văn Thử"}))
    assert database.read(lambda s: s.get(Household, (world.commune_id, unknown))) is not None
    assert (retry_all(database, clock()), visits(database)) == (0, [])


def test_known_id_with_other_content_waits_as_unsigned(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    changed = visit | {"data": visit["data"] | {"id": new_id()}}
    import_file(database, forged(lan, changed), clock())
    assert [one.reason for one in waiting(database)] == ["unsigned"]


def test_accepted_file_counts_under_the_supervisors_name(
    lan: Phone,
    three: list[dict[str, Any]],
    database: Database,
    clock: FakeClock,
    desk: TestClient,
    world: World,
) -> None:
    import_file(database, make_unsigned_file(lan, *three), clock())
    page = desk.get("/desk/quarantine").text
    assert page.count("Tệp không có chữ ký") == 3
    row = waiting(database)[0]
    item = desk.get(f"/desk/quarantine/{row.op_id}/{row.payload_hash}").text
    assert "Nhận cả 3 bản ghi chờ của máy này" in item
    answer = desk.post(f"/desk/quarantine/devices/{lan.device_id}/accept?reason=unsigned", data={"seen": "3"})
    assert "applied=3" in answer.headers["location"]
    assert {one.vouched_by for one in visits(database)} == {world.binh}
    panel = desk.get(f"/desk/visits/{three[0]['data']['id']}").text
    assert "Từ tệp không ký, người nhận" in panel
    rows = lan.exchange()["changes"]["visit"]
    assert [(row["vouched_by"], row["disowned"]) for row in rows] == [(world.binh, False)] * 3


def test_author_who_amends_such_a_visit_stands_for_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/accept")
    assert [one.vouched_by for one in visits(database)] == [world.binh]
    lan.exchange(lan.amend(visit, note="Đúng tôi ghi"))
    assert [one.vouched_by for one in visits(database)] == [None]


def test_author_can_stand_for_it_also_after_its_period_was_closed(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient, close: Close
) -> None:
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/accept")
    forward(lan, clock)
    close(FIRST)
    assert lan.statuses(lan.amend(visit, note="Hai người")) == ["rejected"]
    assert lan.statuses(lan.amend(visit)) == ["applied"]
    [one] = visits(database)
    assert (one.vouched_by, one.version, one.note) == (None, 1, visit["data"]["note"])


def test_disowned_visit_is_withdrawn_and_the_desk_is_told(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/accept")
    disown = lan.op("visit.withdraw", {"id": visit["data"]["id"], "disowned": True})
    assert lan.statuses(disown) == ["applied"]
    [one] = visits(database)
    assert (one.withdrawn_at, one.disowned_at) == (clock(), clock())
    page = desk.get("/desk/quarantine").text
    assert "Người ghi nói: không phải tôi ghi" in page
    assert all(text in page for text in ("Đã bỏ, thôi tính.", "Hoàng Văn Bình"))
    assert "Người ghi nói không phải mình ghi" in desk.get(f"/desk/visits/{one.id}").text


def test_visit_that_nobody_vouched_for_cannot_be_disowned(
    lan: Phone, world: World, database: Database
) -> None:
    """Then *Bỏ* is the word, and the desk is not told of a forgery."""
    visit = lan.visit(world.duc)
    lan.exchange(visit, lan.op("visit.withdraw", {"id": visit["data"]["id"], "disowned": True}))
    assert [(one.withdrawn_at is not None, one.disowned_at) for one in visits(database)] == [(True, None)]


def test_key_that_is_no_key_keeps_no_phone_from_sending(lan: Phone, world: World, database: Database) -> None:
    for key in ("", "x", "A" * 88, public_key("x")[:-4] + "AAA="):
        assert lan.send(device_key=key).status_code == 200
    assert device_of(database, lan).public_key is None


def test_key_is_registered_at_the_next_exchange_also_between_two_contacts(
    lan: Phone, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    lan.exchange(device_key=public_key("first"))
    assert device_of(database, lan).public_key == public_key("first")
    entries = database.read(lambda session: [one.entry for one in session.exec(select(DeskEntry))])
    registered = [entry for entry in entries if entry["what"] == "device.key_registered"]
    assert [(entry["device"], entry["public_key"]) for entry in registered] == [
        (lan.device_id, public_key("first"))
    ]
    lan.exchange(device_key=public_key("second"))  # its storage was emptied
    assert device_of(database, lan).public_key == public_key("second")


def test_disowned_visit_of_a_closed_period_stays_and_is_not_refused(
    lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    """Its author could do nothing about a refusal, and the commune would not hear of it."""
    visit = lan.visit(world.duc)
    import_file(database, make_unsigned_file(lan, visit), clock())
    [row] = waiting(database)
    desk.post(f"/desk/quarantine/{row.op_id}/{row.payload_hash}/accept")
    clock.forward(days=7)
    lan.now = clock()
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})

    def close(session: Session) -> None:
        binh = actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))
        close_period(session, binh, "2026-W48", "", clock())

    database.write(close)
    disown = lan.op("visit.withdraw", {"id": visit["data"]["id"], "disowned": True})
    [result] = lan.exchange(disown)["results"]
    assert (result["status"], result["row"]["disowned"]) == ("applied", True)
    assert [(one.withdrawn_at, one.disowned_at) for one in visits(database)] == [(None, clock())]
    assert "Vẫn được tính trong kỳ đã chốt." in desk.get("/desk/quarantine").text


@pytest.mark.parametrize("how", ["revoked", "ended"])
def test_phone_that_was_revoked_keeps_the_key_that_it_had(
    how: str, lan: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> None:
    lan.exchange(device_key=public_key("first"))
    stop = f"/desk/devices/{lan.device_id}/revoke" if how == "revoked" else f"/desk/people/{world.lan}/end"
    assert desk.post(stop).status_code == 303
    clock.forward(minutes=6)
    for ops in ([], [lan.visit(world.duc)]):
        assert lan.send(*ops, device_key=public_key("thief")).status_code == 200
        assert device_of(database, lan).public_key == public_key("first")
