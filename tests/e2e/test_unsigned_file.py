"""A file forged in Lan's name is accepted at the desk, and Lan says on her phone that she did not record it;
then another phone signs in with her name."""

import os
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Device
from app.core.clock import utc_now, wire_time
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.export import keys
from app.sync.export.importer import import_file
from app.sync.export.keys import ExportKey
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, sign_in, submit_sign_in, wait_for_heading
from tests.phone import new_id
from tests.sync.export.export_file import encrypt_content
from tests.world import LAN, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PICTURES = os.environ.get("PICTURES", "")


def test_author_disowns_a_visit_that_was_accepted_from_a_forged_file_and_hears_of_a_second_phone(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    lan = open_browser().pages[0]
    sign_in(lan)
    device = database.read(lambda session: session.exec(select(Device)).one())
    assert device.public_key, "registered at the sign-in"
    summary = import_file(database, _forged(database, device, world), utc_now())
    assert (summary.applied, summary.quarantined) == (0, 1)

    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    _accept(desk, database)
    _disown(lan, desk)
    other = open_browser().pages[0]
    submit_sign_in(other, LAN[0], _code(database, world))
    wait_for_heading(other, re.compile("Xin chào"))
    _hear_of_second_phone(lan, desk)


def _accept(desk: Page, database: Database) -> None:
    desk.goto("/desk/quarantine")
    _picture(desk, "quarantine")
    desk.get_by_role("link", name="Ghi lượt thăm").click()
    desk.get_by_role("button", name="Nhận", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Đã nhận")
    visit = database.read(lambda session: session.exec(select(Visit)).one())
    desk.goto(f"/desk/visits/{visit.id}")
    expect(desk.get_by_text("Từ tệp không ký, người nhận")).to_be_visible()
    _picture(desk, "visit")


def _disown(lan: Page, desk: Page) -> None:
    lan.reload()
    row = lan.get_by_role("link", name=re.compile("Cán bộ nhận từ một tệp"))
    expect(row).to_be_visible(timeout=75_000)
    _picture(lan, "today")
    row.click()
    wait_for_heading(lan, re.compile("^Lượt thăm"))
    _picture(lan, "visit-phone")
    lan.get_by_role("link", name="Không phải tôi ghi").click()
    wait_for_heading(lan, "Không phải bạn ghi lượt này?")
    _picture(lan, "disown")
    lan.get_by_role("button", name="Không phải tôi ghi").click()
    wait_for_heading(lan, "Đã ghi")
    expect(lan.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d")).first).to_be_visible(timeout=75_000)
    desk.goto("/desk/quarantine")
    expect(desk.get_by_role("heading", name="Người ghi nói: không phải tôi ghi")).to_be_visible()
    _picture(desk, "disowned")


def _hear_of_second_phone(lan: Page, desk: Page) -> None:
    lan.goto("/field/")
    notice = lan.get_by_role("link", name="Máy khác đăng nhập bằng tên bạn")
    expect(notice).to_be_visible(timeout=75_000)
    _picture(lan, "today-second-phone")
    notice.click()
    wait_for_heading(lan, "Máy khác đăng nhập bằng tên bạn")
    expect(lan.get_by_text("Mã mời do Hoàng Văn Bình cấp")).to_be_visible()
    _picture(lan, "second-phone")
    lan.get_by_role("button", name="Đó là máy của tôi").click()
    wait_for_heading(lan, re.compile("Xin chào"))
    expect(notice).not_to_be_visible()
    desk.goto("/desk/devices")
    expect(desk.get_by_text(re.compile("Tên này đang dùng trên hơn một máy"))).to_have_count(2)
    _picture(desk, "devices")


def _forged(database: Database, device: Device, world: World) -> bytes:
    """What anybody can make who sees the desk's pages."""
    key = database.read(lambda session: keys.public_row(session, world.commune_id, _key_id(session)))
    data: dict[str, Any] = {
        "id": new_id(), "household_id": world.duc, "result": "helped", "note": "", "follow_up_on": None,
        "services": [{"code": "vneid_install", "outcome": "did_it", "people": 1}],
    }  # fmt: skip
    operation = {"op_id": new_id(), "seq": 1, "type": "visit.record", "v": 1, "commune_id": world.commune_id}
    operation |= {"at": wire_time(utc_now()), "data": data}
    owner = {"commune_id": world.commune_id, "account_id": world.lan, "device_id": device.id}
    named = {"id": key["id"], "public_key": key["public_key"]}
    return encrypt_content(named, owner | {"ops": [operation]}, signed_by="somebody")


def _key_id(session: Session) -> str:
    return session.exec(select(ExportKey)).one().id


def _code(database: Database, world: World) -> str:
    def invite(session: Session) -> str:
        lan = session.get_one(Account, (world.commune_id, world.lan))
        return people.invite(session, lan, utc_now(), by=world.binh)

    return database.write(invite)


def _picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
