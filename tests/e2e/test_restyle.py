"""A small change styles a small part again: with an unlucky `:has()` it would be the page, at every tap."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_TRACE = {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": ["devtools.timeline"]}}
_EVERYTHING = """() => {
  document.documentElement.style.setProperty("--any", "1");
  document.body.offsetHeight;
}"""
_STATE = """(kind) => {
  document.getElementById("state").dataset.kind = kind;
  document.body.offsetHeight;
}"""
_SCREEN = """(screen) => {
  document.getElementById("main").dataset.screen = screen;
  document.body.offsetHeight;
}"""
_APPEND = """() => {
  document.body.append(document.createElement("div"));
  document.body.offsetHeight;
}"""


def test_a_small_change_styles_a_small_part_again(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    assert _styled(page, _EVERYTHING) > 100
    for kind in ("queue", "sent"):
        assert 0 < _styled(page, _STATE, kind) <= 10

    page.goto(f"/field/households/{world.duc}/visit")
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    assert _styled(page, _EVERYTHING) > 150
    assert _styled(page, _APPEND) <= 10
    assert 0 < _styled(page, _SCREEN, "saved") <= 20


def _styled(page: Page, change: str, value: str = "") -> int:
    """How many elements Chromium styles again for a change."""
    devtools = page.context.new_cdp_session(page)
    events: list[dict[str, Any]] = []
    complete: list[object] = []
    devtools.on("Tracing.dataCollected", lambda data: events.extend(data["value"]))
    devtools.on("Tracing.tracingComplete", lambda _data: complete.append(True))
    devtools.send("Tracing.start", _TRACE)
    page.evaluate(change, value)
    devtools.send("Tracing.end")
    while not complete:
        page.wait_for_timeout(20)
    devtools.detach()
    return max(
        (one["args"]["elementCount"] for one in events if one["name"] == "UpdateLayoutTree"), default=0
    )
