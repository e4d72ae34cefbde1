"""What a restore reverts is listed, and it gives nobody access that had been ended."""

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.cli.maintenance import restoring
from app.commune.accounts import people
from app.commune.accounts.calls import loss_fingerprint
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device, Invite
from app.commune.credentials import links, viewers
from app.commune.credentials.viewers import VIEWERS
from app.core.epoch import ServerEpoch
from app.reports.open_data.tokens import Owner, Scope, create_token, list_tokens, revoke_token
from app.sync.wire.models import QuarantinedOperation
from tests.phone import Phone, new_id
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.web.link_client import BINH_PASSWORD, PASSWORD, choose, sign_in
from tests.web.public.summaries import bearer
from tests.world import LAN, World


def test_device_enrolled_since_is_suspended_and_its_person_signs_in_anew(
    instance: Instance, lan: Phone, world: World
) -> None:
    instance.back_up()
    code = instance.database.write(lambda session: _invite(session, world, instance))
    late = instance.phone((LAN[0], code), installation_id="first-installation")
    sent = send(late, *(late.visit(world.duc) for _ in range(3)))
    waiting = late.visit(world.mai)
    done = instance.restore()
    assert done.reverted.suspended_devices == [late.device_id]
    assert late.send().status_code == 401, "its queue stays on the phone"
    code = instance.database.write(lambda session: _invite(session, world, instance))
    again = instance.phone(
        (LAN[0], code),
        device_id=late.device_id,
        installation_id="first-installation",
        next_seq=late.seq + 1,
    )
    assert again.device_id != late.device_id
    again.seq, again.held, again.state = late.seq, late.held, late.state
    assert [result["status"] for result in heal(again, sent)] == ["applied"] * 3
    assert again.statuses(waiting) == ["applied"]
    again.exchange()
    devices = {device.id: device for device in instance.rows(Device)}
    assert devices[late.device_id].revoked_at is not None
    assert devices[again.device_id].lost_count == 0


def test_code_used_up_since_the_backup_opens_nothing_after_it(instance: Instance, world: World) -> None:
    code = instance.database.write(lambda session: _invite(session, world, instance))
    instance.back_up()
    instance.phone((LAN[0], code))
    instance.restore()
    form = {"invite": code, "phone": LAN[0], "name": ""}
    assert instance.browser().post("/api/v1/devices", json=form).status_code == 401


