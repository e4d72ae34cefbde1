"""V1: a browser that cannot store records shows a page with the way to one that can, and no sign-in."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.accessibility import violations_in_both_schemes
from tests.e2e.conftest import DESKTOP, PHONE, Opener
from tests.e2e.looks import NARROW, PHONE_RULES, SMALL, find_faults
from tests.e2e.server import Server
from tests.e2e.steps import wait_for_heading

ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-A045F; wv) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ZALO = f"{ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 Zalo android/24060595 ZaloLanguage/vi"
ZALO_IPHONE = f"{IPHONE} Mobile/15E148 Zalo iOS/615 ZaloLanguage/vi"
SAFARI = f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"
FACEBOOK = f"{ANDROID} Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/470.0.0.32.109;]"
INVITATION = "/field/sign-in?code=10000001&from=zalo"
NO_WORKER = "delete Navigator.prototype.serviceWorker"
NO_DATABASE = "Object.defineProperty(window, 'indexedDB', { value: undefined })"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
NO_COPYING = NO_CLIPBOARD + "; document.execCommand = () => false"
NOT_STANDALONE = "Object.defineProperty(navigator, 'standalone', { value: false, configurable: true })"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_unsupported_browser_has_no_sign_in_and_no_form(open_browser: Opener, server: Server) -> None:
    """What else its page says and does is tested in the same windows."""
    more = {
        ZALO: _expect_way_to_chrome,
        ZALO_IPHONE: _expect_way_to_safari,
        FACEBOOK: _expect_copying_without_a_clipboard,
        NO_WORKER: _expect_address_where_it_cannot_be_copied,
        NO_DATABASE: _expect_no_page_of_the_app,
    }
    for browser, expect_more in more.items():
        page = _gated(open_browser, browser, INVITATION)
        expect(page).to_have_url(server.url + INVITATION)
        expect(page).to_have_title("Còn một bước nữa · Từng Nhà")
        expect(page.get_by_role("heading", level=1)).to_be_focused()
        expect(page.locator("form")).to_have_count(0)
        expect(page.get_by_role("textbox")).to_have_count(0)
        expect(page.get_by_role("navigation")).to_have_count(0)
        page.wait_for_load_state("networkidle")  # whatever its scripts fetch has come
        assert _stored(page) == [0, 0]
        expect_more(page, server)
        _expect_no_page_of_the_app(page, server)
        page.context.close()


def _expect_no_page_of_the_app(page: Page, server: Server) -> None:
    page.goto("/field/households/1/visit")
    wait_for_heading(page, "Còn một bước nữa")


def _expect_way_to_chrome(page: Page, server: Server) -> None:
    """The same address in Chrome, or copied with its code; also without the app's script."""
    host = server.url.removeprefix("http://")
    back = (
        f"http%3A%2F%2F{host.replace(':', '%3A')}%2Ffield%2Fsign-in%3Fcode%3D10000001%26from%3Dzalo%23steps"
    )
    expect(page.get_by_role("link", name="Mở bằng Chrome")).to_have_attribute(
        "href",
        f"intent://{host}{INVITATION}#Intent;scheme=http;package=com.android.chrome;"
        f"S.browser_fallback_url={back};end",
    )
    expect(page.get_by_text("Để ghi được khi mất mạng, xin mở bằng Chrome.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(2)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Sao chép đường dẫn").click()
    expect(page.get_by_role("status").get_by_text("Đã chép")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == server.url + INVITATION
    page.context.route(re.compile(r"/field-\w+\.js"), lambda route: route.abort())
    page.goto("/field/")
    wait_for_heading(page, "Còn một bước nữa")


def _expect_way_to_safari(page: Page, server: Server) -> None:
    expect(page.get_by_text("Để ghi được khi mất mạng, xin mở bằng Safari.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(2)
    expect(page.get_by_text("Chrome")).to_have_count(0)


def _expect_copying_without_a_clipboard(page: Page, server: Server) -> None:
    page.context.grant_permissions(["clipboard-read"])
    # Only this page lacks the clipboard: the test reads it in a second tab.
    page.evaluate(NO_CLIPBOARD)
    page.get_by_role("button", name="Sao chép đường dẫn").click()
    expect(page.get_by_text("Đã chép")).to_be_visible()
    reader = page.context.new_page()
    reader.goto("/field/")
    assert reader.evaluate("navigator.clipboard.readText()") == server.url + INVITATION


def _expect_address_where_it_cannot_be_copied(page: Page, server: Server) -> None:
    page.evaluate(NO_COPYING)
    page.get_by_role("button", name="Sao chép đường dẫn").click()
    expect(page.get_by_text("Máy chưa cho chép.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Đường dẫn")).to_have_value(server.url + INVITATION)
    assert page.evaluate("getSelection().toString()") == server.url + INVITATION


def test_old_browser_and_address_without_https_are_named_as_the_reason(
    open_browser: Opener, server: Server
) -> None:
    page = open_browser().pages[0]
    _serve_at(page.context, "http://so-ghi.test", server)
    page.goto("http://so-ghi.test/field/sign-in")
    wait_for_heading(page, "Chưa ghi được ở địa chỉ này")
    expect(page.get_by_text("Xin hỏi cán bộ địa chỉ bắt đầu bằng https://.")).to_be_visible()
    expect(page.get_by_text("Chrome")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)

    page.add_init_script("delete Crypto.prototype.randomUUID")
    page.goto("/field/")
    wait_for_heading(page, "Trình duyệt này đã cũ")
    expect(page.get_by_text("xin cập nhật Chrome rồi mở lại")).to_be_visible()


def test_page_is_accessible_and_fits(open_browser: Opener, server: Server) -> None:
    """Inside Zalo, in Safari before the app is on the home screen, and on a computer."""
    faults: dict[str, list[str]] = {}
    for name, agent in {"android": ZALO, "iphone": ZALO_IPHONE, "safari": SAFARI, "desktop": "Zalo"}.items():
        size = DESKTOP if name == "desktop" else PHONE
        context = open_browser(size, bypass_csp=True, user_agent=agent, reduced_motion="reduce")
        page = context.pages[0]
        page.add_init_script(f"{NO_COPYING}; {NOT_STANDALONE}")
        page.goto("/field/")
        page.get_by_role("heading", level=1).wait_for()
        faults |= find_faults(page, name, PHONE_RULES, NARROW, SMALL, size)
        if name != "safari":
            page.get_by_role("button", name="Sao chép đường dẫn").click()
            page.get_by_role("textbox", name="Đường dẫn").wait_for()
            faults |= find_faults(page, f"{name} address", PHONE_RULES, size)
        faults |= {f"{name} axe": found} if (found := violations_in_both_schemes(page)) else {}
        context.close()
    assert faults == {}


def _gated(open_browser: Opener, browser: str, address: str) -> Page:
    """A page in a browser with this user agent, or in one that lacks what this script removes."""
    script = "" if browser.startswith("Mozilla") else browser
    context = open_browser(**({} if script else {"user_agent": browser}))
    page = context.pages[0]
    page.add_init_script(script)
    page.goto(address)
    wait_for_heading(page, "Còn một bước nữa")
    return page


def _stored(page: Page) -> list[int]:
    """The numbers of service workers and of databases."""
    fresh = page.context.new_page()
    fresh.goto("/healthz")
    counts: list[int] = fresh.evaluate(
        """async () => {
            const stored = [navigator.serviceWorker.getRegistrations(), indexedDB.databases()];
            return (await Promise.all(stored)).map((found) => found.length);
        }"""
    )
    fresh.close()
    return counts


def _serve_at(context: BrowserContext, origin: str, server: Server) -> None:
    def pass_on(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace(origin, server.url)))

    context.route(f"{origin}/**", pass_on)
