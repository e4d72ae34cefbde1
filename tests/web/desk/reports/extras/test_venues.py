"""The kinds of places on the report's page: each number leads to a list that says the same."""

import re

from fastapi.testclient import TestClient

from tests.fieldwork.outreach.sessions import record
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
WEEK = "/desk/reports/2026-W48"


def _links(desk: TestClient) -> dict[str, str]:
    page = desk.get(WEEK).text
    return dict(re.findall(rf'<a href="({WEEK}/venues/[^"]+)"[^>]*>(.*?)</a>', page))


def test_each_number_leads_to_a_list_that_says_the_same(desk: TestClient, lan: Phone, world: World) -> None:
    op = record(lan, world.dong, venue="market", people=12)
    lan.exchange(lan.visit(world.duc), op, record(lan, world.dong, people=None))
    assert desk.get(f"{WEEK}/venues/market/sessions").status_code == 404, "not wanted"
    desk.post(EXTRAS, data={"wanted": ["venue"], "version": "0"})
    links = _links(desk)
    assert links == {
        f"{WEEK}/venues/households/visits": "1",
        f"{WEEK}/venues/market/sessions": "1",
        f"{WEEK}/venues/market/attended": "12",
        f"{WEEK}/venues/unknown/sessions": "1",
        f"{WEEK}/venues/unknown/uncounted": "1",
    }
    for address, value in links.items():
        page = words(desk.get(address).text)
        assert f"Báo cáo: {value}. Danh sách: {value}." in page
        assert "Vừa có bản ghi mới" not in page
    market = desk.get(f"{WEEK}/venues/market/attended").text
    assert f'href="/desk/outreach/{op["data"]["id"]}"' in market
    assert market.count("/desk/outreach/") == 1


def test_what_the_report_does_not_have_is_not_found(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(record(lan, world.dong, venue="market"))
    desk.post(EXTRAS, data={"wanted": ["venue"], "version": "0"})
    for address in (
        "venues/other/sessions",
        "venues/market/visits/x",
        "venues/market/venue",
        "venues/x/sessions",
    ):
        assert desk.get(f"{WEEK}/{address}").status_code == 404
