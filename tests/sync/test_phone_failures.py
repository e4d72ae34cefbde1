"""What a phone tells of its own failures is stored bounded and without text, and stops no visit."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.core.db import Database
from app.sync import phone_failures
from app.sync.phone_failures import MAX_COUNT, MAX_OF_REQUEST, MAX_ROWS, RETENTION, PhoneFailure, browser_of
from app.upkeep.retention.daily import purge_expired
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World

CODE = "0.1.0 TypeError field-e02dc8882b.js:1:2047"
PIXEL = "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36"


def stored(database: Database) -> list[PhoneFailure]:
    order = (PhoneFailure.code, PhoneFailure.browser)
    return list(database.read(lambda session: session.exec(select(PhoneFailure).order_by(*order)).all()))


def test_failure_is_added_up_by_code_build_and_browser(
    lan: Phone, nam: Phone, database: Database, clock: FakeClock
) -> None:
    lan.client.headers["User-Agent"] = PIXEL
    nam.client.headers["User-Agent"] = PIXEL.replace("126", "127")
    for phone, count in ((lan, 2), (lan, 3), (nam, 1)):
        assert phone.send(failures={CODE: count}).status_code == 200
    found = [(one.code, one.build, one.browser, one.count) for one in stored(database)]
    assert found == [
        ("TypeError field-e02dc8882b.js:1:2047", "0.1.0", "Chrome 126", 5),
        ("TypeError field-e02dc8882b.js:1:2047", "0.1.0", "Chrome 127", 1),
    ]


TEXTS = (
    "Nguyễn Thị Lan", "Lan TypeError", "0.1.0 Lan", "0.1.0 TypeError Lan.js:1:2", "0.1.0 Lỗi",
    "0.1.0 TypeError field-Lan.js:1:2", "0.1.0 TypeError Lan ở nhà 12", "TypeError",
    "0.1.0 TypeError field.js:1", "x" * 300, "",
)  # fmt: skip


@cases(
    "failures",
    [
        None, "x", 7, [], [CODE], {CODE: "1"}, {CODE: 0}, {CODE: -1}, {CODE: True}, {CODE: 1.5}, {CODE: None},
        {CODE: {}}, *({text: 1} for text in TEXTS),
    ],
)  # fmt: skip
def test_what_is_no_code_is_dropped_and_stops_no_visit(
    failures: Any, lan: Phone, world: World, database: Database
) -> None:
    answer = lan.send(lan.visit(world.duc), failures=failures).json()
    assert [result["status"] for result in answer["results"]] == ["applied"]
    assert stored(database) == []


def test_one_phone_tells_ten_and_counts_a_thousand(lan: Phone, database: Database) -> None:
    lan.send(failures={f"0.1.0 Error field.js:1:{place}": 10**9 for place in range(50)})
    found = stored(database)
    assert len(found) == MAX_OF_REQUEST
    assert {one.count for one in found} == {MAX_COUNT}


def test_phone_that_invents_codes_fills_no_disk(lan: Phone, database: Database) -> None:
    for first in range(0, MAX_ROWS + 30, 10):
        lan.send(failures={f"0.1.0 Error field.js:1:{place}": 1 for place in range(first, first + 10)})
    found = stored(database)
    assert len(found) <= MAX_ROWS + 1
    assert [one.count for one in found if one.code == phone_failures.OTHER] == [30]
    lan.send(failures={"0.1.0 Error field.js:1:3": 1})  # a known one is counted as itself
    assert [one.count for one in stored(database) if one.code == "Error field.js:1:3"] == [2]


def test_older_phone_sends_none_and_gets_the_same_answer(
    lan: Phone, world: World, database: Database
) -> None:
    before = lan.exchange()
    answer = lan.send(failures={CODE: 1}).json()
    assert before.keys() == answer.keys()
    assert lan.exchange(lan.visit(world.duc))["results"][0]["status"] == "applied"


def test_exchange_without_a_session_tells_nothing(lan: Phone, database: Database) -> None:
    lan.client.cookies.clear()
    assert lan.send(failures={CODE: 1}).status_code == 401
    assert stored(database) == []


def test_what_no_phone_tells_any_more_is_deleted(lan: Phone, database: Database, clock: FakeClock) -> None:
    lan.send(failures={CODE: 1})
    database.write(lambda session: purge_expired(session, clock() + RETENTION - timedelta(hours=1)))
    assert len(stored(database)) == 1
    database.write(lambda session: purge_expired(session, clock() + RETENTION + timedelta(hours=1)))
    assert stored(database) == []


@pytest.mark.parametrize(
    ("user_agent", "browser"),
    [
        (PIXEL, "Chrome 126"),
        (f"{PIXEL} EdgA/126.0", "Edge 126"),
        (PIXEL.replace("Chrome", "SamsungBrowser/25.0 Chrome"), "Samsung 25"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) Version/17.5 Mobile/15E148 Safari/604", "Safari 17"),
        ("Mozilla/5.0 (Android 14; Mobile; rv:128.0) Gecko/128.0 Firefox/128.0", "Firefox 128"),
        ("Nguyễn Thị Lan", "other"),
        ("", "other"),
    ],
)  # fmt: skip
def test_browser_is_family_and_version(user_agent: str, browser: str) -> None:
    assert browser_of(user_agent) == browser
