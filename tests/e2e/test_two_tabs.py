"""Two tabs of one browser, also one without BroadcastChannel (Safari before 15.4): nothing typed is lost."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.households.models import Household
from app.visits.models import Visit, VisitVersion
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNFINISHED = "Tiếp tục phần đang ghi dở."
ANNOUNCE_DRAFT = """() => {
  const {account} = document.querySelector("main").dataset;
  const draft = document.querySelector("form")?.dataset.draft;
  if (draft) new BroadcastChannel("tung-nha").postMessage({kind: "draft", account_id: account, draft});
}"""

SAVED_LATE = "change.kind === 'saved'"
LATE_NEWS = """
const post = BroadcastChannel.prototype.postMessage;
BroadcastChannel.prototype.postMessage = function (change) {
  setTimeout(() => post.call(this, change), %s ? 2000 : 0);
};
"""
# The page is painted, and htmx, for which the rest of the app waits, does not start before `startTheApp()`.
NOT_LISTENING = """
const frame = window.requestAnimationFrame;
const waiting = [];
window.requestAnimationFrame = (done) => waiting.push(done);
const set = window.setTimeout;
window.setTimeout = (done, time, ...rest) => time === 1000 ? 0 : set(done, time, ...rest);
window.startTheApp = () => {
  window.requestAnimationFrame = frame;
  for (const done of waiting) frame(done);
};
"""
# Announces the draft again and again, so that the page soon shows that there is none.
FOLLOW_DRAFT = f"() => void setInterval({ANNOUNCE_DRAFT}, 100)"


def test_text_typed_in_a_form_that_another_tab_has_saved_is_recorded(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    context.add_init_script("delete window.BroadcastChannel")
    sign_in(context.pages[0])
    server.stop()
    _save_one_visit_in_both(context, f"/field/households/{world.duc}/visit")
    page = _save_two_households(context)

    server.start()
    page.goto("/field/log")
    visit = page.get_by_role("link").filter(has_text="Nguyễn Văn Đức")
    expect(visit.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert _stored(database) == (["Bà hỏi về mức 2"], 1, ["Lý Văn Hai", "Vũ Thị Thắm"])


def test_text_typed_in_one_tab_while_the_other_starts_is_shown_in_both(
    open_browser: Opener, server: Server, world: World
) -> None:
    """The second tab has rendered the form and cannot yet hear that the draft has changed."""
    context = open_browser()
    one, other = context.pages[0], context.new_page()
    sign_in(one)
    one.goto(f"/field/households/{world.duc}/visit")
    one.get_by_text("Thêm ghi chú").click()
    other.add_init_script(NOT_LISTENING)
    other.goto(f"/field/households/{world.duc}/visit")
    wait_for_heading(other, "Hộ Nguyễn Văn Đức")
    one.get_by_label("Ghi chú").fill("Bà hỏi")
    one.wait_for_timeout(500)
    other.evaluate("startTheApp()")
    expect(other.get_by_label("Ghi chú")).to_have_value("Bà hỏi")


def test_a_late_announcement_of_the_draft_on_screen_does_not_take_the_cursor_away(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    one, other = context.pages[0], context.new_page()
    sign_in(one)
    for page in (one, other):
        page.goto(f"/field/households/{world.duc}/visit")
    one.get_by_text("Thêm ghi chú").click()
    one.get_by_label("Ghi chú").fill("Bà hỏi")
    note = other.get_by_label("Ghi chú")
    expect(note).to_have_value("Bà hỏi")
    note.click()
    one.evaluate(ANNOUNCE_DRAFT)
    other.wait_for_timeout(1_000)
    expect(note).to_be_focused()
    other.keyboard.type(" về mức 2")
    expect(one.get_by_label("Ghi chú")).to_have_value("Bà hỏi về mức 2")


def test_form_that_has_become_empty_before_it_is_told_of_the_save_follows_it(
    open_browser: Opener, server: Server
) -> None:
    """The draft is gone at once; that the household was saved is told late."""
    context = open_browser()
    context.add_init_script(LATE_NEWS % SAVED_LATE)
    one, other = context.pages[0], context.new_page()
    sign_in(one)
    for page in (one, other):
        page.goto("/field/households/new")
        wait_for_heading(page, "Thêm hộ mới")
    one.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("Vũ Thị Thắm")
    other.evaluate(FOLLOW_DRAFT)
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, "Hộ Vũ Thị Thắm")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("")
    wait_for_heading(other, "Hộ Vũ Thị Thắm")
    expect(other.get_by_text("Hộ này đã được lưu ở cửa sổ khác.")).to_be_visible()


def test_another_household_typed_before_the_news_of_the_save_stays_on_screen(
    open_browser: Opener, server: Server
) -> None:
    """Her own window finds out when it stores what she typed; the other's announcement comes after it."""
    context = open_browser()
    one, other = context.pages[0], context.new_page()
    sign_in(one)
    one.goto("/field/households/new")
    one.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    other.goto("/field/households/new")
    expect(other.get_by_text(UNFINISHED)).to_be_visible()
    other.wait_for_timeout(1_000)  # until it follows the other window
    one.evaluate("() => {%s}" % (LATE_NEWS % "true"))
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, "Hộ Vũ Thị Thắm")

    other.get_by_label("Tên chủ hộ").fill("Lý Văn Hai")
    expect(other.get_by_text("Một hộ vừa được lưu ở cửa sổ khác.")).to_be_visible()
    other.wait_for_timeout(3_000)
    wait_for_heading(other, "Thêm hộ mới")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("Lý Văn Hai")


