"""/desk/export-file: importing a phone's export file at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.core.desk_log import stored_entries
from app.fieldwork.visits.models import Visit
from app.sync.export.importer import IMPORTED
from app.web.desk.records.export_files import FILES_AT_ONCE
from tests.cases import cases
from tests.phone import Phone
from tests.sync.export.export_file import make_export_file
from tests.world import World

Browser = Callable[[], TestClient]
ADDRESS = "/desk/export-file"


def send_file(desk: TestClient, file: bytes) -> Any:
    return desk.post(ADDRESS, files={"file": ("tung-nha.tnha", file, "application/octet-stream")})


def test_file_is_imported_once_and_the_desk_shows_a_summary(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    file = make_export_file(lan, lan.visit(world.duc), lan.visit(world.mai))
    said = "Tệp của Nguyễn Thị Lan có 2 bản ghi: đã nhập 2, đã có từ trước 0."
    assert said in send_file(desk, file).text
    again = send_file(desk, file)
    assert (again.status_code, "đã nhập 0, đã có từ trước 2." in again.text) == (200, True)
    assert len(database.read(lambda session: session.exec(select(Visit)).all())) == 2
    entries = [one for one in database.read(stored_entries) if one["what"] == IMPORTED]
    assert [(one["device"], one["count"], one["is_signed"]) for one in entries] == [
        (lan.device_id, 2, True)
    ] * 2
    assert {one["account"] for one in entries} == {world.lan}
    assert all(one["by"] not in ("", world.lan) for one in entries)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", "Chọn một tệp nhờ gửi hộ, không quá 8 MB."),
        (b"x" * 8_500_000, "Chọn một tệp nhờ gửi hộ, không quá 8 MB."),
        (b"%PDF-1.7", "Đây không phải tệp nhờ gửi hộ chép từ Từng Nhà."),
    ],
    ids=["empty", "too large", "another"],
)
def test_anything_but_an_export_file_is_refused_with_a_sentence(
    desk: TestClient, file: bytes, said: str
) -> None:
    answer = send_file(desk, file)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_truncated_file_is_refused_with_a_sentence(desk: TestClient, lan: Phone, world: World) -> None:
    answer = send_file(desk, make_export_file(lan, lan.visit(world.duc))[:-1])
    assert (answer.status_code, "Tệp bị thiếu hoặc bị hỏng." in answer.text) == (422, True)
    assert "Nguyễn Thị Lan" not in answer.text


PART = b"--x\r\ncontent-disposition: form-data"


@cases(
    "kind, body",
    [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"file=words"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=x", b"no form"),
        ("multipart/form-data; boundary=x", PART + b'; name="file"\r\n\r\nwords\r\n--x--'),
        ("multipart/form-data; boundary=x", PART + b"\r\n\r\n\xff\r\n--x--"),
        ("multipart/form-data; boundary=x; charset=none", b"--x\r\n\xff: \xff\r\n\r\n\r\n--x--"),
    ],
)  # fmt: skip
def test_form_without_a_file_is_refused_with_a_sentence(desk: TestClient, kind: str, body: bytes) -> None:
    answer = desk.post(ADDRESS, content=body, headers={"Content-Type": kind})
    assert (answer.status_code, "Chọn một tệp nhờ gửi hộ" in answer.text) == (422, True)


def test_file_sent_while_others_are_imported_is_refused_for_now(
    desk: TestClient, lan: Phone, world: World, app: FastAPI
) -> None:
    file = make_export_file(lan, lan.visit(world.duc))
    for _ in range(FILES_AT_ONCE):
        app.state.file_slots.acquire()
    answer = send_file(desk, file)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    app.state.file_slots.release()
    for _ in range(FILES_AT_ONCE + 1):
        assert send_file(desk, file).status_code == 200, "a slot that was used is free again"


def test_import_is_answered_503_if_no_process_can_be_started(
    desk: TestClient, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_export_file(lan, lan.visit(world.duc))
    monkeypatch.setattr("sys.executable", "/khong-co")
    assert send_file(desk, file).status_code == 503


def test_supervisor_next_door_cannot_read_it(browser: Browser, lan: Phone, world: World) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    answer = send_file(hoa, make_export_file(lan, lan.visit(world.duc)))
    assert (answer.status_code, "Tệp này của nơi khác" in answer.text) == (422, True)


def test_nobody_else_may_import_a_file(browser: Browser, lan: Phone) -> None:
    refused = send_file(browser(), b"TUNGNHA")
    assert (refused.status_code, "Phiên làm việc đã hết" in refused.text) == (401, True)
    assert lan.client.get(ADDRESS).headers["location"] == f"/desk/sign-in?next={ADDRESS}"


def test_page_of_the_devices_links_to_the_form(desk: TestClient) -> None:
    assert f'href="{ADDRESS}"' in desk.get("/desk/devices").text
    assert "Nhập tệp nhờ gửi hộ" in desk.get(ADDRESS).text
