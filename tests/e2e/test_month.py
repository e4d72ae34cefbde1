"""*Tháng này* on a leader's phone has the figures of the desk's report."""

import csv
import io
import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.core.clock import local_date, utc_now
from app.core.db import Database
from app.core.feed import feed
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, save_visit, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_leaders_figures_are_those_of_the_desks_report_and_the_supervisor_is_one_tap_away(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    database.write(lambda session: _promote(session, world))
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/account")
    desk.get_by_label("Số điện thoại").fill("0900 000 077")
    desk.get_by_role("button", name="Lưu số").click()
    expect(desk.get_by_text("Máy của các tổ nhận số này ở lần gửi tới.")).to_be_visible()

    page = open_browser().pages[0]
    sign_in(page)
    for household in (world.duc, world.mai, world.duc):
        _record(page, household)
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(3, timeout=75_000)
    _return_one(desk)
    page.goto("/field/log")
    expect(page.get_by_role("heading", name="Cần sửa (1)")).to_be_visible(timeout=75_000)

    page.goto("/field/month")
    shown = page.get_by_role("region", name="Tổ trong tháng").get_by_role("listitem")
    visits, met, guided = _report(desk, "Thôn Đông")
    expect(shown.filter(has_text="Thôn Đông")).to_contain_text(
        f"{visits} lượt thăm hộ · {met} hộ đã gặp · {guided} hộ được hướng dẫn"
    )
    assert visits == 2
    desk.goto("/desk/coverage")
    row = desk.get_by_role("row").filter(has_text="Thôn Đông")
    reached, households = (row.locator(f'[data-label="{name}"]').inner_text() for name in ("Đã gặp", "Hộ"))
    assert (reached, households) == ("1", "3")
    expect(shown.filter(has_text="Thôn Đông")).to_contain_text(f"đã gặp {reached}/{households} hộ")
    expect(page.get_by_text(re.compile("buổi"))).to_have_count(0)  # there was none
    _write_remark(page, "Sóng yếu ở cuối thôn")
    expect(page.get_by_text("Sóng yếu ở cuối thôn")).to_be_in_viewport(ratio=1)
    page.goto("/field/help")
    expect(page.get_by_role("link", name="0900 000 077")).to_have_attribute("href", "tel:+84900000077")


def _promote(session: Session, world: World) -> None:
    lan = session.get_one(Account, (world.commune_id, world.lan))
    lan.role = "leader"
    feed(session, world.commune_id, [lan])
    session.add(lan)


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, re.compile("^Hộ "))
    fill_visit(page)
    save_visit(page)


def _write_remark(page: Page, text: str) -> None:
    page.get_by_role("link", name="Viết ý kiến").click()
    wait_for_heading(page, "Viết ý kiến cho báo cáo")
    page.get_by_text("Khó khăn, kiến nghị").click()
    page.get_by_label("Nội dung").fill(text)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Đã lưu trên máy.")).to_be_visible()


def _return_one(desk: Page) -> None:
    desk.goto("/desk/visits")
    desk.get_by_role("row").filter(has_text="Trần Thị Mai").get_by_role("link").first.click()
    desk.get_by_role("link", name="Trả lại").click()
    desk.get_by_role("radio", name="Thiếu thông tin").check()
    desk.get_by_label("Ô cần sửa").select_option(label="Ghi chú")
    desk.get_by_label("Lời nhắn cho người ghi").fill("Xin ghi rõ đã hướng dẫn ai")
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.locator("#panel").get_by_text("Đã trả lại").first).to_be_visible()


def _report(desk: Page, hamlet: str) -> tuple[int, ...]:
    month = local_date(utc_now()).strftime("%Y-%m")
    text = desk.request.get(f"/desk/reports/{month}.csv").text().lstrip("\ufeff")
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    heading = next(row for row in rows if "Lượt thăm hộ" in row)
    (row,) = [row for row in rows if row[0] == hamlet]
    return tuple(int(row[heading.index(name)]) for name in ("Lượt thăm hộ", "Hộ đã gặp", "Hộ được hướng dẫn"))
