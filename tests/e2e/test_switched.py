"""One phone, two people: the second signs in while the first one's queue is on its way."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlmodel import select

from app.accounts.models import Device
from app.core.db import Database
from app.sync.models import LedgerEntry, Quarantined
from app.visits.models import Visit
from tests.e2e.broken_phone import SYNC
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import ask_to_sign_in, heading, set_quick_mark, sign_in
from tests.world import NAM, World

HOMES = 3  # in Thôn Đông


@pytest.mark.parametrize("is_answered", [False, True], ids=["on its way", "answered"])
def test_the_queue_travels_under_its_owner_alone(
    open_browser: Opener, server: Server, world: World, database: Database, is_answered: bool
) -> None:
    page = open_browser("shared").pages[0]
    _switched(page, server, is_answered)
    assert _stored(database) == [world.lan] * (HOMES if is_answered else 0)
    page.goto("/field/log")
    heading(page, "Đã ghi")
    expect(page.get_by_text("Nguyễn Văn Đức")).to_have_count(0)

    sign_in(page)
    page.goto("/field/log")
    expect(page.get_by_text(re.compile(r"Đã gửi \d\d:\d\d"))).to_have_count(HOMES, timeout=75_000)
    assert _stored(database) == [world.lan] * HOMES
    assert _count(database, LedgerEntry) == HOMES
    assert _count(database, Quarantined) == 0
    assert _count(database, Device) == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_asks_not_whose_queue_it_is_is_seen(
    open_browser: Opener, server: Server, database: Database
) -> None:
    server.runs("tests.faults.seeded:create_app", FAULT_SEED="any_device")
    _switched(open_browser("shared").pages[0], server, is_answered=False)
    assert _count(database, Quarantined) == HOMES


def _switched(page: Page, server: Server, is_answered: bool) -> None:
    """Lan records at every door without a network. When it is back her queue is sent, and while it is held
    on its way, or its answer is, Nam signs in; then it goes on."""
    sign_in(page)
    server.stop()
    page.goto("/field/households/quick")
    heading(page, "Ghi nhanh")
    set_quick_mark(page)
    for door in range(HOMES):
        page.get_by_role("button", name=re.compile("^Đã đến")).first.click()
        expect(page.get_by_role("button", name=re.compile("^Hoàn tác"))).to_have_count(door + 1)

    page.goto("about:blank")  # a try that ends with its page is none
    held: list[Route] = []
    page.route(SYNC, lambda route: held.append(route), times=1)  # noqa: PLW0108 - it has to be a function
    server.start()
    page.goto("/field/log")
    while not held:
        page.wait_for_timeout(20)
    answer = held[0].fetch() if is_answered else None
    second = page.context.new_page()
    ask_to_sign_in(second, *NAM)
    expect(second.get_by_text("Đang tải danh sách")).to_be_visible()
    if answer:
        held[0].fulfill(response=answer)
    else:
        held[0].continue_()
    heading(second, re.compile("Xin chào, Trần Văn Nam"))


def _stored(database: Database) -> list[str]:
    return database.read(lambda session: [visit.recorded_by for visit in session.exec(select(Visit))])


def _count(database: Database, model: type) -> int:
    return database.read(lambda session: len(session.exec(select(model)).all()))
