"""Two accounts on one phone: each has its own list and its own queue."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import delete
from sqlmodel import Session, select

from app.commune.accounts.models import SignInSession
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_for_heading, wait_for_screen
from tests.world import NAM, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_second_account_sees_its_own_hamlet_and_neither_sees_nor_sends_the_queue_of_the_first(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    _see_only(page, "Nguyễn Văn Đức", "Lê Thị Ánh")
    database.write(_end_sessions)
    find_household(page, "duc")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")

    exchanges: list[str] = []
    page.on(
        "request", lambda request: exchanges.append(request.url) if "/api/v1/sync" in request.url else None
    )
    sign_in(page, *NAM)
    _see_only(page, "Lê Thị Ánh", "Nguyễn Văn Đức")
    page.get_by_role("link", name="Đã ghi").click()
    wait_for_heading(page, "Đã ghi")
    expect(page.get_by_text("Nguyễn Văn Đức")).to_have_count(0)
    page.goto("/field/sign-in")
    expect(page.get_by_text("Máy này còn 1 lượt của Nguyễn Thị Lan chưa gửi.")).to_be_visible()
    assert exchanges
    assert _authors(database) == []

    sign_in(page)
    page.get_by_role("link", name="Đã ghi").click()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d")).first).to_be_visible(timeout=75_000)
    assert _authors(database) == [world.lan]


def _see_only(page: Page, own: str, foreign: str) -> None:
    page.get_by_role("link", name="Hộ dân").click()
    wait_for_heading(page, "Hộ dân")
    page.get_by_role("link", name=re.compile("Tất cả")).click()
    wait_for_screen(page)
    expect(page.get_by_text(own)).to_be_visible()
    expect(page.get_by_text(foreign)).to_have_count(0)


def _end_sessions(session: Session) -> None:
    """As when they expire: the queue stays on the phone until its owner signs in again."""
    session.exec(delete(SignInSession))


def _authors(database: Database) -> list[str]:
    return database.read(lambda session: [visit.recorded_by for visit in session.exec(select(Visit))])
