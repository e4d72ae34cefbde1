"""Whether a record is among the figures of a closed period is decided by when it began to count, not by when
it was received first."""

from collections.abc import Callable

from sqlmodel import Session, select

from app.commune.accounts.devices import revoke
from app.core.db import Database
from app.fieldwork.outreach.models import OutreachSession
from app.fieldwork.remarks.commands import remove
from app.intake.paper.session_withdrawal import undo_withdrawal, withdraw_session
from app.review.decisions import commands as reviews
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.sync.quarantine.decisions import accept
from app.sync.quarantine.undo import CLOSED, undo
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.fieldwork.outreach import sessions
from tests.fieldwork.remarks import leaders_remarks as remarks
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.reports.test_closing import (
    FIRST,
    SECOND,
    Close,
    ReadTable,
    adjusted,
    close,
    forward,
    reopen,
    table,
)
from tests.world import World

__all__ = ["close", "reopen", "table"]
RETURNED = Verdict("returned", "missing_information", "note", "Thiếu")


def test_what_waited_for_a_decision_at_the_closing_can_be_taken_back_after_it(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    remarks.let_lan_lead(database, world)
    visit, held, remark = lan.visit(world.duc), sessions.record(lan, world.dong), remarks.record(lan)
    database.write(lambda session: revoke(session, binh(session, world), lan.device_id, clock()))
    assert lan.statuses(visit, held, remark) == ["quarantined"] * 3
    forward(lan, clock)
    close(FIRST)
    clock.forward(seconds=1)

    def work(session: Session) -> None:
        actor = binh(session, world)
        for one in session.exec(select(QuarantinedOperation)).all():
            assert accept(session, actor, one.op_id, one.payload_hash, clock()) == "applied"
        reviews.return_(session, actor, visit["data"]["id"], SeenVisit(1), RETURNED, clock())
        seen = session.get_one(OutreachSession, (world.commune_id, held["data"]["id"])).feed_seq
        withdraw_session(session, actor, held["data"]["id"], seen, "Ghi nhầm", clock())
        remove(session, actor, remark["data"]["id"], clock())

    database.write(work)
    assert adjusted(table(SECOND)) == []


def test_undo_of_an_acceptance_takes_nothing_out_of_a_closed_period(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, reopen: Close
) -> None:
    remarks.let_lan_lead(database, world)
    recorded = lan.visit(world.duc), sessions.record(lan, world.dong), remarks.record(lan)
    database.write(lambda session: revoke(session, binh(session, world), lan.device_id, clock()))
    lan.exchange(*recorded)
    forward(lan, clock)
    waiting = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())

    def decide(decision: Callable[..., str], *state: str) -> list[str]:
        def work(session: Session) -> list[str]:
            actor = binh(session, world)
            return [decision(session, actor, one.op_id, one.payload_hash, *state, clock()) for one in waiting]

        return database.write(work)

    decide(accept)
    close(FIRST)
    clock.forward(seconds=1)
    assert decide(undo, "applied") == [CLOSED] * 3
    reopen(FIRST)
    assert decide(undo, "applied") == [""] * 3


def test_visit_that_was_returned_at_the_closing_can_be_changed_again_and_again(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    id, seen = visit["data"]["id"], SeenVisit(1)
    database.write(
        lambda session: reviews.return_(session, binh(session, world), id, seen, RETURNED, clock())
    )
    forward(lan, clock)
    close(FIRST)
    clock.forward(seconds=1)
    assert lan.statuses(lan.amend(visit, note="Sửa"), lan.amend(visit, 2, note="Sửa nữa")) == ["applied"] * 2
    (row,) = adjusted(table(SECOND))
    assert (row["visits"], row["guided"]) == (1, 1)
    forward(lan, clock)
    close(SECOND)
    clock.forward(seconds=1)
    assert lan.statuses(lan.op("visit.withdraw", {"id": visit["data"]["id"]})) == ["applied"]
    (row,) = adjusted(table("2026-W50"))
    assert (row["visits"], row["guided"]) == (-1, -1)


def test_session_that_was_withdrawn_at_the_closing_can_be_changed_once_it_counts_again(
    lan: Phone, world: World, database: Database, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    forward(lan, clock)
    held = sessions.record(lan, world.dong, held_on="2026-11-29")
    lan.exchange(held)
    id = held["data"]["id"]

    def withdraw(session: Session) -> None:
        seen = session.get_one(OutreachSession, (world.commune_id, id)).feed_seq
        withdraw_session(session, binh(session, world), id, seen, "Ghi nhầm", clock())

    database.write(withdraw)
    close(FIRST)
    clock.forward(seconds=1)
    database.write(lambda session: undo_withdrawal(session, binh(session, world), id, clock()))
    assert lan.statuses(sessions.amend(lan, held, people=31)) == ["applied"]
    (row,) = adjusted(table(SECOND))
    assert (row["sessions"], row["attended"]) == (1, 31)


def test_session_that_is_put_into_a_closed_period_can_be_changed_again(
    lan: Phone, world: World, clock: FakeClock, close: Close, table: ReadTable
) -> None:
    forward(lan, clock)
    held = sessions.record(lan, world.dong, held_on="2026-12-01")
    lan.exchange(held)
    close(FIRST)
    clock.forward(seconds=1)
    moved = sessions.amend(lan, held, held_on="2026-11-25")
    assert lan.statuses(moved, sessions.amend(lan, held, 2, held_on="2026-11-26")) == ["applied"] * 2
    (row,) = adjusted(table(SECOND))
    assert (row["sessions"], row["attended"]) == (1, 30)
