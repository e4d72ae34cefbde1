"""The purge of each day: refused payloads are stored for 90 days, a restored backup is purged again."""

import time
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.accounts.models import ANONYMOUS, Device
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.main import create_app
from app.sync.wire.models import RefusedOperation
from app.upkeep.models import DailyJob
from app.upkeep.retention import daily, run
from tests.phone import Phone
from tests.upkeep.maintenance.conftest import Instance
from tests.upkeep.retention.test_effects import accept_all, purge_communes
from tests.world import World

NOTE = "Ba hen chieu mai"  # ASCII: a payload is stored as canonical JSON


def test_refused_payload_is_stored_for_90_days_and_its_number_for_ever(
    instance: Instance, lan: Phone, world: World, database: Database
) -> None:
    waits, abandoned_seqs = (lan.visit(world.duc, services=[], note=NOTE) for _ in range(2))
    lan.exchange(abandoned_seqs)
    lan.held = {waits["seq"]}
    instance.clock.forward(days=90)
    database.write(lambda session: daily.purge_expired(session, instance.clock()))
    assert NOTE in _refused(database).payload
    instance.clock.forward(seconds=1)
    database.write(lambda session: daily.purge_expired(session, instance.clock()))
    assert (_refused(database).payload, _refused(database).seq) == ("", abandoned_seqs["seq"])
    lan.exchange()
    (device,) = (row for row in instance.rows(Device) if row.id == lan.device_id)
    assert device.lost_count == 0


def test_a_server_sees_to_it_when_it_starts_and_signs_nobody_out(
    instance: Instance, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc, services=[], note=NOTE))
    instance.clock.forward(days=730)
    instance.stop()
    with TestClient(create_app(instance.settings, instance.clock)) as server:
        end = time.monotonic() + 30
        while _refused(database).payload and time.monotonic() < end:
            server.get("/healthz")
            time.sleep(0.05)
    assert _refused(database).payload == ""
    instance.clock.forward(days=-730)  # the clock was wrong
    assert lan.statuses(lan.visit(world.mai)) == ["applied"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_server_purges_communes_once_a_day(instance: Instance, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc, note=NOTE))
    accept_all(instance.database, world)
    instance.clock.forward(days=760)
    yesterday = DailyJob(name=run.JOB, ran_at=instance.clock() - timedelta(days=1))
    instance.database.write(lambda session: session.add(yesterday))
    instance.stop()
    with TestClient(create_app(instance.settings, instance.clock)) as server:
        end = time.monotonic() + 30
        while instance.rows(Visit)[0].note and time.monotonic() < end:
            server.get("/healthz")
            time.sleep(0.05)
    assert [(one.recorded_by, one.note) for one in instance.rows(Visit)] == [(ANONYMOUS, "")]


def test_older_backup_is_purged_by_the_next_run(instance: Instance, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc, note=NOTE))
    accept_all(instance.database, world)
    later = instance.clock() + timedelta(days=760)
    purge_communes(instance.database, later - timedelta(days=30))
    instance.back_up()
    purge_communes(instance.database, later)
    assert [one.recorded_by for one in instance.rows(Visit)] == [ANONYMOUS]
    instance.restore()
    assert [(one.recorded_by, one.note) for one in instance.rows(Visit)] == [(world.lan, NOTE)]
    purge_communes(instance.database, later)
    assert [(one.recorded_by, one.note) for one in instance.rows(Visit)] == [(ANONYMOUS, "")]


def _refused(database: Database) -> RefusedOperation:
    return database.read(lambda session: session.exec(select(RefusedOperation)).one())
