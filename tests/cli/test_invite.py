"""`invite`: what it prints, and what it does for a phone number that an account has already."""

import re

import pytest

from app.commune.accounts.models import Invite, Team
from app.core.db import Database
from tests.cli.account_commands import (
    COMMUNE,
    OF_LAN,
    Browser,
    code_of,
    count_rows,
    find_account,
    invite,
)
from tests.conftest import FakeClock
from tests.operator import run
from tests.phone import sign_in
from tests.world import LAN, World


def test_invite_prints_person_address_code_and_expiry(database_url: str, world: World) -> None:
    options = ("--name", "Lê Văn Thử", "--phone", "0912 345 678", "--hamlet", "Thôn Đông", *COMMUNE)
    output = run(database_url, "invite", *options, TUNGNHA_PUBLIC_URL="https://tungnha.example/").stdout
    assert re.fullmatch(
        r"Lê Văn Thử, thành viên tổ, xã Yên Bình\n"
        r"Thôn: Thôn Đông\n"
        r"Mở địa chỉ: https://tungnha\.example/field/sign-in\n"
        r"Số điện thoại: 0912 345 678\n"
        r"Mã mời: \d{8}\n"
        r"Dùng được một lần, đến \d\d:\d\d \d\d/\d\d/\d{4}\n",
        output,
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
def test_address_is_the_servers_own_unless_a_public_one_is_set(
    database_url: str, world: World, settings: dict[str, str], address: str
) -> None:
    options = ("--name", "Lê Văn Thử", "--phone", "0912345678", "--hamlet", "Thôn Đông", *COMMUNE)
    assert (
        f"Mở địa chỉ: {address}/field/sign-in\n" in run(database_url, "invite", *options, **settings).stdout
    )


def test_known_number_is_refused_and_its_owner_is_named(
    database_url: str, world: World, database: Database
) -> None:
    for name in ("Lê Văn Thử", "Nguyễn Thị Lan"):
        refused = invite(database_url, name=name)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert "This number is Nguyễn Thị Lan's (thành viên tổ, Tổ Thôn Đông)" in refused.stderr
        assert "--same-person" in refused.stderr
    assert find_account(database, world, world.lan).name == "Nguyễn Thị Lan"
    assert count_rows(database, Invite, Invite.account_id == world.lan) == 1, "no code was made"


def test_same_person_keeps_the_name_in_old_visits(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    output = invite(database_url, "--same-person", name="Lê Văn Thử").stdout
    assert output.startswith("Nguyễn Thị Lan, thành viên tổ")
    assert find_account(database, world, world.lan).name == "Nguyễn Thị Lan"
    assert sign_in(browser(), LAN[0], code_of(output), clock()).account_id == world.lan


@pytest.mark.both_databases
def test_new_name_replaces_the_name(database_url: str, world: World, database: Database) -> None:
    output = invite(database_url, "--same-person", "--new-name", name="Nguyễn Thị Lành").stdout
    assert output.startswith("Nguyễn Thị Lành, ")
    assert find_account(database, world, world.lan).name == "Nguyễn Thị Lành"


def test_number_that_somebody_else_has_now_gets_a_new_account(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    refused = invite(database_url, "--new-person", name="Lê Văn Thử")
    assert (refused.exit_code, "end-account" in refused.stderr) == (2, True)
    run(database_url, "end-account", *OF_LAN)
    assert "--new-person" in invite(database_url, name="Lê Văn Thử").stderr
    output = invite(database_url, "--new-person", name="Lê Văn Thử").stdout
    assert output.startswith("Lê Văn Thử, thành viên tổ")
    thu = sign_in(browser(), LAN[0], code_of(output), clock())
    assert thu.account_id != world.lan
    before = find_account(database, world, world.lan)
    assert (before.name, before.phone, before.ended_at is None) == ("Nguyễn Thị Lan", None, False)


def test_leader_who_is_invited_again_is_still_leader(
    database_url: str, world: World, database: Database
) -> None:
    assert invite(database_url, "--same-person", "--leader").stdout.startswith("Nguyễn Thị Lan, tổ trưởng")
    assert invite(database_url, "--same-person").stdout.startswith("Nguyễn Thị Lan, tổ trưởng")
    assert find_account(database, world, world.lan).role == "leader"


@pytest.mark.both_databases
def test_several_hamlets_get_one_team(
    database_url: str, world: World, database: Database, browser: Browser, clock: FakeClock
) -> None:
    both = ("--hamlet", "Thôn Tây", "--hamlet", "thon dong", "--hamlet", "Thôn Đông")
    options = ("--name", "Lê Văn Thử", "--phone", "0912345678", *both, *COMMUNE)
    output = run(database_url, "invite", *options).stdout
    assert "Thôn: Thôn Đông, Thôn Tây\n" in output
    phone = sign_in(browser(), "0912345678", code_of(output), clock())
    assert {hamlet["id"] for hamlet in phone.exchange()["hamlets"]} == {world.dong, world.tay}
    hung = ("--name", "Vi Văn Hùng", "--phone", "0912345679", "--hamlet", "Thôn Đông", *COMMUNE)
    assert "Thôn: Thôn Đông\n" in run(database_url, "invite", *hung).stdout, "not the team of both"
    hoan = ("--name", "Vi Văn Hoan", "--phone", "0912345670", *both, *COMMUNE)
    run(database_url, "invite", *hoan)
    assert count_rows(database, Team) == 3, "the second one joins the team of both"


def test_unknown_hamlet_makes_no_invite(database_url: str, world: World, database: Database) -> None:
    refused = invite(database_url, "--same-person", "--hamlet", "Thôn Nam")
    assert (refused.exit_code, "--create-hamlet" in refused.stderr) == (2, True)
    assert count_rows(database, Invite, Invite.account_id == world.lan) == 1
