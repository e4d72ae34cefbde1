"""`/`: both ways into the app, or straight to where somebody has signed in with this browser."""

import re

from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.cases import cases
from tests.phone import Phone
from tests.web.desk.desk_client import words


def test_whoever_knows_the_address_only_chooses_between_phone_and_desk(client: TestClient) -> None:
    page = client.get("/", headers={"Host": "localhost:9"})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert re.findall(r'class="button primary" href="([^"]+)"', page.text) == ["/field/", "/desk/"]
    assert "Sổ trên điện thoại" in words(page.text)
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    for way in ("/field/", "/desk/", "/check"):
        assert client.get(way, follow_redirects=True).status_code == 200


def test_session_leads_straight_to_its_own_pages_and_two_sessions_to_the_choice(
    desk: TestClient, lan: Phone
) -> None:
    assert _leads(desk) == "/desk/"
    assert _leads(lan.client) == "/field/"
    lan.client.cookies.update(dict(desk.cookies))
    assert _leads(lan.client) == ""
    desk.post("/desk/sign-out")
    assert _leads(lan.client) == "/field/", "a session that has ended is none"
    assert _leads(desk) == ""


@cases("cookie", ["", "x", "c06391.x", "a" * 4_000])
def test_cookie_of_nobody_leads_to_the_choice(client: TestClient, cookie: str) -> None:
    answer = client.get("/", headers={"cookie": f"desk={cookie}"})
    assert answer.status_code == 200


def test_page_is_there_while_the_database_is_not(app: FastAPI, client: TestClient) -> None:
    app.state.database.close()
    assert client.get("/").status_code == 200


def _leads(client: TestClient) -> str:
    """Where `/` leads; empty if there is a choice."""
    return client.get("/").headers.get("location", "")
