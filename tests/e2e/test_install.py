"""Installing on the home screen: the manifest, the prompt after a save, the steps on an iPhone."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, FloatRect, Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, fill_visit, sign_in, wait_for_heading, wait_for_screen, wait_until
from tests.e2e.test_gate import NOT_STANDALONE, SAFARI
from tests.world import World

PROMPT = "Thêm vào màn hình chính"
OFFER_TIMEOUT = 60  # seconds; the browser decides when to offer
# A headless browser cannot answer its own prompt: the tests count how often it is shown.
COUNT = """
    addEventListener("beforeinstallprompt", (event) => {
        window.offered = true;
        const ask = event.prompt.bind(event);
        event.prompt = () => { window.asked = (window.asked ?? 0) + 1; return ask(); };
    });
"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_manifest_has_its_icons_and_shortcuts_and_the_icon_counts_what_is_not_sent(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    page.add_init_script("navigator.setAppBadge = async (count) => { window.badge = count; }")
    sign_in(page)
    wait_until(page, "window.badge === 0")
    said: dict[str, Any] = page.request.get("/field/manifest.webmanifest").json()
    _expect_icons(page, said)
    for shortcut, title in zip(said["shortcuts"], ("Hộ dân", "Kiểm tra trước khi đi", "Đã ghi"), strict=True):
        page.goto(shortcut["url"])
        wait_for_heading(page, title)
    server.stop()
    _save(page, world.duc)
    wait_until(page, "window.badge === 1")
    server.start()
    wait_until(page, "window.badge === 0", 75)


def _expect_icons(page: Page, said: dict[str, Any]) -> None:
    """Icons and screenshots have the sizes that the manifest says."""
    icons = [*said["icons"], *(icon for shortcut in said["shortcuts"] for icon in shortcut["icons"])]
    weight = 0
    for icon in icons:
        body = page.request.get(icon["src"]).body()
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(body)).size
            assert icon["sizes"] == f"{width}x{height}"
            weight = max(weight, len(body))
    assert {icon.get("purpose", "any") for icon in icons} == {"any", "maskable", "monochrome"}
    assert weight < 5_000
    for screenshot in said["screenshots"]:
        width, height = Image.open(io.BytesIO(page.request.get(screenshot["src"]).body())).size
        assert screenshot["sizes"] == f"{width}x{height}"


def test_browser_offers_to_install_once_a_week_after_a_save(
    open_profile: Opener, server: Server, world: World
) -> None:
    page = open_profile("lan").pages[0]
    page.add_init_script(COUNT)
    sign_in(page)
    _expect_installable(page, server)
    wait_until(page, "window.offered", OFFER_TIMEOUT)
    expect(page.get_by_role("button", name=PROMPT)).to_have_count(0)
    _save_when_offered(page, world.duc)
    page.get_by_role("button", name=PROMPT).wait_for()
    main = box_of(page.locator("main"))
    for words in ("Sửa lượt vừa ghi", "Hoàn tác", PROMPT):
        box = box_of(page.get_by_text(words))
        assert box["y"] + box["height"] <= main["y"] + main["height"], f"{words} is out of sight"
    page.get_by_role("button", name=PROMPT).click()
    expect(page.get_by_role("button", name=PROMPT)).to_have_count(0)
    wait_until(page, "window.asked === 1")
    wait_for_heading(page, "Đã lưu trên máy")

    _save_when_offered(page, world.mai)
    wait_for_screen(page)
    expect(page.get_by_role("button", name=PROMPT)).to_have_count(0)


def _expect_installable(page: Page, server: Server) -> None:
    devtools = page.context.new_cdp_session(page)
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest: dict[str, Any] = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    said = page.request.get("/field/manifest.webmanifest").json()
    assert (said["id"], said["scope"], said["start_url"], said["lang"]) == ("/field/",) * 3 + ("vi",)
    assert devtools.send("Page.getAppId")["appId"] == f"{server.url}/field/"


