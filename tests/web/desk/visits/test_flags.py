"""Flags at the desk: column, filter and panel; and the groups, which are decided in one step."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.cases import cases
from tests.fieldwork.derived.flags.flagged import LONG_NOTE, Op, flags_in, ids, visits_at
from tests.phone import Phone
from tests.web.desk.desk_client import Page, rows, states, words
from tests.world import World, add_households

GROUP = "44 lượt, cách nhau 12 giây, cùng ghi chú"


@pytest.fixture
def invented(lan: Phone, world: World, database: Database) -> list[Op]:
    """44 visits at 12 seconds with one note, and one without a flag."""
    operations = visits_at(lan, add_households(database, world, 44), 12, note=LONG_NOTE)
    lan.exchange(*operations)
    evaluate_all(database)
    return operations


@pytest.fixture
def twice(nam: Phone, world: World, database: Database) -> list[Op]:
    """A household twice in a day, and one without a flag."""
    operations = visits_at(nam, [world.anh, world.anh], 3600)
    nam.exchange(*operations, nam.visit(world.households[world.tay][1]))
    evaluate_all(database)
    return operations


def groups(desk: TestClient) -> list[tuple[str, str]]:
    """The names and sentences of the groups."""
    html = desk.get("/desk/flags").text
    return [
        (words(name), words(sentence))
        for name, sentence in re.findall(r"<h2>(.*?)</h2>\s*<p>(.*?)</p>", html, re.S)
    ]


def decide(desk: TestClient, number: int = 0, **fields: str) -> str:
    """Send the form of a group; returns the text of the page that follows."""
    form = re.findall(
        r'<form method="post" action="(/desk/decisions[^"]*)".*?</form>', desk.get("/desk/flags").text, re.S
    )
    html = re.findall(
        r'<form method="post" action="/desk/decisions.*?</form>', desk.get("/desk/flags").text, re.S
    )[number]
    data = {
        "id": re.findall(r'name="id" value="([^"]+)"', html)[0],
        "head": re.findall(r'name="head" value="([^"]+)"', html)[0],
        "visit": re.findall(r'name="visit" value="([^"]+)"', html),
    }
    answer = desk.post(form[number].replace("&amp;", "&"), data=data | fields)
    assert answer.status_code == 303, words(answer.text)
    return words(desk.get(answer.headers["location"]).text)


def test_groups_by_person_and_day_with_their_sentences(
    invented: list[Op], twice: list[Op], desk: TestClient
) -> None:
    assert groups(desk) == [
        ("Nguyễn Thị Lan 24/11/2026", GROUP),
        ("Trần Văn Nam 24/11/2026", "1 lượt, trùng hộ trong ngày"),
    ]


def test_a_group_is_accepted_in_one_step(
    invented: list[Op], twice: list[Op], lan: Phone, desk: TestClient
) -> None:
    assert "Đã duyệt 44 lượt." in decide(desk, state="accepted_flagged")
    assert set(states(lan).values()) == {"accepted"}
    assert [name for name, _ in groups(desk)] == ["Trần Văn Nam 24/11/2026"]


def test_a_decision_on_a_group_is_undone(invented: list[Op], lan: Phone, desk: TestClient) -> None:
    page = desk.get("/desk/flags").text
    html = re.findall(r'<form method="post" action="/desk/decisions.*?</form>', page, re.S)[0]
    boxes = re.findall(r'name="visit" value="([^"]+)"', html)
    id = re.findall(r'name="id" value="([^"]+)"', html)[0]
    head = re.findall(r'name="head" value="([^"]+)"', html)[0]
    data = {"id": id, "visit": boxes, "state": "accepted_flagged", "head": head}
    location = desk.post("/desk/decisions", data=data).headers["location"]
    assert groups(desk) == []
    assert desk.post(f"{location}/undo").status_code == 303
    assert groups(desk) == [("Nguyễn Thị Lan 24/11/2026", GROUP)]
    assert set(states(lan).values()) == {"received"}


def test_a_group_is_returned_in_one_step_and_has_no_flags_then(
    invented: list[Op], lan: Phone, desk: TestClient, database: Database
) -> None:
    done = decide(desk, state="returned", reason="other", field="note", note="Không rõ")
    assert "Đã trả lại 44 lượt." in done
    assert set(states(lan).values()) == {"returned"}
    assert flags_in(database) == {}
    assert "Không có lượt nào cần xem." in words(desk.get("/desk/flags").text)


def test_a_group_that_was_amended_meanwhile_leaves_that_visit_out(
    invented: list[Op], lan: Phone, desk: TestClient
) -> None:
    page = desk.get("/desk/flags").text
    html = re.findall(r'<form method="post" action="/desk/decisions.*?</form>', page, re.S)[0]
    data = {
        "id": re.findall(r'name="id" value="([^"]+)"', html)[0],
        "head": re.findall(r'name="head" value="([^"]+)"', html)[0],
        "visit": re.findall(r'name="visit" value="([^"]+)"', html),
        "state": "accepted_flagged",
    }
    lan.exchange(lan.amend(invented[0], note=LONG_NOTE + "!"))
    answer = desk.post("/desk/decisions", data=data)
    assert "Đã duyệt 43 lượt." in words(desk.get(answer.headers["location"]).text)


@pytest.mark.both_databases
def test_filter_by_any_flag_and_by_rule(invented: list[Op], twice: list[Op], desk: TestClient) -> None:
    assert len(rows(desk, "/desk/visits?rows=all")) == 47
    assert len(rows(desk, "/desk/visits?flag=any&rows=all")) == 45
    assert len(rows(desk, "/desk/visits?flag=repeated")) == 1
    assert len(rows(desk, "/desk/visits?flag=burst&state=received&rows=all")) == 44
    assert rows(desk, "/desk/visits?flag=clock") == []
    assert len(rows(desk, "/desk/visits?flag=any&hamlet=thon-tay")) == 1


def test_a_rule_that_does_not_exist_is_named(twice: list[Op], desk: TestClient) -> None:
    page = words(desk.get("/desk/visits?flag=invented").text)
    assert "Không có giá trị này ở ô: Cần xem vì." in page


def test_the_row_names_the_rule_and_the_panel_says_it(twice: list[Op], desk: TestClient) -> None:
    (row,) = rows(desk, "/desk/visits?flag=any")
    assert "Trùng hộ" in row
    first, second = ids(*twice)
    panel = desk.get(f"/desk/visits/{second}").text
    assert "Hộ này có 2 lượt trong ngày; lượt này không phải lượt đầu." in words(panel)
    assert f'<a href="/desk/visits/{first}">Xem lượt trước</a>' in panel
    assert "Hộ này có" not in words(desk.get(f"/desk/visits/{first}").text)


@pytest.mark.both_databases
def test_all_of_a_flags_filter_are_accepted(invented: list[Op], twice: list[Op], desk: TestClient) -> None:
    assert "Đã duyệt 44 lượt." in Page(desk, "?flag=burst&state=received").press_all(state="accepted_flagged")


@pytest.mark.both_databases
def test_a_flag_of_a_decided_visit_stays_in_the_filter(twice: list[Op], desk: TestClient) -> None:
    decide(desk, state="accepted_flagged")
    assert len(rows(desk, "/desk/visits?flag=any&state=accepted")) == 1
    assert rows(desk, "/desk/visits?flag=any&state=received") == []


@pytest.mark.both_databases
def test_the_supervisor_next_door_sees_no_group(invented: list[Op], hoa: TestClient) -> None:
    assert groups(hoa) == []
    assert "44" not in words(hoa.get("/desk/flags").text)


def test_links_of_this_week_and_month_keep_the_other_filters(desk: TestClient) -> None:
    page = desk.get("/desk/visits?state=received").text
    assert 'href="/desk/visits?state=received&amp;day=Tu%E1%BA%A7n+n%C3%A0y">Tuần này' in page
    assert 'href="/desk/visits?state=received&amp;day=Th%C3%A1ng+n%C3%A0y">Tháng này' in page


@cases("day", ["24/11", "24/11/26", "2026-11-24", "24-11-2026", "24.11.26"])
def test_a_day_is_typed_loosely(twice: list[Op], desk: TestClient, day: str) -> None:
    assert len(rows(desk, f"/desk/visits?day={day}")) == 3
    assert "ngày 24/11/2026" in words(desk.get(f"/desk/visits?day={day}").text)


@pytest.mark.both_databases
def test_the_printed_page_says_the_filters(twice: list[Op], desk: TestClient) -> None:
    page = desk.get("/desk/visits?hamlet=thon-tay&flag=repeated").text
    assert '<p class="print-only">Thôn: Thôn Tây · Cần xem vì: Trùng hộ</p>' in page


@pytest.mark.slow
def test_the_file_of_the_list_has_the_flagged_visits_only(twice: list[Op], desk: TestClient) -> None:
    lines = desk.get("/desk/visits.csv?flag=repeated").text
    assert (lines.count("Lê Thị Ánh"), lines.count("Vi Văn Điệp")) == (1, 0)
