"""*Số để tổ gọi*: a supervisor's number, on the phones of the commune's teams."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.commune.accounts.deactivation import deactivate_account
from app.commune.accounts.models import Account
from app.core.db import Database
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World


def change(desk: TestClient, number: str) -> Any:
    return desk.post("/desk/account/contact", data={"contact": number})


def contacts(phone: Phone) -> list[tuple[str, str]]:
    return [(row["name"], row["phone"]) for row in phone.exchange()["changes"]["member"] if "phone" in row]


def test_number_is_on_every_phone_of_the_commune_after_its_next_exchange(
    desk: TestClient, hoa: TestClient, lan: Phone, nam: Phone
) -> None:
    assert (contacts(lan), contacts(nam)) == ([], [])
    assert change(desk, "0900 000 077").headers["location"] == "/desk/account?done=contact"
    assert "0900 000 077" in desk.get("/desk/account").text
    change(hoa, "0900 000 088")
    found = contacts(lan)
    assert found == [("Hoàng Văn Bình", "+84900000077")]
    assert contacts(nam) == found, "and none of the commune next door"


def test_number_that_is_taken_back_or_whose_owner_leaves_is_empty_on_phones(
    desk: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    change(desk, "0900000077")
    (before,) = contacts(lan)
    change(desk, " ")
    assert contacts(lan) == [(before[0], "")]
    change(desk, "0900000077")
    assert contacts(lan) == [before]

    def leave(session: Any) -> None:
        deactivate_account(session, session.get_one(Account, (world.commune_id, world.binh)), clock())

    database.write(leave)
    assert contacts(lan) == [(before[0], "")]


def test_the_same_number_again_is_no_change_of_the_feed(desk: TestClient, lan: Phone) -> None:
    change(desk, "0900000077")
    contacts(lan)
    change(desk, "0900 000 077")
    assert contacts(lan) == []


@pytest.mark.parametrize("number", ["12", "abc", "0" * 200, "\x00"])
def test_no_number_is_refused_with_a_sentence_and_stays_in_the_field(
    number: str, desk: TestClient, lan: Phone
) -> None:
    answer = change(desk, number)
    assert (answer.status_code, "Số điện thoại chưa đúng." in answer.text) == (422, True)
    assert contacts(lan) == []
