"""/desk/guides/new: guides that the project does not have are added, changed, removed and brought back."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.commune.guides.adding import MAX_ADDED
from app.commune.guides.library import add_guides, library
from app.core.db import Database
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

LIST, NEW = "/desk/guides", "/desk/guides/new"
TITLE = "Đóng phí rác qua ứng dụng của xã"
FEE: dict[str, Any] = {
    "title": TITLE,
    "group": "cashless",
    "service": ["bills"],
    "body": ":::buoc ma-qr Quét mã\nQuét mã trên phiếu.\n:::\n\n## Nơi hỏi\n\n- Nhà văn hóa <thôn>",
    "action": "save",
}


@pytest.fixture(autouse=True)
def _guides(database: Database, world: World) -> None:
    database.write(lambda session: add_guides(session, world.commune_id))


def cursor(lan: Phone) -> int:
    """That of a phone which has every guide of now."""
    lan.exchange()
    return int(max(row["feed_seq"] for row in lan.exchange(guide_cursor=0)["changes"]["guide"]))


def form_of(desk: TestClient) -> str:
    found = re.search(r'name="form" value="(\w+)"', desk.get(NEW).text)
    assert found
    return found[1]


def send(desk: TestClient, address: str, fields: dict[str, Any], status: int = 200) -> str:
    answer = desk.post(address, data=fields, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return answer.text


def add(desk: TestClient, status: int = 200, **changes: Any) -> str:
    return send(desk, NEW, FEE | {"form": form_of(desk)} | changes, status)


def address_of(desk: TestClient, title: str = TITLE) -> str:
    found = re.search(rf'<a href="({LIST}/own-\w+)">{re.escape(title)}</a>', desk.get(LIST).text)
    assert found
    return found[1]


def version_of(desk: TestClient, address: str) -> dict[str, str]:
    found = re.search(r'name="version" value="(\d+)"', desk.get(address).text)
    assert found
    return {"version": found[1]}


@pytest.mark.both_databases
def test_added_guide_is_on_the_phone_at_its_next_exchange(desk: TestClient, lan: Phone) -> None:
    newest = cursor(lan)
    page = words(add(desk))
    assert "Đã thêm. Máy của tổ có hướng dẫn này ở lần liên lạc sau." in page
    assert "Đã có trên 0/1 máy" in page
    (row,) = lan.exchange(guide_cursor=newest)["changes"]["guide"]
    assert re.fullmatch(r"own-[0-9a-f]{32}", row["id"])
    assert (row["title"], row["pillar"], row["services"], row["is_own"]) == (
        TITLE, "cashless", ["bills"], True,
    )  # fmt: skip
    assert row["steps"] == [{"picture": "ma-qr", "title": "Quét mã", "text": "Quét mã trên phiếu."}]
    assert "<li>Nhà văn hóa &lt;thôn&gt;</li>" in row["html"]
    assert row["order"] > max(guide.position for guide in library().values())
    assert "removed" not in row
    listed = words(desk.get(LIST).text)
    assert listed.index("Thanh toán không tiền mặt") < listed.index(TITLE) < listed.index("Việc khác")
    assert "1. Quét mã" in words(desk.get(f"{address_of(desk)}/leaflet").text)


@pytest.mark.both_databases
def test_form_that_is_sent_twice_adds_one_guide(desk: TestClient) -> None:
    form = form_of(desk)
    assert add(desk, form=form) == add(desk, form=form)
    assert desk.get(LIST).text.count("Hướng dẫn riêng") == 1
    page = add(desk, 409, form=form, title="Đóng phí nước")
    assert "Biểu mẫu này đã thêm một hướng dẫn khác." in page
    assert 'value="Đóng phí nước"' in page
    page = add(desk, 409, form=form, service=["vietqr"])
    assert re.search(r'value="vietqr" checked', page), "the services that were chosen are not dropped unseen"
    assert desk.get(LIST).text.count("Hướng dẫn riêng") == 1


def test_preview_of_a_new_guide_stores_nothing_and_keeps_what_was_chosen(desk: TestClient) -> None:
    page = add(desk, action="preview", group="")
    assert "Xem trước, chưa lưu" in page
    assert "<h2>Nơi hỏi</h2>" in page
    assert re.search(r'value="bills" checked', page)
    assert "Hướng dẫn riêng" not in desk.get(LIST).text


def test_what_a_new_guide_lacks_is_named_and_nothing_typed_is_lost(desk: TestClient) -> None:
    page = words(add(desk, 422, title=" ", group="", service=["bills", "khong-co"]))
    for sentence in ("Chưa có chữ nào.", "Chọn nhóm.", "Có việc không thuộc danh mục. Hãy chọn lại."):
        assert sentence in page
    assert "Quét mã trên phiếu." in page
    page = words(add(desk, 422, body="Việc\n:::luat nghi_dinh_9"))
    assert "Không có căn cứ nào tên là “nghi_dinh_9”." in page


@pytest.mark.both_databases
def test_number_of_added_guides_is_bounded_and_what_was_typed_stays(desk: TestClient) -> None:
    for number in range(MAX_ADDED):
        add(desk, title=f"Việc {number}")
    assert f'href="{NEW}"' not in desk.get(LIST).text
    page = add(desk, 422, title="Một việc nữa")
    assert f"Đã có {MAX_ADDED} hướng dẫn riêng, không thêm được nữa." in page
    assert 'value="Một việc nữa"' in page
    assert "Quét mã trên phiếu." in page
    first = address_of(desk, "Việc 0")
    send(desk, f"{first}/remove", version_of(desk, first))
    add(desk, title="Một việc nữa")
    assert f"đã có đủ {MAX_ADDED} hướng dẫn riêng" in send(desk, f"{first}/restore", {})
    assert desk.get(LIST).text.count("Hướng dẫn riêng") == MAX_ADDED


@pytest.mark.both_databases
def test_added_guide_is_changed_with_its_group_and_that_is_undone(desk: TestClient, lan: Phone) -> None:
    add(desk)
    address, newest = address_of(desk), cursor(lan)
    changed = FEE | {"title": "Đóng phí", "group": "more", "service": []}
    assert "Đã lưu." in send(desk, address, changed | version_of(desk, address))
    (row,) = lan.exchange(guide_cursor=newest)["changes"]["guide"]
    assert (row["title"], row["pillar"], row["services"]) == ("Đóng phí", "more", [])
    assert "Về bản của dự án" not in desk.get(address).text
    assert desk.post(f"{address}/library", data=version_of(desk, address)).status_code == 404
    send(desk, f"{address}/undo", version_of(desk, address))
    (row,) = lan.exchange(guide_cursor=row["feed_seq"])["changes"]["guide"]
    assert (row["title"], row["pillar"], row["services"]) == (TITLE, "cashless", ["bills"])


@pytest.mark.both_databases
def test_removed_guide_leaves_the_phones_and_comes_back(desk: TestClient, lan: Phone) -> None:
    add(desk)
    address, newest = address_of(desk), cursor(lan)
    assert "Bỏ thì máy của tổ xóa hướng dẫn này" in desk.get(address).text
    for _twice in range(2):
        page = words(send(desk, f"{address}/remove", version_of(desk, address) if not _twice else {}))
        assert "Đã bỏ. Máy của tổ xóa hướng dẫn này ở lần liên lạc sau." in page
    assert "Đã xóa trên 0/1 máy" in page
    assert "Nội dung" not in page
    (row,) = lan.exchange(guide_cursor=newest)["changes"]["guide"]
    assert row["removed"] is True
    assert (row["pillar"], row["title"], row["html"], row["steps"], row["services"]) == ("", "", "", [], [])
    assert desk.get(f"{address}/leaflet").status_code == 404
    assert lan.exchange(guide_cursor=0)["changes"]["guide"][-1] == row
    for _twice in range(2):
        assert "Máy của tổ có lại hướng dẫn này" in send(desk, f"{address}/restore", {})
    (row,) = lan.exchange(guide_cursor=row["feed_seq"])["changes"]["guide"]
    assert (row["title"], row["pillar"]) == (TITLE, "cashless")
    assert "removed" not in row


def test_what_was_written_of_a_removed_guide_becomes_a_new_one(desk: TestClient) -> None:
    add(desk)
    address = address_of(desk)
    seen = version_of(desk, address)
    send(desk, f"{address}/remove", seen)
    page = send(desk, address, FEE | {"body": "Viết từ trang cũ"} | seen, 409)
    assert "Hoàng Văn Bình 16:40 24/11/2026 vừa bỏ hướng dẫn này." in words(page)
    assert "Viết từ trang cũ" in page
    assert f'action="{NEW}"' in page
    assert "vừa được người khác đổi" in send(desk, f"{address}/undo", seen)


def test_guide_that_a_colleague_changed_is_not_removed_unseen(desk: TestClient) -> None:
    add(desk)
    address = address_of(desk)
    seen = version_of(desk, address)
    send(desk, address, FEE | {"body": "Viết lại"} | seen)
    assert "vừa được người khác đổi" in send(desk, f"{address}/remove", seen)
    assert "Đã bỏ" not in desk.get(LIST).text


def test_guides_of_the_library_are_not_removed_and_no_neighbour_removes_one(
    browser: Callable[[], TestClient], desk: TestClient
) -> None:
    add(desk)
    address = address_of(desk)
    assert desk.post(f"{LIST}/vssid/remove", data=version_of(desk, f"{LIST}/vssid")).status_code == 404
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    for path in ("", "/remove", "/restore"):
        assert hoa.post(f"{address}{path}", data=FEE | {"version": "1"}).status_code == 404


def test_log_says_who_added_removed_and_brought_back(desk: TestClient) -> None:
    add(desk)
    address = address_of(desk)
    send(desk, f"{address}/remove", version_of(desk, address))
    send(desk, f"{address}/restore", {})
    log = words(desk.get("/desk/log").text)
    for event in ("Thêm hướng dẫn vào cẩm nang", "Bỏ hướng dẫn khỏi cẩm nang", "Hoàn tác bỏ hướng dẫn"):
        assert event in log


def test_guides_are_found_by_their_titles_until_they_are_removed(desk: TestClient) -> None:
    add(desk)
    address = address_of(desk)
    found = desk.post("/desk/find", data={"q": "phi rac"}).text
    assert re.search(rf'href="{address}"[^>]*>{re.escape(TITLE)}', found)
    assert 'href="/desk/guides/vssid"' in desk.post("/desk/find", data={"q": "vssid"}).text
    send(desk, f"{address}/remove", version_of(desk, address))
    assert address not in desk.post("/desk/find", data={"q": "phi rac"}).text
