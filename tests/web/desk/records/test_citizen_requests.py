"""*Yêu cầu của bà con*: a request is entered once, its clock runs, and each step is noted."""

import io
import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from python_calamine import CalamineWorkbook
from sqlmodel import Session, select

from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.review.citizen_requests.listing import PAGE_SIZE
from app.review.citizen_requests.models import CitizenRequest
from tests.cases import cases
from tests.conftest import FakeClock
from tests.consents import agreed
from tests.phone import Phone
from tests.upkeep.erasure.remains import erase
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World

PATH = "/desk/citizen-requests"
TODAY = "24/11/2026"  # a Tuesday, the Day of Culture


def _enter(desk: TestClient, **changes: str) -> Any:
    form = {"id": "request-1", "kind": "view", "day": TODAY, "reference": "12/VT"} | changes
    return desk.post(f"{PATH}/new", data=form)


def _step(desk: TestClient, address: str, step: str, **fields: str) -> Any:
    version = re.search(r'name="version" value="(\d+)"', desk.get(address).text)
    return desk.post(
        f"{address}/{step}", data={"version": version[1] if version else "", "day": TODAY} | fields
    )


def _rows(database: Database) -> list[CitizenRequest]:
    return list(database.read(lambda session: session.exec(select(CitizenRequest)).all()))


