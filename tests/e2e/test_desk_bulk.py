"""The desk decides on many visits at once, by keyboard or mouse; the button shows their number."""

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.desk_list import at_list, boxes, button, open_list
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lan(open_browser: Opener, server: Server) -> LanPhone:
    return LanPhone(open_browser().request)


@pytest.fixture
def desk(open_browser: Opener, lan: LanPhone, world: World, database: Database) -> Page:
    """Bình in the list of Lan's three visits: at Ước's, then at Mai's, then at Đức's household."""
    for household in world.households[world.dong]:
        lan.record(household)
    evaluate_all(database)  # a visit flagged after the list opened would be left out
    return at_list(open_browser, DESKTOP)


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
        open_list(desk)
        _expect_states(desk, ["Chưa duyệt"] * 3)
        expect(_message(desk)).to_have_text("Chưa chọn lượt nào.")
        step(desk)
    open_list(desk)
    _accept_while_one_is_amended(desk, lan, world)
    open_list(desk)
    _undo_disappears_after_a_minute(desk)
    lan.record(*add_households(database, world, 12))
    evaluate_all(database)
    _decide_by_touch(at_list(open_browser, PHONE))


def _accept_two_by_keys_and_undo(desk: Page) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(_message(desk)).to_have_text("Đã chọn 1 lượt.")
    desk.keyboard.press("j")
    desk.keyboard.press("x")
    expect(button(desk, "Duyệt 2 lượt")).to_be_visible()
    desk.keyboard.press("x")
    expect(button(desk, "Duyệt 1 lượt")).to_be_visible()
    desk.keyboard.press("x")
    desk.keyboard.press("d")
    expect(button(desk, "Duyệt 2 lượt")).to_be_focused()
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
    expect(button(desk, "Duyệt 3 lượt")).to_be_visible()
    expect(desk.get_by_label("Chọn các lượt của trang")).to_be_checked()
    desk.keyboard.press("a")
    expect(_message(desk)).to_have_text("Chưa chọn lượt nào.")
    expect(button(desk, "Duyệt")).to_have_count(0)
    desk.keyboard.press("a")
    expect(button(desk, "Duyệt 3 lượt")).to_be_visible()


def _return_all_by_keyboard_alone_and_undo(desk: Page) -> None:
    desk.keyboard.press("a")
    desk.keyboard.press("t")
    expect(desk.get_by_label("Trùng lượt")).to_be_focused()
    desk.keyboard.press("Space")
    desk.keyboard.press("Tab")  # to the note: one that is too many has no wrong field
    desk.keyboard.type("xhtu?")
    desk.keyboard.press("Tab")
    expect(button(desk, "Trả lại 3 lượt")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.get_by_text("Đã trả lại 3 lượt.")).to_be_visible()
    _expect_states(desk, ["Đã trả lại"] * 3)
    expect(boxes(desk)).to_have_count(3)
    expect(desk.get_by_label("Chọn các lượt của trang")).to_be_hidden()
    button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 3 lượt.")).to_be_visible()


def _leave_a_field_out(desk: Page) -> None:
    """What is missing is named, and the selection stays."""
    boxes(desk).nth(0).check()
    boxes(desk).nth(2).check()
    desk.get_by_text("Trả lại 2 lượt…").click()
    desk.get_by_label("Khác").check()
    button(desk, "Trả lại 2 lượt").click()
    expect(desk.get_by_text("Viết vài chữ cho lý do khác.")).to_be_visible()
    expect(desk.get_by_label("Khác")).to_be_checked()
    _expect_selected(desk, [True, False, True])
    expect(button(desk, "Trả lại 2 lượt")).to_be_visible()
    desk.reload()
    expect(desk.get_by_role("row").filter(has_text="Trần Thị Mai")).to_be_visible()


