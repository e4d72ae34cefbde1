"""What was done properly is no tampering: restores, new histories, and what both say in each chain."""

from typing import Any

import pytest
from alembic import command
from sqlmodel import Session

from app.core import desk_log
from app.core.audit.chain import HISTORY_BEGUN, AuditHead
from app.core.desk_log import CHAIN, EPOCH_STARTED, DeskLog
from app.upkeep.maintenance.check import check
from app.upkeep.maintenance.desk_log import catch_up
from app.upkeep.migrations import config
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World


def decide(instance: Instance, world: World, *names: str) -> None:
    def work(session: Session) -> None:
        for name in names:
            desk_log.note(session, world.commune_id, "list.undone", instance.clock(), list=name)

    instance.database.write(work)


def head(instance: Instance, world: World) -> list[Any]:
    (found,) = (one for one in instance.rows(AuditHead) if one.commune_id == world.commune_id)
    return [found.seq, found.hash]


def entries(instance: Instance, world: World) -> list[dict[str, Any]]:
    rows = sorted(instance.rows(desk_log.DeskEntry), key=lambda row: row.seq)
    return [row.entry for row in rows if row.commune_id == world.commune_id]


def problems(instance: Instance) -> list[str]:
    return [problem for one in check(instance.database) for problem in one.problems]


@pytest.mark.parametrize("way", ["restore", "begin-history"])
def test_chain_goes_on_after_its_end_was_lost_and_says_where_it_was(
    way: str, instance: Instance, world: World
) -> None:
    decide(instance, world, "a", "b")
    instance.back_up()
    after = head(instance, world)
    decide(instance, world, "c", "d")
    before = head(instance, world)
    if way == "restore":
        instance.restore()
    else:
        instance.lose_end()
        assert any("entries that the database does not have" in problem for problem in problems(instance))
        instance.begin_history()
    assert problems(instance) == []
    begun = entries(instance, world)
    assert [one.get("list") for one in begun] == ["a", "b", "c", "d", None]
    assert (begun[-1]["what"], begun[-1]["before"], begun[-1]["after"]) == (HISTORY_BEGUN, before, after)
    decide(instance, world, "e")
    catch_up(instance.database)
    assert problems(instance) == []


def test_two_restores_of_one_backup_are_no_tampering(instance: Instance, world: World) -> None:
    decide(instance, world, "a")
    instance.back_up()
    for name in ("b", "c"):
        decide(instance, world, name)
        instance.restore()
        catch_up(instance.database)
        assert problems(instance) == []
    assert {one.get("list") for one in entries(instance, world)} == {"a", "b", "c", None}


def test_line_of_the_file_has_the_number_and_the_hash(instance: Instance, world: World) -> None:
    decide(instance, world, "a", "b")
    lines = list(DeskLog(instance.settings.desk_log_file).entries())
    assert lines[-1]["chain"] == head(instance, world)


def test_backup_of_before_the_chains_is_no_tampering(instance: Instance, world: World) -> None:
    """The replaced database is of an earlier revision too: what its log lacks is carried over."""

    decide(instance, world, "a")
    command.downgrade(config(instance.database), "0031")
    instance.back_up()
    instance.settings.desk_log_file.unlink()
    instance.restore()
    assert problems(instance) == []
    assert [one.get("list") for one in entries(instance, world)] == ["a", None]


@pytest.mark.parametrize("is_last", [True, False])
def test_what_a_restore_of_before_the_chains_reverted_is_in_the_file_alone(
    is_last: bool, instance: Instance, world: World
) -> None:
    """A restore stored it again only later. Whatever else is gone did not follow all that the backup had."""
    decide(instance, world, "a")
    instance.back_up()
    decide(instance, world, "b")
    instance.lose_end()
    decide(instance, world, "c")
    first, reverted, newer = DeskLog(instance.settings.desk_log_file).entries()
    started = {"id": "start", "at": newer["at"], "what": EPOCH_STARTED, "epoch": "later", "version_floor": 0}
    lines = [first, reverted] if is_last else [reverted, first]
    instance.settings.desk_log_file.unlink()
    log = DeskLog(instance.settings.desk_log_file)
    log.append({name: line[name] for name in line if name != CHAIN} for line in (*lines, started, newer))
    sentence = (
        "1 entries of the desk log are gone, and were not old by their lines in its file, the first of them"
    )
    assert problems(instance) == ([] if is_last else [f"{sentence} number 0 (commune 06391)."])
