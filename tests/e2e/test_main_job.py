"""The main job, end to end: sign in, record without a network, send, review, amend."""

import re
from typing import Any

from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitVersion
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    desk_sign_in,
    fill_visit,
    find_household,
    return_visit,
    save_visit,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.world import World

SYNC = "/api/v1/sync"


def test_recorded_without_a_network_reviewed_and_amended(
    open_profile: Opener, open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    phone = open_profile("lan", windows=False)
    sign_in(phone.pages[0])

    server.stop()
    phone.close()
    phone = open_profile("lan", windows=False)
    page = phone.pages[0]
    page.goto("/field/")
    wait_for_heading(page, re.compile("Xin chào, Nguyễn Thị Lan"))

    find_household(page, "nguyen duc 12")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").dblclick()
    wait_for_heading(page, "Đã lưu trên máy")

    _add_household_and_visit_it(page)
    page.get_by_role("link", name="Đã ghi").click()
    expect(page.get_by_text("3 lượt đang lưu trên máy, chưa gửi.")).to_be_visible()
    expect(page.get_by_text("Chưa gửi").first).to_be_visible()

    server.start()
    page.evaluate("dispatchEvent(new Event('online'))")  # as browsers do when they have a network again
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(3, timeout=75_000)
    assert _visits_by_household(database) == {"Nguyễn Văn Đức": 1, "Vũ Thị Thắm": 1}

    desk = open_browser(DESKTOP).pages[0]
    _see_both_and_return_one(desk)
    _see_why_and_amend(page)
    _see_the_amendment(desk)
    assert _count_versions(database) == 1
    assert _review_state(database, world) == "received"
    _send_within_a_minute(page, server)
    assert _visits_by_household(database) == {"Nguyễn Văn Đức": 2, "Vũ Thị Thắm": 1}


def _see_both_and_return_one(desk: Page) -> None:
    desk_sign_in(desk)
    for name in ("Nguyễn Văn Đức", "Vũ Thị Thắm"):
        expect(desk.get_by_role("row").filter(has_text=name)).to_have_count(1)
    return_visit(desk, "Nguyễn Văn Đức")


def _send_within_a_minute(page: Page, server: Server) -> None:
    """The phone tries every minute, and sooner after a failure; nobody says that there is a network."""
    server.stop()
    page.clock.install()
    find_household(page, "nguyen duc 12")
    expect(page.get_by_role("listitem")).to_have_count(1)
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    save_visit(page)
    page.goto("/field/log")
    queued = page.locator("[data-step=queued]")
    expect(queued).to_have_count(1)
    server.start()
    # In steps: while the page's clock runs on, an answer that is on its way would be late.
    sending: set[str] = set()
    page.on("request", lambda request: sending.add(request.url) if SYNC in request.url else None)
    for ended in ("requestfinished", "requestfailed"):
        page.on(ended, lambda request: sending.discard(request.url))
    for _ in range(65):
        page.clock.run_for(1_000)
        wait_until(page, lambda: not sending)
    expect(queued).to_have_count(0)


def _see_the_amendment(desk: Page) -> None:
    desk.reload()
    expect(desk.get_by_text("Đã hỏi lại gia đình").first).to_be_visible()
    desk.goto("/desk/visits")
    desk.get_by_role("row").filter(has_text="Nguyễn Văn Đức").get_by_role("link").first.click()
    expect(desk.get_by_text("Đã hỏi lại gia đình").first).to_be_visible()
    expect(desk.get_by_text("“Cháu hỏi lại rồi ạ”").first).to_be_visible()
    expect(desk.locator("del", has_text="(trống)")).to_be_visible()
    expect(desk.locator("ins", has_text="Đã hỏi lại gia đình")).to_be_visible()


def _add_household_and_visit_it(page: Page) -> None:
    page.get_by_role("link", name="Chọn hộ khác").click()
    page.get_by_role("link", name="Thêm hộ mới").click()
    page.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    page.get_by_label("Số nhà").fill("9")
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Ghi", exact=True).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_role("link", name="Xong").click()
    wait_for_heading(page, re.compile("Xin chào"))


def _see_why_and_amend(page: Page) -> None:
    page.get_by_role("link", name="Hôm nay").click()
    wait_for_heading(page, re.compile("Xin chào"))
    page.reload()
    returned = page.get_by_role("link", name=re.compile("Xin ghi rõ đã hướng dẫn ai"))
    expect(returned).to_be_visible(timeout=75_000)
    returned.click()
    page.get_by_label(re.compile("^Trả lời cán bộ")).fill("Cháu hỏi lại rồi ạ")
    page.get_by_label(re.compile("ghi chú", re.IGNORECASE)).fill("Đã hỏi lại gia đình")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.goto("/field/log")
    sent = page.get_by_role("link", name=re.compile(r"Nguyễn Văn Đức.*Đã gửi \d\d:\d\d"))
    expect(sent).to_be_visible(timeout=75_000)


def _visits_by_household(database: Database) -> dict[str, int]:
    def work(session: Any) -> dict[str, int]:
        names = {household.id: household.head_name for household in session.exec(select(Household))}
        counts: dict[str, int] = {}
        for visit in session.exec(select(Visit)):
            counts[names[visit.household_id]] = counts.get(names[visit.household_id], 0) + 1
        return counts

    return database.read(work)


def _count_versions(database: Database) -> int:
    return database.read(lambda session: len(session.exec(select(VisitVersion)).all()))


def _review_state(database: Database, world: World) -> str:
    return database.read(
        lambda session: session.exec(select(Visit).where(Visit.household_id == world.duc)).one().review_state
    )
