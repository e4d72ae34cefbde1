"""An export file: operations that a phone could not send are applied as if it had sent them, each once."""

import json
from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Account, Device
from app.core.db import Database
from app.core.feed import feed
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.export import keys
from app.sync.export.importer import ImportSummary, import_file, summary_sentence
from app.sync.export.refusals import (
    DAMAGED,
    FOREIGN,
    NEWER,
    NO_FILE,
    OTHER_FILE,
    UNKNOWN_PHONE,
    FileRefused,
)
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.sync.export.export_file import encrypt_content, make_export_file, owner_of, public_key
from tests.world import World


@pytest.fixture
def three(lan: Phone, world: World) -> list[dict[str, Any]]:
    """Three visits of Lan's that the phone has not sent."""
    return [lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.duc, result="not_home", services=[])]


def counts(summary: ImportSummary) -> tuple[int, int, int, int, int]:
    return summary.applied, summary.duplicate, summary.quarantined, summary.rejected, summary.retry


def visits(database: Database) -> list[Visit]:
    return list(database.read(lambda session: session.exec(select(Visit)).all()))


def refused(database: Database, file: bytes, clock: FakeClock, commune_id: str | None = None) -> str:
    with pytest.raises(FileRefused) as error:
        import_file(database, file, clock(), commune_id)
    assert visits(database) == []
    return error.value.sentence


def test_unsent_operations_are_applied_once(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, world: World
) -> None:
    file = make_export_file(lan, *three)
    summary = import_file(database, file, clock(), world.commune_id)
    assert counts(summary) == (3, 0, 0, 0, 0)
    assert summary_sentence(summary) == ("Tệp của Nguyễn Thị Lan có 3 bản ghi: đã nhập 3, đã có từ trước 0.")
    assert {(one.id, one.recorded_by) for one in visits(database)} == {
        (op["data"]["id"], world.lan) for op in three
    }


def test_second_import_and_the_phone_itself_change_nothing(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, *three)
    import_file(database, file, clock())
    assert counts(import_file(database, file, clock())) == (0, 3, 0, 0, 0)
    assert lan.statuses(*three) == ["duplicate"] * 3
    assert len(visits(database)) == 3


def test_operations_that_the_phone_sent_meanwhile_are_duplicates(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, *three)
    lan.exchange(three[1])
    assert counts(import_file(database, file, clock())) == (2, 1, 0, 0, 0)


def test_every_result_is_counted(lan: Phone, world: World, database: Database, clock: FakeClock) -> None:
    file = make_export_file(
        lan,
        lan.visit(world.duc),
        lan.visit(new_id()),
        lan.visit(world.mai, services=[]),
        lan.op("visit.record", {"id": new_id()}, v=99),
    )
    summary = import_file(database, file, clock())
    assert counts(summary) == (1, 0, 2, 1, 0)
    assert summary_sentence(summary).endswith("đã nhập 1, đã có từ trước 0, chờ xử lý 2, bị từ chối 1.")


