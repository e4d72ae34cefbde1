"""A total that counts what nobody has decided on says so: the overview, the report and its files."""

import io
import re

import pytest
from docx import Document
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World

pytestmark = pytest.mark.both_databases
MONTH = "/desk/reports/2026-11"
DIGITS = "Số căn cước 001099012345"
ALL = "trong đó 3 lượt chưa duyệt, 1 lượt cần xem"


def test_totals_say_what_nobody_has_decided_on(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visits = [
        lan.visit(world.duc, note=DIGITS),
        lan.visit(world.mai),
        lan.visit(world.households[world.dong][2]),
    ]
    lan.exchange(*visits)
    evaluate_all(database)
    assert {place: ALL in text for place, text in _says(desk).items()} == dict.fromkeys(_says(desk), True)
    for visit in visits:
        done = desk.post(f"/desk/visits/{visit['data']['id']}/accept", data={"version": "1", "seen": "0"})
        assert done.status_code == 303, done.text
    assert [place for place, text in _says(desk).items() if "chưa duyệt" in text] == []


def test_growth_of_which_something_is_flagged_has_no_arrow(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    """The week before has one visit, this one three; one of these is flagged."""
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=7)
    lan.now = clock()
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai), lan.visit(world.households[world.dong][2]))
    evaluate_all(database)
    assert desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code == 303
    assert [tile.count("▲") for tile in _tiles(desk)[:3]] == [1, 1, 1]
    lan.exchange(lan.visit(world.duc, note=DIGITS))
    evaluate_all(database)
    assert all("▲" not in tile and "1 lượt cần xem" in tile for tile in _tiles(desk)[:3])


def _tiles(desk: TestClient) -> list[str]:
    found = desk.get("/desk/").text.partition('class="tiles"')[2].partition("</ul>")[0]
    return [words(one) for one in re.findall(r"<li>.*?</li>", found, re.DOTALL)]


def _says(desk: TestClient) -> dict[str, str]:
    """What each place says in words."""
    word = Document(io.BytesIO(desk.get(f"{MONTH}.docx").content))
    cells = [row for sheet in (0, 1) for row in read_xlsx(desk.get(f"{MONTH}.xlsx").content, sheet)]
    return {
        "overview": words(desk.get("/desk/").text),
        "page": words(desk.get(MONTH).text),
        "Word": "\n".join(paragraph.text for paragraph in word.paragraphs),
        "Excel": "\n".join(str(cell) for row in cells for cell in row),
        "CSV": desk.get(f"{MONTH}.csv").content.decode("utf-8-sig"),
    }
