"""What flags cost: the CPU of a push with them and without them, in turn, in one process.

Two loads: a plausible one, where each phone brings some days of work, and one where each has recorded
hundreds of visits on one day, so that every visit has a flag. HTTP and the pull are left out.
"""

import argparse
import random
import time
from datetime import timedelta
from statistics import median
from typing import Any
from unittest.mock import patch

from sqlmodel import Session, select

from app.commune.accounts.access import actor_for
from app.commune.accounts.models import Account, Device
from app.commune.catalog.services import Service
from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.households.models import Household
from app.sync.push import push
from app.sync.wire.protocol import Request
from benchmarks import databases, dataset
from benchmarks.figures import Figure, main

DAYS = {"some days of work": 12, "one day, every visit flagged": 0}
BATCH = 100
BUDGET = 10.0  # per cent


def measure(small: bool = False, pushes: int = 40) -> list[Figure]:
    """The share of flags in a push, in per cent, for each load."""
    return [_figure(what, days, 4 if small else pushes) for what, days in DAYS.items()]


def _figure(what: str, days: int, pushes: int) -> Figure:
    with databases.store("sqlite") as store:
        database = Database(store.url)
        dataset.settle(database, 10, 2, 200)
        took: dict[bool, list[float]] = {True: [], False: []}
        dice = random.Random(1)
        devices = database.write(_enrol)
        seq = dict.fromkeys(devices, 0)
        for number in range(pushes):
            device = devices[number // 2 % len(devices)]
            has_flags = (number + number // len(devices)) % 2 == 0
            operations = database.read(lambda session, of=device: _operations(session, of, dice, seq, days))  # type: ignore[misc]
            took[has_flags].append(_push(database, device, operations, has_flags))
        database.close()
    with_flags, without = median(took[True]), median(took[False])
    share = (with_flags - without) / with_flags * 100
    detail = f"{with_flags * 1000 / BATCH:.3f} ms a visit, {without * 1000 / BATCH:.3f} without"
    return Figure(f"flags' share of a push of {BATCH}: {what}", share, "%", BUDGET, detail=detail)


def _enrol(session: Session) -> list[str]:
    now = utc_now()
    devices = [
        Device(
            commune_id=account.commune_id,
            id=f"device-{account.id}",
            account_id=account.id,
            name="Máy",
            enrolled_at=now,
        )
        for account in session.exec(select(Account).where(Account.role == "volunteer"))
    ]
    session.add_all(devices)
    return [device.id for device in devices]


def _operations(
    session: Session, device_id: str, dice: random.Random, seq: dict[str, int], days: int
) -> list[dict[str, Any]]:
    device = session.exec(select(Device).where(Device.id == device_id)).one()
    actor = actor_for(session, session.get_one(Account, (device.commune_id, device.account_id)))
    hamlet = Household.hamlet_id.in_(actor.hamlet_ids)  # type: ignore[attr-defined]
    households = list(session.exec(select(Household.id).where(hamlet)))
    services = [{"code": row.code, "first": row.first} for row in session.exec(select(Service))]
    operations = []
    for _ in range(BATCH):
        seq[device_id] += 1
        operations.append(
            dataset.recorded_visit(
                dice, device.commune_id, seq[device_id], dice.choice(households), services, days
            )
        )
    return operations


def _push(database: Database, device_id: str, operations: list[dict[str, Any]], has_flags: bool) -> float:
    """CPU seconds of one push. What was left out is computed afterwards, outside the time."""
    now = utc_now()

    def work(session: Session) -> None:
        device = session.exec(select(Device).where(Device.id == device_id)).one()
        actor = actor_for(
            session, session.get_one(Account, (device.commune_id, device.account_id)), device.id
        )
        queue = {"count": BATCH, "oldest_at": None, "next_seq": operations[-1]["seq"] + 1, "held": []}
        body = {
            "proto": 1,
            "build": "1.0.0",
            "device_id": device_id,
            "sent_at": now,
            "queue": queue,
            "ops": operations,
        }
        push(session, actor, Request.model_validate(body), now)

    start = time.process_time()
    if has_flags:
        database.write(work)
        return time.process_time() - start
    with patch.object(flags.FLAGS, "update", lambda *_: None):
        database.write(work)
    took = time.process_time() - start
    database.write(lambda session: flags.reevaluate(session, "c1", now + timedelta(0)))
    return took


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pushes", type=int, default=40)


if __name__ == "__main__":
    main(measure, _options)
