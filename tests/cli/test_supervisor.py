"""`supervisor` and `password`: sign-in names and passwords of the desk."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.cases import cases
from tests.cli.account_commands import (
    COMMUNE,
    OF_BINH,
    Browser,
    can_sign_in,
    password_of,
    supervisor,
)
from tests.operator import run
from tests.world import World


def test_supervisor_prints_name_address_and_password(database_url: str, world: World) -> None:
    options = ("--name", "Lý Thị Én", "--sign-in-name", "En", *COMMUNE)
    output = run(database_url, "supervisor", *options, TUNGNHA_PUBLIC_URL="https://tungnha.example").stdout
    assert re.fullmatch(
        r"Lý Thị Én, cán bộ, xã Yên Bình\n"
        r"Mở địa chỉ: https://tungnha\.example/desk/\n"
        r"Tên đăng nhập: en\n"
        r"Mật khẩu: \S+\n",
        output,
    )


@cases("name", ["", "  ", "a\u202eb"])
@cases("command", [("supervisor", "--name", "Lý Thị Én", *COMMUNE), ("password",)])
def test_invalid_sign_in_name_is_refused(
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
    assert can_sign_in(client, "mat-khau-binh")


@pytest.mark.parametrize("name", ["Lý Thị Én", "Hoàng Văn Bỉnh"])
def test_colleagues_sign_in_name_is_never_taken_over(
    database_url: str, world: World, client: TestClient, name: str
) -> None:
    refused = supervisor(database_url, "--new-password", name=name)
    assert (refused.exit_code, "choose another" in refused.stderr) == (2, True)
    assert can_sign_in(client, "mat-khau-binh")


def test_sign_in_name_of_another_commune_is_never_taken_over(
    database_url: str, world: World, client: TestClient
) -> None:
    refused = supervisor(database_url, "--new-password", commune="06400")
    assert (refused.exit_code, "choose another" in refused.stderr) == (2, True)
    assert can_sign_in(client, "mat-khau-binh")


@pytest.mark.parametrize("command", ["supervisor", "password"])
def test_new_password_ends_the_old_one_and_every_session(
    database_url: str, world: World, desk: TestClient, browser: Browser, command: str
) -> None:
    if command == "supervisor":
        output = supervisor(database_url, "--new-password").stdout
    else:
        output = run(database_url, "password", *OF_BINH).stdout
    assert "Hoàng Văn Bình, cán bộ, xã Yên Bình\n" in output
    assert desk.get("/desk/visits").headers["location"] == "/desk/sign-in?next=/desk/visits"
    assert (can_sign_in(browser(), "mat-khau-binh"), can_sign_in(browser(), password_of(output))) == (
        False,
        True,
    )


def test_password_for_an_unknown_name_is_refused(database_url: str, world: World) -> None:
    refused = run(database_url, "password", "--sign-in-name", "khong-ai")
    assert (refused.exit_code, refused.stderr) == (2, "Nobody has this sign-in name.\n")
