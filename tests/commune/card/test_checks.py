"""*Kiểm tra thẻ*: what the desk says of a card, whoever answers how often."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account
from app.commune.card import checks
from app.commune.card.checks import CardState
from app.commune.card.models import CardKey
from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.core.epoch import ServerEpoch
from app.core.errors import StaleDecision
from app.upkeep.maintenance.id_key.replacing import begin_new_key
from tests.commune.card.card_phone import CardDesk, CardPhone, wrong
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.web.desk.people.people_client import code_of
from tests.world import LAN, World

Browser = Callable[[], TestClient]


@pytest.fixture
def card(lan: Phone) -> CardPhone:
    """Lan's phone, which has its secret."""
    card = CardPhone(lan)
    card.renew()
    return card


@pytest.fixture
def check(desk: TestClient, world: World) -> CardDesk:
    """Bình's check of Lan."""
    return CardDesk(desk, world.lan)


@pytest.mark.both_databases
def test_right_answer_is_right_once_and_whatever_the_phone_clock_says(
    check: CardDesk, card: CardPhone, database: Database, clock: FakeClock
) -> None:
    question = check.begin()
    clock.forward(minutes=14)
    assert check.accepts(question, card.answer(question)), "and nothing of the phone has a time in it"
    status, page = check.compare(question, card.answer(question))
    assert (status, "Đúng thẻ" in page) == (409, False), "a recorded answer"
    recorded = card.answer(question)
    again = check.begin()
    assert again != question
    assert not check.accepts(again, recorded), "in the next call"
    assert check.accepts(again, f" {card.answer(again)[:3]} {card.answer(again)[3:]} ")
    assert _events(database) == ["card.begun", "card.passed", "card.begun", "card.failed", "card.passed"]


@pytest.mark.both_databases
def test_a_thousand_guesses_against_one_name_fail(
    card: CardPhone, database: Database, world: World, clock: FakeClock
) -> None:
    """Over weeks, by a supervisor who begins another check whenever one can begin."""
    compared = 0
    for _guess in range(1_000):
        begun = _begin(database, world, clock)
        if begun.fault is None:
            compared += 1
            assert not _answer(database, world, clock, begun.question, wrong(card.answer(begun.question)))
        clock.forward(hours=1)
    assert (compared, begun.fault) == (checks.MAX_TRIES, "locked"), "time alone opens nothing"
    _call(database, world, clock)
    question = _begin(database, world, clock).question
    assert _answer(database, world, clock, question, card.answer(question))


@pytest.mark.both_databases
def test_answers_that_come_at_once_are_compared_one_after_the_other(
    card: CardPhone, database: Database, world: World, clock: FakeClock
) -> None:
    def compare(digits: str) -> str:
        try:
            return "right" if _answer(database, world, clock, question, digits) else "wrong"
        except StaleDecision:
            return "stale"

    question = _begin(database, world, clock).question
    right = card.answer(question)
    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(compare, [right] * 8)) == {"right": 1, "stale": 7}
        question = _begin(database, world, clock).question
        guesses = Counter(pool.map(compare, [wrong(card.answer(question))] * 8))
    assert guesses == {"wrong": checks.MAX_TRIES, "stale": 8 - checks.MAX_TRIES}


def test_guesses_end_for_the_day_though_somebody_calls_each_time(
    card: CardPhone, database: Database, world: World, clock: FakeClock
) -> None:
    compared = 0
    while question := (begun := _begin(database, world, clock)).question:
        for _try in range(checks.MAX_TRIES):
            compared += 1
            assert not _answer(database, world, clock, question, wrong(card.answer(question)))
        _call(database, world, clock)
    assert (compared, begun.fault) == (checks.MAX_TRIES * checks.MAX_CHECKS_A_DAY, "too_many")
    clock.forward(days=1)
    assert _begin(database, world, clock).question


def test_third_wrong_answer_ends_the_check_also_for_the_right_one(check: CardDesk, card: CardPhone) -> None:
    question = check.begin()
    right = card.answer(question)
    assert "còn 2 lần" in check.compare(question, wrong(right))[1]
    assert check.compare(question, "48291")[0] == 422, "no answer, and no try"
    assert "còn 1 lần" in check.compare(question, wrong(right))[1]
    assert "Đã sai ba lần" in check.compare(question, wrong(right))[1]
    assert not check.accepts(question, right)


def test_wrong_answers_of_several_checks_count_together(check: CardDesk, card: CardPhone) -> None:
    for _check in range(checks.MAX_TRIES):
        question = check.begin()
        assert not check.accepts(question, wrong(card.answer(question)))
    assert check.begin() == ""
    check.desk.post(f"{check.address}/called")
    question = check.begin()
    assert check.accepts(question, card.answer(question))


