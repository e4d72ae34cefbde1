"""An old list that still has a household which was erased on request."""

from typing import Any

from fastapi.testclient import TestClient

from app.core.clock import local_date
from app.core.db import Database
from app.intake.household_import.comparison import ImportPlan
from tests.conftest import FakeClock
from tests.fieldwork.households.hamlet_merges import merge
from tests.intake.household_import.import_runs import households, run_import
from tests.phone import Phone
from tests.upkeep.erasure.remains import erase
from tests.world import World

ROWS = (
    ("1", "Quàng Văn Xuyến", "21", "Ngõ 9", "Thôn Đông", ""),
    ("2", "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Đông", ""),
)
SENTENCE = "Hộ này đã được xóa theo yêu cầu, nên không nhập lại."


def id_of(database: Database, name: str) -> str:
    return next(one.id for one in households(database) if one.head_name == name)


def refused(plan: ImportPlan) -> list[tuple[int, str]]:
    return [(row.row, row.sentence) for row in plan.rejected_rows]


def test_row_of_an_old_list_that_is_an_erased_household_is_refused_by_its_number(
    database: Database, world: World, a_list: Any, clock: FakeClock
) -> None:
    run_import(database, a_list(*ROWS))
    erase(database, world, id_of(database, "Quàng Văn Xuyến"), clock())
    respelled = ("1", "QUANG VAN XUYEN", "21", "ngõ 9", "Thôn Đông", "")
    for row in (ROWS[0], respelled):
        again = run_import(database, a_list(row, ROWS[1]))
        assert refused(again) == [(2, SENTENCE)]
        assert (again.added, again.existing) == ({}, {"Thôn Đông": 1})


def test_every_label_that_it_ever_had_is_known(
    database: Database, lan: Phone, world: World, a_list: Any, clock: FakeClock
) -> None:
    run_import(database, a_list(*ROWS))
    household_id = id_of(database, "Quàng Văn Xuyến")
    amend = {"id": household_id, "base_version": 1, "head_name": "Quàng Thị Xuyên"}
    lan.exchange(lan.op("household.amend", amend))
    lan.exchange(lan.op("household.amend", {"id": household_id, "base_version": 2, "house_no": "21B"}))
    erase(database, world, household_id, clock())
    for name, number in (("Quàng Văn Xuyến", "21"), ("Quàng Thị Xuyên", "21"), ("Quàng Thị Xuyên", "21B")):
        plan = run_import(database, a_list(("1", name, number, "Ngõ 9", "Thôn Đông", "")))
        assert refused(plan) == [(2, SENTENCE)]
    assert not refused(
        run_import(database, a_list(("1", "Quàng Thị Xuyên", "21C", "Ngõ 9", "Thôn Đông", "")))
    )


def test_it_is_known_in_the_hamlet_that_was_merged_since(
    desk: TestClient, database: Database, world: World, a_list: Any, clock: FakeClock
) -> None:
    row = ("1", "Quàng Văn Xuyến", "21", "Ngõ 9", "Thôn Tây", "")
    run_import(database, a_list(row))
    erase(database, world, id_of(database, "Quàng Văn Xuyến"), clock())
    merge(desk, world.tay, world.dong)
    for hamlet in ("Thôn Tây", "Thôn Đông"):
        assert refused(run_import(database, a_list((*row[:4], hamlet, "")))) == [(2, SENTENCE)]


def test_household_that_a_supervisor_adds_by_hand_is_another_one(
    desk: TestClient, database: Database, world: World, a_list: Any, clock: FakeClock
) -> None:
    erase(database, world, world.duc, clock())
    data = {"hamlet": world.dong, "head_name": "Nguyễn Văn Đức", "house_no": "12", "alley": "Ngõ 3"}
    assert "đã được xóa theo yêu cầu" in desk.post("/desk/households/new", data=data).text
    form = data | {"shown": local_date(clock()).isoformat()}
    assert desk.post("/desk/households/new", data=form).status_code == 303
    plan = run_import(database, a_list(("1", "Nguyễn Văn Đức", "12", "Ngõ 3", "Thôn Đông", "")))
    assert (refused(plan), plan.existing) == ([], {"Thôn Đông": 1})
