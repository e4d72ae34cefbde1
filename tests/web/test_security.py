"""The checks before every route: same-site requests, headers, limits, host names."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import text

from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from tests.cases import cases
from tests.conftest import FakeClock
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


@cases("path", PAGES)
def test_every_answer_carries_the_strict_policy(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_documents_and_workers_carry_the_policies_and_other_files_only_their_type(client: TestClient) -> None:
    for address in ("/field/", "/field/sw.js", "/field/khong-co.webmanifest", "/desk/sign-in"):
        assert "content-security-policy" in client.get(address).headers
    for address in ("/static/icons/icon.svg", "/field/manifest.webmanifest"):
        headers = client.get(address).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "content-security-policy" not in headers


@cases(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
        {"Origin": "http://[bad"},
        {"Origin": "ftp://127.0.0.1:8000"},
        {"Origin": "//127.0.0.1:8000"},
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


def _at(app: FastAPI, address: str, **headers: str) -> TestClient:
    return TestClient(app, address, headers=headers, follow_redirects=False, raise_server_exceptions=False)


def test_page_that_was_changed_on_its_way_over_plain_http_signs_nobody_in(production: FastAPI) -> None:
    client = _at(production, "https://tungnha.example")
    forged = client.post("/desk/sign-in", data=SIGN_IN, headers={"Origin": "http://tungnha.example"})
    assert (forged.status_code, forged.json()["error"]) == (403, "cross_site")
    own = client.post("/desk/sign-in", data=SIGN_IN, headers={"Origin": "https://tungnha.example"})
    assert own.status_code == 303


def test_production_answers_under_its_own_names_and_on_this_machine(production: FastAPI) -> None:
    for host in (
        "tungnha.example",
        "TungNha.example:443",
        "a.example.",
        "127.0.0.1:8000",
        "localhost",
        "[::1]:1",
    ):
        assert _at(production, "https://tungnha.example", Host=host).get("/healthz").status_code == 200
    for host in (
        "evil.example",
        "tungnha.example.evil.example",
        "tungnha.example@evil.example",
        "[::1",
        "",
        "10.0.0.5",
    ):
        answer = _at(production, "https://tungnha.example", Host=host).get("/desk/sign-in")
        assert (answer.status_code, answer.json()) == (400, {"proto": 1, "error": "host_not_allowed"})
        assert answer.headers["cache-control"] == "no-store"


def test_production_without_a_name_answers_this_machine_only(
    database_url: str, world: World, clock: FakeClock, tmp_path: Path
) -> None:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path, mode="production"), clock)
    assert _at(app, "https://tungnha.example").get("/healthz").status_code == 400
    assert _at(app, "http://127.0.0.1:8000").get("/healthz").status_code == 200
    app.state.database.close()


@cases("hosts", ["https://tungnha.example", "a.example b.example", "*", "a.example,,", "é.example"])
def test_names_that_are_not_understood_are_refused(hosts: str) -> None:
    with pytest.raises(ValidationError, match=r"tungnha\.example"):
        Settings(allowed_hosts=hosts)


def test_demo_serves_this_machine_only_whatever_names_are_allowed(database_url: str, tmp_path: Path) -> None:
    app = create_app(Settings(database_url=database_url, data_dir=tmp_path, allowed_hosts="tungnha.example"))
    assert _at(app, "http://tungnha.example").get("/healthz").status_code == 403
    app.state.database.close()


@cases("path", ["/field/", "/desk/visits", "/khong-co", "/healthz", "/static/no/thing"])
def test_production_sends_the_hsts_header(production: FastAPI, path: str) -> None:
    answer = _at(production, "https://tungnha.example").get(path)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_errors_and_refusals_in_production_have_the_hsts_header(
    production: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.sign_in.form.SignInPage", lambda: 1 / 0)
    crash = _at(production, "https://tungnha.example").get("/desk/sign-in")
    refused = _at(production, "https://evil.example").get("/desk/sign-in")
    assert (crash.status_code, refused.status_code) == (500, 400)
    for answer in (crash, refused):
        assert "strict-transport-security" in answer.headers


def test_demo_does_not_ask_for_https(client: TestClient) -> None:
    assert "strict-transport-security" not in client.get("/desk/sign-in").headers


@cases("path", ["/desk/visits/", "/desk/devices/", "/healthz/", "/desk/sign-in/", "/field", "/desk"])
def test_redirects_never_lead_to_the_host_that_the_request_names(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "localhost:9"})
    assert "localhost" not in answer.headers.get("location", "")
    assert answer.status_code in (303, 307, 404)


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


def test_form_sent_before_the_script_is_ready_is_shown_again_and_stores_nothing(client: TestClient) -> None:
    answer = client.post("/field/households/1/visit", data={"note": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/field/households/1/visit")


def test_healthz_says_when_the_database_is_away(client: TestClient, database: Database) -> None:
    assert client.get("/healthz").json()["status"] == "ok"
    healthy = database.read(lambda session: session.execute(text("SELECT 1")).scalar())
    assert healthy == 1


def test_unexpected_exception_is_a_500_without_details_and_with_the_policy(
    browser: Callable[[], TestClient], app: object, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser()
    client.post("/api/v1/devices", json={"invite": LAN[1], "phone": LAN[0], "name": ""})
    monkeypatch.setattr("app.web.phone.sync.read_request", lambda _body: 1 / 0)
    answer = client.post("/api/v1/sync", json={})
    assert (answer.status_code, answer.json()) == (500, {"proto": 1, "error": "internal"})
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
