"""A phone without contact for 31 days lets its list go and seals its queue; signed in again, all arrives."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.commune.accounts.models import SignInSession
from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import IN_ACCOUNT, fill_visit, save_visit, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
QUEUED = 200
# Copies the one visit in the queue, with ids and numbers of their own.
FILL = """async (done, db) => {
  const tx = db.transaction(["outbox", "meta"], "readwrite");
  const [outbox, meta] = [tx.objectStore("outbox"), tx.objectStore("meta")];
  const [first] = await done(outbox.getAll());
  for (let number = 1; number < %d; number += 1) {
    const data = {...first.data, id: crypto.randomUUID()};
    outbox.put({...first, op_id: crypto.randomUUID(), seq: first.seq + number, data});
  }
  await done(meta.put(first.seq + %d, "next_seq"));
}"""
COUNT = """async (done, db) => {
  const stores = ["outbox", "replica_household", "replica_visit", "pages"];
  const tx = db.transaction(stores);
  return Promise.all(stores.map((name) => done(tx.objectStore(name).count())));
}"""
SINCE = """async (done, db) => done(db.transaction("meta").objectStore("meta").get("silent_since"))"""
ENCRYPTED = re.compile(r"danh sách hộ đã xóa.*200 lượt chưa gửi đã niêm phong")


def test_second_start_of_a_phone_silent_for_31_days_encrypts_its_queue_and_everything_arrives_once(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    _queue_visits(page, world)
    _start(page, days=31)
    wait_until(page, lambda: page.evaluate(IN_ACCOUNT % SINCE) is not None)
    assert page.evaluate(IN_ACCOUNT % COUNT)[0] == QUEUED, "one start seals nothing"

    _start(page, days=32)
    expect(page.get_by_text(ENCRYPTED)).to_be_visible()
    assert page.evaluate(IN_ACCOUNT % COUNT)[:3] == [0, 0, 0]
    page.goto("/field/households")
    expect(page.get_by_text("Chưa có hộ nào trong danh sách.")).to_be_visible()

    database.write(_end_sessions)
    server.start()
    _start(page, days=0)
    expect(page.get_by_text("Đăng nhập lại bằng mã mời mới")).to_be_visible(timeout=75_000)
    sign_in(page)
    wait_until(page, lambda: _count_visits(database) == QUEUED)
    expect(page.get_by_text(ENCRYPTED)).to_have_count(0)
    page.goto("/field/households")
    expect(page.get_by_role("listitem").filter(has_text="Nguyễn Văn Đức")).to_be_visible()
    _start(page, days=1)
    assert _count_visits(database) == QUEUED


def _queue_visits(page: Page, world: World) -> None:
    page.goto(f"/field/households/{world.duc}/visit")
    wait_for_heading(page, re.compile("^Hộ "))
    fill_visit(page)
    save_visit(page)
    page.evaluate(IN_ACCOUNT % (FILL % (QUEUED, QUEUED)))


def _start(page: Page, days: int) -> None:
    """Open the app so many days after today; its timers run as always."""
    page.clock.set_fixed_time(utc_now() + timedelta(days=days))
    page.goto("/field/")
    wait_for_heading(page, re.compile("Xin chào"))


def _end_sessions(session: Session) -> None:
    for row in session.exec(select(SignInSession)):
        session.delete(row)


def _count_visits(database: Database) -> int:
    return len(database.read(lambda session: session.exec(select(Visit.id)).all()))
