"""`/metrics`, `/readyz` and the log line of each request; nothing of it names anybody."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.core import logs
from app.core.clock import utc_now, wire_time
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.upkeep.maintenance import record
from tests.cases import cases
from tests.conftest import FakeClock
from tests.core.test_read_only import read_only
from tests.operator import run
from tests.phone import Phone, sign_in
from tests.web.test_failures import WHO
from tests.world import LAN, World

TOKEN = "mot-ma-de-thu-dai-hon-20"
MONITORING = Path(__file__).parents[3] / "deploy" / "monitoring"
SEEN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(database_url: str, world: World, clock: FakeClock, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(database_url=database_url, data_dir=tmp_path, metrics_token=TOKEN)
    app = create_app(settings, clock)
    yield TestClient(
        app, "http://127.0.0.1:8000", headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
    )
    app.state.database.close()


def metrics(client: TestClient) -> dict[str, float]:
    """The metrics by name and labels."""
    answer = client.get("/metrics", headers=SEEN)
    assert answer.status_code == 200
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_exchange_and_its_operations_are_counted(watched: TestClient, world: World, clock: FakeClock) -> None:
    lan = sign_in(watched, *LAN, clock())
    before = metrics(watched)
    op = lan.visit(world.duc, note=WHO)
    lan.exchange(op)
    lan.exchange(op)
    after = metrics(watched)
    for name, more in (
        ('tungnha_operations_total{status="applied"}', 1),
        ('tungnha_operations_total{status="duplicate"}', 1),
        ('tungnha_requests_total{area="sync",status="2xx"}', 2),
        ('tungnha_request_seconds_count{area="sync"}', 2),
    ):
        assert after[name] - before.get(name, 0) == more, name
    assert WHO not in watched.get("/metrics", headers=SEEN).text


def test_what_phones_have_not_sent_and_who_is_silent_are_gauges(
    watched: TestClient, world: World, clock: FakeClock
) -> None:
    lan = sign_in(watched, *LAN, clock())
    clock.forward(minutes=10)
    oldest = clock.now.isoformat().replace("+00:00", "Z")
    lan.exchange(queue={"count": 7, "oldest_at": oldest, "next_seq": 8, "held": list(range(1, 8))})
    clock.forward(days=4)
    found = metrics(watched)
    assert found["tungnha_unsent"] == 7
    assert found["tungnha_oldest_unsent"] == 4 * 86_400
    assert (found["tungnha_phones"], found["tungnha_silent"]) == (1, 1)
    assert found["tungnha_database_up"] == 1
    assert found["tungnha_database_size"] > 100_000


def test_age_of_the_newest_good_backup_is_a_gauge(
    watched: TestClient, database: Database, clock: FakeClock
) -> None:
    assert metrics(watched)["tungnha_backup_age"] == float("inf"), "the alert fires"
    at = clock()
    database.write(lambda session: record.record_good(session, at, "night.age", 1234))
    database.write(lambda session: record.record_failure(session, at + timedelta(hours=24), "No disk."))
    clock.forward(hours=30)
    fresh(watched)
    found = metrics(watched)
    assert (found["tungnha_backup_age"], found["tungnha_backup_size"]) == (30 * 3600, 1234)
    assert found["tungnha_archive_age"] == float("inf"), "no alert fires of what nobody has set up"


def fresh(client: TestClient) -> None:
    """Have the figures read again."""
    client.app.state.figures._read_at = -float("inf")  # type: ignore[attr-defined]


@cases("sent", ["", TOKEN, f"Bearer {TOKEN[:-1]}", "Bearer ", "Bearer ê"])
def test_metrics_do_not_exist_without_the_token(sent: str, watched: TestClient, client: TestClient) -> None:
    assert watched.get("/metrics", headers=[(b"Authorization", sent.encode())]).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404, "none is set"


def test_server_is_ready_once_its_schema_is_of_this_version(watched: TestClient, database: Database) -> None:
    with database.engine.begin() as connection:
        newest = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("DELETE FROM alembic_version"))
    assert watched.get("/healthz").status_code == 200
    assert watched.get("/readyz").status_code == 503
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest})
    assert watched.get("/readyz").status_code == 200


def test_request_is_one_line_with_route_status_and_time_and_no_path(
    app: FastAPI, lan: Phone, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logs.REQUESTS):
        lan.exchange(lan.visit(world.duc, note=WHO))
        lan.client.get(f"/desk/people/{world.lan}?q={WHO}")
        lan.client.get("/healthz")
        lan.client.get("/static/none.css")
    lines = [record.details for record in caplog.records if record.name == logs.REQUESTS]  # type: ignore[attr-defined]
    assert [(line["route"], line["status"]) for line in lines] == [
        ("/api/v1/sync", 200),
        ("/desk/people/{account_id}", 303),
    ]
    assert all(isinstance(line["ms"], int) for line in lines)
    assert world.lan not in caplog.text


def test_failure_carries_the_id_of_its_log_lines(app: FastAPI, lan: Phone, world: World) -> None:
    lan.client.headers["X-Request-Id"] = "of-the-web-server-1"
    with read_only(app):
        answer = lan.send(lan.visit(world.duc))
    assert (answer.status_code, answer.headers["x-request-id"]) == (503, "of-the-web-server-1")


@cases("sent", ["short", "a b c d e f g h", "x" * 65, "ế" * 10, ""])
def test_id_that_could_be_more_than_an_id_is_replaced(sent: str) -> None:
    assert logs.request_id(sent) != sent
    assert len(logs.request_id(sent)) == 16


def test_alerts_and_dashboard_ask_for_metrics_that_there_are(watched: TestClient) -> None:
    there = {name.split("{")[0] for name in metrics(watched)}
    for file in ("alerts.yaml", "grafana-dashboard.json"):
        asked = set(re.findall(r"tungnha_[a-z_]+", (MONITORING / file).read_text("utf-8")))
        labelled = {"tungnha_requests_total", "tungnha_operations_total", "tungnha_request_seconds_bucket"}
        others = {"tungnha_replica"}  # where there is one
        assert asked - there <= labelled | others, "those with labels are there once something was counted"
        assert len(asked) >= 7


def test_status_tells_a_person_what_there_is(
    database_url: str, lan: Phone, clock: FakeClock, tmp_path: Path
) -> None:
    clock.forward(minutes=10)
    oldest_at = wire_time(utc_now() - timedelta(hours=40))
    lan.exchange(queue={"count": 3, "oldest_at": oldest_at, "next_seq": 4, "held": [1, 2, 3]})
    done = run(database_url, "status", TUNGNHA_DATA_DIR=str(tmp_path))
    assert done.exit_code == 0, done.output
    assert "schema       newest" in done.stdout
    assert "phones       1, " in done.stdout
    assert "not sent     3 records, the oldest 40 hours old\n" in done.stdout


def test_status_tells_the_newest_backup_and_the_failure_after_it(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    def status() -> str:
        return run(database_url, "status", TUNGNHA_DATA_DIR=str(tmp_path)).stdout

    assert "backup       none, OVERDUE\n" in status()
    at = utc_now() - timedelta(hours=40)
    database.write(lambda session: record.record_good(session, at, "night.age", 1234))
    assert "backup       40 hours old, OVERDUE: night.age\n" in status()
    database.write(lambda session: record.record_failure(session, utc_now(), "The disk is missing."))
    assert "failed: The disk is missing.\n" in status()
    database.write(lambda session: record.record_good(session, utc_now(), "new.age", 1234))
    assert "backup       0 hours old: new.age\n" in status()
    assert "failed" not in status()
    assert "archive" not in status()
    database.write(lambda session: record.record_failure(session, at, "No barman.", record.ARCHIVE))
    assert "archive      none, OVERDUE\n" in status()
    assert "failed: No barman.\n" in status()
    of_archive = "gone-by-2026-12-30", 1234, record.ARCHIVE
    database.write(lambda session: record.record_good(session, utc_now(), *of_archive))
    assert "archive      0 hours old: gone-by-2026-12-30\n" in status()


def test_line_says_its_request(capsys: pytest.CaptureFixture[str]) -> None:
    handler = logs.handler()
    logger = logging.getLogger(logs.LOGGER)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with logs.of_request("0123456789abcdef"):
            logs.event("device.revoked", device="d1")
    finally:
        logger.removeHandler(handler)
    line = json.loads(capsys.readouterr().err.splitlines()[-1])
    assert (line["request"], line["event"], line["device"]) == ("0123456789abcdef", "device.revoked", "d1")
