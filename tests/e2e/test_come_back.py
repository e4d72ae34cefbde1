"""*Hẹn quay lại* at 360 × 640: the tap opens the dates in sight, and the tapped button does not move."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, Opener
from tests.e2e.server import Server
from tests.e2e.steps import IN_ACCOUNT, save_visit, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHOSEN = (
    IN_ACCOUNT
    % """async (done, db) => {
  const drafts = await done(db.transaction("drafts").objectStore("drafts").getAll());
  return drafts.flatMap(({ values }) => values.result);
}"""
)


def test_dates_of_a_follow_up_open_beside_the_result_that_asks_for_them(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    duc, mai, uoc = (f"/field/households/{household}/visit" for household in world.households[world.dong])
    _come_back_without_a_date(page, duc)
    _choose_another_result(page, mai)
    _ask_anew_at_vang_nha(page, uoc)


def _come_back_without_a_date(page: Page, form: str) -> None:
    page.goto(form)
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    chip = page.locator("#result").get_by_text("Hẹn quay lại")
    place = [_box(chip)[side] for side in ("x", "y")]
    chip.click()
    assert [_box(chip)[side] for side in ("x", "y")] == place
    for day in ("Mai", "Chưa rõ ngày"):
        expect(page.locator("#follow_up").get_by_text(day)).to_be_visible()
        box = _box(page.locator("#follow_up").get_by_text(day))
        assert 0 < box["y"] < PHONE["height"] - 88 - box["height"], day

    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#follow_up-error")).to_have_text("Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.")
    page.locator("#follow_up").get_by_text("Chưa rõ ngày", exact=True).click()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.goto("/field/households?show=follow_up")
    expect(page.locator(".status[data-status]")).to_have_text("Hẹn quay lại, chưa rõ ngày")


def _choose_another_result(page: Page, form: str) -> None:
    """The dates move back to the end."""
    page.goto(form)
    page.locator("#result").get_by_text("Hẹn quay lại").click()
    page.locator("#follow_up").get_by_text("Chưa rõ ngày", exact=True).click()
    page.get_by_text("Đã hỗ trợ", exact=True).click()
    expect(page.locator("#follow_up").get_by_text("Chưa rõ ngày")).to_be_hidden()
    assert _box(page.locator("details.follow-up"))["y"] > _box(page.locator("#services"))["y"]


def _ask_anew_at_vang_nha(page: Page, form: str) -> None:
    """*Vắng nhà* asks anew for the day of a follow-up."""
    page.goto(form)
    page.get_by_text("Vắng nhà", exact=True).click()
    expect(page.locator("#follow_up")).to_be_hidden()
    page.locator("#result").get_by_text("Hẹn quay lại").click()
    page.locator("#follow_up").get_by_text("Mai").click()
    save_visit(page)

    page.goto(form)
    expect(page.locator(".due")).to_have_text(re.compile(r"^Hẹn \d\d/\d\d/\d{4}$"))
    expect(page.locator("#follow_up")).to_be_hidden()
    chip = page.locator("#result").get_by_text("Vắng nhà")
    place = _box(chip)["y"]
    chip.click()
    box = _box(page.locator("#follow_up").get_by_text("Chọn ngày"))
    assert _box(chip)["y"] == place
    assert 0 < box["y"] < PHONE["height"] - 88 - box["height"]
    expect(page.locator('#follow_up [name="follow_up"][value=""]')).to_be_checked()

    # A page that is left within milliseconds of a tap takes the write of its draft with it.
    wait_until(page, lambda: "not_home" in page.evaluate(CHOSEN))
    page.reload()
    expect(page.locator("#result + .follow-up #follow_up")).to_be_visible()
    save_visit(page)
    page.goto(form)
    expect(page.locator(".due")).to_have_count(0)


def _box(place: Locator) -> dict[str, float]:
    box = place.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}
