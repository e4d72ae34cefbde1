"""The visit form: what a tap opens is in view, the tapped chip stays, each fault stands at its place."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from tests.e2e.conftest import PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, expect_only_fault, sign_in, wait_for_heading, wait_until
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# In the order of a visit: the label to tap, and the selector of what the tap opens.
TAPS = [
    ('[name="service"][value="vneid_install"]', ".detail:has(#people-vneid_install)"),
    (".detail:has(#people-vneid_install) .others > input", '.chip:has([value="not_possible"])'),
    ('[name="outcome-vneid_install"][value="referred"]', ""),
    ('[name="service"][value="bills"]', ".detail:has(#people-bills)"),
    ("#services > .chips > .others > input", ".pillar:first-of-type"),
    ('[name="service"][value="scam_warning"]', ".detail:has(#people-scam_warning)"),
    ('[name="result"][value="come_back"]', "#follow_up"),
    ('[name="follow_up"][value="pick"]', ".picked"),
    ('[name="result"][value="not_home"]', ".extras summary"),
    ('[name="result"][value="helped"]', "#services .chip"),
    ('[name="result"][value="not_needed"]', ".extras summary"),
    ('[name="result"][value="come_back"]', "#follow_up"),
]
# Box of the chip, and how far the page is scrolled.
STATE = """(input) => {
  const { x, y, width, height } = input.parentElement.getBoundingClientRect();
  return { x, y, width, height };
}"""
# Whether the element is in view, or, if it is too high for that, fills the view below the chip.
IN_VIEW = """([input, opened]) => {
  const sheet = document.querySelector(".sheet").getBoundingClientRect();
  const box = opened.getBoundingClientRect();
  const chip = input.parentElement.getBoundingClientRect();
  const isWhole = box.height > 0 && box.top >= sheet.top && box.bottom <= sheet.bottom;
  const fills = box.height > 0 && box.top < sheet.bottom && box.bottom >= sheet.bottom;
  return isWhole || (fills && chip.top - sheet.top <= 9);
}"""
# Whether the opened element would have been in view without scrolling.
NEEDED = """([opened, moved]) => {
  const sheet = document.querySelector(".sheet").getBoundingClientRect();
  return opened.getBoundingClientRect().bottom + moved + 9 > sheet.bottom;
}"""
# Resolves once what a tap opened has said so, and the page was drawn.
DRAWN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Counts the parts that say that they are open or closed, from now on.
COUNT_TOGGLES = """() => {
  const toggles = { count: 0 };
  document.addEventListener("toggle", () => { toggles.count += 1; }, true);
  return toggles;
}"""
HEADING = re.compile("^Hộ Nguyễn Văn ")


def test_a_form_shows_what_a_tap_opens_and_leads_to_guides_and_back(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    forms = [f"/field/households/{household}/visit" for household in add_households(database, world, 6)]
    page = open_browser().pages[0]
    sign_in(page)
    for size in ((320, 640), (412, 732), (640, 412), (PHONE["width"], PHONE["height"])):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        _open(page, forms.pop())
        for control, opened in TAPS:
            _tap(page, control, opened)
    _choose_services_and_take_them_back(page, forms.pop())
    _follow_a_guide_at_once(page, forms.pop())
    _come_back_from_guides(page, f"/field/households/{world.duc}/visit")


def test_each_fault_is_said_at_its_place_and_a_visit_is_edited_from_its_top(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    edited, faulty, noted = add_households(database, world, 8)[-3:]
    page = open_browser().pages[0]
    sign_in(page)
    _mend_each_fault(page, f"/field/households/{faulty}/visit")
    _edit_a_visit_with_a_note(page, f"/field/households/{edited}/visit")
    _write_twelve_digits(page, f"/field/households/{noted}/visit")


def _mend_each_fault(page: Page, form: str) -> None:
    """It goes when it is mended."""
    _open(page, form)
    _save(page)
    expect_only_fault(page, "#result-error", "Chọn một kết quả trước khi lưu.")
    page.locator("#result").get_by_text("Hẹn quay lại").click()
    expect(page.locator(".error")).to_have_count(0)
    _save(page)
    expect_only_fault(page, "#follow_up-error", "Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.")
    page.get_by_text("Đã hỗ trợ", exact=True).click()
    expect(page.locator(".error")).to_have_count(0)
    _save(page)
    expect_only_fault(page, "#services-error", "Chọn ít nhất một việc đã hướng dẫn.")
    page.locator("#services label").get_by_text("Trả điện, nước, học phí", exact=True).click()
    expect(page.locator(".error")).to_have_count(0)
    _save(page)
    expect_only_fault(page, "#outcome-bills-error", "Chọn kết quả của việc “Trả điện, nước, học phí”.")
    page.locator(".detail:has(#people-bills)").get_by_text("Làm hộ").click()
    expect(page.locator(".error")).to_have_count(0)
    _save(page)
    wait_for_heading(page, "Đã lưu trên máy")


def _choose_services_and_take_them_back(page: Page, form: str) -> None:
    """The form has fields of chosen services only."""
    _open(page, form)
    assert _service_fields(page) == {}
    service = page.locator('[name="service"][value="vneid_install"]')
    service.locator("xpath=..").click()
    detail = page.locator(".detail:has(#people-vneid_install)")
    detail.get_by_text("Tự làm được").click()
    detail.get_by_label("Thêm một").click()
    chosen = {
        "service": ["vneid_install"],
        "outcome-vneid_install": ["did_it"],
        "people-vneid_install": ["2"],
    }
    assert _service_fields(page) == chosen
    service.locator("xpath=..").click()
    expect(detail).to_have_count(0)
    assert _service_fields(page) == {}
    service.locator("xpath=..").click()
    assert _service_fields(page) == chosen, "what was entered comes back"

    # Closing Việc khác hides what is chosen there, and loses nothing.
    others = page.locator("#services > .chips > .others")
    others.click()
    page.locator('[name="service"][value="scam_warning"]').locator("xpath=..").click()
    others.click()
    expect(page.locator("#people-scam_warning")).to_be_hidden()
    assert _service_fields(page)["service"] == ["vneid_install", "scam_warning"]


def _follow_a_guide_at_once(page: Page, form: str) -> None:
    """The first tap on a service is in the draft, with its result, and leads to the guide."""
    _open(page, form)
    page.evaluate("window.samePage = true")
    page.locator("#services").get_by_text("Cài VNeID", exact=True).click()
    page.get_by_role("link", name="Xem hướng dẫn").click()
    expect(page.locator('main[data-screen="guide"]')).to_be_visible()
    wait_for_heading(page, "Mở kho ứng dụng")
    assert page.evaluate("window.samePage"), "the link was followed by the app, not by the browser"
    page.goto(form)
    expect(page.locator('[name="service"][value="vneid_install"]')).to_be_checked()
    expect(page.locator('[name="result"][value="helped"]')).to_be_checked()
    expect(page.locator("#people-vneid_install")).to_be_visible()


def _come_back_from_guides(page: Page, form: str) -> None:
    """From a guide, and from the one that it leads to, the form stands where it was left."""
    _open(page, form)
    page.locator("#services > .chips > .others").click()
    page.locator('[name="service"][value="vneid_install"]').locator("xpath=..").click()
    page.locator('[name="service"][value="scam_warning"]').locator("xpath=..").click()
    for service in ("scam_warning", "vneid_install"):
        link = page.locator(f'form.record a[href^="/field/guides/{service}?"]')
        link.scroll_into_view_if_needed()
        before = box_of(link)
        link.click()
        page.locator('main[data-screen="guide"]').wait_for()
        if service == "vneid_install":
            page.get_by_role("link", name="Đọc cả hướng dẫn").click()
            page.locator('#guide a[href^="/field/guides/"]').first.click()
            expect(page.get_by_role("heading", level=1)).not_to_have_text("Cài VNeID")
            page.get_by_role("link", name="Quay lại lượt đang ghi").click()
        else:
            page.go_back()
        wait_for_heading(page, "Hộ Nguyễn Văn Đức")
        expect(link).to_be_focused()
        assert box_of(link)["y"] == pytest.approx(before["y"], abs=1)
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()


def _edit_a_visit_with_a_note(page: Page, form: str) -> None:
    """It is edited from its top."""
    _open(page, form)
    save = box_of(page.get_by_role("button", name="Lưu"))
    _fill_in(page, note="Hẹn chiều thứ bảy mang căn cước ra nhà văn hóa")
    opened = page.evaluate_handle(COUNT_TOGGLES)
    page.get_by_role("link", name="Sửa lượt vừa ghi").click()
    wait_for_heading(page, HEADING)
    expect(page.get_by_label("Ghi chú", exact=True)).to_have_value(re.compile("^Hẹn chiều"))
    wait_until(page, lambda: opened.evaluate("({ count }) => count > 0"))  # a part that is open says so
    page.evaluate(DRAWN)
    assert page.locator(".sheet").evaluate("sheet => sheet.scrollTop") == 0
    page.get_by_label("Ghi chú", exact=True).fill("Hẹn chiều chủ nhật")
    page.locator("h1 .back").click()
    page.locator('main[data-screen="household"], main[data-screen="visit-page"]').wait_for()
    page.go_back()
    page.get_by_text("Tiếp tục phần đang ghi dở.").wait_for()
    assert box_of(page.get_by_role("button", name="Lưu")) == save


def _write_twelve_digits(page: Page, form: str) -> None:
    """They are pointed out before saving, and masked by it."""
    _open(page, form)
    page.get_by_text("Vắng nhà", exact=True).click()
    page.get_by_text("Thêm ghi chú").click()
    note = page.get_by_label("Ghi chú", exact=True)
    notice = page.get_by_text("Số căn cước sẽ được che khi lưu.")
    for words, shown in (("Gọi 0912 345", False), ("Số 0123 4567 8901", True), ("Ngày 12/11/2026", False)):
        note.fill(words)
        expect(notice).to_be_visible(visible=shown)
    note.fill("Số 012345678901")
    _save(page)
    wait_for_heading(page, "Đã lưu trên máy")
    page.go_back()
    page.goto(form.removesuffix("/visit"))
    expect(page.get_by_text("Số ••••••••••••")).to_be_visible()


def _fill_in(page: Page, note: str) -> None:
    """Choosing a service says that the household was helped."""
    page.get_by_text("Cài VNeID", exact=True).first.click()
    page.get_by_text("Tự làm được", exact=True).first.click()
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill(note)
    _save(page)
    wait_for_heading(page, "Đã lưu trên máy")


def _open(page: Page, form: str) -> None:
    page.goto(form)
    wait_for_heading(page, HEADING)


def _tap(page: Page, control: str, opened: str) -> None:
    chosen = page.locator(control)
    chosen.locator("xpath=..").scroll_into_view_if_needed()
    before = chosen.evaluate(STATE)
    page.mouse.click(before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    expect(chosen).to_be_checked()
    page.evaluate(DRAWN)
    after = chosen.evaluate(STATE)
    assert (after["width"], after["height"]) == (before["width"], before["height"]), control
    moved = before["y"] - after["y"]
    if not opened:
        assert moved == pytest.approx(0, abs=1), control
        return
    part = page.locator(opened).first.element_handle()
    assert page.evaluate(IN_VIEW, [chosen.element_handle(), part]), f"{control} opened {opened} out of view"
    if moved > 1:
        assert page.evaluate(NEEDED, [part, moved]), f"{control} moved the page by {moved} for nothing"
    assert moved > -1, f"{control} moved down by {-moved}"


def _save(page: Page) -> None:
    page.get_by_role("button", name="Lưu").click()


def _service_fields(page: Page) -> dict[str, list[str]]:
    """The values of the form that belong to services, by field."""
    entries: list[list[str]] = page.evaluate("[...new FormData(document.querySelector('form.record'))]")
    fields: dict[str, list[str]] = {}
    for name, value in entries:
        if name == "service" or name.startswith(("outcome-", "people-")):
            fields.setdefault(name, []).append(value)
    return fields
