"""What a household has said of itself leaves with it, and earlier answers after their term."""

from datetime import timedelta

from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.households.models import HouseholdVersion
from app.upkeep.retention.run import run
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import find_household
from tests.upkeep.erasure.remains import erase
from tests.world import World


def _fields(database: Database, world: World) -> list[dict[str, str | None]]:
    def load(session: Session) -> list[dict[str, str | None]]:
        wanted = select(HouseholdVersion).where(HouseholdVersion.household_id == world.duc)
        return [one.fields for one in session.exec(wanted) if one.version > 1]

    return database.read(load)


def test_nothing_that_an_erased_household_has_said_is_stored(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    said = {"id": world.duc, "base_version": 1, "smart_device": "no", "business": "yes"}
    lan.exchange(lan.op("household.amend", said))
    erase(database, world, world.duc, clock())
    shell = find_household(database, world, world.duc)
    assert (shell.smart_device, shell.business) == (None, None)
    assert _fields(database, world) == [{}]


def test_answers_of_versions_leave_after_their_term_and_the_household_keeps_the_newest(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    for version, value in enumerate(("yes", "no"), 1):
        said = {"id": world.duc, "base_version": version, "smart_device": value}
        lan.exchange(lan.op("household.amend", said))
    run(database, clock() + timedelta(days=300))
    assert _fields(database, world) == [{"smart_device": "yes"}, {"smart_device": "no"}]
    run(database, clock() + timedelta(days=390))
    assert _fields(database, world) == [{"smart_device": ""}, {"smart_device": ""}]
    assert find_household(database, world, world.duc).smart_device == "no"
