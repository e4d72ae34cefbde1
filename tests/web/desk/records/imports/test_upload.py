"""Uploads that are no list, hostile or too much; a worker process that dies; the files on the disk."""

import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.runs import files, reading, worker
from app.intake.household_import.runs.commands import STOPPED
from app.intake.household_import.runs.models import HouseholdImport
from app.upkeep.retention import daily
from tests.cases import cases
from tests.conftest import FakeClock
from tests.intake.household_import import hostile
from tests.intake.household_import.files import csv_file
from tests.web.desk.desk_client import words
from tests.web.desk.records.imports.list_client import (
    HEADER,
    NEW,
    ListPage,
    labels,
    read_list,
    upload,
    upload_rows,
)
from tests.world import World

LIST = ",".join(HEADER).encode() + b"\n" + ",".join(NEW).encode()


@pytest.mark.both_databases
@pytest.mark.usefixtures("read_here")
@cases(
    "content, name",
    [(b"", "a.xlsx"), (b"x", "a.pdf"), (b"x", ""), (b"x" * (20 << 20) + b"x", "a.csv"), (b"x", "a\x00.exe")],
)
def test_anything_but_a_list_is_refused_with_a_sentence(
    desk: TestClient, content: bytes, name: str, tmp_path: Path
) -> None:
    answer = upload(desk, content, name)
    sentence = "Chọn một tệp .xlsx, .xls, .ods hoặc .csv, không quá 20 MB."
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not (tmp_path / "imports").exists() or not list((tmp_path / "imports").iterdir())


@pytest.mark.slow
@pytest.mark.usefixtures("read_here")
@cases("make", [hostile.zip_bomb, hostile.truncated, hostile.pdf, hostile.zeros])
def test_hostile_file_ends_in_one_sentence(
    make: Callable[[Path], Path], desk: TestClient, database: Database, tmp_path: Path
) -> None:
    before = labels(database)
    file = make(tmp_path)
    page = read_list(desk, upload(desk, file.read_bytes(), file.name))
    word = dict(hostile.WHOLE_FILES)[make]
    assert "Chưa đọc được" in page.text()
    assert word in page.text()
    assert hostile.NAME not in page.html()
    assert labels(database) == before


@pytest.mark.usefixtures("read_here")
def test_list_without_the_right_columns_and_hostile_rows_have_their_sentences(
    desk: TestClient, tmp_path: Path
) -> None:
    wrong = csv_file(tmp_path / "a.csv", [("Mã", "Giá"), ("1", "2")])
    assert "Không thấy dòng tiêu đề" in read_list(desk, upload(desk, wrong.read_bytes())).text()
    page = read_list(desk, upload(desk, hostile.bad_rows(tmp_path).read_bytes()))
    assert "Chưa nhập được (5)" in page.text()
    assert hostile.NAME not in page.html()
    report = desk.get(f"{page.address}/rejected.xlsx")
    (tmp_path / "report.xlsx").write_bytes(report.content)
    assert hostile.NAME.encode() not in hostile.as_bytes(tmp_path / "report.xlsx")


@pytest.mark.usefixtures("read_here")
def test_file_name_is_shown_as_text_and_no_part_of_a_path(desk: TestClient, tmp_path: Path) -> None:
    page = read_list(desk, upload(desk, LIST, "../../etc/<b>xã\u202e.csv"))
    assert "<b>xã" not in page.html()
    (file,) = (tmp_path / "imports").iterdir()
    assert file.name == f"{page.address.rsplit('/', 1)[1]}.csv"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.slow
