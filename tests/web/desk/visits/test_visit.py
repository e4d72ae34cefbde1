"""GET /desk/visits/{id}: one visit, as a page and as a panel."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

from fastapi.testclient import TestClient

from app.core.clock import wire_time
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World

Browser = Callable[[], TestClient]
PANEL = {"HX-Request": "true", "HX-Request-Type": "partial"}


def test_panel_shows_the_whole_content_of_a_visit(desk: TestClient, lan: Phone, world: World) -> None:
    services = [
        {"code": "vietqr", "outcome": "explained", "people": 2},
        {"code": "file_application", "outcome": "done_for_them", "people": 1},
    ]
    id = _send(lan, lan.visit(world.duc, services=services, note="Hẹn buổi tối", follow_up_on="2026-12-01"))
    words = _panel(desk, id)
    for part in (
        "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông Chưa duyệt",
        "Kết quả Đã hỗ trợ",
        "Chuyển khoản, quét VietQR Chỉ cách, chưa làm, 2 người",
        "Nộp hồ sơ Làm hộ, 1 hồ sơ",
        "Hẹn quay lại 01/12/2026",
        "Ghi chú Hẹn buổi tối",
        "Người ghi Nguyễn Thị Lan",
        "Lúc thăm 16:40 24/11/2026",
        "Gửi về lúc 16:40 24/11/2026",
        "Tính vào ngày 24/11/2026",
    ):
        assert part in words


def test_markup_in_a_note_is_text(desk: TestClient, lan: Phone, world: World) -> None:
    id = _send(lan, lan.visit(world.duc, note="<b>Hẹn</b> buổi tối"))
    assert '<dd class="note">&lt;b&gt;Hẹn&lt;/b&gt; buổi tối</dd>' in desk.get(f"/desk/visits/{id}").text


def test_digits_in_notes_are_masked_in_every_version(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, note="CCCD 014093001234")
    id = _send(lan, visit, lan.amend(visit, note="Số máy 0900 000 001"))
    page = desk.get(f"/desk/visits/{id}").text
    assert "014093001234" not in page
    assert "0900 000 001" not in page
    assert "CCCD ••••••••••••" in page
    assert "Dãy số dài được che bớt." in page


def test_times_of_visit_and_receipt_are_shown_when_the_phone_was_out_of_reach(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    clock.forward(hours=3)
    lan.exchange(visit, sent_at=wire_time(clock()))
    words = _panel(desk, visit["data"]["id"])
    assert "Lúc thăm 16:40 24/11/2026 Gửi về lúc 19:40 24/11/2026" in words


def test_a_phone_with_a_wrong_clock_is_pointed_out(desk: TestClient, lan: Phone, world: World) -> None:
    lan.now -= timedelta(days=400)
    words = _panel(desk, _send(lan, lan.visit(world.duc)))
    assert "Lúc thăm 16:40 24/11/2026 Giờ trên máy 16:40 20/10/2025" in words


def test_history_shows_what_each_amendment_changed_newest_first(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc, result="not_home", services=[], note="")
    id = _send(lan, visit)
    clock.forward(minutes=10)
    services = [{"code": "vneid_install", "outcome": "did_it", "people": 1}]
    lan.exchange(lan.amend(visit, result="helped", services=services, note="", household_id=world.mai))
    words = _panel(desk, id)
    assert (
        "Sửa Nguyễn Thị Lan , 16:50 24/11/2026"
        " Kết quả trước Vắng nhà sau Đã hỗ trợ"
        " Việc hướng dẫn trước (trống) sau Cài VNeID: Tự làm được, 1 người"
        " Hộ trước 12 · Nguyễn Văn Đức sau 14 · Trần Thị Mai"
        " Nguyễn Thị Lan gửi về 16:40 24/11/2026"
    ) in words


def test_amendment_without_a_change_says_so(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    assert "Lưu lại, nội dung không đổi" in _panel(desk, _send(lan, visit, lan.amend(visit)))


def test_history_shows_decisions_with_who_why_and_where(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    id = _send(lan, lan.visit(world.duc))
    clock.forward(minutes=5)
    form = {"version": "1", "reason": "wrong_household", "field": "household", "note": "Nhà số 14"}
    desk.post(f"/desk/visits/{id}/return", data=form)
    clock.forward(minutes=5)
    desk.post(f"/desk/visits/{id}/accept", data={"version": "1"})
    words = _panel(desk, id)
    assert (
        "Lịch sử Đã duyệt Hoàng Văn Bình , 16:50 24/11/2026"
        " Đã trả lại Hoàng Văn Bình , 16:45 24/11/2026 Sai hộ: Nhà số 14 Ô cần sửa: Hộ"
        " Nguyễn Thị Lan gửi về"
    ) in words


def test_page_by_address_has_the_list_and_marks_the_visit_in_it(
    desk: TestClient, lan: Phone, world: World
) -> None:
    id = _send(lan, lan.visit(world.duc), lan.visit(world.mai))
    page = desk.get(f"/desk/visits/{id}").text
    assert "<title>12 · Nguyễn Văn Đức – Lượt thăm – Từng Nhà</title>" in page
    assert page.count('id="row-') == 2
    assert re.findall(r'id="open-([^"]*)"[^>]*aria-current="true"', page) == [id]


def test_htmx_gets_the_panel_and_the_row_alone(desk: TestClient, lan: Phone, world: World) -> None:
    id = _send(lan, lan.visit(world.duc), lan.visit(world.mai))
    page = desk.get(f"/desk/visits/{id}", headers=PANEL).text
    assert page.startswith("<title>12 · Nguyễn Văn Đức")
    assert "<html" not in page
    assert re.findall(r'id="row-([^"]*)"', page) == [id]
    assert f'hx-target="#row-{id}"' in page


def test_links_and_forms_of_the_panel_keep_the_filters(desk: TestClient, lan: Phone, world: World) -> None:
    id = _send(lan, lan.visit(world.duc))
    query = f"?hamlet={world.dong}&state=received"
    page = unescape(desk.get(f"/desk/visits/{id}{query}", headers=PANEL).text)
    for path in ("", f"/{id}", f"/{id}/accept", f"/{id}/return"):
        assert f'"/desk/visits{path}{query}"' in page


def test_withdrawn_visit_can_be_read_but_not_decided(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    id = _send(lan, visit, lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    for path in (f"/desk/visits/{id}", f"/desk/visits/{id}/return"):
        page = desk.get(path, headers=PANEL).text
        assert "Đã bỏ" in page
        assert "<form" not in page
        assert "/return" not in page


def test_supervisor_next_door_does_not_find_the_visit(browser: Browser, lan: Phone, world: World) -> None:
    id = _send(lan, lan.visit(world.duc))
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    for path in (f"/desk/visits/{id}", f"/desk/visits/{id}/return"):
        answer = hoa.get(path)
        assert answer.status_code == 404
        assert "Đức" not in answer.text


def test_unknown_address_is_not_found(desk: TestClient, world: World) -> None:
    for id in ("khong-co", "%00", "a%00b", "%ED%A0%80", "a" * 65, "'--", "Đức", world.duc):
        answer = desk.get(f"/desk/visits/{id}")
        assert answer.status_code == 404, id
        assert "Không tìm thấy trang này" in answer.text


def _send(lan: Phone, *ops: dict[str, object]) -> str:
    """Send operations; returns the id of the first one's visit."""
    results = lan.exchange(*ops, sent_at=wire_time(lan.now))["results"]
    assert [result["status"] for result in results] == ["applied"] * len(ops)
    data = ops[0]["data"]
    assert isinstance(data, dict)
    return str(data["id"])


def _panel(desk: TestClient, id: str) -> str:
    page = desk.get(f"/desk/visits/{id}", headers=PANEL)
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page.text)).split())
