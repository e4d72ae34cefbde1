"""A server with two processes: all its log lines are JSON and name nobody, its metrics add up."""

import json
from pathlib import Path
from typing import Any

import httpx2

from app.core.db import Database
from tests.faults.fleet import fleet
from tests.faults.workers import Workers, serving
from tests.rounds import on_sqlite_first
from tests.world import LAN, World

TOKEN = "mot-ma-de-thu-dai-hon-20"
EXCHANGES = 12
# What is typed or stored in this test and must never be seen: a name, a note, numbers, words of a search.
MARKERS = (
    "Đặng Thị Dấu",
    "ghi-chu-danh-dau",
    "0987650001",
    "+84987650001",
    "tim-danh-dau",
    "mat-khau-danh-dau",
    "binh",
)


@on_sqlite_first
def test_logs_are_json_without_names_and_metrics_are_of_both_processes(
    database_url: str, world: World, database: Database, tmp_path: Path
) -> None:
    with serving(database_url, tmp_path, 2, TUNGNHA_METRICS_TOKEN=TOKEN) as server:
        _use(server, database, world)
        found = httpx2.get(
            f"{server.url}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60, trust_env=False
        ).text
        assert httpx2.get(f"{server.url}/readyz", timeout=60, trust_env=False).status_code == 200
    assert f'tungnha_operations_total{{status="applied"}} {EXCHANGES}.0' in found
    log = server.log.read_text()
    lines = log.split("Stop with Ctrl+C.\n", 1)[1].splitlines()
    events = [json.loads(line) for line in lines]
    assert sum(event.get("route") == "/api/v1/sync" for event in events) >= EXCHANGES
    assert {"request", "sign_in.failed"} <= {event["event"] for event in events}
    for marker in (*MARKERS, LAN[0], world.duc):
        assert marker not in "\n".join(lines) + found, marker


def _use(server: Workers, database: Database, world: World) -> None:
    """Markers are sent wherever something can be: notes, names, searches, sign-ins, broken bodies."""
    headers = {"Sec-Fetch-Site": "same-origin"}
    for member in fleet(database, world, server.url, EXCHANGES).members:
        op = member.phone.visit(world.duc, note="ghi-chu-danh-dau")
        assert member.phone.statuses(op) == ["applied"]
    requests: list[tuple[str, dict[str, Any]]] = [
        ("/api/v1/devices", {"json": {"invite": "99999999", "phone": "0987650001", "name": "Đặng Thị Dấu"}}),
        ("/desk/sign-in", {"data": {"name": "binh", "password": "mat-khau-danh-dau"}}),
        ("/desk/Đặng Thị Dấu", {"data": {"q": "tim-danh-dau"}}),
        ("/api/v1/sync", {"content": "ghi-chu-danh-dau"}),
        ("/link/mat-khau-danh-dau", {"data": {"password": "mat-khau-danh-dau"}}),
    ]
    with httpx2.Client(base_url=server.url, headers=headers, timeout=60, trust_env=False) as client:
        for path, content in requests:
            client.post(path, **content)
        client.get("/desk/visits?q=tim-danh-dau", headers={"X-Request-Id": "Đặng Thị Dấu".encode().hex()})
