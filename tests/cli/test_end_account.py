"""`end-account`: whose account ends, and what happens to the records that their phone has not sent."""

import pytest
from fastapi.testclient import TestClient

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Membership, SignInSession
from app.core.db import Database
from app.sync.wire.models import QuarantinedOperation
from tests.cases import cases
from tests.cli.account_commands import (
    COMMUNE,
    OF_BINH,
    OF_LAN,
    Browser,
    all_rows,
    can_sign_in,
    code_of,
    count_rows,
    find_account,
    invite,
    password_of,
    supervisor,
)
from tests.conftest import FakeClock
from tests.operator import run
from tests.phone import Phone, sign_in
from tests.world import LAN, World


@pytest.mark.both_databases
def test_ended_volunteers_phone_delivers_into_the_quarantine_and_sees_nothing(
    database_url: str, world: World, database: Database, lan: Phone, clock: FakeClock
) -> None:
    lan.exchange()
    waiting = lan.visit(world.duc)
    result = run(database_url, "end-account", *OF_LAN)
    assert result.exit_code == 0
    assert result.stdout.startswith("Đã kết thúc tài khoản: Nguyễn Thị Lan, thành viên tổ, xã Yên Bình\n")
    answer = lan.exchange(waiting)
    assert ([one["status"] for one in answer["results"]], answer["erase"]) == (["quarantined"], True)
    assert [row.reason for row in all_rows(database, QuarantinedOperation)] == ["revoked"]
    assert all(row.until for row in all_rows(database, Membership) if row.account_id == world.lan)


def test_open_codes_end_with_the_account(database_url: str, world: World, browser: Browser) -> None:
    code = code_of(invite(database_url, "--same-person").stdout)
    run(database_url, "end-account", *OF_LAN)
    form = {"invite": code, "phone": LAN[0], "name": ""}
    assert browser().post("/api/v1/devices", json=form).status_code == 401
    invite(database_url, "--same-person")
    assert browser().post("/api/v1/devices", json=form).status_code == 401


def test_member_who_comes_back_signs_in_again_and_old_cookies_are_refused(
    database_url: str, world: World, lan: Phone, browser: Browser, clock: FakeClock
) -> None:
    waiting = lan.visit(world.duc)
    run(database_url, "end-account", *OF_LAN)
    assert "đã kết thúc" in invite(database_url).stderr
    output = invite(database_url, "--same-person").stdout
    assert lan.send(waiting).status_code == 401
    again = sign_in(browser(), LAN[0], code_of(output), clock(), device_id=lan.device_id)
    assert (again.device_id, again.account_id) == (lan.device_id, world.lan)
    assert again.statuses(waiting) == ["applied"]


@pytest.mark.both_databases
def test_ended_supervisor_has_no_session_and_cannot_sign_in(
    database_url: str, world: World, database: Database, desk: TestClient, browser: Browser
) -> None:
    output = run(database_url, "end-account", *OF_BINH).stdout
    assert output.startswith("Đã kết thúc tài khoản: Hoàng Văn Bình, cán bộ, xã Yên Bình\n")
    assert "Không còn cán bộ nào" in output
    assert count_rows(database, SignInSession, SignInSession.account_id == world.binh) == 0
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"
    assert not can_sign_in(browser(), "mat-khau-binh")
    refused = run(database_url, "password", *OF_BINH)
    assert (refused.exit_code, "has ended" in refused.stderr) == (2, True)


def test_supervisor_who_comes_back_has_the_same_account(
    database_url: str, world: World, database: Database, browser: Browser
) -> None:
    run(database_url, "end-account", *OF_BINH)
    assert supervisor(database_url).exit_code == 2
    assert can_sign_in(browser(), password_of(supervisor(database_url, "--new-password").stdout))
    assert find_account(database, world, world.binh).ended_at is None


def test_account_that_has_ended_keeps_the_time_of_its_end(
    database_url: str, world: World, database: Database
) -> None:
    run(database_url, "end-account", *OF_LAN)
    at = find_account(database, world, world.lan).ended_at
    assert run(database_url, "end-account", *OF_LAN).exit_code == 0
    assert find_account(database, world, world.lan).ended_at == at


@cases(
    "options, sentence",
    [
        (("--phone", "0912345678", *COMMUNE), "Nobody here has this number."),
        (("--phone", "0900000001", "--commune", "06400"), "Nobody here has this number."),
        (("--phone", "mười", *COMMUNE), "The phone number is not one: give it as 09xx xxx xxx."),
        (("--sign-in-name", "khong-ai"), "Nobody has this sign-in name."),
        ((), "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor."),
        (
            (*OF_LAN, *OF_BINH),
            "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor.",
        ),
        (("--phone", "0900000001"), "Say which commune: --commune CODE."),
    ],
)
def test_account_that_is_not_named_is_not_ended(
    database_url: str, world: World, database: Database, options: tuple[str, ...], sentence: str
) -> None:
    refused = run(database_url, "end-account", *options)
    assert (refused.exit_code, refused.stderr) == (2, sentence + "\n")
    assert [row.id for row in all_rows(database, Account) if row.ended_at] == []


def test_actor_of_a_former_member_has_no_hamlets(database_url: str, world: World, database: Database) -> None:
    run(database_url, "end-account", *OF_LAN)
    lan = find_account(database, world, world.lan)
    assert database.read(lambda session: actor_for(session, lan).hamlet_ids) == ()
