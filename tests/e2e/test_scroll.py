"""Back shows the list where it was left."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.core.db import Database
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, grow_list, sign_in, wait_for_heading, wait_for_screen, wait_until
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME = "Nguyễn Văn Thử 120"
MANY = 2000
HALF_A_ROW = 32
"""Pixels."""
ROWS = "document.querySelectorAll('li.entry').length"
DIFFERENT_ROWS = "new Set([...document.querySelectorAll('li.entry')].map(({id}) => id)).size"
LAST_ROW_INTO_VIEW = "[...document.querySelectorAll('li.entry')].at(-1).scrollIntoView()"

SCROLL_AFTER_THE_ADDRESS = """() => addEventListener("popstate", () => {
  document.getElementById("main").dispatchEvent(new Event("scroll"));
})"""
"""A scroll event comes a frame after the scrolling: on a busy phone when Back has changed the address."""
MISS_TRAVERSALS = """
window.isMissed = false;
navigation.addEventListener("navigate", (event) => isMissed && event.stopImmediatePropagation());
"""
"""htmx does not hear of Back, as in WebKit now and then."""
STEP_THROUGH_THE_ROWS = """async ({id}) => {
  for (const row of document.querySelectorAll("li.entry")) {
    row.scrollIntoView({block: "center"});
    await new Promise(requestAnimationFrame);
    if (row.textContent.includes(id)) return;
  }
}"""
"""As a finger does: every row on the way has been drawn and has its real height."""
BACK_WHILE_IT_IS_PAINTED = """({id}) => new MutationObserver((_, observer) => {
  if (!document.querySelector("h1")?.textContent.includes(id)) return;
  observer.disconnect();
  window.wasShown = true;
  const frames = window.requestAnimationFrame;
  window.requestAnimationFrame = () => 0;
  const release = () => { window.requestAnimationFrame = frames; };
  addEventListener("popstate", () => setTimeout(release, 50), {once: true});
  history.back();
}).observe(document.body, {childList: true, subtree: true})"""
"""A busy phone: the frame of the page that Forward shows comes only after Back has changed the address."""


def test_back_finds_the_row_in_a_long_list_also_if_the_page_left_scrolls_last_or_htmx_misses_it(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, 150)
    page = open_browser().pages[0]
    page.add_init_script(MISS_TRAVERSALS)
    sign_in(page)
    page.goto("/field/households?page=8")
    row = page.get_by_role("link", name=f"· {NAME}").first
    expect(row).to_be_attached()
    page.evaluate(STEP_THROUGH_THE_ROWS, {"id": NAME})
    before = box_of(row)["y"]
    row.click()
    wait_for_heading(page, f"Hộ {NAME}")
    page.evaluate(SCROLL_AFTER_THE_ADDRESS)
    page.go_back()
    wait_for_heading(page, "Hộ dân")
    _expect_top(page, before)
    page.go_forward()
    wait_for_heading(page, f"Hộ {NAME}")
    page.evaluate("isMissed = true")
    page.go_back()
    wait_for_heading(page, "Hộ dân")
    _expect_top(page, before)
    page.evaluate(BACK_WHILE_IT_IS_PAINTED, {"id": NAME})
    page.evaluate("history.forward()")
    wait_until(page, "window.wasShown")
    wait_for_heading(page, "Hộ dân")
    _expect_top(page, before)
    _open_a_cell_by_keyboard(page)


def test_a_list_of_two_thousand_grows_while_it_is_scrolled_and_by_keyboard(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, MANY)
    page = open_browser().pages[0]
    sign_in(page)
    page.get_by_role("link", name="Hộ dân").click()
    _press_more(page)
    grow_list(page, MANY + len(world.households[world.dong]))
    assert page.evaluate(ROWS) == page.evaluate(DIFFERENT_ROWS) == MANY + len(world.households[world.dong])
    expect(page.locator("#results > .button")).to_have_count(0)
    assert page.evaluate("document.activeElement.closest('main') !== null")
    row = page.get_by_role("link", name=f"· {NAME}0").first
    row.scroll_into_view_if_needed()
    before = box_of(row)["y"]
    row.click()
    wait_for_heading(page, f"Hộ {NAME}0")
    page.go_back()
    wait_for_heading(page, "Hộ dân")
    wait_until(page, f"{ROWS} > {MANY}")
    assert box_of(page.get_by_role("link", name=f"· {NAME}0").first)["y"] == pytest.approx(
        before, abs=HALF_A_ROW
    )
    _search_while_it_grows(page)


def _press_more(page: Page) -> None:
    """The first of the new rows has the focus then."""
    more = page.locator("#results > .button")
    expect(more).to_have_attribute("id", re.compile("^row-"))
    name = more.get_attribute("id")
    more.evaluate("(link) => link.focus({preventScroll: true})")
    page.keyboard.press("Enter")
    expect(page.locator(f"li#{name}")).to_be_focused()
    expect(page).to_have_url(re.compile(r"page=\d"))


def _search_while_it_grows(page: Page) -> None:
    """What was asked for before is not added to what is found."""
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    page.evaluate(LAST_ROW_INTO_VIEW)
    page.get_by_label("Tên hoặc số nhà").fill("Đức")
    expect(page.locator("li.entry")).to_have_count(1)
    wait_for_screen(page)
    expect(page.locator("li.entry")).to_have_count(1)
    page.get_by_label("Tên hoặc số nhà").fill("Thử")
    wait_until(page, f"{ROWS} > 1")
    grow_list(page, 60)
    expect(page).to_have_url(re.compile(r"q=Th.*page=\d"))


def _open_a_cell_by_keyboard(page: Page) -> None:
    """A cell of *Sơ đồ thôn* opens the form, and Back shows the cells where they were."""
    page.goto("/field/households/map")
    page.get_by_role("link", name="Số 218,").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    cell = page.get_by_role("link", name=f"Số 220, {NAME}: Chưa gặp")
    expect(cell).to_be_focused()
    before = box_of(cell)["y"]
    page.keyboard.press("Enter")
    page.locator('main[data-screen="visit"]').wait_for()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    page.go_back()
    wait_for_heading(page, "Sơ đồ thôn")
    _expect_at(page, cell, before)


def _expect_top(page: Page, top: float) -> None:
    _expect_at(page, page.get_by_role("link", name=f"· {NAME}").first, top)


def _expect_at(page: Page, row: Locator, top: float) -> None:
    expect(row).to_be_in_viewport()
    wait_until(page, lambda: abs(box_of(row)["y"] - top) <= HALF_A_ROW)
