"""A leader's day in every engine: recorded without a network, the browser killed and opened again, all sent.

One journey with two starts of the browser, because a start of an engine costs more than what is done in it.
"""

import time
from collections.abc import Sequence

import httpx2
import pytest
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.models import ReportRemark
from app.fieldwork.visits.models import Visit, VisitVersion
from tests.e2e.engines import back, two_tabs
from tests.e2e.engines.client import wait_for
from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.person import Person
from tests.e2e.server import Server
from tests.fieldwork.remarks.leaders_remarks import let_lan_lead
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FLUSH = 0.5
"""Seconds within which the phone stores what is typed."""
NOTE = "Bà Ước hỏi về VNeID mức 2, hẹn mang căn cước"
REMARK = "Sóng yếu ở cuối thôn"
PLACE = "Nhà văn hóa thôn"
UNFINISHED = "Tiếp tục phần đang ghi dở."
# The engines on a desktop have no share sheet.
SHARE_SHEET = """
navigator.canShare = ({ files }) => files.every(({ type }) => type === "text/plain");
navigator.share = async ({ files }) => { window.shared = await files[0].text(); };"""
ALL_SENT = (
    "const main = document.getElementById('main'); return /chưa gửi/.test(main.innerText) ? null : main"
)
WHOLE_FILE = "return window.shared?.length > 500 ? window.shared : null"


def test_a_day_without_a_network_is_restored_after_a_kill_and_sent_once(
    browse: Browse, server: Server, world: World, database: Database
) -> None:
    let_lan_lead(database, world)
    add_households(database, world, 20)
    lan = browse()
    lan.sign_in()
    _wait_for_the_guides(lan)
    server.stop()
    _record(lan)
    back.check_back_and_forward(lan)
    two_tabs.check(lan, lan.tab(), world)
    _leave_three_drafts(lan, world)
    time.sleep(FLUSH)
    lan.client.kill()

    lan = browse()
    lan.open("/field/")
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.fits()
    _find_the_drafts(lan, world)
    _record_the_session(lan)
    _write_a_remark(lan)
    _read_a_guide(lan)
    _find_a_household(lan)
    _read_the_visit(lan)
    _change_the_settings(lan)
    shared = _hand_over_a_file(lan)

    server.start()
    _send_all(lan)
    assert _stored(database) == _expected(world)
    assert "Máy chủ đã nhận tệp" in _deliver(server, shared)
    assert _stored(database) == _expected(world), "what the file has was recorded before"
    desk = lan.tab()
    desk.desk_sign_in()
    desk.sees("Nguyễn Văn Đức")


def _send_all(lan: Person) -> None:
    """By an address: the page that is left is in the middle of a transaction, which no other may wait for."""
    lan.sign_in()  # browsers write cookies to the disk now and then: a killed one may have lost the session
    lan.open("/field/log")
    lan.heading("Đã ghi")
    wait_for(lambda: lan.client.find(ALL_SENT), "no record that waits", 75)
    lan.is_rid_of("[data-step=queued]")
    lan.step("Đã gửi")


def _wait_for_the_guides(lan: Person) -> None:
    """They come after the first screen."""
    lan.press("Cẩm nang")
    lan.heading("Cẩm nang")
    lan.sees("Nhận biết lừa đảo")
    lan.fits()


def _record(lan: Person) -> None:
    lan.press("Hôm nay")
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.reload()
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Hộ dân")
    lan.write("Tên hoặc số nhà", "nguyen duc 12")
    lan.sees("Tất cả 1")
    lan.press("Ghi 12 · Nguyễn Văn Đức")
    lan.fill_visit()
    lan.fits()
    lan.press("Lưu")
    lan.heading("Đã lưu trên máy")
    lan.sees("Sẽ tự gửi khi có mạng.")
    lan.fits()
    lan.reload()
    lan.heading("Đã lưu trên máy")
    lan.press("Xong")
    lan.press("Đã ghi")
    lan.sees("1 lượt đang lưu trên máy, chưa gửi.")
    lan.step("Chưa gửi")
    lan.fits()


def _leave_three_drafts(lan: Person, world: World) -> None:
    """Typed and not saved: a visit, a household and a session."""
    lan.open(_visit_form(world))
    lan.heading("Hộ Đặng Thị Ước")
    lan.fill_visit()
    lan.press("Thêm một")
    lan.press("Thêm ghi chú")
    lan.write("Ghi chú", NOTE)
    time.sleep(FLUSH)
    lan.open("/field/sessions/new")
    lan.heading("Ghi buổi tuyên truyền")
    lan.write("Nơi tổ chức", PLACE)
    time.sleep(FLUSH)
    lan.open("/field/households/new")
    lan.heading("Thêm hộ mới")
    lan.write("Tên chủ hộ", "Lý Văn Hai")
    lan.write("Ngõ, xóm hoặc mốc dễ thấy", "Sau đình làng")
    lan.press("Số điện thoại")
    lan.write("Số điện thoại của hộ", "0912")


def _find_the_drafts(lan: Person, world: World) -> None:
    lan.open(_visit_form(world))
    lan.sees(UNFINISHED)
    assert lan.value("Ghi chú") == NOTE
    assert lan.value("Số người") == "2"
    assert lan.chosen() == ["Đã hỗ trợ", "Cài VNeID", "Tự làm được"]
    lan.open("/field/households/new")
    lan.sees(UNFINISHED)
    assert lan.value("Tên chủ hộ") == "Lý Văn Hai"
    assert lan.value("Ngõ, xóm hoặc mốc dễ thấy") == "Sau đình làng"
    assert lan.value("Số điện thoại của hộ") == "0912"


