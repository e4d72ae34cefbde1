"""Signing out without a network: nothing stays on the phone, and the session ends with the next contact."""

import gzip
import json

import httpx2
import pytest
from playwright.sync_api import Page
from sqlmodel import Session, select

from app.commune.accounts.models import SignInSession
from app.core.db import Database
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, sign_in, wait_for_heading, wait_until
from tests.world import NAM, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

STORED = """async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name !== "tung-nha");
    const result = (request) => new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
    const db = await result(indexedDB.open(names[0]));
    const stores = [...db.objectStoreNames].filter((name) => name !== "meta");
    const count = (store) => result(db.transaction(store).objectStore(store).count());
    const counts = await Promise.all(stores.map(count));
    db.close();
    return counts.reduce((sum, count) => sum + count, 0);
}"""


def test_session_that_was_left_offline_ends_with_a_network_or_with_the_next_persons(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    page = context.pages[0]
    sent: list[tuple[str, bytes]] = []
    page.on(
        "request",
        lambda request: (
            sent.append((request.method, request.post_data_buffer or b"")) if "/api/" in request.url else None
        ),
    )
    sign_in(page)
    _record_and_send(page, world)
    _leave_a_draft(page, world)
    assert page.evaluate(STORED) > 0
    (cookie,) = [one for one in context.cookies() if one["name"] == "device"]
    body = next(body for method, body in reversed(sent) if method == "POST")
    assert _sync(server, cookie["value"], body) == 200

    context.set_offline(True)
    _sign_out(page, "Bỏ phần ghi dở và đăng xuất?")
    page.get_by_role("button", name="Đăng xuất").click()
    wait_for_heading(page, "Đăng nhập")
    assert page.evaluate(STORED) == 0
    assert len(database.read(_sessions)) == 1
    del sent[:]
    context.set_offline(False)
    wait_until(page, lambda: database.read(_sessions) == [], 30)
    assert _sync(server, cookie["value"], body) == 401
    assert {method for method, _ in sent} <= {"DELETE"}

    # The next person on the phone has a session of their own.
    sign_in(page)
    context.set_offline(True)
    _sign_out(page)
    context.set_offline(False)
    sign_in(page, *NAM)
    assert database.read(_sessions) == [world.nam]


def _record_and_send(page: Page, world: World) -> None:
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_text("Đã gửi").first.wait_for()


def _leave_a_draft(page: Page, world: World) -> None:
    page.goto(f"/field/households/{world.mai}/visit")
    page.get_by_text("Thêm ghi chú").click()
    page.get_by_label("Ghi chú", exact=True).fill("Dở dang")
    drafts = STORED.replace('name !== "meta"', 'name === "drafts"')
    wait_until(page, f"({drafts})().then((count) => count === 1)")
    page.goto("/field/")
    wait_for_heading(page, "Xin chào, Nguyễn Thị Lan")


def _sign_out(page: Page, then: str = "Đăng nhập") -> None:
    page.goto("/field/account")
    page.get_by_role("button", name="Đăng xuất").click()
    wait_for_heading(page, then)


def _sync(server: Server, cookie: str, body: bytes) -> int:
    text = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    request = {**json.loads(text), "ops": []}
    headers = {"Cookie": f"device={cookie}", "Sec-Fetch-Site": "same-origin"}
    return httpx2.post(f"{server.url}/api/v1/sync", json=request, headers=headers).status_code


def _sessions(session: Session) -> list[str]:
    return [one.account_id for one in session.exec(select(SignInSession)) if one.device_id is not None]
