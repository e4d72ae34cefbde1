"""A request without a session: sign-in goes on to what was asked for, and loses nothing that was typed."""

from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.core.db import Database
from app.web.expired_session import MAX_ADDRESS, safe_address
from tests.cases import cases
from tests.conftest import FakeClock
from tests.web.desk.people.people_client import NEW, accounts_with, team_id
from tests.web.link_client import BINH_PASSWORD
from tests.world import World

BINH = {"name": "binh", "password": BINH_PASSWORD}


def hidden(html: str) -> list[tuple[str, str]]:
    """Names and values of a page's hidden fields."""
    found = [part.partition('">')[0] for part in html.split('<input type="hidden" name="')[1:]]
    pairs = [part.partition('" value="') for part in found]
    return [(unescape(name), unescape(value)) for name, _separator, value in pairs]


def sign_in_with(client: TestClient, page: Response, **changes: str) -> Any:
    """Send the sign-in form of this page."""
    return client.post("/desk/sign-in", data=dict(hidden(page.text)) | BINH | changes)


@pytest.mark.parametrize("address", ["/desk/people", "/desk/visits?state=returned&day=24/11/2026&page=2"])
def test_sign_in_goes_on_to_the_address_that_was_asked_for(
    client: TestClient, world: World, address: str
) -> None:
    form = client.get(client.get(address).headers["location"])
    assert dict(hidden(form.text))["next"] == address
    assert sign_in_with(client, form, password="sai").status_code == 401
    assert sign_in_with(client, form).headers["location"] == address
    assert client.get(address).status_code == 200


@cases(
    "address",
    [
        "https://evil.example/desk/",
        "//evil.example",
        "//evil.example/desk/",
        "/\\evil.example",
        "/desk\\..\\..\\evil.example",
        "/desk//evil.example",
        "/desk/..//evil.example",
        "/desk/%2e%2e//evil.example",
        "/%2fevil.example",
        "%2f%2fevil.example",
        "/desk/\n//evil.example",
        "/desk/?x=\r\nSet-Cookie: a=b",
        "/desk/\x00",
        "javascript:alert(1)",
        "/field/",
        "/deskevil",
        "/desk/sign-in",
        "/desk/sign-out",
        "/desk/?" + "x" * MAX_ADDRESS,
    ],
)
def test_address_elsewhere_is_not_gone_on_to(client: TestClient, world: World, address: str) -> None:
    assert safe_address(address) == ""
    form = client.get("/desk/sign-in", params={"next": address})
    assert "next" not in dict(hidden(form.text))
    assert client.post("/desk/sign-in", data=BINH | {"next": address}).headers["location"] == "/desk/"


def test_form_of_an_expired_session_is_sent_again_after_the_sign_in(
    desk: TestClient, database: Database, clock: FakeClock
) -> None:
    typed = NEW | {"name": 'Lò "Thị" <Hoa> & con\ntrai', "team": team_id(database, "Tổ Thôn Đông")}
    clock.forward(hours=13)
    page = desk.post("/desk/people/new", data=typed)
    assert (page.status_code, "Những gì vừa nhập vẫn còn" in page.text) == (401, True)
    refused = sign_in_with(desk, page, password="sai")
    assert refused.status_code == 401
    resumed = sign_in_with(desk, refused)
    assert (resumed.status_code, resumed.headers["cache-control"]) == (200, "no-store")
    assert dict(hidden(resumed.text)) == typed
    assert "<blockquote>Lò &#34;Thị&#34; &lt;Hoa&gt;" in resumed.text
    assert 'action="/desk/people/new"' in resumed.text
    assert accounts_with(database, "+84900000077") == [], "nothing is sent before somebody presses the button"
    again = dict(hidden(resumed.text)) | {"name": "Lò Thị Hoa"}
    assert desk.post("/desk/people/new", data=again).status_code == 200
    assert len(accounts_with(database, "+84900000077")) == 1


def test_button_without_fields_is_pressed_again(client: TestClient, world: World) -> None:
    address = f"/desk/people/{world.lan}/end"
    resumed = sign_in_with(client, client.post(address))
    assert (resumed.status_code, f'action="{address}"' in resumed.text) == (200, True)


def test_repeated_fields_keep_their_number_and_order(client: TestClient, world: World) -> None:
    sent = {"name": "Tổ Một", "hamlet": [f"thon-{n}" for n in range(200)]}
    resumed = sign_in_with(client, client.post("/desk/teams/new", data=sent))
    assert [value for name, value in hidden(resumed.text) if name == "hamlet"] == sent["hamlet"]


def test_passwords_are_never_repeated(client: TestClient, world: World) -> None:
    answer = client.post("/desk/account/password", data={"current": BINH_PASSWORD, "password": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/sign-in?next=/desk/account")


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"note": "Đã gọi " * 2_000}},
        {"files": {"note": b"PK"}},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
    ],
)
def test_what_cannot_be_carried_is_said_and_nothing_is_repeated(
    client: TestClient, world: World, sent: dict[str, Any]
) -> None:
    client.headers["Referer"] = "http://127.0.0.1:8000/desk/people"
    answer = client.post("/desk/people/new", **sent)
    assert (answer.status_code, "Bấm nút quay lại của trình duyệt" in answer.text) == (401, True)
    assert hidden(answer.text) == [("next", "/desk/people")]


def test_more_fields_than_are_read_are_refused_and_lose_no_session(client: TestClient, world: World) -> None:
    for path in ("/desk/people/new", f"/desk/people/{world.lan}/end"):
        assert client.post(path, data={"x": ["1"] * 1_500}).status_code in (400, 401)


@cases("form", ["%", "a=%ff&b", "&" * 2_000, "x" * 40_000, "\x00=\x00"])
def test_carried_form_that_was_tampered_with_harms_nothing(
    client: TestClient, world: World, form: str
) -> None:
    answer = client.post("/desk/sign-in", data=BINH | {"next": "/desk/people", "posted": "yes", "form": form})
    assert answer.status_code in (200, 303)
    assert answer.headers.get("location", "/desk/people") == "/desk/people"


def test_carried_form_goes_to_no_other_site(client: TestClient, world: World) -> None:
    carried = {"next": "https://evil.example/desk/", "posted": "yes", "form": "name=Lan"}
    answer = client.post("/desk/sign-in", data=BINH | carried)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/")
    by_address = client.get("/desk/sign-in", params=carried | {"next": "/desk/people/new"})
    assert dict(hidden(by_address.text)) == {"next": "/desk/people/new"}
