"""*Xếp theo mức dùng*: what is recorded most is proposed for the front, on a click that can be undone."""

import re

import pytest
from fastapi.testclient import TestClient

from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

PAGE = "/desk/services"
RARE = "track_application"


@pytest.fixture
def used(lan: Phone, world: World) -> Phone:
    """A phone that has recorded one service 30 times, which is far down in the list."""
    services = [{"code": RARE, "outcome": "explained", "people": 1}]
    visits = [lan.visit(world.duc, services=services) for _ in range(30)]
    assert set(lan.statuses(*visits)) == {"applied"}
    return lan


@pytest.mark.both_databases
def test_most_used_come_to_the_front_on_a_click_and_back_on_another(desk: TestClient, used: Phone) -> None:
    used.exchange()
    before = _order(desk)
    page = desk.get(PAGE).text
    assert "Dùng nhiều trong 90 ngày qua mà chưa ở năm việc đầu: Tra cứu hồ sơ" in words(page)
    done = _press(desk, page)
    assert "Đã đưa các việc dùng nhiều lên đầu." in done
    assert _order(desk) == [RARE, *(code for code in before if code != RARE)]
    assert "Dùng nhiều trong 90 ngày qua" not in words(desk.get(PAGE).text)
    rows = {row["code"]: row["order"] for row in used.exchange()["changes"]["service"]}
    assert (rows[RARE], rows[before[0]]) == (1, 2)
    assert "Đã trả lại thứ tự trước đó." in _press(desk, done)
    assert _order(desk) == before


def test_too_few_visits_propose_nothing(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, services=[{"code": RARE, "outcome": "explained", "people": 1}])
    assert lan.statuses(visit) == ["applied"]
    assert "Dùng nhiều" not in desk.get(PAGE).text


def test_an_order_that_is_stale_or_names_other_services_changes_nothing(
    desk: TestClient, used: Phone
) -> None:
    before = _order(desk)
    shown, wanted = " ".join(before), " ".join([before[1], before[0], *before[2:]])
    for form in (
        {"shown": wanted, "wanted": shown},
        {"shown": shown, "wanted": shown + " " + before[0]},
        {"shown": shown, "wanted": " ".join(before[1:])},
        {"shown": shown, "wanted": "x" * 9_999},
        {},
    ):
        answer = desk.post(f"{PAGE}/order", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?done=changed")
    assert _order(desk) == before
    assert "Hoàn tác" not in desk.get(f"{PAGE}?done=ordered&before=a+b").text


def _press(desk: TestClient, page: str) -> str:
    """Press the button that reorders on this page; returns the next one."""
    form = re.search(r'action="(/desk/services/order[^"]*)".*?value="([^"]*)".*?value="([^"]*)"', page)
    assert form
    answer = desk.post(form[1], data={"shown": form[2], "wanted": form[3]})
    assert answer.status_code == 303
    return desk.get(answer.headers["location"]).text


def _order(desk: TestClient) -> list[str]:
    return re.findall(r"/desk/services/(\w[\w-]*)/off", desk.get(PAGE).text)
