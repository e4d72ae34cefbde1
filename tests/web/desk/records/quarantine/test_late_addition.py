"""An addition that arrives after a visit to its household was attached: nothing doubled, nothing lost."""

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import (
    addresses,
    assert_consistent,
    deliver_revoked,
    quarantined,
    stored_visits,
)
from tests.world import World

THAM = {"head_name": "Vũ Thị Thắm", "house_no": "9", "alley": "Ngõ 3"}
either = pytest.mark.parametrize("new", [False, True], ids=["existing", "new"])


def attach(desk: TestClient, world: World, *, new: bool) -> None:
    form = THAM | {"hamlet_id": world.dong} if new else {"household": world.mai}
    answer = desk.post(f"{addresses(desk)[0]}/attach{'/new' if new else ''}", data=form)
    assert answer.status_code == 303


def labels(database: Database) -> list[str]:
    """The households that stand, by their heads."""

    standing = select(Household).where(Household.state == "active")
    rows = database.read(lambda session: session.exec(standing).all())
    return sorted(row.head_name for row in rows if row.merged_into is None)


@either
def test_late_addition_is_refused_and_whatever_follows_it_counts_at_the_attached_household(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, new: bool
) -> None:
    missing = new_id()
    first = other.visit(missing)
    assert other.statuses(first) == ["quarantined"]
    attach(desk, world, new=new)
    before = labels(database)
    addition = lan.op("household.add", THAM | {"id": missing, "hamlet_id": world.dong})
    visit = lan.visit(missing)
    change = lan.op("household.amend", {"id": missing, "base_version": 1, "house_no": "9B"})
    results = lan.exchange(addition, visit, change)["results"]
    assert [(one["status"], one.get("code")) for one in results] == [
        ("rejected", "already_exists"),
        ("applied", None),
        ("conflict", "conflict") if new else ("applied", None),  # what the supervisor wrote stays
    ]
    assert [one["code"] for one in lan.exchange(addition)["results"]] == ["already_exists"]
    assert labels(database) == before, "no second household"
    where = {row.id: row.household_id for row in stored_visits(database)}
    household_id = missing if new else world.mai
    assert where == {first["data"]["id"]: household_id, visit["data"]["id"]: household_id}
    assert_consistent(database)


@either
def test_addition_that_waited_itself_stays_to_be_read_until_somebody_drops_it(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, new: bool
) -> None:
    missing = new_id()
    other.exchange(other.visit(missing))
    attach(desk, world, new=new)
    deliver_revoked(desk, lan, lan.op("household.add", THAM | {"id": missing, "hamlet_id": world.dong}))
    (address,) = addresses(desk)
    refused = desk.post(f"{address}/accept")
    assert refused.status_code == 409
    assert "Không nhận được: hộ hoặc lượt thăm này đã có trong sổ." in words(refused.text)
    assert "Vũ Thị Thắm" in desk.get(address).text, "what its author wrote"
    assert desk.post(f"{address}/drop").status_code == 303
    assert [row.state for row in quarantined(database) if row.kind == "household"] == ["dropped"]
    assert len(stored_visits(database)) == 1
    assert_consistent(database)
