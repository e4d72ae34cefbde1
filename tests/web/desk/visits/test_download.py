"""/desk/visits.csv and .xlsx: the visits of the list's filters, with text that stays text."""

import csv
import io
import zipfile
from datetime import date, datetime, time
from typing import Any, BinaryIO

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from app.core.errors import TooLarge, Unavailable
from app.reports.visit_download import rows, worker, writing
from app.reports.visit_download.job import JOB_JSON, Job
from app.web.desk.visits import download
from tests.phone import Phone
from tests.reports.reading import read_xlsx
from tests.reports.tables import FORMULA
from tests.world import World

NOTE = "Số máy 0900000001 của chủ hộ"


@pytest.fixture
def written_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written by this process, not by one of its own, which takes a second to import the app."""

    def run(job: Job, file: BinaryIO, _seconds: float) -> None:
        writing.write(JOB_JSON.validate_json(JOB_JSON.dump_json(job)), file)

    monkeypatch.setattr(worker, "_run", run)


def read_csv(desk: TestClient, query: str = "") -> list[dict[str, str]]:
    """The lines of the CSV file by heading."""
    answer = desk.get(f"/desk/visits.csv{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.slow
def test_both_files_have_the_visits_with_masked_digits(desk: TestClient, lan: Phone, world: World) -> None:
    services = [{"code": "vneid_install", "outcome": "did_it", "people": 2}]
    lan.exchange(
        lan.visit(world.duc, note=NOTE, services=services),
        lan.visit(world.mai, result="not_home", services=[]),
    )
    by_household = {line["Chủ hộ"]: line for line in read_csv(desk)}
    duc = by_household["Nguyễn Văn Đức"]
    assert set(by_household) == {"Nguyễn Văn Đức", "Trần Thị Mai"}
    assert (duc["Thôn"], duc["Người ghi"], duc["Kết quả"]) == ("Thôn Đông", "Nguyễn Thị Lan", "Đã hỗ trợ")
    assert duc["Việc hướng dẫn"] == "Cài VNeID: Tự làm được, 2 người"
    assert duc["Ghi chú"] == "Số máy ••••••••01 của chủ hộ"
    assert (duc["Ngày"], duc["Trạng thái"], duc["Nguồn"]) == ("2026-11-24", "Chưa duyệt", "Điện thoại")
    headings, *lines = read_xlsx(desk.get("/desk/visits.xlsx").content)
    of_duc = next(dict(zip(headings, line, strict=True)) for line in lines if "Nguyễn Văn Đức" in line)
    assert of_duc["Ngày"] == date(2026, 11, 24)
    assert isinstance(of_duc["Giờ"], time)
    assert isinstance(of_duc["Nhận lúc"], datetime)
    assert f"{of_duc['Giờ']:%H:%M}" == duc["Giờ"]
    assert f"{of_duc['Nhận lúc']:%Y-%m-%d %H:%M}" == duc["Nhận lúc"]
    same = set(headings) - {"Ngày", "Giờ", "Nhận lúc", "Hẹn quay lại"}
    assert {name: of_duc[name] or "" for name in same} == {name: duc[name] for name in same}


@pytest.mark.usefixtures("written_here")
def test_filters_are_those_of_the_list(desk: TestClient, lan: Phone, nam: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    nam.exchange(nam.visit(world.anh))
    for query in (f"hamlet={world.tay}", f"volunteer={world.nam}"):
        assert [line["Chủ hộ"] for line in read_csv(desk, f"?{query}")] == ["Lê Thị Ánh"], query
    assert read_csv(desk, "?state=accepted") == []
    assert read_csv(desk, "?day=2026-11-20&to=2026-11-21") == []
    address = desk.post("/desk/visits", data={"q": "duc"}).headers["location"]
    found = read_csv(desk, address.removeprefix("/desk/visits"))
    assert [line["Chủ hộ"] for line in found] == ["Nguyễn Văn Đức"]


@pytest.mark.both_databases
def test_files_are_linked_and_have_every_chunk_of_the_list(
    desk: TestClient, lan: Phone, world: World, monkeypatch: Any
) -> None:
    lan.exchange(*(lan.visit(world.duc) for _visit in range(5)))
    assert 'href="/desk/visits.xlsx" hx-boost="false"' in desk.get("/desk/visits").text
    monkeypatch.setattr(rows, "CHUNK", 2)
    monkeypatch.setattr(writing, "CHUNK", 2)
    content = io.BytesIO()
    writing.write(_job(desk, monkeypatch), content)
    assert len(content.getvalue().decode().splitlines()) == 6


def _job(desk: TestClient, monkeypatch: Any) -> Any:
    """The job that the server would give to a process for the whole list as CSV."""
    seen: list[Any] = []

    def stop(job: Any, _folder: object) -> None:
        seen.append(job)
        raise Unavailable

    monkeypatch.setattr(download, "write_file", stop)
    assert desk.get("/desk/visits.csv").status_code == 503
    return seen[0]


@pytest.mark.usefixtures("written_here")
def test_name_that_is_a_formula_stays_text(desk: TestClient, lan: Phone, world: World) -> None:
    label = {"id": world.duc, "base_version": 1, "head_name": FORMULA, "alley": "_x0041_", "house_no": "-1"}
    lan.exchange(lan.op("household.amend", label), lan.visit(world.duc, note="+1 & <2>"))
    line = read_csv(desk)[0]
    assert (line["Chủ hộ"], line["Số nhà"], line["Ghi chú"]) == (f"'{FORMULA}", "'-1", "'+1 & <2>")
    content = desk.get("/desk/visits.xlsx").content
    headings, cells = read_xlsx(content)
    found = dict(zip(headings, cells, strict=True))
    assert [found[name] for name in ("Chủ hộ", "Số nhà", "Ghi chú")] == [FORMULA, "-1", "+1 & <2>"]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"_x005F_x0041_" in sheet, "Excel reads _x0041_ as A"


@pytest.mark.usefixtures("written_here")
def test_file_says_what_it_is_and_the_desk_log_who_downloaded_it(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    query = f"?hamlet={world.dong}&day=24/11/2026"
    heading = next(name for name in read_csv(desk, query)[0] if name.startswith("Lượt thăm"))
    assert "Thôn: Thôn Đông; Từ ngày: 24/11/2026; Đến ngày: 24/11/2026; 1 lượt;" in heading
    assert "xuất từ Từng Nhà lúc" in heading
    facts = dict(read_xlsx(desk.get(f"/desk/visits.xlsx{query}").content, 1))
    assert (facts["Số lượt"], facts["Bộ lọc"].split(";")[0]) == ("1", "Thôn: Thôn Đông")
    assert facts["Người xuất"] in heading
    entries = [one for one in database.read(stored_entries) if one["what"] == "visits.downloaded"]
    assert sorted(entry["form"] for entry in entries) == ["csv", "xlsx"]
    assert {(entry["hamlet"], entry["since"]) for entry in entries} == {(world.dong, "2026-11-24")}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?hamlet=nowhere", "Không có giá trị này ở ô: Thôn."),
        ("?day=hôm+qua", "Ghi ngày theo mẫu 24/11/2026."),
    ],
)
def test_filter_that_is_not_understood_is_refused(desk: TestClient, query: str, sentence: str) -> None:
    answer = desk.get(f"/desk/visits.xlsx{query}")
    assert answer.status_code == 422
    assert sentence in answer.text


@pytest.mark.usefixtures("written_here")
def test_supervisor_next_door_downloads_none_of_these(hoa: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    assert read_csv(hoa) == []
    assert hoa.get(f"/desk/visits.csv?hamlet={world.dong}").status_code == 422


def test_list_that_is_too_long_is_refused_before_it_is_written(desk: TestClient, monkeypatch: Any) -> None:
    def refuse(*_arguments: object) -> None:
        raise TooLarge

    monkeypatch.setattr(download, "write_file", refuse)
    answer = desk.get("/desk/visits.csv")
    assert answer.status_code == 413
    assert "Hơn 500.000 lượt. Hãy lọc theo ngày rồi xuất từng phần." in answer.text


@pytest.mark.slow
def test_more_downloads_than_the_server_has_processes_for_are_told_to_wait(
    app: FastAPI, desk: TestClient
) -> None:
    for _slot in range(download.DOWNLOADS_AT_ONCE):
        assert app.state.download_slots.acquire(blocking=False)
    assert desk.get("/desk/visits.csv").status_code == 503
    app.state.download_slots.release()
    assert desk.get("/desk/visits.csv").status_code == 200


def test_process_that_does_not_end_leaves_an_error_and_a_free_slot(
    app: FastAPI, desk: TestClient, monkeypatch: Any
) -> None:
    monkeypatch.setattr(download, "write_file", lambda job, folder: worker.write_file(job, folder, 0.01))
    for _attempt in range(download.DOWNLOADS_AT_ONCE + 1):
        assert desk.get("/desk/visits.csv").status_code == 503
    monkeypatch.setattr(worker, "PROCESS", worker.PROCESS.with_name("nothing.py"))
    monkeypatch.setattr(download, "write_file", worker.write_file)
    assert desk.get("/desk/visits.csv").status_code == 503


def test_more_visits_than_a_file_holds_are_counted_before(
    desk: TestClient, lan: Phone, world: World, monkeypatch: Any
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc))
    monkeypatch.setattr(writing, "MAX_VISITS", 1)
    content = io.BytesIO()
    with pytest.raises(TooLarge):
        writing.write(_job(desk, monkeypatch), content)
    assert content.getvalue() == b""
