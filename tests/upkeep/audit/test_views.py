"""What supervisors look at stands in the desk log within a minute; a crash loses a minute and says so."""

import os
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.core.audit.views import MOST, VIEWED, View, Views
from app.core.desk_log import DeskEntry
from app.upkeep.audit.views import LOST, ViewRecorder
from app.upkeep.maintenance.check import check
from tests.upkeep.maintenance.conftest import Instance
from tests.world import World


@pytest.fixture
def desk(instance: Instance) -> TestClient:
    client = instance.browser()
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    return client


def recorder(instance: Instance) -> ViewRecorder:
    return ViewRecorder(instance.database, instance.settings.data_dir, instance.clock)


def entries(instance: Instance, what: str) -> list[dict[str, Any]]:
    rows = sorted(instance.rows(DeskEntry), key=lambda row: row.number)
    return [row.entry for row in rows if row.entry["what"] == what]


def files(instance: Instance) -> list[Path]:
    return sorted(instance.settings.data_dir.glob("views-*"))


def test_views_are_written_together_without_a_name(
    instance: Instance, desk: TestClient, world: World
) -> None:
    for path in (f"households/{world.duc}", f"households/{world.duc}", f"hamlets/{world.dong}/walking-list"):
        assert desk.get(f"/desk/{path}").status_code == 200
    assert desk.get("/desk/households/00000000-0000-4000-8000-000000000000").status_code == 404
    assert entries(instance, VIEWED) == []
    views = recorder(instance)
    views.write()
    views.write()
    (entry,) = entries(instance, VIEWED)
    (by,) = {one[0] for one in entry["views"]}
    assert sorted(one[1:] for one in entry["views"]) == [
        ["household", world.duc, 2], ["walking_list", world.dong, 1],
    ]  # fmt: skip
    assert (entry["commune_id"], len(by)) == (world.commune_id, 16)
    assert set(entry) == {"id", "commune_id", "at", "what", "views"}
    assert [one.problems for one in check(instance.database) if one.problems] == []


def test_process_that_is_killed_is_named_by_the_next_one(instance: Instance) -> None:
    """One that lives, and one that ended properly, are not."""
    instance.database.close()
    child = os.fork()
    if not child:
        recorder(instance).begin()
        os._exit(0)
    os.waitpid(child, 0)
    assert len(files(instance)) == 1
    at = files(instance)[0].read_text()
    alive, next_one = recorder(instance), recorder(instance)
    alive.begin()
    next_one.begin()
    (lost,) = entries(instance, LOST)
    assert (lost["after"], lost["commune_id"]) == (at, "")
    assert len(files(instance)) == 2
    alive.finish()
    next_one.finish()
    recorder(instance).begin()
    assert len(entries(instance, LOST)) == 1
    assert [file.stat().st_mode & 0o777 for file in files(instance)] == [0o600]


def test_views_wait_while_the_database_takes_nothing(instance: Instance, world: World) -> None:
    view, views = View(world.commune_id, "a", "household", "h"), recorder(instance)
    views.begin()
    instance.database.views.add(view)
    _execute(instance, "ALTER TABLE audit_head RENAME TO away")
    views.write()
    instance.database.views.add(view)
    _execute(instance, "ALTER TABLE away RENAME TO audit_head")
    views.finish()
    assert [entry["views"] for entry in entries(instance, VIEWED)] == [[["a", "household", "h", 2]]]
    assert files(instance) == []


def _execute(instance: Instance, statement: str) -> None:
    with instance.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_server_that_ends_writes_the_last_views(instance: Instance, world: World) -> None:
    with TestClient(instance.app):
        instance.database.views.add(View(world.commune_id, "a", "household", "h"))
    instance.start()
    assert len(entries(instance, VIEWED)) == 1
    assert (files(instance), entries(instance, LOST)) == ([], [])


def test_views_after_a_backup_are_no_decisions(instance: Instance, desk: TestClient, world: World) -> None:
    instance.back_up()
    desk.get(f"/desk/households/{world.duc}")
    recorder(instance).write()
    restored = instance.restore()
    assert restored.reverted.decisions == []
    assert len(entries(instance, VIEWED)) == 1


def test_views_beyond_the_most_are_counted() -> None:
    views = Views()
    for number in range(MOST + 5):
        views.add(View("c", "a", "household", str(number)))
    views.add(View("c", "a", "household", "0"))
    (counts,) = views.take().values()
    assert counts[View("c", "a", "household", "")] == 5
    assert counts[View("c", "a", "household", "0")] == 2
    assert views.take() == {}
