"""Importing a list into the database: new, existing and rejected households; all or nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import select

from app.commune.areas import Commune, Hamlet, add_hamlet
from app.commune.catalog.services import Service
from app.commune.guides.library import refresh_guides
from app.core.db import Database
from app.core.errors import CommuneUnknown
from app.core.feed import FeedCounter
from app.fieldwork.households.models import Household, HouseholdVersion
from app.intake.household_import.comparison import ImportPlan
from app.intake.household_import.importer import ImportOptions, import_list
from app.intake.household_import.parsing.parser import parse
from app.intake.household_import.reading.reader import read
from tests.conftest import NOW
from tests.intake.household_import.files import SAMPLE
from tests.intake.household_import.import_runs import NEW, WRITE, households, run_import
from tests.phone import sign_in
from tests.world import LAN, NAM, World


def sentences(plan: ImportPlan) -> list[str]:
    return [rejected.sentence for rejected in plan.rejected_rows]


def _head(database: Database, world: World) -> int:
    return database.read(lambda session: session.get_one(FeedCounter, world.commune_id).head)


@pytest.mark.both_databases
def test_household_is_added_without_its_phone_and_numbered_for_the_feed(
    database: Database, world: World, a_list: Any
) -> None:
    refresh_guides(database)  # an import begins a commune, which then has guides
    head = _head(database, world)
    plan = run_import(database, a_list(NEW, ("2", "Vi Thị Mẫu", "22", "", "thon  tay", "0900000101")))
    first, second = households(database)[-2:]
    assert (plan.added, plan.existing, plan.rejected_rows) == ({"Thôn Đông": 1, "Thôn Tây": 1}, {}, [])
    assert (first.head_name, first.house_no, first.alley) == ("Nguyễn Văn Thử", "21", "Ngõ 3")
    assert (first.hamlet_id, second.hamlet_id) == (world.dong, world.tay)
    assert (first.phone, first.state, first.version, first.commune_id) == (
        None,
        "active",
        1,
        world.commune_id,
    )
    assert (first.feed_seq, second.feed_seq) == (head + 1, head + 2)
    assert "0900000100" not in str(database.read(lambda s: s.exec(select(HouseholdVersion)).all()))
    assert _head(database, world) == head + 2


def test_household_reaches_the_phones_of_its_hamlet_and_can_be_visited(
    database: Database, world: World, a_list: Any, browser: Callable[[], TestClient]
) -> None:
    lan, nam = sign_in(browser(), *LAN, NOW), sign_in(browser(), *NAM, NOW)
    lan.exchange()
    nam.exchange()
    run_import(database, a_list(NEW))
    (row,) = lan.exchange()["changes"]["household"]
    assert (row["head_name"], row["house_no"], row["phone"]) == ("Nguyễn Văn Thử", "21", None)
    assert nam.exchange()["changes"]["household"] == []
    amend = lan.op("household.amend", {"id": row["id"], "base_version": 1, "alley": "Ngõ 5"})
    assert lan.statuses(lan.visit(row["id"]), amend) == ["applied", "applied"]


def test_imported_household_has_no_author(database: Database, world: World, a_list: Any) -> None:
    run_import(database, a_list(NEW))
    version = database.read(lambda s: s.exec(select(HouseholdVersion)).one())
    assert (version.version, version.written_by, version.device_id, version.received_at) == (
        1,
        None,
        None,
        NOW,
    )


def test_dry_run_writes_nothing(database: Database, world: World, a_list: Any) -> None:
    before = households(database)
    plan = run_import(database, a_list(NEW), ImportOptions(create_hamlets=True))
    assert plan.added == {"Thôn Đông": 1}
    assert households(database) == before


def test_same_list_again_adds_nothing(database: Database, world: World) -> None:
    found = parse(read(SAMPLE))
    options = ImportOptions(write=True, create_hamlets=True)
    plan = run_import(database, found, options)
    assert (sum(plan.added.values()), len(plan.duplicates), plan.rejected_rows) == (180, 2, [])
    assert list(plan.new_hamlets) == ["Bản Khau Dề", "Thôn Nà Lùng", "Tổ dân phố số 1", "Thôn Pác Mỏ"]
    before = households(database)
    again = run_import(database, found, options)
    assert (sum(again.added.values()), sum(again.existing.values()), again.new_hamlets) == (0, 180, {})
    assert households(database) == before


@pytest.mark.both_databases
def test_household_whose_label_was_corrected_is_recognised(
    database: Database, world: World, a_list: Any
) -> None:
    run_import(database, a_list(NEW))
    mend = update(Household).values(head_name="Nguyễn Văn Thứ", house_no="21B")
    mend = mend.where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(mend))
    plan = run_import(database, a_list(NEW))
    assert (plan.added, plan.existing) == ({}, {"Thôn Đông": 1})


@pytest.mark.parametrize(
    "row",
    [
        ("1", "nguyễn văn đức", "12", "NGÕ 3", "Thôn Đông"),
        ("1", "Nguyen Van Duc", "12", "Ngo 3", "THÔN ĐÔNG"),
        ("1", "Đặng Thị Ước", "5", "-", "Thôn Đông"),
    ],
)
def test_existing_household_is_recognised_without_diacritics_and_capitals(
    row: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    plan = run_import(database, a_list(row))
    assert (plan.added, plan.existing, plan.rejected_rows) == ({}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize(
    "row",
    [
        ("2", "Nguyễn Văn Đức", "12", "Ngõ 3", "Thôn Tây"),
        ("2", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"),
        ("2", "Nguyễn Văn Đức", "12", "Ngõ 4", "Thôn Đông"),
        ("2", "Nguyễn Văn Được", "12", "Ngõ 3", "Thôn Đông"),
    ],
)
def test_other_hamlet_number_alley_or_head_beside_an_existing_one_is_another_household(
    row: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    there = ("1", "Nguyễn Văn Đức", "12", "Ngõ 3", "Thôn Đông")
    plan = run_import(database, a_list(there, row))
    assert (sum(plan.added.values()), sum(plan.existing.values()), plan.similar) == (1, 1, [])


def test_row_that_repeats_an_earlier_one_is_added_once_and_reported(
    database: Database, world: World, a_list: Any
) -> None:
    plan = run_import(database, a_list(NEW, ("2", "NGUYEN VAN THU", "21", "ngõ 3", "Thôn Đông")))
    assert plan.added == {"Thôn Đông": 1}
    assert [(repeat.row, repeat.sentence) for repeat in plan.duplicates] == [
        (3, "Trùng với dòng 2, nên chỉ nhập một lần.")
    ]


def test_names_without_an_address_that_differ_in_diacritics_may_be_two_people(
    database: Database, world: World, a_list: Any
) -> None:
    found = a_list(("1", "Nông Văn Hùng", "", "", "Thôn Đông"), ("2", "Nông Văn Hưng", "", "", "Thôn Đông"))
    plan = run_import(database, found)
    assert [(rejected.row, "số nhà hoặc ngõ" in rejected.sentence) for rejected in plan.rejected_rows] == [
        (3, True)
    ]
    run_import(database, found, ImportOptions(write=True, skip_bad_rows=True))
    other = run_import(database, a_list(("1", "Nông Văn Hừng", "", "", "Thôn Đông")))
    assert ["chỉ khác dấu" in sentence for sentence in sentences(other)] == [True]


def test_unknown_hamlet_is_rejected_with_the_names_of_existing_ones(
    database: Database, world: World, a_list: Any
) -> None:
    before = households(database)
    plan = run_import(database, a_list(NEW, ("2", "Vi Thị Mẫu", "22", "", "Đông", "")))
    assert sentences(plan) == [
        "Xã Yên Bình không có “Đông”. Có phải: Thôn Đông? Các thôn đang có: Thôn Đông, Thôn Tây."
    ]
    assert households(database) == before


def test_bad_rows_are_skipped_when_that_is_asked_for(database: Database, world: World, a_list: Any) -> None:
    before = len(households(database))
    plan = run_import(
        database, a_list(NEW, ("2", "", "22", "", "Thôn Tây")), ImportOptions(write=True, skip_bad_rows=True)
    )
    assert (plan.rejected_rows[0].row, len(households(database))) == (3, before + 1)


@pytest.mark.both_databases
def test_missing_hamlets_are_created_once_in_their_best_spelling(
    database: Database, world: World, a_list: Any
) -> None:
    names = ("THÔN NÀ LÙNG", "Thôn Nà Lùng", "Thon Na Lung", "Thôn Nà Lùng", "TỔ DÂN PHỐ SỐ 1")
    rows = [(str(n), "Vi Thị Mẫu", str(n), "", name) for n, name in enumerate(names)]
    plan = run_import(database, a_list(*rows), ImportOptions(write=True, create_hamlets=True))
    assert plan.new_hamlets == {"Thôn Nà Lùng": [], "Tổ dân phố số 1": []}
    stored = database.read(
        lambda s: s.exec(select(Hamlet.name).where(Hamlet.commune_id == world.commune_id)).all()
    )
    assert set(stored) == {"Thôn Đông", "Thôn Tây", "Thôn Nà Lùng", "Tổ dân phố số 1"}
    assert plan.added["Thôn Nà Lùng"] == 4


def test_name_of_two_hamlets_is_neither_guessed_nor_created(
    database: Database, world: World, a_list: Any
) -> None:
    database.write(lambda session: add_hamlet(session, world.commune_id, "thon-dong-2", "Thôn Dông"))
    rows = [(str(n), "Vi Thị Mẫu", str(n), "", name) for n, name in enumerate(("THÔN DÔNG", "thon dong"))]
    plan = run_import(
        database, a_list(*rows), ImportOptions(write=True, create_hamlets=True, skip_bad_rows=True)
    )
    assert (plan.added, plan.new_hamlets, plan.rejected_rows[0].row) == ({"Thôn Dông": 1}, {}, 3)
    assert "Có phải: Thôn Đông, Thôn Dông?" in plan.rejected_rows[0].sentence


def test_wrong_column_does_not_become_hamlets(database: Database, world: World, a_list: Any) -> None:
    rows = [(str(n), "Vi Thị Mẫu", "1", "", f"Nhà số {n}") for n in range(201)]
    plan = run_import(
        database, a_list(*rows), ImportOptions(write=True, create_hamlets=True, skip_bad_rows=True)
    )
    assert (plan.added, plan.new_hamlets, len(plan.rejected_rows)) == ({}, {}, 201)
    assert "cột thôn không đúng" in plan.rejected_rows[0].sentence


def test_commune_begins_with_its_first_list_and_not_with_a_refused_one(
    database: Database, world: World, a_list: Any
) -> None:
    quiet = Commune(id="c06403", code="06403", name="Vân Nham", kind="xã", province_code="20")
    database.write(lambda session: session.add(quiet))
    plan = run_import(database, a_list(NEW), code="06403")
    assert sentences(plan) == ["Xã Vân Nham chưa có thôn nào, nên chưa có “Thôn Đông”."]
    assert database.read(lambda s: s.get(Commune, "c06403")).started_at is None  # type: ignore[union-attr]
    run_import(database, a_list(NEW), ImportOptions(write=True, create_hamlets=True), code="06403")
    assert database.read(lambda s: s.get(Commune, "c06403")).started_at == NOW  # type: ignore[union-attr]
    assert database.read(lambda s: s.exec(select(Service).where(Service.commune_id == "c06403")).all())


def test_commune_that_does_not_exist_is_refused(database: Database, world: World, a_list: Any) -> None:
    with pytest.raises(CommuneUnknown):
        run_import(database, a_list(NEW), code="99999")


def test_error_of_the_report_stops_the_import(database: Database, world: World, a_list: Any) -> None:
    before, found = households(database), a_list(NEW)

    def full_disk(plan: ImportPlan) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        database.write(lambda s: import_list(s, "06391", found, WRITE, NOW, full_disk))
    assert households(database) == before


def test_neighbouring_commune_gets_none_of_it(database: Database, world: World, a_list: Any) -> None:
    plan = run_import(database, a_list(NEW), ImportOptions(), code="06400")
    assert "Yên Bình" not in str(sentences(plan))
    assert (plan.added, plan.existing) == ({}, {})
