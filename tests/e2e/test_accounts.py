"""Two volunteers, two phones; and two accounts on one phone."""

import re

from playwright.sync_api import expect
from sqlalchemy import delete
from sqlmodel import Session, select

from app.accounts.models import SignInSession
from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_for_heading
from tests.world import NAM, World


def test_each_volunteer_sees_only_their_own_hamlet(open_browser: Opener, server: Server) -> None:
    lan, nam = open_browser().pages[0], open_browser().pages[0]
    sign_in(lan)
    sign_in(nam, *NAM)
    for page, own, foreign in ((lan, "Nguyễn Văn Đức", "Lê Thị Ánh"), (nam, "Lê Thị Ánh", "Nguyễn Văn Đức")):
        page.get_by_role("link", name="Hộ dân").click()
        wait_for_heading(page, "Hộ dân")
        page.get_by_role("link", name=re.compile("Tất cả")).click()
        expect(page.get_by_text(own)).to_be_visible()
        expect(page.get_by_text(foreign)).to_have_count(0)


def test_second_account_neither_sees_nor_sends_the_queue_of_the_first(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
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
    page.get_by_role("link", name="Đã ghi").click()
    wait_for_heading(page, "Đã ghi")
    expect(page.get_by_text("Nguyễn Văn Đức")).to_have_count(0)
    page.goto("/field/sign-in")
    expect(page.get_by_text("Máy này còn 1 lượt của người khác chưa gửi.")).to_be_visible()
    assert exchanges
    assert _authors(database) == []

    sign_in(page)
    page.get_by_role("link", name="Đã ghi").click()
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d")).first).to_be_visible(timeout=75_000)
    assert _authors(database) == [world.lan]


def _end_sessions(session: Session) -> None:
    """As when they expire: the queue stays on the phone until its owner signs in again."""
    session.exec(delete(SignInSession))


def _authors(database: Database) -> list[str]:
    return database.read(lambda session: [visit.recorded_by for visit in session.exec(select(Visit))])
