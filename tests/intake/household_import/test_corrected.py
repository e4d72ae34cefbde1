"""A list imported again after a correction, and people of the same name: no duplicates, nobody lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from app.intake.household_import.importer import ImportOptions
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from app.intake.household_import.records import ParsedList
from tests.intake.household_import.files import csv_file
from tests.intake.household_import.import_runs import run_import
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Năm sinh", "Điện thoại", "Ghi chú")
FIRST = ("1", "Nguyễn Văn Thử", "21", "Ngõ 9", "Thôn Đông")
SECOND = ("2", "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Đông")
NOWHERE = ("3", "Lê Văn Ví", "", "", "Thôn Đông")


@pytest.fixture
def a_list(tmp_path: Path) -> Any:
    def make(*rows: Sequence[object]) -> ParsedList:
        return parse(read(csv_file(tmp_path / "a.csv", [HEADER, *rows])))

    return make


def count(database: Database) -> int:
    return len(database.read(lambda s: s.exec(select(Household.id)).all()))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("corrected", "word"),
    [
        (("1", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Đông"), "số nhà hoặc ngõ"),
        (("1", "NGUYEN VAN THU", "21", "Ngõ 8", "Thôn Đông"), "số nhà hoặc ngõ"),
        (("1", "Nguyễn Văn Thử", "", "", "Thôn Đông"), "số nhà hoặc ngõ"),
        (("1", "Nguyễn Thị Ví", "21", "Ngõ 9", "Thôn Đông"), "họ tên"),
        (("1", "Nguyễn Văn Thư An", "21", "ngõ 9", "Thôn Đông"), "họ tên"),
        (("3", "Lê Văn Ví", "30", "Ngõ 9", "Thôn Đông"), "số nhà hoặc ngõ"),
        (("3", "Lê Văn Vìn", "", "", "Thôn Đông"), "họ tên"),
        (("3", "Lê Ví", "", "", "Thôn Đông"), "họ tên"),
    ],
)
def test_row_similar_to_an_existing_household_is_skipped_and_reported(
    corrected: tuple[str, ...], word: str, database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST, SECOND, NOWHERE))
    before, others = count(database), [row for row in (FIRST, SECOND, NOWHERE) if row[0] != corrected[0]]
    new = ("9", "Vi Thị Mới", "40", "Ngõ 9", "Thôn Đông")
    plan = run_import(database, a_list(corrected, *others, new))
    assert (plan.added, plan.existing, plan.rejected_rows) == ({"Thôn Đông": 1}, {"Thôn Đông": 2}, [])
    assert [(row.row, word in row.sentence) for row in plan.similar] == [(2, True)]
    assert count(database) == before + 1
    assert corrected[1] not in str(plan.similar)


def test_two_rows_similar_to_one_household_are_both_reported(
    database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST))
    same_name = ("1", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Đông")
    same_address = ("2", "Nguyễn Thị Ví", "21", "Ngõ 9", "Thôn Đông")
    plan = run_import(database, a_list(same_name, same_address))
    assert (plan.added, [row.row for row in plan.similar]) == ({}, [2, 3])
    assert plan.changes == [], "a household cannot become both"


def test_namesake_of_a_household_that_is_also_in_the_list_is_added(
    database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST))
    plan = run_import(database, a_list(FIRST, ("2", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.existing, plan.similar) == ({"Thôn Đông": 1}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize(
    "other",
    [
        ("1", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Tây"),
        ("1", "Nguyễn Văn Được", "23", "Ngõ 9", "Thôn Đông"),
        ("1", "Hoàng Thị Được", "", "", "Thôn Đông"),
    ],
)
def test_row_with_another_hamlet_or_another_name_and_number_is_added(
    other: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST, NOWHERE))
    plan = run_import(database, a_list(other))
    assert (sum(plan.added.values()), plan.similar) == (1, [])


@pytest.mark.both_databases
@pytest.mark.parametrize("values", [{"state": "moved"}, {"state": "mistake"}])
def test_household_that_moved_away_is_not_compared_with_rows(
    values: dict[str, str], database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST))
    moved_away = update(Household).values(**values).where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(moved_away))
    plan = run_import(database, a_list(("1", "Vi Thị Mới", "21", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.similar) == ({"Thôn Đông": 1}, [])


@pytest.mark.both_databases
def test_household_whose_label_was_corrected_is_recognised_by_its_first_label(
    database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(FIRST))
    mend = update(Household).values(head_name="Vi Thị Chữa").where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(mend))
    plan = run_import(database, a_list(FIRST, ("2", "Vi Thị Chữa", "45", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.existing, plan.similar) == ({"Thôn Đông": 1}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize("address", [("", ""), ("21", "Ngõ 9")])
@pytest.mark.parametrize(
    ("one", "other"),
    [(("1960", ""), ("1985", "")), (("", "0900 000 100"), ("", "0900000101"))],
)
def test_second_person_of_the_same_name_is_rejected(
    one: tuple[str, str], other: tuple[str, str], address: tuple[str, str], database: Database, world: World,
    a_list: Any,
) -> None:  # fmt: skip
    label = ("Nguyễn Văn Thử", *address, "Thôn Đông")
    plan = run_import(database, a_list(("1", *label, *one), ("2", *label, *other)), ImportOptions())
    assert (plan.duplicates, [rejected.row for rejected in plan.rejected_rows]) == ([], [3])
    assert "1985" not in str(plan.rejected_rows)


@pytest.mark.parametrize("year_of_birth", ["1960", ""])
def test_row_typed_twice_with_its_address_is_one_household(
    year_of_birth: str, database: Database, world: World, a_list: Any
) -> None:
    plan = run_import(database, a_list((*FIRST, "1960"), ("9", *FIRST[1:], year_of_birth)))
    assert (plan.added, [row.row for row in plan.duplicates], plan.rejected_rows) == (
        {"Thôn Đông": 1},
        [3],
        [],
    )


def test_name_twice_without_an_address_may_be_two_people(
    database: Database, world: World, a_list: Any
) -> None:
    plan = run_import(database, a_list(NOWHERE, ("4", *NOWHERE[1:])), ImportOptions())
    assert (plan.duplicates, [rejected.row for rejected in plan.rejected_rows]) == ([], [3])
