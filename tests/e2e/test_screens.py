"""Every screen, opened once and looked at in every way: axe in each mode of colours, sizes and distances
at each width and text size, lists on small screens and on paper.

Axe runs in light, in dark, and on the phone in *Chế độ ngoài nắng*. The looks are those with long names and
with letters of twice the size, at 320 and 360 px; the desk also at its own width.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.commune.areas import Province, load_areas
from app.commune.credentials import operators
from app.core.clock import utc_now
from app.core.db import Database
from app.core.strings import language
from app.web.rendering import environment
from tests.e2e import desk_backlog, screens_operator
from tests.e2e.accessibility import (
    WORDS,
    axe_violations,
    show,
    violations_in_both_schemes,
    violations_in_every_mode,
)
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.looks import (
    ALLEY,
    ALLEYS,
    DESK_RULES,
    HAMLET,
    HOUSE_NO,
    NAME,
    NARROW,
    PHONE_RULES,
    SMALL,
    UNBROKEN,
    find_faults,
    rename,
)
from tests.e2e.paper_and_tables import paper_faults, table_faults
from tests.e2e.screens import desk_screens, phone_screens
from tests.e2e.screens_credentials import become_operator, operator_screens
from tests.e2e.screens_province import (
    choose_viewers_password,
    prepare_province,
    province_screens,
    viewer_screens,
)
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import choose_english, desk_sign_in, sign_in, wait_for_heading, wait_for_screen
from tests.world import World

GOLDEN = ROOT / "tests" / "contract" / "golden" / "field"
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
LONG_PROVINCE = "Thành phố trực thuộc trung ương có tên rất dài Ỷ La Ễ Ộ Ậ Ấ"
# Screens on which axe runs also with the larger text of the settings, and on a computer in sunlight.
HUGE = ("today", "settings", "settings-check", "help", "log")
WIDE = ("today", "settings", "log", "visit-empty")
ENGLISH = ("/desk/", "/desk/visits", "/desk/households", "/desk/people", "/desk/quarantine", "/desk/account")
DESK_SIZES = (NARROW, SMALL, DESKTOP)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Faults = dict[str, list[str]]


def test_phone(open_browser: Opener, server: Server, world: World, database: Database) -> None:
    database.write(rename)
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    faults: Faults = {}
    seen = set()
    for name in phone_screens(page, world, database):
        seen.add(name)
        faults |= _named(name, violations_in_every_mode(page))
        faults |= find_faults(page, name, PHONE_RULES, NARROW, SMALL, words=ALLEYS)
        if name in HUGE:
            faults |= _with_huge_text(page, name)
        if name in WIDE:
            faults |= _on_a_computer(page, name)
    assert {*HUGE, *WIDE} <= seen
    assert not faults, _report(faults)


def test_every_state_of_every_phone_page(open_browser: Opener, server: Server) -> None:
    """The golden contexts have states that a walk through the screens does not reach: refused, full, busy.
    With usual names, with long ones, and in English."""
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    sign_in(page)
    page.goto("/field/settings")
    wait_for_heading(page, "Cài đặt")
    faults: Faults = {}
    for name, template, context in _golden():
        show(page, _rendered(template, context))
        faults |= _named(name, violations_in_every_mode(page))
        faults |= find_faults(page, name, PHONE_RULES, SMALL, NARROW)
        show(page, _rendered(template, _with_long_names(context)))
        faults |= find_faults(page, f"{name} long", PHONE_RULES, NARROW, SMALL)
    choose_english(page)
    for name, template, context in _golden():
        with language("en"):
            show(page, _rendered(template, context))
        faults |= _named(f"{name} en", axe_violations(page, WORDS))
        faults |= find_faults(page, f"{name} en", PHONE_RULES, NARROW, SMALL)
    assert not faults, _report(faults)


def test_desk(open_browser: Opener, server: Server, world: World, database: Database) -> None:
    database.write(rename)
    desk_backlog.record_visit(server, world)
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    page.goto("/desk/sign-in")
    faults = _named("desk-sign-in", violations_in_both_schemes(page))
    desk_sign_in(page)
    faults |= _in_english(page)
    for name in desk_screens(page):
        faults |= _named(name, violations_in_both_schemes(page))
        faults |= find_faults(page, name, DESK_RULES, *DESK_SIZES, words=ALLEYS)
        faults |= _named(f"{name} tables", table_faults(page, name))
        faults |= _named(f"{name} on paper", paper_faults(page, name))
    assert not faults, _report(faults)


def test_the_desk_of_operators(open_browser: Opener, server: Server, database: Database) -> None:
    link = database.write(_prepare_operators)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    faults: Faults = {}
    for name in chain(operator_screens(page, link), screens_operator.many_communes(page)):
        faults |= _named(name, violations_in_both_schemes(page))
        faults |= find_faults(page, name, DESK_RULES, *DESK_SIZES)
        faults |= _named(f"{name} tables", table_faults(page, name))
        faults |= _named(f"{name} on paper", paper_faults(page, name))
    assert not faults, _report(faults)


def test_the_pages_of_a_province(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    link = database.write(lambda session: f"/link/{operators.issue_link(session, '', utc_now())}")
    prepare_province(database, world)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    become_operator(page, link)
    faults: Faults = {}
    for name in viewer_screens(page):
        faults |= _named(name, violations_in_both_schemes(page))
        faults |= find_faults(page, name, DESK_RULES, *DESK_SIZES)
    choose_viewers_password(page)
    for name in province_screens(page):
        faults |= _named(name, violations_in_both_schemes(page))
        faults |= find_faults(page, name, DESK_RULES, *DESK_SIZES)
        faults |= _named(f"{name} tables", table_faults(page, name))
        faults |= _named(f"{name} on paper", paper_faults(page, name))
    assert not faults, _report(faults)


def test_page_with_a_violation_is_reported(open_browser: Opener, server: Server) -> None:
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    page.goto("/field/sign-in")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    wait_for_screen(page)
    grey = "<p style='color:{};background:#fff'>Chữ xám</p>"
    for content in ("<img src=/a.png>", grey.format("#757575"), grey.format("#aaa")):
        show(page, f"<title>Từng Nhà</title><main id='main' tabindex='-1'><h1>Từng Nhà</h1>{content}</main>")
        assert len(axe_violations(page)) == 1


def _named(name: str, problems: list[str]) -> Faults:
    return {f"{name}:": problems} if problems else {}


def _report(faults: Faults) -> str:
    return "\n".join(f"{where} {fault}" for where, found in faults.items() for fault in found)


def _golden() -> Iterator[tuple[str, str, str]]:
    """The name, the template and the context of every page of the phone in every state."""
    for file in sorted(GOLDEN.rglob("*.json")):
        yield f"{file.parent.name}/{file.stem}", f"field/{file.parent.name}.html", file.read_text("utf-8")


def _rendered(template: str, context: str) -> str:
    return environment().get_template(template).render(json.loads(context))


def _with_long_names(context: str) -> str:
    """The context with long names, and with 2.000 in place of counts."""
    for usual, long in LONG.items():
        context = context.replace(usual, long)
    return re.sub(r'"(count|total|households)": "[1-9]\d*"', r'"\1": "2.000"', context)


def _with_huge_text(page: Page, name: str) -> Faults:
    page.evaluate("document.documentElement.dataset.text = 'huge'")
    faults = _named(f"{name} huge", axe_violations(page))
    faults |= find_faults(page, f"{name} huge", PHONE_RULES, SMALL)
    page.evaluate("delete document.documentElement.dataset.text")
    return faults


def _on_a_computer(page: Page, name: str) -> Faults:
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.documentElement.dataset.sunny = ''")
    faults = find_faults(page, name, PHONE_RULES, DESKTOP)
    faults |= _named(f"{name} on a computer", axe_violations(page))
    page.evaluate("delete document.documentElement.dataset.sunny")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": SMALL["width"], "height": SMALL["height"]})
    return faults


def _in_english(page: Page) -> Faults:
    """The desk's main pages in English; then it is Vietnamese again."""
    page.goto("/desk/account")
    page.get_by_role("button", name="English").click()
    wait_for_heading(page, "Account")
    faults: Faults = {}
    for address in ENGLISH:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", "en")
        faults |= _named(f"{address} en", violations_in_both_schemes(page))
        faults |= find_faults(page, f"{address} en", DESK_RULES, *DESK_SIZES)
    page.get_by_role("button", name="Tiếng Việt").click()
    wait_for_heading(page, "Tài khoản")
    return faults


def _prepare_operators(session: Session) -> str:
    """All areas, one of them with a long name; the path of a link for a new operator."""
    load_areas(session)
    province = session.exec(select(Province).where(Province.code == "01")).one()
    province.name = LONG_PROVINCE
    session.add(province)
    return f"/link/{operators.issue_link(session, '', utc_now())}"
