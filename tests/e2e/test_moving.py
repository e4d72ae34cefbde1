"""A commune moves to another server while a phone has visits. With a name of its own its screen says nothing
of it; without, it hands over what it has at the old address, and says where the commune is. Each visit is
there once."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance.check import check
from tests.e2e.accessibility import violations_in_both_schemes
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import fill_visit, save_visit, sign_in, wait_for_heading, wait_for_screen
from tests.operator import run_forked
from tests.world import LAN, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CODE, OWN = "06391", "127.0.0.1"


def test_phone_goes_on_at_the_other_server_without_a_word(
    open_browser: Opener, server: Server, database_url: str, world: World, tmp_path: Path
) -> None:
    assert run_forked(database_url, "commune-host", CODE, OWN).returncode == 0
    page = open_browser().pages[0]
    sign_in(page)
    duc, mai, uoc = world.households[world.dong]
    _record(page, duc)
    _expect_sent(page, 1)
    server.stop()
    _record(page, mai)
    elsewhere = _move(database_url, tmp_path)
    _record(page, uoc)
    server.environment |= {"TUNGNHA_DATABASE_URL": elsewhere, "TUNGNHA_DATA_DIR": str(tmp_path / "other")}
    server.start()
    _expect_sent(page, 3)
    for address in ("/field/", "/field/log", "/field/households"):
        page.goto(address)
        wait_for_screen(page)
        assert not re.search("tạm dừng|đăng nhập|chuyển", page.inner_text("body"), re.IGNORECASE), address
    _expect_stored(elsewhere, [duc, mai, uoc])


def test_phone_hands_over_its_queue_at_the_old_address_and_signs_in_at_the_new_one(
    open_browser: Opener, server: Server, database_url: str, world: World, tmp_path: Path
) -> None:
    page = open_browser(reduced_motion="reduce").pages[0]
    sign_in(page)
    duc, mai, uoc = world.households[world.dong]
    _record(page, duc)
    _expect_sent(page, 1)
    server.stop()
    _record(page, mai)
    elsewhere = _move(database_url, tmp_path, "--to", "https://tung-nha.moi.example")
    server.start()
    page.goto("/field/")
    page.get_by_role("link", name="Nay nơi này ở").click()
    wait_for_heading(page, "Nơi này có địa chỉ mới")
    expect(page.get_by_text("Mọi lượt ghi trên máy này đã gửi về địa chỉ cũ")).to_be_visible()
    expect(page.get_by_role("link", name="Mở địa chỉ mới")).to_have_attribute(
        "href", "https://tung-nha.moi.example/field/"
    )
    code = page.get_by_text(re.compile(r"^\d{4} \d{4}$")).inner_text()
    assert violations_in_both_schemes(page) == []
    _record(page, uoc)
    page.goto("/field/log")
    why = page.get_by_text("Bản ghi này sẽ được chuyển sang địa chỉ mới.")
    expect(why).to_have_count(2, timeout=75_000)
    queues = str(tmp_path / "queues")
    _run((database_url, "export-commune-queues", CODE, queues), (elsewhere, "import-commune-queues", queues))
    new = Server(elsewhere, tmp_path / "other" / "server.log")
    new.start()
    try:
        page = open_browser(base_url=new.url).pages[0]
        sign_in(page, LAN[0], code)
        _expect_sent(page, 3)
    finally:
        new.stop()
    _expect_stored(elsewhere, [duc, mai, uoc])


def _expect_stored(url: str, households: list[str]) -> None:
    database = Database(url)
    stored = database.read(lambda session: sorted(session.exec(select(Visit.household_id)).all()))
    assert stored == sorted(households)
    assert [one.problems for one in check(database) if one.problems] == []
    database.close()


def _move(database_url: str, folder: Path, *options: str) -> str:
    """Export the commune, and import it into a new database; the address of that."""
    (folder / "other").mkdir()
    file, elsewhere = str(folder / "commune"), f"sqlite:///{folder / 'other' / 'new.sqlite3'}"
    _run(
        (database_url, "export-commune", CODE, file, "--leave", *options),
        (elsewhere, "load-areas"),
        (elsewhere, "import-commune", file),
    )
    return elsewhere


def _run(*commands: tuple[str, ...]) -> None:
    for url, *command in commands:
        done = run_forked(url, *command)
        assert done.returncode == 0, done.stderr


def _record(page: Page, household: str) -> None:
    page.goto(f"/field/households/{household}/visit")
    fill_visit(page)
    save_visit(page)


def _expect_sent(page: Page, count: int) -> None:
    page.goto("/field/log")
    wait_for_heading(page, "Đã ghi")
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(count, timeout=75_000)
