"""A remark that says that a household moved away refuses its row; one that is unclear is asked about."""

from pathlib import Path

import pytest

from app.core.db import Database
from app.intake.household_import import report
from app.intake.household_import.importer import ImportOptions
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.cases import cases
from tests.intake.household_import.files import xlsx
from tests.intake.household_import.import_runs import run_import
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Thôn", "Ghi chú")
MOVED = [
    "Chuyển vào Bình Dương", "Bỏ đi khỏi địa phương", "chuyển ra Hà Nội ở", "Đã chuyển", "Chuyển đi",
    "không còn ở địa phương", "Không còn sinh sống tại thôn", "Đã bán nhà", "Dọn đi nơi khác",
    "đi nơi khác ở",
    "Rời địa phương năm 2024", "Đi khỏi địa bàn", "Chuyển sang xã khác", "định cư ở nước ngoài", "cắt khẩu",
    "không sinh sống tại địa phương", "Chuyển lên huyện", "bỏ đi", "đi hẳn", "Ra khỏi thôn",
]  # fmt: skip
STAY = [
    "", "đi làm xa", "Tạm vắng", "vắng nhà", "hộ mới", "Mới chuyển đến", "đã cài VNeID", "có wifi",
    "hộ nghèo",
    "cận nghèo", "gia đình chính sách", "x", "12", "cạnh trường", "Tổ 3",
]  # fmt: skip
UNCLEAR = ["vào Nam với con", "Ở với con gái", "nhà đóng cửa lâu năm", "theo chồng"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def listed(folder: Path, *remarks: str) -> ParsedList:
    rows = [
        (number, f"Vi Văn {chr(64 + number)}o", str(70 + number), "Thôn Đông", remark)
        for number, remark in enumerate(remarks, start=1)
    ]
    return parse(read(xlsx(folder / "ds.xlsx", {"Sheet1": [HEADER, *rows]})))


@cases("remark", MOVED)
def test_a_household_that_moved_away_is_refused_in_all_wordings(folder: Path, remark: str) -> None:
    parsed = listed(folder, remark)
    assert (parsed.households, len(parsed.rejected_rows)) == ([], 1)


@cases("remark", STAY)
def test_remarks_that_are_understood_are_not_asked_about(folder: Path, remark: str) -> None:
    (household,) = listed(folder, remark).households
    assert household.remark == ""


@cases("remark", UNCLEAR)
def test_a_remark_that_is_not_understood_is_neither_dropped_nor_obeyed(folder: Path, remark: str) -> None:
    (household,) = listed(folder, remark).households
    assert household.remark == remark


def test_rows_with_unclear_remarks_wait_for_one_answer(
    folder: Path, database: Database, world: World
) -> None:
    parsed = listed(folder, "vào Nam với con", "", "vào Nam với con", "gọi số 0900000100", "theo chồng")
    plan = run_import(database, parsed)
    assert len(plan.rejected_rows) == 4
    assert "vào Nam" not in "".join(one.sentence for one in plan.rejected_rows)
    lines = "\n".join(report.summary_lines(plan, ImportOptions()))
    assert "Ghi chú chưa rõ: “vào Nam với con” (2), “gọi số ••••••••00” (1), “theo chồng” (1)." in lines
    plan = run_import(database, parsed, ImportOptions(write=True, remarks_stay=True))
    assert (plan.added, plan.rejected_rows) == ({"Thôn Đông": 5}, [])
