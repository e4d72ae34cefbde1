"""A server notices that a standby was promoted, and does what its setting says."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlmodel import Session, select

from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account, Device
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.core.desk_log import EPOCH_STARTED, DeskLog
from app.core.epoch import ServerEpoch
from app.core.feed import feed
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance.restore import begin_history
from app.upkeep.migrations import upgrade
from app.upkeep.promotion import Policy, Promotions
from tests import postgres
from tests.conftest import FakeClock, skip_without
from tests.e2e.server import Server
from tests.faults.fleet import fleet
from tests.phone import Phone
from tests.standby import Standby, standby_of
from tests.upkeep.maintenance.conftest import Instance, Sent, heal, send
from tests.world import LAN, NAM, World, build

pytestmark = pytest.mark.slow


class Pair:
    """An instance on a primary, whose standby misses what comes after `fall_behind`."""

    def __init__(self, folder: str, standby: Standby, tmp_path: Path) -> None:
        self.folder, self.standby, self._data_dir = folder, standby, tmp_path
        database = Database(address(folder))
        upgrade(database)
        self.clock = FakeClock()
        self.clock.now = utc_now()
        self.world: World = build(database, self.clock.now)
        database.close()
        settings = Settings(database_url=address(folder), data_dir=tmp_path)
        self.instance = Instance(settings, self.clock, tmp_path / "backup")
        self.look()  # as a server does from its start on

    def fall_behind(self) -> None:
        self.standby.fall_behind()

    def promote(self) -> None:
        """The address of the database leads to the promoted standby."""
        self.instance.stop()
        self.standby.promote()
        self.clock.forward(minutes=1)
        url = address(str(self.standby.folder))
        self.instance.settings = Settings(database_url=url, data_dir=self._data_dir)
        self.instance.start()

    def promotions(self, policy: Policy = "begin-history", log: Path | None = None) -> Promotions:
        desk_log = DeskLog(log or self.instance.settings.desk_log_file)
        return Promotions(self.instance.database, desk_log, policy, self.clock)

    def look(self, policy: Policy = "begin-history") -> None:
        self.promotions(policy).look()

    def epoch(self) -> ServerEpoch:
        return self.instance.database.read(lambda session: session.exec(select(ServerEpoch)).one())


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    programs = postgres.find_bin_dir()
    if programs is None:
        skip_without("PostgreSQL")
        return
    with postgres.cluster(programs) as folder, standby_of(programs, Path(folder)) as standby:
        made = Pair(folder, standby, tmp_path)
        yield made
        made.instance.stop()


def test_server_begins_a_new_epoch_by_itself_and_nothing_acknowledged_is_lost(pair: Pair) -> None:
    lan, sent = _behind(pair)
    before = pair.epoch()
    assert before.timeline is not None
    assert lan.send(lan.visit(pair.world.duc)).status_code == 503, "no number is given twice meanwhile"
    assert lan.send().status_code == 503, "nor is a cursor of the lost epoch answered"
    pair.look()
    assert pair.epoch().epoch != before.epoch
    assert [result["status"] for result in heal(lan, sent)] == ["duplicate", "applied"]
    began = pair.epoch().epoch
    pair.look()
    assert pair.epoch().epoch == began, "once"


def test_restart_on_the_same_timeline_begins_nothing(pair: Pair) -> None:
    before = pair.epoch().epoch
    pair.instance.stop()
    pair.instance.start()
    pair.look()
    pair.look()
    assert pair.epoch().epoch == before


def test_several_processes_that_notice_it_at_once_begin_one_epoch(pair: Pair) -> None:
    _behind(pair)
    before = pair.epoch().epoch
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda promotions: promotions.look(), [pair.promotions() for _ in range(8)]))
    lines = DeskLog(pair.instance.settings.desk_log_file).entries()
    begun = {entry["epoch"] for entry in lines if entry["what"] == EPOCH_STARTED}
    assert begun == {pair.epoch().epoch} != {before}


def test_synchronous_pair_goes_on_in_its_epoch(pair: Pair) -> None:
    lan, sent = _behind(pair)
    before = pair.epoch()
    pair.look("same-history")
    assert (pair.epoch().epoch, pair.epoch().timeline != before.timeline) == (before.epoch, True)
    pair.look("begin-history")
    assert pair.epoch().epoch == before.epoch
    assert heal(lan, sent) == []


def test_server_that_refuses_answers_no_phone_until_somebody_has_decided(pair: Pair) -> None:
    lan, sent = _behind(pair)
    promotions = pair.promotions("refuse")
    promotions.look()
    assert lan.send(lan.visit(pair.world.duc)).status_code == 503
    by_hand = Database(pair.instance.settings.database)
    begin_history(by_hand, pair.instance.settings.desk_log_file, [], pair.clock())
    by_hand.close()
    promotions.look()
    assert [result["status"] for result in heal(lan, sent)] == ["duplicate", "applied"]


def test_other_machine_reverts_what_only_its_own_desk_log_has(pair: Pair, tmp_path: Path) -> None:
    """Two machines served: one begins the epoch, the other ended an account in the lost moment."""
    other = tmp_path / "other.jsonl"
    nam = pair.instance.phone(NAM)
    pair.fall_behind()
    pair.instance.database.write(lambda session: _end_nam(session, pair))
    pair.instance.settings.desk_log_file.rename(other)
    pair.promote()
    second = pair.promotions(log=other)
    pair.look()
    assert not _is_ended(pair), "the first machine cannot know"
    second.look()
    assert _is_ended(pair)
    assert nam.exchange()["erase"]
    _allow_again(pair)
    second.look()
    assert not _is_ended(pair), "it is reverted once"
    pair.promotions(log=other).look()
    assert not _is_ended(pair), "also by a process that starts later"


def test_user_without_special_rights_may_ask_for_the_timeline(pair: Pair) -> None:
    url = pair.instance.database.engine.url
    host, name = str(url.query["host"]), str(url.database)
    with psycopg.connect(host=host, user="tungnha", dbname=name, autocommit=True) as connection:
        connection.execute("CREATE ROLE plain LOGIN")
        connection.execute("GRANT SELECT ON server_epoch TO plain")
    plain = Database(url.set(username="plain").render_as_string())
    Promotions(plain, DeskLog(Path("unused")), "begin-history", pair.clock).look()
    plain.close()


def test_running_server_goes_on_at_the_promoted_standby_and_has_everything(
    pair: Pair, tmp_path: Path
) -> None:
    """Its database's address leads to the other machine, as a name or a pooler does; nobody restarts it."""
    name = tmp_path / "database"
    name.symlink_to(pair.folder)
    server = Server(address(str(name)), tmp_path / "server.log")
    server.start()
    try:
        (member,) = fleet(pair.instance.database, pair.world, server.url, 1).members
        phone = member.phone
        sent = send(phone, *(phone.visit(pair.world.duc) for _ in range(5)))
        pair.fall_behind()
        sent += send(phone, *(phone.visit(pair.world.mai) for _ in range(5)))
        pair.promote()
        name.unlink()
        name.symlink_to(pair.standby.folder)
        until = time.monotonic() + 30
        while not (results := _healed(phone, sent)):
            assert time.monotonic() < until, "the server has not noticed it"
            time.sleep(0.2)
    finally:
        server.stop()
    assert Counter(result["status"] for result in results) == {"duplicate": 5, "applied": 5}
    assert len(pair.instance.rows(Visit)) == 10


