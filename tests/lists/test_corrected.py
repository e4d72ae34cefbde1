"""A list read again after somebody corrected it; and people of one name. Nothing doubled, nobody lost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import select

from app.core.db import Database
from app.households.models import Household
from app.lists.comparing import Plan
from app.lists.homes import Understood
from app.lists.importing import Wish, import_list
from app.lists.reading import read
from app.lists.rows import understand
from tests.conftest import NOW
from tests.lists.files import csv_file
from tests.world import World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Năm sinh", "Điện thoại", "Ghi chú")
FIRST = ("1", "Nguyễn Văn Thử", "21", "Ngõ 9", "Thôn Đông")
SECOND = ("2", "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Đông")
NOWHERE = ("3", "Lê Văn Ví", "", "", "Thôn Đông")


@pytest.fixture
def a_list(tmp_path: Path) -> Any:
    def make(*rows: Sequence[object]) -> Understood:
        return understand(read(csv_file(tmp_path / "a.csv", [HEADER, *rows])))

    return make


def take(database: Database, found: Understood, wish: Wish = Wish(write=True)) -> Plan:  # noqa: B008
    return database.write(lambda session: import_list(session, "06391", found, wish, NOW, lambda plan: None))


def count(database: Database) -> int:
    return len(database.read(lambda s: s.exec(select(Household.id)).all()))


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
def test_row_that_looks_like_a_household_that_is_there_is_left_out_and_named(
    corrected: tuple[str, ...], word: str, database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST, SECOND, NOWHERE))
    before, others = count(database), [row for row in (FIRST, SECOND, NOWHERE) if row[0] != corrected[0]]
    new = ("9", "Vi Thị Mới", "40", "Ngõ 9", "Thôn Đông")
    plan = take(database, a_list(corrected, *others, new))
    assert (plan.added, plan.known, plan.refusals) == ({"Thôn Đông": 1}, {"Thôn Đông": 2}, [])
    assert [(row.row, word in row.sentence) for row in plan.alike] == [(2, True)]
    assert count(database) == before + 1
    assert corrected[1] not in str(plan.alike)


def test_two_corrected_rows_do_not_stand_for_one_household(
    database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST))
    same_name = ("1", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Đông")
    same_door = ("2", "Nguyễn Thị Ví", "21", "Ngõ 9", "Thôn Đông")
    plan = take(database, a_list(same_name, same_door))
    assert (plan.added, [row.row for row in plan.alike]) == ({}, [2, 3])


def test_namesake_of_a_household_that_the_list_has_as_well_is_another(
    database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST))
    plan = take(database, a_list(FIRST, ("2", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.known, plan.alike) == ({"Thôn Đông": 1}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize(
    "other",
    [
        ("1", "Nguyễn Văn Thử", "23", "Ngõ 9", "Thôn Tây"),
        ("1", "Nguyễn Văn Được", "23", "Ngõ 9", "Thôn Đông"),
        ("1", "Hoàng Thị Được", "", "", "Thôn Đông"),
    ],
)
def test_other_hamlet_or_other_name_and_number_is_another(
    other: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST, NOWHERE))
    plan = take(database, a_list(other))
    assert (sum(plan.added.values()), plan.alike) == (1, [])


@pytest.mark.parametrize("values", [{"state": "moved"}, {"state": "mistake"}])
def test_household_that_is_no_more_is_nobodys_double(
    values: dict[str, str], database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST))
    gone = update(Household).values(**values).where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(gone))
    plan = take(database, a_list(("1", "Vi Thị Mới", "21", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.alike) == ({"Thôn Đông": 1}, [])


def test_household_whose_label_was_mended_at_the_door_is_known_by_its_first_one(
    database: Database, world: World, a_list: Any
) -> None:
    take(database, a_list(FIRST))
    mend = update(Household).values(head_name="Vi Thị Chữa").where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(mend))
    plan = take(database, a_list(FIRST, ("2", "Vi Thị Chữa", "45", "Ngõ 9", "Thôn Đông")))
    assert (plan.added, plan.known, plan.alike) == ({"Thôn Đông": 1}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize("address", [("", ""), ("21", "Ngõ 9")])
@pytest.mark.parametrize(
    ("one", "other"),
    [(("1960", ""), ("1985", "")), (("", "0900 000 100"), ("", "0900000101"))],
)
def test_two_people_of_one_name_are_not_one(
    one: tuple[str, str], other: tuple[str, str], address: tuple[str, str], database: Database, world: World,
    a_list: Any,
) -> None:  # fmt: skip
    label = ("Nguyễn Văn Thử", *address, "Thôn Đông")
    plan = take(database, a_list(("1", *label, *one), ("2", *label, *other)), Wish())
    assert (plan.repeats, [refusal.row for refusal in plan.refusals]) == ([], [3])
    assert "1985" not in str(plan.refusals)


@pytest.mark.parametrize("born", ["1960", ""])
def test_row_typed_twice_with_its_address_is_one(
    born: str, database: Database, world: World, a_list: Any
) -> None:
    plan = take(database, a_list((*FIRST, "1960"), ("9", *FIRST[1:], born)))
    assert (plan.added, [row.row for row in plan.repeats], plan.refusals) == ({"Thôn Đông": 1}, [3], [])


def test_name_twice_without_an_address_may_be_two_people(
    database: Database, world: World, a_list: Any
) -> None:
    plan = take(database, a_list(NOWHERE, ("4", *NOWHERE[1:])), Wish())
    assert (plan.repeats, [refusal.row for refusal in plan.refusals]) == ([], [3])
