"""Onto the home screen: a manifest that browsers take, the question after a save, an iPhone's steps."""

import io
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, heading, sign_in, until
from tests.e2e.test_accessible import is_wide, problems_of
from tests.world import World

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)
QUESTION = "Thêm vào màn hình chính"
# The browser's own question cannot be answered without a head: it is enough to know that it was put.
COUNT = """
    addEventListener("beforeinstallprompt", (event) => {
        window.offered = true;
        const ask = event.prompt.bind(event);
        event.prompt = () => { window.asked = (window.asked ?? 0) + 1; return ask(); };
    });
"""

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_browsers_find_nothing_wrong_with_it(open_browser: Opener, server: Server) -> None:
    page = open_browser("lan").pages[0]
    sign_in(page)
    devtools = page.context.new_cdp_session(page)
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest: dict[str, Any] = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    said = page.request.get("/field/manifest.webmanifest").json()
    assert (said["id"], said["scope"], said["start_url"], said["lang"]) == ("/field/",) * 3 + ("vi",)
    assert devtools.send("Page.getAppId")["appId"] == f"{server.url}/field/"


def test_its_icons_are_what_it_says(open_browser: Opener, server: Server) -> None:
    page = open_browser("lan").pages[0]
    said = page.request.get("/field/manifest.webmanifest").json()
    icons = [*said["icons"], *(icon for shortcut in said["shortcuts"] for icon in shortcut["icons"])]
    weight = 0
    for icon in icons:
        body = page.request.get(icon["src"]).body()
        if icon["type"] == "image/png":
            width, height = Image.open(io.BytesIO(body)).size
            assert icon["sizes"] == f"{width}x{height}"
            weight = max(weight, len(body))
    assert {icon.get("purpose", "any") for icon in icons} == {"any", "maskable"}
    assert weight < 5_000


def test_its_shortcuts_lead_somewhere(open_browser: Opener, server: Server) -> None:
    page = open_browser("lan").pages[0]
    sign_in(page)
    for shortcut, title in zip(
        page.request.get("/field/manifest.webmanifest").json()["shortcuts"], ("Hộ dân", "Đã ghi"), strict=True
    ):
        page.goto(shortcut["url"])
        heading(page, title)


def test_after_a_save_the_browser_may_ask_once_a_week(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser("lan").pages[0]
    page.add_init_script(COUNT)
    sign_in(page)
    until(page, "window.offered")
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)
    _save(page, world.duc)
    page.get_by_role("button", name=QUESTION).click()
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)
    assert page.evaluate("window.asked") == 1
    heading(page, "Đã lưu trên máy")

    page.goto("/field/")
    until(page, "window.offered")
    _save(page, world.mai)
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)


