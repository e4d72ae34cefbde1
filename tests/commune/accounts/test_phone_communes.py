"""A sign-in finds the communes of its number, whatever has changed a number."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts import people
from app.commune.accounts.models import Account
from app.commune.phone_communes import PhoneCommune, communes_of, wrong_phones
from app.core.db import Database
from app.core.feed import feed
from tests.commune.accounts.sign_ins import OTHER_ADDRESS, WRONG_CODE, browser_at, new_code, phone_status
from tests.conftest import NOW, FakeClock
from tests.statements import sent_statements
from tests.world import LAN, World, add_next_door

LAN_NUMBER, FREE_NUMBER = "+84900000001", "+84900000077"


def listed(database: Database) -> set[tuple[str, str]]:
    rows = database.read(lambda session: session.exec(select(PhoneCommune)).all())
    return {(row.phone, row.commune_id) for row in rows}


def change_number(session: Session, commune_id: str, account_id: str, phone: str | None) -> None:
    account = session.get_one(Account, (commune_id, account_id))
    account.phone = phone
    feed(session, commune_id, [account])
    session.add(account)
    session.flush()


def add_people(session: Session, world: World, *numbers: str) -> None:
    ours = people.new_accounts(
        session, world.commune_id, [(number, "Vi Văn Cò", "leader") for number in numbers]
    )
    feed(session, world.commune_id, ours)
    session.add_all(ours)
    session.flush()


def test_numbers_of_a_commune_are_listed_once(database: Database, world: World) -> None:
    before = {(LAN_NUMBER, world.commune_id), ("+84900000002", world.commune_id)}
    assert listed(database) == before
    add_next_door(database, world, NOW)
    database.write(lambda session: add_people(session, world, FREE_NUMBER, FREE_NUMBER, LAN_NUMBER))
    both = {("+84900000009", world.neighbour_id), (FREE_NUMBER, world.commune_id)}
    assert listed(database) == before | both


def test_number_that_nobody_has_any_more_is_not_listed(database: Database, world: World) -> None:
    for phone in (FREE_NUMBER, None, LAN_NUMBER):
        database.write(partial(change_number, commune_id=world.commune_id, account_id=world.lan, phone=phone))
        assert {one for one, _commune in listed(database)} == {"+84900000002"} | ({phone} if phone else set())


def test_number_that_somebody_else_still_has_stays(database: Database, world: World) -> None:
    database.write(lambda session: add_people(session, world, LAN_NUMBER))
    database.write(lambda session: change_number(session, world.commune_id, world.lan, FREE_NUMBER))
    assert {LAN_NUMBER, FREE_NUMBER} < {phone for phone, _commune in listed(database)}


def test_number_of_two_communes_stays_where_it_is(
    database: Database, world: World, app: FastAPI, clock: FakeClock
) -> None:
    def invite_next_door(session: Session) -> str:
        new = people.new_account(session, world.neighbour_id, LAN_NUMBER, "Vi Văn Cò", "volunteer")
        feed(session, world.neighbour_id, [new])
        session.add(new)
        session.flush()
        return people.invite(session, new, clock())

    theirs, ours = database.write(invite_next_door), new_code(database, world, clock)
    assert database.read(lambda session: communes_of(session, LAN_NUMBER)) == [
        world.commune_id,
        world.neighbour_id,
    ]
    database.write(lambda session: change_number(session, world.commune_id, world.lan, FREE_NUMBER))
    assert database.read(lambda session: communes_of(session, LAN_NUMBER)) == [world.neighbour_id]
    assert phone_status(browser_at(app, OTHER_ADDRESS), theirs) == 201
    assert phone_status(browser_at(app, OTHER_ADDRESS), ours) == 401
    assert phone_status(browser_at(app, OTHER_ADDRESS), ours, FREE_NUMBER) == 201


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_number_that_passes_to_somebody_else_at_the_same_moment_stays(
    database: Database, world: World
) -> None:
    released, waits = threading.Event(), threading.Event()

    def release(session: Session) -> None:
        change_number(session, world.commune_id, world.lan, None)
        released.set()
        waits.wait(1)  # the other one has begun, and waits for the commune's feed

    def give(session: Session) -> None:
        released.wait(10)
        waits.set()
        add_people(session, world, LAN_NUMBER)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(database.write, work) for work in (release, give)]:
            done.result(20)
    assert (LAN_NUMBER, world.commune_id) in listed(database)
    assert database.read(lambda session: wrong_phones(session, Account, world.commune_id)) == set()


def test_same_statements_look_for_a_number_that_nobody_has(
    client: TestClient, app: FastAPI, database: Database, world: World, clock: FakeClock
) -> None:
    """The time must not tell whether a number is known: the known one has only its invite's row to change."""
    sent = {}
    for phone in (LAN[0], "0912345678", "?"):
        with sent_statements(app.state.database.engine) as statements:
            assert phone_status(client, WRONG_CODE, phone) == 401
        sent[phone] = [text for text, _parameters in statements]
    assert sent[LAN[0]] == sent["0912345678"] == sent["?"]
