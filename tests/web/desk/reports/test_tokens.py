"""*Mã đọc số liệu*: made with one form, shown once, revoked after a question; other communes see none."""

import re

from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.public.summaries import bearer
from tests.world import World

TOKENS = "/desk/reports/tokens"


def _make(desk: TestClient, label: str = "Power BI của phòng", days: str = "90") -> str:
    page = desk.post(TOKENS, data={"label": label, "days": days})
    assert page.status_code == 200, words(page.text)
    found = re.search(r'<code id="token">([\w-]{43})</code>', page.text)
    assert found
    return found[1]


def test_token_is_shown_once_reads_and_ends_when_it_is_revoked(
    desk: TestClient, client: TestClient, database: Database, world: World
) -> None:
    token = _make(desk)
    assert client.get("/api/v1/communes", headers=bearer(token)).status_code == 200
    page = desk.get(TOKENS).text
    assert token not in page
    assert "Power BI của phòng" in page
    assert "dùng đến" in page
    (ask,) = re.findall(r'href="(/desk/reports/tokens/[\w-]+/revoke)"', page)
    assert "Không hoàn tác được" in desk.get(ask).text
    assert desk.post(ask, follow_redirects=False).headers["location"] == f"{TOKENS}?done=revoked"
    assert client.get("/api/v1/communes", headers=bearer(token)).status_code == 401
    assert "đã thu hồi" in desk.get(TOKENS).text
    events = [one["what"] for one in database.read(stored_entries) if one["what"].startswith("token.")]
    assert sorted(events) == ["token.created", "token.revoked"]
    assert token not in str(database.read(stored_entries))


def test_form_that_is_wrong_says_so_and_keeps_what_was_typed(desk: TestClient) -> None:
    for data in (
        {"label": " ", "days": "30"},
        {"label": "x" * 81, "days": "30"},
        {"label": "a\x00b", "days": "30"},
    ):
        page = desk.post(TOKENS, data=data)
        assert page.status_code == 422
        assert "Ghi tên chương trình sẽ đọc" in page.text
    page = desk.post(TOKENS, data={"label": "Power BI", "days": "31"})
    assert (page.status_code, "Power BI" in page.text) == (422, True)
    for number in range(20):
        _make(desk, f"Máy {number}", "30")
    assert "Thu hồi một mã không dùng nữa" in desk.post(TOKENS, data={"label": "Nữa", "days": "30"}).text


def test_tokens_of_another_commune_are_as_if_there_were_none(desk: TestClient, hoa: TestClient) -> None:
    _make(desk)
    (ask,) = re.findall(r'href="(/desk/reports/tokens/[\w-]+/revoke)"', desk.get(TOKENS).text)
    assert "Chưa có mã nào." in hoa.get(TOKENS).text
    assert hoa.get(ask).status_code == hoa.post(ask).status_code == 404


def test_token_that_has_expired_cannot_be_revoked(desk: TestClient, clock: FakeClock) -> None:
    _make(desk, days="30")
    clock.forward(days=31)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get(TOKENS).text
    assert "hết hạn" in page
    assert "Thu hồi…" not in page
