"""What is interrupted: an import that is killed, a push that waits while its commune leaves."""

import threading
import time
from typing import Any
from unittest.mock import Mock, patch

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.commune.areas import Commune
from app.commune.moving import CommuneArrival
from app.core.db import Database
from app.core.feed import FeedCounter
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.visits.models import Visit
from app.province.status import count_due
from app.sync import push
from app.sync.quarantine.retry import retry_all
from app.sync.wire.models import QuarantinedOperation
from app.upkeep.maintenance.check import check
from app.upkeep.moving import arrival
from tests.phone import Phone, sign_in
from tests.upkeep.moving.conftest import CODE, Move
from tests.world import LAN, World

MANY = 1_000_000


class Killed(BaseException):
    """The process ends."""


def killed_after(writes: int) -> Any:
    """An import whose process ends before it has stored so many parts."""
    store, done = arrival._store, 0

    def stored(session: Session, **values: Any) -> None:
        nonlocal done
        if done == writes:
            raise Killed
        done += 1
        store(session, **values)

    return stored


@pytest.fixture
def sent(lan: Phone, nam: Phone, world: World) -> list[dict[str, Any]]:
    visits = [lan.visit(household) for household in world.households[world.dong]]
    lan.exchange(*visits, lan.visit("no-such-household"))
    nam.exchange(nam.visit(world.anh))
    return visits


@pytest.mark.parametrize("writes", [0, 1, 5, None])
def test_import_that_is_killed_is_used_by_nobody_and_is_completed(
    move: Move, lan: Phone, sent: list[dict[str, Any]], writes: int | None
) -> None:
    move.leave()
    with (
        patch.object(arrival, "ROWS_AT_ONCE", 10),
        patch.object(arrival, "_store", killed_after(writes if writes is not None else MANY)),
        patch.object(arrival, "_finish", Mock(side_effect=Killed)),
        pytest.raises(Killed),
    ):
        move.arrive()
    (stored,) = (one.rows for one in move.new.rows(CommuneArrival))
    assert stored == 10 * writes if writes is not None else stored > 50
    (left,) = (one.remarks for one in check(move.new.database) if one.name == "imports of communes")
    assert left == [f"the import of commune {CODE} has not ended: run it again"]
    move.follow(lan)
    assert lan.send().status_code in (401, 503)
    form = {"invite": LAN[1], "phone": LAN[0], "name": "Điện thoại"}
    assert move.new.browser().post("/api/v1/devices", json=form).status_code in (401, 503)
    evaluate_all(move.new.database, 1)
    count_due(move.new.database, move.new.clock)
    assert retry_all(move.new.database, move.new.clock()) == 0
    arrived = move.arrive()
    assert [one.problems for one in arrived.checks if one.problems] == []
    assert move.new.rows(CommuneArrival) == []
    assert len(move.new.rows(Visit)) == len(move.old.rows(Visit))
    assert lan.statuses(*sent) == ["duplicate"] * len(sent)


def test_code_that_nobody_used_is_used_at_the_new_instance(move: Move) -> None:
    move.go()
    phone = sign_in(move.new.browser(), *LAN, move.new.clock())
    assert phone.exchange()["changes"]["household"] != []


def _until_waiting(database: Database, count: int) -> None:
    """Until so many transactions wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(600):
        if database.read(lambda session: session.scalar(waiting)) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_push_that_waits_while_its_commune_leaves_is_sent_again(move: Move, lan: Phone, world: World) -> None:
    """SQLite has one writer. Here the commune leaves after the push has looked whether it may."""
    lan.exchange()
    visit, answers, blocked = lan.visit(world.duc), [], threading.Event()
    is_left = threading.Event()

    def hold(session: Session) -> None:
        # Not `lock_feed`, which writes the row: whoever waits for a newer version of it comes in any order.
        counter = select(FeedCounter).where(FeedCounter.commune_id == world.commune_id)
        session.exec(counter.with_for_update()).one()
        blocked.set()
        is_left.wait(60)

    holder = threading.Thread(target=lambda: move.old.database.write(hold))
    holder.start()
    blocked.wait(5)
    leaving = threading.Thread(target=move.leave)
    leaving.start()
    _until_waiting(move.old.database, 1)
    sending = threading.Thread(target=lambda: answers.append(lan.send(visit)))
    sending.start()
    _until_waiting(move.old.database, 2)
    is_left.set()
    for thread in (holder, sending, leaving):
        thread.join(20)
    (answer,) = answers
    assert (answer.status_code, answer.json()["error"]) == (503, "commune_off")
    move.arrive()
    move.follow(lan)
    assert lan.statuses(visit) == ["applied"]
    assert [len(one.rows(Visit)) for one in (move.old, move.new)] == [0, 1]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_is_acknowledged_without_a_number_is_in_the_file(move: Move, lan: Phone, world: World) -> None:
    """What a newer build has sent is quarantined and locks no counter: the file waits for its transaction."""
    lan.exchange()
    visit, answers = lan.op("visit.dance", {"id": "v1"}), []
    inside, may_end = threading.Event(), threading.Event()
    process = push._process

    def slow(*arguments: Any) -> Any:
        found = process(*arguments)
        inside.set()
        may_end.wait(5)
        return found

    with patch.object(push, "_process", slow):
        sending = threading.Thread(target=lambda: answers.append(lan.send(visit)))
        sending.start()
        assert inside.wait(5)
        leaving = threading.Thread(target=move.leave)
        leaving.start()
        leaving.join(0.5)
        assert leaving.is_alive()
        may_end.set()
        sending.join(20)
        leaving.join(20)
    assert answers[0].json()["results"][0]["status"] == "quarantined"
    move.arrive()
    assert len(move.new.rows(QuarantinedOperation)) == 1
    assert not [one for one in move.new.rows(Commune) if one.code == CODE and one.started_at is None]
