"""What axe finds on the page that is shown, in the modes of its colours."""

import json
from collections.abc import Mapping

from playwright.sync_api import Page

from tests.e2e.server import ROOT

_AXE = ROOT / "service_worker" / "node_modules" / "axe-core" / "axe.min.js"
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# One rule for both contrasts: by itself, the one for 7:1 leaves what has less than 4.5:1 to `color-contrast`.
_CONTRAST = {"contrastRatio": {"normal": {"minThreshold": 0}, "large": {"minThreshold": 0}}}
_EVERY_RUN = {
    "checks": {"color-contrast-enhanced": {"options": _CONTRAST}},
    "resultTypes": ["violations"],
    "preload": {"assets": ["media"]},  # no rule of these reads stylesheets
}
_RULES = {
    "color-contrast": {"enabled": False},
    "color-contrast-enhanced": {"enabled": True},
    "target-size": {"enabled": True},
}
_OPTIONS = _EVERY_RUN | {"runOnly": {"type": "tag", "values": _TAGS}, "rules": _RULES}
# The same without contrasts, for a page whose colours were checked with other words.
WORDS = _OPTIONS | {"rules": _RULES | {"color-contrast-enhanced": {"enabled": False}}}
# The rules of axe that depend on colours: nothing else changes with the mode.
_COLOUR_RULES = ["color-contrast-enhanced", "link-in-text-block"]
_COLOURS = _EVERY_RUN | {"runOnly": {"type": "rule", "values": _COLOUR_RULES}}
_SHOW = """html => {
    document.addEventListener("htmx:before:swap", (event) => event.preventDefault(), true);
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.getElementById("main").replaceWith(document.adoptNode(page.querySelector("main")));
}"""
_SUNLIGHT = "on => document.documentElement.toggleAttribute('data-sunny', on)"


def show(page: Page, html: str) -> None:
    """Put a rendered page's title and content in the place of the current ones. The app draws nothing over
    it, such as its own page anew after a start."""
    page.evaluate(_SHOW, html)


def axe_violations(page: Page, options: Mapping[str, object] = _OPTIONS) -> list[str]:
    """The violations that axe finds. Take pages with `reduced_motion`, or colours are measured half-way."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text("utf-8"))
        page.add_init_script(path=_AXE)  # what this page opens later has it, at a fifth of the time
    # Without `then`, most of the time goes into transferring what axe accepted.
    found = page.evaluate(f"axe.run(document, {json.dumps(options)}).then(({{violations}}) => violations)")
    return [
        f"{item['id']}: {node['target']} {node['failureSummary'][:300]}"
        for item in found
        for node in item["nodes"]
    ]


def violations_in_both_schemes(page: Page) -> list[str]:
    """All violations in the light scheme; of colours in the dark one. The desk has no other mode."""
    found = axe_violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {problem}" for problem in axe_violations(page, _COLOURS)]
    page.emulate_media(color_scheme="light")
    return found


def violations_in_every_mode(page: Page) -> list[str]:
    """The violations in both schemes, and of colours with the phone's *Chế độ ngoài nắng* on a dark phone."""
    found = axe_violations(page)
    page.emulate_media(color_scheme="dark")
    found += [f"dark: {problem}" for problem in axe_violations(page, _COLOURS)]
    page.evaluate(_SUNLIGHT, True)
    found += [f"sunlight: {problem}" for problem in axe_violations(page, _COLOURS)]
    page.evaluate(_SUNLIGHT, False)
    page.emulate_media(color_scheme="light")
    return found
