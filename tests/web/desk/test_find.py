"""/desk/find: households, people, hamlets, reports, screens and acts by a few letters."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from app.web.desk.find.destinations import begins, find_destinations
from tests.cases import cases
from tests.web.desk.desk_client import words
from tests.world import World

PANEL = {"HX-Request": "true", "HX-Request-Type": "partial"}


@cases(
    "q, group, label",
    [
        ("duc", "Hộ", "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông"),
        ("Đức", "Hộ", "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông"),
        ("12 ngo 3", "Hộ", "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông"),
        ("ng lan", "Người", "Nguyễn Thị Lan Tổ Thôn Đông (Thôn Đông)"),
        ("thon ta", "Thôn", "Thôn Tây danh sách hộ"),
        ("thang 10", "Báo cáo", "Báo cáo: Tháng 10/2026"),
        ("quy III", "Báo cáo", "Báo cáo: Quý III/2026"),
        ("cai dat", "Màn hình, việc", "Quản trị: Cài đặt"),
        ("mời ng", "Màn hình, việc", "Mời một người"),
        ("may bi mat", "Màn hình, việc", "Tổ và người: Máy của tổ"),
    ],
)
@pytest.mark.both_databases
def test_words_with_or_without_accents_find(
    desk: TestClient, world: World, q: str, group: str, label: str
) -> None:
    assert label in [text for text, _ in _found(desk, q)[group]]


def test_what_is_found_is_a_page_and_says_where_it_leads(desk: TestClient, world: World) -> None:
    for q in ("du", "ng", "th", "bao cao", "nh", "mo", "ta", "da"):
        for results in _found(desk, q).values():
            assert len(results) <= 6
            for text, href in results:
                assert desk.get(href).status_code == 200, (text, href)


def test_every_screen_and_act_can_be_found_by_its_name_and_exists(desk: TestClient) -> None:
    everything = {href: label for label, href in ((one.text, one.href) for one in find_destinations([""]))}
    assert len(everything) > 30
    for href, label in everything.items():
        assert desk.get(href).status_code == 200, label
        assert begins(label, ["x" * 30]) is False


@cases("q", ["", "d", " ", "%", "'", "zzzz", "\u0000", "\ud7ff", "x" * 100])
def test_words_that_find_nothing_get_a_sentence(desk: TestClient, q: str) -> None:
    answer = desk.post("/desk/find", data={"q": q}, headers=PANEL)
    assert answer.status_code == 200
    said = words(answer.text)
    assert said in ("Gõ từ hai chữ cái, có dấu hay không dấu đều được.", "Không thấy gì. Thử ít chữ hơn.")


def test_too_many_words_are_refused_and_another_communes_are_not_found(
    desk: TestClient, world: World
) -> None:
    assert desk.post("/desk/find", data={"q": "x" * 101}, headers=PANEL).status_code == 422
    assert not _found(desk, "Hoa").get("Người")


def test_syllable_is_found_by_its_beginning_only() -> None:
    assert begins("Máy của tổ", ["may", "to"])
    assert not begins("Máy của tổ", ["ay"])


def test_without_scripts_it_is_a_page(desk: TestClient, world: World) -> None:
    assert 'name="q"' in desk.get("/desk/find").text
    page = desk.post("/desk/find", data={"q": "duc"}).text
    assert "12 · Nguyễn Văn Đức" in words(page)


def _found(desk: TestClient, q: str) -> dict[str, list[tuple[str, str]]]:
    """The texts and addresses that were found, by the name of their group."""
    html = desk.post("/desk/find", data={"q": q}, headers=PANEL).text
    groups = re.findall(r"<h2>(.*?)</h2>(.*?)</section>", html, re.S)
    return {
        unescape(name): [
            (words(text), unescape(href))
            for href, text in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', body)
        ]
        for name, body in groups
    }
