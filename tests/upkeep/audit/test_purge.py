"""Entries of the desk log that are old are purged, and nothing else can be deleted unseen."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.core.audit.chain import Head
from app.core.desk_log import DeskEntry, note
from app.upkeep.audit.checks import mark_problem
from app.upkeep.audit.purge import PURGED, STEP, purge_log
from app.upkeep.migrations import append_only, config, upgrade
from app.upkeep.retention.daily import purge_communes
from tests.phone import Phone
from tests.upkeep.audit.test_histories import decide, entries, problems
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World

TERM = timedelta(days=5 * 365 + 2)
LONG = TERM + STEP


def names(instance: Instance, world: World) -> list[str | None]:
    return [one.get("list") for one in entries(instance, world)]


def five_years_later(instance: Instance, world: World) -> None:
    instance.clock.now += LONG
    decide(instance, world, "new")


def purge(instance: Instance) -> None:
    list(purge_log(instance.database, instance.clock()))


@pytest.fixture(autouse=True)
def old(instance: Instance, world: World) -> list[Head]:
    """Three entries of a day, longer ago than the term by the clock of the database too."""
    instance.clock.now -= LONG
    decide(instance, world, "a", "b", "c")
    rows = sorted(instance.rows(DeskEntry), key=lambda row: row.seq)
    return [Head(row.seq, row.hash) for row in rows if row.commune_id == world.commune_id]


def test_daily_work_purges_what_is_old_and_the_chain_goes_on(
    instance: Instance, world: World, old: list[Head]
) -> None:
    five_years_later(instance, world)
    for days in (1, 0):
        list(purge_communes(instance.database, instance.clock() - timedelta(days=days)))
    assert problems(instance) == []
    assert names(instance, world) == ["new", None]
    purged = entries(instance, world)[-1]
    assert (purged["what"], purged["up_to"]) == (PURGED, [*old[-1]])
    decide(instance, world, "newer")
    purge(instance)
    assert names(instance, world) == ["new", None, "newer"]
    assert problems(instance) == []
    log, mark = instance.database.desk_log, str(old[1])
    printed = instance.database.read(lambda session: mark_problem(session, "06391", mark, log))
    assert f"{old[1].seq} was purged, because it was old" in printed


def test_what_became_old_just_now_waits_for_a_month(instance: Instance, world: World) -> None:
    instance.clock.now += TERM
    decide(instance, world, "new")
    purge(instance)
    assert names(instance, world) == ["a", "b", "c", "new"]


def test_clock_that_is_years_ahead_purges_nothing(instance: Instance, world: World) -> None:
    list(purge_log(instance.database, instance.clock() + LONG))
    assert names(instance, world) == ["a", "b", "c"]


def test_decision_whose_entry_was_purged_is_no_tampering(
    instance: Instance, world: World, lan: Phone
) -> None:
    desk = instance.browser()
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    operation = lan.visit(world.duc)
    lan.exchange(operation)
    assert desk.post(f"/desk/visits/{operation['data']['id']}/accept", data={"version": "1"}).is_redirect
    five_years_later(instance, world)
    purge(instance)
    assert not any(one["what"] == "visit.accepted" for one in entries(instance, world))
    assert problems(instance) == []


@pytest.mark.parametrize("is_backup_older", [True, False])
def test_restore_lists_nothing_that_was_purged(
    is_backup_older: bool, instance: Instance, world: World
) -> None:
    five_years_later(instance, world)
    if is_backup_older:
        instance.back_up()
    purge(instance)
    if not is_backup_older:
        instance.back_up()
    decide(instance, world, "lost")
    result = instance.restore()
    assert [one.get("list") for one in result.reverted.decisions] == ["lost"]
    assert problems(instance) == []
    purge(instance)
    assert names(instance, world)[0] == "new"
    assert problems(instance) == []


def test_database_deletes_nothing_that_is_young(instance: Instance, world: World, old: list[Head]) -> None:
    """No row that the application may write says what may be deleted."""
    five_years_later(instance, world)
    purge(instance)
    for seq in (old[-1].seq + 1, old[-1].seq + 2):
        refuse_deletion(instance, world, seq)


def refuse_deletion(instance: Instance, world: World, seq: int) -> None:
    delete = text("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq = :seq")
    with instance.database.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(delete, {"commune_id": world.commune_id, "seq": seq})


def test_mark_of_an_entry_that_was_not_old_is_no_purge(instance: Instance, world: World) -> None:
    """Whoever dropped the triggers writes the entry of a purge too; the file's line says when it was made."""
    instance.clock.now += LONG
    decide(instance, world, "today", "after")
    (today,) = (row for row in instance.rows(DeskEntry) if row.entry.get("list") == "today")

    def work(session: Session) -> None:
        append_only.release(session.connection())
        delete = text("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq <= :seq")
        session.execute(delete, {"commune_id": world.commune_id, "seq": today.seq})
        append_only.guard(session.connection())
        now, before = instance.clock(), instance.clock() - LONG
        note(session, world.commune_id, PURGED, now, up_to=[today.seq, today.hash], before=before.isoformat())

    instance.database.write(work)
    log, mark = instance.database.desk_log, str(Head(today.seq, today.hash))
    said = instance.database.read(lambda session: mark_problem(session, "06391", mark, log))
    assert "was deleted although it was not old" in said
    assert any("were not old by their lines in its file" in problem for problem in problems(instance))


def test_older_revision_refuses_every_deletion(instance: Instance, world: World, old: list[Head]) -> None:
    command.downgrade(config(instance.database), "0034")
    refuse_deletion(instance, world, old[0].seq)
    upgrade(instance.database)
    assert instance.database.read(lambda session: append_only.protection(session.connection())) == "triggers"
    five_years_later(instance, world)
    purge(instance)
    assert names(instance, world) == ["new", None]
    assert problems(instance) == []