def test_file_longer_than_one_request_is_imported_in_the_order_of_saving(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    ops = [lan.visit(world.duc) for _ in range(450)]
    ops.append(lan.amend(ops[0], note="Sửa sau cùng"))
    assert counts(import_file(database, make_export_file(lan, *reversed(ops)), clock())) == (451, 0, 0, 0, 0)
    assert next(one for one in visits(database) if one.id == ops[0]["data"]["id"]).note == "Sửa sau cùng"


def test_uncompressed_file_is_imported_too(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    key = lan.exchange(device_key=public_key(lan.device_id))["export_key"]
    file = encrypt_content(key, owner_of(lan) | {"ops": three}, compress=False, signed_by=lan.device_id)
    assert counts(import_file(database, file, clock())) == (3, 0, 0, 0, 0)


def test_visits_of_an_old_file_count_on_their_own_days(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, *three)
    clock.forward(days=9)
    import_file(database, file, clock())
    assert {one.counted_on.isoformat() for one in visits(database)} == {"2026-11-24"}


def test_import_moves_the_next_number_of_the_device_beyond_those_of_the_file(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    import_file(database, make_export_file(lan, *three), clock())
    assert database.read(lambda s: s.get_one(Device, (lan.commune_id, lan.device_id)).next_seq) == 4


@pytest.mark.parametrize("suspended", ["device", "account"])
def test_file_of_a_suspended_phone_is_quarantined(
    suspended: str,
    lan: Phone,
    three: list[dict[str, Any]],
    database: Database,
    clock: FakeClock,
    world: World,
) -> None:
    file = make_export_file(lan, *three)
    database.write(lambda session: _suspend(session, lan, suspended, clock))
    assert counts(import_file(database, file, clock(), world.commune_id)) == (0, 0, 3, 0, 0)
    quarantined = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    assert ({one.reason for one in quarantined}, visits(database)) == ({"revoked"}, [])


@pytest.mark.slow
def test_every_truncated_file_and_every_changed_byte_is_refused(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    file = make_export_file(lan, *three)
    key_id, commune_id = range(8, 24), range(90, 90 + len(lan.commune_id))
    assert file[90:].startswith(lan.commune_id.encode())
    for size in range(8, len(file), 7):
        assert refused(database, file[:size], clock) == DAMAGED
    for place in range(len(file)):
        changed = file[:place] + bytes([file[place] ^ (2 if place == 7 else 1)]) + file[place + 1 :]
        expected = {OTHER_FILE} if place < 7 else {DAMAGED}
        if place in key_id or place in commune_id:
            expected = {FOREIGN}
        elif place == 89:  # a longer name of a commune, which may be none
            expected = {FOREIGN, DAMAGED}
        assert refused(database, changed, clock) in expected, place


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", NO_FILE),
        (b"x" * 8_388_609, NO_FILE),
        (b"PK\x03\x04 a list of households", OTHER_FILE),
        (b"TUNGNHA\x03" + bytes(200), NEWER),
        (b"TUNGNHA\x01" + bytes(200), FOREIGN),
        (b"TUNGNHA\x02" + bytes(81) + b"\x06c06391" + bytes(100), FOREIGN),
        (b"TUNGNHA\x02" + bytes(200), DAMAGED),
        (b"TUNGNHA\x02" + bytes(81) + b"\x06c 6391" + bytes(100), DAMAGED),
        (b"TUNGNHA\x02" + bytes(81), DAMAGED),
        (b"TUNGNHA\x01", DAMAGED),
    ],
    ids=[
        "empty",
        "too large",
        "another",
        "newer",
        "unknown key of version 1",
        "unknown key",
        "no commune",
        "no id",
        "without the rest",
        "truncated",
    ],
)
def test_other_files_are_refused_with_a_sentence(
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
    key = lan.exchange()["export_key"]
    whole = owner_of(lan) | {"ops": []} | content if isinstance(content, dict) and content else content
    assert refused(database, encrypt_content(key, whole, commune_id=lan.commune_id), clock) == DAMAGED


def test_file_of_the_neighbouring_commune_is_refused(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock, world: World
) -> None:
    assert refused(database, make_export_file(lan, *three), clock, world.neighbour_id) == FOREIGN


@pytest.mark.parametrize("head", ["the content's", "the key's", "none"])
def test_file_that_names_another_commune_than_its_keys_is_refused(
    head: str,
    lan: Phone,
    three: list[dict[str, Any]],
    database: Database,
    clock: FakeClock,
    world: World,
) -> None:
    key = lan.exchange(device_key=public_key(lan.device_id))["export_key"]
    content = owner_of(lan) | {"ops": three, "commune_id": world.neighbour_id}
    named = {"the content's": world.neighbour_id, "the key's": world.commune_id, "none": ""}[head]
    file = encrypt_content(key, content, signed_by=lan.device_id, commune_id=named)
    assert refused(database, file, clock, world.commune_id) == FOREIGN


def test_file_of_a_build_before_names_no_commune_and_is_imported(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    key = lan.exchange(device_key=public_key(lan.device_id))["export_key"]
    content = owner_of(lan) | {"ops": three}
    file = encrypt_content(key, content, signed_by=lan.device_id, commune_id="")
    assert file[7] == 1
    assert counts(import_file(database, file, clock())) == (3, 0, 0, 0, 0)


@pytest.mark.parametrize("changed", ["device_id", "account_id"])
def test_file_with_another_account_or_device_is_refused(
    changed: str, lan: Phone, nam: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    """Anybody with the public key can make a file, but only the phone knows its device's id."""
    file = make_export_file(nam, *three, **{changed: getattr(lan, changed)})
    assert refused(database, file, clock) == UNKNOWN_PHONE


def test_phones_get_a_new_key_and_files_for_the_older_one_can_be_read(
    lan: Phone, three: list[dict[str, Any]], database: Database, clock: FakeClock
) -> None:
    first = lan.exchange()["export_key"]
    file = make_export_file(lan, *three)
    clock.forward(minutes=1)
    newer = database.write(lambda session: keys.create(session, lan.commune_id, clock()).id)
    assert lan.exchange(export_key_id=first["id"])["export_key"]["id"] == newer
    assert "export_key" not in lan.exchange(export_key_id=newer)
    assert counts(import_file(database, file, clock())) == (3, 0, 0, 0, 0)


def test_household_in_a_file_is_added_before_its_visits(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household = {
        "id": new_id(),
        "hamlet_id": world.dong,
        "head_name": "Vũ Văn Sơn",
        "house_no": "7",
        "alley": "",
    }
    ops = [lan.op("household.add", household), lan.visit(household["id"])]
    assert counts(import_file(database, make_export_file(lan, *ops), clock())) == (2, 0, 0, 0, 0)
    assert (
        database.read(lambda s: s.get_one(Household, (lan.commune_id, household["id"]))).head_name
        == "Vũ Văn Sơn"
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
