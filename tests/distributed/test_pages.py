"""Every page that a link leads to opens on a cluster, for each kind of person."""

import html
import re
from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.credentials import operators, viewers
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.province.models import CommuneStatus
from app.province.status import count_due
from app.reports.closing import close_period
from app.sync.quarantine.retry import retry_all
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.web.link_client import PASSWORD, choose
from tests.world import World

Browser = Callable[[], TestClient]
_LINK = re.compile(r'(?:href|hx-get|src)="(/(?:desk|province|operator|check)[^"#]*)"')
_MAX = 200  # pages
_PER_ADDRESS = 4  # of those that differ only in their query


@pytest.fixture
def month(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock, desk: TestClient
) -> str:
    """A closed month with visits that were accepted, returned and quarantined."""
    visits = [lan.visit(world.duc), lan.visit(world.mai), nam.visit(world.anh)]
    lan.exchange(*visits[:2], lan.visit("8d7a3c1e-0a55-4a53-9c35-0d2a6f1f9a10"))
    nam.exchange(visits[2])
    evaluate_all(database)
    first, second, _third = (visit["data"]["id"] for visit in visits)
    assert desk.post(f"/desk/visits/{first}/accept", data={"version": "1"}).status_code == 303
    returned = desk.post(f"/desk/visits/{second}/return", data={"version": "1", "reason": "unclear_note"})
    assert returned.status_code in (303, 422)
    clock.forward(days=20)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})

    def close(session: Session) -> None:
        close_period(session, binh(session, world), "2026-11", "Thử", clock())

    database.write(close)
    return "2026-11"


def _walk(client: TestClient, *starts: str) -> Iterator[tuple[str, int]]:
    """Every page that links lead to from these, with its status."""
    waiting, seen = list(starts), dict[str, int]()
    addresses = set[str]()
    while waiting and len(addresses) < _MAX:
        address = waiting.pop(0)
        path = address.partition("?")[0]
        if address in addresses or seen.get(path, 0) >= _PER_ADDRESS:
            continue
        addresses.add(address)
        seen[path] = seen.get(path, 0) + 1
        answer = client.get(address)
        yield address, answer.status_code
        if "html" in answer.headers.get("content-type", ""):
            links = [html.unescape(link) for link in _LINK.findall(answer.text)]
            waiting += [link for link in links if link.startswith((starts[0], "/check"))]


def _failed(pages: Iterator[tuple[str, int]], at_least: int) -> list[tuple[str, int]]:
    found = list(pages)
    assert len(found) >= at_least, found
    return [page for page in found if page[1] >= 500 or page[1] == 404]


def test_pages_of_the_desk_open(month: str, desk: TestClient) -> None:
    assert _failed(_walk(desk, "/desk/", f"/desk/reports?period={month}"), 60) == []


def test_pages_of_a_province_open(month: str, database: Database, clock: FakeClock, browser: Browser) -> None:
    _viewer, token = database.write(
        lambda session: viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha.lt", clock())
    )
    ha = browser()
    choose(ha, f"/link/{token}")
    assert _failed(_walk(ha, "/province/"), 8) == []


def test_pages_of_an_operator_open(
    month: str, database: Database, clock: FakeClock, browser: Browser
) -> None:
    token = database.write(lambda session: operators.issue_link(session, "", clock()))
    an = browser()
    form = {"name": "Lương Thị An", "sign_in_name": "an.lt", "password": PASSWORD, "repeated": PASSWORD}
    an.get(f"/link/{token}")
    assert an.post("/link", data=form).headers["location"] == "/operator/"
    assert _failed(_walk(an, "/operator/"), 5) == []


def test_what_runs_beside_the_server_runs(month: str, database: Database, clock: FakeClock) -> None:
    clock.forward(minutes=10)
    count_due(database, clock)
    rows = database.read(lambda session: session.exec(select(CommuneStatus)).all())
    assert {row.commune_id: row.households for row in rows} == {"c06391": 5, "c06400": 0}
    evaluate_all(database)
    assert retry_all(database, clock()) == 0
