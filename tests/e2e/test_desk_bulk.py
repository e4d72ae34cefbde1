"""The desk decides on many visits at once, by keyboard or mouse; the button says on how many."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.clock import utc_now, wire_time
from app.core.db import Database
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in
from tests.world import LAN, World, add_homes

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
UNDER_THE_BAR = """document.querySelector("tr:focus-within").getBoundingClientRect().bottom
    > document.getElementById("bulk").getBoundingClientRect().top"""


class LanSends:
    """Lan's phone, as far as the desk notices it."""

    def __init__(self, request: Any) -> None:
        self.request = request
        invite = {"invite": LAN[1], "phone": LAN[0], "name": "Máy của Lan"}
        self.phone = request.post("/api/v1/devices", data=invite, headers=SAME_SITE).json()
        self.seq = 0

    def visits(self, *homes: str) -> None:
        """A visit at each of these, in one exchange."""
        first = self.seq + 1
        self._send("visit.record", [self._visit(first + n, home) for n, home in enumerate(homes)])

    def amends(self, number: int, home: str) -> None:
        """The visit that was the `number`th operation says something else."""
        visit = self._visit(number, home) | {"note": "Sửa lại", "base_version": 1}
        self._send("visit.amend", [visit])

    def _visit(self, number: int, home: str) -> dict[str, Any]:
        return {"id": f"11111111-1111-4111-8111-{number:012}", "household_id": home, "result": "not_home"}

    def _send(self, kind: str, data: list[dict[str, Any]]) -> None:
        now = wire_time(utc_now())
        ops = []
        for one in data:
            self.seq += 1
            op = {"op_id": f"22222222-2222-4222-8222-{self.seq:012}", "seq": self.seq, "type": kind, "v": 1}
            ops.append(op | {"commune_id": self.phone["commune_id"], "at": now, "data": one})
        queue: dict[str, Any] = {"count": len(ops), "oldest_at": None, "next_seq": self.seq + 1, "held": []}
        head = {"proto": 1, "build": "1.0.0", "device_id": self.phone["device_id"], "sent_at": now}
        body = head | {"queue": queue, "ops": ops}
        answer = self.request.post("/api/v1/sync", data=body, headers=SAME_SITE)
        assert {result["status"] for result in answer.json()["results"]} == {"applied"}


@pytest.fixture
def lan(open_browser: Opener, server: Server) -> LanSends:
    return LanSends(open_browser("lan").request)


@pytest.fixture
def desk(open_browser: Opener, lan: LanSends, world: World) -> Page:
    """Bình in the list of Lan's three visits: Ước's on top, then Mai's, then Đức's."""
    for home in world.homes[world.dong]:
        lan.visits(home)
    return _at_list(open_browser, DESKTOP)


