"""Remarks about a period: in its report and all files; of a closed one as they were then."""

import uuid
from collections.abc import Callable

from fastapi.testclient import TestClient

from tests.cases import cases
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words

WEEK, NEXT = "/desk/reports/2026-W48", "/desk/reports/2026-W49"


def write(desk: TestClient, text: str, report: str = WEEK, kind: str = "difficulty", id: str = "") -> str:
    """Write a remark and return its id."""
    id = id or str(uuid.uuid4())
    answer = desk.post(f"{report}/remarks/{id}", data={"kind": kind, "text": text})
    assert answer.status_code == 303, words(answer.text)
    return id


def forward(desk: TestClient, clock: FakeClock) -> None:
    clock.forward(days=7)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def test_remark_is_in_every_form_of_its_period(desk: TestClient) -> None:
    write(desk, "Sóng yếu ở Pác Mỏ")
    write(desk, "Đi cùng trưởng thôn", kind="practice")
    for address in (WEEK, "/desk/reports/2026-11", f"{WEEK}.csv"):
        text = words(desk.get(address).text)
        assert "Sóng yếu ở Pác Mỏ" in text
        assert "Đi cùng trưởng thôn" in text
    assert "Sóng yếu" not in desk.get("/desk/reports/2026-W47").text


def test_same_form_twice_is_one_remark_and_it_is_changed_and_removed(desk: TestClient) -> None:
    id = write(desk, "Sóng yếu")
    write(desk, "Sóng yếu", id=id)
    assert desk.get(WEEK).text.count("Sóng yếu") == 1
    write(desk, "Sóng rất yếu", id=id)
    assert "Sóng rất yếu" in desk.get(f"{WEEK}/remarks/{id}").text
    assert desk.post(f"{WEEK}/remarks/{id}/remove").status_code == 303
    assert "Sóng rất yếu" not in desk.get(WEEK).text
    assert desk.post(f"{WEEK}/remarks/{id}", data={"kind": "practice", "text": "x"}).status_code == 404


@cases(
    "kind, text, sentence",
    [
        ("difficulty", "  ", "Ghi nội dung."),
        ("difficulty", "x" * 1001, "Dài quá 1000 ký tự."),
        ("difficulty", "Ông Đức 0900 203 004", "Có dãy số dài"),
        ("other", "Sóng yếu", "Chọn một loại."),
        ("difficulty", "a\x00b", "Có ký tự lạ"),
    ],
)
def test_text_that_cannot_be_stored_comes_back_with_a_sentence(
    desk: TestClient, kind: str, text: str, sentence: str
) -> None:
    answer = desk.post(f"{WEEK}/remarks/{uuid.uuid4()}", data={"kind": kind, "text": text})
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    assert "Chưa có ý kiến nào." in words(desk.get(WEEK).text)


def test_closed_period_has_its_remarks_as_they_were(desk: TestClient, clock: FakeClock) -> None:
    id = write(desk, "Sóng yếu")
    forward(desk, clock)
    late = write(desk, "Viết bù cho tuần trước")
    assert desk.post(f"{WEEK}/close").status_code == 303
    for change in (
        {"kind": "difficulty", "text": "Sóng khỏe"},
        {"kind": "practice", "text": "Sóng yếu"},
    ):
        answer = desk.post(f"{WEEK}/remarks/{id}", data=change)
        assert (answer.status_code, "Mở lại kỳ đó" in words(answer.text)) == (422, True)
    assert desk.post(f"{WEEK}/remarks/{late}/remove").status_code == 422
    refused = desk.post(f"{WEEK}/remarks/{uuid.uuid4()}", data={"kind": "difficulty", "text": "Muộn"})
    assert refused.status_code == 422
    write(desk, "Muộn", NEXT)
    page = words(desk.get(WEEK).text)
    assert "Sóng yếu" in page
    assert "Viết bù cho tuần trước" in page
    assert "Muộn" not in page
    assert "Viết thêm" not in page
    desk.post(f"{WEEK}/reopen", data={"reason": "Viết lại"})
    write(desk, "Sóng khỏe", id=id)
    assert "Sóng khỏe" in words(desk.get(WEEK).text)


def test_supervisor_next_door_finds_no_remark(desk: TestClient, browser: Callable[[], TestClient]) -> None:
    id = write(desk, "Sóng yếu")
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.get(f"{WEEK}/remarks/{id}").status_code == 404
    assert hoa.post(f"{WEEK}/remarks/{id}/remove").status_code == 404
    assert "Sóng yếu" not in hoa.get(WEEK).text
