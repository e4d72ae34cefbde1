"""Measures every screen: nothing too wide, too small, cut off, overlapping, or too close together to tap.

With usual and with long names, at 320 and 360 px, with fonts of twice the size; the desk also at its own
width.
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlmodel import Session, select

from app.accounts.models import Account
from app.areas import Hamlet
from app.core.db import Database
from app.core.feed import feed
from app.households.models import Household
from app.web.rendering import environment
from tests.e2e import desk_backlog
from tests.e2e.accessibility import GOLDEN, show
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens import desk_screens, phone_screens, record_one_visit
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in
from tests.e2e.test_gate import IPHONE, ZALO, ZALO_IPHONE
from tests.world import World

CHECK = f"""([fontSize, rules]) => {{
    document.documentElement.style.fontSize = fontSize;
    {(Path(__file__).parent / "looks.js").read_text("utf-8")}
    return look(rules);
}}"""
SAFARI = f"{IPHONE} Version/17.5 Mobile/15E148 Safari/604.1"
PHONE_RULES = {"least": 15, "control": 56, "primary": 72, "distance": 8}
DESK_RULES = {"least": 14}
NARROW = {"width": 320, "height": 640}
SMALL = {"width": 360, "height": 640}
NAME = "Nguyễn Thị Hoàng Phương Quỳnh Như Ấu Ễnh"
UNBROKEN = "NguyễnThịHoàngPhươngQuỳnhNhưẤuỄnh"
HAMLET = "Tổ dân phố số 12 khu tập thể cũ Nhà máy Xi măng Ỷ La Ễ Ộ Ậ Ấ"
HOUSE_NO = "12B/45/3 nhà tập thể"
ALLEY = "Ngõ cạnh nhà văn hóa thôn, sau trạm y tế, qua cầu treo rẽ trái"
ALLEYS = {"long": ALLEY, "unbroken": "NgõCạnhNhàVănHóaThônSauTrạm" * 4 + "Ễệ"}
LONG = {
    "Nguyễn Văn Đức": NAME,
    "Nguyễn Thị Lan": NAME,
    "Đặng Thị Ước": NAME,
    "Trần Thị Mai": UNBROKEN,
    "Thôn Đông": HAMLET,
    "Thôn dong": HAMLET,
    "Ngõ 3": ALLEY,
    "12 ·": f"{HOUSE_NO} ·",
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("names", ["usual", "long"])
def test_every_state_of_every_phone_page(open_browser: Opener, server: Server, names: str) -> None:
    page = open_browser(bypass_csp=True).pages[0]
    page.goto("/field/sign-in")
    page.get_by_role("heading", level=1).wait_for()
    faults: dict[str, list[str]] = {}
    for file in sorted(GOLDEN.rglob("*.json")):
        context = file.read_text("utf-8")
        template = environment().get_template(f"field/{file.parent.name}.html")
        show(page, template.render(json.loads(_with_long_names(context) if names == "long" else context)))
        faults |= find_faults(page, f"{file.parent.name}/{file.stem}", PHONE_RULES, (SMALL, NARROW))
    assert not faults, _report(faults)


@pytest.mark.parametrize("browser", [ZALO, ZALO_IPHONE, SAFARI], ids=["android", "iphone", "home-screen"])
def test_the_page_for_browsers_inside_zalo(open_browser: Opener, server: Server, browser: str) -> None:
    page = open_browser(user_agent=browser, bypass_csp=True).pages[0]
    page.add_init_script("Object.defineProperty(navigator, 'standalone', { value: false })")
    page.goto("/field/")
    page.get_by_role("heading", level=1).wait_for()
    faults = find_faults(page, "gate", PHONE_RULES, (NARROW, SMALL))
    assert not faults, _report(faults)


@pytest.mark.parametrize("alley", ["long", "unbroken"])
def test_the_phone_with_long_names(
    open_browser: Opener, server: Server, world: World, database: Database, alley: str
) -> None:
    database.write(lambda session: _rename(session, ALLEYS[alley]))
    page = open_browser(bypass_csp=True).pages[0]
    faults: dict[str, list[str]] = {}
    for name in phone_screens(page, world):
        faults |= find_faults(page, name, PHONE_RULES, (NARROW, SMALL))
    assert not faults, _report(faults)


@pytest.mark.parametrize("alley", ["long", "unbroken"])
def test_the_desk_with_long_names(
    open_browser: Opener, server: Server, world: World, database: Database, alley: str
) -> None:
    database.write(lambda session: _rename(session, ALLEYS[alley]))
    record_one_visit(open_browser().pages[0], world)
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP, bypass_csp=True).pages[0]
    desk_sign_in(page)
    faults: dict[str, list[str]] = {}
    for name in desk_screens(page):
        faults |= find_faults(page, name, DESK_RULES, (NARROW, SMALL, DESKTOP))
    assert not faults, _report(faults)


def find_faults(
    page: Page, name: str, rules: dict[str, int], sizes: tuple[dict[str, int], ...]
) -> dict[str, list[str]]:
    """What is wrong with the screen that is shown, by its name, width and font size."""
    found = {}
    for size in sizes:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for font_size in ("200%", ""):
            if faults := page.evaluate(CHECK, [font_size, rules]):
                found[f"{name} {size['width']} {font_size}".strip()] = faults
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


def _report(faults: dict[str, list[str]]) -> str:
    return "\n".join(f"{where}: {fault}" for where, found in faults.items() for fault in found)


def _with_long_names(context: str) -> str:
    """The context with long names, and with 2.000 in place of counts."""
    for usual, long in LONG.items():
        context = context.replace(usual, long)
    return re.sub(r'"(count|total|households)": "[1-9]\d*"', r'"\1": "2.000"', context)


def _rename(session: Session, alley: str) -> None:
    for household in session.exec(select(Household)):
        household.head_name = UNBROKEN if household.head_name.endswith("Mai") else NAME
        household.house_no, household.alley = HOUSE_NO, alley
        feed(session, household.commune_id, [household])
    for row in [*session.exec(select(Hamlet)), *session.exec(select(Account))]:
        row.name = NAME if isinstance(row, Account) else HAMLET
        feed(session, row.commune_id, [row])
