"""The head of *Lượt thăm*: no filter and no reason is cut, empty days look empty, the order has a sign."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.rules import NOTICE, RULES
from app.review.visit_list.flag_sentences import NAMES
from tests.e2e.conftest import Opener
from tests.e2e.desk_list import at_list, open_list
from tests.e2e.lan_phone import LanPhone
from tests.e2e.looks import SMALL
from tests.e2e.server import Server
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LAPTOP = {"width": 1366, "height": 768}
# The texts for which their field has no room: each choice of a list, once it is chosen, and hints.
_CUT_FIELDS = """() => {
    const room = (field) => {
        const { paddingInlineStart: start, paddingInlineEnd: end } = getComputedStyle(field);
        const arrow = field.list ? 20 : 0;
        return field.clientWidth - parseFloat(start) - parseFloat(end) - arrow;
    };
    const pen = document.createElement("canvas").getContext("2d");
    const isCut = (field, text) => {
        pen.font = getComputedStyle(field).font;
        return pen.measureText(text).width > room(field) + 1;
    };
    const cut = [];
    for (const list of document.querySelectorAll(".filters select")) {
        const before = list.value;
        for (const { value, text } of list.options) {
            list.value = value;
            if (isCut(list, text)) cut.push(text);
        }
        list.value = before;
    }
    for (const field of document.querySelectorAll(".filters [placeholder]"))
        if (isCut(field, field.placeholder)) cut.push(field.placeholder);
    return cut;
}"""
# Of these texts those that the cell of a row's reasons does not show whole.
_CUT_REASONS = """(texts) => {
    const link = document.querySelector("#visits .flagged a"), before = link.textContent;
    const cut = texts.filter((text) => {
        link.textContent = text;
        return [link.closest("td"), link.parentElement].some(
            (box) => box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight + 1,
        );
    });
    link.textContent = before;
    return cut;
}"""
_ROWS_IN_SIGHT = """[...document.querySelectorAll("#visits tbody tr")]
    .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""


def test_filters_and_reasons_are_read_whole(
    open_browser: Opener, server: Server, database: Database, world: World
) -> None:
    lan = LanPhone(open_browser().request)
    lan.record(*add_households(database, world, 40))
    evaluate_all(database)
    for size in (SMALL, LAPTOP):
        desk = at_list(open_browser, size)
        assert desk.evaluate(_CUT_FIELDS) == []
    desk.goto("/desk/visits?flag=any")
    shown = desk.locator("#visits .flagged a").first.inner_text()
    assert ", " in shown
    assert desk.evaluate(_CUT_REASONS, [shown, *_threes()]) == []
    assert desk.evaluate(_ROWS_IN_SIGHT) >= 15


def test_empty_days_look_empty(open_browser: Opener, server: Server) -> None:
    desk = at_list(open_browser, LAPTOP)
    for name in ("day", "to"):
        assert not re.search(r"\d", desk.locator(f"#{name}").get_attribute("placeholder") or "")


def test_the_order_has_a_sign(open_browser: Opener, server: Server, database: Database, world: World) -> None:
    LanPhone(open_browser().request).record(world.duc)
    desk = at_list(open_browser, LAPTOP)
    _expect_order(desk, "other", "▼")
    expect(desk.locator(".summary")).to_contain_text("mới nhận trước")
    for order, sign in (("descending", "▼"), ("ascending", "▲")):
        desk.get_by_role("columnheader", name="Giờ, ngày").get_by_role("link").click()
        _expect_order(desk, order, sign)
        expect(desk.locator(".summary")).not_to_contain_text("mới nhận trước")
    open_list(desk)
    _expect_order(desk, "other", "▼")


def _expect_order(desk: Page, order: str, sign: str) -> None:
    head = desk.locator("#visits th[aria-sort]")
    expect(head).to_have_attribute("aria-sort", order)
    expect(head).to_have_text(f"Giờ, ngày {sign}")
    expect(head).to_be_visible()


def _threes() -> list[str]:
    """What a row with any three flags says."""
    names = [str(NAMES[rule]) for rule, about in RULES.items() if about.strength != NOTICE]
    return [", ".join(three) for three in combinations(names, 3)]
