"""Helpers of the tests of merging: merge, and read what is stored afterwards."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.review.deduplication.merging import merge
from tests.conftest import NOW
from tests.derived_tables import assert_as_defined
from tests.phone import Phone
from tests.world import World


def merge_households(
    database: Database,
    world: World,
    losing: str,
    surviving: str,
    seen: dict[str, int] | None = None,
    now: datetime = NOW,
) -> None:
    versions = seen or {losing: 1, surviving: 1}
    database.write(
        lambda session: merge(session, binh_as_actor(session, world), losing, surviving, versions, now)
    )


def amend_household(by: Phone, household_id: str, **fields: Any) -> dict[str, Any]:
    return by.op("household.amend", {"id": household_id, "base_version": 1} | fields)


def binh_as_actor(session: Session, world: World) -> Actor:
    return actor_of(session, world.commune_id, world.binh)


def actor_of(session: Session, commune_id: str, account_id: str) -> Actor:
    return actor_for(session, session.get_one(Account, (commune_id, account_id)))


def find_household(database: Database, world: World, id: str) -> Household:
    return database.read(lambda session: session.get_one(Household, (world.commune_id, id)))


def assert_totals_add_up(database: Database, world: World) -> None:
    assert_as_defined(database, world.commune_id)


def all_rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
