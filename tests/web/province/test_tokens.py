"""A province's token reads the closed reports of all its communes; another province sees nothing of it."""

import re

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.web.public.summaries import add_reports, bearer
from tests.world import World

TOKENS = "/province/tokens"


def test_token_of_a_province_reads_its_communes_and_is_its_own(
    ha: TestClient, foreigner: TestClient, client: TestClient, database: Database, world: World
) -> None:
    add_reports(database, world)
    page = ha.post(TOKENS, data={"label": "Bảng theo dõi của tỉnh", "days": "90"}).text
    (token,) = re.findall(r'<code id="token">([\w-]{43})</code>', page)
    reports = client.get("/api/v1/reports?limit=500", headers=bearer(token)).json()["items"]
    assert {one["commune"] for one in reports} == {"06391", "06400"}
    (ask,) = re.findall(r'href="(/province/tokens/[\w-]+/revoke)"', page)
    assert "Chưa có mã nào." in foreigner.get(TOKENS).text
    assert foreigner.get(ask).status_code == foreigner.post(ask).status_code == 404
    assert ha.post(ask, follow_redirects=False).status_code == 303
    assert client.get("/api/v1/communes", headers=bearer(token)).status_code == 401


def test_supervisors_have_no_page_of_the_province(desk: TestClient) -> None:
    assert desk.get(TOKENS).status_code in (401, 403, 404)
