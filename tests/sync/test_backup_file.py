"""A backup file: what a phone could not send is applied as if the phone had sent it, each once."""

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from app.accounts.models import Account, Device
from app.core.db import Database, feed
from app.households.models import Household
from app.sync.backup import keys
from app.sync.backup.sealed import DAMAGED, FOREIGN, NEWER, NO_FILE, OTHER_FILE, FileRefused
from app.sync.backup.taking_in import UNKNOWN_PHONE, Taken, sentence, take_in
from app.sync.models import Quarantined
from app.visits.models import Visit
from tests.conftest import FakeClock
from tests.sync.backup_file import copied_out, sealed
from tests.sync.phone import Phone, new_id
from tests.world import World


@pytest.fixture
def three(lan: Phone, world: World) -> list[dict[str, Any]]:
    """Three visits of Lan's that never left the phone."""
    return [lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.duc, result="not_home", services=[])]


def counts(taken: Taken) -> tuple[int, int, int, int, int]:
    return taken.applied, taken.known, taken.waiting, taken.refused, taken.again


def visits(database: Database) -> list[Visit]:
    return list(database.read(lambda session: session.exec(select(Visit)).all()))


def refused(database: Database, file: bytes, clock: FakeClock, commune_id: str | None = None) -> str:
    with pytest.raises(FileRefused) as fault:
        take_in(database, file, clock(), commune_id)
    assert visits(database) == []
    return fault.value.sentence


def test_what_never_left_the_phone_is_recorded_once(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, world: World
) -> None:
    file = copied_out(lan, *three)
    taken = take_in(database, file, clock(), world.commune_id)
    assert counts(taken) == (3, 0, 0, 0, 0)
    assert sentence(taken) == ("Tệp của Nguyễn Thị Lan có 3 bản ghi: đã nhận 3, đã có từ trước 0.")
    assert {(one.id, one.recorded_by) for one in visits(database)} == {
        (op["data"]["id"], world.lan) for op in three
    }


