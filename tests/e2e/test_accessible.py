"""axe on every screen: light, dark, on the phone also *Chế độ ngoài nắng*.

test_looks.py measures sizes and distances.
"""

import json

import pytest
from playwright.sync_api import Page

from app.web.rendering import environment
from tests.e2e import desk_backlog
from tests.e2e.accessibility import (
    GOLDEN,
    axe_violations,
    show,
    violations_in_both_schemes,
    violations_in_every_mode,
)
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens import desk_screens, phone_screens, record_one_visit
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_phone(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    problems = {
        name: found for name in phone_screens(page, world) if (found := violations_in_every_mode(page))
    }
    assert problems == {}


def test_every_state_of_every_phone_page(open_browser: Opener, server: Server) -> None:
    """The golden contexts have states that a walk through the screens does not reach: refused, full, busy."""
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    _open_sign_in(page)
    problems = {}
    for file in sorted(GOLDEN.rglob("*.json")):
        template = environment().get_template(f"field/{file.parent.name}.html")
        show(page, template.render(json.loads(file.read_text("utf-8"))))
        if found := violations_in_every_mode(page):
            problems[f"{file.parent.name}/{file.stem}"] = found
    assert problems == {}


def test_desk(open_browser: Opener, server: Server, world: World) -> None:
    record_one_visit(open_browser().pages[0], world)
    desk_backlog.create(server, world)
    page = open_browser(DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    page.goto("/desk/sign-in")
    problems = {"desk-sign-in": found} if (found := violations_in_both_schemes(page)) else {}
    desk_sign_in(page)
    problems |= {name: found for name in desk_screens(page) if (found := violations_in_both_schemes(page))}
    assert problems == {}


def test_page_with_a_violation_is_reported(open_browser: Opener, server: Server) -> None:
    page = open_browser(bypass_csp=True, reduced_motion="reduce").pages[0]
    _open_sign_in(page)
    show(
        page, "<title>Từng Nhà</title><main id='main' tabindex='-1'><h1>Từng Nhà</h1><img src=/a.png></main>"
    )
    assert axe_violations(page)


def _open_sign_in(page: Page) -> None:
    """Open a page whose content can be replaced: its scripts have run and draw nothing any more."""
    page.goto("/field/sign-in")
    page.evaluate("navigator.serviceWorker.ready")
    page.reload()
    page.get_by_role("heading", level=1).wait_for()
