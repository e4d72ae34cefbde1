"""People, lists and hamlets that were added after the backup: added again after the restore, they have the
same ids, and the records of phones that refer to them are applied."""

from pathlib import Path

from fastapi.testclient import TestClient
from sqlmodel import Session

from app.cli.maintenance import restoring
from app.commune.accounts.models import Account, Device
from app.commune.areas import Hamlet
from app.core.feed import feed
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.export.importer import import_file
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.id_key.replacing import begin_new_key
from app.upkeep.maintenance.id_key.restored import place_restored
from tests.phone import Phone, new_id
from tests.sync.export.export_file import make_export_file
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.upkeep.maintenance.newcomers import SEN, command, import_list, invite, sign_in_again, write_list
from tests.world import World


def test_newcomers_four_visits_are_at_the_desk_once_each(instance: Instance, world: World) -> None:
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    sent = send(sen, *(sen.visit(world.duc) for _ in range(3)))
    waiting = sen.visit(world.mai)
    instance.restore()
    assert sen.send().status_code == 401
    again = sign_in_again(instance, sen, invite(instance.settings))
    assert [result["status"] for result in heal(again, sent)] == ["applied"] * 3
    assert again.statuses(waiting) == ["applied"]
    again.exchange()
    visits = instance.rows(Visit)
    assert sorted(visit.id for visit in visits) == sorted(
        op["data"]["id"] for op in (*(op for op, _ in sent), waiting)
    )
    assert {visit.recorded_by for visit in visits} == {sen.account_id}
    assert [device.lost_count for device in instance.rows(Device) if device.account_id == sen.account_id] == [
        0
    ]
    assert not any(one.problems for one in check(instance.database))


def test_restore_names_who_was_invited_since_and_her_phone(instance: Instance, world: World) -> None:
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    done = instance.restore()
    said = "\n".join(restoring.report_lines(done))
    assert "Triệu Thị Sen, Tổ Thôn Đông" in said
    assert done.reverted.suspended_devices == [sen.device_id]
    assert sen.device_id in said
    log = instance.settings.desk_log_file.read_text("utf-8")
    assert "Sen" not in log
    assert SEN[1:] not in log


def test_restore_names_a_supervisor_who_came_since(instance: Instance, world: World) -> None:
    instance.back_up()
    who = ("--name", "Nông Thị Thắm", "--sign-in-name", "tham", "--commune", "06391")
    command(instance.settings, "supervisor", *who)
    assert "Nông Thị Thắm" in "\n".join(restoring.report_lines(instance.restore()))


def test_without_the_database_before_the_restore_says_her_account(instance: Instance, world: World) -> None:
    """The database is lost, the desk log is not; it has ids only."""
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    instance.stop()
    _lose(instance)
    said = "\n".join(restoring.report_lines(instance.restore()))
    assert sen.account_id in said
    assert sign_in_again(instance, sen, invite(instance.settings)).account_id == sen.account_id


def test_people_who_were_there_before_are_not_among_the_invited(instance: Instance, world: World) -> None:
    invite(instance.settings)
    instance.back_up()
    said = "\n".join(restoring.report_lines(instance.restore()))
    assert "Sen" not in said


def test_file_of_her_phone_is_imported_once_she_is_invited_again(instance: Instance, world: World) -> None:
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    sent = send(sen, sen.visit(world.duc))
    file = make_export_file(sen, sen.visit(world.mai), sen.visit(world.duc))
    instance.restore()
    code = invite(instance.settings)
    assert import_file(instance.database, file, instance.clock()).applied == 2
    assert import_file(instance.database, file, instance.clock()).duplicate == 2
    again = sign_in_again(instance, sen, code)
    assert [result["status"] for result in heal(again, sent)] == ["applied"]
    assert len(instance.rows(Visit)) == 3
    assert {visit.recorded_by for visit in instance.rows(Visit)} == {sen.account_id}


def test_file_of_a_phone_revoked_since_the_backup_is_still_quarantined(
    instance: Instance, world: World, desk: TestClient
) -> None:
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    file = make_export_file(sen, sen.visit(world.mai))
    assert desk.post(f"/desk/devices/{sen.device_id}/revoke").status_code == 303
    instance.restore()
    invite(instance.settings)
    assert import_file(instance.database, file, instance.clock()).quarantined == 1
    assert instance.rows(Visit) == []


