"""*Hoàn tác lần nhập*: what was added leaves, what was changed is as before, unless visits stand on it."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.areas import Hamlet, add_hamlet
from app.core.db import Database
from app.core.feed import feed
from app.intake.household_import.runs.models import HouseholdImport
from app.upkeep.maintenance.check import check
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.records.imports.list_client import NEW, OTHER, ListPage, labels, upload_rows
from tests.world import World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("read_here")]
CORRECTED = ("3", "Nguyễn Văn Đức", "12A", "Ngõ 3", "Thôn Đông")


def import_all(desk: TestClient, folder: Path) -> ListPage:
    """An import that adds two households and changes one."""
    page = upload_rows(desk, folder, NEW, OTHER, CORRECTED)
    page.choose("update")
    assert page.confirm().status_code == 303
    return page


@pytest.mark.both_databases
def test_undone_import_leaves_the_households_and_the_phones_as_they_were(
    desk: TestClient, lan: Phone, database: Database, world: World, tmp_path: Path
) -> None:
    before = labels(database)
    page = import_all(desk, tmp_path)
    lan.exchange()
    assert "2 hộ đã thêm bị bỏ" in words(desk.get(f"{page.address}/undo").text)
    assert page.post("undo").headers["location"].endswith("?done=undone")
    assert labels(database) == before
    changes = lan.exchange()["changes"]
    assert len(changes["tombstone"]) == 2
    assert [(row["id"], row["house_no"]) for row in changes["household"]] == [(world.duc, "12")]
    assert not any(result.problems for result in check(database))
    assert "Đã hoàn tác" in page.text()


def test_import_of_a_year_ago_is_not_undone(desk: TestClient, database: Database, tmp_path: Path) -> None:
    """What it has changed is purged."""
    page = import_all(desk, tmp_path)
    assert f"{page.address}/undo" in desk.get(page.address).text
    database.write(_age)
    before = labels(database)
    assert f"{page.address}/undo" not in desk.get(page.address).text
    for answer in (desk.get(f"{page.address}/undo"), page.post("undo")):
        assert (answer.status_code, answer.headers["location"]) == (303, page.address)
    assert labels(database) == before


def _age(session: Session) -> None:
    for run in session.exec(select(HouseholdImport)):
        run.created_at -= timedelta(days=400)
        session.add(run)


def test_undone_list_can_be_imported_and_undone_again_and_a_phone_keeps_up(
    desk: TestClient, lan: Phone, database: Database, tmp_path: Path
) -> None:
    before = labels(database)
    import_all(desk, tmp_path).post("undo")
    again = import_all(desk, tmp_path)
    assert len(lan.exchange()["changes"]["household"]) == len(before) - 2 + 2
    again.post("undo")
    assert labels(database) == before
    assert len(lan.exchange()["changes"]["tombstone"]) == 2
    assert not any(result.problems for result in check(database))


def test_import_on_which_visits_stand_is_not_undone_and_says_how_many(
    desk: TestClient, lan: Phone, database: Database, tmp_path: Path
) -> None:
    known = set(labels(database))
    page = import_all(desk, tmp_path)
    new = sorted(set(labels(database)) - known)
    lan.exchange(*(lan.visit(household) for household in new))
    before = labels(database)
    for answer in (desk.get(f"{page.address}/undo"), page.post("undo")):
        assert "2 hộ đã có lượt thăm nên không hoàn tác được nữa." in words(answer.text)
    assert answer.status_code == 409
    assert labels(database) == before


def test_import_whose_household_was_edited_since_is_not_undone(
    desk: TestClient, lan: Phone, database: Database, tmp_path: Path
) -> None:
    known = set(labels(database))
    page = import_all(desk, tmp_path)
    new = min(set(labels(database)) - known)
    lan.exchange(lan.op("household.amend", {"id": new, "base_version": 1, "house_no": "99"}))
    answer = page.post("undo")
    assert (answer.status_code, "1 hộ đã được sửa, chuyển hoặc gộp" in words(answer.text)) == (409, True)
    assert labels(database)[new][1] == "99"


def test_visit_that_was_unsent_when_its_household_left_waits_and_counts_after_the_next_import(
    desk: TestClient, lan: Phone, database: Database, tmp_path: Path
) -> None:
    known = set(labels(database))
    page = import_all(desk, tmp_path)
    lan.exchange()
    visit = lan.visit(min(set(labels(database)) - known))
    page.post("undo")
    assert lan.statuses(visit) == ["quarantined"]
    assert not any(result.problems for result in check(database))
    import_all(desk, tmp_path)
    assert "Không có gì chờ xử lý." in desk.get("/desk/quarantine").text
    assert not any(result.problems for result in check(database))


def test_hamlet_that_the_import_created_leaves_with_it_unless_a_team_is_in_charge(
    desk: TestClient, database: Database, tmp_path: Path
) -> None:
    rows = [("1", "Vi Văn Thử", "1", "", "Thôn Bắc"), ("2", "Vi Thị Mẫu", "2", "", "Thôn Nam")]
    page = upload_rows(desk, tmp_path, *rows)
    page.answer_hamlets("+")
    page.confirm()
    hamlets = database.read(lambda session: {one.name: one.id for one in session.exec(select(Hamlet))})
    desk.post("/desk/teams/new", data={"name": "Tổ Nam", "hamlet": [hamlets["Thôn Nam"]]})
    page.post("undo")
    names = database.read(lambda session: set(session.exec(select(Hamlet.name))))
    assert names == {"Thôn Đông", "Thôn Tây", "Thôn Nam"}
    assert not any(result.problems for result in check(database))


@pytest.mark.parametrize("unmerged", [False, True])
def test_import_whose_household_was_merged_is_not_undone_even_after_the_merge_was(
    desk: TestClient, database: Database, world: World, tmp_path: Path, unmerged: bool
) -> None:
    known = set(labels(database))
    page = import_all(desk, tmp_path)
    pair = "/".join(sorted((world.mai, min(set(labels(database)) - known))))
    form = {"surviving": world.mai, "one": "1", "other": "1"}
    assert desk.post(f"/desk/duplicates/{pair}/merge", data=form).status_code == 303
    if unmerged:
        html = desk.get(f"/desk/households/{world.mai}").text
        (action,) = re.findall(r'action="(/desk/households/[\w-]+/unmerge)"', html)
        desk.post(action)
    answer = page.post("undo")
    assert (answer.status_code, "1 hộ đã được sửa, chuyển hoặc gộp" in words(answer.text)) == (409, True)


def test_list_of_households_has_no_household_of_an_undone_import(
    desk: TestClient, lan: Phone, world: World, tmp_path: Path
) -> None:
    """Undoing numbers none of the households that stay: only their number is another one then."""
    page = upload_rows(desk, tmp_path, NEW, OTHER)
    assert page.confirm().status_code == 303
    lan.exchange(lan.op("household.amend", {"id": world.mai, "base_version": 1, "house_no": "15"}))
    before, _undone, after = desk.get("/desk/households"), page.post("undo"), desk.get("/desk/households")
    assert (NEW[1] in before.text, NEW[1] in after.text) == (True, False)
    assert ["7 hộ" in words(before.text), "5 hộ" in words(after.text)] == [True, True]


def test_hamlet_that_another_was_merged_into_stays_when_its_import_is_undone(
    desk: TestClient, database: Database, world: World, tmp_path: Path
) -> None:
    page = upload_rows(desk, tmp_path, ("1", "Vi Văn Thử", "1", "", "Thôn Bắc"))
    page.answer_hamlets("+")
    page.confirm()

    def merge(session: Session) -> None:
        hamlets = {one.name: one for one in session.exec(select(Hamlet))}
        empty = add_hamlet(session, world.commune_id, "thon-nam", "Thôn Nam")
        empty.merged_into = hamlets["Thôn Bắc"].id
        feed(session, world.commune_id, [empty])
        session.add(empty)

    database.write(merge)
    page.post("undo")
    names = database.read(lambda session: set(session.exec(select(Hamlet.name))))
    assert names == {"Thôn Đông", "Thôn Tây", "Thôn Bắc", "Thôn Nam"}
