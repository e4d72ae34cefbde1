"""What stands before every route: same-site proof, headers, limits, loopback."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.core.db import Database
from tests.world import LAN, World

PAGES = [
    "/field/",
    "/field/sign-in",
    "/field/households/khong-co",
    "/desk/sign-in",
    "/desk/visits",
    "/khong-co",
    "/healthz",
]
SIGN_IN = {"name": "binh", "password": "mat-khau-binh"}


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_strict_policy(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Origin": "http://[bad"},
        {},
    ],
)
def test_changing_request_that_another_site_may_have_caused_is_refused(
    app: object, headers: dict[str, str]
) -> None:
    client = TestClient(app, base_url="http://127.0.0.1:8000", headers=headers)  # type: ignore[arg-type]
    answer = client.post("/desk/sign-in", data=SIGN_IN)
    assert (answer.status_code, answer.json()) == (403, {"proto": 1, "error": "cross_site"})
    assert "desk" not in client.cookies


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://127.0.0.1:8000"}],
)
def test_own_site_passes(app: object, headers: dict[str, str]) -> None:
    client = TestClient(app, base_url="http://127.0.0.1:8000", headers=headers, follow_redirects=False)  # type: ignore[arg-type]
    assert client.post("/desk/sign-in", data=SIGN_IN).status_code == 303


def test_demo_serves_this_machine_only(client: TestClient) -> None:
    answer = client.get("/field/", headers={"Host": "tungnha.example"})
    assert (answer.status_code, answer.json()["error"]) == (403, "demo_is_loopback_only")
    for host in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
    for host in ("[::1", "[foo]", "", "127.0.0.1.evil.example"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 403


def test_large_bodies_are_refused_everywhere(client: TestClient) -> None:
    for path in ("/desk/sign-in", "/api/v1/devices", "/field/"):
        assert client.post(path, content=b"a" * (64 * 1024 + 1)).status_code == 413


def test_errors_never_echo_what_was_sent(client: TestClient) -> None:
    secret = "0987654321"
    answer = client.post("/api/v1/devices", json={"invite": [secret], "phone": {secret: 1}, secret: secret})
    assert answer.status_code == 422
    assert answer.json() == {"proto": 1, "error": "invalid", "fields": ["invite", "phone"]}
    assert secret not in client.get(f"/desk/visits/{secret}").text


def test_infinity_is_bad_input_not_a_crash(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/devices", content=b'{"invite": Infinity}', headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == 422


def test_form_tapped_before_the_page_is_ready_goes_back_and_stores_nothing(client: TestClient) -> None:
    answer = client.post("/field/households/1/visit", data={"note": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/field/households/1/visit")


def test_healthz_says_when_the_database_is_away(client: TestClient, database: Database) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    healthy = database.read(lambda session: session.execute(text("SELECT 1")).scalar())
    assert healthy == 1


def test_what_nobody_foresaw_is_a_500_without_details_and_with_the_policy(
    browser: Callable[[], TestClient], app: object, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    client.post("/api/v1/devices", json={"invite": LAN[1], "phone": LAN[0], "name": ""})
    monkeypatch.setattr("app.web.sync.read_request", lambda _body: 1 / 0)
    answer = client.post("/api/v1/sync", json={})
    assert (answer.status_code, answer.json()) == (500, {"proto": 1, "error": "internal"})
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
