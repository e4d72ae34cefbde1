"""*Như nhà trước*: a tap chooses the services of the house before, no outcome; a second takes them away."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, save_visit, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CHIP = "[data-repeat]"
# What the form would save of result and services.
ENTERED = """Object.fromEntries([...new FormData(document.querySelector("form.record"))]
    .filter(([name]) => /^(result|outcome-|people-)/.test(name)))"""
REPEATED = {"result": "helped", "people-vneid_install": "1", "people-scam_warning": "1"}


def test_services_of_the_house_before_are_chosen_and_their_outcomes_are_not(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    _record_two(page, world.duc)
    page.get_by_role("link", name=re.compile("^Hộ kế tiếp")).click()
    wait_for_heading(page, "Hộ Trần Thị Mai")
    expect(page.get_by_text("Cài VNeID · Cảnh báo lừa đảo")).to_be_in_viewport()
    before = box_of(_chip(page))
    _chip(page).dblclick(position={"x": 60, "y": 30})  # what the tap opens brings *Không tiếp* to there
    expect(page.locator(CHIP)).to_be_checked()
    assert page.evaluate(ENTERED) == REPEATED, "a double tap is one, and chooses no outcome"
    expect(page.locator(".detail").first).to_be_in_viewport()
    assert box_of(_chip(page))["y"] <= before["y"]

    page.reload()  # as a draft
    expect(page.locator(CHIP)).to_be_checked()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Chọn kết quả của việc “Cài VNeID”.")).to_be_visible()
    assert page.evaluate(ENTERED) == REPEATED

    _outcome(page, "vneid_install", "Tự làm được").click()
    expect(page.locator(CHIP)).to_be_disabled()
    _outcome(page, "scam_warning", "Chỉ cách, chưa làm").click()
    save_visit(page)
    expect(page.get_by_text("Cài VNeID, Cảnh báo lừa đảo")).to_be_visible()


def test_second_tap_takes_the_services_away_unless_something_was_entered(
    open_browser: Opener, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    _record_two(page, world.duc)
    page.goto(f"/field/households/{world.mai}/visit")
    for result in ("", "not_home", "come_back"):
        entered = {"result": result} if result else {}
        if result:
            page.locator(f'[data-result="{result}"]').click()
        _chip(page).click()
        assert page.evaluate(ENTERED) == {**REPEATED, **({"result": result} if result == "come_back" else {})}
        page.locator(CHIP).press("Space")  # of two quick taps the second is taken for a slip
        expect(page.locator(CHIP)).not_to_be_checked()
        assert page.evaluate(ENTERED) == entered
    _chip(page).click()
    page.locator(".detail:has(#people-scam_warning)").get_by_label("Thêm một").click()
    expect(page.locator(CHIP)).to_be_disabled()
    page.locator(".detail:has(#people-scam_warning)").get_by_label("Bớt một").click()
    expect(page.locator(CHIP)).to_be_enabled()
    page.locator('#services .chip:has([value="vneid_install"])').click()
    expect(page.locator(CHIP)).not_to_be_checked()


def _record_two(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page.locator(CHIP)).to_have_count(0)
    page.get_by_text("Cài VNeID", exact=True).first.click()
    _outcome(page, "vneid_install", "Làm hộ").click()
    page.locator("#services > .chips > .others").click()
    page.locator('.chip:has([value="scam_warning"])').click()
    _outcome(page, "scam_warning", "Chỉ cách, chưa làm").click()
    save_visit(page)


def _chip(page: Page) -> Locator:
    return page.locator(f".chip:has({CHIP})")


def _outcome(page: Page, service: str, label: str) -> Locator:
    return page.locator(f".detail:has(#people-{service})").get_by_text(label, exact=True)