def test_visits_at_imported_households_come_back_when_the_list_is_imported_again(
    instance: Instance, lan: Phone, world: World, tmp_path: Path
) -> None:
    """Lan's phone sends between the restore and the import of the list, Sen's phone after both."""
    file = write_list(tmp_path, ("Thôn Đông", "Vi Thị Lụa", "40"), ("Thôn Bắc", "Lý Văn Sơn", "1"))
    instance.back_up()
    import_list(instance.settings, file)
    sen = instance.phone((SEN, invite(instance.settings, hamlet="Thôn Bắc")))
    households = {household.head_name: household.id for household in instance.rows(Household)}
    lans = send(lan, lan.visit(households["Vi Thị Lụa"]))
    new = {"id": new_id(), "hamlet_id": _hamlet(instance, "Thôn Bắc"), "head_name": "Mông Văn Sự"}
    sens = send(sen, sen.visit(households["Lý Văn Sơn"]), sen.op("household.add", new), sen.visit(new["id"]))
    instance.restore()
    assert [result["status"] for result in heal(lan, lans)] == ["quarantined"]
    import_list(instance.settings, file)
    again = sign_in_again(instance, sen, invite(instance.settings, hamlet="Thôn Bắc"))
    assert [result["status"] for result in heal(again, sens)] == ["applied"] * 3
    made = [op["data"]["id"] for op, _ in [*lans, *sens] if op["type"] == "visit.record"]
    assert sorted(visit.id for visit in instance.rows(Visit)) == sorted(made)
    assert {item.state for item in instance.rows(QuarantinedOperation)} == {"applied"}
    assert len(instance.rows(LedgerEntry)) == 4
    assert {household.head_name: household.id for household in instance.rows(Household)} == households | {
        "Mông Văn Sự": new["id"]
    }
    assert not any(one.problems for one in check(instance.database))


def test_what_came_before_its_author_was_in_charge_again_is_counted_once_she_is(
    instance: Instance, world: World, tmp_path: Path
) -> None:
    """Sen had an account before the backup, in another hamlet: her phone can send at once."""
    file = write_list(tmp_path, ("Thôn Bắc", "Lý Văn Sơn", "1"))
    sen = instance.phone((SEN, invite(instance.settings)))
    instance.back_up()
    import_list(instance.settings, file)
    _move(instance, SEN, "Thôn Bắc")
    (son,) = (household.id for household in instance.rows(Household) if household.head_name == "Lý Văn Sơn")
    new = {"id": new_id(), "hamlet_id": _hamlet(instance, "Thôn Bắc"), "head_name": "Mông Văn Sự"}
    sent = send(sen, sen.visit(son), sen.op("household.add", new), sen.visit(new["id"]))
    instance.restore()
    assert [result["status"] for result in heal(sen, sent)] == ["quarantined"] * 3
    import_list(instance.settings, file)
    assert instance.rows(Visit) == []
    _move(instance, SEN, "Thôn Bắc")
    assert len(instance.rows(Visit)) == 2
    assert {item.state for item in instance.rows(QuarantinedOperation)} == {"applied"}


def test_restore_prints_which_lists_to_import_again(instance: Instance, world: World, tmp_path: Path) -> None:
    instance.back_up()
    import_list(
        instance.settings,
        write_list(tmp_path, ("Thôn Bắc", "Lý Văn Sơn", "1"), ("Thôn Đông", "Vi Văn Lâm", "9")),
    )
    said = "\n".join(restoring.report_lines(instance.restore()))
    assert "2 households" in said
    assert "Lý Văn Sơn" not in said


def test_the_same_list_makes_the_same_households(instance: Instance, world: World, tmp_path: Path) -> None:
    names = [
        f"Lý {middle_name} {given_name}"
        for middle_name in ("Văn", "Đức", "Công")
        for given_name in ("Sơn", "Hà", "Lâm")
    ]
    rows = [("Thôn Bắc", name, str(number)) for number, name in enumerate(names, start=1)]
    file = write_list(tmp_path, *rows, ("Thôn Đông", "Vi Thị Lụa", "40"))
    instance.back_up()
    import_list(instance.settings, file)
    before = {
        (household.id, household.hamlet_id, household.head_name) for household in instance.rows(Household)
    }
    instance.restore()
    import_list(instance.settings, file)
    assert {
        (household.id, household.hamlet_id, household.head_name) for household in instance.rows(Household)
    } == before


