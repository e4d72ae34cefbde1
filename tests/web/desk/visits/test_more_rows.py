"""POST /desk/visits/rows: the visits of a page whose rows did not come with it, of the moment of the page."""

import json
import re
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.review.visit_list import flag_queries, pages
from app.web.desk.visits import visit_list
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import UNCLEAR, Page, rows, states, words
from tests.world import World, add_households

FIRST = 3


@pytest.fixture
def visits(
    lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> list[dict[str, Any]]:
    """Eight visits of Lan's at eight households; a page has the rows of three."""
    monkeypatch.setattr(visit_list, "FIRST_ROWS", FIRST)
    visits = [lan.visit(household) for household in add_households(database, world, 8)]
    lan.exchange(*visits)
    evaluate_all(database)
    return visits


def ids(html: str) -> list[str]:
    """The ids of the visits whose rows these are."""
    return re.findall(r'<tr role="row" id="row-([^"]+)"', html)


def html_rows(html: str) -> list[str]:
    return re.findall(r'<tr role="row" id="row-.*?</tr>', html, re.DOTALL)


def others(page: str) -> tuple[str, dict[str, str]]:
    """Where the page's script gets its other rows, and what it sends."""
    (action, values) = re.findall(r"""hx-post="([^"]+)" hx-vals='([^']+)'""", page)[0]
    return unescape(action), json.loads(values)


@pytest.mark.both_databases
@cases("query", ["", "?state=received", "?sort=household", "?sort=oldest"])
def test_a_page_has_its_first_rows_and_names_the_others(
    desk: TestClient, visits: list[dict[str, Any]], query: str
) -> None:
    page = desk.get(f"/desk/visits{query}").text
    whole = desk.get(f"/desk/visits{query}{'&' if query else '?'}rows=all").text
    action, values = others(page)
    more = desk.post(action, data=values)
    assert more.status_code == 200
    assert len(ids(page)) == FIRST
    assert ids(page) + ids(more.text) == ids(whole)
    assert {*ids(whole)} == {visit["data"]["id"] for visit in visits}
    assert "more-rows" not in whole
    assert html_rows(more.text) == html_rows(whole)[FIRST:]


@pytest.mark.both_databases
@cases("query", ["?state=received", "?state=received&sort=latest"])
def test_what_happens_between_the_parts_moves_hides_and_repeats_no_row(
    desk: TestClient,
    lan: Phone,
    visits: list[dict[str, Any]],
    world: World,
    clock: FakeClock,
    query: str,
) -> None:
    page = desk.get(f"/desk/visits{query}").text
    listed = ids(desk.get(f"/desk/visits{query}&rows=all").text)
    action, values = others(page)
    clock.forward(minutes=1)
    lan.now = clock()
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    desk.post(f"/desk/visits/{listed[0]}/accept", data={"version": "1"})
    desk.post(f"/desk/visits/{listed[-2]}/accept", data={"version": "1"})
    more = desk.post(action, data=values).text
    assert ids(page) + ids(more) == listed
    states = ["Đã duyệt" in row for row in html_rows(more)]
    assert states == [False, False, False, True, False]


@pytest.mark.both_databases
@pytest.mark.parametrize("query", ["", "?state=received", "?sort=latest"])
def test_what_changed_between_the_parts_is_not_decided_on_unseen(
    desk: TestClient,
    en: TestClient,
    lan: Phone,
    visits: list[dict[str, Any]],
    query: str,
) -> None:
    page = Page(desk, query)
    action, values = others(page.html)
    amended, withdrawn, returned = _listed(values)[-3:]
    (visit,) = (one for one in visits if one["data"]["id"] == amended)
    lan.exchange(lan.amend(visit, note="Sửa lại"), lan.op("visit.withdraw", {"id": withdrawn}))
    _return(en, returned)
    more = desk.post(action, data=values).text
    boxes = [*page.boxes, *re.findall(r'name="visit" value="([^"]*)"', more)]
    asked = page.send(*boxes, state="accepted_flagged")
    assert (asked.status_code, states(lan)[returned]) == (409, "returned")
    assert "Lý Thị Én đã trả lại 1 lượt" in words(asked.text)
    text = page.press(*boxes, state="accepted_flagged", meanwhile="leave")
    assert "Đã duyệt 5 lượt. 1 lượt đã được sửa sau khi trang này mở: chưa duyệt." in text
    assert (states(lan)[amended], states(lan)[returned]) == ("received", "returned")
    changed = [id for id, row in zip(ids(more), html_rows(more), strict=True) if " data-changed" in row]
    assert changed == [amended, returned]


def test_the_key_that_accepts_a_row_asks_about_what_changed_between_the_parts(
    desk: TestClient, en: TestClient, lan: Phone, visits: list[dict[str, Any]]
) -> None:
    action, values = others(desk.get("/desk/visits?state=received").text)
    returned = _listed(values)[-1]
    _return(en, returned)
    row = html_rows(desk.post(action, data=values).text)[-1]
    assert "Đã trả lại" in row
    ((version, seen),) = re.findall(r'data-version="(\d+)" data-seen="(\d+)"', row)
    answer = desk.post(f"/desk/visits/{returned}/accept", data={"version": version, "seen": seen})
    assert (answer.status_code, states(lan)[returned]) == (409, "returned")
    assert "Lý Thị Én đã trả lại lúc 16:41 24/11/2026: vẫn duyệt?" in words(answer.text)


def _listed(values: dict[str, str]) -> list[str]:
    """The ids of the visits that a page names."""
    return [one.partition(".")[0] for one in values["visits"].split(",")]


def _return(supervisor: TestClient, visit_id: str) -> None:
    form = {"version": "1", "seen": "0", **UNCLEAR}
    assert supervisor.post(f"/desk/visits/{visit_id}/return", data=form).status_code == 303


def test_rows_lead_to_their_visits_with_the_filters_of_the_page(
    desk: TestClient, visits: list[dict[str, Any]], world: World
) -> None:
    action, values = others(desk.get(f"/desk/visits?hamlet={world.dong}&state=received").text)
    more = desk.post(action, data=values).text
    assert f'href="/desk/visits/{ids(more)[0]}?hamlet={world.dong}&amp;state=received"' in more
    assert more.count('name="visit"') == len(ids(more)) == len(visits) - FIRST
    action, values = others(desk.get("/desk/visits").text)
    assert 'name="visit"' not in desk.post(f"{action}?state=withdrawn", data=values).text


def test_the_bar_counts_the_visits_of_the_whole_page(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit_list, "FIRST_ROWS", 1)
    households = add_households(database, world, 4)
    lan.exchange(*[lan.visit(one, note="CCCD 001085012345") for one in households])
    evaluate_all(database)
    page = desk.get("/desk/visits").text
    assert len(ids(page)) == 1
    assert 'data-flagged-count="4"' in page
    assert "của bộ lọc này" not in words(page)
    assert 'name="count" value="4"' in page


@pytest.mark.both_databases
def test_the_bar_counts_the_flagged_visits_of_other_pages(
    desk: TestClient,
    lan: Phone,
    nam: Phone,
    database: Database,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found from the flags if they are few, else from the visits that wait."""
    monkeypatch.setattr(pages, "PAGE_SIZE", 1)
    flagged = [lan.visit(one, note="CCCD 001085012345") for one in (world.duc, world.mai)]
    lan.exchange(*flagged, *[lan.visit(one) for one in add_households(database, world, 2)])
    nam.exchange(*[nam.visit(one, note="CCCD 001085012345") for one in world.households[world.tay]])
    evaluate_all(database)
    found = desk.post("/desk/visits", data={"q": "thử"}).headers["location"]
    of_none = desk.post("/desk/visits", data={"q": "đức", "state": "returned"}).headers["location"]
    counts = {
        "/desk/visits": 4,
        "/desk/visits?state=received": 4,
        f"/desk/visits?hamlet={world.dong}": 2,
        f"/desk/visits?volunteer={world.nam}&flag=digits": 2,
        "/desk/visits?day=24/11/2026": 4,
        found: 0,
    }
    for few in (0, 3, 1_000):
        monkeypatch.setattr(flag_queries, "FEW_FLAGS", few)
        for address, count in counts.items():
            assert f'data-flagged-count="{count}"' in desk.get(address).text, (few, address)
    assert "data-flagged-count" not in desk.get(of_none).text
    desk.post(f"/desk/visits/{flagged[0]['data']['id']}/accept", data={"version": "1"})
    assert 'data-flagged-count="3"' in desk.get("/desk/visits").text


def test_all_rows_come_with_an_open_visit_and_with_a_form_that_was_refused(
    desk: TestClient, visits: list[dict[str, Any]]
) -> None:
    page = Page(desk, "?rows=all")
    assert len(ids(desk.get(f"/desk/visits/{page.boxes[-1].partition('.')[0]}").text)) == len(visits)
    refused = page.send(*page.boxes[-2:], state="returned").text
    assert len(ids(refused)) == len(visits)
    assert refused.count(" checked") == 2


def test_without_scripts_a_link_leads_to_the_whole_page(
    desk: TestClient, visits: list[dict[str, Any]], world: World
) -> None:
    address = f"/desk/visits?hamlet={world.dong}"
    page = desk.get(address).text
    (href,) = re.findall(
        r'<a class="screen-only" href="([^"]+)" hx-boost="false">Hiện cả 8 lượt của trang này', page
    )
    assert len(rows(desk, unescape(href))) == len(visits)
    assert "more-rows" not in desk.get("/desk/visits?hamlet=khong-co&state=accepted").text


@pytest.mark.both_databases
def test_rows_of_visits_that_are_not_there_or_of_another_commune_are_left_out(
    desk: TestClient, hoa: TestClient, visits: list[dict[str, Any]]
) -> None:
    _action, values = others(desk.get("/desk/visits").text)
    assert ids(hoa.post("/desk/visits/rows", data=values).text) == []
    one = values["visits"].split(",")[0]
    for sent in ("", ",,", "x.1", "a" * 70 + ".1", "\x00.1", "a'b.1", "x.-1.y", f"{one},{one}"):
        answer = desk.post("/desk/visits/rows", data={"visits": sent})
        assert (answer.status_code, {*ids(answer.text)} - {one.partition(".")[0]}) == (200, set()), sent
    many = ",".join(["nobody.1"] * 250 + [one])
    assert ids(desk.post("/desk/visits/rows", data={"visits": many}).text) == []


def test_without_a_session_the_rows_are_not_shown(client: TestClient) -> None:
    answer = client.post("/desk/visits/rows", data={"visits": "x"})
    assert (answer.status_code, "Đăng nhập" in answer.text) == (401, True)
