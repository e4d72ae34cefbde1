"""A phone's own edits never conflict, also of a household merged meanwhile and after a new sign-in."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account, Device
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.review.deduplication.merging import merge
from tests.conftest import NOW, FakeClock
from tests.phone import Phone, sign_in
from tests.world import LAN, World


def test_two_own_edits_of_a_household_merged_meanwhile_are_applied_in_their_order(
    lan: Phone, world: World, database: Database
) -> None:
    first, second = (_amend(lan, world.mai, alley=alley) for alley in ("một", "hai"))
    _merge(database, world, world.mai, world.duc)
    assert lan.statuses(first) == ["applied"]
    assert lan.statuses(second) == ["applied"]
    assert _find_household(database, world.duc).alley == "hai"


def test_older_own_edit_of_a_merged_household_does_not_replace_the_newer_one(
    lan: Phone, world: World, database: Database
) -> None:
    first, second = (_amend(lan, world.mai, alley=alley) for alley in ("một", "hai"))
    _merge(database, world, world.mai, world.duc)
    assert lan.statuses(second) == ["applied"]
    assert lan.statuses(first) == ["applied"]
    assert _find_household(database, world.duc).alley == "hai"


def test_edit_of_a_merged_household_conflicts_with_what_another_phone_wrote_since(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    first, second = (_amend(lan, world.mai, alley=alley) for alley in ("một", "hai"))
    _merge(database, world, world.mai, world.duc)
    (result,) = lan.exchange(first)["results"]
    other.exchange(_amend(other, world.duc, result["version"], alley="máy kia"))
    assert lan.statuses(second) == ["conflict"]
    assert _find_household(database, world.duc).alley == "máy kia"


def test_own_edit_of_the_survivor_does_not_undo_what_the_merge_decided(
    lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(_amend(lan, world.duc, alley="Ngõ 5"))
    edit = _amend(lan, world.mai, alley="một")
    _merge(database, world, world.mai, world.duc)
    assert lan.statuses(edit) == ["conflict"]


@pytest.mark.parametrize("first_sent_again", [True, False])
def test_edit_after_a_lost_answer_and_a_new_sign_in_is_still_the_phones_own(
    browser: Callable[[], TestClient],
    clock: FakeClock,
    world: World,
    database: Database,
    first_sent_again: bool,
) -> None:
    """The answer to the first edit was lost; the phone was revoked and signed in as another device."""
    before = sign_in(browser(), *LAN, clock(), installation_id="the-same-phone")
    first = _amend(before, world.duc, house_no="12A")
    before.exchange(first)
    database.write(lambda session: _revoke(session, before))
    after = sign_in(browser(), *LAN, clock(), installation_id="the-same-phone", device_id=before.device_id)
    assert after.device_id != before.device_id
    after.seq = before.seq
    second = _amend(after, world.duc, house_no="12B")
    sent = [first, second] if first_sent_again else [second]
    assert after.statuses(*sent)[-1] == "applied"
    assert _find_household(database, world.duc).house_no == "12B"


def test_edit_from_another_phone_of_the_same_account_conflicts(
    lan: Phone, other: Phone, world: World
) -> None:
    lan.exchange(_amend(lan, world.duc, house_no="12A"))
    assert other.statuses(_amend(other, world.duc, house_no="12B")) == ["conflict"]


def _revoke(session: Session, phone: Phone) -> None:
    session.get_one(Device, (phone.commune_id, phone.device_id)).revoked_at = NOW


def _merge(database: Database, world: World, losing: str, surviving: str) -> None:
    def work(session: Session) -> None:
        account = session.get_one(Account, (world.commune_id, world.binh))
        binh = Actor(account.commune_id, account.id, account.name, account.role)
        seen = {row.id: row.version for row in session.exec(select(Household))}
        merge(session, binh, losing, surviving, seen, NOW)

    database.write(work)


def _amend(phone: Phone, household_id: str, base_version: int = 1, **fields: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household_id, "base_version": base_version} | fields)


def _find_household(database: Database, household_id: str) -> Household:
    rows = database.read(lambda session: list(session.exec(select(Household))))
    return next(row for row in rows if row.id == household_id)
