"""`/check`: anybody compares a printed report, ten times a minute, and learns rounded totals only."""

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.e2e.screens_reports import printed_code
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"
UNKNOWN = "Không có báo cáo nào mang mã này."


@pytest.fixture
def printed(desk: TestClient, lan: Phone, world: World, clock: FakeClock) -> str:
    """The code on the paper of a closed week."""
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    return printed_code(desk.get(f"{WEEK}.docx").content)


def test_paper_leads_anybody_to_its_totals(client: TestClient, printed: str) -> None:
    assert printed.startswith("06391-")
    assert "Mã đối chiếu in cuối báo cáo" in client.get("/check").text
    typed = client.get(f"/check?code={printed.lower()}", follow_redirects=False)
    assert typed.headers["location"] == f"/check/{printed.lower()}"
    shown = words(client.get(typed.headers["location"]).text)
    for expected in ("Xã Yên Bình, Tuần 48/2026", "Báo cáo này đang có hiệu lực", "Lượt thăm hộ 5"):
        assert expected in shown, shown
    assert "Thôn Đông" not in shown
    assert "Bình Hoàng" not in shown


def test_reopened_and_unknown_codes_show_no_figure(
    client: TestClient, desk: TestClient, printed: str
) -> None:
    for code in ("06391-AAAA-AAAA", "x" * 300, "%00", "99999-2222-2222"):
        page = client.get(f"/check/{code}")
        assert page.status_code == 404
        assert UNKNOWN in page.text
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    page = client.get(f"/check/{printed}")
    assert page.status_code == 200
    assert "không còn hiệu lực" in page.text
    assert "Lượt thăm hộ" not in page.text
    assert "Nhập thiếu" not in page.text


def test_eleventh_try_of_a_minute_waits_for_the_next(client: TestClient, clock: FakeClock) -> None:
    clock.now = clock.now.replace(second=20)
    tries = [client.get("/check/06391-AAAA-AAAA") for _ in range(11)]
    assert [one.status_code for one in tries] == [404] * 10 + [429]
    assert tries[-1].headers["retry-after"] == "40"
    assert client.get("/check").status_code == 200, "the form asks nothing of the database"
    clock.forward(seconds=40)
    assert client.get("/check/06391-AAAA-AAAA").status_code == 404
