"""The next release: phones with a thousand queued visits of an old build, an old page still open, and back.

The next release is a copy of the project with a newer schema, a newer version of `visit.record` and one more
store on the phone (`builds.next_release`).
"""

import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlmodel import select

from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from benchmarks.queue import LAY, SEND
from tests.e2e.builds import GREETING, NEXT_GREETING, READ_AS_NEXT, next_release
from tests.e2e.conftest import DATABASES, Opener
from tests.e2e.fork_server import run_forked
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import (
    deny_background_sync,
    fill_visit,
    save_visit,
    send_again,
    sign_in,
    wait_for_heading,
    wait_until,
)
from tests.phone import Phone
from tests.world import World

QUEUED = 500
SYNC = "**/api/v1/sync"
NOTE = "Đã cài xong"

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next_release(tmp_path_factory.mktemp("release"))


@pytest.fixture(scope="module")
def forgetful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seeded bug: a release that cannot read what builds of today have queued."""
    return next_release(tmp_path_factory.mktemp("forgetful"), upcast=False)


@pytest.fixture
def lan(open_browser: Opener, server: Server) -> BrowserContext:
    """Lan's phone with today's build, which reaches no server."""
    context = open_browser()
    deny_background_sync(context)
    sign_in(context.pages[0])
    context.pages[0].reload()
    wait_for_heading(context.pages[0], re.compile(GREETING))
    context.route(SYNC, lambda route: route.abort())
    return context


def test_queue_of_an_old_build_arrives_once_and_old_and_new_pages_go_on(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database
) -> None:
    old = lan.pages[0]
    queued = _queue(old, world, QUEUED)
    old.goto(f"/field/households/{world.duc}/visit")
    fill_visit(old)
    _upgrade(server, newer)
    lan.unroute(SYNC)
    page = lan.new_page()
    page.goto("/field/")
    _wait_for(page, database, QUEUED)
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, re.compile(NEXT_GREETING))
    page.goto("/field/log")  # it has opened the phone's databases, which are newer now
    wait_for_heading(page, "Đã ghi")
    save_visit(old)
    _record(page, world.mai)
    _wait_for(page, database, QUEUED + 2)
    assert _doubled(database) == 0
    notes = Counter(visit.note for visit in _rows(database, Visit))
    # The form that was open is of the old build; what the new page records needs no upcast.
    assert notes == {NOTE + READ_AS_NEXT: QUEUED, READ_AS_NEXT: 1, "": 1}
    assert {op["data"]["id"] for op in queued} <= {visit.id for visit in _rows(database, Visit)}
    assert _command(newer, server, "check").returncode == 0


@pytest.mark.mutant
def test_release_that_cannot_read_the_queue_is_detected(
    lan: BrowserContext, server: Server, forgetful: Path, world: World, database: Database
) -> None:
    old = lan.pages[0]
    _queue(old, world, 20)
    _upgrade(server, forgetful)
    lan.unroute(SYNC)
    old.goto("/field/log")
    expect(old.get_by_text(re.compile(r"^Cần sửa \(20\)"))).to_be_visible(timeout=75_000)
    assert _rows(database, Visit) == [], "nothing of the queue arrived, and the phone has it all"


def test_back_to_the_release_before_by_its_backup(
    lan: BrowserContext, server: Server, newer: Path, world: World, database: Database, tmp_path: Path
) -> None:
    """What a phone recorded since comes again; what a newer build recorded waits for the next upgrade."""
    page = lan.pages[0]
    lan.unroute(SYNC)
    before = _queue(page, world, 20)
    _send(page, world)
    _back_up(server, tmp_path / "before")
    _upgrade(server, newer)
    since = _queue(page, world, 30)
    _send(page, world)
    server.stop()
    refused = _command(ROOT, server, "check")
    assert (refused.returncode, "newer" in refused.stderr, "Traceback" in refused.stderr) == (2, True, False)
    _restore(server, database, tmp_path / "before")
    send_again(page, lambda: len(_rows(database, Visit)) >= 50)
    made = {op["data"]["id"] for op in (*before, *since)}
    assert {visit.id for visit in _rows(database, Visit)} == made
    assert _doubled(database) == 0
    server.stop()
    assert _command(ROOT, server, "check").returncode == 0

    _back_up(server, tmp_path / "again")
    _upgrade(server, newer)
    _record_with_the_newer_build(page, world, database)
    _restore(server, database, tmp_path / "again")
    sentence = "Nơi nhận chưa được nâng cấp. Việc đã ghi này tự vào sổ sau."
    send_again(page, page.get_by_text(sentence).first.is_visible)
    assert {visit.id for visit in _rows(database, Visit)} == made
    assert [row.reason for row in _rows(database, QuarantinedOperation)] == ["newer"]
    _upgrade(server, newer)
    assert len(_rows(database, Visit)) == 51
    page.goto("/field/log")
    expect(page.get_by_text(sentence)).to_have_count(0, timeout=75_000)
    assert _doubled(database) == 0


def _record_with_the_newer_build(page: Page, world: World, database: Database) -> None:
    page.goto("/field/")
    page.get_by_role("button", name="Cập nhật").click()
    wait_for_heading(page, re.compile(NEXT_GREETING))
    _record(page, world.duc)
    _wait_for(page, database, 51)


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    fill_visit(page)
    save_visit(page)


def _queue(page: Page, world: World, count: int) -> list[dict[str, Any]]:
    """Visits of Lan's in the outbox, as saving without a network leaves them."""
    phone = Phone(None, "", world.lan, world.commune_id, utc_now())  # type: ignore[arg-type]
    households = world.households[world.dong]
    operations = [phone.visit(households[number % len(households)]) for number in range(count)]
    page.evaluate(LAY, operations)
    return operations


def _send(page: Page, world: World) -> None:
    assert page.evaluate(SEND, world.lan)["left"] == 0


def _back_up(server: Server, folder: Path) -> None:
    server.stop()
    assert _command(ROOT, server, "backup", str(folder)).returncode == 0


def _upgrade(server: Server, release: Path) -> None:
    """What docs/deploy.md says: stop, install, migrate, start."""
    server.stop()
    done = _command(release, server, "migrate")
    assert done.returncode == 0, done.stderr
    server.root = release
    server.start()


def _restore(server: Server, database: Database, backup: Path) -> None:
    """Back to the release of today, with the backup from before the upgrade."""
    server.stop()
    database.close()  # a restore wants it for itself, and replaces it
    restored = _command(ROOT, server, "restore", "--replace", str(backup))
    assert restored.returncode == 0, restored.stderr
    server.root = ROOT
    server.start()


def _command(root: Path, server: Server, *words: str) -> "subprocess.CompletedProcess[str]":
    """A command of the operator's, of the release in `root`."""
    return run_forked(words, server.environment, root)


def _wait_for(page: Page, database: Database, count: int) -> None:
    wait_until(page, lambda: len(_rows(database, Visit)) >= count, 120)
    assert len(_rows(database, Visit)) == count


def _rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))


def _doubled(database: Database) -> int:
    entries = Counter(entry.record_id for entry in _rows(database, LedgerEntry))
    return sum(count > 1 for count in entries.values())
