"""*Nhật ký*: what was done, by whom and about whom; a page looks through a bounded number of entries."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.core import desk_log
from app.core.db import Database
from app.core.types import JsonObject
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.upkeep.audit import reading
from app.upkeep.audit.views import ViewRecorder
from app.web.desk.people.log_events import WORDS
from tests.conftest import FakeClock
from tests.docs.sources import ROOT
from tests.phone import Phone
from tests.web.desk.desk_client import Page, words
from tests.world import World

FORM = re.compile(r"[a-z_]+\.[a-z_]+")
COLUMNS = (".id", "_id", ".code", ".name")
# Of the protocol, of entries of no commune, and of the server's own log.
OTHERS = {
    *("visit.record", "visit.amend", "visit.withdraw", "household.add", "household.amend"),
    *("outreach.record", "outreach.amend", "outreach.withdraw"),
    *("remark.record", "remark.amend", "remark.withdraw", "request.record", "request.failed"),
    "log.rewritten",  # of operators, whose entries no desk shows
}


def _row(text: str, start: str) -> str:
    """The rest of the page's words from `start` on."""
    _before, found, after = text.partition(start)
    assert found, text
    return after


@pytest.mark.both_databases
def test_entries_stand_with_who_did_what_to_whom(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    evaluate_all(database)
    page = Page(desk)
    page.press(page.boxes[0])
    desk.post(f"/desk/households/{world.duc}/state", data={"version": "1", "state": "empty"})
    desk.post(f"/desk/devices/{lan.device_id}/revoke")
    shown = words(desk.get("/desk/log").text)
    assert "Hoàng Văn Bình Thu hồi máy Nguyễn Thị Lan" in shown
    assert "Hoàng Văn Bình Sửa thông tin hộ" in _row(shown, "Thu hồi máy"), "the newest first"
    assert "Duyệt lượt thăm 1 lượt" in _row(shown, "Sửa thông tin hộ")
    assert re.search(r"Mã nhật ký: \d+ ([0-9a-f]{4} ){3}[0-9a-f]{4}", shown)


def test_log_of_a_household_has_its_visits_and_who_looked_at_it(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    evaluate_all(database)
    page = Page(desk)
    page.press(*page.boxes)
    for household in (world.duc, world.duc, world.mai):
        desk.get(f"/desk/households/{household}")
    views = desk.app.state.database.views  # type: ignore[attr-defined]
    database.views = views
    ViewRecorder(database, tmp_path, clock).write()
    shown = _row(words(desk.get(f"/desk/log?household={world.duc}").text), "Về hộ")
    assert "Duyệt lượt thăm 2 lượt" in shown
    assert "Xem trang của hộ 12 · Nguyễn Văn Đức 2 lần" in shown
    assert "Nguyễn Thị Mai" not in shown


def test_log_is_filtered_by_person_and_group(desk: TestClient, lan: Phone, world: World) -> None:
    desk.post(f"/desk/households/{world.duc}/state", data={"version": "1", "state": "empty"})
    lan.exchange()
    assert "Sửa thông tin hộ" in words(desk.get("/desk/log?group=households").text)
    assert "Sửa thông tin hộ" not in words(desk.get("/desk/log?group=people").text)
    assert "Sửa thông tin hộ" in words(desk.get(f"/desk/log?person={world.binh}").text)
    of_lan = words(desk.get(f"/desk/log?person={world.lan}").text)
    assert "Nguyễn Thị Lan Máy đăng nhập" in of_lan
    assert "Sửa thông tin hộ" not in of_lan
    for unknown in ("?group=khong-co", "?person=khong-co", "?before=x"):
        assert "Sửa thông tin hộ" in words(desk.get(f"/desk/log{unknown}").text)
    assert desk.get("/desk/log?household=khong-co").status_code == 404


def test_page_looks_through_a_bounded_number_and_the_next_goes_on(
    desk: TestClient, world: World, database: Database, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SCANNED", 20)
    monkeypatch.setattr(reading, "PAGE_SIZE", 5)
    for at in range(60):
        _note(database, world, clock, "team.added" if at % 10 == 0 else "hamlet.added")
    address, seen, pages = "/desk/log?group=visits", 0, 0
    while address:
        shown = desk.get(address).text
        assert "Thêm tổ" not in shown
        pages += 1
        address = _older(shown)
    assert pages == 3, "nothing is found, and each page says that it looked no further"
    address, pages = "/desk/log?group=commune", 0
    while address:
        shown = desk.get(address).text
        seen += shown.count("Thêm tổ") + shown.count("Thêm thôn")
        pages += 1
        address = _older(shown)
    assert (seen, pages) == (60, 12)


def test_counts_are_of_what_they_say(
    desk: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    _note(database, world, clock, "sample.drawn", visits=412, percent=5)
    _note(database, world, clock, "file.imported", count=77)
    _note(database, world, clock, "list.imported", count=30)
    shown = words(desk.get("/desk/log").text)
    assert "Lấy mẫu 412 lượt" in shown
    assert "Nhập danh sách hộ 30 hộ" in shown
    assert not re.search(r"\b77\b", shown), "operations are no households"  # the mark has random digits


def test_commune_next_door_sees_its_own_log(desk: TestClient, hoa: TestClient, world: World) -> None:
    desk.post(f"/desk/households/{world.duc}/state", data={"version": "1", "state": "empty"})
    assert "Sửa thông tin hộ" not in words(hoa.get("/desk/log").text)
    assert hoa.get(f"/desk/log?household={world.duc}").status_code == 404


def test_every_event_has_its_words() -> None:
    nouns = {what.partition(".")[0] for what in WORDS}
    noted = {what for what in _events() if what.partition(".")[0] in nouns}
    assert noted - OTHERS - WORDS.keys() == set()


def _events() -> Iterator[str]:
    """The texts in the app that have the form of an event."""
    for file in (ROOT / "app").rglob("*.py"):
        if "migrations" in file.parts or file.name == "models.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if FORM.fullmatch(text) and not text.endswith(COLUMNS):
                yield text


def _note(database: Database, world: World, clock: FakeClock, what: str, **more: int) -> None:
    details: JsonObject = {"by": world.binh, **more}
    database.write(lambda session: desk_log.note(session, world.commune_id, what, clock(), **details))


def _older(html: str) -> str:
    found = re.search(r'href="(/desk/log\?[^"]*before=[^"]*)"', html)
    return found[1].replace("&amp;", "&") if found else ""
