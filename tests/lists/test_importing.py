"""A list against the database: what is added, what is known, what is refused; all or nothing."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update
from sqlmodel import select

from app.areas import Commune, Hamlet, add_hamlet
from app.catalog import Service
from app.core.db import Database, FeedCounter
from app.core.errors import CommuneUnknown
from app.households.models import Household, HouseholdVersion
from app.lists.comparing import Plan
from app.lists.homes import Understood
from app.lists.importing import Wish, import_list
from app.lists.reading import read
from app.lists.rows import understand
from tests.conftest import NOW
from tests.lists.files import SAMPLE, csv_file
from tests.sync.phone import sign_in
from tests.world import LAN, NAM, World

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn", "Điện thoại")
NEW = ("1", "Nguyễn Văn Thử", "21", "Ngõ 3", "Thôn Đông", "0900000100")
WRITE = Wish(write=True)


@pytest.fixture
def a_list(tmp_path: Path) -> Any:
    """A list of these rows, read and understood."""

    def make(*rows: Sequence[object]) -> Understood:
        return understand(read(csv_file(tmp_path / "a.csv", [HEADER, *rows])))

    return make


def take(database: Database, found: Understood, wish: Wish = WRITE, code: str = "06391") -> Plan:
    door = database.write if wish.write else database.read
    return door(lambda session: import_list(session, code, found, wish, NOW, lambda plan: None))


def homes(database: Database) -> list[Household]:
    return database.read(lambda s: list(s.exec(select(Household).order_by(Household.feed_seq))))  # type: ignore[arg-type]


def sentences(plan: Plan) -> list[str]:
    return [refusal.sentence for refusal in plan.refusals]


def test_home_is_added_without_its_phone_and_numbered_for_the_phones(
    database: Database, world: World, a_list: Any
) -> None:
    head = homes(database)[-1].feed_seq
    plan = take(database, a_list(NEW, ("2", "Vi Thị Mẫu", "22", "", "thon  tay", "0900000101")))
    first, second = homes(database)[-2:]
    assert (plan.added, plan.known, plan.refusals) == ({"Thôn Đông": 1, "Thôn Tây": 1}, {}, [])
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
    assert database.read(lambda s: s.get(FeedCounter, world.commune_id)).head == head + 2  # type: ignore[union-attr]


def test_home_reaches_the_phones_of_its_hamlet_and_can_be_visited(
    database: Database, world: World, a_list: Any, browser: Callable[[], TestClient]
) -> None:
    lan, nam = sign_in(browser(), *LAN, NOW), sign_in(browser(), *NAM, NOW)
    lan.exchange()
    nam.exchange()
    take(database, a_list(NEW))
    (row,) = lan.exchange()["changes"]["household"]
    assert (row["head_name"], row["house_no"], row["phone"]) == ("Nguyễn Văn Thử", "21", None)
    assert nam.exchange()["changes"]["household"] == []
    amend = lan.op("household.amend", {"id": row["id"], "base_version": 1, "alley": "Ngõ 5"})
    assert lan.statuses(lan.visit(row["id"]), amend) == ["applied", "applied"]


def test_nobody_wrote_a_home_from_a_list(database: Database, world: World, a_list: Any) -> None:
    take(database, a_list(NEW))
    version = database.read(lambda s: s.exec(select(HouseholdVersion)).one())
    assert (version.version, version.written_by, version.device_id, version.received_at) == (
        1,
        None,
        None,
        NOW,
    )


def test_dry_run_writes_nothing(database: Database, world: World, a_list: Any) -> None:
    before = homes(database)
    plan = take(database, a_list(NEW), Wish(create_hamlets=True))
    assert plan.added == {"Thôn Đông": 1}
    assert homes(database) == before


def test_same_list_again_adds_nothing(database: Database, world: World) -> None:
    found = understand(read(SAMPLE))
    wish = Wish(write=True, create_hamlets=True)
    plan = take(database, found, wish)
    assert (sum(plan.added.values()), len(plan.repeats), plan.refusals) == (180, 2, [])
    assert list(plan.new) == ["Bản Khau Dề", "Thôn Nà Lùng", "Tổ dân phố số 1", "Thôn Pác Mỏ"]
    before = homes(database)
    again = take(database, found, wish)
    assert (sum(again.added.values()), sum(again.known.values()), again.new) == (0, 180, {})
    assert homes(database) == before


def test_home_whose_label_was_mended_is_known_again(database: Database, world: World, a_list: Any) -> None:
    take(database, a_list(NEW))
    mend = update(Household).values(head_name="Nguyễn Văn Thứ", house_no="21B")
    mend = mend.where(Household.house_no == "21")  # type: ignore[arg-type]
    database.write(lambda session: session.execute(mend))
    plan = take(database, a_list(NEW))
    assert (plan.added, plan.known) == ({}, {"Thôn Đông": 1})


@pytest.mark.parametrize(
    "row",
    [
        ("1", "nguyễn văn đức", "12", "NGÕ 3", "Thôn Đông"),
        ("1", "Nguyen Van Duc", "12", "Ngo 3", "THÔN ĐÔNG"),
        ("1", "Đặng Thị Ước", "5", "-", "Thôn Đông"),
    ],
)
def test_home_that_is_there_is_known_without_marks_and_capitals(
    row: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    plan = take(database, a_list(row))
    assert (plan.added, plan.known, plan.refusals) == ({}, {"Thôn Đông": 1}, [])


@pytest.mark.parametrize(
    "row",
    [
        ("2", "Nguyễn Văn Đức", "12", "Ngõ 3", "Thôn Tây"),
        ("2", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông"),
        ("2", "Nguyễn Văn Đức", "12", "Ngõ 4", "Thôn Đông"),
        ("2", "Nguyễn Văn Được", "12", "Ngõ 3", "Thôn Đông"),
    ],
)
def test_other_hamlet_number_alley_or_head_beside_one_that_is_there_is_another_home(
    row: tuple[str, ...], database: Database, world: World, a_list: Any
) -> None:
    there = ("1", "Nguyễn Văn Đức", "12", "Ngõ 3", "Thôn Đông")
    plan = take(database, a_list(there, row))
    assert (sum(plan.added.values()), sum(plan.known.values()), plan.alike) == (1, 1, [])


def test_repeat_in_the_list_is_added_once_and_named(database: Database, world: World, a_list: Any) -> None:
    plan = take(database, a_list(NEW, ("2", "NGUYEN VAN THU", "21", "ngõ 3", "Thôn Đông")))
    assert plan.added == {"Thôn Đông": 1}
    assert [(repeat.row, repeat.sentence) for repeat in plan.repeats] == [
        (3, "Trùng với dòng 2, nên chỉ nhập một lần.")
    ]


def test_two_names_that_differ_in_marks_and_have_no_number_may_be_two_people(
    database: Database, world: World, a_list: Any
) -> None:
    found = a_list(("1", "Nông Văn Hùng", "", "", "Thôn Đông"), ("2", "Nông Văn Hưng", "", "", "Thôn Đông"))
    plan = take(database, found)
    assert [(refusal.row, "số nhà hoặc ngõ" in refusal.sentence) for refusal in plan.refusals] == [(3, True)]
    take(database, found, Wish(write=True, skip_bad_rows=True))
    other = take(database, a_list(("1", "Nông Văn Hừng", "", "", "Thôn Đông")))
    assert ["chỉ khác dấu" in sentence for sentence in sentences(other)] == [True]


def test_unknown_hamlet_is_refused_with_those_there_are(
    database: Database, world: World, a_list: Any
) -> None:
    before = homes(database)
    plan = take(database, a_list(NEW, ("2", "Vi Thị Mẫu", "22", "", "Đông", "")))
    assert sentences(plan) == [
        "Xã Yên Bình không có “Đông”. Có phải: Thôn Đông? Các thôn đang có: Thôn Đông, Thôn Tây."
    ]
    assert homes(database) == before


def test_bad_rows_are_skipped_when_that_is_asked_for(database: Database, world: World, a_list: Any) -> None:
    before = len(homes(database))
    plan = take(database, a_list(NEW, ("2", "", "22", "", "Thôn Tây")), Wish(write=True, skip_bad_rows=True))
    assert (plan.refusals[0].row, len(homes(database))) == (3, before + 1)


def test_missing_hamlets_are_created_once_in_their_best_spelling(
    database: Database, world: World, a_list: Any
) -> None:
    names = ("THÔN NÀ LÙNG", "Thôn Nà Lùng", "Thon Na Lung", "Thôn Nà Lùng", "TỔ DÂN PHỐ SỐ 1", "Thôn Đôngg")
    rows = [(str(n), "Vi Thị Mẫu", str(n), "", name) for n, name in enumerate(names)]
    plan = take(database, a_list(*rows), Wish(write=True, create_hamlets=True))
    assert plan.new == {"Thôn Nà Lùng": [], "Tổ dân phố số 1": [], "Thôn Đôngg": ["Thôn Đông"]}
    stored = database.read(
        lambda s: s.exec(select(Hamlet.name).where(Hamlet.commune_id == world.commune_id)).all()
    )
    assert set(stored) == {"Thôn Đông", "Thôn Tây", "Thôn Nà Lùng", "Tổ dân phố số 1", "Thôn Đôngg"}
    assert plan.added["Thôn Nà Lùng"] == 4


def test_name_of_two_hamlets_is_neither_guessed_nor_created(
    database: Database, world: World, a_list: Any
) -> None:
    database.write(lambda session: add_hamlet(session, world.commune_id, "thon-dong-2", "Thôn Dông"))
    rows = [(str(n), "Vi Thị Mẫu", str(n), "", name) for n, name in enumerate(("THÔN DÔNG", "thon dong"))]
    plan = take(database, a_list(*rows), Wish(write=True, create_hamlets=True, skip_bad_rows=True))
    assert (plan.added, plan.new, plan.refusals[0].row) == ({"Thôn Dông": 1}, {}, 3)
    assert "Có phải: Thôn Đông, Thôn Dông?" in plan.refusals[0].sentence


def test_wrong_column_does_not_become_hamlets(database: Database, world: World, a_list: Any) -> None:
    rows = [(str(n), "Vi Thị Mẫu", "1", "", f"Nhà số {n}") for n in range(201)]
    plan = take(database, a_list(*rows), Wish(write=True, create_hamlets=True, skip_bad_rows=True))
    assert (plan.added, plan.new, len(plan.refusals)) == ({}, {}, 201)
    assert "cột thôn không đúng" in plan.refusals[0].sentence


def test_commune_begins_with_its_first_list_and_not_with_a_refused_one(
    database: Database, world: World, a_list: Any
) -> None:
    quiet = Commune(id="c06403", code="06403", name="Vân Nham", kind="xã", province_code="20")
    database.write(lambda session: session.add(quiet))
    plan = take(database, a_list(NEW), code="06403")
    assert sentences(plan) == ["Xã Vân Nham chưa có thôn nào, nên chưa có “Thôn Đông”."]
    assert database.read(lambda s: s.get(Commune, "c06403")).started_at is None  # type: ignore[union-attr]
    take(database, a_list(NEW), Wish(write=True, create_hamlets=True), code="06403")
    assert database.read(lambda s: s.get(Commune, "c06403")).started_at == NOW  # type: ignore[union-attr]
    assert database.read(lambda s: s.exec(select(Service).where(Service.commune_id == "c06403")).all())


def test_commune_that_does_not_exist_is_said(database: Database, world: World, a_list: Any) -> None:
    with pytest.raises(CommuneUnknown):
        take(database, a_list(NEW), code="99999")


def test_report_that_cannot_be_kept_stops_the_import(database: Database, world: World, a_list: Any) -> None:
    before, found = homes(database), a_list(NEW)

    def full_disk(plan: Plan) -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011
        database.write(lambda s: import_list(s, "06391", found, WRITE, NOW, full_disk))
    assert homes(database) == before


def test_two_imports_at_once_add_a_home_once(database: Database, world: World, a_list: Any) -> None:
    found, before = a_list(NEW), len(homes(database))
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        take(database, found)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(homes(database)) == before + 1


def test_two_first_imports_at_once_begin_a_commune_once(
    database: Database, world: World, a_list: Any
) -> None:
    quiet = Commune(id="c06403", code="06403", name="Vân Nham", kind="xã", province_code="20")
    database.write(lambda session: session.add(quiet))
    found, plans = a_list(NEW), []
    together = threading.Barrier(3)

    def run() -> None:
        together.wait()
        plans.append(take(database, found, Wish(write=True, create_hamlets=True), code="06403"))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(sum(plan.added.values()) for plan in plans) == [0, 0, 1]


def test_next_door_learns_nothing(database: Database, world: World, a_list: Any) -> None:
    plan = take(database, a_list(NEW), Wish(), code="06400")
    assert "Yên Bình" not in str(sentences(plan))
    assert (plan.added, plan.known) == ({}, {})
