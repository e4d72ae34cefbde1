"""*Nhập danh sách hộ*: remarks that are not understood are shown and asked about once."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from tests.intake.household_import.files import csv_file
from tests.web.desk.records.imports.list_client import ListPage, labels, read_list, upload
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("read_here")]
HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Ghi chú")
ROWS = [
    (1, "Nguyễn Văn Thử", "21", "Ngõ 9", "Thôn Đông", "vào Nam với con"),
    (2, "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Đông", "vào Nam với con"),
    (3, "Vi Văn Ví", "23", "Ngõ 9", "Thôn Đông", ""),
]


def imported(database: Database) -> list[str]:
    return [name for name, _house_no, alley in labels(database).values() if alley == "Ngõ 9"]


@pytest.fixture
def page(desk: TestClient, tmp_path: Path) -> ListPage:
    file = csv_file(tmp_path / "danh-sach.csv", [HEADER, *ROWS])
    return read_list(desk, upload(desk, file.read_bytes()))


def test_unclear_remarks_are_asked_about_once_and_their_texts_go_with_the_confirmation(
    page: ListPage, database: Database, world: World
) -> None:
    assert "Ghi chú chưa rõ, 2 dòng: “vào Nam với con” (2)" in page.text()
    assert "Chưa nhập được (2)" in page.text()
    page.answer_hamlets("=")
    assert "Chưa nhập được (0)" in page.text()
    assert page.confirm().status_code == 303
    assert len(imported(database)) == 3
    assert "vào Nam" not in page.text()


def test_rows_with_unclear_remarks_are_left_out_if_that_is_the_answer(
    page: ListPage, database: Database, world: World
) -> None:
    page.answer_hamlets("!")
    assert "Chưa nhập được (2)" in page.text()
    assert page.confirm(skip="yes").status_code == 303
    assert imported(database) == ["Vi Văn Ví"]


def test_creating_all_missing_hamlets_creates_none_that_is_near_another(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    rows = [
        (1, "Vi Văn Ví", "23", "Ngõ 9", "Thôn Đônng", ""),
        (2, "Vi Văn Ve", "24", "Ngõ 9", "Thôn Nà Lùng", ""),
    ]
    page = read_list(desk, upload(desk, csv_file(tmp_path / "ds.csv", [HEADER, *rows]).read_bytes()))
    page.post("hamlets", key=["thon donng", "thon na lung"], answer=["", ""], create_all="yes")
    page.wait()
    assert "Chưa nhập được (1)" in page.text()
    assert page.confirm(skip="yes").status_code == 303
    assert imported(database) == ["Vi Văn Ve"]


def test_creating_all_missing_hamlets_answers_nothing_about_remarks(page: ListPage, world: World) -> None:
    page.post("hamlets", key="?remarks", answer="", create_all="yes")
    page.wait()
    assert "Chưa nhập được (2)" in page.text()
