"""Two tabs of one browser, also one without BroadcastChannel (Safari before 15.4): nothing typed is lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitVersion
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    IN_ACCOUNT,
    NOT_LISTENING,
    fill_visit,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNFINISHED = "Tiếp tục phần đang ghi dở."
ANOTHER_SAVED = "Một hộ vừa được lưu ở cửa sổ khác."
ANNOUNCE_DRAFT = """() => {
  const {account} = document.querySelector("main").dataset;
  const draft = document.querySelector("form[data-draft]")?.dataset.draft;
  if (draft) new BroadcastChannel("tung-nha").postMessage({kind: "draft", account_id: account, draft});
}"""

# Holds back what this tab tells the others, if that is so of it, until `sendNews()`.
HOLD_NEWS = """() => {
  const post = BroadcastChannel.prototype.postMessage;
  const held = [];
  BroadcastChannel.prototype.postMessage = function (change) {
    if (%s) held.push(() => post.call(this, change));
    else post.call(this, change);
  };
  window.sendNews = () => {
    for (const send of held) send();
  };
}"""
# The kinds of changes that were told by other tabs.
HEAR = """
window.heard = [];
new BroadcastChannel("tung-nha").onmessage = ({data}) => heard.push(data.kind);
"""
# How often this tab has read a draft.
COUNT_COMPARISONS = """
window.comparisons = 0;
const get = IDBObjectStore.prototype.get;
IDBObjectStore.prototype.get = function (key) {
  const request = get.call(this, key);
  if (this.name === "drafts") request.addEventListener("success", () => { comparisons += 1; });
  return request;
};
"""
# All drafts, as a text.
DRAFTS = (
    IN_ACCOUNT
    % """async (done, db) =>
    JSON.stringify(await done(db.transaction("drafts").objectStore("drafts").getAll()))"""
)
# Announces the draft again and again, so that the page soon shows that there is none.
FOLLOW_DRAFT = f"() => void setInterval({ANNOUNCE_DRAFT}, 100)"


def test_nothing_typed_in_two_tabs_is_lost(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    sign_in(context.pages[0])
    visits = [f"/field/households/{household}/visit" for household in world.households[world.dong]]
    context.add_init_script(COUNT_COMPARISONS)
    _type_while_the_other_starts(context, visits[1])
    _announce_the_draft_on_screen_late(context, visits[2])
    _change_once_after_the_other_was_typed_in(context)
    _save_before_the_empty_form_hears_of_it(context)
    _type_another_household_before_the_news(context)
    _type_another_household_before_the_app_listens(context)

    context.add_init_script("delete window.BroadcastChannel")
    server.stop()
    _save_one_visit_in_both(context, visits[0])
    page = _save_two_households(context)

    server.start()
    page.goto("/field/log")
    visit = page.get_by_role("link").filter(has_text="Nguyễn Văn Đức")
    expect(visit.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_be_visible(timeout=75_000)
    assert _stored(database) == (["Bà hỏi về mức 2"], 1, ["Lý Văn Hai", "Vũ Thị Thắm"])


def _type_while_the_other_starts(context: BrowserContext, form: str) -> None:
    """The second tab has rendered the form and cannot yet hear that the draft has changed: both show it."""
    one, other = _two_tabs(context)
    one.goto(form)
    one.get_by_text("Thêm ghi chú").click()
    other.add_init_script(NOT_LISTENING)
    other.goto(form)
    wait_for_heading(other, re.compile("^Hộ "))
    one.get_by_label("Ghi chú").fill("Bà hỏi")
    wait_until(one, lambda: "Bà hỏi" in one.evaluate(DRAFTS))
    other.evaluate("startTheApp()")
    expect(other.get_by_label("Ghi chú")).to_have_value("Bà hỏi")


def _announce_the_draft_on_screen_late(context: BrowserContext, form: str) -> None:
    """It does not take the cursor away."""
    one, other = _two_tabs(context)
    for page in (one, other):
        page.goto(form)
    one.get_by_text("Thêm ghi chú").click()
    one.get_by_label("Ghi chú").fill("Bà hỏi")
    note = other.get_by_label("Ghi chú")
    expect(note).to_have_value("Bà hỏi")
    note.click()
    _announce_twice(one, other)
    expect(note).to_be_focused()
    other.keyboard.type(" về mức 2")
    expect(one.get_by_label("Ghi chú")).to_have_value("Bà hỏi về mức 2")


def _change_once_after_the_other_was_typed_in(context: BrowserContext) -> None:
    """The last change stands in both: that its text is replaced is no change of the tab that shows it."""
    one, other = _two_tabs(context)
    for page in (one, other):
        page.goto("/field/sessions/new")
    _change_once(one, other, "Nơi tổ chức", lambda field: field.fill("Đình làng"))
    plus = other.get_by_role("button", name="Thêm một")
    _change_once(one, other, "Số người dự", lambda _: plus.click())


def _change_once(one: Page, other: Page, label: str, change: Callable[[Locator], None]) -> None:
    mirrored, changed = one.get_by_label(label), other.get_by_label(label)
    mirrored.fill("")
    mirrored.press_sequentially("12")
    expect(changed).to_have_value("12")
    change(changed)
    value = changed.input_value()
    expect(mirrored).to_have_value(value)
    # What the tab would store of its own comes with the next comparison.
    _announce_twice(one, other)
    _announce_twice(other, one)
    assert (mirrored.input_value(), changed.input_value()) == (value, value)


def _announce_twice(one: Page, other: Page) -> None:
    """The second is compared when what the first led to is on screen."""
    for _ in range(2):
        before = other.evaluate("comparisons")
        one.evaluate(ANNOUNCE_DRAFT)
        wait_until(other, f"comparisons > {before}")


def _save_before_the_empty_form_hears_of_it(context: BrowserContext) -> None:
    """The draft is gone at once; that the household was saved is told late: then the form follows it."""
    one, other = _two_tabs(context)
    for page in (one, other):
        page.goto("/field/households/new")
        wait_for_heading(page, "Thêm hộ mới")
    one.get_by_label("Tên chủ hộ").fill("Lò Thị Ba")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("Lò Thị Ba")
    one.evaluate(HOLD_NEWS % "change.kind === 'saved'")
    other.evaluate(FOLLOW_DRAFT)
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, "Hộ Lò Thị Ba")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("")
    one.evaluate("sendNews()")
    wait_for_heading(other, "Hộ Lò Thị Ba")
    expect(other.get_by_text("Hộ này đã được lưu ở cửa sổ khác.")).to_be_visible()


def _type_another_household_before_the_news(context: BrowserContext) -> None:
    """Her own window finds out when it stores what she typed; the other's announcement comes after it."""
    one, other = _two_tabs(context)
    other.add_init_script(HEAR)
    _save_unseen_by_the_other(one, other, "Lò Thị Tư")

    other.get_by_label("Tên chủ hộ").fill("Lý Văn Tám")
    expect(other.get_by_text(ANOTHER_SAVED)).to_be_visible()
    one.evaluate("sendNews()")
    wait_until(other, "heard.includes('saved')")
    other.get_by_label("Ngõ, xóm hoặc mốc dễ thấy").fill("Sau đình làng")
    wait_until(other, lambda: "Sau đình làng" in other.evaluate(DRAFTS))
    wait_for_heading(other, "Thêm hộ mới")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value("Lý Văn Tám")
    other.get_by_role("button", name="Lưu").click()
    wait_for_heading(other, "Hộ Lý Văn Tám")


