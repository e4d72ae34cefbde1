"""The app opens with the page that was rendered last, and then shows what is there now."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Changes a name in the stored list, which by its stamp is still the newest. True if there was one.
CHANGE_STORED = """async () => {
  const {account} = document.querySelector("main").dataset;
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const db = await done(indexedDB.open(`tung-nha-${account}`));
  const pages = db.transaction("pages", "readwrite").objectStore("pages");
  const page = await done(pages.get("/field/households"));
  if (page) await done(pages.put({ ...page, html: page.html.replaceAll("Trần Thị Mai", "Trần Thị Cũ") }));
  db.close();
  return Boolean(page);
}"""
SEEN = """
window.seen = [];
new MutationObserver(() => {
  const name = document.querySelector("main")?.textContent.match(/Trần Thị (Mai|Cũ)/)?.[1];
  if (name && name !== seen.at(-1)) seen.push(name);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
# The rows that the document has before any of the app's code runs: that is started when it has been read.
IN_DOCUMENT = """
addEventListener("DOMContentLoaded", () => {
  window.inDocument = document.querySelectorAll('main[data-screen="households"] li a.row').length;
});
"""

# The app's code is loaded when the test says so.
WITHOUT_THE_APP = """
const append = Node.prototype.appendChild;
Node.prototype.appendChild = function (node) {
  if (node.type !== "module") return append.call(this, node);
  window.loadTheApp = () => append.call(this, node);
  return node;
};
"""


def test_a_form_that_is_submitted_before_the_app_listens_is_held_back(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    wait_until(page, CHANGE_STORED)
    page.add_init_script(WITHOUT_THE_APP)
    page.goto("/field/households")
    expect(page.locator("main a.row").first).to_be_visible()
    page.evaluate("window.isSameDocument = true")
    box = page.get_by_label("Tên hoặc số nhà")
    box.fill("nguyen duc")
    box.press("Enter")
    page.evaluate("loadTheApp()")
    page.wait_for_url("**?q=nguyen+duc")
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert page.evaluate("isSameDocument") is True


def test_list_comes_with_the_document_but_not_after_a_visit(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.add_init_script(IN_DOCUMENT)
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    wait_until(page, CHANGE_STORED)
    server.stop()
    page.goto("/field/households")
    rows = page.locator("main a.row")
    assert page.evaluate("inDocument") > 1
    expect(rows.filter(has_text="Trần Thị Mai")).to_be_visible()
    assert page.title() == "Hộ dân · Từng Nhà"
    rows.filter(has_text="Trần Thị Mai").click()
    wait_for_heading(page, "Hộ Trần Thị Mai")
    page.go_back()
    expect(rows.filter(has_text="Trần Thị Mai")).to_be_visible()

    page.goto(f"/field/households/{world.duc}/visit")
    page.get_by_text("Vắng nhà", exact=True).click()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.goto("/field/households")
    assert page.evaluate("inDocument") == 0
    expect(rows.first).to_be_visible()


def test_list_is_shown_as_it_was_and_then_as_it_is_but_not_after_a_visit(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.add_init_script(SEEN)
    _change_the_stored_list(page)
    server.stop()
    page.goto("/field/households")
    wait_until(page, "seen.at(-1) === 'Mai'")
    assert page.evaluate("seen") == ["Cũ", "Mai"]
    expect(page.get_by_role("heading", level=1, name="Hộ dân")).to_be_focused()
    page.get_by_role("link", name="14 · Trần Thị Mai").first.click()
    wait_for_heading(page, "Hộ Trần Thị Mai")

    _change_the_stored_list(page)
    page.goto(f"/field/households/{world.duc}/visit")
    page.get_by_text("Vắng nhà", exact=True).click()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    assert page.evaluate("seen") == ["Mai"]


def _change_the_stored_list(page: Page) -> None:
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    wait_until(page, CHANGE_STORED)
