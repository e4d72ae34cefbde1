"""*Còn cần gì?* of a visit on paper: asked for, no longer wanted; in the list of needs and the download."""

import re

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.upkeep.maintenance.check import check
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.visits.paper_client import enter, form_of, stored_visits
from tests.web.desk.visits.test_download import read_csv
from tests.world import World

EARLIER = "2026-11-19T08:00:00Z"


def ticked(page: str) -> list[str]:
    return re.findall(r'name="need" value="(\w+)" checked', page)


@pytest.mark.slow
def test_need_on_paper_is_listed_and_in_the_download(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    enter(desk, world.lan, world.duc, need=["vietqr", "bills"])
    (visit,) = stored_visits(database)
    assert visit.needs == ["vietqr", "bills"]
    assert "Nguyễn Văn Đức" in words(desk.get("/desk/needs").text)
    (line,) = read_csv(desk)
    catalog = {row["code"]: row["label"]["vi"] for row in lan.exchange()["changes"]["service"]}
    assert line["Còn cần"] == f"{catalog['vietqr']}; {catalog['bills']}"
    assert not any(one.problems for one in check(database))


def test_needs_of_before_are_ticked_and_unticking_drops_them(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    lan.exchange(lan.visit(world.duc, needs=["vietqr"]) | {"at": EARLIER})
    form = form_of(desk, world.lan, world.duc)
    page = desk.get(form.address).text
    assert ticked(page) == ["vietqr"]
    assert "Còn cần: " in words(page)
    assert form.send(open_need=["vietqr"], need=[]).status_code == 303
    paper = next(visit for visit in stored_visits(database) if visit.entered_by)
    assert (paper.needs, paper.dropped_needs) == (None, ["vietqr"])
    assert ticked(desk.get(form_of(desk, world.lan, world.duc).address).text) == []
    assert not any(one.problems for one in check(database))


def test_need_that_was_asked_for_after_the_day_on_paper_is_not_offered_as_open(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc, needs=["vietqr"]))
    assert ticked(desk.get(form_of(desk, world.lan, world.duc).address).text) == []


def test_wrong_field_keeps_what_was_ticked(desk: TestClient, world: World) -> None:
    answer = form_of(desk, world.lan, world.duc).send(result="", need=["vietqr"])
    assert (answer.status_code, ticked(answer.text)) == (422, ["vietqr"])


def test_need_that_no_catalog_has_is_refused_with_a_sentence(
    desk: TestClient, database: Database, world: World
) -> None:
    answer = form_of(desk, world.lan, world.duc).send(need=["no_such_service"])
    assert (answer.status_code, "Có việc không thuộc danh mục" in answer.text) == (422, True)
    assert stored_visits(database) == []


def test_nobody_in_asks_for_nothing(desk: TestClient, database: Database, world: World) -> None:
    enter(desk, world.lan, world.duc, result="not_home", service=[], need=["vietqr"])
    (visit,) = stored_visits(database)
    assert visit.needs is None
