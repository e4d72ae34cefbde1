"""Every answer 5xx leaves one log line without personal data; so does a throttled sign-in."""

import logging
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core import logs
from tests.core.test_read_only import read_only
from tests.phone import Phone
from tests.world import LAN, World

WHO = "Nguyễn Thị Lan"


@pytest.fixture(autouse=True)
def _events(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.INFO, logs.LOGGER):
        yield


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The log lines of failed requests and of errors, from any logger."""
    said = [(record.levelno, record.getMessage()) for record in caplog.records if record.name != "httpx"]
    return [text for level, text in said if level >= logging.ERROR or text.startswith("request.failed")]


def test_exception_is_one_log_line_with_its_place_and_an_answer_500(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(name: str) -> None:
        app.state.database.read(lambda session: dict[str, str]()[name])

    app.add_api_route("/desk/crash/{name}", crash)
    answer = TestClient(app, base_url="http://127.0.0.1:8000").get(f"/desk/crash/{WHO}")
    assert (answer.status_code, "Máy chủ gặp lỗi" in answer.text) == (500, True)
    assert "content-security-policy" in answer.headers
    (line,) = lines(caplog)
    assert re.fullmatch(
        r"request\.failed status=500 code=internal route=/desk/crash/\{name\} error=KeyError "
        r"at=core/db\.py:\d+",
        line,
    )
    assert WHO not in caplog.text


def test_database_failure_is_one_log_line_with_the_databases_code(
    lan: Phone,
    world: World,
    app: FastAPI,
    caplog: pytest.LogCaptureFixture,
) -> None:
    op = lan.visit(world.duc, note=WHO)
    with read_only(app):
        assert lan.send(op).status_code == 503
    (line,) = lines(caplog)
    reason = "SQLITE_READONLY" if app.state.database.is_sqlite else "25006"
    assert line == f"request.failed status=503 code=unavailable route=/api/v1/sync reason={reason}"


@pytest.mark.parametrize(
    ("address", "kind", "content"),
    [
        ("/desk/sign-in", "desk", {"data": {"name": "binh", "password": "sai"}}),
        ("/api/v1/devices", "phone", {"json": {"invite": "99999999", "phone": LAN[0]}}),
    ],
)
def test_throttled_sign_in_is_one_line(
    client: TestClient,
    caplog: pytest.LogCaptureFixture,
    address: str,
    kind: str,
    content: dict[str, dict[str, str]],
) -> None:
    statuses = [client.post(address, **content).status_code for _ in range(6)]  # type: ignore[arg-type]
    assert statuses == [401] * 5 + [429]
    said = [record.getMessage() for record in caplog.records if "too_many_attempts" in record.getMessage()]
    assert said == [f"sign_in.throttled kind={kind} code=too_many_attempts address=unknown"]
    assert lines(caplog) == []
    assert "binh" not in caplog.text
    assert LAN[0] not in caplog.text


def test_other_answers_leave_no_line_of_a_failure(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    for path in ("/desk/sign-in", "/desk/", f"/{WHO}", "/healthz"):
        assert client.get(path).status_code < 500
    assert lines(caplog) == []
