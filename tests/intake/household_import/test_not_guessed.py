"""Hamlets with an addition, communes as alleys, names but for their marks: what is asked, and not guessed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from tests.cases import cases
from tests.intake.household_import.files import csv_file
from tests.intake.household_import.import_runs import run_import
from tests.world import World

pytestmark = pytest.mark.both_databases
HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
CREATE = ImportOptions(create_hamlets=True, skip_bad_rows=True)
WRITE = ImportOptions(write=True, skip_bad_rows=True)


Importer = Callable[..., ImportPlan]


@pytest.fixture
def imported(database: Database, world: World, tmp_path: Path) -> Importer:
    """Import rows, each without its number; by default only looks, and would create hamlets."""

    def run(
        *rows: tuple[str, ...], header: tuple[str, ...] = HEADER, options: ImportOptions = CREATE
    ) -> ImportPlan:
        numbered = [(str(number), *row) for number, row in enumerate(rows, 1)]
        return run_import(database, parse(read(csv_file(tmp_path / "a.csv", [header, *numbered]))), options)

    return run


def labels(plan: ImportPlan) -> list[tuple[str, str, str]]:
    return [(one.head_name, one.house_no, one.alley) for _, one in plan.households]


@cases("name", ["Thôn Đông - Thử Nghiệm", "Thôn Đông – Thử Nghiệm", "Thôn Đông (Thử Nghiệm)", "đông - thử"])
def test_a_hamlet_with_an_addition_is_asked_about_beside_the_one_without(
    name: str,
    imported: Importer,
) -> None:
    plan = imported(("Vi Văn Thử", "81", "", name), ("Vi Văn Ví", "82", "", "Thôn Đông"))
    assert (plan.new_hamlets, plan.added, [one.row for one in plan.rejected_rows]) == (
        {},
        {"Thôn Đông": 1},
        [2],
    )
    assert "Thôn Đông" in plan.rejected_rows[0].sentence
    assert labels(plan) == [("Vi Văn Ví", "82", "")]


def test_one_of_two_hamlets_of_a_list_is_asked_about_if_it_is_the_other_with_an_addition(
    imported: Importer,
) -> None:
    plan = imported(
        ("Vi Văn Thử", "81", "", "Thôn Nà Lùng"),
        ("Vi Văn Ví", "82", "", "Thôn Nà Lùng"),
        ("Vi Văn Ba", "83", "", "Thôn Nà Lùng - Khau Dề"),
        ("Vi Văn Bốn", "84", "", "Thôn Pác Bó - Khau Dề"),
    )
    assert plan.new_hamlets == {"Thôn Nà Lùng": [], "Thôn Pác Bó - Khau Dề": []}
    assert [one.row for one in plan.rejected_rows] == [4]


@cases(
    "alley, stored",
    [
        ("Ngõ 3, Yên Bình", "Ngõ 3"),
        ("Ngõ 3, Thôn Đông, Yên Bình", "Ngõ 3"),
        ("Ngõ 3 - yên bình", "Ngõ 3"),
        ("xã Yên Bình", ""),
        ("Yên Bình", ""),
        ("Xóm Yên Bình", "Xóm Yên Bình"),
        ("Sau đình, chợ Hữu Lũng", "Sau đình, chợ Hữu Lũng"),
        ("Ngõ 3, xã Yên Bình, huyện Hữu Lũng", "Ngõ 3"),
    ],
)
def test_the_name_of_the_commune_is_no_alley(
    alley: str,
    stored: str,
    imported: Importer,
) -> None:
    plan = imported(("Vi Văn Thử", "81", alley, "Thôn Đông"))
    assert (plan.rejected_rows, labels(plan)) == ([], [("Vi Văn Thử", "81", stored)])


@cases(
    "alley",
    [
        "Ngõ 3, Hữu Lũng",
        "Ngõ 3, xã Hữu Lũng",
        "xã Hữu Lũng",
        "Hữu Lũng",
        "Ngõ 3, Thôn Đông, Hữu Lũng",
        "Ngõ 3, Thôn Đông, xã Hữu Lũng, tỉnh Lạng Sơn",
        "Ngõ 3, Thôn Tây, Yên Bình",
    ],
)
def test_the_name_of_another_commune_or_hamlet_refuses_the_row(
    alley: str,
    imported: Importer,
) -> None:
    plan = imported(("Vi Văn Thử", "81", alley, "Thôn Đông"), ("Vi Văn Ví", "82", "", "Thôn Đông"))
    assert [one.row for one in plan.rejected_rows] == [2]
    assert labels(plan) == [("Vi Văn Ví", "82", "")]


@cases("end, rows", [("xã Hữu Lũng", [2]), ("Hữu Lũng", [2]), ("Yên Bình", []), ("xã Yên Bình", [])])
def test_an_address_in_one_cell_is_held_to_the_same(
    end: str,
    rows: list[int],
    imported: Importer,
) -> None:
    header = ("STT", "Chủ hộ", "Địa chỉ")
    plan = imported(("Vi Văn Thử", f"Số nhà 81, Ngõ 3, Thôn Đông, {end}"), header=header)
    assert [one.row for one in plan.rejected_rows] == rows
    assert labels(plan) == ([] if rows else [("Vi Văn Thử", "81", "Ngõ 3")])


@cases(
    "written, stored",
    [
        ("thôn nà lùng", "Thôn Nà Lùng"),
        ("THÔN NÀ LÙNG", "Thôn Nà Lùng"),
        ("Thôn nà lùng", "Thôn Nà Lùng"),
        ("THÔN Nà Lùng", "Thôn Nà Lùng"),
        ("thôn NÀ LÙNG", "Thôn Nà Lùng"),
        ("tdp số 4", "TDP số 4"),
        ("TỔ DÂN PHỐ SỐ 4", "Tổ dân phố số 4"),
        ("tổ dân phố 4a", "Tổ dân phố 4A"),
        ("THÔN III", "Thôn III"),
        ("thôn iii", "Thôn III"),
        ("Bản Nà Lùng II", "Bản Nà Lùng II"),
        ("BẢN NÀ LÙNG II", "Bản Nà Lùng II"),
        ("NÀ LÙNG", "Nà Lùng"),
    ],
)
def test_a_new_hamlet_is_written_as_hamlets_are(
    written: str,
    stored: str,
    imported: Importer,
) -> None:
    assert list(imported(("Vi Văn Thử", "81", "", written)).new_hamlets) == [stored]


def test_of_several_spellings_the_one_with_capitals_where_they_belong_is_stored(
    imported: Importer,
) -> None:
    names = ("thôn nà lùng", "thôn nà lùng", "THÔN NÀ LÙNG", "Thôn Nà Lùng", "thon na lung")
    heads = ("Vi Văn Ba", "Vi Văn Bốn", "Vi Văn Năm", "Vi Văn Sáu", "Vi Văn Bảy")
    plan = imported(*((head, "81", "", name) for head, name in zip(heads, names, strict=True)))
    assert plan.new_hamlets == {"Thôn Nà Lùng": []}


PEOPLE = [
    ("Nguyễn Văn Hải", "Nguyễn Văn Hai"),
    ("Nguyễn Văn Hai", "Nguyễn Văn Hải"),
    ("Mai Hải", "Mai Hai"),
    ("Lê Thị Hòa", "Lê Thị Hoa"),
]
ADDRESS = ("81", "Ngõ 3", "Thôn Đông")
SPELLINGS = [("Nguyễn Văn Hải", "NGUYEN VAN HAI"), ("Nguyen Van Hai", "Nguyễn Văn Hải")]


@pytest.mark.parametrize(("one", "other"), PEOPLE)
def test_two_names_but_for_marks_at_one_number_are_asked_about(
    one: str, other: str, imported: Importer
) -> None:
    first, second = (one, *ADDRESS), (other, *ADDRESS)
    plan = imported(first, second, options=WRITE)
    assert (labels(plan), plan.duplicates) == ([(one, "81", "Ngõ 3")], [])
    assert [row.row for row in plan.rejected_rows] == [3]
    plan = imported(second)
    assert (plan.added, plan.existing, [row.row for row in plan.similar]) == ({}, {}, [2])
    assert [change.is_spelling for change in plan.changes] == [False]


@pytest.mark.parametrize(("one", "other"), SPELLINGS)
def test_a_name_without_any_marks_is_the_same_name(one: str, other: str, imported: Importer) -> None:
    first, second = (one, *ADDRESS), (other, *ADDRESS)
    assert [row.row for row in imported(first, second, options=WRITE).duplicates] == [3]
    assert imported(second).existing == {"Thôn Đông": 1}


def test_a_household_whose_marks_were_corrected_is_known_by_both_names(
    imported: Importer, database: Database
) -> None:
    first, second = ((name, *ADDRESS) for name in PEOPLE[0])
    imported(first, options=WRITE)
    mend = update(Household).values(head_name=second[0]).where(Household.house_no == "81")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(mend))
    assert imported(first).existing == imported(second).existing == {"Thôn Đông": 1}
