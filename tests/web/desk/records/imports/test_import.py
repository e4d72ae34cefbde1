"""/desk/imports: from the file to the households, and back."""

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.areas import Hamlet
from app.core.db import Database
from app.upkeep.maintenance.check import check
from tests.cases import cases
from tests.intake.household_import.files import SAMPLE
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.records.imports.list_client import (
    NEW,
    OTHER,
    ListPage,
    labels,
    read_list,
    upload,
    upload_rows,
)
from tests.world import World

Browser = Callable[[], TestClient]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("read_here")]


def test_nothing_is_written_before_the_confirmation_and_phones_get_what_is_after(
    desk: TestClient, lan: Phone, database: Database, tmp_path: Path
) -> None:
    lan.exchange()
    before = labels(database)
    page = upload_rows(desk, tmp_path, NEW, OTHER)
    assert "Nhập 2 hộ mới" in page.text()
    assert labels(database) == before
    assert page.confirm().headers["location"] == "/desk/?done=imported", "back to *Ngày đầu*"
    assert sorted(set(labels(database).values()) - set(before.values())) == [NEW[1:4], OTHER[1:4]]
    assert {row["head_name"] for row in lan.exchange()["changes"]["household"]} == {NEW[1], OTHER[1]}
    assert "Hộ thêm mới 2" in page.text()
    assert not list((tmp_path / "imports").iterdir()), "the file is removed"
    assert not any(result.problems for result in check(database))


def test_same_list_a_second_time_adds_nothing(desk: TestClient, database: Database, tmp_path: Path) -> None:
    upload_rows(desk, tmp_path, NEW, OTHER).confirm()
    before = labels(database)
    page = upload_rows(desk, tmp_path, NEW, OTHER)
    assert "Đã có, không đổi: 2 hộ." in page.text()
    assert page.confirm().status_code in (409, 422)
    assert labels(database) == before


