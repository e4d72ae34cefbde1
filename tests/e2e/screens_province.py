"""Walks through the pages of a province, of operators who begin its viewers, and of sharing at the desk."""

import re
from collections.abc import Iterator

from playwright.sync_api import Page
from sqlmodel import Session

from app.commune.calendar.period import parse_period
from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.remarks import commands as remarks
from app.province.status import count_due
from app.reports import sharing
from app.reports.closing import close_period, reopen_period
from tests.e2e.steps import wait_for_heading, wait_for_screen
from tests.reports.random_commune import binh
from tests.web.link_client import PASSWORD
from tests.world import World

_ID = "00000000-0000-4000-8000-000000000001"
REMARK = "Hẹn trước qua loa truyền thanh, số nhà vắng giảm rõ."


def viewer_screens(page: Page) -> Iterator[str]:
    """The operator's pages of a province; ends on the sheet with the link of a new viewer."""
    page.goto("/operator/provinces")
    wait_for_heading(page, "Tỉnh, thành phố")
    yield "operator-provinces"
    page.get_by_role("link", name="Tỉnh Lạng Sơn").click()
    wait_for_heading(page, "Tỉnh Lạng Sơn")
    page.get_by_role("button", name="Thêm và cấp đường dẫn").click()
    page.get_by_text("Nhập họ và tên.").wait_for()
    yield "operator-province-refused"
    for name, sign_in_name in (("Vũ Thị Thử", "thu.vt"), ("Lê Thị Hà", "ha.lt")):
        page.get_by_label("Họ và tên").fill(name)
        page.get_by_label("Tên đăng nhập").fill(sign_in_name)
        page.get_by_role("button", name="Thêm và cấp đường dẫn").click()
        wait_for_heading(page, f"Đường dẫn cho {name}")
        page.get_by_role("link", name="Xong").click()
        wait_for_heading(page, "Tỉnh Lạng Sơn")
    page.get_by_role("link", name="Cho nghỉ: Vũ Thị Thử").click()
    wait_for_heading(page, "Cho Vũ Thị Thử nghỉ?")
    yield "operator-viewer-end"
    page.get_by_role("button", name="Cho nghỉ").click()
    page.get_by_text("Đã nghỉ").wait_for()
    yield "operator-province"
    page.get_by_role("button", name="Cấp đường dẫn đặt mật khẩu cho Lê Thị Hà").click()
    wait_for_heading(page, "Đường dẫn cho Lê Thị Hà")


def choose_viewers_password(page: Page) -> None:
    """Open the link on the sheet and choose a password."""
    page.goto(page.locator("p.link").inner_text())
    wait_for_heading(page, "Chọn mật khẩu")
    page.get_by_label("Mật khẩu mới", exact=True).fill(PASSWORD)
    page.get_by_label("Gõ lại mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu và đăng nhập").click()
    wait_for_heading(page, re.compile("^Xã, phường"))


def sharing_screens(page: Page) -> Iterator[str]:
    """A remark of last year is shared, at the desk."""
    page.goto("/desk/reports/2025/remarks/new?kind=practice")
    page.get_by_label("Nội dung").fill(REMARK)
    page.get_by_role("button", name="Lưu").click()
    page.get_by_role("link", name="Chia sẻ ý kiến với cấp tỉnh").click()
    wait_for_heading(page, "Chia sẻ với cấp tỉnh: Năm 2025")
    yield "desk-sharing"
    page.get_by_role("button", name="Chia sẻ với cấp tỉnh ý kiến").first.click()
    page.get_by_text("Đã chia sẻ với cấp tỉnh.").wait_for()
    yield "desk-shared"


def prepare_province(database: Database, world: World) -> None:
    """The commune has closed the years before last year and last year, a remark of which it shares, and has
    reopened last year's first quarter. Its signs are counted."""
    now = utc_now()
    last = now.year - 1

    def work(session: Session) -> None:
        actor = binh(session, world)
        period = parse_period(str(last), 1)
        remarks.write(session, actor, period, _ID, remarks.RemarkText("practice", REMARK), now)
        for code in (str(last - 1), str(last), f"{last}-Q1"):
            close_period(session, actor, code, "Vẫn chốt", now)
        reopen_period(session, actor, f"{last}-Q1", "Nhập thiếu", now)
        session.flush()
        (state,) = sharing.list_states(session, actor, period)
        sharing.share(session, actor, _ID, state.remark.feed_seq, now)

    database.write(work)
    count_due(database, utc_now)


def province_screens(page: Page) -> Iterator[str]:
    """The pages of a viewer, who is signed in; last year as `prepare_province` has left it."""
    last = utc_now().year - 1
    yield from _at(page, "/province/", "province-overview")
    yield from _at(page, f"/province/?period={last}", "province-closed")
    yield from _at(page, f"/province/?period={last}&show=silent", "province-silent")
    yield from _at(page, "/province/?show=reopened", "province-none")
    yield from _at(page, f"/province/reports/{last}", "province-report")
    yield from _at(page, f"/province/reports/{last}?figure=visits", "province-chart")
    yield from _at(page, "/province/reports", "province-report-empty")
    yield from _at(page, f"/province/remarks?period={last}", "province-remarks")
    page.goto(f"/province/?period={last}")
    page.get_by_role("link", name="Xã Yên Bình").click()
    wait_for_heading(page, f"Xã Yên Bình: Năm {last}")
    yield "province-sent"
    page.get_by_role("link", name="Xã Yên Bình").click()
    wait_for_heading(page, "Xã Yên Bình")
    yield "province-commune"
    page.get_by_role("link", name=f"Quý I/{last}").click()
    page.get_by_text("Đã mở lại lúc").wait_for()
    yield "province-reopened"
    yield from _at(page, "/province/account", "province-account")


def _at(page: Page, address: str, name: str) -> Iterator[str]:
    page.goto(address)
    wait_for_screen(page)
    yield name
