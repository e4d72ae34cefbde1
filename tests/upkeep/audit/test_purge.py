"""Entries of the desk log that are old are purged, and nothing else can be deleted unseen."""

from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from app.core.audit.chain import AuditHead, Head, set_purged
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


def place(instance: Instance, world: World) -> Head:
    (head,) = (one for one in instance.rows(AuditHead) if one.commune_id == world.commune_id)
    return Head(head.purged_seq, head.purged_hash)


def five_years_later(instance: Instance, world: World) -> None:
    instance.clock.now += LONG
    decide(instance, world, "new")


def purge(instance: Instance) -> None:
    list(purge_log(instance.database, instance.clock()))


@pytest.fixture(autouse=True)
def old(instance: Instance, world: World) -> list[Head]:
    """Three entries of a day."""
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
    printed = instance.database.read(lambda session: mark_problem(session, "06391", str(old[1])))
    assert printed.startswith(f"The entries up to {old[-1].seq} were purged")


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


def test_database_deletes_nothing_behind_the_checkpoint(
    instance: Instance, world: World, old: list[Head]
) -> None:
    five_years_later(instance, world)
    purge(instance)
    for seq in (old[-1].seq + 1, old[-1].seq + 2):
        refuse_deletion(instance, world, seq)


def refuse_deletion(instance: Instance, world: World, seq: int) -> None:
    delete = text("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq = :seq")
    with instance.database.engine.connect() as connection, pytest.raises(DBAPIError, match="never changed"):
        connection.execute(delete, {"commune_id": world.commune_id, "seq": seq})


def _delete_up_to(session: Session, world: World, place: Head) -> None:
    set_purged(session, world.commune_id, place)
    delete = text("DELETE FROM desk_entry WHERE commune_id = :commune_id AND seq <= :seq")
    session.execute(delete, {"commune_id": world.commune_id, "seq": place.seq})


def test_checkpoint_that_nobody_wrote_is_named(instance: Instance, world: World, old: list[Head]) -> None:
    instance.database.write(lambda session: _delete_up_to(session, world, old[1]))
    (problem,) = problems(instance)
    assert f"begins behind number {old[1].seq}, and no entry says that it was purged" in problem


def test_purge_of_what_was_not_old_is_named(instance: Instance, world: World, old: list[Head]) -> None:
    """Somebody who may do everything in the database writes the entry, too."""

    def work(session: Session) -> None:
        _delete_up_to(session, world, old[1])
        now = instance.clock()
        note(session, world.commune_id, PURGED, now, up_to=old[1], before=now.isoformat())

    instance.database.write(work)
    (problem,) = problems(instance)
    assert "1 entries of the desk log purged what was not old enough" in problem


def test_checkpoint_with_another_hash_is_named(instance: Instance, world: World, old: list[Head]) -> None:
    five_years_later(instance, world)
    purge(instance)
    forged = Head(old[-1].seq, "0" * 64)
    instance.database.write(lambda session: set_purged(session, world.commune_id, forged))
    found = " ".join(problems(instance))
    assert "do not follow the one before" in found
    assert "no entry says that it was purged" in found


def test_older_revision_refuses_every_deletion(instance: Instance, world: World, old: list[Head]) -> None:
    command.downgrade(config(instance.database), "0034")
    refuse_deletion(instance, world, old[0].seq)
    upgrade(instance.database)
    assert instance.database.read(lambda session: append_only.protection(session.connection())) == "triggers"
    five_years_later(instance, world)
    purge(instance)
    assert names(instance, world) == ["new", None]
    assert problems(instance) == []
