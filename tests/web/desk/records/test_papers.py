"""/desk/papers: the list, and the Word files with the figures of the supervisor's own commune."""

from datetime import UTC, datetime, time

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.areas import Commune
from app.core.db import Database
from app.core.law.facts import STALE_AFTER
from app.reports.papers.library import first_check, papers
from tests.conftest import FakeClock
from tests.reports.papers.drafts import texts
from tests.web.desk.desk_client import words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World

PATH = "/desk/papers"


def test_list_leads_to_every_paper(desk: TestClient) -> None:
    page = desk.get(PATH).text
    for code, paper in papers().items():
        assert f'href="{PATH}/{code}.docx" download' in page
        assert paper.title in words(page)
    assert "điều luật kiểm tra ngày 29/11/2026" in words(page)


def test_list_names_what_nobody_has_stated(desk: TestClient) -> None:
    shown = words(desk.get(PATH).text)
    assert "Ai vận hành máy chủ: giấy để chỗ chấm." in shown
    assert "Dữ liệu lưu trữ có được mã hóa không: người vận hành chưa khai." in shown


def test_list_says_when_the_law_was_checked_long_ago(desk: TestClient, clock: FakeClock) -> None:
    clock.now = datetime.combine(first_check() + STALE_AFTER, time(16, 30), UTC)  # before midnight in Vietnam
    assert sign_in(desk, "binh", BINH_PASSWORD) == 303
    assert "kiểm tra đã quá 90 ngày" not in words(desk.get(PATH).text)
    clock.forward(hours=1)
    assert "kiểm tra đã quá 90 ngày" in words(desk.get(PATH).text)


@pytest.mark.both_databases
def test_paper_has_the_figures_of_the_own_commune(desk: TestClient, world: World, clock: FakeClock) -> None:
    answer = desk.get(f"{PATH}/record.docx")
    assert answer.headers["content-disposition"] == 'attachment; filename="giay-to-record.docx"'
    assert answer.headers["cache-control"] == "no-store"
    shown = texts(answer.content)
    own = sum(map(len, world.households.values()))
    assert f"| {own} hộ ở 2 thôn, tổ dân phố" in shown
    assert "Ủy ban nhân dân xã Yên Bình, tỉnh Lạng Sơn" in shown
    assert "2 người, " in shown


def test_paper_names_the_address_of_the_commune(desk: TestClient, world: World, database: Database) -> None:
    def name(session: Session) -> None:
        session.get_one(Commune, world.commune_id).host = "yenbinh.example"

    database.write(name)
    assert "Máy chủ: http://yenbinh.example" in texts(desk.get(f"{PATH}/record.docx").content)


def test_paper_is_vietnamese_in_an_english_browser(desk: TestClient) -> None:
    desk.post("/desk/language", data={"language": "en"})
    assert "Dữ liệu nhạy cảm" in texts(desk.get(f"{PATH}/record.docx").content)


def test_unknown_paper_is_not_found(desk: TestClient) -> None:
    assert desk.get(f"{PATH}/khong-co.docx").status_code == 404


def test_paper_has_the_stated_basis_and_the_terms_of_columns(desk: TestClient) -> None:
    assert "chưa nêu, đánh dấu một ô" in texts(desk.get(f"{PATH}/record.docx").content)
    duties = ["procedure", "safeguards", "checks", "complaints"]
    stated = desk.post(
        "/desk/settings/legal-basis", data={"basis": "public_task", "duty": duties, "seen": ""}
    )
    assert stated.status_code == 303
    shown = texts(desk.get(f"{PATH}/record.docx").content)
    assert "Hoàng Văn Bình xác định ngày 24/11/2026" in shown
    assert "chưa nêu, đánh dấu một ô" not in shown
    assert "24 tháng" in shown
