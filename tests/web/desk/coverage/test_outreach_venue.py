"""The kind of place of a session at the desk: typed from paper, corrected, taken back, and in the list."""

from fastapi.testclient import TestClient

from tests.fieldwork.outreach.sessions import record
from tests.phone import Phone
from tests.web.desk.coverage.test_outreach_correction import correct
from tests.web.desk.coverage.test_outreach_entry import NEW, entry, form_id
from tests.web.desk.coverage.test_outreach_session import seen
from tests.web.desk.desk_client import words
from tests.world import World


def _want(desk: TestClient) -> None:
    desk.post("/desk/settings/report-extras", data={"wanted": ["venue"], "version": "0"})


def test_it_is_asked_for_only_where_it_is_wanted_or_known(desk: TestClient, lan: Phone, world: World) -> None:
    op = record(lan, world.dong, venue="market")
    lan.exchange(op)
    assert 'name="venue"' not in desk.get(NEW).text
    assert 'name="venue"' not in desk.get("/desk/outreach").text
    assert 'name="venue"' in desk.get(f"/desk/outreach/{op['data']['id']}/edit").text
    _want(desk)
    assert 'name="venue"' in desk.get(NEW).text
    assert 'name="venue"' in desk.get("/desk/outreach").text


def test_a_shift_from_paper_needs_no_name_of_its_place(desk: TestClient, lan: Phone, world: World) -> None:
    _want(desk)
    id = form_id(desk)
    for venue, place in (("", ""), ("other", " ")):
        answer = desk.post(NEW, data=entry(world, id, venue=venue, place=place))
        assert (answer.status_code, "Ghi nơi tổ chức." in answer.text) == (422, True)
    answer = desk.post(NEW, data=entry(world, id, venue="home"))
    assert (answer.status_code, "Chọn lại nơi giúp bà con." in answer.text) == (422, True)
    answer = desk.post(NEW, data=entry(world, id, venue="one_stop_centre", place=" "))
    assert answer.status_code == 303
    [row] = lan.exchange()["changes"]["outreach_session"]
    assert (row["place"], row["venue"]) == ("Bộ phận một cửa", "one_stop_centre")
    assert "Nơi giúp bà con Bộ phận một cửa" in words(desk.get(answer.headers["location"]).text)
    assert "1 buổi, 25 người dự" in words(desk.get("/desk/outreach?venue=one_stop_centre").text)
    assert "0 buổi" in words(desk.get("/desk/outreach?venue=unknown").text)


def test_a_correction_of_it_is_listed_and_taken_back(desk: TestClient, lan: Phone, world: World) -> None:
    op = record(lan, world.dong, venue="market")
    lan.exchange(op)
    address = f"/desk/outreach/{op['data']['id']}"
    assert correct(desk, world, op, venue="market").status_code == 422, "nothing is changed"
    assert correct(desk, world, op, venue="community_house").status_code == 303
    page = desk.get(address).text
    assert "Nhà văn hóa thôn (Chợ), 24/11/2026, 30 người" in words(page)
    [row] = lan.exchange()["changes"]["outreach_session"]
    assert (row["venue"], row["version"]) == ("community_house", 2)
    assert desk.post(f"{address}/undo-edit", data={"version": seen(page)}).status_code == 303
    [row] = lan.exchange()["changes"]["outreach_session"]
    assert (row["venue"], row["version"]) == ("market", 3)
