"""The read API: a token reads rounded totals of its communes' closed reports, in pages, and nothing else."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.core.db import Database
from app.fieldwork.periods.models import ReportSummary
from app.reports.open_data.tokens import Owner, Scope, list_tokens, revoke_token
from app.reports.public_check import rounded
from tests.conftest import FakeClock
from tests.web.public.summaries import PROVINCE, add_reports, bearer, token_of
from tests.world import World

pytestmark = pytest.mark.both_databases


def _all(client: TestClient, token: str, address: str) -> list[dict[str, Any]]:
    """Every row, page by page."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    for _page in range(200):
        joined = "&" if "?" in address else "?"
        answer = client.get(f"{address}{joined}cursor={cursor}", headers=bearer(token))
        assert answer.status_code == 200, answer.text
        rows += answer.json()["items"]
        cursor = answer.json()["next"]
        if not cursor:
            return rows
    raise AssertionError("pages without end")


def test_token_of_a_commune_reads_its_own_closed_reports_only(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    add_reports(database, world)
    token = token_of(database, Scope(commune_id=world.commune_id), clock())
    reports = _all(client, token, "/api/v1/reports?limit=500")
    assert {one["commune"] for one in reports} == {"06391"}
    assert len(reports) == 50, "one of 51 is reopened"
    counts = [total["count"] for one in reports for total in one["totals"]]
    assert all(count is None or count % 5 == 0 for count in counts)
    assert {None, 0, 5} <= set(counts)
    communes = _all(client, token, "/api/v1/communes")
    assert communes == [{"code": "06391", "name": "Xã Yên Bình", "province": PROVINCE}]


def test_pages_of_any_size_are_the_whole_in_one_order(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    count = add_reports(database, world)
    token = token_of(database, Scope(province_code=PROVINCE), clock())
    whole = _all(client, token, "/api/v1/reports?limit=500")
    assert len(whole) == count
    places = [(one["commune"], one["last"], one["period"]) for one in whole]
    assert places == sorted(places)
    assert len(set(places)) == count
    for limit in (7, 33, 100):
        clock.forward(minutes=1)
        assert _all(client, token, f"/api/v1/reports?limit={limit}") == whole
    some = _all(client, token, "/api/v1/reports?kind=month&since=2026-03-01&until=2026-08-31&commune=06391")
    assert [one["period"] for one in some] == [f"2026-0{month}" for month in range(3, 9)]
    assert [one["code"] for one in _all(client, token, "/api/v1/communes?limit=1")] == ["06391", "06400"]


def test_answer_is_a_function_of_rounded_values(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    add_reports(database, world)
    token = token_of(database, Scope(province_code=PROVINCE), clock())
    before = client.get("/api/v1/reports?limit=500", headers=bearer(token))

    def change(one: ReportSummary) -> None:
        one.figures = [None if count is None else rounded(count) for count in one.figures]
        one.adjusted = {"2026-01": {"visits": 3}}

    def work(session: Session) -> None:
        for one in session.exec(select(ReportSummary)).all():
            change(one)

    database.write(work)
    after = client.get("/api/v1/reports?limit=500", headers=bearer(token))
    assert after.content == before.content
    assert after.json()["rounded_to"] == 5
    tag = {"If-None-Match": before.headers["etag"]}
    known = client.get("/api/v1/reports?limit=500", headers=bearer(token) | tag)
    assert (known.status_code, known.content) == (304, b"")


def test_unknown_expired_and_revoked_tokens_read_nothing(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    add_reports(database, world)
    scope = Scope(commune_id=world.commune_id)
    token = token_of(database, scope, clock())
    good = bearer(token)
    for head in ({}, bearer("x"), bearer(""), {"Authorization": token}, {"Authorization": "Basic ???"}):
        answer = client.get("/api/v1/reports", headers=head)
        assert (answer.status_code, answer.json()["error"]) == (401, "sign_in")
    assert client.get(f"/api/v1/reports?token={token}").status_code == 401, "never in an address"
    assert client.get("/api/v1/reports", headers=good).status_code == 200
    clock.forward(days=30)
    assert client.get("/api/v1/reports", headers=good).status_code == 401
    other = token_of(database, scope, clock())
    made = database.read(lambda session: list_tokens(session, scope))
    database.write(lambda session: revoke_token(session, Owner(scope, "binh", "Bình"), made[0].id, clock()))
    assert client.get("/api/v1/reports", headers=bearer(other)).status_code == 401


def test_use_is_noted_and_too_many_requests_wait(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    scope = Scope(commune_id=world.commune_id)
    token = token_of(database, scope, clock())
    clock.now = clock.now.replace(second=0)
    statuses = [client.get("/api/v1/communes", headers=bearer(token)).status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    clock.forward(minutes=1)
    assert client.get("/api/v1/communes", headers=bearer(token)).status_code == 200
    (made,) = database.read(lambda session: list_tokens(session, scope))
    assert made.last_used_at == clock() - timedelta(minutes=1), "noted once in ten minutes"
    assert client.get("/api/v1/communes", headers=bearer("x")).status_code == 401
    guesses = [client.get("/api/v1/communes", headers=bearer("x")).status_code for _ in range(50)]
    assert guesses == [401] * 49 + [429]


def test_what_is_not_understood_is_refused(
    client: TestClient, database: Database, world: World, clock: FakeClock
) -> None:
    token = token_of(database, Scope(commune_id=world.commune_id), clock())
    for query in (
        "cursor=x",
        "cursor=YQ==",
        "cursor=YQpiCmM=",
        "limit=0",
        "limit=501",
        "since=hôm-nay",
        "kind=" + "x" * 41,
        "commune=%00",
    ):
        answer = client.get(f"/api/v1/reports?{query}", headers=bearer(token))
        assert answer.status_code == 422, query
    assert client.post("/api/v1/reports", headers=bearer(token)).status_code in (403, 405)