def test_one_number_in_two_communes_is_two_people(instance: Instance, world: World) -> None:
    instance.back_up()
    ours = instance.phone((SEN, invite(instance.settings))).account_id
    theirs = instance.phone((SEN, invite(instance.settings, hamlet="Thôn Đông", commune="06400"))).account_id
    assert ours != theirs
    instance.restore()
    theirs_again = instance.phone(
        (SEN, invite(instance.settings, hamlet="Thôn Đông", commune="06400"))
    ).account_id
    assert theirs_again == theirs


def test_number_that_was_passed_on_is_another_account(instance: Instance, world: World) -> None:
    first = instance.phone((SEN, invite(instance.settings))).account_id
    instance.database.write(lambda session: _take_number(session, world, first))
    assert instance.phone((SEN, invite(instance.settings))).account_id != first


def test_records_of_an_account_that_is_gone_are_counted_once_under_the_one_that_takes_them_over(
    instance: Instance, world: World
) -> None:
    """The id key is lost too; the phone sends the records unchanged, with their sequence numbers."""
    instance.back_up()
    sen = instance.phone((SEN, invite(instance.settings)))
    ((visit, result),) = send(sen, sen.visit(world.duc))
    ((amendment, amended),) = send(sen, sen.amend(visit, note="sửa"))
    epoch = sen.state["epoch"]
    waiting = sen.visit(world.mai) | {"epoch": epoch}
    instance.restore()
    key, now = begin_new_key(instance.database, instance.clock()), instance.clock()
    place_restored(instance.database, instance.settings, key, now)
    again = instance.phone((SEN, invite(instance.settings)), device_id=sen.device_id, next_seq=sen.seq + 1)
    assert again.account_id != sen.account_id
    again.seq, again.held = sen.seq, {1, 2, 3}
    visit |= {"epoch": epoch, "acked_version": result["version"]}
    amendment |= {"epoch": epoch, "acked_version": amended["version"]}
    assert again.statuses(visit, amendment, waiting) == ["applied"] * 3
    assert again.statuses(visit, amendment, waiting) == ["duplicate"] * 3
    again.exchange()
    visits = {row.id: row for row in instance.rows(Visit)}
    assert visits.keys() == {visit["data"]["id"], waiting["data"]["id"]}
    assert visits[visit["data"]["id"]].note == "sửa"
    assert {row.recorded_by for row in visits.values()} == {again.account_id}
    assert [device.lost_count for device in instance.rows(Device) if device.id == again.device_id] == [0]
    assert not any(one.problems for one in check(instance.database))


def test_what_is_known_of_the_earlier_account_stays_its_own_and_is_not_counted_twice(
    instance: Instance, world: World
) -> None:
    sen = instance.phone((SEN, invite(instance.settings)))
    ((visit, _),) = send(sen, sen.visit(world.duc))
    amendment = sen.amend(visit, note="sửa") | {"epoch": "an-earlier-one"}
    instance.database.write(lambda session: _take_number(session, world, sen.account_id))
    other = instance.phone((SEN, invite(instance.settings)), next_seq=sen.seq + 1)
    results = other.exchange(visit, amendment)["results"]
    assert [result["status"] for result in results] == ["duplicate", "quarantined"]
    assert [row.recorded_by for row in instance.rows(Visit)] == [sen.account_id]


def _take_number(session: Session, world: World, account_id: str) -> None:
    """The number now belongs to somebody else: the account that had it stays, without the number."""
    account = session.get_one(Account, (world.commune_id, account_id))
    account.phone = None
    feed(session, world.commune_id, [account])
    session.add(account)


def _hamlet(instance: Instance, name: str) -> str:
    (id,) = (hamlet.id for hamlet in instance.rows(Hamlet) if hamlet.name == name)
    return str(id)


def _move(instance: Instance, phone: str, hamlet: str) -> None:
    invite(instance.settings, phone, hamlet, "06391", "--same-person")


def _lose(instance: Instance) -> None:
    """Only the backup and the desk log are left."""
    database = instance.database
    if database.is_sqlite:
        Path(str(database.engine.url.database)).unlink()
        return
    with database.engine.connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        connection.commit()
    database.close()