def _type_another_household_before_the_app_listens(context: BrowserContext) -> None:
    """It was saved in the other window before this one could hear of it: that is found out at the start. The
    draft has no id yet: an announcement of it takes the cursor away as little."""
    one, other = _two_tabs(context)
    other.add_init_script(NOT_LISTENING)
    _save_unseen_by_the_other(one, other, "Lò Thị Năm")

    name = other.get_by_label("Tên chủ hộ")
    name.fill("Hồ Văn Chín")
    other.evaluate("startTheApp()")
    expect(other.get_by_text(ANOTHER_SAVED)).to_be_visible()
    _expect_draft(other, "Tên chủ hộ", "Hồ Văn Chín")
    name.click()
    other.evaluate("startTheApp()")
    _announce_twice(other, other)
    expect(name).to_be_focused()
    other.get_by_role("button", name="Lưu").click()
    wait_for_heading(other, "Hộ Hồ Văn Chín")


def _save_unseen_by_the_other(one: Page, other: Page, name: str) -> None:
    """Both show the draft of a new household, and one saves it; the other does not hear of it. It opens when
    the draft is stored: a comparison after the saving would find the draft gone and empty the form."""
    one.goto("/field/households/new")
    one.get_by_label("Tên chủ hộ").fill(name)
    wait_until(one, lambda: name in one.evaluate(DRAFTS))
    other.goto("/field/households/new")
    expect(other.get_by_label("Tên chủ hộ")).to_have_value(name)
    one.evaluate(HOLD_NEWS % "true")
    one.get_by_role("button", name="Lưu").click()
    wait_for_heading(one, f"Hộ {name}")


def _two_tabs(context: BrowserContext) -> tuple[Page, Page]:
    """Two new tabs, instead of those of before."""
    before, tabs = context.pages, (context.new_page(), context.new_page())
    for page in before:
        page.close()
    return tabs


def _save_one_visit_in_both(context: BrowserContext, address: str) -> None:
    one, other = _two_tabs(context)
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
    expect(other.get_by_text(ANOTHER_SAVED)).to_be_visible()
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