def test_page_of_a_household_names_the_rows_that_added_or_changed_it(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW, ("2", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"))
    (added,) = {row for row in labels_after(page, database, "update") if row != world.duc}
    for household, row in ((added, 2), (world.duc, 3)):
        html = desk.get(f"/desk/households/{household}").text
        assert f'<a href="{page.address}"' in html
        assert f">danh-sach.csv, dòng {row}</a>" in html
    assert "danh-sach.csv" not in desk.get(f"/desk/households/{world.mai}").text
    page.post("undo")
    assert "danh-sach.csv" not in desk.get(f"/desk/households/{world.duc}").text


def labels_after(page: ListPage, database: Database, choice: str) -> set[str]:
    """The ids of the households that the import has added or changed."""
    before = labels(database)
    page.choose(choice)
    assert page.confirm().status_code == 303
    return {id for id, label in labels(database).items() if before.get(id) != label}


def test_sample_list_is_imported_with_the_hamlets_that_the_supervisor_answers(
    desk: TestClient, database: Database
) -> None:
    before = len(labels(database))
    page = read_list(desk, upload(desk, SAMPLE.read_bytes(), "danh-sach-ho-mau.xlsx"))
    assert "<h2>Cần trả lời trước khi nhập</h2>" in page.html()
    page.answer_hamlets("+")
    text = page.text()
    assert page.confirm(skip="yes").status_code == 303, text
    assert len(labels(database)) == before + 180
    assert not any(result.problems for result in check(database))


def test_unknown_hamlet_can_be_one_that_exists(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, (*NEW[:4], "Thôn Đông Cũ"))
    assert "Chưa có hộ nào để nhập." in page.text()
    page.answer_hamlets(world.dong)
    page.confirm()
    assert NEW[1:4] in labels(database).values()
    names = database.read(lambda session: set(session.exec(select(Hamlet.name))))
    assert names == {"Thôn Đông", "Thôn Tây"}


def test_rejected_rows_are_left_out_only_if_the_supervisor_says_so(
    desk: TestClient, database: Database, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW, ("2", "Vi Văn Ví (hộ nghèo)", "5", "", "Thôn Đông"))
    before = labels(database)
    refused = page.confirm()
    assert (refused.status_code, "Đánh dấu ô để lại các dòng đó" in words(refused.text)) == (422, True)
    assert labels(database) == before
    assert page.confirm(skip="yes").status_code == 303
    assert len(labels(database)) == len(before) + 1


def test_changed_household_is_shown_side_by_side_and_changed_if_chosen(
    desk: TestClient, lan: Phone, database: Database, world: World, tmp_path: Path
) -> None:
    lan.exchange()
    corrected = ("3", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông")
    page = upload_rows(desk, tmp_path, corrected, NEW)
    assert "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông 12A · Nguyễn Văn Đức" in page.text("?show=changed")
    page.choose("update")
    assert "Nhập 1 hộ mới, sửa 1 hộ" in page.text()
    page.confirm()
    assert labels(database)[world.duc] == ("Nguyễn Văn Đức", "12A", "Ngõ 3")
    changed = {row["id"]: row["house_no"] for row in lan.exchange()["changes"]["household"]}
    assert changed[world.duc] == "12A"
    assert not any(result.problems for result in check(database))


def test_changed_household_stays_as_it_is_without_a_choice(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("3", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"), NEW)
    page.confirm()
    assert labels(database)[world.duc] == ("Nguyễn Văn Đức", "12", "Ngõ 3")
    assert len(labels(database)) == 6


def test_changed_row_can_be_another_household(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("3", "Nguyễn Văn Đức", "40", "Ngõ 9", "Thôn Đông"))
    page.choose("add")
    page.confirm()
    assert labels(database)[world.duc] == ("Nguyễn Văn Đức", "12", "Ngõ 3")
    assert ("Nguyễn Văn Đức", "40", "Ngõ 9") in labels(database).values()


@pytest.mark.both_databases
def test_name_with_other_marks_is_a_change(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("3", "Nguyễn Văn Đực", "12", "ngõ 3", "Thôn Đông"))
    page.post("choices", all="update")
    page.confirm()
    assert labels(database)[world.duc][0] == "Nguyễn Văn Đực"


def test_household_edited_after_the_comparison_is_not_overridden_unseen(
    desk: TestClient, lan: Phone, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("3", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"))
    page.choose("update")
    mark = page.mark()
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    assert page.post("confirm", mark=mark).headers["location"].endswith("?done=again")
    page.wait()
    assert labels(database)[world.duc][1] == "12B"
    assert "12B · Nguyễn Văn Đức" in page.text("?show=changed")
    assert page.mark() == "", "the household is not the one that the choice was made for"
    page.choose("update")
    page.confirm()
    assert labels(database)[world.duc][1] == "12A"


def test_second_supervisor_who_confirms_the_same_import_learns_who_did(
    desk: TestClient, database: Database, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW)
    mark = page.mark()
    page.confirm()
    before = labels(database)
    again = page.post("confirm", mark=mark)
    assert (again.status_code, "Hoàng Văn Bình đã nhập danh sách này lúc" in words(again.text)) == (409, True)
    assert labels(database) == before


def test_two_confirmations_at_once_write_the_list_once(
    desk: TestClient, browser: Browser, database: Database, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW, OTHER)
    before, mark, together, answers = labels(database), page.mark(), Barrier(2), list[int]()
    colleague = browser()
    colleague.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})

    def run(client: TestClient) -> None:
        together.wait()
        answers.append(client.post(f"{page.address}/confirm", data={"mark": mark}).status_code)

    threads = [Thread(target=run, args=(client,)) for client in (desk, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [303, 409]
    assert len(labels(database)) == len(before) + 2


def test_progress_is_a_part_of_the_page_that_leads_on_when_the_file_is_read(
    desk: TestClient, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW)
    answer = desk.get(f"{page.address}/progress")
    assert (answer.text, answer.headers["hx-redirect"]) == ("", page.address)


def test_choice_of_a_colleague_is_not_confirmed_unseen(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("3", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"), NEW)
    mark = page.mark()
    page.choose("update")
    answer = page.post("confirm", mark=mark)
    assert (answer.status_code, "Bản đối chiếu hoặc lựa chọn vừa đổi." in words(answer.text)) == (409, True)
    assert labels(database)[world.duc][1] == "12"


@cases(
    "action, form",
    [
        ("choices", {"number": ["x", "9" * 30, "1"] * 50, "choice": ["update", "\x00", "?"] * 50}),
        ("choices", {"all": "\x00", "page": "9" * 30}),
        ("hamlets", {"key": ["a\x00"] * 500, "answer": ["\x00", "khong-co"]}),
        ("confirm", {"mark": "\x00" * 500, "skip": "yes"}),
    ],
)
def test_forms_that_no_browser_sends_change_nothing(
    desk: TestClient, database: Database, tmp_path: Path, action: str, form: dict[str, object]
) -> None:
    page, before = upload_rows(desk, tmp_path, NEW), labels(database)
    assert page.post(action, **form).status_code in (303, 409)
    page.wait()
    for query in ("?show=%00", "?show=changed&page=999999", "?page=x&done=%00"):
        assert desk.get(page.address + query).status_code == 200
    assert labels(database) == before


def test_supervisor_next_door_finds_no_import(desk: TestClient, hoa: TestClient, tmp_path: Path) -> None:
    page = upload_rows(desk, tmp_path, NEW)
    for path in ("", "/progress", "/rejected.xlsx", "/undo"):
        assert hoa.get(page.address + path).status_code == 404, path
    for path in ("/retry", "/hamlets", "/choices", "/confirm", "/undo"):
        assert hoa.post(page.address + path).status_code == 404, path
    assert "danh-sach.csv" not in hoa.get("/desk/imports").text
    assert hoa.get("/desk/imports/khong-co").status_code == 404