def test_keys_pick_and_the_button_says_how_many(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(_said(desk)).to_have_text("Đã chọn 1 lượt.")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(_button(desk, "Hợp lệ 2 lượt")).to_be_visible()
    desk.keyboard.press("x")
    expect(_button(desk, "Hợp lệ 1 lượt")).to_be_visible()
    desk.keyboard.press("x")
    desk.keyboard.press("h")
    expect(_button(desk, "Hợp lệ 2 lượt")).to_be_focused()
    assert _states(desk) == ["Đã nhận"] * 3
    desk.keyboard.press("Enter")
    done = desk.get_by_role("status").filter(has_text="Đã duyệt 2 lượt.")
    expect(done).to_be_focused()
    assert _states(desk) == ["Hợp lệ", "Hợp lệ", "Đã nhận"]
    desk.keyboard.press("u")
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()
    assert _states(desk) == ["Đã nhận"] * 3


def test_a_range_and_the_whole_page_by_key(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Shift+X")
    expect(_button(desk, "Hợp lệ 3 lượt")).to_be_visible()
    expect(desk.get_by_label("Chọn cả trang")).to_be_checked()
    desk.keyboard.press("a")
    expect(_said(desk)).to_have_text("Chưa chọn lượt nào.")
    expect(_button(desk, "Hợp lệ")).to_have_count(0)
    desk.keyboard.press("a")
    expect(_button(desk, "Hợp lệ 3 lượt")).to_be_visible()


def test_many_are_returned_with_one_reason_by_keys_alone(desk: Page) -> None:
    desk.keyboard.press("a")
    desk.keyboard.press("t")
    expect(desk.get_by_label("Trùng lượt")).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Hộ")
    desk.keyboard.press("Tab")
    desk.keyboard.type("xhtu?")
    desk.keyboard.press("Tab")
    expect(_button(desk, "Trả lại 3 lượt")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Đã trả lại 3 lượt.")).to_be_visible()
    assert _states(desk) == ["Đã trả lại"] * 3
    expect(_boxes(desk)).to_have_count(0)


def test_what_is_missing_is_said_and_the_picks_stay(desk: Page) -> None:
    _boxes(desk).nth(0).check()
    _boxes(desk).nth(2).check()
    desk.get_by_text("Trả lại 2 lượt…").click()
    desk.get_by_label("Khác").check()
    _button(desk, "Trả lại 2 lượt").click()
    expect(desk.get_by_text("Viết vài chữ cho lý do khác.")).to_be_visible()
    expect(desk.get_by_label("Khác")).to_be_checked()
    assert [box.is_checked() for box in _boxes(desk).all()] == [True, False, True]
    expect(_button(desk, "Trả lại 2 lượt")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("row").filter(has_text="Trần Thị Mai")).to_be_visible()


def test_by_mouse_with_shift_for_a_range(desk: Page) -> None:
    _boxes(desk).nth(0).click()
    _boxes(desk).nth(2).click(modifiers=["Shift"])
    _button(desk, "Hợp lệ 3 lượt").click()
    expect(desk.get_by_text("Đã duyệt 3 lượt.")).to_be_visible()
    _button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 3 lượt.")).to_be_visible()
    assert _states(desk) == ["Đã nhận"] * 3


def test_enter_in_a_box_opens_the_visit_and_decides_nothing(desk: Page) -> None:
    desk.keyboard.press("a")
    _boxes(desk).nth(1).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    assert _states(desk) == ["Đã nhận"] * 3
    desk.keyboard.press("Escape")
    desk.get_by_label("Chọn cả trang").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("t")
    desk.keyboard.press("Enter")  # on the first reason
    desk.wait_for_timeout(300)
    desk.reload()
    assert _states(desk) == ["Đã nhận"] * 3


def test_looking_at_a_picked_visit_keeps_it_picked(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    expect(_button(desk, "Hợp lệ 2 lượt")).to_be_visible()
    assert [box.is_checked() for box in _boxes(desk).all()] == [True, True, False]


def test_a_picked_visit_that_is_decided_beside_the_list_counts_no_more(desk: Page) -> None:
    desk.keyboard.press("a")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="5 · Đặng Thị Ước")).to_be_focused()
    desk.keyboard.press("h")
    expect(_said(desk)).to_have_text("Đã chọn 2 lượt. 1 lượt vừa đổi, đã bỏ chọn.")
    desk.keyboard.press("u")
    expect(desk.get_by_role("row").filter(has_text="Đặng Thị Ước")).to_contain_text("Đã nhận")
    expect(_button(desk, "Hợp lệ 2 lượt")).to_be_visible()
    _button(desk, "Hợp lệ 2 lượt").click()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    assert _states(desk) == ["Đã nhận", "Hợp lệ", "Hợp lệ"]


def test_what_its_author_amended_meanwhile_is_left_out_and_said(
    desk: Page, lan: LanSends, world: World
) -> None:
    desk.keyboard.press("a")
    lan.amends(1, world.duc)
    _button(desk, "Hợp lệ 3 lượt").click()
    sentence = "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt."
    expect(desk.get_by_text(sentence)).to_be_visible()
    assert _states(desk) == ["Hợp lệ", "Hợp lệ", "Đã nhận"]


def test_the_whole_filter_over_every_page(
    open_browser: Opener, lan: LanSends, database: Database, world: World
) -> None:
    homes = add_homes(database, world, 260)
    for some in (homes[:130], homes[130:]):
        lan.visits(*some)
    desk = _at_list(open_browser, DESKTOP)
    whole = desk.get_by_label("Chọn cả 260 lượt của bộ lọc này")
    whole.check()
    expect(_button(desk, "Hợp lệ 260 lượt")).to_be_visible()
    _boxes(desk).nth(3).uncheck()
    expect(whole).not_to_be_checked()
    expect(_button(desk, "Hợp lệ 249 lượt")).to_be_visible()
    whole.check()
    lan.visits(world.duc)  # came after the look
    desk.get_by_role("link", name="Nguyễn Văn Thử").nth(3).click()
    desk.get_by_role("heading", level=2).filter(has_text="Nguyễn Văn Thử").wait_for()
    desk.keyboard.press("h")
    expect(_button(desk, "Hợp lệ 259 lượt")).to_be_visible()
    _button(desk, "Hợp lệ 259 lượt").click()
    expect(desk.get_by_text(re.compile("Đã duyệt 259 lượt."))).to_be_visible()
    desk.goto("/desk/visits?state=received")
    expect(desk.get_by_role("row").filter(has_text="Nguyễn Văn Đức")).to_be_visible()
    expect(desk.locator("#visits tbody tr")).to_have_count(1)


def test_undo_goes_away_when_its_minute_is_over(open_browser: Opener, lan: LanSends, world: World) -> None:
    lan.visits(world.duc, world.mai)
    desk = _at_list(open_browser, DESKTOP)
    desk.clock.install()
    desk.keyboard.press("a")
    _button(desk, "Hợp lệ 2 lượt").click()
    undo = _button(desk, "Hoàn tác")
    undo.focus()
    desk.clock.fast_forward(30_000)
    expect(undo).to_be_visible()
    desk.clock.fast_forward(31_000)
    expect(undo).to_have_count(0)
    expect(desk.get_by_role("status").filter(has_text="Đã duyệt 2 lượt.")).to_be_focused()


def test_on_a_phone_cards_have_boxes_and_the_bar_stays_at_hand(
    open_browser: Opener, lan: LanSends, database: Database, world: World
) -> None:
    lan.visits(*add_homes(database, world, 12))
    desk = _at_list(open_browser, PHONE)
    _boxes(desk).nth(0).tap()
    button = _button(desk, "Hợp lệ 1 lượt")
    expect(button).to_be_in_viewport()
    _boxes(desk).nth(1).tap()
    expect(_button(desk, "Hợp lệ 2 lượt")).to_be_in_viewport()
    size = _boxes(desk).nth(0).locator("xpath=..").bounding_box()
    assert size
    assert min(size["width"], size["height"]) >= 40
    _button(desk, "Hợp lệ 2 lượt").tap()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    _button(desk, "Hoàn tác").tap()
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()


def test_the_row_with_focus_is_not_under_the_bar(
    open_browser: Opener, lan: LanSends, database: Database, world: World
) -> None:
    lan.visits(*add_homes(database, world, 40))
    desk = _at_list(open_browser, DESKTOP)
    desk.keyboard.press("a")
    under = []
    for _ in range(25):
        desk.keyboard.press("j")
        under.append(desk.evaluate(UNDER_THE_BAR))
    assert under == [False] * 25


def test_without_script_boxes_and_buttons_do_the_same(
    open_browser: Opener, lan: LanSends, world: World
) -> None:
    lan.visits(world.duc, world.mai)
    desk = open_browser("plain", DESKTOP, java_script_enabled=False).pages[0]
    desk_sign_in(desk)
    _boxes(desk).nth(1).check()
    _button(desk, "Hợp lệ các lượt đã chọn").click()
    expect(desk.get_by_text("Đã duyệt 1 lượt.")).to_be_visible()
    _button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 1 lượt.")).to_be_visible()


def _at_list(open_browser: Opener, viewport: dict[str, int]) -> Page:
    """Bình signed in, focus in the list."""
    page = open_browser("binh", viewport).pages[0]
    desk_sign_in(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    return page


def _boxes(desk: Page) -> Locator:
    return desk.get_by_role("checkbox", name=re.compile("^Chọn lượt"))


def _button(desk: Page, name: str) -> Locator:
    return desk.get_by_role("button", name=name)


def _said(desk: Page) -> Locator:
    return desk.locator("#bulk").get_by_role("status")


def _states(desk: Page) -> list[str]:
    return desk.locator("#visits tbody .review").all_inner_texts()
