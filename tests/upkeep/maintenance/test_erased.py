"""A household that was erased after the backup is erased by the restore as well, and by any new epoch."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.core.feed import FeedCounter
from app.fieldwork.households.erased import ErasedRecord
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.upkeep.erasure.repeating import erase_again
from app.upkeep.maintenance.check import check
from tests.phone import Phone, new_id
from tests.upkeep.erasure.remains import NOTE, found_in_tables, found_in_tables_of, household_everywhere
from tests.upkeep.maintenance.conftest import Instance
from tests.world import LAN, World


@pytest.fixture
def household_id(instance: Instance, lan: Phone, nam: Phone, world: World) -> str:
    return household_everywhere(lan, nam, world, instance.database, instance.clock())


def erase(desk: TestClient, instance: Instance, household_id: str) -> None:
    version = next(one.version for one in instance.rows(Household) if one.id == household_id)
    answer = desk.post(f"/desk/households/{household_id}/erase", data={"version": str(version)})
    assert answer.status_code == 303


def test_restore_from_before_an_erasure_erases_again_before_it_serves(
    instance: Instance, household_id: str, lan: Phone, world: World, desk: TestClient
) -> None:
    sent = lan.visit(household_id, note=NOTE)
    lan.exchange(sent)
    instance.back_up()
    erase(desk, instance, household_id)
    visits = len(instance.rows(Visit))
    done = instance.restore()
    assert (done.reverted.erased_households, done.reverted.decisions) == (1, [])
    assert found_in_tables(instance.database) == set()
    assert len(instance.rows(Visit)) == visits
    assert [result.problems for result in check(instance.database) if result.problems] == []
    late = lan.visit(household_id, note=NOTE)
    results = lan.exchange(sent, late, acked_version=1)["results"]
    assert [(one["status"], one["code"]) for one in results] == [("duplicate", "erased")] * 2
    assert found_in_tables(instance.database) == set()


def test_second_restore_of_the_same_backup_erases_again(
    instance: Instance, household_id: str, desk: TestClient
) -> None:
    instance.back_up()
    erase(desk, instance, household_id)
    for _ in range(2):
        assert instance.restore().reverted.erased_households == 1
    assert found_in_tables(instance.database) == set()


def test_database_that_lost_its_end_is_without_it_once_an_epoch_has_begun(
    instance: Instance, household_id: str, desk: TestClient
) -> None:
    instance.back_up()
    erase(desk, instance, household_id)
    instance.lose_end()
    assert found_in_tables(instance.database)
    assert instance.begin_history().reverted.erased_households == 1
    assert found_in_tables(instance.database) == set()


def test_household_that_the_backup_lacks_is_not_to_come_back(
    instance: Instance, lan: Phone, nam: Phone, world: World, desk: TestClient, tmp_path: Path
) -> None:
    instance.back_up()
    household_id = household_everywhere(lan, nam, world, instance.database, instance.clock())
    erase(desk, instance, household_id)
    marks = {row.id for row in instance.rows(ErasedRecord)}
    assert instance.restore().reverted.erased_households == 0
    assert {row.id for row in instance.rows(ErasedRecord)} == marks
    data = {"id": household_id, "hamlet_id": world.dong, "head_name": "Quàng Văn Xuyến"}
    results = lan.exchange(lan.op("household.add", data), lan.visit(household_id, note=NOTE))["results"]
    assert {(one["status"], one["code"]) for one in results} == {("duplicate", "erased")}
    assert found_in_tables(instance.database) == set()


def test_commune_that_has_moved_away_since_is_erased_as_well(
    instance: Instance, household_id: str, world: World, desk: TestClient
) -> None:
    erased = {"households": [household_id], "marks": [], "what": "household.erased"}
    entries = [erased | {"commune_id": world.commune_id, "at": "2026-11-24T02:00:00.000Z"}]

    def work(session: Session) -> int:
        counter = session.get_one(FeedCounter, world.commune_id)
        counter.is_away = True
        session.flush()
        return erase_again(session, entries, instance.clock())

    assert instance.database.write(work) == 1
    assert found_in_tables(instance.database) == set()
    assert [row.is_away for row in instance.rows(FeedCounter) if row.commune_id == world.commune_id] == [True]


def test_name_of_a_member_that_was_erased_is_erased_again(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert desk.post(f"/desk/people/{world.lan}/end").status_code == 303
    instance.back_up()
    assert desk.post(f"/desk/people/{world.lan}/erase").status_code == 303
    done = instance.restore()
    assert (done.reverted.erased_people, done.reverted.decisions) == (1, [])
    assert found_in_tables_of(instance.database, ("Nguyễn Thị Lan", LAN[0][1:])) == set()


def test_name_of_a_supervisor_that_was_erased_is_erased_again(instance: Instance, desk: TestClient) -> None:
    form = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}
    assert desk.post("/desk/supervisors/new", data=form).status_code == 200
    instance.back_up()
    (cuc,) = [row.id for row in instance.rows(Account) if row.name == "Nông Thị Cúc"]
    for step in ("end", "erase"):
        assert desk.post(f"/desk/supervisors/{cuc}/{step}").status_code == 303
    done = instance.restore()
    assert (done.reverted.erased_people, done.reverted.decisions) == (1, [])
    assert found_in_tables_of(instance.database, ("Nông Thị Cúc", "cuc.nt")) == set()
    assert [row.ended_at is not None for row in instance.rows(Account) if row.id == cuc] == [True]


def test_what_the_backup_has_waiting_for_a_household_that_came_later_is_erased(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    """The visit waits in the backup, for a household that was added, and erased, after it."""
    household_id = new_id()
    data = {"id": household_id, "hamlet_id": world.dong, "head_name": "Quàng Văn Xuyến"}
    added = lan.op("household.add", data)
    assert lan.statuses(lan.visit(household_id, note=NOTE)) == ["quarantined"]
    instance.back_up()
    assert lan.statuses(added) == ["applied"]
    erase(desk, instance, household_id)
    instance.restore()
    assert found_in_tables(instance.database) == set()
    assert [result.problems for result in check(instance.database) if result.problems] == []


def test_label_is_as_old_after_a_restore_as_before(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    """What was written between the erasure and the restore is a supervisor's to decide."""
    instance.back_up()
    (row,) = [one for one in instance.rows(Household) if one.id == world.duc]
    erase(desk, instance, world.duc)
    erased_at = {one.erased_at for one in instance.rows(ErasedRecord)}
    instance.clock.forward(hours=1)
    lan.now = instance.clock()
    label = {"head_name": row.head_name, "house_no": row.house_no, "alley": row.alley}
    added = lan.op("household.add", label | {"id": new_id(), "hamlet_id": world.dong})
    instance.clock.forward(hours=1)
    instance.restore()
    assert {one.erased_at for one in instance.rows(ErasedRecord)} == erased_at
    lan.now = instance.clock()
    assert [one["code"] for one in lan.exchange(added)["results"]] == ["erased_label"]
