"""The sheet with an invite code: its QR code holds code and number in the fragment, and nowhere else."""

import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.commune.teams.members import InviteCode
from app.core.db import Database
from app.web.desk.people.invites import invite_address
from app.web.middleware.security import CSP, POLICIES
from tests.qr import read_svg
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import code_of, invite
from tests.world import World

Browser = Callable[[], TestClient]


def test_qr_code_of_every_sheet_has_code_and_number_in_the_fragment(
    desk: TestClient, database: Database, world: World
) -> None:
    invited = invite(desk, database)
    reissued = desk.post(f"/desk/people/{world.nam}/code")
    desk.post(f"/desk/people/{world.lan}/end")
    team = re.findall(r'<option value="([\w-]+)"', desk.get(f"/desk/people/{world.lan}").text)[0]
    back = desk.post(f"/desk/people/{world.lan}/return", data={"team": team})
    for answer, number in ((invited, "0900000077"), (reissued, "0900000002"), (back, "0900000001")):
        code = code_of(answer)
        sign_in = desk.base_url.join("/field/sign-in")
        assert read_svg(answer.text) == [f"{sign_in}#invite={code}&phone={number}"]
        assert answer.text.count(code) == 0, "the digits without a blank are in the QR code only"


def test_sheet_says_what_to_do_and_fits_the_policy(desk: TestClient, database: Database) -> None:
    answer = invite(desk, database)
    assert answer.headers["content-security-policy"] == POLICIES[CSP]
    assert not re.search(r"style=|<style|data:", answer.text)
    assert re.search(
        "Mở bằng máy ảnh, không mở trong Zalo 1. Mở máy ảnh .* 2. Bấm vào đường dẫn hiện ra. "
        "3. Mã mời và số điện thoại đã điền sẵn: bấm Đăng nhập.",
        words(answer.text),
    )


@pytest.mark.parametrize(
    ("number", "dialled"), [("+84900000001", "0900000001"), ("+8562055512345", "008562055512345")]
)
def test_number_in_the_fragment_is_digits_only(number: str, dialled: str) -> None:
    address = invite_address("https://xa.example/field/sign-in", InviteCode("00000009", ""), number)
    assert address == f"https://xa.example/field/sign-in#invite=00000009&phone={dialled}"


def test_public_address_of_the_settings_is_in_the_qr_code(
    desk: TestClient, database: Database, app: FastAPI
) -> None:
    public = {"public_url": "https://xa.example/"}
    app.state.settings = app.state.settings.model_copy(update=public)
    assert read_svg(invite(desk, database).text)[0].startswith("https://xa.example/field/sign-in#invite=")


def test_supervisor_next_door_gets_no_sheet(browser: Browser, world: World) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.post(f"/desk/people/{world.nam}/code").status_code == 404