def test_the_question_pushes_nothing_out_of_sight(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser("lan").pages[0]
    page.add_init_script(COUNT)
    sign_in(page)
    until(page, "window.offered")
    _save(page, world.duc)
    page.get_by_role("button", name=QUESTION).wait_for()
    main = page.locator("main").bounding_box()
    assert main is not None
    for words in ("Sửa lượt vừa ghi", "Hoàn tác", QUESTION):
        box = page.get_by_text(words).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= main["y"] + main["height"], words


def test_who_has_it_is_not_asked(open_browser: Opener, server: Server, world: World) -> None:
    """Neither in a tab nor where it stands alone; both are the browser's own doing."""
    context = open_browser("lan")
    context.add_init_script(COUNT)
    page = context.pages[0]
    sign_in(page)
    until(page, "window.offered")
    devtools = context.new_cdp_session(page)
    app = {"manifestId": f"{server.url}/field/"}
    devtools.send("PWA.install", app)
    devtools.send("PWA.changeAppUserSettings", app | {"displayMode": "standalone"})
    with context.expect_page() as opened:
        devtools.send("PWA.launch", app)
    home = opened.value
    assert home.evaluate("matchMedia('(display-mode: standalone)').matches")
    for window, household in ((page, world.duc), (home, world.mai)):
        _save(window, household)
        window.wait_for_timeout(500)
        expect(window.get_by_role("button", name=QUESTION)).to_have_count(0)


def test_nobody_asks_again_once_it_is_installed(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser("lan").pages[0]
    page.add_init_script(COUNT)
    sign_in(page)
    until(page, "window.offered")
    page.evaluate("dispatchEvent(new Event('appinstalled'))")
    _save(page, world.duc)
    page.wait_for_timeout(500)
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)


def test_on_an_iphone_the_home_screen_comes_first(open_browser: Opener, server: Server, world: World) -> None:
    page = _iphone(open_browser, "safari", stands_alone=False).pages[0]
    page.goto("/field/sign-in?from=zalo")
    heading(page, "Còn một bước nữa")
    expect(page.get_by_text("Trên iPhone: thêm vào màn hình chính trước, đăng nhập sau.")).to_be_visible()
    expect(page.get_by_role("listitem")).to_have_count(3)
    expect(page.locator("form")).to_have_count(0)

    page.get_by_role("button", name="Dùng luôn ở đây").click()
    heading(page, "Đăng nhập")
    expect(page).to_have_url(f"{server.url}/field/sign-in?from=zalo")
    sign_in(page)
    _save(page, world.duc)
    saved = page.url
    page.get_by_role("button", name=QUESTION).click()
    expect(page.get_by_text("2. Kéo xuống, chọn “Thêm vào MH chính”.")).to_be_visible()
    page.get_by_role("button", name="Dùng luôn ở đây").click()
    heading(page, "Đã lưu trên máy")
    expect(page).to_have_url(saved)


def test_opened_from_the_home_screen_it_is_the_app(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = _iphone(open_browser, "home", stands_alone=True).pages[0]
    sign_in(page)
    _save(page, world.duc)
    expect(page.get_by_role("button", name=QUESTION)).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_it(open_browser: Opener, server: Server, world: World, scheme: str) -> None:
    context = _iphone(open_browser, "safari", stands_alone=False, color_scheme=scheme, bypass_csp=True)
    page = context.pages[0]
    page.goto("/field/")
    heading(page, "Còn một bước nữa")
    problems = {"steps": problems_of(page) + (["sideways"] if is_wide(page) else [])}
    page.get_by_role("button", name="Dùng luôn ở đây").click()
    heading(page, "Đăng nhập")
    sign_in(page)
    _save(page, world.duc)
    expect(page.get_by_role("button", name=QUESTION)).to_be_visible()
    problems["saved"] = problems_of(page) + (["sideways"] if is_wide(page) else [])
    assert problems == {"steps": [], "saved": []}


def test_nothing_is_where_the_finger_was(open_browser: Opener, server: Server, world: World) -> None:
    """A second tap of a nervous finger finds nothing to hit where *Lưu* was."""
    page = _iphone(open_browser, "home", stands_alone=False).pages[0]
    page.goto("/field/")
    page.get_by_role("button", name="Dùng luôn ở đây").click()
    sign_in(page)
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    box = page.get_by_role("button", name="Lưu").bounding_box()
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    expect(page.get_by_role("button", name=QUESTION)).to_be_attached()
    assert box is not None
    for part in range(0, 10):
        at = [box["x"] + box["width"] / 2, box["y"] + box["height"] * part / 10 + 2]
        hit = "at => document.elementFromPoint(...at)?.closest('a, button')?.textContent ?? ''"
        assert page.evaluate(hit, at) == ""


def _iphone(open_browser: Opener, profile: str, stands_alone: bool, **options: Any) -> BrowserContext:
    context = open_browser(profile, user_agent=IPHONE, **options)
    word = str(stands_alone).lower()
    # What Safari says of itself; and it offers nothing by itself.
    context.add_init_script(
        f"Object.defineProperty(navigator, 'standalone', {{ value: {word} }});"
        "addEventListener('beforeinstallprompt', (event) => event.stopImmediatePropagation());"
    )
    return context


def _save(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    page.wait_for_timeout(700)
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
