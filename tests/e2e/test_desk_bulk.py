"""The desk decides on many visits at once, by keyboard or mouse; the button shows their number."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.db import Database
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, skip_to_list
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNDER_THE_BAR = """document.querySelector("tr:focus-within").getBoundingClientRect().bottom
    > document.getElementById("bulk").getBoundingClientRect().top"""


@pytest.fixture
def lan(open_browser: Opener, server: Server) -> LanPhone:
    return LanPhone(open_browser().request)


@pytest.fixture
def desk(open_browser: Opener, lan: LanPhone, world: World) -> Page:
    """Bình in the list of Lan's three visits: at Ước's, then at Mai's, then at Đức's household."""
    for household in world.households[world.dong]:
        lan.record(household)
    return _at_list(open_browser, DESKTOP)


def test_three_visits_are_decided_on_at_once_by_keys_and_mouse(
    open_browser: Opener, desk: Page, lan: LanPhone, world: World, database: Database
) -> None:
    for step in (
        _accept_two_by_keys_and_undo,
        _select_a_range_and_the_page_by_keys,
        _return_all_by_keyboard_alone_and_undo,
        _leave_a_field_out,
        _select_a_range_by_mouse,
        _press_enter_in_a_box_and_in_a_reason,
        _select_around_a_decided_visit,
        _open_a_selected_visit,
        _decide_a_selected_visit_in_the_panel,
    ):
        _open_list(desk)
        _expect_states(desk, ["Chưa duyệt"] * 3)
        expect(_message(desk)).to_have_text("Chưa chọn lượt nào.")
        step(desk)
    _open_list(desk)
    _accept_while_one_is_amended(desk, lan, world)
    _open_list(desk)
    _undo_disappears_after_a_minute(desk)
    lan.record(*add_households(database, world, 12))
    _decide_by_touch(_at_list(open_browser, PHONE))


def _accept_two_by_keys_and_undo(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(_message(desk)).to_have_text("Đã chọn 1 lượt.")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(_button(desk, "Duyệt 2 lượt")).to_be_visible()
    desk.keyboard.press("x")
    expect(_button(desk, "Duyệt 1 lượt")).to_be_visible()
    desk.keyboard.press("x")
    desk.keyboard.press("d")
    expect(_button(desk, "Duyệt 2 lượt")).to_be_focused()
    _expect_states(desk, ["Chưa duyệt"] * 3)
    desk.keyboard.press("Enter")
    done = desk.get_by_role("status").filter(has_text="Đã duyệt 2 lượt.")
    expect(done).to_be_focused()
    _expect_states(desk, ["Đã duyệt", "Đã duyệt", "Chưa duyệt"])
    desk.keyboard.press("u")
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _select_a_range_and_the_page_by_keys(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("j")
    desk.keyboard.press("Shift+X")
    expect(_button(desk, "Duyệt 3 lượt")).to_be_visible()
    expect(desk.get_by_label("Chọn các lượt của trang")).to_be_checked()
    desk.keyboard.press("a")
    expect(_message(desk)).to_have_text("Chưa chọn lượt nào.")
    expect(_button(desk, "Duyệt")).to_have_count(0)
    desk.keyboard.press("a")
    expect(_button(desk, "Duyệt 3 lượt")).to_be_visible()


def _return_all_by_keyboard_alone_and_undo(desk: Page) -> None:
    desk.keyboard.press("a")
    desk.keyboard.press("t")
    expect(desk.get_by_label("Trùng lượt")).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")  # to the note: one that is too many has no wrong field
    desk.keyboard.type("xhtu?")
    desk.keyboard.press("Tab")
    expect(_button(desk, "Trả lại 3 lượt")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Đã trả lại 3 lượt.")).to_be_visible()
    _expect_states(desk, ["Đã trả lại"] * 3)
    expect(_boxes(desk)).to_have_count(3)
    expect(desk.get_by_label("Chọn các lượt của trang")).to_be_hidden()
    _button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 3 lượt.")).to_be_visible()


def _leave_a_field_out(desk: Page) -> None:
    """What is missing is named, and the selection stays."""
    _boxes(desk).nth(0).check()
    _boxes(desk).nth(2).check()
    desk.get_by_text("Trả lại 2 lượt…").click()
    desk.get_by_label("Khác").check()
    _button(desk, "Trả lại 2 lượt").click()
    expect(desk.get_by_text("Viết vài chữ cho lý do khác.")).to_be_visible()
    expect(desk.get_by_label("Khác")).to_be_checked()
    _expect_selected(desk, [True, False, True])
    expect(_button(desk, "Trả lại 2 lượt")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("row").filter(has_text="Trần Thị Mai")).to_be_visible()


def _select_a_range_by_mouse(desk: Page) -> None:
    _boxes(desk).nth(0).click()
    _boxes(desk).nth(2).click(modifiers=["Shift"])
    _button(desk, "Duyệt 3 lượt").click()
    expect(desk.get_by_text("Đã duyệt 3 lượt.")).to_be_visible()
    _button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 3 lượt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _press_enter_in_a_box_and_in_a_reason(desk: Page) -> None:
    """It opens the visit, and decides nothing."""
    desk.keyboard.press("a")
    _boxes(desk).nth(1).focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    _expect_states(desk, ["Chưa duyệt"] * 3)
    desk.keyboard.press("Escape")
    decided: list[str] = []
    desk.on("request", lambda request: decided.append(request.url) if request.method == "POST" else None)
    desk.get_by_label("Chọn các lượt của trang").focus()
    desk.keyboard.press("Enter")
    desk.keyboard.press("t")
    first = desk.locator("#bulk").get_by_role("radio").first
    expect(first).to_be_focused()
    desk.keyboard.press("Enter")
    desk.reload()  # the request of a form that was submitted would have begun before
    assert decided == []
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _select_around_a_decided_visit(desk: Page) -> None:
    """A range and the page leave it out; it is picked by itself."""
    _boxes(desk).nth(1).check()
    _button(desk, "Trả lại 1 lượt").or_(desk.get_by_text("Trả lại 1 lượt…")).first.click()
    desk.get_by_label("Sai hộ").check()
    desk.get_by_label("Ô cần sửa").select_option("household")
    _button(desk, "Trả lại 1 lượt").click()
    _expect_states(desk, ["Chưa duyệt", "Đã trả lại", "Chưa duyệt"])
    _boxes(desk).nth(0).click()
    _boxes(desk).nth(2).click(modifiers=["Shift"])
    expect(_button(desk, "Duyệt 2 lượt")).to_be_visible()
    expect(_button(desk, "về Chưa duyệt")).to_be_hidden()
    desk.get_by_label("Chọn các lượt của trang").uncheck()
    _boxes(desk).nth(1).check()
    _button(desk, "Đưa 1 lượt về Chưa duyệt").click()
    expect(desk.get_by_text("Đã đưa 1 lượt về Chưa duyệt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _open_a_selected_visit(desk: Page) -> None:
    """It stays selected."""
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="14 · Trần Thị Mai")).to_be_focused()
    expect(_button(desk, "Duyệt 2 lượt")).to_be_visible()
    _expect_selected(desk, [True, True, False])


def _decide_a_selected_visit_in_the_panel(desk: Page) -> None:
    """It is no longer selected."""
    desk.keyboard.press("a")
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="5 · Đặng Thị Ước")).to_be_focused()
    desk.keyboard.press("d")
    expect(_message(desk)).to_have_text("Đã chọn 2 lượt. 1 lượt vừa đổi, đã bỏ chọn.")
    desk.keyboard.press("u")
    expect(desk.get_by_role("row").filter(has_text="Đặng Thị Ước")).to_contain_text("Chưa duyệt")
    expect(_button(desk, "Duyệt 2 lượt")).to_be_visible()
    _button(desk, "Duyệt 2 lượt").click()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt", "Đã duyệt", "Đã duyệt"])
    _button(desk, "Hoàn tác").click()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _accept_while_one_is_amended(desk: Page, lan: LanPhone, world: World) -> None:
    """The amended visit is left out and reported."""
    desk.keyboard.press("a")
    lan.amend(1, world.duc)
    _button(desk, "Duyệt 3 lượt").click()
    sentence = "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt."
    expect(desk.get_by_text(sentence)).to_be_visible()
    _expect_states(desk, ["Đã duyệt", "Đã duyệt", "Chưa duyệt"])
    _button(desk, "Hoàn tác").click()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _undo_disappears_after_a_minute(desk: Page) -> None:
    desk.clock.install()
    desk.keyboard.press("a")
    _button(desk, "Duyệt 3 lượt").click()
    undo = _button(desk, "Hoàn tác")
    undo.focus()
    desk.clock.fast_forward(30_000)
    expect(undo).to_be_visible()
    desk.clock.fast_forward(31_000)
    expect(undo).to_have_count(0)
    expect(desk.get_by_role("status").filter(has_text="Đã duyệt 3 lượt.")).to_be_focused()


def _decide_by_touch(desk: Page) -> None:
    """On a phone, cards have boxes, and the bar stays in sight."""
    _boxes(desk).nth(0).tap()
    button = _button(desk, "Duyệt 1 lượt")
    expect(button).to_be_in_viewport()
    _boxes(desk).nth(1).tap()
    expect(_button(desk, "Duyệt 2 lượt")).to_be_in_viewport()
    size = _boxes(desk).nth(0).locator("xpath=..").bounding_box()
    assert size
    assert min(size["width"], size["height"]) >= 40
    _button(desk, "Duyệt 2 lượt").tap()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    _button(desk, "Hoàn tác").tap()
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()


def test_the_whole_filter_over_every_page_and_no_focused_row_under_the_bar(
    open_browser: Opener, lan: LanPhone, database: Database, world: World
) -> None:
    households = add_households(database, world, 260)
    for some in (households[:130], households[130:]):
        lan.record(*some)
    desk = _at_list(open_browser, DESKTOP)
    _expect_no_focused_row_under_the_bar(desk)
    _open_list(desk)
    whole = desk.get_by_label("Chọn cả 260 lượt của bộ lọc này")
    whole.check()
    expect(_button(desk, "Duyệt 260 lượt")).to_be_visible()
    _boxes(desk).nth(3).uncheck()
    expect(whole).not_to_be_checked()
    expect(_button(desk, "Duyệt 249 lượt")).to_be_visible()
    whole.check()
    lan.record(world.duc)  # after the page was loaded
    desk.get_by_role("link", name="Nguyễn Văn Thử").nth(3).click()
    expect(desk.get_by_role("heading", level=2).filter(has_text="Nguyễn Văn Thử")).to_be_focused()
    desk.keyboard.press("d")
    expect(_button(desk, "Duyệt 259 lượt")).to_be_visible()
    _button(desk, "Duyệt 259 lượt").click()
    expect(desk.get_by_text(re.compile("Đã duyệt 259 lượt."))).to_be_visible()
    desk.goto("/desk/visits?state=received")
    expect(desk.get_by_role("row").filter(has_text="Nguyễn Văn Đức")).to_be_visible()
    expect(desk.locator("#visits tbody tr")).to_have_count(1)


def _expect_no_focused_row_under_the_bar(desk: Page) -> None:
    desk.keyboard.press("a")
    expect(_button(desk, "Duyệt 250 lượt")).to_be_visible()
    under = []
    for _ in range(25):
        desk.keyboard.press("j")
        under.append(desk.evaluate(UNDER_THE_BAR))
    assert under == [False] * 25


def _at_list(open_browser: Opener, viewport: dict[str, int]) -> Page:
    """Bình signed in, focus in the list."""
    page = open_browser(viewport).pages[0]
    desk_sign_in(page)
    skip_to_list(page)
    return page


def _open_list(desk: Page) -> None:
    """The list anew, with nothing selected and no visit open, focus in the list."""
    desk.goto("/desk/visits")
    skip_to_list(desk)


def _boxes(desk: Page) -> Locator:
    return desk.get_by_role("checkbox", name=re.compile("^Chọn lượt"))


def _button(desk: Page, name: str) -> Locator:
    return desk.get_by_role("button", name=name)


def _message(desk: Page) -> Locator:
    return desk.locator("#bulk").get_by_role("status")


def _expect_states(desk: Page, states: list[str]) -> None:
    """Wait until the visits of the list have these states."""
    expect(desk.locator("#visits tbody .review")).to_have_text(states)


def _expect_selected(desk: Page, selected: list[bool]) -> None:
    """Wait until these boxes of the list are checked."""
    expect(_boxes(desk)).to_have_count(len(selected))
    for place, is_selected in enumerate(selected):
        expect(_boxes(desk).nth(place)).to_be_checked(checked=is_selected)
