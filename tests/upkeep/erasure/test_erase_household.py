"""*Xóa theo yêu cầu*: what is left of a household in the database, and what stays as it was."""

import pytest
from sqlmodel import Session

from app.core.db import Database
from app.core.errors import Invalid, NotFound, StaleDecision
from app.fieldwork.households.erased import ErasedRecord, ErasureRequest
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.register.commands import HouseholdLabel, edit_household
from app.upkeep.erasure.commands import erase_household, refuse_erasure
from app.upkeep.maintenance.check import check
from app.upkeep.migrations.tables import METADATA
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of, all_rows, find_household, merge_households
from tests.review.register.test_moving import commune_totals
from tests.upkeep.erasure.remains import (
    NOTE,
    SECRETS,
    count_rows,
    erase,
    found_in_file,
    found_in_tables,
    household_everywhere,
)
from tests.world import World

LOOKED_AT = {
    "citizen_request", "decision", "erasure_request", "household_import_row", "household_version",
    "quarantined", "refused_operation", "visit", "visit_version",
}  # fmt: skip
IDS_AND_CODES = {
    "follow_up", "household_consent", "household_month", "household_need", "sampled_visit",
    "spot_check_household", "visit_flag", "visit_service", "visited_household",
}  # fmt: skip


def test_nothing_that_was_written_of_an_erased_household_is_in_any_column(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household_id = household_everywhere(lan, nam, world, database, clock())
    assert {secret for _table, _column, secret in found_in_tables(database)} == set(SECRETS)
    figures, rows = commune_totals(database), count_rows(database)
    erase(database, world, household_id, clock())
    assert found_in_tables(database) == set()
    assert (commune_totals(database), count_rows(database)) == (figures, rows)
    assert [result.problems for result in check(database) if result.problems] == []
    shell = find_household(database, world, household_id)
    assert (shell.head_name, shell.state, shell.hamlet_id) == ("", "active", world.dong)
    assert {row.closed_by is not None for row in all_rows(database, FollowUp)} == {True}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_file_of_sqlite_has_none_of_its_bytes(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household_id = household_everywhere(lan, nam, world, database, clock())
    assert found_in_file(database)
    erase(database, world, household_id, clock())
    assert found_in_file(database) == set()


def test_every_table_that_names_a_household_is_looked_at() -> None:
    """A new one gets a function in `locations.LOCATIONS`, or stands among those with ids and codes only."""
    names = {"household_id", "visit_id", "payload"}
    found = {table.name for table in METADATA.sorted_tables if names & {column.name for column in table.c}}
    assert found == LOOKED_AT | IDS_AND_CODES


def test_household_that_was_merged_is_erased_with_its_survivor(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    household_id = household_everywhere(lan, nam, world, database, clock())
    version = find_household(database, world, household_id).version
    merge_households(database, world, household_id, world.mai, {household_id: version, world.mai: 1})
    with pytest.raises(StaleDecision):
        erase(database, world, household_id, clock())
    erase(database, world, world.mai, clock())
    assert found_in_tables(database) == set()
    erased = {row.id for row in all_rows(database, Household) if row.erased_at}
    assert erased == {household_id, world.mai}
    assert erased < {row.id for row in all_rows(database, ErasedRecord)}


def test_what_a_visit_said_before_it_was_moved_to_another_household_is_erased(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc, note=NOTE)
    lan.exchange(visit)
    lan.exchange(lan.amend(visit, household_id=world.mai, note="Ghi nhầm nhà"))
    assert found_in_tables(database)
    erase(database, world, world.duc, clock())
    assert found_in_tables(database) == set()
    assert [(row.household_id, row.note) for row in all_rows(database, Visit)] == [
        (world.mai, "Ghi nhầm nhà")
    ]


def test_erased_household_is_changed_by_nobody_and_erased_once(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    erase(database, world, world.duc, clock())
    shell, visit = find_household(database, world, world.duc), all_rows(database, Visit)[0]
    erase(database, world, world.duc, clock())
    assert find_household(database, world, world.duc) == shell
    assert all_rows(database, Visit)[0] == visit
    assert len(all_rows(database, ErasureRequest)) == 1

    def change(session: Session) -> None:
        binh = actor_of(session, world.commune_id, world.binh)
        edit_household(session, binh, world.duc, shell.version, HouseholdLabel("Lò Văn Hai", "", ""), clock())

    with pytest.raises(StaleDecision):
        database.write(change)
    with pytest.raises(StaleDecision):
        merge_households(database, world, world.mai, world.duc, {world.mai: 1, world.duc: shell.version})


def test_erasure_of_another_version_is_refused_and_a_refusal_needs_a_reason(
    world: World, database: Database, clock: FakeClock
) -> None:
    def as_binh(session: Session) -> object:
        return actor_of(session, world.commune_id, world.binh)

    with pytest.raises(StaleDecision):
        database.write(lambda s: erase_household(s, as_binh(s), world.duc, 7, "", clock()))  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        database.write(lambda s: refuse_erasure(s, as_binh(s), world.duc, " ", clock()))  # type: ignore[arg-type]
    database.write(lambda s: refuse_erasure(s, as_binh(s), world.duc, "Đang có đơn khiếu nại", clock()))  # type: ignore[arg-type]
    (request,) = all_rows(database, ErasureRequest)
    assert (request.decision, request.reason) == ("refused", "Đang có đơn khiếu nại")
    erase(database, world, world.duc, clock())
    assert {row.reason for row in all_rows(database, ErasureRequest)} == {"", "CV 12"}
    with pytest.raises(NotFound):
        database.write(lambda s: refuse_erasure(s, as_binh(s), world.duc, "Muộn", clock()))  # type: ignore[arg-type]
