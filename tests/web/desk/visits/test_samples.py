"""*Lấy mẫu*: a random sample of the visits that wait, kept, and the rest accepted at once."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.core.db import Database
from app.review.decisions import samples
from app.review.visit_list.listing import Filters
from app.review.visit_list.sample_models import SampledVisit, VisitSample
from tests.cases import cases
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import MORNING, ids, visits_at
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of
from tests.web.desk.desk_client import rows, states, words
from tests.world import World, add_households

ID = "11111111-1111-4111-8111-000000000001"


@pytest.fixture
def twenty(lan: Phone, world: World, database: Database) -> None:
    """Twenty visits of Lan that wait, without a flag."""
    lan.exchange(*visits_at(lan, add_households(database, world, 20), 300))


def draw(desk: TestClient, percent: str = "10", query: str = "", id: str = ID) -> str:
    return desk.post(f"/desk/samples{query}", data={"id": id, "percent": percent}, follow_redirects=True).text


def press(desk: TestClient, page: str, state: str = "accepted") -> str:
    """Press *Duyệt phần còn lại* of a page."""
    form = page.split('class="outcome"')[1].split("</form>", maxsplit=1)[0]
    action = re.search(r'action="([^"]*)"', form)
    assert action
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"state": state}
    return words(desk.post(action[1].replace("&amp;", "&"), data=fields, follow_redirects=True).text)


@pytest.mark.both_databases
@pytest.mark.usefixtures("twenty")
def test_a_sample_is_shown_again_and_its_rest_is_accepted_with_undo(desk: TestClient, lan: Phone) -> None:
    assert "Lấy mẫu" in desk.get("/desk/visits").text
    page = draw(desk)
    assert "Mẫu 10 %: 2 trong 20 lượt chưa duyệt, Hoàng Văn Bình lấy lúc 16:40 24/11/2026" in words(page)
    assert len(rows(desk, f"/desk/visits?sample={ID}")) == 2
    assert rows(desk, f"/desk/visits?sample={ID}") == rows(desk, f"/desk/visits?sample={ID}")
    assert len(rows(desk, f"/desk/visits?sample={ID}.rest")) == 18
    assert "Duyệt phần còn lại: 18 lượt" in page
    done = press(desk, page)
    assert "Đã duyệt 18 lượt." in done
    assert "Hoàn tác" in done
    assert sorted(states(lan).values()) == ["accepted"] * 18 + ["received"] * 2
    assert "Duyệt phần còn lại" not in desk.get(f"/desk/visits?sample={ID}").text
    assert f'href="/desk/visits?sample={ID}">Mẫu 10 %' in desk.get("/desk/samples/new").text


@pytest.mark.usefixtures("twenty")
def test_visits_that_arrive_later_are_in_neither_part(desk: TestClient, lan: Phone, world: World) -> None:
    page = draw(desk)
    lan.exchange(lan.visit(world.mai))
    assert "Đã duyệt 18 lượt." in press(desk, page)
    assert list(states(lan).values()).count("received") == 3


@pytest.mark.both_databases
@pytest.mark.usefixtures("twenty")
def test_the_seed_draws_the_same_visits_again(desk: TestClient, database: Database) -> None:
    draw(desk, "25")
    draw(desk, "25")  # the same form again
    (sample,) = database.read(lambda session: session.exec(select(VisitSample)).all())
    drawn_from = database.read(lambda session: session.exec(select(SampledVisit)).all())
    ids = sorted(one.visit_id for one in drawn_from)
    again = samples.choose(dict.fromkeys(ids, 1), sample.percent, sample.seed)
    assert {one.visit_id for one in drawn_from if one.chosen} == again
    assert len(again) == 5


def test_visits_with_a_sign_are_drawn_twice_as_often() -> None:
    weights = {f"{number:02}": 1 + (number < 10) for number in range(100)}
    drawn = Counter(id for seed in range(2_000) for id in samples.choose(weights, 10, seed))
    assert sum(drawn.values()) == 20_000
    doubted, others = (sum(drawn[f"{n:02}"] for n in numbers) for numbers in (range(10), range(10, 100)))
    assert 1.8 < (doubted / 10) / (others / 90) < 2.1


@pytest.mark.both_databases
def test_a_sign_that_nobody_has_computed_yet_weighs(lan: Phone, world: World, database: Database) -> None:
    """On one day somebody was met at each of sixteen households, on another one at all but one."""
    households = add_households(database, world, 16)
    doubted = visits_at(lan, households, 600)
    others = visits_at(lan, households, 600, MORNING - timedelta(days=1))
    others[3]["data"] |= {"result": "not_home", "services": []}
    lan.exchange(*doubted, *others)

    def draw_all(session: Session) -> list[str]:
        binh = actor_of(session, world.commune_id, world.binh)
        for seed in range(20):
            id = f"11111111-1111-4111-8111-{seed:012}"
            samples.draw_sample(session, binh, id, Filters(), 25, seed, NOW)
        return [one.visit_id for one in session.exec(select(SampledVisit)) if one.chosen]

    drawn = database.write(draw_all)
    assert len(drawn) == 20 * 8
    assert 90 < sum(id in ids(*doubted) for id in drawn) < 125


@pytest.mark.both_databases
def test_a_sample_is_of_the_filters_that_are_shown(
    desk: TestClient, lan: Phone, nam: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh))
    assert "1 trong 1 lượt" in draw(desk, "1", f"?hamlet={world.dong}")
    assert "Nguyễn Văn Đức" in "".join(rows(desk, f"/desk/visits?sample={ID}"))


@pytest.mark.usefixtures("twenty")
@cases("percent", ["", "0", "51", "-1", "1.5", "mười", "١٠", "9" * 50])
def test_a_wrong_percentage_comes_back_with_a_sentence(desk: TestClient, percent: str) -> None:
    answer = desk.post("/desk/samples", data={"id": ID, "percent": percent})
    assert answer.status_code == 422
    assert "Chọn từ 1 đến 50 phần trăm." in words(answer.text)


def test_nothing_to_draw_from_and_too_much(
    desk: TestClient, lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Không có lượt chưa duyệt nào" in draw(desk)
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc))
    monkeypatch.setattr(samples, "MAX_VISITS", 1)
    assert "Hãy lọc hẹp hơn" in draw(desk)


@pytest.mark.both_databases
@pytest.mark.usefixtures("twenty")
def test_old_samples_make_room_and_an_unknown_one_is_named(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(samples, "MOST_SAMPLES", 1)
    draw(desk)
    draw(desk, id="11111111-1111-4111-8111-000000000002")
    page = words(desk.get("/desk/visits?sample=11111111-1111-4111-8111-000000000003").text)
    assert "Không có giá trị này ở ô: Mẫu." in page
    listed = desk.get("/desk/samples/new").text
    assert listed.count(">Mẫu 10 %") == 1


@pytest.mark.usefixtures("twenty")
def test_supervisor_next_door_does_not_find_it(desk: TestClient, hoa: TestClient) -> None:
    draw(desk)
    assert "Không có giá trị này ở ô: Mẫu." in words(hoa.get(f"/desk/visits?sample={ID}").text)
    assert "Mẫu 10" not in hoa.get("/desk/samples/new").text
