"""`import-households`, run as an operator runs it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from typer.testing import Result

from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.cli.test_cli import count
from tests.intake.household_import.files import SAMPLE, csv_file, xlsx
from tests.intake.household_import.hostile import HEADER, NAME, WHOLE_FILES, as_bytes, bad_rows
from tests.operator import run, run_forked
from tests.world import World

GOOD = (1, "Nguyễn Văn Thử", 12, "Ngõ 9", "Thôn Đông")
BAD = (2, f"<b>{NAME}</b>", 13, "Ngõ 9", "Thôn Đông")


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    file = tmp_path / "danh sách hộ.xlsx"
    file.write_bytes(SAMPLE.read_bytes())
    return file


def run_import(url: str, file: Path, *options: str, commune: str = "06391", **settings: str) -> Result:
    return run(url, "import-households", str(file), "--commune", commune, *options, **settings)


def report_of(done: Result) -> Path:
    named = re.search(r"^Các dòng cần xem: (.+)$", done.stdout, re.MULTILINE)
    assert named
    return Path(named[1])


def test_dry_run_then_import_then_the_same_list_again(
    database_url: str, database: Database, world: World, sample: Path
) -> None:
    before = count(database, Household)
    looked = run_import(database_url, sample, "--create-hamlets")
    assert (looked.exit_code, count(database, Household)) == (0, before)
    assert "Có thể nhập: 180 hộ mới (Thôn Đông 30, Thôn Tây 30," in looked.stdout
    assert "Thôn mới: Bản Khau Dề, Thôn Nà Lùng, Tổ dân phố số 1, Thôn Pác Mỏ." in looked.stdout
    assert "chưa ghi gì" in looked.stdout
    written = run_import(database_url, sample, "--create-hamlets", "--write")
    assert (written.exit_code, count(database, Household)) == (0, before + 180)
    assert "Đã nhập: 180 hộ mới" in written.stdout
    assert "Không lưu 3 cột, 385 giá trị: Điện thoại, Số nhân khẩu, Ghi chú." in written.stdout
    again = run_forked(database_url, "import-households", str(sample), "--commune", "06391", "--write")
    assert (again.returncode, count(database, Household)) == (0, before + 180)
    assert "Đã nhập: 0 hộ mới.\nĐã có: 180 hộ.\nTrùng trong tệp: 2 dòng." in again.stdout


def test_dry_run_shows_three_households_as_they_would_be_stored(
    database_url: str, database: Database, world: World, tmp_path: Path
) -> None:
    names = ("ÔNG NGUYỄN VĂN THỬ", "2. Trần Thị Mẫu", "Lê Văn Ví", "Vi Thị Dụ")
    rows = [(n, name, n, "Ngõ 9", "thôn đông, xã Yên Bình") for n, name in enumerate(names, start=31)]
    file = csv_file(tmp_path / "a.csv", [HEADER, *rows, (40, f"{NAME} (tâm thần)", 40, "Ngõ 9", "Thôn Đông")])
    looked = run_import(database_url, file)
    shown = [line for line in looked.stdout.splitlines() if line.startswith("- dòng") and " · " in line]
    assert shown == [
        "- dòng 2: Nguyễn Văn Thử · số nhà 31 · Ngõ 9 · Thôn Đông",
        "- dòng 4: Lê Văn Ví · số nhà 33 · Ngõ 9 · Thôn Đông",
        "- dòng 5: Vi Thị Dụ · số nhà 34 · Ngõ 9 · Thôn Đông",
    ]
    assert "Lê Văn Ví" not in as_bytes(report_of(looked)).decode("utf-8", "replace")
    written = run_import(database_url, file, "--write", "--skip-bad-rows")
    assert "Lê Văn Ví" not in written.stdout
    assert NAME not in looked.stdout + looked.stderr + written.stdout + written.stderr


def test_corrected_list_adds_new_households_and_reports_similar_ones(
    database_url: str, database: Database, world: World, tmp_path: Path
) -> None:
    file = csv_file(tmp_path / "a.csv", [HEADER, GOOD])
    assert run_import(database_url, file, "--write").exit_code == 0
    before = count(database, Household)
    corrected = (1, GOOD[1], 13, *GOOD[3:])
    file = csv_file(tmp_path / "b.csv", [HEADER, corrected, (2, "Vi Thị Mới", 50, "Ngõ 9", "Thôn Đông")])
    done = run_import(database_url, file, "--write")
    assert (done.exit_code, count(database, Household)) == (0, before + 1)
    assert "Giống hộ đã có, để lại: 1 dòng.\n- dòng 2: Giống một hộ đã có cùng họ tên" in done.stdout
    with CalamineWorkbook.from_path(report_of(done)) as workbook:
        assert [row[1] for row in workbook.get_sheet_by_name("Giống hộ đã có").to_python()] == ["Dòng", 2.0]


def test_first_import_of_a_commune_needs_permission_to_create_its_hamlets(
    database_url: str, database: Database, sample: Path
) -> None:
    refused = run_import(database_url, sample, "--write")
    assert (refused.exit_code, count(database, Household)) == (1, 0)
    assert "Thêm --create-hamlets để tạo: Thôn Đông, Thôn Tây, Bản Khau Dề" in refused.stderr
    assert run_import(database_url, sample, "--write", "--create-hamlets").exit_code == 0
    assert count(database, Household) == 180


def test_bad_row_stops_the_import_unless_bad_rows_are_skipped(
    database_url: str, database: Database, world: World, tmp_path: Path
) -> None:
    before, file = count(database, Household), csv_file(tmp_path / "a.csv", [HEADER, GOOD, BAD])
    refused = run_import(database_url, file, "--write")
    assert (refused.exit_code, count(database, Household)) == (1, before)
    assert "--skip-bad-rows" in refused.stderr
    skipped = run_import(database_url, file, "--write", "--skip-bad-rows")
    assert (skipped.exit_code, count(database, Household)) == (0, before + 1)
    assert "Chưa nhập được: 1 dòng.\n- dòng 3: Ô họ tên có mã trang web" in skipped.stdout


def test_report_names_sheet_row_and_reason_but_no_person(tmp_path: Path) -> None:
    sheet, folder = "=1+1", tmp_path / "báo cáo"
    folder.mkdir()
    file = xlsx(tmp_path / "a.xlsx", {sheet: [HEADER, GOOD, BAD, GOOD], "Phụ lục": [("không phải bảng",)]})
    done = run_import(
        "", file, "--create-hamlets", "--report-dir", str(folder), TUNGNHA_DATA_DIR=str(tmp_path)
    )
    report = report_of(done)
    assert (report.parent, done.exit_code) == (folder, 1)
    with CalamineWorkbook.from_path(report) as workbook:
        refused = workbook.get_sheet_by_name("Chưa nhập").to_python()
        repeats = workbook.get_sheet_by_name("Trùng").to_python()
    assert refused[0] == ["Trang", "Dòng", "Lý do"]
    assert [row[:2] for row in refused[1:]] == [[sheet, 3], ["Phụ lục", "cả trang"]]
    assert repeats[1] == [sheet, 4, "Trùng với dòng 2, nên chỉ nhập một lần."]
    assert b"<f>" not in as_bytes(report)
    assert NAME not in as_bytes(report).decode("utf-8", "replace") + done.stdout + done.stderr


def test_earlier_report_is_not_overwritten(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "a.csv", [HEADER, BAD])
    reports = [report_of(run_import("", file, TUNGNHA_DATA_DIR=str(tmp_path))) for _ in range(2)]
    assert [report.name for report in reports] == ["a - cần xem.xlsx", "a - cần xem 2.xlsx"]


def test_report_that_cannot_be_written_stops_the_import(
    database_url: str, database: Database, world: World, tmp_path: Path
) -> None:
    before, file = count(database, Household), csv_file(tmp_path / "a.csv", [HEADER, GOOD, BAD])
    options = ("--write", "--skip-bad-rows", "--report-dir", str(tmp_path / "không có"))
    refused = run_import(database_url, file, *options)
    assert (refused.exit_code, "--report-dir" in refused.stderr) == (2, True)
    assert count(database, Household) == before


@pytest.mark.parametrize(("make", "word"), WHOLE_FILES, ids=[make.__name__ for make, _ in WHOLE_FILES])
def test_file_that_is_no_list_is_refused_before_the_database_is_touched(
    make: Callable[[Path], Path], word: str, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    file = make(tmp_path / "in")
    done = run_import("", file, "--write", "--skip-bad-rows", TUNGNHA_DATA_DIR=str(tmp_path / "var"))
    assert (done.exit_code, done.stdout) == (2, "")
    assert (word in done.stderr, done.stderr.count("\n")) == (True, 1)
    assert NAME not in done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("options", [(), ("--write",), ("--write", "--skip-bad-rows")])
def test_list_without_one_good_row_is_refused(
    options: tuple[str, ...], database_url: str, database: Database, world: World, tmp_path: Path
) -> None:
    before = count(database, Household)
    done = run_import(database_url, bad_rows(tmp_path), *options)
    assert (done.exit_code, count(database, Household)) == (1, before)
    assert "Chưa nhập được: 5 dòng." in done.stdout
    assert NAME not in done.stdout + done.stderr


def test_header_without_rows_is_refused(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "a.csv", [HEADER])
    done = run_import("", file, TUNGNHA_DATA_DIR=str(tmp_path))
    assert (done.exit_code, "Không thấy hộ nào trong tệp" in done.stderr) == (1, True)


def test_commune_that_does_not_exist(tmp_path: Path) -> None:
    file = csv_file(tmp_path / "a.csv", [HEADER, GOOD])
    done = run_import("", file, commune="99999", TUNGNHA_DATA_DIR=str(tmp_path))
    assert (done.exit_code, "Không có xã, phường nào có mã này" in done.stderr) == (2, True)
