"""One phone, two people: the second signs in while the queue of the first is being sent."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from app.commune.accounts.models import Device
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from tests.e2e.broken_phone import SYNC
from tests.e2e.conftest import DATABASES, Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    deny_background_sync,
    set_quick_mark,
    sign_in,
    submit_sign_in,
    wait_for_heading,
    wait_until,
)
from tests.world import NAM, World

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)
HOUSEHOLDS = 3  # in Thôn Đông


@pytest.mark.parametrize("is_answered", [False, True], ids=["not answered", "answered"])
def test_queue_is_recorded_under_its_owner_only(
    open_browser: Opener, server: Server, world: World, database: Database, is_answered: bool
) -> None:
    page = open_browser().pages[0]
    _switch_people(page, server, is_answered)
    assert _authors(database) == [world.lan] * (HOUSEHOLDS if is_answered else 0)
    page.goto("/field/log")
    wait_for_heading(page, "Đã ghi")
    expect(page.get_by_text("Nguyễn Văn Đức")).to_have_count(0)

    sign_in(page)
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(HOUSEHOLDS, timeout=75_000)
    assert _authors(database) == [world.lan] * HOUSEHOLDS
    assert _count(database, LedgerEntry) == HOUSEHOLDS
    assert _count(database, QuarantinedOperation) == 0
    assert _count(database, Device) == 2


@pytest.mark.mutant
def test_server_that_accepts_any_device_is_detected(
    open_browser: Opener, server: Server, database: Database
) -> None:
    server.use_app("tests.faults.mutant_app:create_app", MUTANT="any_device")
    _switch_people(open_browser().pages[0], server, is_answered=False)
    assert _count(database, QuarantinedOperation) == HOUSEHOLDS


def _switch_people(page: Page, server: Server, is_answered: bool) -> None:
    """Lan records at every household without a network. Then her queue is sent; while the request, or its
    answer, is held back, Nam signs in."""
    deny_background_sync(page.context)
    sign_in(page)
    server.stop()
    page.goto("/field/households/quick")
    wait_for_heading(page, "Ghi nhanh")
    set_quick_mark(page)
    for household in range(HOUSEHOLDS):
        page.get_by_role("button", name=re.compile("^Đã gặp")).first.click()
        expect(page.get_by_role("button", name=re.compile("^Hoàn tác"))).to_have_count(household + 1)

    page.goto("about:blank")  # no exchange is in progress now
    held: list[Route] = []
    page.route(SYNC, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright inspects the signature
    server.start()
    page.goto("/field/log")
    wait_until(page, lambda: bool(held), 75)
    answer = held[0].fetch() if is_answered else None
    second = page.context.new_page()
    submit_sign_in(second, *NAM)
    expect(second.get_by_text("Đang tải danh sách")).to_be_visible()
    if answer:
        held[0].fulfill(response=answer)
    else:
        held[0].continue_()
    wait_for_heading(second, re.compile("Xin chào, Trần Văn Nam"))


def _authors(database: Database) -> list[str]:
    return database.read(lambda session: [visit.recorded_by for visit in session.exec(select(Visit))])


def _count(database: Database, model: type) -> int:
    return database.read(lambda session: len(session.exec(select(model)).all()))
