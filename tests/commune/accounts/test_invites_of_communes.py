"""A number that several communes invite: whatever one of them does, the codes of the others work."""

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlmodel import Session, select

from app.commune.accounts import hashing, people
from app.commune.accounts.models import Invite
from app.core.db import Database
from app.core.feed import feed
from tests.commune.accounts.sign_ins import OTHER_ADDRESS, WRONG_CODE, browser_at, new_code, phone_status
from tests.conftest import FakeClock
from tests.world import LAN, World


def invite_next_door(
    database: Database, world: World, number: str, clock: FakeClock, count: int
) -> list[str]:
    """The codes of people of the next commune, who all have this number."""

    def work(session: Session) -> list[str]:
        new = people.new_accounts(
            session, world.neighbour_id, [(number, f"Vi Văn {place}", "volunteer") for place in range(count)]
        )
        feed(session, world.neighbour_id, new)
        session.add_all(new)
        session.flush()
        return [people.invite(session, account, clock()) for account in new]

    return database.write(work)


def with_salt_of_its_own(database: Database, code: str) -> None:
    """Store the code's hash as the versions before did."""

    def work(session: Session) -> None:
        invites = session.exec(select(Invite).where(Invite.reusable.is_(False))).all()  # type: ignore[attr-defined]
        [newest] = sorted(invites, key=lambda one: one.created_at)[-1:]
        newest.code_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(code)

    database.write(work)


def test_commune_that_invites_the_number_of_another_ones_volunteer_locks_nobody_out(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    clock.forward(minutes=1)
    theirs = invite_next_door(database, world, "+84900000001", clock, 3)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 201
    for other in theirs:
        answer = browser_at(app, OTHER_ADDRESS).post(
            "/api/v1/devices", json={"invite": other, "phone": LAN[0], "name": ""}
        )
        assert (answer.status_code, answer.json()["commune_id"]) == (201, world.neighbour_id)


def test_failures_count_for_each_open_invite_of_the_number(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    clock.forward(minutes=1)
    invite_next_door(database, world, "+84900000001", clock, 3)
    for _ in range(4):
        for _ in range(5):
            assert phone_status(browser_at(app, OTHER_ADDRESS), WRONG_CODE) == 401
        clock.forward(minutes=5)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 401


def test_code_from_before_the_upgrade_works(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    code = new_code(database, world, clock)
    with_salt_of_its_own(database, code)
    clock.forward(minutes=1)
    invite_next_door(database, world, "+84900000001", clock, 3)
    assert phone_status(browser_at(app, OTHER_ADDRESS), WRONG_CODE) == 401
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 201
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 401, "it is used up"


def test_code_with_the_cost_of_another_release_works(
    app: FastAPI, world: World, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = new_code(database, world, clock)
    dearer = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)
    monkeypatch.setattr(hashing, "_CODE_HASHER", dearer)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 201


def test_code_opens_no_account_of_another_number(
    app: FastAPI, world: World, database: Database, clock: FakeClock
) -> None:
    """Two invites may have the same code, and then the same hash."""
    code = new_code(database, world, clock)
    assert phone_status(browser_at(app, OTHER_ADDRESS), code, "0900000002") == 401
    assert phone_status(browser_at(app, OTHER_ADDRESS), code) == 201
