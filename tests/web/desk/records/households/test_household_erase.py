"""/desk/households/{id}/erase: the question with its consequences, what follows, and the refusal."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.visits.models import Visit
from tests.phone import Phone
from tests.review.deduplication.merges import all_rows, find_household
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]


def test_supervisor_is_asked_once_and_finds_an_empty_household_afterwards(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, note="Ông Đức hẹn sau Tết")
    lan.exchange(visit)
    address = f"/desk/households/{world.duc}"
    assert f'href="{address}/erase"' in desk.get(address).text
    form = words(desk.get(f"{address}/erase").text)
    assert "Xóa dữ liệu của hộ này?" in form
    assert "1 lượt thăm vẫn được đếm" in form
    answer = desk.post(f"{address}/erase", data={"version": "1", "reference": "Sổ tiếp nhận 12"})
    assert answer.status_code == 303
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã xóa dữ liệu của hộ. Máy của các tổ xóa ở lần liên lạc sau." in page
    assert "Hộ đã xóa theo yêu cầu" in page
    assert "Đã xóa dữ liệu, Hoàng Văn Bình, 16:40 24/11/2026: Sổ tiếp nhận 12" in page
    assert "Nguyễn Văn Đức" not in page
    assert "Sửa thông tin hộ" not in page
    shown = f"/desk/visits/{visit['data']['id']}"
    for other in (shown, "/desk/visits", "/desk/households", "/desk/visits.csv", "/desk"):
        text = desk.get(other).text
        assert "Đức" not in text
        assert "sau Tết" not in text
    for action in ("erase", "edit", "move", "merge"):
        assert desk.get(f"{address}/{action}").status_code == 404
    assert len(all_rows(database, Visit)) == 1


def test_visit_of_an_erased_household_is_accepted_and_not_returned(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    """No phone has it any more: nobody could correct it."""
    erased, other = lan.visit(world.duc), lan.visit(world.mai)
    lan.exchange(erased, other)
    evaluate_all(database)
    desk.post(f"/desk/households/{world.duc}/erase", data={"version": "1"})
    address = f"/desk/visits/{erased['data']['id']}"
    assert f"{address}/return" not in desk.get(address).text
    reason = {"reason": "missing_information", "field": "result", "note": "Ghi rõ hơn"}
    (row,) = (one for one in all_rows(database, Visit) if one.id == erased["data"]["id"])
    answer = desk.post(f"{address}/return", data={"version": str(row.version)} | reason)
    assert answer.status_code == 409
    boxes = [f"{one.id}.{one.version}" for one in all_rows(database, Visit)]
    form = {"visit": boxes, "state": "returned", "id": "10000000-0000-4000-8000-000000000001"}
    done = desk.post("/desk/decisions", data=form | reason)
    page = words(desk.get(done.headers["location"]).text)
    assert "1 lượt của hộ đã xóa dữ liệu: không trả lại." in page
    states = {one.id: one.review_state for one in all_rows(database, Visit)}
    assert states == {erased["data"]["id"]: "received", other["data"]["id"]: "returned"}
    assert desk.post(f"{address}/accept", data={"version": str(row.version)}).status_code == 303


def test_household_that_changed_meanwhile_is_shown_before_it_is_erased(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    answer = desk.post(f"/desk/households/{world.duc}/erase", data={"version": "1"})
    assert answer.status_code == 409
    assert "Hộ này vừa được người khác sửa, nên chưa xóa." in words(answer.text)
    assert find_household(database, world, world.duc).house_no == "12B"


def test_refusal_has_a_reason_and_stays_on_the_page(desk: TestClient, world: World) -> None:
    address = f"/desk/households/{world.duc}"
    assert "Ghi lý do từ chối." in words(desk.post(f"{address}/refuse-erasure", data={"reason": " "}).text)
    assert desk.post(f"{address}/refuse-erasure", data={"reason": "x" * 501}).status_code == 422
    answer = desk.post(f"{address}/refuse-erasure", data={"reason": "Đang giải quyết khiếu nại"})
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã từ chối xóa, Hoàng Văn Bình, 16:40 24/11/2026: Đang giải quyết khiếu nại" in page


def test_supervisor_next_door_finds_nothing_to_erase(
    hoa: TestClient, world: World, database: Database
) -> None:
    address = f"/desk/households/{world.duc}"
    assert hoa.get(f"{address}/erase").status_code == 404
    for action, data in (("erase", {"version": "1"}), ("refuse-erasure", {"reason": "Không"})):
        assert hoa.post(f"{address}/{action}", data=data).status_code == 404
    assert find_household(database, world, world.duc).head_name == "Nguyễn Văn Đức"
