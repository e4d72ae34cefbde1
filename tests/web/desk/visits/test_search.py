"""No address of the desk has readable search words; Back, reload and bookmarks work all the same."""

from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from tests.cases import cases
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]
WORDS = "nguyễn đức"
SIGN_IN = {"name": "binh", "password": "mat-khau-binh"}


@pytest.fixture
def found(desk: TestClient, lan: Phone, world: World) -> str:
    """The address after a search for one of Lan's three visits."""
    lan.exchange(*[lan.visit(household) for household in world.households[world.dong]])
    answer = desk.post("/desk/visits", data={"q": WORDS, "state": "received", "hamlet": "", "day": ""})
    assert answer.status_code == 303
    address: str = answer.headers["location"]
    return address


def _is_readable(text: str) -> bool:
    shown = unescape(text)
    return any(part in shown for part in (WORDS, quote(WORDS), quote(WORDS, safe="").lower(), "nguy%E1"))


def test_words_are_encrypted_in_the_address_and_the_page_shows_what_they_find(
    desk: TestClient, found: str
) -> None:
    assert found.startswith("/desk/visits?")
    assert "state=received" in found
    assert not _is_readable(found)
    page = desk.get(found).text
    assert "1 lượt thăm" in words(page)
    assert f'name="q" value="{WORDS}"' in page
    assert not _is_readable(page.replace(f'value="{WORDS}"', ""))


@pytest.mark.both_databases
def test_words_are_kept_on_the_way_to_a_visit_and_back(desk: TestClient, lan: Phone, found: str) -> None:
    page = desk.get(found).text
    (href,) = {
        unescape(part.split('"')[0]) for part in page.split('href="') if part.startswith("/desk/visits/")
    }
    assert f'name="q" value="{WORDS}"' in desk.get(href).text
    accept = href.replace("?", "/accept?")
    after = desk.post(accept, data={"version": "1"}).headers["location"]
    assert not _is_readable(after)
    assert f'name="q" value="{WORDS}"' in desk.get(after).text


def test_same_words_have_the_same_address_also_after_signing_in_again(desk: TestClient, found: str) -> None:
    desk.post("/desk/sign-out")
    desk.post("/desk/sign-in", data=SIGN_IN)
    assert f'name="q" value="{WORDS}"' in desk.get(found).text
    again = desk.post("/desk/visits", data={"q": WORDS, "state": "received"}).headers["location"]
    assert again == found


@cases("find", ["", "x", "A" * 60, "é", "%00", "===="])
def test_words_that_another_browser_encrypted_are_named_as_ignored(
    browser: Browser, desk: TestClient, found: str, find: str
) -> None:
    other = browser()
    other.post("/desk/sign-in", data=SIGN_IN)
    page = other.get(f"/desk/visits?find={find}" if find else found)
    assert page.status_code == 200
    assert "Không có giá trị này ở ô: Hộ. Danh sách dưới đây bỏ qua ô đó." in words(page.text)
    assert "3 lượt thăm" in words(page.text)


def test_filters_typed_too_long_are_refused_and_nobody_signed_in_is_asked_to_sign_in(
    client: TestClient, desk: TestClient
) -> None:
    assert desk.post("/desk/visits", data={"q": "a" * 81}).status_code == 422
    desk.post("/desk/sign-out")
    asked = client.post("/desk/visits", data={"q": WORDS})
    assert (asked.status_code, "Đăng nhập" in asked.text) == (401, True)
