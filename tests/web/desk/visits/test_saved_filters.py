"""/desk/filters: a supervisor's own filters, saved under a name."""

import re
import uuid

import pytest
from fastapi.testclient import TestClient

from app.review.visit_list.saved_filters import MOST
from tests.web.desk.desk_client import words


def save(desk: TestClient, name: str, query: str = "state=received", id: str = "") -> tuple[int, str]:
    data = {"name": name, "id": id or str(uuid.uuid4())}
    answer = desk.post(f"/desk/filters?{query}", data=data, follow_redirects=True)
    return answer.status_code, words(answer.text)


@pytest.mark.both_databases
def test_a_filter_is_saved_and_opened_by_its_name(desk: TestClient) -> None:
    page = desk.get("/desk/visits?state=received&day=Tuần này").text
    action = re.search(r'action="(/desk/filters[^"]*)"', page)
    assert action
    data = {"id": str(uuid.uuid4()), "name": " Chờ  duyệt "}
    answer = desk.post(action[1].replace("&amp;", "&"), data=data, follow_redirects=True)
    assert answer.url.path == "/desk/visits"
    link = re.search(r'<a href="(/desk/visits[^"]*)">Chờ duyệt</a>', answer.text)
    assert link
    opened = words(desk.get(link[1].replace("&amp;", "&")).text)
    assert "từ 23/11/2026 đến 29/11/2026" in opened
    assert "Trạng thái: Chưa duyệt" in opened


def test_search_words_and_the_place_in_the_list_are_not_saved(desk: TestClient) -> None:
    save(desk, "Của Lan", "state=received&q=mai&before=abc")
    assert 'href="/desk/visits?state=received">Của Lan' in desk.get("/desk/filters").text
    assert save(desk, "Chỉ từ tìm", "q=mai")[0] == 422


@pytest.mark.slow
@pytest.mark.both_databases
def test_a_name_is_one_filter_and_their_number_is_bounded(desk: TestClient) -> None:
    assert "Đặt tên" in save(desk, "  ")[1]
    assert save(desk, "x" * 41)[0] == 422
    assert "Đặt tên" in save(desk, "a\x00b")[1]
    for number in range(MOST):
        assert save(desk, f"Bộ {number}")[0] == 200
    status, text = save(desk, "Thêm một")
    assert status == 413
    assert "Xóa bớt một bộ lọc rồi lưu lại." in text
    assert save(desk, "BỘ 3", "state=returned")[0] == 200
    assert 'href="/desk/visits?state=returned">BỘ 3' in desk.get("/desk/filters").text


@pytest.mark.both_databases
def test_filters_are_renamed_and_deleted(desk: TestClient) -> None:
    save(desk, "Một", id="11111111-1111-4111-8111-000000000001")
    save(desk, "Hai", id="11111111-1111-4111-8111-000000000002")
    one = "/desk/filters/11111111-1111-4111-8111-000000000001"
    refused = desk.post(f"{one}/name", data={"name": "hai"})
    assert refused.status_code == 422
    assert "Đã có bộ lọc khác mang tên này." in refused.text
    assert 'value="hai"' in refused.text
    assert "Ba" in words(desk.post(f"{one}/name", data={"name": "Ba"}, follow_redirects=True).text)
    left = words(desk.post(f"{one}/delete", follow_redirects=True).text)
    assert "Ba" not in left
    assert "Hai" in left
    assert desk.post(f"{one}/delete").status_code == 404


def test_no_other_supervisor_has_them(desk: TestClient, hoa: TestClient) -> None:
    save(desk, "Của Bình", id="11111111-1111-4111-8111-000000000001")
    assert "Của Bình" not in hoa.get("/desk/filters").text
    assert (
        hoa.post("/desk/filters/11111111-1111-4111-8111-000000000001/name", data={"name": "x"}).status_code
        == 404
    )
    assert "Của Bình" in desk.get("/desk/visits").text