def test_device_revoked_since_stays_revoked_and_still_delivers(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    sent = send(lan, lan.visit(world.duc))
    instance.back_up()
    sent += send(lan, lan.visit(world.duc))
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    assert instance.restore().reverted.suspended_devices == [lan.device_id]
    results = heal(lan, sent)
    assert [result["status"] for result in results] == ["duplicate", "quarantined"]
    assert lan.exchange()["erase"]


def test_account_that_ended_since_is_ended_again(instance: Instance, lan: Phone, world: World) -> None:
    sent = send(lan, lan.visit(world.duc))
    instance.back_up()
    sent += send(lan, lan.visit(world.duc))
    instance.database.write(
        lambda session: deactivate_account(session, _lan(session, world), instance.clock())
    )
    done = instance.restore()
    assert "1 accounts ended since the backup: that was done again." in "\n".join(
        restoring.report_lines(done)
    )
    assert [result["status"] for result in heal(lan, sent)] == ["duplicate", "quarantined"]
    assert lan.exchange()["erase"]


def test_password_from_before_a_reset_opens_nothing_after_a_restore(
    instance: Instance, world: World, desk: TestClient
) -> None:
    instance.back_up()
    instance.database.write(lambda session: _new_password(session, world, instance))
    done = instance.restore()
    assert done.reverted.invited_accounts == [world.binh]
    assert "Hoàng Văn Bình" in "\n".join(restoring.report_lines(done))
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"
    for password in ("mat-khau-binh", "mat-khau-moi"):
        form = {"name": "binh", "password": password}
        assert instance.browser().post("/desk/sign-in", data=form).status_code == 401


def test_decisions_made_since_are_listed_and_those_before_are_not(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    visits = [op["data"]["id"] for op, _result in send(lan, *(lan.visit(world.duc) for _ in range(4)))]
    _decide(desk, visits[0], "accept")
    instance.back_up()
    _decide(desk, visits[1], "accept")
    _decide(desk, visits[2], "return", reason="other", field="note", note="Gọi lại cho bà Mai")
    many = {"id": new_id(), "visit": f"{visits[3]}.1", "state": "accepted_flagged", "head": "1000000"}
    answer = desk.post("/desk/decisions", data=many)
    assert desk.post(f"{answer.headers['location']}/undo").status_code == 303
    done = instance.restore()
    said = [(entry["what"], entry["visits"]) for entry in done.reverted.decisions]
    assert said == [
        ("visit.accepted", [visits[1]]),
        ("visit.returned", [visits[2]]),
        ("visit.accepted", [visits[3]]),
        ("decision.undone", [visits[3]]),
    ]
    log = instance.settings.desk_log_file.read_text("utf-8")
    assert "Mai" not in log
    assert oct(instance.settings.desk_log_file.stat().st_mode)[-3:] == "600"


def test_decisions_on_quarantine_duplicates_and_devices_are_listed_too(
    instance: Instance, lan: Phone, nam: Phone, world: World, desk: TestClient
) -> None:
    instance.back_up()
    nam.exchange(nam.visit(world.mai), nam.visit(world.mai))
    items = [
        f"/desk/quarantine/{row.op_id}/{row.payload_hash}" for row in instance.rows(QuarantinedOperation)
    ]
    pair = f"/desk/duplicates/{world.mai}/{world.duc}"
    presses = [
        (f"{items[0]}/accept", {}),
        (f"{items[1]}/drop", {}),
        (f"{pair}/merge", {"surviving": world.duc, "one": "1", "other": "1"}),
        (f"/desk/duplicates/{world.mai}/{world.anh}/not-duplicate", {}),
        (f"/desk/devices/{lan.device_id}/revoke", {}),
        (f"/desk/devices/{lan.device_id}/allow", {}),
    ]
    assert {desk.post(address, data=data).status_code for address, data in presses} == {303}
    done = instance.restore()
    assert [entry["what"] for entry in done.reverted.decisions] == [
        "operation.accepted", "operation.dropped", "household.merged", "household.not_duplicate",
        "device.allowed",
    ]  # fmt: skip
    assert done.reverted.suspended_devices == [lan.device_id]
    said = "\n".join(restoring.report_lines(done))
    assert all(address in said for address in (*items, pair, "/desk/devices"))


def test_loss_that_was_settled_is_listed_too(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    lan.held.discard(lan.visit(world.duc)["seq"])  # lost on the phone
    lan.exchange(lan.visit(world.duc))
    instance.back_up()
    (device,) = (row for row in instance.rows(Device) if row.id == lan.device_id)
    answer = desk.post(
        f"/desk/calls/{lan.device_id}/settle", data={"seen": loss_fingerprint(device), "reason": "đã ghi lại"}
    )
    assert answer.status_code == 303
    assert [entry["what"] for entry in instance.restore().reverted.decisions] == ["loss.settled"]


def test_second_restore_lists_what_was_decided_since_its_own_backup(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    visits = [op["data"]["id"] for op, _result in send(lan, lan.visit(world.duc), lan.visit(world.mai))]
    instance.back_up()
    _decide(desk, visits[0], "accept")
    assert len(instance.restore().reverted.decisions) == 1
    instance.backup = instance.backup.with_name("second")
    instance.back_up()
    _decide(desk, visits[1], "accept")
    assert [entry["visits"] for entry in instance.restore().reverted.decisions] == [[visits[1]]]
    floors = [row.version_floor for row in instance.rows(ServerEpoch)]
    assert floors[0] > 0


def test_log_that_could_not_be_written_is_made_up_for(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    ((visit, _),) = send(lan, lan.visit(world.duc))
    instance.back_up()
    instance.settings.desk_log_file.unlink()
    instance.settings.desk_log_file.mkdir()
    _decide(desk, visit["data"]["id"], "accept")
    instance.settings.desk_log_file.rmdir()
    assert [entry["what"] for entry in instance.restore().reverted.decisions] == ["visit.accepted"]


def _lan(session: Session, world: World) -> Account:
    return session.get_one(Account, (world.commune_id, world.lan))


def _new_password(session: Session, world: World, instance: Instance) -> None:
    binh = session.get_one(Account, (world.commune_id, world.binh))
    people.set_password(session, binh, "mat-khau-moi", instance.clock())


def _invite(session: Session, world: World, instance: Instance) -> str:
    lan = _lan(session, world)
    for old in session.exec(select(Invite).where(Invite.account_id == lan.id)):
        session.delete(old)
    session.flush()
    return people.invite(session, lan, instance.clock())


def _decide(desk: TestClient, visit_id: str, how: str, **form: str) -> None:
    answer = desk.post(f"/desk/visits/{visit_id}/{how}", data={"version": "1", **form})
    assert answer.status_code == 303, answer.text


def test_link_made_before_the_backup_and_used_since_opens_nothing_after_it(
    instance: Instance, world: World
) -> None:
    token = instance.database.write(lambda session: _link(session, "binh", instance))
    instance.back_up()
    assert choose(instance.browser(), f"/link/{token}").status_code == 303
    done = instance.restore()
    assert done.reverted.invited_accounts == [world.binh], "a password was chosen since"
    assert choose(instance.browser(), f"/link/{token}").status_code == 410
    for password in (PASSWORD, BINH_PASSWORD):
        assert sign_in(instance.browser(), "binh", password) == 401


def test_link_that_another_replaced_since_the_backup_opens_nothing_after_it(
    instance: Instance, world: World
) -> None:
    token = instance.database.write(lambda session: _link(session, "binh", instance))
    instance.back_up()
    instance.database.write(lambda session: _link(session, "binh", instance))
    instance.restore()
    assert choose(instance.browser(), f"/link/{token}").status_code == 410
    assert sign_in(instance.browser(), "binh", BINH_PASSWORD) == 303


def test_person_who_got_a_link_since_the_backup_is_listed(instance: Instance, world: World) -> None:
    binh = instance.browser()
    sign_in(binh, "binh", BINH_PASSWORD)
    cuc = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}
    binh.post("/desk/supervisors/new", data=cuc)
    instance.back_up()
    person = binh.get("/desk/supervisors").text.partition('">Nông Thị Cúc</a>')[0].rpartition("/")[2]
    binh.post(f"/desk/supervisors/{person}/link")
    assert instance.restore().reverted.invited_accounts == [person]


def test_operators_password_that_was_replaced_since_the_backup_does_not_come_back(
    instance: Instance, world: World
) -> None:
    new = instance.database.write(lambda session: _link(session, None, instance))
    an = instance.browser()
    an.get(f"/link/{new}")
    names = {"name": "Lương Thị An", "sign_in_name": "an.lt"}
    assert an.post("/link", data=names | {"password": PASSWORD, "repeated": PASSWORD}).status_code == 303
    instance.back_up()
    again = instance.database.write(lambda session: _link(session, "an.lt", instance))
    assert choose(instance.browser(), f"/link/{again}", "cá kho tộ thật ngon").status_code == 303
    assert instance.restore().reverted.decisions == []
    for password in (PASSWORD, "cá kho tộ thật ngon"):
        assert sign_in(instance.browser(), "an.lt", password) == 401


def test_viewer_of_a_province_ended_since_the_backup_stays_out(instance: Instance, world: World) -> None:
    _viewer, link = instance.database.write(
        lambda session: viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha.lt", instance.clock())
    )
    ha = instance.browser()
    assert choose(ha, f"/link/{link}").headers["location"] == "/province/"
    instance.back_up()
    assert ha.get("/province/remarks").status_code == 200
    instance.database.write(lambda session: _end_viewer(session, instance))
    assert instance.restore().reverted.decisions == []
    assert sign_in(instance.browser(), "ha.lt", PASSWORD) == 401


def test_token_revoked_since_the_backup_reads_nothing(instance: Instance, world: World) -> None:
    owner = Owner(Scope(commune_id=world.commune_id), world.lan, "Bình")
    work, now = instance.database.write, instance.clock()
    token = work(lambda session: create_token(session, owner, "Power BI", 30, now))
    instance.back_up()
    (made,) = instance.database.read(lambda session: list_tokens(session, owner.scope))
    work(lambda session: revoke_token(session, owner, made.id, now))
    assert instance.restore().reverted.decisions == []
    assert instance.browser().get("/api/v1/communes", headers=bearer(token)).status_code == 401


def _end_viewer(session: Session, instance: Instance) -> None:
    viewer = VIEWERS.find(session, "ha.lt")
    assert viewer is not None
    viewers.end_viewer(session, viewer, instance.clock())


def _link(session: Session, sign_in_name: str | None, instance: Instance) -> str:
    return links.issue(session, sign_in_name, instance.clock())
