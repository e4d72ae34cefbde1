"""The operator's commands for people: who comes in, whose number it is, whose account ends."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.accounts.access import actor_for
from app.accounts.models import Account, Invite, Membership, SignedIn, Team
from app.core.db import Database
from app.sync.models import Quarantined
from tests.conftest import FakeClock
from tests.operator import run
from tests.sync.phone import Phone, sign_in
from tests.world import LAN, World

Browser = Callable[[], TestClient]

COMMUNE = ("--commune", "06391")
LANS = ("--phone", "0900 000 001", *COMMUNE)
BINH = ("--sign-in-name", "binh")


def invite(url: str, *more: str, name: str = "Nguyễn Thị Lan", hamlet: str = "Thôn Đông") -> Any:
    return run(url, "invite", "--name", name, *LANS, "--hamlet", hamlet, *more)


def code_of(said: str) -> str:
    found = re.search(r"^Mã mời: (\d{8})$", said, re.MULTILINE)
    assert found, said
    return found[1]


def account(database: Database, world: World, id: str) -> Account:
    return database.read(lambda session: session.get_one(Account, (world.commune_id, id)))


def count(database: Database, model: Any, *where: Any) -> int:
    return database.read(lambda session: len(session.exec(select(model).where(*where)).all()))


# invite


def test_invite_says_whose_it_is_where_to_open_it_and_until_when(database_url: str, world: World) -> None:
    who = ("--name", "Lê Văn Thử", "--phone", "0912 345 678", "--hamlet", "Thôn Đông", *COMMUNE)
    said = run(database_url, "invite", *who, TUNGNHA_PUBLIC_URL="https://tungnha.example/").stdout
    assert re.fullmatch(
        r"Lê Văn Thử, thành viên tổ, xã Yên Bình\n"
        r"Thôn: Thôn Đông\n"
        r"Mở địa chỉ: https://tungnha\.example/field/sign-in\n"
        r"Số điện thoại: 0912 345 678\n"
        r"Mã mời: \d{8}\n"
        r"Dùng được một lần, đến \d\d:\d\d \d\d/\d\d/\d{4}\n",
        said,
    )


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"PORT": "8100"}, "http://127.0.0.1:8100"),
        ({"TUNGNHA_HOST": "::1"}, "http://[::1]:8000"),
        ({"TUNGNHA_PUBLIC_URL": "http://xa.example:81"}, "http://xa.example:81"),
    ],
)
def test_address_to_open_is_the_servers_own_where_none_is_set(
    database_url: str, world: World, settings: dict[str, str], address: str
) -> None:
    who = ("--name", "Lê Văn Thử", "--phone", "0912345678", "--hamlet", "Thôn Đông", *COMMUNE)
    assert f"Mở địa chỉ: {address}/field/sign-in\n" in run(database_url, "invite", *who, **settings).stdout


def test_known_number_is_refused_and_says_whose_it_is(
    database_url: str, world: World, database: Database
) -> None:
    for name in ("Lê Văn Thử", "Nguyễn Thị Lan"):
        refused = invite(database_url, name=name)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "This number is Nguyễn Thị Lan's (thành viên tổ, Tổ Thôn Đông)" in refused.stderr
        assert "--same-person" in refused.stderr
    assert account(database, world, world.lan).name == "Nguyễn Thị Lan"
    assert count(database, Invite, Invite.account_id == world.lan) == 1, "no code was made"


def test_same_person_keeps_the_name_in_old_visits(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    said = invite(database_url, "--same-person", name="Lê Văn Thử").stdout
    assert said.startswith("Nguyễn Thị Lan, thành viên tổ")
    assert account(database, world, world.lan).name == "Nguyễn Thị Lan"
    assert sign_in(browser(), LAN[0], code_of(said), clock()).account_id == world.lan


def test_new_name_is_given_only_when_it_is_asked_for(
    database_url: str, world: World, database: Database
) -> None:
    said = invite(database_url, "--same-person", "--new-name", name="Nguyễn Thị Lành").stdout
    assert said.startswith("Nguyễn Thị Lành, ")
    assert account(database, world, world.lan).name == "Nguyễn Thị Lành"


def test_number_that_somebody_else_has_now_opens_an_account_of_their_own(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    refused = invite(database_url, "--new-person", name="Lê Văn Thử")
    assert (refused.exit_code, "end-account" in refused.stderr) == (2, True)
    run(database_url, "end-account", *LANS)
    assert "--new-person" in invite(database_url, name="Lê Văn Thử").stderr
    said = invite(database_url, "--new-person", name="Lê Văn Thử").stdout
    assert said.startswith("Lê Văn Thử, thành viên tổ")
    thu = sign_in(browser(), LAN[0], code_of(said), clock())
    assert thu.account_id != world.lan
    before = account(database, world, world.lan)
    assert (before.name, before.phone, before.ended_at is None) == ("Nguyễn Thị Lan", None, False)


def test_leader_who_is_invited_again_is_still_leader(
    database_url: str, world: World, database: Database
) -> None:
    assert invite(database_url, "--same-person", "--leader").stdout.startswith("Nguyễn Thị Lan, tổ trưởng")
    assert invite(database_url, "--same-person").stdout.startswith("Nguyễn Thị Lan, tổ trưởng")
    assert account(database, world, world.lan).role == "leader"


def test_several_hamlets_are_one_teams(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    both = ("--hamlet", "Thôn Tây", "--hamlet", "thon dong", "--hamlet", "Thôn Đông")
    who = ("--name", "Lê Văn Thử", "--phone", "0912345678", *both, *COMMUNE)
    said = run(database_url, "invite", *who).stdout
    assert "Thôn: Thôn Đông, Thôn Tây\n" in said
    phone = sign_in(browser(), "0912345678", code_of(said), clock())
    assert {hamlet["id"] for hamlet in phone.exchange()["hamlets"]} == {world.dong, world.tay}
    hung = ("--name", "Vi Văn Hùng", "--phone", "0912345679", "--hamlet", "Thôn Đông", *COMMUNE)
    assert "Thôn: Thôn Đông\n" in run(database_url, "invite", *hung).stdout, "not the team of both"
    hoan = ("--name", "Vi Văn Hoan", "--phone", "0912345670", *both, *COMMUNE)
    run(database_url, "invite", *hoan)
    assert count(database, Team) == 3, "the second one joins the team of both"


def test_hamlet_that_is_not_there_lets_nobody_in(database_url: str, world: World, database: Database) -> None:
    refused = invite(database_url, "--same-person", "--hamlet", "Thôn Nam")
    assert (refused.exit_code, "--create-hamlet" in refused.stderr) == (2, True)
    assert count(database, Invite, Invite.account_id == world.lan) == 1


# supervisor and password


def supervisor(url: str, *more: str, name: str = "Hoàng Văn Bình", commune: str = "06391") -> Any:
    return run(url, "supervisor", "--name", name, *BINH, "--commune", commune, *more)


def password_of(said: str) -> str:
    found = re.search(r"^Mật khẩu: (\S{10,})$", said, re.MULTILINE)
    assert found, said
    return found[1]


def opens(client: TestClient, password: str) -> bool:
    return client.post("/desk/sign-in", data={"name": "binh", "password": password}).status_code == 303


def test_supervisor_is_told_name_address_and_password(database_url: str, world: World) -> None:
    who = ("--name", "Lý Thị Én", "--sign-in-name", "En", *COMMUNE)
    said = run(database_url, "supervisor", *who, TUNGNHA_PUBLIC_URL="https://tungnha.example").stdout
    assert re.fullmatch(
        r"Lý Thị Én, cán bộ, xã Yên Bình\n"
        r"Mở địa chỉ: https://tungnha\.example/desk/\n"
        r"Tên đăng nhập: en\n"
        r"Mật khẩu: \S+\n",
        said,
    )


@pytest.mark.parametrize("name", ["", "  ", "a\u202eb"])
@pytest.mark.parametrize("command", [("supervisor", "--name", "Lý Thị Én", *COMMUNE), ("password",)])
def test_sign_in_name_that_is_none_is_refused(
    database_url: str, world: World, command: tuple[str, ...], name: str
) -> None:
    refused = run(database_url, *command, "--sign-in-name", name)
    assert (refused.exit_code, "--sign-in-name" in refused.stderr) == (2, True)


def test_known_sign_in_name_is_refused_without_new_password(
    database_url: str, world: World, client: TestClient
) -> None:
    refused = supervisor(database_url)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "Hoàng Văn Bình has this sign-in name" in refused.stderr
    assert "--new-password" in refused.stderr
    assert opens(client, "mat-khau-binh")


@pytest.mark.parametrize("name", ["Lý Thị Én", "Hoàng Văn Bỉnh"])
def test_colleagues_sign_in_name_is_never_taken_over(
    database_url: str, world: World, client: TestClient, name: str
) -> None:
    refused = supervisor(database_url, "--new-password", name=name)
    assert (refused.exit_code, "choose another" in refused.stderr) == (2, True)
    assert opens(client, "mat-khau-binh")


def test_sign_in_name_next_door_is_never_taken_over(
    database_url: str, world: World, client: TestClient
) -> None:
    refused = supervisor(database_url, "--new-password", commune="06400")
    assert (refused.exit_code, "choose another" in refused.stderr) == (2, True)
    assert opens(client, "mat-khau-binh")


@pytest.mark.parametrize("command", ["supervisor", "password"])
def test_new_password_ends_the_old_one_and_every_session(
    database_url: str, world: World, desk: TestClient, browser: Browser, command: str
) -> None:
    if command == "supervisor":
        said = supervisor(database_url, "--new-password").stdout
    else:
        said = run(database_url, "password", *BINH).stdout
    assert "Hoàng Văn Bình, cán bộ, xã Yên Bình\n" in said
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in"
    assert (opens(browser(), "mat-khau-binh"), opens(browser(), password_of(said))) == (False, True)


def test_password_for_a_name_nobody_has_is_refused(database_url: str, world: World) -> None:
    refused = run(database_url, "password", "--sign-in-name", "khong-ai")
    assert (refused.exit_code, refused.stderr) == (2, "Nobody has this sign-in name.\n")


# end-account


def test_ended_volunteers_phone_delivers_into_the_quarantine_and_sees_nothing(
    database_url: str, world: World, database: Database, lan: Phone, clock: FakeClock
) -> None:
    lan.exchange()
    waiting = lan.visit(world.duc)
    said = run(database_url, "end-account", *LANS)
    assert said.exit_code == 0
    assert said.stdout.startswith("Đã kết thúc tài khoản: Nguyễn Thị Lan, thành viên tổ, xã Yên Bình\n")
    told = lan.exchange(waiting)
    assert ([one["status"] for one in told["results"]], told["erase"]) == (["quarantined"], True)
    assert [row.reason for row in _all(database, Quarantined)] == ["revoked"]
    assert all(row.until for row in _all(database, Membership) if row.account_id == world.lan)


def test_codes_that_were_out_end_with_the_account(database_url: str, world: World, browser: Browser) -> None:
    code = code_of(invite(database_url, "--same-person").stdout)
    run(database_url, "end-account", *LANS)
    form = {"invite": code, "phone": LAN[0], "name": ""}
    assert browser().post("/api/v1/devices", json=form).status_code == 401
    invite(database_url, "--same-person")
    assert browser().post("/api/v1/devices", json=form).status_code == 401


def test_who_comes_back_signs_in_anew_and_no_cookie_of_before_opens_anything(
    database_url: str, world: World, lan: Phone, browser: Browser, clock: FakeClock
) -> None:
    waiting = lan.visit(world.duc)
    run(database_url, "end-account", *LANS)
    assert "đã kết thúc" in invite(database_url).stderr
    said = invite(database_url, "--same-person").stdout
    assert lan.send(waiting).status_code == 401
    again = sign_in(browser(), LAN[0], code_of(said), clock(), device_id=lan.device_id)
    assert (again.device_id, again.account_id) == (lan.device_id, world.lan)
    assert again.statuses(waiting) == ["applied"]


def test_ended_supervisor_is_out_at_once_and_for_good(
    database_url: str, world: World, database: Database, desk: TestClient, browser: Browser
) -> None:
    said = run(database_url, "end-account", *BINH).stdout
    assert said.startswith("Đã kết thúc tài khoản: Hoàng Văn Bình, cán bộ, xã Yên Bình\n")
    assert "không còn cán bộ nào" in said
    assert count(database, SignedIn, SignedIn.account_id == world.binh) == 0
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in"
    assert not opens(browser(), "mat-khau-binh")
    refused = run(database_url, "password", *BINH)
    assert (refused.exit_code, "has ended" in refused.stderr) == (2, True)


def test_supervisor_who_comes_back_has_the_account_of_before(
    database_url: str, world: World, database: Database, browser: Browser
) -> None:
    run(database_url, "end-account", *BINH)
    assert supervisor(database_url).exit_code == 2
    assert opens(browser(), password_of(supervisor(database_url, "--new-password").stdout))
    assert account(database, world, world.binh).ended_at is None


def test_ended_twice_is_ended_once(database_url: str, world: World, database: Database) -> None:
    run(database_url, "end-account", *LANS)
    at = account(database, world, world.lan).ended_at
    assert run(database_url, "end-account", *LANS).exit_code == 0
    assert account(database, world, world.lan).ended_at == at


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (("--phone", "0912345678", *COMMUNE), "Nobody here has this number."),
        (("--phone", "0900000001", "--commune", "06400"), "Nobody here has this number."),
        (("--phone", "mười", *COMMUNE), "The phone number is not one: give it as 09xx xxx xxx."),
        (("--sign-in-name", "khong-ai"), "Nobody has this sign-in name."),
        ((), "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor."),
        ((*LANS, *BINH), "Say whose: --phone NUMBER of a volunteer, or --sign-in-name NAME of a supervisor."),
        (("--phone", "0900000001"), "Say which commune: --commune CODE."),
    ],
)
def test_account_that_is_not_named_is_not_ended(
    database_url: str, world: World, database: Database, who: tuple[str, ...], sentence: str
) -> None:
    refused = run(database_url, "end-account", *who)
    assert (refused.exit_code, refused.stderr) == (2, sentence + "\n")
    assert [row.id for row in _all(database, Account) if row.ended_at] == []


def test_actor_of_a_former_member_has_no_hamlets_of_today(
    database_url: str, world: World, database: Database
) -> None:
    run(database_url, "end-account", *LANS)
    lan = account(database, world, world.lan)
    assert database.read(lambda session: actor_for(session, lan).hamlet_ids) == ()


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
