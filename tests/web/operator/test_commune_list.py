"""The operators' list: signs of each commune, who needs a call first, filters, pages, the search."""

import re
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select, update

from app.commune.accounts.models import Device
from app.commune.areas import Commune, load_areas
from app.core.db import Database
from app.province import instance, status
from app.province.models import CommuneStatus
from app.upkeep.maintenance import record
from app.web.operator.commune_list import FILTERS
from app.web.operator.signs import size_text
from tests.cases import cases
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.link_client import PASSWORD, sign_in
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


def rows(an: TestClient, **address: str) -> list[str]:
    """The rows of the list in words."""
    answer = an.get("/operator/", params=address)
    assert answer.status_code == 200
    return [words(row) for row in re.findall(r'<tr role="row">\s*<td.*?</tr>', answer.text, re.S)]


def change_phone(database: Database, **values: object) -> None:
    database.write(lambda session: session.execute(update(Device).values(values)))


@pytest.mark.both_databases
def test_row_says_whom_to_call_and_what_the_phones_have(
    lan: Phone, an: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    status.count_due(database, clock)
    (row, other) = rows(an)
    assert row.startswith("Xã Yên Bình tỉnh Lạng Sơn 06391 –")
    assert re.search(r" 1 1\.0\.0 (dưới 1|\d+) MB chưa có ", row)
    assert "chưa máy nào 0 – " in other
    change_phone(
        database, queue_count=3, queue_oldest_at=NOW - timedelta(hours=24), lost_count=2, full_since=NOW
    )
    clock.forward(days=5)
    sign_in(an, "an.lt", PASSWORD)
    status.count_due(database, clock)
    assert (
        "1 máy mất bản ghi; 1 máy gửi vượt hạn mức; Im lặng ba ngày làm việc;"
        " 1 máy có lượt chưa gửi quá một ngày"
    ) in rows(an)[0]
    page = words(an.get(f"/operator/communes/{world.commune_id}").text)
    assert "1 máy mất bản ghi" in page


def test_records_of_less_than_a_day_are_no_reason_to_call(
    lan: Phone, an: TestClient, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    day = timedelta(hours=24)
    change_phone(database, queue_count=3, queue_oldest_at=NOW - day + timedelta(seconds=1))
    status.count_due(database, clock)
    assert "chưa gửi" not in rows(an)[0]
    change_phone(database, queue_count=3, queue_oldest_at=NOW - day, revoked_at=NOW)
    clock.forward(minutes=5)
    status.count_due(database, clock)
    assert "chưa gửi" not in rows(an)[0], "a revoked phone is not in use"


def test_old_releases_are_counted(lan: Phone, an: TestClient, database: Database, clock: FakeClock) -> None:
    lan.exchange()
    change_phone(database, build="0.0.9+4f2c")
    status.count_due(database, clock)
    assert "0.0.9+4f2c (1 máy bản cũ)" in rows(an)[0]
    assert len(rows(an, show="outdated")) == 1


def test_commune_that_began_after_the_newest_backup_is_in_none(
    an: TestClient, world: World, database: Database
) -> None:
    def back_up(session: Session) -> None:
        session.execute(update(Commune).where(col(Commune.id) == world.commune_id).values(started_at=NOW))
        record.record_good(session, NOW - timedelta(seconds=1), "a.age", 10)

    database.write(back_up)
    assert "chưa có" in rows(an, q="06391")[0]
    database.write(lambda session: record.record_good(session, NOW, "b.age", 10))
    assert "16:40 24/11/2026" in rows(an, q="06391")[0]
    later = NOW + timedelta(hours=1)
    database.write(lambda session: record.record_good(session, later, "base", 10, record.ARCHIVE))
    assert "17:40 24/11/2026" in rows(an, q="06391")[0]


SIGNS: list[dict[str, Any]] = [
    {},
    {"behind": 1},
    {"is_silent": True},
    {"full": 1},
    {"lost": 1},
    {"outdated": 4},
]


def begin_many(session: Session, count: int) -> list[str]:
    """Communes that have begun and have the signs of `SIGNS` in turn; their ids by official code."""
    load_areas(session)
    found = session.exec(select(Commune).order_by(Commune.code)).all()
    for number, one in enumerate(found):
        one.started_at = NOW if number < count else None
        if number < count:
            signs = CommuneStatus(
                province_code=one.province_code, commune_id=one.id, as_of=NOW, head=1, households=1, met=0
            )
            session.merge(signs.model_copy(update=SIGNS[number % len(SIGNS)]))
    return [one.id for one in found[:count]]


@pytest.fixture
def many(database: Database, world: World) -> list[str]:
    return database.write(lambda session: begin_many(session, 130))


@pytest.mark.both_databases
def test_whoever_needs_a_call_comes_first_and_every_commune_is_on_one_page(
    an: TestClient, many: list[str]
) -> None:
    listed = [one for page in ("1", "2", "3") for one in rows(an, page=page)]
    assert len(listed) == len(many) == 130
    found = [next((text for text in TEXTS if text in row), "") for row in listed]
    assert found == sorted(found, key=TEXTS.index)
    pages = [
        re.findall(r"/operator/communes/([\w-]+)", an.get(f"/operator/?page={n}").text) for n in (1, 2, 3)
    ]
    assert [len(page) for page in pages] == [50, 50, 30]
    assert {one for page in pages for one in page} == set(many)


TEXTS = ["mất bản ghi", "vượt hạn mức", "Im lặng ba ngày", "chưa gửi quá một ngày", ""]


@pytest.mark.both_databases
def test_filters_count_what_they_find(an: TestClient, many: list[str]) -> None:
    page = words(an.get("/operator/").text)
    for name, label in FILTERS.items():
        pages = [set(rows(an, show=name, page=str(number))) for number in (1, 2, 3)]
        assert f"{label} ({len(set().union(*pages))})" in page, name
    assert len(rows(an, show="attention", page="2")) == 37, "22 of three kinds, 21 with losses"


def test_province_is_chosen_and_what_is_no_page_province_or_filter_is_all(
    an: TestClient, many: list[str], database: Database
) -> None:
    begun = database.read(lambda session: instance.count_begun(session, "01"))[""]
    assert f"Tất cả ({begun})" in words(an.get("/operator/?province=01").text)
    assert len(rows(an, province="99", show="no-such", page="0")) == 50
    assert len(rows(an, province="\x00", page="9" * 50)) == 30
    assert len(rows(an, page="4")) == 30, "the last page"


def test_search_finds_communes_to_begin_and_those_that_have(an: TestClient, many: list[str]) -> None:
    (row,) = rows(an, q="yen binh lang son")
    assert "chưa bắt đầu" in row
    assert rows(an, q="ba dinh ha noi")[0].startswith("Phường Ba Đình thành phố Hà Nội 00004")
    assert rows(an, q="ba dinh", province="20") == []
    answer = an.get("/operator/", params={"q": "xa"})
    assert len(rows(an, q="xa")) == 50
    assert "nơi nữa" in answer.text


def test_sizes_are_shares_of_the_database(
    an: TestClient, many: list[str], database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_heads(session: Session) -> None:
        session.execute(update(CommuneStatus).values(head=10))
        session.execute(update(CommuneStatus).where(col(CommuneStatus.commune_id) == many[0]).values(head=30))

    database.write(give_heads)
    changes = database.read(instance.count_changes)
    assert changes == 1_320
    signs = database.read(lambda session: instance.find(session, many[:2]))
    shares = [instance.share_of(1_320_000_000, one.signs, changes) for one in signs if one.signs]
    assert [size_text(one) for one in shares] == ["30 MB", "10 MB"]
    assert size_text(999_999) == "dưới 1 MB"
    assert size_text(1_240_000_000) == "1,2 GB"


@cases("words_of", ["Nguyễn Thị Lan", "Nguyễn Văn Đức", "Thôn Đông", "0900"])
def test_list_names_no_member_and_no_household(
    an: TestClient, lan: Phone, database: Database, clock: FakeClock, words_of: str
) -> None:
    status.count_due(database, clock)
    assert words_of not in words(an.get("/operator/").text)