def test_the_same_file_again_and_the_phone_itself_double_nothing(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = copied_out(lan, *three)
    take_in(database, file, clock())
    assert counts(take_in(database, file, clock())) == (0, 3, 0, 0, 0)
    assert lan.statuses(*three) == ["duplicate"] * 3
    assert len(visits(database)) == 3


def test_what_the_phone_had_sent_meanwhile_is_known(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = copied_out(lan, *three)
    lan.exchange(three[1])
    assert counts(take_in(database, file, clock())) == (2, 1, 0, 0, 0)


def test_every_fate_is_counted(lan: Phone, world: World, database: Database, clock: FakeClock) -> None:
    file = copied_out(
        lan,
        lan.visit(world.duc),
        lan.visit(new_id()),
        lan.visit(world.mai, services=[]),
        lan.op("visit.record", {"id": new_id()}, v=99),
    )
    taken = take_in(database, file, clock())
    assert counts(taken) == (1, 0, 1, 2, 0)
    assert sentence(taken).endswith("đã nhận 1, đã có từ trước 0, chờ xử lý 1, bị từ chối 2.")


def test_more_than_an_exchange_holds_is_taken_in_whole_in_the_order_of_saving(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    ops = [lan.visit(world.duc) for _ in range(450)]
    ops.append(lan.amend(ops[0], note="Sửa sau cùng"))
    assert counts(take_in(database, copied_out(lan, *reversed(ops)), clock())) == (451, 0, 0, 0, 0)
    assert next(one for one in visits(database) if one.id == ops[0]["data"]["id"]).note == "Sửa sau cùng"


def test_a_browser_that_cannot_compress_makes_a_file_as_good(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    key = lan.exchange()["backup_key"]
    whose = {"commune_id": lan.commune_id, "account_id": lan.account_id, "device_id": lan.device_id}
    file = sealed(key, whose | {"ops": three}, pack=False)
    assert counts(take_in(database, file, clock())) == (3, 0, 0, 0, 0)


def test_a_file_that_travelled_for_days_counts_for_the_days_of_its_visits(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = copied_out(lan, *three)
    clock.forward(days=9)
    take_in(database, file, clock())
    assert {one.counted_on.isoformat() for one in visits(database)} == {"2026-11-24"}


def test_the_next_phone_of_the_device_does_not_give_the_same_numbers(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    take_in(database, copied_out(lan, *three), clock())
    assert database.read(lambda s: s.get_one(Device, (lan.commune_id, lan.device_id)).next_seq) == 4


@pytest.mark.parametrize("suspended", ["device", "account"])
def test_a_revoked_phones_file_is_kept_apart(
    suspended: str,
    lan: Phone,
    three: list[dict[str, Any]],
    database: Database,
    clock: FakeClock,
    world: World,
) -> None:
    file = copied_out(lan, *three)
    database.write(lambda session: _suspend(session, lan, suspended, clock))
    assert counts(take_in(database, file, clock(), world.commune_id)) == (0, 0, 3, 0, 0)
    kept = database.read(lambda session: session.exec(select(Quarantined)).all())
    assert ({one.reason for one in kept}, visits(database)) == ({"revoked"}, [])


def test_every_cut_and_every_changed_byte_is_refused(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = copied_out(lan, *three)
    key_id = slice(8, 24)
    for size in range(8, len(file), 7):
        assert refused(database, file[:size], clock) == DAMAGED
    for place in range(len(file)):
        changed = file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        expected = OTHER_FILE if place < 7 else DAMAGED
        if key_id.start <= place < key_id.stop:
            expected = FOREIGN
        assert refused(database, changed, clock) == (expected if place != 7 else DAMAGED)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", NO_FILE),
        (b"x" * 8_388_609, NO_FILE),
        (b"PK\x03\x04 a list of households", OTHER_FILE),
        (b"TUNGNHA\x02" + bytes(200), NEWER),
        (b"TUNGNHA\x01" + bytes(200), FOREIGN),
        (b"TUNGNHA\x01", DAMAGED),
    ],
    ids=["nothing", "too large", "another", "newer", "unknown key", "cut"],
)
def test_what_is_no_file_of_ours_is_refused_with_a_sentence(
    file: bytes, said: str, world: World, database: Database, clock: FakeClock
) -> None:
    assert refused(database, file, clock) == said


@pytest.mark.parametrize(
    "content",
    [[], {}, {"ops": "x"}, {"ops": [{"op_id": "x"}]}, {"ops": [7]}, {"device_id": "\x00"}],
    ids=json.dumps,
)
def test_content_that_no_phone_writes_is_refused(
    content: Any, lan: Phone, database: Database, clock: FakeClock
) -> None:
    key = lan.exchange()["backup_key"]
    whose = {
        "commune_id": lan.commune_id,
        "account_id": lan.account_id,
        "device_id": lan.device_id,
        "ops": [],
    }
    whole = whose | content if isinstance(content, dict) and content else content
    assert refused(database, sealed(key, whole), clock) == DAMAGED


def test_a_file_of_the_commune_next_door_cannot_be_read_here(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, world: World
) -> None:
    assert refused(database, copied_out(lan, *three), clock, world.neighbour_id) == FOREIGN


def test_a_file_that_says_another_commune_than_its_key_is_refused(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, world: World
) -> None:
    file = copied_out(lan, *three, commune_id=world.neighbour_id)
    assert refused(database, file, clock, world.commune_id) == FOREIGN


@pytest.mark.parametrize("changed", ["device_id", "account_id"])
def test_nobody_writes_in_anothers_name(
    changed: str, lan: Phone, nam: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    """Who knows the public key can make a file, but not for a device whose id only that device knows."""
    file = copied_out(nam, *three, **{changed: getattr(lan, changed)})
    assert refused(database, file, clock) == UNKNOWN_PHONE


def test_a_newer_key_reaches_phones_and_the_older_one_still_reads(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    first = lan.exchange()["backup_key"]
    file = copied_out(lan, *three)
    clock.forward(minutes=1)
    newer = database.write(lambda session: keys.make(session, lan.commune_id, clock()).id)
    assert lan.exchange(key=first["id"])["backup_key"]["id"] == newer
    assert "backup_key" not in lan.exchange(key=newer)
    assert counts(take_in(database, file, clock())) == (3, 0, 0, 0, 0)


def test_a_household_of_the_file_stands_before_its_visits(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    home = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Văn Sơn", "house_no": "7", "alley": ""}
    ops = [lan.op("household.add", home), lan.visit(home["id"])]
    assert counts(take_in(database, copied_out(lan, *ops), clock())) == (2, 0, 0, 0, 0)
    assert (
        database.read(lambda s: s.get_one(Household, (lan.commune_id, home["id"]))).head_name == "Vũ Văn Sơn"
    )


def _suspend(session: Session, lan: Phone, what: str, clock: FakeClock) -> None:
    if what == "device":
        device = session.get_one(Device, (lan.commune_id, lan.device_id))
        device.revoked_at, device.revoked_by = clock(), "binh"
        session.add(device)
        return
    account = session.get_one(Account, (lan.commune_id, lan.account_id))
    account.ended_at = clock()
    feed(session, lan.commune_id, [account])
    session.add(account)
