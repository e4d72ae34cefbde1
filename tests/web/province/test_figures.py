"""A figure that several screens and papers show comes from one function, and bears one stamp.

`FIGURES` lists them. Before and after visits are returned and withdrawn every place has to say what the
function says; what is stored says when it was counted.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period, parse_period
from app.commune.catalog.services import services_by_code
from app.core.clock import VIETNAM
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.household_days.counts import count_guided
from app.province.status import count_due
from app.reports.query import report_table
from app.review.register.coverage import hamlets_coverage
from app.review.register.figures import people_by_service, visits_by_day
from app.review.visit_list.trust import trust_in
from tests.conftest import FakeClock
from tests.fieldwork.derived.flags.flagged import MORNING, ids, visits_at
from tests.fieldwork.derived.flags.test_changes import RETURNED, decide
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.reading import read_docx, read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World, add_households

pytestmark = pytest.mark.both_databases
MONTH, LAST = "2026-11", "2026-11-24"
REPORT, EXCEL, WORD = f"/desk/reports/{MONTH}", f"/desk/reports/{MONTH}.xlsx", f"/desk/reports/{MONTH}.docx"
CSV = f"/desk/reports/{MONTH}.csv"
OVERVIEW, LIST = f"/desk/?period={MONTH}", f"/desk/visits?since={MONTH}-01&until={MONTH}-30"


@dataclass(frozen=True)
class Figure:
    """`count`: what it is now; `places`: the pages and papers that have it, with the pattern of its text."""

    count: Callable[[Session, Actor, Period], object]
    places: dict[str, str]


def _met(session: Session, actor: Actor, _period: Period) -> str:
    rows = hamlets_coverage(session, actor, date.fromisoformat(LAST), [])
    return f"{sum(row.reached for row in rows)}/{sum(row.households for row in rows)}"


def _visits(session: Session, actor: Actor, period: Period) -> int:
    return sum(visits_by_day(session, actor, period.first, period.last).values())


def _helped(session: Session, actor: Actor, period: Period) -> int:
    found = people_by_service(session, actor, services_by_code(session, actor), period.first, period.last)
    return found["vneid_install"]


def _column(code: str) -> Callable[[Session, Actor, Period], object]:
    def count(session: Session, actor: Actor, period: Period) -> object:
        return report_table(session, actor, period, MORNING + timedelta(hours=9)).whole[code]

    return count


FIGURES = {
    "households met so far": Figure(
        _met, {OVERVIEW: r"(\d+/\d+) hộ đã gặp", "/desk/coverage": r"(\d+/\d+) hộ đã gặp"}
    ),
    "households guided": Figure(
        count_guided,
        {
            OVERVIEW: r"(\d+) hộ được hướng dẫn",
            REPORT: r"(\d+) Hộ được hướng dẫn",
            EXCEL: "Hộ được hướng dẫn",
            WORD: "Hộ được hướng dẫn",
        },
    ),
    "visits": Figure(
        _visits,
        {
            OVERVIEW: r"(\d+) lượt thăm hộ",
            REPORT: r"(\d+) Lượt thăm hộ",
            EXCEL: "Lượt thăm hộ",
            WORD: "Lượt thăm hộ",
            f"/desk/reports/{MONTH}/figures/visits": r"Báo cáo: (\d+)\.",
        },
    ),
    "visits of the last days": Figure(
        _visits,
        {
            "/desk/coverage": r"Tất cả (?:\d+ ){2}\d+ % \d+ (\d+)",
            "/desk/reports/2026-11-18..2026-11-24/figures/visits": r"Danh sách: (\d+)\.",
        },
    ),
    "households met": Figure(
        _column("met"), {REPORT: r"(\d+) Hộ đã gặp", EXCEL: "Hộ đã gặp", WORD: "Hộ đã gặp"}
    ),
    "households on the list": Figure(
        _column("households"), {"/desk/households": r"(\d+) hộ tính", EXCEL: "Tổng số hộ", WORD: "Tổng số hộ"}
    ),
    "people by service": Figure(
        _helped, {OVERVIEW: r"Cài VNeID (\d+) người", EXCEL: "Cài VNeID", WORD: "Cài VNeID"}
    ),
    "visits that wait": Figure(
        lambda session, actor, period: trust_in(session, actor, period).waiting,
        {
            OVERVIEW: r"(\d+) lượt chưa duyệt,",
            REPORT: r"(\d+) lượt chưa duyệt,",
            CSV: r"(\d+) lượt chưa duyệt,",
            LIST + "&state=received": r"(\d+) lượt thăm",
        },
    ),
    "flagged visits": Figure(
        lambda session, actor, period: trust_in(session, actor, period).flagged,
        {
            OVERVIEW: r"chưa duyệt, (\d+) lượt cần xem",
            REPORT: r"chưa duyệt, (\d+) lượt cần xem",
            CSV: r"chưa duyệt, (\d+) lượt cần xem",
            LIST + "&state=received&flag=any": r"(\d+) lượt thăm",
        },
    ),
}


def _counted(figure: Figure, world: World, period: Period, session: Session) -> object:
    return figure.count(session, binh(session, world), period)


def shown(desk: TestClient, address: str, pattern: str, stamp: str) -> str:
    """What a place says, having looked at its stamp."""
    answer = desk.get(address)
    assert answer.status_code == 200, address
    if address in (EXCEL, WORD):
        return _in_table(answer.content, address, pattern)
    text = words(answer.text)
    assert f"tính đến {stamp}" in text, address
    found = re.search(pattern, text)
    assert found, (address, pattern)
    return found[1]


def _in_table(content: bytes, address: str, heading: str) -> str:
    """A figure of the commune in a file."""
    if address == WORD:
        return str(next(cell for name, cell in read_docx(content, "Nội dung") if name == heading))
    headings, *rows = read_xlsx(content)
    return str(rows[-1][headings.index(heading)])


@pytest.fixture
def burst(lan: Phone, nam: Phone, world: World, database: Database) -> list[str]:
    """Sixteen visits of Lan a few seconds apart, and two more; a visit that met nobody."""
    households = add_households(database, world, 20)
    found = visits_at(lan, households[:16], 12)
    lan.exchange(*found, lan.visit(world.duc), lan.visit(households[17], result="not_home", services=[]))
    nam.exchange(nam.visit(world.anh))
    return ids(*found)


def test_every_place_says_what_the_function_says(
    desk: TestClient, burst: list[str], lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    for step in range(2):
        if step:
            clock.forward(minutes=20)
            lan.now = clock.now
            decide(database, world, RETURNED, burst[:10], "11111111-1111-4111-8111-000000000009")
            lan.exchange(lan.op("visit.withdraw", {"id": burst[11], "base_version": 1}), lan.visit(world.mai))
        evaluate_all(database)
        stamp = f"{clock.now.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
        period = parse_period(MONTH, 1)
        for name, figure in FIGURES.items():
            count = database.read(partial(_counted, figure, world, period))
            said = {place: shown(desk, place, pattern, stamp) for place, pattern in figure.places.items()}
            assert said == dict.fromkeys(figure.places, str(count)), name


def test_what_is_stored_says_when_it_was_counted(
    desk: TestClient,
    ha: TestClient,
    burst: list[str],
    world: World,
    database: Database,
    clock: FakeClock,
) -> None:
    count_due(database, clock)
    before = shown(desk, "/desk/coverage", r"(\d+/\d+) hộ đã gặp", "16:40 24/11/2026")
    clock.forward(minutes=20)
    decide(database, world, RETURNED, burst[:10], "11111111-1111-4111-8111-000000000009")
    now = shown(desk, "/desk/coverage", r"(\d+/\d+) hộ đã gặp", "17:00 24/11/2026")
    page = words(ha.get("/province/").text)
    assert before != now
    assert re.search(rf"Độ phủ từ trước đến nay: \d+ %, {before} hộ đã gặp đếm lúc 16:40 24/11/2026", page)
