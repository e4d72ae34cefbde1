"""Each figure on the report's page leads to the list of what it counts, and that says the same number."""

import re
from html import unescape

from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"
SAYS = re.compile(r"Báo cáo: ([\d.–]+)\. Danh sách: ([\d.–]+)\.")
SERVICES = [{"code": "vneid_install", "outcome": "did_it", "people": 3}]


def _links(desk: TestClient) -> list[tuple[str, str]]:
    """The addresses in the table and the numbers that they stand at."""
    table = desk.get(WEEK).text.partition('class="report-box"')[2].partition("</table>")[0]
    found = re.findall(r'<a href="([^"]*/figures/[^"]*)">([^<]*)</a>', table)
    return [(unescape(address), number) for address, number in found]


def test_every_figure_leads_to_a_list_that_says_the_same_number(
    desk: TestClient, lan: Phone, nam: Phone, world: World
) -> None:
    lan.exchange(
        lan.visit(world.duc, services=SERVICES),
        lan.visit(world.mai, needs=["vietqr"]),
        sessions.record(lan, world.dong, people=25),
    )
    nam.exchange(nam.visit(world.anh))
    links = _links(desk)
    columns = {address.partition("/figures/")[2].partition("?")[0] for address, _number in links}
    expected = {
        "teams", "members", "active_members", "households", "guided", "cumulative", "met", "visits",
        "service.vneid_install", "sessions", "attended", "needs",
    }  # fmt: skip
    assert columns == expected
    for address, number in links:
        page = words(desk.get(address).text)
        said = SAYS.search(page)
        assert said, address
        assert (said[1], said[2]) == (number, number), address
    household = desk.get(f"{WEEK}/figures/guided?hamlet={world.dong}").text
    assert f'href="/desk/households/{world.duc}"' in household
    assert f'href="/desk/households/{world.anh}"' not in household


def test_list_says_why_it_differs_from_a_closed_report(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    late = lan.visit(world.mai)
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    assert "giữ số lúc chốt" not in words(desk.get(f"{WEEK}/figures/visits").text)
    lan.now = clock()
    lan.exchange(late)
    page = words(desk.get(f"{WEEK}/figures/visits").text)
    assert "Báo cáo: 1. Danh sách: 2." in page
    assert "Kỳ đã chốt giữ số lúc chốt" in page


def test_what_no_report_has_is_not_found(desk: TestClient, hoa: TestClient, world: World) -> None:
    for path in ("figures/none", "figures/hamlet", "figures/visits?hamlet=elsewhere"):
        assert desk.get(f"{WEEK}/{path}").status_code == 404, path
    assert desk.get("/desk/reports/2026-13/figures/visits").status_code == 404
    assert hoa.get(f"{WEEK}/figures/visits?hamlet={world.dong}").status_code == 404, "next door"