def test_prompt_is_not_offered_where_the_app_is_installed(
    open_profile: Opener, server: Server, world: World
) -> None:
    """Neither in a tab nor in the app's own window, both as the browser makes them."""
    context = open_profile("lan")
    context.add_init_script(COUNT)
    page = context.pages[0]
    sign_in(page)
    wait_until(page, "window.offered", OFFER_TIMEOUT)
    devtools = context.new_cdp_session(page)
    app = {"manifestId": f"{server.url}/field/"}
    devtools.send("PWA.install", app)
    devtools.send("PWA.changeAppUserSettings", app | {"displayMode": "standalone"})
    with context.expect_page() as opened:
        devtools.send("PWA.launch", app)
    app_window = opened.value
    assert app_window.evaluate("matchMedia('(display-mode: standalone)').matches")
    for window, household in ((page, world.duc), (app_window, world.mai)):
        _save(window, household)
        wait_for_screen(window)
        expect(window.get_by_role("button", name=PROMPT)).to_have_count(0)


def test_prompt_is_not_offered_after_the_app_was_installed(
    open_profile: Opener, server: Server, world: World
) -> None:
    page = open_profile("lan").pages[0]
    page.add_init_script(COUNT)
    sign_in(page)
    wait_until(page, "window.offered", OFFER_TIMEOUT)
    page.evaluate("dispatchEvent(new Event('appinstalled'))")
    _save_when_offered(page, world.duc)
    wait_for_screen(page)
    expect(page.get_by_role("button", name=PROMPT)).to_have_count(0)


def test_iphone_shows_the_steps_to_the_home_screen_before_the_sign_in(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = _iphone(open_browser)
    page = context.pages[0]
    page.goto("/field/sign-in?from=zalo")
    wait_for_heading(page, "Còn một bước nữa")
    expect(page.get_by_text("Trên iPhone: thêm vào màn hình chính trước, đăng nhập sau.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(page.locator("form")).to_have_count(0)

    page.get_by_role("button", name="Dùng luôn ở đây").click()
    wait_for_heading(page, "Đăng nhập")
    expect(page).to_have_url(f"{server.url}/field/sign-in?from=zalo")

    from_home_screen = context.new_page()
    from_home_screen.add_init_script(NOT_STANDALONE.replace("false", "true", 1))
    sign_in(from_home_screen)
    _save(from_home_screen, world.mai)
    expect(from_home_screen.get_by_role("button", name=PROMPT)).to_have_count(0)
    from_home_screen.close()

    place = _save(page, world.duc)
    saved = page.url
    expect(page.get_by_role("button", name=PROMPT)).to_be_attached()
    _expect_nothing_to_tap(page, place)
    page.get_by_role("button", name=PROMPT).click()
    expect(page.get_by_text("2. Kéo xuống, chọn “Thêm vào MH chính”.")).to_be_visible()
    page.get_by_role("button", name="Dùng luôn ở đây").click()
    wait_for_heading(page, "Đã lưu trên máy")
    expect(page).to_have_url(saved)


def _expect_nothing_to_tap(page: Page, box: FloatRect) -> None:
    """A second tap at the place of *Lưu* hits nothing."""
    for part in range(0, 10):
        at = [box["x"] + box["width"] / 2, box["y"] + box["height"] * part / 10 + 2]
        hit = "at => document.elementFromPoint(...at)?.closest('a, button')?.textContent ?? ''"
        assert page.evaluate(hit, at) == ""


def _iphone(open_browser: Opener) -> BrowserContext:
    """A window of Safari, which has `standalone`, and does not offer to install."""
    context = open_browser(user_agent=SAFARI)
    context.add_init_script(NOT_STANDALONE)
    context.add_init_script(
        "addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation());"
    )
    return context


def _save_when_offered(page: Page, household: str) -> None:
    """Save a visit on a page that the browser has offered to install."""
    _save(page, household, "window.offered")


def _save(page: Page, household: str, condition: str = "true") -> FloatRect:
    """Save a visit; returns where the button was."""
    page.goto(f"/field/households/{household}/visit")
    wait_until(page, condition, OFFER_TIMEOUT)
    fill_visit(page)
    button = page.get_by_role("button", name="Lưu")
    place = box_of(button)
    button.click()
    wait_for_heading(page, "Đã lưu trên máy")
    return place