@pytest.mark.both_databases
def test_second_upload_waits_until_the_first_is_read(
    desk: TestClient, database: Database, clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PROCESS", _sleeper(tmp_path))
    first = ListPage(desk, upload(desk, LIST).headers["location"])
    second = upload(desk, LIST)
    assert (second.status_code, "Đang đọc một tệp khác." in words(second.text)) == (409, True)
    assert len(list((tmp_path / "imports").iterdir())) == 1
    monkeypatch.undo()
    clock.forward(seconds=200)
    assert STOPPED in first.text(), "its process must be dead, whoever started it"
    first.post("retry")
    first.wait()
    assert "Nhập 1 hộ mới" in first.text()


@pytest.mark.slow
@pytest.mark.both_databases
def test_worker_that_is_killed_leaves_a_failed_import_that_can_be_read_again(
    desk: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids: list[int] = []
    start = worker.start
    monkeypatch.setattr(worker, "PROCESS", _sleeper(tmp_path))
    monkeypatch.setattr(worker, "start", lambda database, job: pids.append(start(database, job)))
    page = ListPage(desk, upload(desk, LIST).headers["location"])
    os.kill(pids[0], signal.SIGKILL)
    page.wait()
    assert STOPPED in page.text()
    monkeypatch.undo()
    page.post("retry")
    page.wait()
    assert "Nhập 1 hộ mới" in page.text()


@pytest.mark.slow
@pytest.mark.both_databases
def test_worker_that_takes_too_long_is_killed(
    desk: TestClient, database: Database, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = worker.start
    monkeypatch.setattr(worker, "PROCESS", _sleeper(tmp_path))
    monkeypatch.setattr(worker, "start", lambda database, job: start(database, job, 0.5))
    page = ListPage(desk, upload(desk, LIST).headers["location"])
    page.wait()
    assert worker.TOO_LONG in page.text()


@pytest.mark.slow
def test_old_worker_cannot_overwrite_what_a_newer_one_found(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW)
    page.post("retry")
    page.wait()
    before = page.text()
    old = csv_file(tmp_path / "old.csv", [HEADER])
    job = worker.Job(
        database.engine.url.render_as_string(hide_password=False), "",
        str(old), world.commune_id, page.address.rsplit("/", 1)[1], attempt=1,
    )  # fmt: skip
    reading.run(job)
    assert page.text() == before


def test_two_uploads_at_once_are_not_both_read(
    desk: TestClient, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PROCESS", _sleeper(tmp_path))
    together, answers = Barrier(2), list[Any]()

    def run() -> None:
        together.wait()
        answers.append(upload(desk, LIST))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [303, 409]


@pytest.mark.both_databases
@pytest.mark.usefixtures("read_here")
def test_list_that_nobody_confirmed_is_purged_after_a_week(
    desk: TestClient, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, NEW)
    clock.forward(days=8)
    database.write(lambda session: daily.purge_expired(session, clock()))
    (file,) = (tmp_path / "imports").iterdir()
    files.purge(tmp_path, file.stat().st_mtime + 6 * 86_400)
    assert file.exists()
    files.purge(tmp_path, file.stat().st_mtime + 8 * 86_400)
    assert not file.exists()
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    text = page.text()
    assert "Quá 7 ngày chưa xác nhận" in text
    assert "Nguyễn Văn Thử" not in text
    assert page.post("confirm", mark="x").status_code == 409


@pytest.mark.usefixtures("read_here")
def test_filled_in_template_is_a_list_whose_cells_are_text(desk: TestClient, tmp_path: Path) -> None:
    file = tmp_path / "mau.xlsx"
    file.write_bytes(desk.get("/desk/imports/template.xlsx").content)
    assert 'formatCode="@"' in hostile.as_bytes(file).decode(), "text: 12/3 is no date"
    (sheet,) = read(file)
    sheet.rows.append(["1", "Vi Văn Thử", "12/3", "Ngõ 9", "Thôn Đông"])
    found = parse([sheet])
    assert [(one.head_name, one.house_no, one.alley, one.hamlet) for one in found.households] == [
        ("Vi Văn Thử", "12/3", "Ngõ 9", "Thôn Đông")
    ]


def test_upload_while_others_are_received_is_refused_for_now(desk: TestClient, app: FastAPI) -> None:
    for _ in range(2):
        app.state.file_slots.acquire()
    assert upload(desk, LIST).status_code == 503


@pytest.mark.both_databases
def test_nobody_else_may_upload(browser: Callable[[], TestClient], database: Database) -> None:
    assert upload(browser(), LIST).status_code == 401
    assert database.read(lambda session: session.exec(select(HouseholdImport)).all()) == []


def _sleeper(folder: Path) -> Path:
    """A process that never answers."""
    file = folder / "sleeper.py"
    file.write_text("import time\ntime.sleep(30)\n")
    return file
