"""A revoked phone: its list is erased, its queue is sent and quarantined."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.commune.accounts import devices
from app.commune.accounts.access import Actor
from app.commune.accounts.models import Device
from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, save_visit, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

REPLICA_ROWS = """async () => {
    const known = await indexedDB.databases();
    const names = known.map(({ name }) => name).filter((name) => name !== "tung-nha");
    const open = (name) => new Promise((resolve, reject) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const db = await open(names[0]);
    const stores = [...db.objectStoreNames].filter((name) => /^replica_(?!service)/.test(name));
    const counts = await Promise.all(stores.map((store) => new Promise((resolve) => {
        const request = db.transaction(store).objectStore(store).count();
        request.onsuccess = () => resolve(request.result);
    })));
    db.close();
    return counts.reduce((sum, count) => sum + count, 0);
}"""


def test_phone_that_is_allowed_again_loses_nothing_and_a_revoked_one_erases_its_list(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    server.stop()
    _record(page, world.duc)
    database.write(_revoke)
    database.write(lambda session: devices.allow(session, _binh(world), _device(session).id, utc_now()))
    server.start()
    _sign_in_again(page)
    assert _visited(database) == [world.duc]

    assert page.evaluate(REPLICA_ROWS) > 0
    server.stop()
    _record(page, world.duc)
    database.write(_revoke)
    server.start()
    _see_that_the_list_is_erased(page)
    quarantined = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    assert [(one.kind, one.reason) for one in quarantined] == [("visit", "revoked")]
    assert _visited(database) == [world.duc]


def _sign_in_again(page: Page) -> None:
    page.goto("/field/log")
    again = page.get_by_role("link", name="Đăng nhập lại bằng mã mời mới để gửi 1 lượt đang lưu trên máy.")
    expect(again).to_be_visible(timeout=75_000)
    sign_in(page)
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(1)
    expect(again).to_have_count(0)


def _see_that_the_list_is_erased(page: Page) -> None:
    page.goto("/field/log")
    expect(page.get_by_text("Máy này đã bị thu hồi. Danh sách hộ đã xóa")).to_be_visible(timeout=75_000)
    expect(page.get_by_text("Chờ xã xử lý")).to_be_visible()
    expect(page.get_by_text("Máy này đã bị thu hồi.", exact=True)).to_be_visible()
    wait_until(page, f"({REPLICA_ROWS})().then((count) => count === 0)")
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    expect(page.get_by_text("Nguyễn Văn Đức")).to_have_count(0)


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    fill_visit(page)
    save_visit(page)


def _revoke(session: Session) -> None:
    device = _device(session)
    device.revoked_at = utc_now()
    session.add(device)


def _device(session: Session) -> Device:
    return session.exec(select(Device)).one()


def _visited(database: Database) -> list[str]:
    return database.read(lambda session: [visit.household_id for visit in session.exec(select(Visit))])


def _binh(world: World) -> Actor:
    return Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")
