"""One alley on one afternoon without a network: what Lan meets at each household, and the taps it takes."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlmodel import col, select

from app.core.db import Database
from app.fieldwork.visits.models import Visit, VisitService
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import send_again, set_quick_mark, sign_in, wait_for_heading
from tests.e2e.taps import Taps, documented
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
VNEID, ACTIVATION, SCAMS = "vneid_install", "vneid_activate", "scam_warning"
# Counted where a return is corrected (test_visit_page.py), and where a card is checked (test_member_card.py).
ELSEWHERE = {
    "a returned visit corrected, from *Hôm nay*, besides what is typed",
    "the six digits of *Thẻ thành viên*, from *Hôm nay*, besides what is typed",
}
# What the server has of the afternoon, in the order of recording: the result, services with their outcomes,
# needs, and whether there is an appointment.
AFTERNOON = [
    ("helped", [(VNEID, "did_it")], [], False),
    ("not_home", [], [], False),
    ("refused", [], [], False),
    ("come_back", [], [], True),
    ("helped", [(VNEID, "done_for_them"), (ACTIVATION, "did_it")], [], False),
    ("helped", [(VNEID, "did_it"), (ACTIVATION, "did_it")], [], False),
    ("helped", [(VNEID, "done_for_them")], [SCAMS], False),
    ("helped", [(VNEID, "did_it")], [], False),
    ("helped", [(VNEID, "done_for_them")], [], False),
    ("not_home", [], [], False),
    ("not_home", [], [], False),
]


def test_an_afternoon_in_one_alley(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, 9)
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    lan = Lan(page)

    _ones(lan)
    _services_and_needs(lan)
    _mark(lan)
    _at_a_cell(lan)
    server.start()
    send_again(page, lambda: len(_stored(database)) == len(AFTERNOON))
    assert _stored(database) == AFTERNOON
    assert lan.taps.checked | ELSEWHERE == documented().keys()


def _ones(lan: "Lan") -> None:
    """What is done with one answer."""
    lan.is_on_today()
    lan.taps.link("Ghi lượt thăm")
    lan.taps.on(lan.page.get_by_role("link", name=re.compile(r"^Ghi \d")))
    lan.shows(VNEID, "did_it")
    lan.saves("one service, from *Hôm nay*")

    lan.is_on_today()
    lan.goes_next()
    lan.notes("Vắng nhà")
    lan.saves("nobody at home, from *Hôm nay*")

    lan.goes_next()
    lan.notes("Không tiếp")
    lan.saves("a refusal at the next household")

    lan.goes_next()
    lan.notes("Hẹn quay lại")
    lan.taps.on(lan.page.locator(".follow-up").get_by_text("Mai"))
    lan.saves("an appointment at the next household")


def _services_and_needs(lan: "Lan") -> None:
    """Households that are shown two things, or the same as the one before."""
    lan.goes_next()
    lan.shows(VNEID, "done_for_them")
    lan.shows(ACTIVATION, "did_it")
    lan.saves("two services at the next household")

    lan.opens_next()
    lan.repeats((VNEID, "did_it"), (ACTIVATION, "did_it"))
    lan.saves("the two services of the house before, in the open form")

    lan.goes_next()
    lan.shows(VNEID, "done_for_them")
    lan.wants(SCAMS)
    lan.saves("one service and a need at the next household")

    lan.goes_next()
    lan.shows(VNEID, "did_it")
    lan.saves("one service at the next household")

    lan.opens_next()
    lan.repeats((VNEID, "done_for_them"))
    lan.saves("the service of the house before, in the open form")


def _mark(lan: "Lan") -> None:
    lan.page.goto("/field/households/quick?q=108")
    wait_for_heading(lan.page, "Ghi nhanh")
    set_quick_mark(lan.page)
    lan.taps.on(lan.page.get_by_role("button", name=re.compile("^Vắng")))
    expect(lan.page.get_by_role("button", name=re.compile("^Hoàn tác"))).to_have_count(1)
    lan.taps.check("a household by *Ghi nhanh*")


def _at_a_cell(lan: "Lan") -> None:
    lan.page.get_by_role("link", name="Xong").click()
    wait_for_heading(lan.page, "Hộ dân")
    lan.taps.link("Sơ đồ thôn")
    cell = lan.page.locator('.map-cells [data-status="new"]').last
    cell.scroll_into_view_if_needed()
    lan.taps.on(cell)
    lan.notes("Vắng nhà")
    lan.saves("nobody at home at a cell of *Sơ đồ thôn*, from *Hộ dân*")


class Lan:
    """Lan with her phone in one hand."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, Taps(page)

    def is_on_today(self) -> None:
        self.page.goto("/field/")
        wait_for_heading(self.page, re.compile("Xin chào"))

    def goes_next(self) -> None:
        self.taps.link(re.compile("^Hộ kế tiếp"))
        self.page.locator("form.record").wait_for()

    def opens_next(self) -> None:
        """As `goes_next`, without counting it."""
        self.goes_next()
        self.taps.count = 0

    def notes(self, result: str) -> None:
        self.taps.on(self.page.locator("#result").get_by_text(result, exact=True))

    def shows(self, service: str, outcome: str) -> None:
        """Choosing a service says that the household was helped."""
        chip = self.page.locator(f'#services .chip:has([value="{service}"])')
        self.scrolls_to(chip)
        self.taps.on(chip)
        self.taps.on(self._outcome(service, outcome))

    def repeats(self, *answers: tuple[str, str]) -> None:
        """*Như nhà trước*, and an outcome for each service."""
        self.taps.on(self.page.locator(".chip:has([data-repeat])"))
        for service, outcome in answers:
            chip = self._outcome(service, outcome)
            self.scrolls_to(chip)
            self.taps.on(chip)

    def wants(self, service: str) -> None:
        needs = self.page.locator("details.needs")
        for choice in ("summary", ".others", f'.chip:has([value="{service}"])'):
            self.scrolls_to(needs.locator(choice))
            self.taps.on(needs.locator(choice))

    def _outcome(self, service: str, outcome: str) -> Locator:
        return self.page.locator(f'.chip:has([name="outcome-{service}"][value="{outcome}"])')

    def scrolls_to(self, element: Locator) -> None:
        element.scroll_into_view_if_needed()

    def saves(self, recording: str) -> None:
        self.taps.on(self.page.get_by_role("button", name="Lưu"))
        wait_for_heading(self.page, "Đã lưu trên máy")
        self.taps.check(recording)


def _stored(database: Database) -> list[Any]:
    def work(session: Any) -> list[Any]:
        helped: dict[str, list[tuple[str, str]]] = {}
        for one in session.exec(select(VisitService).order_by(col(VisitService.position))):
            helped.setdefault(one.visit_id, []).append((one.code, one.outcome))
        visits = session.exec(select(Visit).order_by(col(Visit.occurred_at))).all()
        return [
            (visit.result, helped.get(visit.id, []), visit.needs or [], visit.follow_up_on is not None)
            for visit in visits
        ]

    return database.read(work)
