"""Bình's decisions on Lan's visits: they change the visit, reach phones, and stay in the history."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.author import Author
from app.commune.accounts.models import Account
from app.commune.catalog.services import Service
from app.core.batch import Batch
from app.core.db import Database
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.feed import Tombstone
from app.fieldwork.households.models import Household
from app.fieldwork.visits import commands as visits
from app.fieldwork.visits.codes import RETURN_FIELDS, RETURN_REASONS, WITHOUT_FIELD
from app.fieldwork.visits.models import Visit, VisitService, VisitVersion
from app.review.decisions import commands as reviews
from app.review.decisions.models import Decision
from app.review.decisions.queries import history
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import MAX_NOTE_LENGTH, Verdict
from tests.conftest import FakeClock
from tests.world import World

VISIT = "11111111-1111-4111-8111-111111111111"
UNCLEAR = Verdict("returned", "missing_information", "note", "Chưa rõ việc nào")
Act = Callable[[Batch, Author], int]


@pytest.fixture
def binh(database: Database, world: World) -> Actor:
    return _actor(database, world.commune_id, world.binh)


@pytest.fixture
def hoa(database: Database, world: World) -> Actor:
    return _actor(database, world.neighbour_id, world.hoa)


@pytest.fixture(autouse=True)
def lans_visit(database: Database, world: World, clock: FakeClock) -> None:
    command = visits.RecordVisit(
        id=VISIT, household_id=world.duc, result="not_home", note="Cổng khóa", quick=False
    )
    _as_lan(database, world, clock(), lambda batch, lan: visits.record(batch, lan, command))


def test_accepted_visit_has_the_state_and_keeps_its_version(
    database: Database, binh: Actor, clock: FakeClock
) -> None:
    before = _visit(database).feed_seq
    _accept(database, binh, clock())
    visit = _visit(database)
    assert (visit.review_state, visit.reviewed_at, visit.version) == ("accepted", clock(), 1)
    assert visit.feed_seq > before


def test_returned_visit_has_reason_field_and_note(database: Database, binh: Actor, clock: FakeClock) -> None:
    _return(database, binh, UNCLEAR, clock())
    visit = _visit(database)
    assert (visit.review_state, visit.review_reason) == ("returned", "missing_information")
    assert (visit.review_field, visit.review_note) == ("note", "Chưa rõ việc nào")


def test_history_has_every_decision_with_its_supervisor_and_time(
    database: Database, world: World, binh: Actor, clock: FakeClock
) -> None:
    _return(database, binh, UNCLEAR, clock())
    clock.forward(minutes=5)
    _accept(database, binh, clock())
    decisions = database.read(lambda session: history(session, binh, VISIT))
    assert [(one.state, one.visit_version, name) for one, name in decisions] == [
        ("returned", 1, "Hoàng Văn Bình"),
        ("accepted", 1, "Hoàng Văn Bình"),
    ]
    assert decisions[1][0].decided_at - decisions[0][0].decided_at == timedelta(minutes=5)
    assert _visit(database).review_note == ""


def test_same_decision_again_changes_nothing(database: Database, binh: Actor, clock: FakeClock) -> None:
    _accept(database, binh, clock())
    once = _visit(database)
    clock.forward(seconds=1)
    _accept(database, binh, clock())
    assert _visit(database) == once
    assert len(_decisions(database)) == 1


def test_visit_amended_meanwhile_is_not_decided_on(
    database: Database, world: World, binh: Actor, clock: FakeClock
) -> None:
    _amend(database, world, clock())
    with pytest.raises(StaleDecision):
        _accept(database, binh, clock())
    with pytest.raises(StaleDecision):
        _return(database, binh, UNCLEAR, clock())
    assert (_visit(database).review_state, _decisions(database)) == ("received", [])


def test_amended_visit_is_received_again_and_the_decision_stays_in_its_history(
    database: Database, world: World, binh: Actor, clock: FakeClock
) -> None:
    _return(database, binh, UNCLEAR, clock())
    _amend(database, world, clock())
    visit = _visit(database)
    assert (visit.review_state, visit.review_reason, visit.version) == ("received", "", 2)
    assert [one.visit_version for one in _decisions(database)] == [1]


def test_withdrawn_visit_is_not_decided_on(
    database: Database, world: World, binh: Actor, clock: FakeClock
) -> None:
    withdrawal = visits.WithdrawVisit(id=VISIT)
    _as_lan(database, world, clock(), lambda batch, lan: visits.withdraw(batch, lan, withdrawal))
    with pytest.raises(StaleDecision):
        _accept(database, binh, clock())


def test_supervisor_next_door_does_not_find_the_visit(
    database: Database, hoa: Actor, clock: FakeClock
) -> None:
    with pytest.raises(NotFound):
        _accept(database, hoa, clock())
    assert _visit(database).review_state == "received"


def test_visit_is_returned_with_every_reason_and_field(
    database: Database, binh: Actor, clock: FakeClock
) -> None:
    for reason, field in product(RETURN_REASONS, RETURN_FIELDS):
        _return(database, binh, Verdict("returned", reason, field, "Xem lại"), clock())
        stored = "" if reason in WITHOUT_FIELD else field
        assert (_visit(database).review_reason, _visit(database).review_field) == (reason, stored)


def test_visit_that_is_one_too_many_needs_no_field(database: Database, binh: Actor, clock: FakeClock) -> None:
    _return(database, binh, Verdict("returned", "duplicate_visit"), clock())
    assert _visit(database).review_state == "returned"
    assert (_visit(database).review_reason, _visit(database).review_field) == ("duplicate_visit", "")


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        (Verdict("returned"), ["reason"]),
        (Verdict("returned", "khong_co", "khong_co"), ["reason", "field"]),
        (Verdict("returned", "wrong_household", "khong_co"), ["field"]),
        (Verdict("returned", "other", "note"), ["note"]),
        (Verdict("returned", "other", "note", "  \n "), ["note"]),
        (Verdict("returned", "other", "note", "a" * (MAX_NOTE_LENGTH + 1)), ["note"]),
        (Verdict("returned", "other", "note", "lật\u202engược"), ["note"]),
        (Verdict("returned", "wrong_household", "note", "\x00"), ["note"]),
    ],
)
def test_incomplete_return_names_what_is_missing(
    database: Database, binh: Actor, clock: FakeClock, asked: Verdict, wrong: list[str]
) -> None:
    with pytest.raises(Invalid) as fault:
        _return(database, binh, asked, clock())
    assert fault.value.fields == wrong
    assert _visit(database).review_state == "received"


def test_note_is_stored_composed(database: Database, binh: Actor, clock: FakeClock) -> None:
    _return(database, binh, Verdict("returned", "other", "note", "Xem la\u0323i  "), clock())
    assert _visit(database).review_note == "Xem lại"


def _accept(database: Database, actor: Actor, now: datetime) -> None:
    database.write(lambda session: reviews.accept(session, actor, VISIT, SeenVisit(1), now))


def _return(database: Database, actor: Actor, verdict: Verdict, now: datetime) -> None:
    database.write(lambda session: reviews.return_(session, actor, VISIT, SeenVisit(1), verdict, now))


def _amend(database: Database, world: World, now: datetime) -> None:
    command = visits.AmendVisit(id=VISIT, household_id=world.duc, result="not_needed", base_version=1)
    _as_lan(database, world, now, lambda batch, lan: visits.amend(batch, lan, command), seq=2)


def _as_lan(database: Database, world: World, now: datetime, act: Act, seq: int = 1) -> None:
    author = Author(world.lan, "may-cua-lan", seq, now, now, now, timedelta(0), frozenset({world.dong}))

    def work(session: Session) -> None:
        batch = Batch(world.commune_id)
        for model in (Household, Service, Visit, VisitService):
            batch.load(
                model, [row.model_dump() for row in session.exec(select(model)) if _is_ours(row, world)]
            )
        act(batch, author)
        batch.write(session, (Household, Visit, VisitService, VisitVersion, Tombstone))

    database.write(work)


def _is_ours(row: object, world: World) -> bool:
    return getattr(row, "commune_id", "") == world.commune_id


def _actor(database: Database, commune_id: str, account_id: str) -> Actor:
    return database.read(
        lambda session: actor_for(session, session.get_one(Account, (commune_id, account_id)))
    )


def _visit(database: Database) -> Visit:
    return database.read(lambda session: session.exec(select(Visit)).one())


def _decisions(database: Database) -> list[Decision]:
    return database.read(lambda session: list(session.exec(select(Decision))))
