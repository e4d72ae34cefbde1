"""An instance that an operator backs up and restores, with the phones and the desk that use it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, SQLModel, select

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.epoch import ServerEpoch
from app.main import create_app
from app.upkeep.maintenance import backup, epoch, restore
from app.upkeep.maintenance.restore import RestoreResult
from tests import signed_in
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.upkeep.maintenance.machines import machine  # noqa: F401 - a fixture
from tests.world import LAN, NAM, World


@dataclass
class Instance:
    """A server that can be stopped and started; `phones` and browsers use the one that runs."""

    settings: Settings
    clock: FakeClock
    backup: Path
    clients: list[TestClient] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.app = create_app(self.settings, self.clock)

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    def browser(self) -> TestClient:
        client = signed_in.browser(self.app)
        self.clients.append(client)
        return client

    def phone(self, who: tuple[str, str], **more: Any) -> Phone:
        return sign_in(self.browser(), *who, self.clock(), **more)

    def back_up(self) -> None:
        backup.backup(self.settings, self.backup)

    def restore(self, replace: bool = True) -> RestoreResult:
        """Stop the server, restore the backup, and start the server again an hour later."""
        self.stop()
        try:
            return restore.restore(self.settings, self.backup, self.clock(), replace=replace)
        finally:
            self.clock.forward(hours=1)
            self.start()

    def lose_end(self) -> None:
        """The database is as it was at the backup, and nobody has begun an epoch: as a promoted standby that
        was behind."""
        with (
            patch.object(restore, "start_new_epoch", _no_epoch),
            patch.object(restore, "record_epoch", lambda *_: None),
        ):
            self.restore()

    def begin_history(self, *other_desk_logs: Path) -> RestoreResult:
        """What `begin-history` does, while the server runs."""
        log = self.settings.desk_log_file
        return restore.begin_history(self.database, log, other_desk_logs, self.clock())

    def stop(self) -> None:
        self.database.close()

    def start(self) -> None:
        self.app = create_app(self.settings, self.clock)
        for client in self.clients:
            client.app = self.app
            client._transport.app = self.app  # type: ignore[attr-defined]

    def rows(self, model: type[SQLModel]) -> list[Any]:
        return self.database.read(lambda session: list(session.exec(select(model))))


def _no_epoch(session: Session, *_: Any, **__: Any) -> tuple[ServerEpoch, epoch.RevertedChanges]:
    return session.exec(select(ServerEpoch)).one(), epoch.RevertedChanges([], [])


@pytest.fixture
def instance(database_url: str, world: World, database: Database, tmp_path: Path) -> Iterator[Instance]:
    """An instance with the real clock, because the operator's commands use it."""
    database.close()
    clock = FakeClock()
    clock.now = utc_now() - timedelta(hours=6)
    made = Instance(Settings(database_url=database_url, data_dir=tmp_path), clock, tmp_path / "backup")
    yield made
    made.stop()


@pytest.fixture
def lan(instance: Instance) -> Phone:
    return instance.phone(LAN)


@pytest.fixture
def nam(instance: Instance) -> Phone:
    return instance.phone(NAM)


@pytest.fixture
def other(instance: Instance) -> Phone:
    """Lan's second phone."""
    return instance.phone(LAN)


@pytest.fixture
def desk(instance: Instance) -> TestClient:
    """Bình's browser."""
    client = instance.browser()
    assert client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code == 303
    return client


Sent = list[tuple[dict[str, Any], dict[str, Any]]]
Healed = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def healing() -> Healed:
    return heal


def send(phone: Phone, *ops: dict[str, Any]) -> Sent:
    """The operations with their results, as a phone stores them once they are acknowledged."""
    results = {result["op_id"]: result for result in phone.exchange(*ops)["results"]}
    return [(op, results[op["op_id"]]) for op in ops]


def heal(phone: Phone, sent: Sent) -> list[dict[str, Any]]:
    """Do what a phone does in a new epoch: notice it, and send again all it had sent, with `acked_version`.

    `sent`: operations with the results they had. Without a new epoch nothing is sent.
    """
    before = phone.state["epoch"]
    answer = phone.exchange()
    if answer["epoch"] == before:
        return []
    assert answer["reset"]
    again = [
        op | {"epoch": before} | ({"acked_version": result["version"]} if "version" in result else {})
        for op, result in sorted(sent, key=lambda pair: pair[0]["seq"])
    ]
    phone.held |= {op["seq"] for op in again}
    results: list[dict[str, Any]] = []
    for start in range(0, len(again), 200):
        results += phone.exchange(*again[start : start + 200])["results"]
    return results
