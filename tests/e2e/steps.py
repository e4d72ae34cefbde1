"""What a person does on the screens, by the words they read there."""

import re
import time
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.world import LAN

_AT_REST = """!document.querySelector(".htmx-request, .htmx-swapping, .htmx-settling")
    && document.getAnimations().every(({ playState }) => playState === "finished")"""
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
# Reads from the signed-in account's database with a function `(done, db) => …`; `done` awaits a request.
IN_ACCOUNT = """async () => {
  const {account} = document.querySelector("main").dataset;
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const db = await done(indexedDB.open(`tung-nha-${account}`));
  const read = await (%s)(done, db);
  db.close();
  return read;
}"""
_SCROLL_UNTIL = """(rows) => {
  const entries = document.querySelectorAll("li.entry");
  if (entries.length >= rows) return true;
  document.getElementById("main").scrollBy(0, 400);
  return false;
}"""
LATER_IS_STORED = "caches.match(document.querySelector('[data-later]').dataset.later).then(Boolean)"


def sign_in(page: Page, phone: str = LAN[0], code: str = LAN[1]) -> None:
    """Sign in on the phone and wait until *Hôm nay* is shown and the list and the whole app are stored."""
    submit_sign_in(page, phone, code)
    wait_for_heading(page, re.compile("Xin chào"))
    page.evaluate("navigator.serviceWorker.ready")
    wait_for_later_pages(page)


def wait_for_later_pages(page: Page) -> None:
    """Wait until the pages that are loaded after the first screen are on the phone."""
    wait_until(page, LATER_IS_STORED)


def submit_sign_in(page: Page, phone: str = LAN[0], code: str = LAN[1]) -> None:
    """Send the sign-in form, without waiting for the outcome."""
    page.goto("/field/sign-in")
    page.get_by_label("Mã mời").fill(code)
    page.get_by_label("Số điện thoại").fill(phone)
    page.get_by_role("button", name="Đăng nhập").click()