def _healed(phone: Phone, sent: Sent) -> list[dict[str, Any]]:
    """What `heal` gets; empty while the server has no database yet, or no new epoch."""
    return heal(phone, sent) if phone.send().status_code == 200 else []


def _behind(pair: Pair) -> tuple[Phone, Sent]:
    """Lan's phone with what it sent: the promoted standby has the first visit only."""
    lan = pair.instance.phone(LAN)
    sent = send(lan, lan.visit(pair.world.duc))
    pair.fall_behind()
    sent += send(lan, lan.visit(pair.world.mai))
    pair.promote()
    return lan, sent


def _end_nam(session: Session, pair: Pair) -> None:
    deactivate_account(session, _nam(session, pair), pair.clock())


def _nam(session: Session, pair: Pair) -> Account:
    return session.get_one(Account, (pair.world.commune_id, pair.world.nam))


def _is_ended(pair: Pair) -> bool:
    return pair.instance.database.read(lambda session: _nam(session, pair).ended_at is not None)


def _allow_again(pair: Pair) -> None:
    def allow(session: Session) -> None:
        nam = _nam(session, pair)
        nam.ended_at = None
        feed(session, pair.world.commune_id, [nam])
        for device in session.exec(select(Device).where(Device.account_id == pair.world.nam)):
            device.revoked_at = None

    pair.instance.database.write(allow)


def address(folder: str) -> str:
    return f"postgresql+psycopg://tungnha@/postgres?host={folder}"
