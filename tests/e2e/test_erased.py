"""A household is erased at the desk: a phone that has seen it has nothing of it any more, in no database and
no file."""

import json

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, fill_visit, save_visit, sign_in, wait_for_heading, wait_until
from tests.upkeep.erasure.remains import found_in_tables_of
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAME, NOTE = "Nguyễn Văn Đức", "Bà cụ hỏi về sổ lương"
# Every record of every database, every file of the private folder, and what localStorage has, as one text.
EVERYTHING = """async () => {
    const texts = [JSON.stringify(localStorage)];
    const done = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    for (const { name } of await indexedDB.databases()) {
        const db = await done(indexedDB.open(name));
        for (const store of db.objectStoreNames)
            texts.push(JSON.stringify(await done(db.transaction(store).objectStore(store).getAll())));
        db.close();
    }
    // The page writes its files meanwhile: one that was changed is read again, one that was deleted is gone.
    const contentOf = async (entry) => {
        try {
            return await (await entry.getFile()).text();
        } catch ({ name }) {
            return name === "NotReadableError" ? contentOf(entry) : "";
        }
    };
    const read = async (folder) => {
        for await (const entry of folder.values())
            if (entry.kind === "directory") await read(entry);
            else texts.push(entry.name, await contentOf(entry));
    };
    await read(await navigator.storage.getDirectory());
    return texts.join("\\n");
}"""


def test_nothing_of_an_erased_household_is_left_on_a_phone(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    _record(page, world.duc)
    _record(page, world.mai)
    page.goto(f"/field/households/{world.duc}/edit")
    page.get_by_label("Ngõ, xóm hoặc mốc dễ thấy").fill("Dưới cây khế lạ")
    wait_until(page, lambda: "cây khế lạ" in page.evaluate(EVERYTHING))
    assert {NAME, NOTE} <= {text for text in (NAME, NOTE) if text in page.evaluate(EVERYTHING)}
    page.goto("/field/")
    _erase_at_the_desk(open_browser(DESKTOP).pages[0], world.duc)
    page.goto("/field/log")
    wait_for_heading(page, "Đã ghi")
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: NAME not in page.evaluate(EVERYTHING), 75)
    left = page.evaluate(EVERYTHING)
    assert [text for text in (NAME, "cây khế lạ") if text in left] == []
    assert left.count(NOTE) > 0  # of the other household
    page.goto(f"/field/households/{world.duc}")
    expect(page.get_by_text(NAME)).to_have_count(0)
    assert found_in_tables_of(database, (NAME, json.dumps(NAME)[1:-1])) == set()


def _record(page: Page, household_id: str) -> None:
    page.goto(f"/field/households/{household_id}/visit")
    fill_visit(page)
    page.locator("details.note summary").click()
    page.get_by_label("Ghi chú", exact=True).fill(NOTE)
    save_visit(page)


def _erase_at_the_desk(desk: Page, household_id: str) -> None:
    desk_sign_in(desk)
    desk.goto(f"/desk/households/{household_id}")
    desk.get_by_role("link", name="Xóa theo yêu cầu").click()
    desk.get_by_role("button", name="Xóa dữ liệu của hộ").click()
    desk.get_by_text("Đã xóa dữ liệu của hộ.").wait_for()
