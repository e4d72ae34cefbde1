"""A visit leaves the phone when the page that says so is painted, in one exchange."""

import re

import pytest
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, find_household, sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

# Notes whether *Đã lưu* had been on screen for a frame when each exchange began.
NOTE_EXCHANGES = """
const send = window.fetch;
window.exchanges = [];
let painted = false;
const look = () => requestAnimationFrame(() => {
  const saved = document.querySelector('main[data-screen="saved"]');
  if (saved) setTimeout(() => { painted = true; });
  else look();
});
look();
window.fetch = (address, options) => {
  if (String(address).endsWith("/sync")) exchanges.push(painted);
  return send(address, options);
};
"""


def test_a_visit_is_sent_once_its_page_is_painted_and_makes_one_exchange(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    context.add_init_script(NOTE_EXCHANGES)
    page = context.pages[0]
    sign_in(page)
    find_household(page, "duc")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.wait_for_timeout(600)  # a run that ended just before would hold up the next
    page.evaluate("exchanges.length = 0")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    wait_until(page, lambda: _count(database) == 1)
    page.wait_for_timeout(1500)
    assert page.evaluate("exchanges") == [True]


def _count(database: Database) -> int:
    return len(database.read(lambda session: session.exec(select(Visit)).all()))
