"""Merging hamlets: who sees and writes what afterwards, and that no figure of before changes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts.models import Assignment
from app.commune.areas import Hamlet
from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.cases import cases
from tests.conftest import FakeClock
from tests.fieldwork.households.hamlet_merges import (
    confirm,
    confirmation,
    hamlets_of_visits,
    merge,
    problems,
    totals,
)
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import words
from tests.web.desk.people.people_client import team_id
from tests.world import World, give_lan_both_hamlets

Browser = Callable[[], TestClient]


def test_figures_of_before_stay_and_both_teams_get_the_whole_hamlet(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    nam.exchange(nam.visit(world.anh, follow_up_on="2026-11-30"))
    before, where = totals(database), hamlets_of_visits(database)
    merge(desk, world.tay, world.dong)
    assert (totals(database), hamlets_of_visits(database)) == (before, where)
    everyone = {*world.households[world.dong], *world.households[world.tay]}
    for phone in (lan, nam):
        answer = phone.exchange()
        assert answer["reset"], "its hamlets are others"
        assert [hamlet["id"] for hamlet in answer["hamlets"]] == [world.dong]
        assert {row["id"] for row in answer["changes"]["household"]} == everyone
        assert {row["hamlet_id"] for row in answer["changes"]["household"]} == {world.dong}
        assert {row["id"] for row in answer["changes"]["visit"]} == set(where), "with what was there before"
        assert len(answer["changes"]["follow_up"]) == 1
        assert [row["id"] for row in answer["changes"]["hamlet"]] == [world.dong]
    assert problems(database) == []


def test_visit_and_household_in_a_queue_arrive_in_the_surviving_hamlet_once(
    desk: TestClient, nam: Phone, database: Database, clock: FakeClock, world: World
) -> None:
    nam.exchange()
    added = {"id": new_id(), "hamlet_id": world.tay, "head_name": "Vi Văn Mới"}
    waiting = [nam.visit(world.anh), nam.op("household.add", added), nam.visit(added["id"])]
    clock.forward(hours=2)
    merge(desk, world.tay, world.dong)
    assert nam.statuses(*waiting) == ["applied"] * 3
    assert nam.statuses(*waiting) == ["duplicate"] * 3
    assert set(hamlets_of_visits(database).values()) == {world.dong}
    assert _hamlets_of_households(database) == {world.dong}
    assert problems(database) == []


def test_queue_of_somebody_who_left_the_team_before_the_merge_arrives(
    desk: TestClient, nam: Phone, database: Database, clock: FakeClock, world: World
) -> None:
    desk.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})
    bac = database.read(
        lambda session: session.exec(select(Hamlet.id).where(Hamlet.name == "Thôn Bắc")).one()
    )
    desk.post("/desk/teams/new", data={"name": "Tổ Thôn Bắc", "hamlet": [bac]})
    nam.exchange()
    waiting = nam.visit(world.anh)
    clock.forward(hours=1)
    desk.post(f"/desk/people/{world.nam}/move", data={"team": team_id(database, "Tổ Thôn Bắc"), "since": ""})
    clock.forward(hours=1)
    merge(desk, world.tay, world.dong)
    nam.now = clock()
    assert nam.statuses(waiting) == ["applied"]
    assert nam.statuses(nam.visit(world.anh)) == ["quarantined"], "made after leaving"


def test_amended_visit_stays_where_it_was_recorded(
    desk: TestClient, nam: Phone, database: Database, world: World
) -> None:
    visit = nam.visit(world.anh)
    nam.exchange(visit)
    merge(desk, world.tay, world.dong)
    assert nam.statuses(nam.amend(visit, note="Sửa")) == ["applied"]
    assert hamlets_of_visits(database) == {visit["data"]["id"]: world.tay}
    assert nam.statuses(nam.amend(visit, 2, household_id=world.duc)) == ["applied"]
    assert hamlets_of_visits(database) == {visit["data"]["id"]: world.dong}, "another household was meant"
    assert problems(database) == []


def test_withdrawal_of_an_old_visit_reaches_the_phones_of_both_teams(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, world: World
) -> None:
    visit = nam.visit(world.anh)
    nam.exchange(visit)
    merge(desk, world.tay, world.dong)
    lan.exchange()
    nam.exchange(nam.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert [row["id"] for row in lan.exchange()["changes"]["tombstone"]] == [visit["data"]["id"]]


def test_team_that_had_both_hamlets_loads_its_list_anew(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    give_lan_both_hamlets(database, world)
    lan.exchange()
    merge(desk, world.tay, world.dong)
    answer = lan.exchange()
    assert (answer["reset"], [one["id"] for one in answer["hamlets"]]) == (True, [world.dong])
    assert not lan.exchange()["reset"]
    assert problems(database) == [], "one charge of the surviving hamlet for each team"


def test_hamlet_that_is_merged_again_takes_the_earlier_ones_along(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, world: World
) -> None:
    visit = nam.visit(world.anh)
    nam.exchange(visit)
    merge(desk, world.tay, world.dong)
    desk.post("/desk/hamlets/new", data={"name": "Thôn Bắc"})
    bac = database.read(
        lambda session: session.exec(select(Hamlet.id).where(Hamlet.name == "Thôn Bắc")).one()
    )
    merge(desk, world.dong, bac)
    answer = lan.exchange(cursor=0)
    assert {row["hamlet_id"] for row in answer["changes"]["household"]} == {bac}
    assert [row["id"] for row in answer["changes"]["visit"]] == [visit["data"]["id"]]
    assert problems(database) == []


def test_confirmation_names_the_consequences_with_their_counts(desk: TestClient, world: World) -> None:
    page = words(confirmation(desk, world.tay, world.dong))
    assert "2 hộ của Thôn Tây thuộc Thôn Đông, khi đó có 5 hộ." in page
    assert "1 tổ với 1 người đang phụ trách Thôn Tây phụ trách Thôn Đông từ ngày 24/11/2026." in page
    assert "Không tách lại được." in page


def test_merge_confirmed_twice_is_one_merge_and_a_renamed_hamlet_is_shown_again(
    desk: TestClient, database: Database, world: World
) -> None:
    page = confirmation(desk, world.tay, world.dong)
    desk.post(f"/desk/hamlets/{world.dong}", data={"name": "Thôn Đông Mới", "known": ""})
    refused = confirm(desk, world.tay, page)
    assert (refused.status_code, "Thôn Đông Mới" in refused.text) == (409, True)
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _n: confirm(desk, world.tay, refused.text), range(3)))
    assert {answer.status_code for answer in answers} == {303}
    assert database.read(lambda session: len(session.exec(select(Assignment)).all())) == 3
    listed = words(desk.get("/desk/hamlets").text)
    assert "Thôn Tây , gộp vào Thôn Đông Mới từ ngày 24/11/2026" in listed
    assert desk.get(f"/desk/hamlets/{world.tay}/merge").status_code == 404


def test_merged_hamlet_is_offered_to_no_team_and_its_name_stays_known(
    desk: TestClient, database: Database, world: World
) -> None:
    merge(desk, world.tay, world.dong)
    assert "Thôn Tây" not in desk.get("/desk/teams/new").text
    form = {"name": "Tổ Ba", "hamlet": [world.tay]}
    assert desk.post("/desk/teams/new", data=form).status_code == 404
    assert desk.post("/desk/hamlets/new", data={"name": "thon tay"}).status_code == 422
    assert "Thôn Tây (đã gộp)" in desk.get("/desk/visits").text, "its visits can still be listed"


def test_pushes_while_hamlets_merge_leave_no_household_behind(
    desk: TestClient, nam: Phone, database: Database, world: World
) -> None:
    nam.exchange()
    page = confirmation(desk, world.tay, world.dong)

    def add(number: int) -> Callable[[], object]:
        data = {"id": new_id(), "hamlet_id": world.tay, "head_name": f"Vi Văn {number}"}
        return nam.copy(nam.op("household.add", data))

    work = [add(number) for number in range(6)]
    work.insert(3, lambda: confirm(desk, world.tay, page))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: one(), work))
    assert _hamlets_of_households(database) == {world.dong}
    assert problems(database) == []


@cases("into", ["", "khong-co", "a b", "\x00"])
def test_unknown_surviving_hamlet_is_asked_for_again(desk: TestClient, world: World, into: str) -> None:
    shown = desk.get(f"/desk/hamlets/{world.tay}/merge", params={"into": into})
    assert (shown.status_code, "Chọn thôn còn lại." in shown.text) == (200, True)
    posted = desk.post(f"/desk/hamlets/{world.tay}/merge", data={"into": into})
    assert posted.status_code == 404
    itself = desk.post(f"/desk/hamlets/{world.tay}/merge", data={"into": world.tay})
    assert itself.status_code == 422


def test_supervisor_next_door_merges_nothing(
    hoa: TestClient, desk: TestClient, database: Database, world: World
) -> None:
    page = confirmation(desk, world.tay, world.dong)
    assert hoa.get(f"/desk/hamlets/{world.tay}/merge?into={world.dong}").status_code == 404
    assert confirm(hoa, world.tay, page).status_code == 404
    assert _hamlets_of_households(database) == {world.dong, world.tay}


def _hamlets_of_households(database: Database) -> set[str]:
    def work(session: Session) -> set[str]:
        return set(session.exec(select(Household.hamlet_id)))

    return database.read(work)