def _visit_form(world: World) -> str:
    return f"/field/households/{world.households[world.dong][2]}/visit"


def _record_the_session(lan: Person) -> None:
    lan.open("/field/")
    lan.press("Ghi buổi tuyên truyền")
    lan.heading("Ghi buổi tuyên truyền")
    lan.sees(UNFINISHED)
    lan.has("Nơi tổ chức", PLACE)
    lan.choose("Cài VNeID")
    lan.press("+10")
    lan.press("+10")
    lan.press("Bớt một")
    lan.press("Lưu")
    lan.heading("Đã ghi")
    lan.sees("Đã lưu trên máy. Sẽ tự gửi khi có mạng.")
    lan.sees(PLACE)
    lan.step("Chưa gửi")


def _write_a_remark(lan: Person) -> None:
    lan.press("Hôm nay")
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Tháng này")
    lan.press("Viết ý kiến")
    lan.heading("Viết ý kiến cho báo cáo")
    lan.choose("Khó khăn, kiến nghị")
    lan.write("Nội dung", REMARK)
    lan.press("Lưu")
    lan.sees("Đã lưu trên máy. Sẽ tự gửi khi có mạng.")
    lan.sees(REMARK)
    lan.step("Chưa gửi")


def _read_a_guide(lan: Person) -> None:
    lan.press("Cẩm nang")
    lan.heading("Cẩm nang")
    _search(lan, "Tìm trong cẩm nang", "lua dao")
    lan.press("Nhận biết lừa đảo", beginning=True)
    lan.heading("Nhận biết lừa đảo")
    lan.sees("Giục gấp")


def _search(lan: Person, field: str, words: str) -> None:
    """Type, and wait for the result, which moves the rows."""
    lan.write(field, words)
    found = words.replace(" ", "+")
    wait_for(
        lambda: lan.client.run(f"return location.search.includes('q={found}')"), f"the result of {words}"
    )


def _find_a_household(lan: Person) -> None:
    lan.press("Hộ dân")
    lan.heading("Hộ dân")
    lan.fits()
    _search(lan, "Tên hoặc số nhà", "nguyen van dux")
    lan.sees("Gần giống:")
    lan.press("12 · Nguyễn Văn Đức", beginning=True)
    lan.heading("Hộ Nguyễn Văn Đức")


def _read_the_visit(lan: Person) -> None:
    lan.press("Đã hỗ trợ", beginning=True)
    lan.heading("Lượt thăm", beginning=True)
    lan.sees("Cài VNeID: Tự làm được, 1 người")
    lan.press("Bỏ lượt ghi nhầm")
    lan.heading("Bỏ lượt ghi nhầm?")
    lan.press("Giữ lại")
    lan.heading("Lượt thăm", beginning=True)


def _change_the_settings(lan: Person) -> None:
    lan.open("/field/settings")
    lan.heading("Cài đặt")
    lan.press("Bật")
    lan.press("Tắt")
    lan.sees("Bật")
    lan.press("Kiểm tra trước khi đi")
    lan.heading("Kiểm tra trước khi đi")
    lan.sees("Kiểm tra lại")
    lan.open("/field/help")
    lan.heading("Trợ giúp")


def _hand_over_a_file(lan: Person) -> str:
    """Copy the queue to a file, and share it as a text; returns that text."""
    lan.open("/field/settings")
    lan.press("Lưu tệp nhờ gửi hộ")
    lan.sees("Đã chép ra tệp")
    lan.client.run(SHARE_SHEET)
    lan.press("Hôm nay")
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Cài đặt")
    lan.press("Gửi qua Zalo")
    lan.sees("Đã chuyển tệp.")
    text: str = wait_for(lambda: lan.client.run(WHOLE_FILE), "the shared file")
    return text


def _deliver(server: Server, text: str) -> str:
    """Hand the text in at the public page, as somebody else; returns the page."""
    files = {"file": ("luot-chua-gui.txt", text.encode(), "text/plain")}
    return httpx2.post(f"{server.url}/upload", files=files, headers={"Sec-Fetch-Site": "same-origin"}).text


def _expected(world: World) -> dict[str, Sequence[object]]:
    return {
        "visits": [
            ("Nguyễn Văn Thử 9", back.NOTE),
            ("Nguyễn Văn Đức", ""),
            ("Trần Thị Mai", two_tabs.NOTE),
        ],
        "changes": [],
        "households": [two_tabs.HEAD],
        "sessions": [(PLACE, 19)],
        "remarks": [("difficulty", REMARK, world.lan)],
    }


def _stored(database: Database) -> dict[str, Sequence[object]]:
    """What the server has: of visits the household and the note, and how often they were changed."""

    def work(session: Session) -> dict[str, Sequence[object]]:
        names = {household.id: household.head_name for household in session.exec(select(Household))}
        visits = session.exec(select(Visit)).all()
        return {
            "visits": sorted((names[visit.household_id], visit.note) for visit in visits),
            "changes": list(session.exec(select(VisitVersion)).all()),
            "households": [name for name in names.values() if name == two_tabs.HEAD],
            "sessions": [(one.place, one.people) for one in session.exec(select(OutreachSession))],
            "remarks": [(one.kind, one.text, one.written_by) for one in session.exec(select(ReportRemark))],
        }

    return database.read(work)
