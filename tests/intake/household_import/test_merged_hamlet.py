"""A list that still names a hamlet which was merged into another."""

from typing import Any

from fastapi.testclient import TestClient

from app.core.db import Database
from app.intake.household_import.hamlets import HamletIndex
from tests.fieldwork.households.hamlet_merges import merge
from tests.intake.household_import.import_runs import households, run_import
from tests.phone import Phone
from tests.world import World

ROWS = (
    ("1", "Nguyễn Văn Thử", "21", "Ngõ 9", "Thôn Tây", ""),
    ("2", "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Tây", ""),
)


def test_name_of_a_merged_hamlet_finds_the_surviving_one() -> None:
    index = HamletIndex("Xã Yên Bình", {"dong": "Thôn Đông"}, {"Thôn Tây": "dong"})
    assert [index.find(name) for name in ("Thôn Tây", "THON TAY", "Thôn Đông")] == ["dong"] * 3
    assert index.find("Thôn Nam") is None


def test_list_with_the_old_name_adds_nothing_that_is_there(
    desk: TestClient, nam: Phone, database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(*ROWS))
    renamed = next(one.id for one in households(database) if one.head_name == "Trần Thị Mẫu")
    nam.exchange(nam.op("household.amend", {"id": renamed, "base_version": 1, "house_no": "22B"}))
    merge(desk, world.tay, world.dong)
    again = run_import(database, a_list(*ROWS, ("3", "Lê Văn Ví", "23", "Ngõ 9", "Thôn Tây", "")))
    assert (again.added, again.existing) == ({"Thôn Đông": 1}, {"Thôn Đông": 2})
    assert {one.hamlet_id for one in households(database)} == {world.dong}