@pytest.mark.both_databases
def test_request_runs_until_it_is_closed(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    page = words(desk.get(f"{PATH}/new?household={world.duc}").text)
    assert "Về hộ" in page
    assert "Nguyễn Văn Đức" in page
    address = _enter(desk, household=world.duc).headers["location"].partition("?")[0]
    assert _enter(desk, household=world.duc).headers["location"].partition("?")[0] == address, "entered once"
    shown = words(desk.get(address).text)
    assert "Trả lời trước hết ngày 26/11/2026 (còn 2 ngày)" in shown
    assert "Xong trước hết ngày 04/12/2026 (còn 10 ngày)" in shown
    assert "1 yêu cầu của bà con chưa xong: còn 2 ngày." in words(desk.get("/desk/").text)
    assert _step(desk, address, "answered").status_code == 303
    assert "1 yêu cầu của bà con chưa xong: còn 10 ngày." in words(desk.get("/desk/").text)
    assert _step(desk, address, "extended", reason="Phải hỏi thôn").status_code == 303
    shown = words(desk.get(address).text)
    assert "(trả lời 24/11/2026, đúng hạn)" in shown
    assert "Xong trước hết ngày 14/12/2026" in shown
    assert "Gia hạn thêm" not in shown, "once"
    clock.forward(days=21)
    sign_in(desk, "binh", BINH_PASSWORD)
    assert "quá hạn 1 ngày" in words(desk.get(PATH).text)
    assert _step(desk, address, "done", day="15/12/2026").status_code == 303
    listed = words(desk.get(PATH).text)
    assert "Không có yêu cầu nào đang mở." in listed
    assert "yêu cầu của bà con chưa xong" not in words(desk.get("/desk/").text)
    assert "Đã xong 15/12/2026" in listed
    assert "muộn 1 ngày" in listed
    assert _step(desk, address, "reopened").status_code == 303
    (row,) = _rows(database)
    assert (row.closed_on, row.reference) == (None, "12/VT")
    entries = database.read(lambda session: session.exec(select(DeskEntry)).all())
    steps = [one.entry["what"] for one in entries if one.entry["what"].startswith("request.")]
    assert steps == [f"request.{what}" for what in ("entered", "answered", "extended", "done", "reopened")]


def test_list_is_paged_and_its_count_is_of_all_pages(
    desk: TestClient, world: World, database: Database
) -> None:
    for number, received in enumerate(["23/11/2026", TODAY] * 2):
        address = _enter(desk, id=f"entered-{number}", day=received, household=world.duc).headers["location"]
        if number == 3:
            _step(desk, address.partition("?")[0], "done")

    def copy(session: Session) -> None:
        (row,) = session.exec(select(CitizenRequest).where(CitizenRequest.id == "entered-0")).all()
        values = {name: value for name, value in row.model_dump().items() if name != "id"}
        session.add_all(CitizenRequest(id=f"copy-{number:02}", **values) for number in range(PAGE_SIZE))

    database.write(copy)
    first = desk.get(PATH).text
    ids = re.findall(rf'href="{PATH}/([a-z]+-[0-9]+)"', first)
    assert (len(ids), ids[0], "53 yêu cầu đang mở" in words(first)) == (50, "copy-00", True)
    assert "53 yêu cầu của bà con chưa xong: còn 2 ngày." in words(desk.get("/desk/").text)
    second = desk.get(f"{PATH}?after={ids[-1]}").text
    assert f'href="{PATH}?after={ids[-1]}"' in first
    assert re.findall(rf'href="{PATH}/([a-z]+-[0-9]+)"', second) == [
        "entered-0", "entered-2", "entered-1", "entered-3",
    ]  # fmt: skip
    assert ("Đã kết thúc" in second, "Đã kết thúc" in first) == (True, False)
    assert re.findall(r'rel="(prev|next)" href="([^"]+)"', second) == [("prev", f"{PATH}?before=entered-0")]
    assert desk.get(f"{PATH}?before=entered-0").text.count("<tr") == first.count("<tr")


def test_request_to_erase_leads_to_the_erasure(desk: TestClient, world: World) -> None:
    address = _enter(desk, kind="erase", household=world.duc).headers["location"].partition("?")[0]
    assert f'href="/desk/households/{world.duc}/erase"' in desk.get(address).text
    other = _enter(desk, id="request-2", household=world.duc).headers["location"].partition("?")[0]
    assert "/erase" not in desk.get(other).text


def test_refused_request_stays_refused_when_its_household_is_erased(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    address = _enter(desk, household=world.duc).headers["location"].partition("?")[0]
    _step(desk, address, "refused", reason="Theo Điều 19, ông Đức")
    erase(database, world, world.duc, clock())
    assert [(row.is_refused, row.refusal_reason) for row in _rows(database)] == [(True, "")]
    assert "Đã từ chối 24/11/2026" in words(desk.get(address).text)
    assert "Đã từ chối 24/11/2026" in words(desk.get(PATH).text)


def test_refusal_needs_its_reason_and_closes(desk: TestClient, database: Database) -> None:
    address = _enter(desk, kind="erase").headers["location"].partition("?")[0]
    refused = _step(desk, address, "refused", reason=" ")
    assert refused.status_code == 422
    assert "Ghi lý do" in words(refused.text)
    assert _step(desk, address, "refused", reason="Điều 19: số 001203004567").status_code == 303
    (row,) = _rows(database)
    assert (row.refusal_reason, row.answered_on == row.closed_on) == ("Điều 19: số ••••••••••••", True)
    assert "Đã từ chối 24/11/2026" in words(desk.get(PATH).text)
    assert "Không có trong danh sách" in words(desk.get(address).text)


def test_what_a_colleague_did_meanwhile_is_not_overridden(desk: TestClient, database: Database) -> None:
    address = _enter(desk).headers["location"].partition("?")[0]
    desk.post(f"{address}/done", data={"version": "1", "day": TODAY})
    late = desk.post(f"{address}/refused", data={"version": "1", "day": TODAY, "reason": "Trùng"})
    assert late.status_code == 409
    assert "vừa được người khác cập nhật" in words(late.text)
    assert [row.refusal_reason for row in _rows(database)] == [""]


@cases(
    "changes, sentence",
    [
        ({"kind": ""}, "Chọn bà con yêu cầu việc gì."),
        ({"kind": "sell"}, "Chọn bà con yêu cầu việc gì."),
        ({"day": "31/02/2026"}, "Ghi ngày nhận trong một năm qua"),
        ({"day": "25/11/2026"}, "Ghi ngày nhận trong một năm qua"),
        ({"day": "1/1/2025"}, "Ghi ngày nhận trong một năm qua"),
        ({"reference": "a" * 61}, "Viết nhiều nhất 60 ký tự."),
        ({"reference": "a\x00b"}, "Viết nhiều nhất 60 ký tự."),
    ],
)
def test_what_cannot_be_entered_is_said(
    desk: TestClient, database: Database, changes: dict[str, str], sentence: str
) -> None:
    answer = _enter(desk, **changes)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert _rows(database) == []


@cases(
    "step, fields, status",
    [
        ("answered", {"day": "hôm qua"}, 422),
        ("done", {"day": "23/11/2026"}, 422),  # before the receipt
        ("done", {"day": "25/11/2026"}, 422),  # to come
        ("extended", {"reason": "a" * 1001}, 422),
        ("refused", {"reason": "a\x00b"}, 422),
        ("sold", {}, 404),
        ("entered", {}, 404),
        ("reopened", {}, 409),
    ],
)
def test_steps_that_cannot_be_taken(desk: TestClient, step: str, fields: dict[str, str], status: int) -> None:
    address = _enter(desk).headers["location"].partition("?")[0]
    assert _step(desk, address, step, **fields).status_code == status
    assert "Chưa trả lời" in words(desk.get(address).text)


def test_extension_comes_before_the_last_day(desk: TestClient, clock: FakeClock) -> None:
    address = _enter(desk).headers["location"].partition("?")[0]
    clock.forward(days=11)
    sign_in(desk, "binh", BINH_PASSWORD)
    assert "Gia hạn thêm" not in words(desk.get(address).text)
    late = _step(desk, address, "extended", reason="Quên")
    assert late.status_code == 422
    assert "Đã quá hạn" in words(late.text)


def test_supervisor_next_door_sees_nothing(desk: TestClient, hoa: TestClient, world: World) -> None:
    address = _enter(desk, household=world.duc).headers["location"].partition("?")[0]
    assert hoa.get(address).status_code == 404
    assert hoa.post(f"{address}/done", data={"version": "1", "day": TODAY}).status_code == 404
    assert hoa.get(f"{PATH}/new?household={world.duc}").status_code == 404
    assert hoa.get(f"/desk/households/{world.duc}/data-sheet").status_code == 404
    assert "Không có yêu cầu nào đang mở." in words(hoa.get(PATH).text)


def test_requests_are_a_workbook(desk: TestClient, world: World) -> None:
    address = _enter(desk, household=world.duc, reference="=1+1").headers["location"].partition("?")[0]
    _step(desk, address, "refused", reason="Theo Điều 19")
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(desk.get(f"{PATH}.xlsx").content))
    headings, row = workbook.get_sheet_by_index(0).to_python()
    found = {str(name): str(cell) for name, cell in zip(headings, row, strict=True)}
    assert found["Yêu cầu"] == "Xem dữ liệu"
    assert "Nguyễn Văn Đức" in found["Hộ"]
    assert (found["Số đến"], found["Lý do từ chối"]) == ("=1+1", "Theo Điều 19")
    assert (found["Trả lời trước hết"], found["Xong trước hết"]) == ("26/11/2026", "04/12/2026")


def test_sheet_has_the_household_and_all_its_visits(desk: TestClient, lan: Phone, world: World) -> None:
    number = {**agreed(lan), "base_version": 1}
    first = lan.visit(world.duc, note="Ghi lần đầu", follow_up_on="2026-12-01")
    lan.exchange(lan.op("household.amend", {"id": world.duc, **number}), first)
    amended = first["data"] | {"note": "Ghi lại lần hai", "base_version": 1}
    lan.exchange(lan.op("visit.amend", amended))
    lan.exchange(lan.visit(world.mai, note="Của hộ khác"))
    sheet = words(desk.get(f"/desk/households/{world.duc}/data-sheet").text)
    for stored in (
        "Nguyễn Văn Đức",
        "0912 345 678",
        "Ghi lần đầu",
        "Ghi lại lần hai",
        "01/12/2026",
        "Thôn Đông",
    ):
        assert stored in sheet, stored
    assert "Của hộ khác" not in sheet
    assert "Nguyễn Thị Lan" not in sheet, "volunteers are other people"