def _save_one_visit_in_both(context: BrowserContext, address: str) -> None:
    one, other = context.pages[0], context.new_page()
    one.goto(address)
    fill_visit(one)
    one.get_by_text("Thêm ghi chú").click()
    one.get_by_label("Ghi chú").fill("Bà hỏi")
    other.goto(address)
    expect(other.get_by_text(UNFINISHED)).to_be_visible()
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, "Đã lưu trên máy")

    other.get_by_label("Ghi chú").fill("Bà hỏi về mức 2")
    expect(other.get_by_text("Lượt này đã được lưu ở cửa sổ khác.")).to_be_visible()
    expect(other.get_by_label("Ghi chú")).to_have_value("Bà hỏi về mức 2")
    _expect_draft(other, "Ghi chú", "Bà hỏi về mức 2")
    other.get_by_role("button", name="Lưu").click()
    wait_for_heading(other, "Đã lưu trên máy")


def _save_two_households(context: BrowserContext) -> Page:
    one, other = context.pages
    one.goto("/field/households/new")
    one.get_by_label("Tên chủ hộ").fill("Vũ Thị Thắm")
    other.goto("/field/households/new")
    expect(other.get_by_text(UNFINISHED)).to_be_visible()
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, "Hộ Vũ Thị Thắm")

    other.get_by_label("Tên chủ hộ").fill("Lý Văn Hai")
    expect(other.get_by_text("Một hộ vừa được lưu ở cửa sổ khác.")).to_be_visible()
    _expect_draft(other, "Tên chủ hộ", "Lý Văn Hai")
    other.get_by_role("button", name="Lưu").click()
    wait_for_heading(other, "Hộ Lý Văn Hai")
    return one


def _expect_draft(page: Page, label: str, text: str) -> None:
    expect(page.get_by_text(UNFINISHED)).to_be_visible()
    page.reload()
    expect(page.get_by_text(UNFINISHED)).to_be_visible()
    expect(page.get_by_label(label)).to_have_value(text)


def _stored(database: Database) -> tuple[list[str], int, list[str]]:
    """Notes of the visits, the number of their versions, and the names of the new households."""
    notes = database.read(lambda session: [visit.note for visit in session.exec(select(Visit))])
    versions = database.read(lambda session: len(session.exec(select(VisitVersion)).all()))
    names = database.read(
        lambda session: [household.head_name for household in session.exec(select(Household))]
    )
    return notes, versions, sorted(name for name in names if name in {"Lý Văn Hai", "Vũ Thị Thắm"})
