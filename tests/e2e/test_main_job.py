"""The main job, end to end: sign in, lose the network, record, come back, review, amend."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.households.models import Household
from app.visits.models import Visit, VisitVersion
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, find_household, heading, sign_in
from tests.world import World


def test_recorded_without_a_network_reviewed_and_amended(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    phone = open_browser("lan")
    sign_in(phone.pages[0])

    server.stop()
    phone.close()
    phone = open_browser("lan")
    page = phone.pages[0]
    page.goto("/field/")
    heading(page, re.compile("Xin chào, Nguyễn Thị Lan"))

    find_household(page, "nguyen duc 12")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").dblclick()
    heading(page, "Đã lưu trên máy")

    _add_household_and_visit_it(page)
    page.get_by_role("link", name="Đã ghi").click()
    expect(page.get_by_text("3 lượt đang lưu trên máy, chưa gửi.")).to_be_visible()
    expect(page.get_by_text("Trên máy").first).to_be_visible()

    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")  # what a browser says when its own network is back
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d")).first).to_be_visible(timeout=75_000)
    assert _stored(database, world) == {"Nguyễn Văn Đức": 1, "Vũ Thị Thắm": 1}

    desk = open_browser("binh", DESKTOP).pages[0]
    desk_sign_in(desk)
    for name in ("Nguyễn Văn Đức", "Vũ Thị Thắm"):
        expect(desk.get_by_role("row").filter(has_text=name)).to_have_count(1)
    _return_visit(desk, "Nguyễn Văn Đức")

    _see_why_and_amend(page)
    desk.reload()
    expect(desk.get_by_text("Đã hỏi lại gia đình").first).to_be_visible()
    desk.goto("/desk/visits")
    desk.get_by_role("row").filter(has_text="Nguyễn Văn Đức").get_by_role("link").first.click()
    expect(desk.get_by_text("Đã hỏi lại gia đình").first).to_be_visible()
    expect(desk.locator("del", has_text="(trống)")).to_be_visible()
    expect(desk.locator("ins", has_text="Đã hỏi lại gia đình")).to_be_visible()
    assert _versions(database) == 1
    assert _state(database, world) == "received"


def _add_household_and_visit_it(page: Page) -> None:
    page.get_by_role("link", name="Chọn hộ khác").click()
    page.get_by_role("link", name="Thêm hộ mới").click()
    page.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    page.get_by_label("Số nhà").fill("9")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Ghi", exact=True).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    page.get_by_role("link", name="Xong").click()
    heading(page, re.compile("Xin chào"))


def _return_visit(desk: Page, name: str) -> None:
    desk.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
    desk.get_by_role("link", name="Trả lại").click()
    desk.get_by_role("radio", name="Thiếu thông tin").check()
    desk.get_by_label("Ô cần sửa").select_option(label="Ghi chú")
    desk.get_by_label("Lời nhắn cho người ghi").fill("Xin ghi rõ đã hướng dẫn ai")
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.get_by_text("Thiếu thông tin").first).to_be_visible()


def _see_why_and_amend(page: Page) -> None:
    page.get_by_role("link", name="Hôm nay").click()
    heading(page, re.compile("Xin chào"))
    page.reload()
    returned = page.get_by_role("link", name=re.compile("Xin ghi rõ đã hướng dẫn ai"))
    expect(returned).to_be_visible(timeout=75_000)
    returned.click()
    page.get_by_label(re.compile("ghi chú", re.IGNORECASE)).fill("Đã hỏi lại gia đình")
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    page.goto("/field/log")
    sent = page.get_by_role("link", name=re.compile(r"Nguyễn Văn Đức.*Đã gửi \d\d:\d\d"))
    expect(sent).to_be_visible(timeout=75_000)


def _stored(database: Database, world: World) -> dict[str, int]:
    def work(session: Any) -> dict[str, int]:
        names = {home.id: home.head_name for home in session.exec(select(Household))}
        counts: dict[str, int] = {}
        for visit in session.exec(select(Visit)):
            counts[names[visit.household_id]] = counts.get(names[visit.household_id], 0) + 1
        return counts

    return database.read(work)


def _versions(database: Database) -> int:
    return database.read(lambda session: len(session.exec(select(VisitVersion)).all()))


def _state(database: Database, world: World) -> str:
    return database.read(
        lambda session: session.exec(select(Visit).where(Visit.household_id == world.duc)).one().review_state
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_queue_drains_by_itself_when_nothing_says_that_the_network_is_back(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser("lan").pages[0]
    sign_in(page)
    server.stop()
    find_household(page, "nguyen duc 12")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    page.goto("/field/log")
    expect(page.get_by_text("Trên máy").first).to_be_visible()
    server.start()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert _stored(database, world) == {"Nguyễn Văn Đức": 1}
