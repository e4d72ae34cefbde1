"""Choosing the language of the desk: kept in the browser. Documents stay Vietnamese."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.core.strings import language
from app.fieldwork.periods.models import ClosedPeriod
from app.intake.household_import.runs.worker import Job
from tests.cases import cases
from tests.phone import Phone
from tests.world import World

PAGE = "http://127.0.0.1:8000"


def choose(client: TestClient, code: str, before: str = "/desk/account") -> str:
    """Choose a language on a page; returns where the answer leads."""
    answer = client.post("/desk/language", data={"language": code}, headers={"referer": f"{PAGE}{before}"})
    assert answer.status_code == 303
    return str(answer.headers["location"])


@pytest.mark.parametrize("before", ["/desk/account", "/desk/visits?state=returned", "/desk/sign-in"])
def test_the_choice_leads_back_to_the_page(desk: TestClient, before: str) -> None:
    assert choose(desk, "en", before) == before


@cases(
    "referer", ["", "https://evil.example/desk/visits", f"{PAGE}//evil.example", f"{PAGE}/desk/%0d", "x:y"]
)
def test_it_leads_nowhere_else(desk: TestClient, referer: str) -> None:
    answer = desk.post("/desk/language", data={"language": "en"}, headers={"referer": referer})
    assert answer.headers["location"] == "/desk/"


def test_the_sign_in_and_the_desk_are_english_until_vietnamese_is_chosen(
    client: TestClient, world: World
) -> None:
    choose(client, "en", "/desk/sign-in")
    page = client.get("/desk/sign-in").text
    assert '<html lang="en">' in page
    assert "Sign-in name" in page
    wrong = client.post("/desk/sign-in", data={"name": "binh", "password": "?"}).text
    assert "The sign-in name or password is wrong." in wrong
    client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert "First day" in client.get("/desk/").text
    assert "Page not found" in client.get("/desk/khong-co").text
    choose(client, "vi")
    assert "Ngày đầu" in client.get("/desk/").text


@cases(
    "cookie",
    [
        "fr",
        "",
        "EN",
        "../en",
        "en;en",
        '"',
        "%",
        "\\",
        "vi",
        "a" * 3000,
        "\u00e9",
        "{}",
        "en\x7f",
        "=",
        "en en",
    ],
)
@cases("page", ["/desk/sign-in", "/upload", "/desk/khong-co"])
def test_an_unknown_language_is_vietnamese(client: TestClient, cookie: str, page: str) -> None:
    answer = client.get(page, headers={b"cookie": f"language={cookie}".encode("latin-1")})
    assert answer.status_code in (200, 303, 404)
    assert answer.status_code == 303 or '<html lang="vi">' in answer.text


@cases("code", ["fr", "", "en" * 11, "\u1ed9"])
def test_choosing_an_unknown_language_is_no_error(desk: TestClient, code: str) -> None:
    answer = desk.post("/desk/language", data={"language": code})
    assert answer.status_code in (303, 422)
    assert '<html lang="vi">' in desk.get("/desk/").text


def test_documents_are_vietnamese(desk: TestClient, lan: Phone, world: World, database: Database) -> None:
    lan.exchange(lan.visit(world.duc))
    choose(desk, "en")
    report = desk.get("/desk/reports/2026-11.csv").content.decode("utf-8-sig")
    assert "Tổng số hộ" in report
    visits = desk.get("/desk/visits.csv").content.decode("utf-8-sig")
    assert "Đã hỗ trợ" in visits
    assert "Helped" not in visits
    for sheet in (f"/desk/hamlets/{world.dong}/walking-list", f"/desk/people/{world.lan}/activity/2026-11"):
        page = desk.get(sheet)
        assert page.status_code == 200, sheet
        assert '<html lang="vi">' in page.text, sheet


def test_a_period_closed_in_english_has_vietnamese_headings(
    desk: TestClient, world: World, database: Database
) -> None:
    choose(desk, "en")
    answer = desk.post("/desk/reports/2026-10/close", data={"reason": "Chốt thử"})
    assert answer.status_code == 303, answer.text
    closed = database.read(lambda session: session.exec(select(ClosedPeriod)).one())
    assert "Tổng số hộ" in [heading for _code, heading, _kind in closed.columns]


def test_the_process_that_reads_a_list_speaks_the_language_of_who_sent_it() -> None:
    with language("en"):
        job = Job("sqlite://", "", "file", "commune", "import", 1)
    assert (job.language, Job("sqlite://", "", "file", "commune", "import", 1).language) == ("en", "vi")


def test_production_has_the_cookie_of_this_host_only(production: FastAPI) -> None:
    client = TestClient(production, base_url="https://tungnha.example", follow_redirects=False)
    headers = {"Sec-Fetch-Site": "same-origin"}
    answer = client.post("/desk/language", data={"language": "en"}, headers=headers)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-language=en;")
    assert "Secure" in cookie
    assert '<html lang="en">' in client.get("/desk/sign-in").text