def wait_for_heading(page: Page, name: str | re.Pattern[str]) -> None:
    """Wait until the screen with this heading is shown."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def choose_english(page: Page) -> None:
    """On the phone: switch to English and wait until the settings are in English."""
    page.goto("/field/settings")
    wait_for_heading(page, "Cài đặt")
    page.get_by_role("button", name="English").click()
    wait_for_heading(page, "Settings")


def wait_for_screen(page: Page) -> None:
    """Wait until an opened screen is drawn: it has its heading, htmx fetches nothing, and nothing moves."""
    page.get_by_role("heading", level=1).wait_for()
    wait_until(page, _AT_REST)


def grow_list(page: Page, rows: int) -> None:
    """Scroll down the list of households until it has at least this many rows."""
    page.wait_for_function(_SCROLL_UNTIL, arg=rows)


def find_household(page: Page, words: str) -> None:
    """Open *Hộ dân*, search, and wait for the result: it replaces the rows, also one that is just tapped."""
    page.get_by_role("link", name="Hộ dân").click()
    wait_for_heading(page, "Hộ dân")
    wait_for_screen(page)  # the page that is left may have the same heading
    page.get_by_label("Tên hoặc số nhà").fill(words)
    expect(page).to_have_url(re.compile("[?&]q="))


def fill_visit(page: Page) -> None:
    """On the visit form: helped, VNeID installed, by themselves."""
    page.get_by_text("Đã hỗ trợ", exact=True).click()
    page.get_by_text("Cài VNeID", exact=True).first.click()
    page.get_by_text("Tự làm được", exact=True).first.click()


def save_visit(page: Page) -> None:
    """Tap *Lưu* on the form of a visit, and *Ghi thêm lượt nữa* if the household was recorded today."""
    page.get_by_role("button", name="Lưu").click()
    again = page.get_by_role("button", name="Ghi thêm lượt nữa")
    expect(again.or_(page.get_by_role("heading", level=1, name="Đã lưu trên máy"))).to_be_visible()
    if again.is_visible():
        again.click()
    wait_for_heading(page, "Đã lưu trên máy")


def set_quick_mark(page: Page) -> None:
    """On *Ghi nhanh*: VNeID installed, by themselves; what is chosen already stays."""
    setting = page.locator("#setting")
    chosen = setting.get_by_text("Cài VNeID · Tự làm được")
    service, outcome = (setting.get_by_text(name, exact=True) for name in ("Cài VNeID", "Tự làm được"))
    expect(chosen.or_(service).or_(outcome).first).to_be_visible()
    if service.is_visible():
        service.click()
    if not chosen.is_visible():
        outcome.click()
    expect(chosen).to_be_visible()


def desk_sign_in(page: Page, name: str = "binh", password: str = "mat-khau-binh") -> None:
    """Sign in at the desk and open the list of visits."""
    page.goto("/desk/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(page, "Tổng quan")
    page.get_by_role("link", name="Lượt thăm", exact=True).click()
    wait_for_heading(page, "Lượt thăm")
    page.wait_for_load_state()  # keys work once the scripts have run


def skip_to_list(desk: Page) -> None:
    """At the desk: the focus into the list, by keyboard. htmx starts in a task after the script that listens
    to keys: before that a link leads to a page instead of the panel."""
    desk.evaluate("new Promise((done) => setTimeout(done))")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")  # the skip link


def return_visit(desk: Page, name: str) -> None:
    """At the desk, from the list: return the visit at this household, because its note says too little."""
    desk.get_by_role("row").filter(has_text=name).get_by_role("link").first.click()
    desk.get_by_role("link", name="Trả lại").click()
    desk.get_by_role("radio", name="Thiếu thông tin").check()
    desk.get_by_label("Ô cần sửa").select_option(label="Ghi chú")
    desk.get_by_label("Lời nhắn cho người ghi").fill("Xin ghi rõ đã hướng dẫn ai")
    desk.get_by_role("button", name="Trả lại").click()
    expect(desk.get_by_text("Thiếu thông tin").first).to_be_visible()


def box_of(element: Locator) -> FloatRect:
    """Where the element is on the screen; waits while the page is being drawn again."""
    end = time.monotonic() + 30
    while (box := element.bounding_box()) is None:
        assert time.monotonic() < end, f"never drawn: {element}"
    return box


def deny_background_sync(context: BrowserContext) -> None:
    """For tests that hold back or change requests: those of the service worker would pass by their routes."""
    context.grant_permissions([])


def wait_until(page: Page, condition: str | Callable[[], bool], seconds: float = 30) -> None:
    """Wait until a JavaScript expression is true on the page, or a function returns true. The page's events
    are handled meanwhile. Playwright's own `wait_for_function` violates the content policy."""
    end = time.monotonic() + seconds
    while not (page.evaluate(condition) if isinstance(condition, str) else condition()):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        page.wait_for_timeout(50)


def send_again(page: Page, condition: Callable[[], bool], seconds: float = 75) -> None:
    """Tap *Gửi ngay* whenever it is there, until a function returns true: by itself a phone sends again what
    a restored server has forgotten within ten minutes."""

    def is_done() -> bool:
        button = page.get_by_role("button", name="Gửi ngay")
        if button.is_visible():
            with suppress(PlaywrightTimeout):  # it is gone once all is sent
                button.click(timeout=1_000)
        return condition()

    page.goto("/field/log")
    wait_until(page, is_done, seconds)


def change_alley(page: Page, household_id: str, alley: str) -> None:
    """Change the alley on the form of Nguyễn Văn Đức's household."""
    page.goto(f"/field/households/{household_id}/edit")
    page.get_by_label("Ngõ, xóm hoặc mốc dễ thấy").fill(alley)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")


def log_says(page: Page, *words: str) -> None:
    """Open *Đã ghi* and wait until its one row contains these words."""
    page.goto("/field/log")
    for word in words:
        expect(page.get_by_role("listitem")).to_contain_text(word, timeout=75_000)


def expect_only_fault(page: Page, place: str, sentence: str) -> None:
    """The sentence is on the page once, in view, and the focus is beside it."""
    expect(page.locator(place)).to_have_text(sentence)
    expect(page.get_by_text(sentence)).to_have_count(1)
    expect(page.locator(place)).to_be_in_viewport()
    expect(page.locator(f"*:has(> {place}) :focus")).to_have_count(1)
