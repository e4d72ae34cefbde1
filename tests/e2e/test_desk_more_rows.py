"""The rows that come right after the page of the list: keys, picks, places and Back know one list."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.desk_list import boxes, button
from tests.e2e.lan_phone import SAME_SITE, LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, skip_to_list
from tests.web.desk.desk_client import UNCLEAR
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROWS = "#visits tbody tr[id^=row-]"
LINKS = "#visits tbody [id^=open-]"
VISITS = 60
EDGES = "[...document.querySelectorAll('#visits th')].map(one => one.getBoundingClientRect().x)"
PLACE = "document.querySelectorAll('#visits tbody [id^=open-]')[52].getBoundingClientRect().top"


@pytest.fixture
def lan(open_browser: Opener, server: Server, database: Database, world: World) -> LanPhone:
    lan = LanPhone(open_browser().request)
    lan.record(*add_households(database, world, VISITS), days_between=1)
    evaluate_all(database)
    return lan


@pytest.fixture
def desk(open_browser: Opener, lan: LanPhone) -> Page:
    page = open_browser(DESKTOP).pages[0]
    desk_sign_in(page)
    return page


@pytest.fixture
def held(desk: Page) -> Iterator[list[Route]]:
    """The requests for more rows, each until the test continues it."""
    held: list[Route] = []
    desk.route(re.compile("/desk/visits/rows"), lambda route: held.append(route))  # noqa: PLW0108 - playwright marks it
    yield held
    desk.unroute(re.compile("/desk/visits/rows"))


def test_the_list_is_one_list_although_its_rows_come_in_two_parts(
    desk: Page, lan: LanPhone, world: World, held: list[Route]
) -> None:
    _pick_the_page_before_its_rows_are_there(desk, held)
    _go_on_although_a_visit_arrives_and_one_opens_meanwhile(desk, lan, world, held)
    desk.unroute(re.compile("/desk/visits/rows"))
    _walk_and_pick_over_the_boundary(desk)
    _come_back_to_the_place(desk)
    _find_the_open_visit_of_the_second_part(desk)


def test_a_visit_that_a_colleague_decided_on_between_the_parts_is_not_of_the_page_that_was_picked(
    desk: Page, lan: LanPhone, held: list[Route]
) -> None:
    _open(desk, held, "?state=received")
    desk.keyboard.press("a")
    id = _return_the_last(desk)
    held.pop().continue_()
    expect(desk.locator(ROWS)).to_have_count(VISITS)
    row = desk.locator(f"#row-{id}")
    box = row.get_by_role("checkbox")
    expect(row).to_contain_text("Đã trả lại")
    expect(box).not_to_be_checked()
    expect(desk.locator("#bulk .picked")).to_have_text(
        f"Đã chọn {VISITS - 1} lượt. 1 lượt vừa đổi, đã bỏ chọn."
    )
    desk.keyboard.press("a")
    expect(desk.locator('#visits input[name="visit"]:checked')).to_have_count(0)
    desk.keyboard.press("a")
    expect(box).not_to_be_checked()
    button(desk, f"Duyệt {VISITS - 1} lượt").click()
    expect(desk.get_by_text(f"Đã duyệt {VISITS - 1} lượt.")).to_be_visible()
    desk.goto(f"/desk/visits/{id}")
    expect(desk.locator("#panel .verdict .step")).to_have_text("Đã trả lại")


def test_rows_that_do_not_come_leave_a_link_to_the_whole_page(desk: Page) -> None:
    desk.route(re.compile("/desk/visits/rows"), lambda route: route.abort())
    desk.goto("/desk/visits")
    expect(desk.locator("#trouble")).to_be_visible()
    expect(desk.locator(ROWS)).to_have_count(40)
    assert desk.evaluate("document.getElementById('more-rows').offsetHeight") <= 41
    desk.get_by_role("link", name=f"Hiện cả {VISITS} lượt của trang này").click()
    expect(desk.locator(ROWS)).to_have_count(VISITS)


def test_a_session_that_ends_between_the_parts_leads_to_the_sign_in_page(
    desk: Page, held: list[Route]
) -> None:
    _open(desk, held)
    desk.context.clear_cookies()
    held.pop().continue_()
    expect(desk.get_by_label("Tên đăng nhập")).to_be_visible()


def _open(desk: Page, held: list[Route], query: str = "") -> None:
    held.clear()
    desk.goto(f"/desk/visits{query}")
    expect(desk.locator(ROWS)).to_have_count(40)
    for _ in range(100):
        if held:
            break
        desk.wait_for_timeout(20)
    skip_to_list(desk)


def _return_the_last(desk: Page) -> str:
    """The id of the page's last visit, which is returned elsewhere, unseen by the page."""
    values = json.loads(desk.locator("#more-rows").get_attribute("hx-vals") or "")
    id = str(values["visits"].split(",")[-1].partition(".")[0])
    answer = desk.request.post(
        f"/desk/visits/{id}/return",
        form={"version": "1", "seen": "0", **UNCLEAR},
        headers=SAME_SITE,
        max_redirects=0,
    )
    assert answer.status == 303, answer.text()
    return id


