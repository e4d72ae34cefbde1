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
