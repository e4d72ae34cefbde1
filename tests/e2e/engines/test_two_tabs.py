"""The same form in two tabs of one browser, without a network: both show one text and save one record."""

import pytest
from sqlmodel import select

from app.core.db import Database
from app.households.models import Household
from app.visits.models import Visit, VisitVersion
from tests.e2e.engines.client import wait_for
from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.person import Person
from tests.e2e.server import Server
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_text_typed_in_one_tab_appears_in_the_other_and_is_saved_once(
    browse: Browse, server: Server, world: World, database: Database
) -> None:
    one = browse()
    one.sign_in()
    server.stop()
    other = one.tab()
    _visit(one, other, f"/field/households/{world.duc}/visit")
    _household(one, other)

    server.start()
    one.open("/field/log")
    wait_for(
        lambda: _stored(database) == (["Bà hỏi về mức 2"], 0, ["Vũ Thị Thắm"]),
        "one visit and one household",
        75,
    )


def _visit(one: Person, other: Person, address: str) -> None:
    for tab in (one, other):
        tab.open(address)
        tab.heading("Hộ Nguyễn Văn Đức")
    one.fill_visit()
    one.press("Thêm ghi chú")
    one.write("Ghi chú", "Bà hỏi")
    other.sees("Tiếp tục phần đang ghi dở.")
    other.has("Ghi chú", "Bà hỏi")
    other.write("Ghi chú", " về mức 2")
    one.has("Ghi chú", "Bà hỏi về mức 2")
    one.press("Lưu")
    one.heading("Đã lưu trên máy")
    other.heading("Đã lưu trên máy")
    other.sees("Lượt này đã được lưu ở cửa sổ khác.")


def _household(one: Person, other: Person) -> None:
    for tab in (one, other):
        tab.open("/field/households/new")
    one.write("Tên chủ hộ", "Vũ Thị Thắm")
    other.has("Tên chủ hộ", "Vũ Thị Thắm")
    one.press("Lưu")
    one.heading("Hộ Vũ Thị Thắm")
    other.heading("Hộ Vũ Thị Thắm")
    other.sees("Hộ này đã được lưu ở cửa sổ khác.")


def _stored(database: Database) -> tuple[list[str], int, list[str]]:
    """Notes of the visits, the number of their versions, and the names of the new households."""
    notes = database.read(lambda session: [visit.note for visit in session.exec(select(Visit))])
    versions = database.read(lambda session: len(session.exec(select(VisitVersion)).all()))
    names = database.read(
        lambda session: [household.head_name for household in session.exec(select(Household))]
    )
    return notes, versions, [name for name in names if name == "Vũ Thị Thắm"]
