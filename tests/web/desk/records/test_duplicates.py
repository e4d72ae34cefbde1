"""/desk/duplicates: households that may be duplicates; *Gộp*, *Không trùng*."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]


def test_commune_without_duplicates_says_so(desk: TestClient, world: World) -> None:
    assert "Không có hộ nào có thể trùng." in desk.get("/desk/duplicates").text


@pytest.mark.parametrize(
    ("label", "alike"),
    [
        ({"head_name": "nguyen van duc", "house_no": "12", "alley": "ngõ 3"}, True),
        ({"head_name": "Nguyễn Văn Đức"}, True),
        ({"head_name": "Nguyễn Văn Đức", "house_no": "13"}, False),
        ({"head_name": "Nguyễn Văn Đức", "house_no": "12", "alley": "Ngõ 5"}, False),
        ({"head_name": "Phạm Thị Sáu", "house_no": "12", "alley": "NGÕ 3"}, True),
        ({"head_name": "Phạm Thị Sáu", "house_no": "12"}, False),
        ({"head_name": "Phạm Thị Sáu"}, False),
    ],
)
def test_which_households_may_be_duplicates(
    desk: TestClient, lan: Phone, world: World, label: dict[str, str], alike: bool
) -> None:
    _add(lan, world, **label)
    assert len(_pairs(desk)) == int(alike)


def test_families_at_one_address_added_by_the_same_phone_or_list_are_no_duplicates(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    _add(lan, world, head_name="Phạm Thị Sáu", house_no="40")
    _add(lan, world, head_name="Phạm Văn Bảy", house_no="40")
    assert _pairs(desk) == []
    _add(other, world, head_name="Phạm Văn Tám", house_no="40")
    assert len(_pairs(desk)) == 2


def test_household_that_is_not_active_is_in_no_pair(desk: TestClient, lan: Phone, world: World) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức")
    lan.exchange(lan.op("household.amend", {"id": id, "base_version": 1, "state": "mistake"}))
    assert _pairs(desk) == []


def test_page_of_a_pair_shows_both_households(desk: TestClient, lan: Phone, world: World) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức", alley="Ngõ 3")
    lan.exchange(lan.visit(id), lan.visit(id))
    page = desk.get(_pairs(desk)[0]).text
    assert page.count("Giữ hộ này, gộp hộ kia vào") == 2
    for text in (
        "Ngõ 3",
        f'href="/desk/people/{world.lan}"',
        "16:40 24/11/2026",
        "<dd>2</dd>",
        "24/11/2026",
        "chưa có",
    ):
        assert text in page


def test_merged_pair_is_one_household_and_is_not_listed_again(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức")
    (pair,) = _pairs(desk)
    answer = _merge(desk, pair, world.duc)
    assert answer.headers["location"] == f"/desk/households/{world.duc}?done=merged"
    assert "Đã gộp." in desk.get(answer.headers["location"]).text
    assert _pairs(desk) == []
    assert _household(database, world, id).merged_into == world.duc
    shown = desk.get(pair).text
    assert "Một trong hai hộ này đã được gộp." in shown
    assert "Giữ hộ này" not in shown
    assert _merge(desk, pair, world.duc).status_code == 303
    assert _merge(desk, pair, id).status_code == 409


@pytest.mark.both_databases
def test_pair_marked_as_not_duplicate_is_not_listed_again(desk: TestClient, lan: Phone, world: World) -> None:
    _add(lan, world, head_name="Nguyễn Văn Đức")
    (pair,) = _pairs(desk)
    for _ in range(2):
        assert desk.post(f"{pair}/not-duplicate").headers["location"] == "/desk/duplicates?done=not_duplicate"
    assert _pairs(desk) == []


@pytest.mark.parametrize("surviving", ["", "khong-co"])
def test_one_of_the_two_must_be_chosen(
    desk: TestClient, lan: Phone, world: World, surviving: str, database: Database
) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức")
    answer = _merge(desk, _pairs(desk)[0], surviving)
    assert (answer.status_code, "Chọn hộ được giữ." in answer.text) == (422, True)
    assert _household(database, world, id).merged_into is None


def test_household_changed_since_it_was_shown_is_shown_again(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức")
    (pair,) = _pairs(desk)
    lan.exchange(lan.op("household.amend", {"id": id, "base_version": 1, "house_no": "99"}))
    answer = _merge(desk, pair, world.duc)
    assert answer.status_code == 409
    assert "Một trong hai hộ vừa được sửa hoặc đã gộp." in answer.text
    assert _household(database, world, id).merged_into is None


def test_pairs_beyond_the_limit_are_not_counted(
    desk: TestClient, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.review.deduplication.duplicates.MAX_PAIRS_IN_GROUP", 2)
    for _ in range(2):
        _add(lan, world, head_name="Nguyễn Văn Đức")
    assert len(_pairs(desk)) == 2
    for address in ("/desk/duplicates", "/desk/"):
        assert re.search("Hơn 2(</b>)? cặp hộ", desk.get(address).text)


def test_pairs_are_computed_again_only_after_a_change_of_a_household_or_a_decision(
    desk: TestClient, lan: Phone, world: World, database: Database, app: FastAPI
) -> None:
    first, second = (_add(lan, world, head_name="Nguyễn Văn Đức") for _ in range(2))
    with _statements(app) as statements:
        assert "3 cặp hộ có thể trùng" in words(desk.get("/desk/").text)
        before = _computations(statements)
        lan.exchange(lan.visit(world.duc))
        assert "3 cặp hộ có thể trùng" in words(desk.get("/desk/").text)
        assert (before, _computations(statements)) == (1, 1)
    desk.post(f"/desk/duplicates/{world.duc}/{first}/not-duplicate")
    assert "2 cặp hộ có thể trùng" in words(desk.get("/desk/").text)
    lan.exchange(lan.op("household.amend", {"id": second, "base_version": 1, "state": "mistake"}))
    assert "cặp hộ có thể trùng" not in words(desk.get("/desk/").text)


def test_supervisor_next_door_finds_no_pair(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    id = _add(lan, world, head_name="Nguyễn Văn Đức")
    (pair,) = _pairs(desk)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert _pairs(hoa) == []
    assert hoa.get(pair).status_code == 404
    assert _merge(hoa, pair, world.duc).status_code == 404
    assert hoa.post(f"{pair}/not-duplicate").status_code == 404
    assert _household(database, world, id).merged_into is None
    assert len(_pairs(desk)) == 1


@pytest.mark.parametrize("path", ["a/a", "khong-co/cung-khong", "a%00/b"])
def test_unknown_pair_is_not_found(desk: TestClient, path: str) -> None:
    assert desk.get(f"/desk/duplicates/{path}").status_code == 404
    assert desk.post(f"/desk/duplicates/{path}/not-duplicate").status_code == 404


def _add(by: Phone, world: World, **label: str) -> str:
    id = new_id()
    assert by.statuses(by.op("household.add", {"id": id, "hamlet_id": world.dong, **label})) == ["applied"]
    return id


@contextmanager
def _statements(app: FastAPI) -> Iterator[list[str]]:
    """The statements that the app executes in the `with` block."""
    seen: list[str] = []
    engine = app.state.database.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def _computations(statements: list[str]) -> int:
    """How often the labels of all households were read."""
    return sum("household.head_name" in one and "household.state = " in one for one in statements)


def _merge(desk: TestClient, pair: str, surviving: str) -> Any:
    return desk.post(f"{pair}/merge", data={"surviving": surviving, "one": "1", "other": "1"})


def _pairs(desk: TestClient) -> list[str]:
    return re.findall(r'href="(/desk/duplicates/[^"]+)"', desk.get("/desk/duplicates").text)


def _household(database: Database, world: World, id: str) -> Household:
    return database.read(lambda session: session.get_one(Household, (world.commune_id, id)))