def _pick_the_page_before_its_rows_are_there(desk: Page, held: list[Route]) -> None:
    _open(desk, held)
    desk.keyboard.press("a")
    expect(button(desk, "Duyệt 40 lượt")).to_be_visible()
    boxes(desk).nth(1).uncheck()
    held.pop().continue_()
    expect(desk.locator(ROWS)).to_have_count(VISITS)
    expect(button(desk, f"Duyệt {VISITS - 1} lượt")).to_be_visible()
    assert desk.locator('#visits input[name="visit"]:checked').count() == VISITS - 1
    boxes(desk).nth(1).check()
    expect(desk.locator("#visits thead [data-page] input")).to_be_checked()
    desk.keyboard.press("a")
    expect(desk.locator('#visits input[name="visit"]:checked')).to_have_count(0)


def _go_on_although_a_visit_arrives_and_one_opens_meanwhile(
    desk: Page, lan: LanPhone, world: World, held: list[Route]
) -> None:
    _open(desk, held)
    names = desk.locator(LINKS).all_inner_texts()
    lan.record(world.duc)
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    heading = desk.locator("#visit-household")
    expect(heading).to_be_focused()
    desk.keyboard.press("d")
    expect(desk.locator(ROWS).first).to_contain_text("Đã duyệt")
    expect(desk.locator(LINKS).nth(1)).to_be_focused()
    place, edges = desk.evaluate("scrollY"), desk.evaluate(EDGES)
    held.pop().continue_()
    expect(desk.locator(ROWS)).to_have_count(VISITS)
    expect(desk.locator(LINKS).nth(1)).to_be_focused()
    expect(heading).to_be_visible()
    assert desk.locator("#visits [aria-current]").count() == 1
    assert (desk.evaluate("scrollY"), desk.evaluate(EDGES)) == (place, edges)
    shown = desk.locator(LINKS).all_inner_texts()
    assert shown[:40] == names
    assert len(set(shown)) == VISITS
    assert not [name for name in shown if "Đức" in name]


def _walk_and_pick_over_the_boundary(desk: Page) -> None:
    desk.goto("/desk/visits?state=received")
    expect(desk.locator(ROWS)).to_have_count(VISITS)
    desk.locator(LINKS).nth(38).focus()
    desk.keyboard.press("x")
    for n in (39, 40, 41, 42):
        desk.keyboard.press("j")
        expect(desk.locator(LINKS).nth(n)).to_be_focused()
    desk.keyboard.press("Shift+X")
    expect(button(desk, "Duyệt 5 lượt")).to_be_visible()
    checked = desk.locator(f'{ROWS} input[name="visit"]').evaluate_all(
        "all => all.flatMap((one, n) => one.checked ? [n] : [])"
    )
    assert checked == [38, 39, 40, 41, 42]
    desk.keyboard.press("k")
    desk.keyboard.press("k")
    expect(desk.locator(LINKS).nth(40)).to_be_focused()
    button(desk, "Duyệt 5 lượt").click()
    expect(desk.get_by_text("Đã duyệt 5 lượt.")).to_be_visible()
    expect(desk.locator(ROWS)).to_have_count(VISITS - 5)


def _come_back_to_the_place(desk: Page) -> None:
    desk.goto("/desk/visits")
    expect(desk.locator(ROWS)).to_have_count(VISITS + 1)
    desk.locator(LINKS).nth(52).scroll_into_view_if_needed()
    place = desk.evaluate(PLACE)
    assert desk.evaluate("scrollY") > 500
    desk.locator(ROWS).nth(52).locator(".author a").click()
    expect(desk.get_by_role("heading", name="Nguyễn Thị Lan", level=1)).to_be_visible()
    desk.go_back()
    expect(desk.locator(ROWS)).to_have_count(VISITS + 1)
    assert abs(desk.evaluate(PLACE) - place) <= 1
    desk.reload()
    expect(desk.locator(ROWS)).to_have_count(VISITS + 1)
    assert abs(desk.evaluate(PLACE) - place) <= 1


def _find_the_open_visit_of_the_second_part(desk: Page) -> None:
    link = desk.locator(LINKS).nth(55)
    link.click()
    expect(desk.locator("#visit-household")).to_be_focused()
    desk.reload()
    expect(desk.locator("#panel [data-visit]")).to_be_visible()
    expect(link).to_have_attribute("aria-current", "true")
    expect(link).to_be_in_viewport()
