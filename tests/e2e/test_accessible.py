"""axe on every screen: light, dark, *Chế độ ngoài nắng*. What is measured beside is in test_looks.py."""

import json

import pytest
from playwright.sync_api import Page

from app.web.rendering import environment
from tests.e2e import troubles
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.screens import AXE_TAGS, desk_screens, phone_screens
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import desk_sign_in
from tests.world import World

AXE = ROOT / "service_worker" / "node_modules" / "axe-core" / "axe.min.js"
GOLDEN = ROOT / "tests" / "contract" / "golden" / "field"
SHOW = """html => {
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.getElementById("main").replaceWith(document.adoptNode(page.querySelector("main")));
}"""
RULES = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
OPTIONS = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "rules": RULES}
SUNNY = "on => document.documentElement.toggleAttribute('data-sunny', on)"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_phone(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser("lan", bypass_csp=True, reduced_motion="reduce").pages[0]
    problems = {name: found for name in phone_screens(page, world) if (found := _in_every_light(page))}
    assert problems == {}


def test_every_state_of_every_phone_page(open_browser: Opener, server: Server) -> None:
    """The golden contexts hold the states that a walk does not meet: refused, full, busy."""
    page = open_browser("lan", bypass_csp=True, reduced_motion="reduce").pages[0]
    page.goto("/field/sign-in")
    page.get_by_role("heading", level=1).wait_for()
    problems = {}
    for file in sorted(GOLDEN.rglob("*.json")):
        template = environment().get_template(f"field/{file.parent.name}.html")
        page.evaluate(SHOW, template.render(json.loads(file.read_text("utf-8"))))
        if found := _in_every_light(page):
            problems[f"{file.parent.name}/{file.stem}"] = found
    assert problems == {}


def test_desk(open_browser: Opener, server: Server, world: World) -> None:
    _one_visit(open_browser, world)
    troubles.bring(server, world)
    page = open_browser("binh", DESKTOP, bypass_csp=True, reduced_motion="reduce").pages[0]
    page.goto("/desk/sign-in")
    problems = {"desk-sign-in": found} if (found := _in_every_light(page)) else {}
    desk_sign_in(page)
    problems |= {name: found for name in desk_screens(page) if (found := _in_every_light(page))}
    assert problems == {}


def _one_visit(open_browser: Opener, world: World) -> None:
    page = open_browser("lan").pages[0]
    for name in phone_screens(page, world):
        if name == "today":
            break
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for(timeout=75_000)


def _in_every_light(page: Page) -> list[str]:
    """All rules in the light, on a dark phone, and there with *Chế độ ngoài nắng*."""
    found = problems_of(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {problem}" for problem in problems_of(page)]
    page.evaluate(SUNNY, True)
    found += [f"sunlight: {problem}" for problem in problems_of(page)]
    page.evaluate(SUNNY, False)
    page.emulate_media(color_scheme="light")
    return found


def is_wide(page: Page) -> bool:
    """Wider than the window, at the usual letters or at letters twice as large."""
    measure = """[document.scrollingElement, ...document.querySelectorAll("main, .sheet")]
        .some(box => box.scrollWidth > box.clientWidth)"""
    usual = bool(page.evaluate(measure))
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    large = bool(page.evaluate(measure))
    page.evaluate("document.documentElement.style.removeProperty('font-size')")
    return usual or large


def problems_of(page: Page) -> list[str]:
    """What axe finds on a page; nothing, if everybody can read it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(f"axe.run(document, {json.dumps(OPTIONS)})")
    return [
        f"{item['id']}: {node['target']} {node['failureSummary'][:300]}"
        for item in found["violations"]
        for node in item["nodes"]
    ]