def _select_a_range_by_mouse(desk: Page) -> None:
    boxes(desk).nth(0).click()
    boxes(desk).nth(2).click(modifiers=["Shift"])
    button(desk, "Duyệt 3 lượt").click()
    expect(desk.get_by_text("Đã duyệt 3 lượt.")).to_be_visible()
    button(desk, "Hoàn tác").click()
    expect(desk.get_by_text("Đã hoàn tác 3 lượt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _press_enter_in_a_box_and_in_a_reason(desk: Page) -> None:
    """It opens the visit, and decides nothing."""
    desk.keyboard.press("a")
    boxes(desk).nth(1).focus()
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
    boxes(desk).nth(1).check()
    button(desk, "Trả lại 1 lượt").or_(desk.get_by_text("Trả lại 1 lượt…")).first.click()
    desk.get_by_label("Sai hộ").check()
    desk.get_by_label("Ô cần sửa").select_option("household")
    button(desk, "Trả lại 1 lượt").click()
    _expect_states(desk, ["Chưa duyệt", "Đã trả lại", "Chưa duyệt"])
    boxes(desk).nth(0).click()
    boxes(desk).nth(2).click(modifiers=["Shift"])
    expect(button(desk, "Duyệt 2 lượt")).to_be_visible()
    expect(button(desk, "về Chưa duyệt")).to_be_hidden()
    desk.get_by_label("Chọn các lượt của trang").uncheck()
    boxes(desk).nth(1).check()
    button(desk, "Đưa 1 lượt về Chưa duyệt").click()
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
    expect(button(desk, "Duyệt 2 lượt")).to_be_visible()
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
    expect(button(desk, "Duyệt 2 lượt")).to_be_visible()
    button(desk, "Duyệt 2 lượt").click()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    _expect_states(desk, ["Chưa duyệt", "Đã duyệt", "Đã duyệt"])
    button(desk, "Hoàn tác").click()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _accept_while_one_is_amended(desk: Page, lan: LanPhone, world: World) -> None:
    """The amended visit is left out and reported."""
    desk.keyboard.press("a")
    lan.amend(1, world.duc)
    button(desk, "Duyệt 3 lượt").click()
    sentence = "Đã duyệt 2 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt."
    expect(desk.get_by_text(sentence)).to_be_visible()
    _expect_states(desk, ["Đã duyệt", "Đã duyệt", "Chưa duyệt"])
    button(desk, "Hoàn tác").click()
    _expect_states(desk, ["Chưa duyệt"] * 3)


def _undo_disappears_after_a_minute(desk: Page) -> None:
    desk.clock.install()
    desk.keyboard.press("a")
    button(desk, "Duyệt 3 lượt").click()
    undo = button(desk, "Hoàn tác")
    undo.focus()
    desk.clock.fast_forward(30_000)
    expect(undo).to_be_visible()
    desk.clock.fast_forward(31_000)
    expect(undo).to_have_count(0)
    expect(desk.get_by_role("status").filter(has_text="Đã duyệt 3 lượt.")).to_be_focused()


def _decide_by_touch(desk: Page) -> None:
    """On a phone, cards have boxes, and the bar stays in sight."""
    boxes(desk).nth(0).tap()
    expect(button(desk, "Duyệt 1 lượt")).to_be_in_viewport()
    boxes(desk).nth(1).tap()
    expect(button(desk, "Duyệt 2 lượt")).to_be_in_viewport()
    size = boxes(desk).nth(0).locator("xpath=..").bounding_box()
    assert size
    assert min(size["width"], size["height"]) >= 40
    button(desk, "Duyệt 2 lượt").tap()
    expect(desk.get_by_text("Đã duyệt 2 lượt.")).to_be_visible()
    button(desk, "Hoàn tác").tap()
    expect(desk.get_by_text("Đã hoàn tác 2 lượt.")).to_be_visible()


def _message(desk: Page) -> Locator:
    return desk.locator("#bulk").get_by_role("status")


def _expect_states(desk: Page, states: list[str]) -> None:
    """Wait until the visits of the list have these states."""
    expect(desk.locator("#visits tbody .review")).to_have_text(states)


def _expect_selected(desk: Page, selected: list[bool]) -> None:
    """Wait until these boxes of the list are checked."""
    expect(boxes(desk)).to_have_count(len(selected))
    for place, is_selected in enumerate(selected):
        expect(boxes(desk).nth(place)).to_be_checked(checked=is_selected)
