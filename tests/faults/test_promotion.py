"""A standby two seconds behind takes the place of its primary, which is killed while a fleet sends."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlmodel import Session, select

from app.commune.accounts.models import Account, Device
from app.commune.accounts.sign_in import Enrolment, enrol_device
from app.core.clock import utc_now
from app.core.db import Database
from app.core.desk_log import DeskLog
from app.core.epoch import ServerEpoch
from app.fieldwork.visits.models import Visit
from app.upkeep.migrations import upgrade
from app.upkeep.promotion import Promotions
from tests import postgres
from tests.conftest import skip_without
from tests.e2e.server import Server
from tests.faults.fleet import Fleet, Member, fleet, is_complete
from tests.phone import Phone
from tests.rounds import LONG
from tests.standby import Standby, standby_of
from tests.world import World, build

DEVICES, ROUNDS = (50, 3) if LONG else (8, 1)
BEHIND = 2  # seconds
pytestmark = pytest.mark.slow


class Pair:
    """A server at an address that leads to the primary, and its fleet: Lan's phones and, last, Nam's."""

    def __init__(self, standby: Standby, folder: Path, **settings: str) -> None:
        self.standby, self._name = standby, folder / "database"
        self._name.symlink_to(standby.primary)
        self.database = Database(_address(self._name))
        upgrade(self.database)
        self.world: World = build(self.database, utc_now())
        log = DeskLog(folder / "desk-log.jsonl")
        Promotions(self.database, log, "begin-history", utc_now).look()  # as `serve` does at its start
        self.server = Server(_address(self._name), folder / "server.log", settings=settings)
        self.server.start()
        self.fleet: Fleet = fleet(self.database, self.world, self.server.url, DEVICES)
        self.fleet.members.append(_nam(self.database, self.world, self.server.url))
        for member in self.fleet.members[::2]:
            member.waits = True

    def revoke_and_end(self) -> None:
        """At the desk: the first of Lan's phones is revoked, and Nam's account ended."""
        with httpx2.Client(base_url=self.server.url, headers={"Sec-Fetch-Site": "same-origin"}) as desk:
            form = {"name": "binh", "password": "mat-khau-binh"}
            assert desk.post("/desk/sign-in", data=form).status_code == 303
            device = self.fleet.members[0].phone.device_id
            for path in (f"/desk/devices/{device}/revoke", f"/desk/people/{self.world.nam}/end"):
                assert desk.post(path).status_code == 303, path

    def fail_over(self) -> int:
        """Kill the primary, and lead the address to the promoted standby. Returns how many visits that were
        acknowledged it lacks."""
        self.standby.kill_primary()
        self.standby.take_over()
        there = Database(_address(self.standby.folder))
        visits = set(there.read(lambda session: session.exec(select(Visit.id)).all()))
        there.close()
        sent = [op for member in self.fleet.members for op in list(member.sent.values())]
        self._name.unlink()
        self._name.symlink_to(self.standby.folder)
        return sum(op["data"]["id"] not in visits for op in sent)

    def epoch(self) -> str:
        return self.database.read(lambda session: session.exec(select(ServerEpoch.epoch)).one())

    def close(self) -> None:
        self.server.stop()
        self.database.close()


@pytest.fixture
def standby() -> Iterator[Standby]:
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(programs) as folder, standby_of(programs, Path(folder)) as standby:
        yield standby


@pytest.mark.parametrize("number", range(ROUNDS))
def test_fleet_loses_nothing_when_a_standby_two_seconds_behind_is_promoted(
    number: int, standby: Standby, tmp_path: Path
) -> None:
    pair = Pair(standby, tmp_path)
    try:
        assert is_complete(_fail_over(pair))
        suspended = [_is_suspended(member.phone) for member in pair.fleet.members]
        assert suspended == [True, *[False] * (DEVICES - 1), True], "they stay out, and nobody else"
        assert _is_ended(pair), "also at the desk"
    finally:
        pair.close()


@pytest.mark.mutant
def test_without_a_new_epoch_what_the_standby_lacked_is_lost(standby: Standby, tmp_path: Path) -> None:
    pair = Pair(standby, tmp_path, TUNGNHA_AFTER_PROMOTION="same-history")
    try:
        assert _fail_over(pair, begins=False)["lost"] > 0
    finally:
        pair.close()


def _fail_over(pair: Pair, *, begins: bool = True) -> dict[str, int]:
    """Phones send all the time. What two seconds bring is not on the standby that is promoted."""
    over, before = threading.Event(), pair.epoch()
    threads = pair.fleet.start_sending(over)
    try:
        _wait_until(lambda: pair.fleet.acknowledged > 10 * DEVICES, "the phones do not get through")
        pair.standby.fall_behind()
        pair.revoke_and_end()
        time.sleep(BEHIND)
        assert pair.fail_over() > 0, "the standby was not behind"
        if begins:
            _wait_until(lambda: _read_or_none(pair) not in (None, before), "no epoch has begun")
            _wait_until(lambda: _know(pair.fleet, pair.epoch()), "phones do not learn of it")
        time.sleep(2)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    pair.fleet.drain()
    return pair.fleet.tally(pair.database)


def _read_or_none(pair: Pair) -> str | None:
    try:
        return pair.epoch()
    except Exception:
        return None


def _wait_until(holds: Any, otherwise: str) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)


def _know(phones: Fleet, epoch: str) -> bool:
    return all(member.phone.state.get("epoch") == epoch for member in phones.members)


def _is_suspended(phone: Phone) -> bool:
    return bool(phone.exchange().get("erase"))


def _is_ended(pair: Pair) -> bool:
    key = (pair.world.commune_id, pair.world.nam)
    return pair.database.read(lambda session: session.get_one(Account, key).ended_at is not None)


def _nam(database: Database, world: World, url: str) -> Member:
    def enrol(session: Session) -> tuple[Device, str]:
        nam = session.get_one(Account, (world.commune_id, world.nam))
        return enrol_device(session, nam, Enrolment("", "", "Điện thoại của Nam"), None, utc_now())

    device, cookie = database.write(enrol)
    client: Any = httpx2.Client(
        base_url=url,
        headers={"Sec-Fetch-Site": "same-origin", "Cookie": f"device={cookie}"},
        timeout=httpx2.Timeout(60),
        trust_env=False,
    )
    return Member(Phone(client, device.id, world.nam, world.commune_id, utc_now()), world.anh)


def _address(folder: Path) -> str:
    return f"postgresql+psycopg://tungnha@/postgres?host={folder}"