def test_member_who_has_left_and_phone_that_was_revoked_fail_at_once(
    check: CardDesk, card: CardPhone, desk: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    open_question = check.begin()
    desk.post(f"/desk/devices/{card.phone.device_id}/revoke")
    assert not check.accepts(open_question, card.answer(open_question)), "also in a check that was open"
    assert check.begin() == ""
    assert "đã bị thu hồi" in check.says()
    assert card.ask().status_code == 401

    def leave(session: Session) -> None:
        deactivate_account(session, session.get_one(Account, (world.commune_id, world.lan)), clock())

    database.write(leave)
    assert check.begin() == ""
    assert "không còn là thành viên" in check.says()
    assert _events(database)[-1] == "card.failed"


def test_each_phone_of_a_member_answers_by_its_own_secret(
    check: CardDesk, card: CardPhone, desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    code = code_of(desk.post(f"/desk/people/{world.lan}/code"))
    second = CardPhone(sign_in(browser(), LAN[0], code, clock(), installation_id="second"))
    check.begin()
    assert "còn 1 máy chưa có khóa thẻ" in check.says(), "which may be the one at the door"
    second.renew()
    assert "chưa có khóa thẻ" not in check.says()
    for phone in (card, second):
        question = check.begin()
        assert check.accepts(question, phone.answer(question))
    desk.post(f"/desk/devices/{card.phone.device_id}/revoke")
    question = check.begin()
    assert not check.accepts(question, card.answer(question))
    assert check.accepts(question, second.answer(question))


def test_answer_that_did_not_arrive_is_given_again_until_the_phone_names_it(
    check: CardDesk, lan: Phone
) -> None:
    card = CardPhone(lan)
    first, again = card.ask().json()["key"], card.ask().json()["key"]
    assert first == again
    assert check.begin() == "", "nobody knows whether the phone has it"
    assert "chưa có khóa thẻ" in check.says()
    card.store(card.ask())
    assert "key" not in card.ask().json()
    question = check.begin()
    assert check.accepts(question, card.answer(question))
    emptied = CardPhone(lan)
    emptied.renew()
    assert emptied.secret != card.secret
    question = check.begin()
    assert check.accepts(question, emptied.answer(question))


def test_phone_that_signs_in_again_gets_another_secret(
    check: CardDesk, card: CardPhone, desk: TestClient, browser: Browser, world: World, clock: FakeClock
) -> None:
    code = code_of(desk.post(f"/desk/people/{world.lan}/code"))
    again = sign_in(browser(), LAN[0], code, clock(), device_id=card.phone.device_id)
    assert again.device_id == card.phone.device_id
    assert check.begin() == ""
    signed_in = CardPhone(again, card.key_id, card.secret)
    signed_in.renew()
    assert signed_in.secret != card.secret
    question = check.begin()
    assert not check.accepts(question, card.answer(question))
    assert check.accepts(question, signed_in.answer(question))


def test_after_a_restore_or_with_another_id_key_the_desk_says_what_to_do(
    check: CardDesk, card: CardPhone, app: FastAPI, clock: FakeClock
) -> None:
    database: Database = app.state.database  # which has the other id key in memory

    def begin_epoch(session: Session) -> None:
        session.exec(select(ServerEpoch)).one().epoch = "another"

    for lose in (
        lambda: database.write(begin_epoch),
        lambda: begin_new_key(database, clock()),
    ):
        lose()
        assert check.begin() == ""
        assert "chưa có khóa thẻ" in check.says()
        card.renew()
        question = check.begin()
        assert check.accepts(question, card.answer(question))


def test_question_is_not_asked_again_soon_and_is_void_after_a_quarter_of_an_hour(
    card: CardPhone, database: Database, world: World, clock: FakeClock
) -> None:
    asked = []
    for _day in range(3):
        asked += [_begin(database, world, clock).question for _ in range(checks.MAX_CHECKS_A_DAY)]
        clock.forward(days=1)
    assert len({*asked, ""}) == 3 * checks.MAX_CHECKS_A_DAY + 1
    question = _begin(database, world, clock).question
    for minutes in (15, -30):
        clock.forward(minutes=minutes)
        with pytest.raises(StaleDecision):
            _answer(database, world, clock, question, card.answer(question))


def test_check_is_of_the_commune_and_of_its_members_only(
    check: CardDesk, card: CardPhone, hoa: TestClient, world: World
) -> None:
    question = check.begin()
    theirs = CardDesk(hoa, world.lan)
    assert theirs.desk.get(theirs.address).status_code == 404
    assert theirs.compare(question, card.answer(question))[0] == 404
    for address in (f"/desk/card/{world.binh}", f"/desk/people/{world.binh}/card"):
        assert check.desk.get(address).status_code == 404, "supervisors have no card"


def test_wrong_bodies_are_refused_and_tell_nothing(card: CardPhone, world: World) -> None:
    client = card.phone.client
    for body, status in (
        ({"proto": 1, "device_id": "another"}, 401),
        ({"proto": 2, "device_id": card.phone.device_id}, 422),
        ({"proto": 1, "device_id": card.phone.device_id, "key_id": "x" * 65}, 422),
    ):
        answer = client.post("/api/v1/card", json=body)
        assert (answer.status_code, "secret" in answer.text) == (status, False)


def test_secret_is_encrypted_and_in_no_entry_of_the_log(lan: Phone, database: Database) -> None:
    card = CardPhone(lan)
    secret = card.ask().json()["key"]["secret"]
    card.renew()
    stored = database.read(lambda session: session.exec(select(CardKey)).one())
    entries = database.read(lambda session: [str(one) for one in session.exec(select(DeskEntry.entry))])
    assert [text for text in (stored.secret, *entries) if secret in text] == []
    assert any("device.card_key" in text for text in entries)


def _events(database: Database) -> list[str]:
    def load(session: Session) -> list[str]:
        entries = session.exec(select(DeskEntry).order_by(col(DeskEntry.seq))).all()
        return [one.entry["what"] for one in entries if one.entry["what"].startswith("card.")]

    return database.read(load)


def _begin(database: Database, world: World, clock: FakeClock) -> CardState:
    return database.write(lambda session: checks.begin(session, _binh(world), world.lan, clock()))


def _answer(database: Database, world: World, clock: FakeClock, question: str, digits: str) -> bool:
    return database.write(
        lambda session: checks.answer(session, _binh(world), world.lan, question, digits, clock())
    )


def _call(database: Database, world: World, clock: FakeClock) -> None:
    database.write(lambda session: checks.record_call(session, _binh(world), world.lan, clock()))


def _binh(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")
