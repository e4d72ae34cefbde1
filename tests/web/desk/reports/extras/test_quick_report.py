"""/desk/quick-report: the figures of today up to now are those of the reports of these days."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
QUICK = "/desk/quick-report"


def _lines(desk: TestClient) -> list[str]:
    box = desk.get(QUICK).text.partition('<div id="quick-report">')[2].partition("</div>")[0]
    return [words(line).strip() for line in re.findall(r"<p>(.*?)</p>", box, re.DOTALL)]


@pytest.mark.both_databases
def test_lines_say_the_figures_of_today_and_of_the_plans_of_today(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    assert desk.get(QUICK).status_code == 404
    assert QUICK not in desk.get("/desk/reports").text
    desk.post(EXTRAS, data={"wanted": ["plans", "today"], "version": "0"})
    assert QUICK in desk.get("/desk/reports").text
    assert QUICK in desk.get(EXTRAS).text
    for id, first, last in (("p1", "24/11/2026", "31/12/2026"), ("p2", "01/11/2026", "24/11/2026")):
        plan = {"number": f"{id}/KH-UBND", "name": "Ra quân", "first": first, "last": last}
        desk.post(f"{EXTRAS}/plans/{id}", data=plan)
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=1)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert "chưa có lượt thăm hay buổi nào." in _lines(desk)[0]
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    today, services, since = _lines(desk)
    assert re.fullmatch(
        r"Đến \d+ giờ(?: \d+ phút)? ngày 25/11/2026, xã [^:]+: 2 lượt thăm hộ \(0 lượt vắng nhà\), "
        r"2 hộ đã gặp, 2 hộ được hướng dẫn\.",
        today,
    )
    assert services.startswith("Số người theo từng việc: ")
    assert since == (
        "Từ 24/11/2026, theo kế hoạch p1/KH-UBND: 3 lượt thăm hộ (0 lượt vắng nhà), 2 hộ đã gặp, "
        "2 hộ được hướng dẫn."
    )


def test_sessions_say_whether_people_were_counted(desk: TestClient, lan: Phone, world: World) -> None:
    desk.post(EXTRAS, data={"wanted": ["today"], "version": "0"})
    session = {
        "id": "0193a000-0000-7000-8000-00000000000a", "hamlet_id": world.dong, "place": "Nhà văn hóa",
        "held_on": "2026-11-24", "services": ["vneid_install"], "people": None,
    }  # fmt: skip
    lan.exchange(lan.op("outreach.record", session))
    assert _lines(desk)[0].endswith(": 1 buổi tuyên truyền, chưa đếm người dự.")
    other = session | {"id": "0193a000-0000-7000-8000-00000000000b", "people": 1_234}
    lan.exchange(lan.op("outreach.record", other))
    assert _lines(desk)[0].endswith(": 2 buổi tuyên truyền, 1.234 người dự.")
