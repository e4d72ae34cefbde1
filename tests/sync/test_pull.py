"""Pull: the changes in the actor's scope, page by page; a reset if the phone's position is not current."""

from typing import Any

import pytest
from sqlmodel import select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Assignment, Team
from app.commune.catalog.services import DEFAULT_SERVICES
from app.core.db import Database
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.world import World, add_households, give_lan_both_hamlets


def test_first_exchange_is_a_reset_with_everything_of_the_hamlet(lan: Phone, world: World) -> None:
    content = lan.exchange()
    changes = content["changes"]
    assert (content["reset"], content["more"], content["left"]) == (True, False, 0)
    assert {row["id"] for row in changes["household"]} == set(world.households[world.dong])
    assert [row["name"] for row in changes["hamlet"]] == ["Thôn Đông"]
    assert [row["name"] for row in changes["member"]] == ["Nguyễn Thị Lan"]
    assert len(changes["service"]) == len(DEFAULT_SERVICES)
    assert content["hamlets"] == [{"id": world.dong, "name": "Thôn Đông"}]


def test_exchange_after_the_first_has_only_what_changed(lan: Phone, world: World) -> None:
    lan.exchange()
    content = lan.exchange(lan.visit(world.duc))
    assert content["reset"] is False
    assert {kind: len(rows) for kind, rows in content["changes"].items() if rows} == {"visit": 1}
    assert not any(lan.exchange()["changes"].values())


def test_phones_see_only_their_own_hamlets(lan: Phone, nam: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    changes = nam.exchange()["changes"]
    assert {row["id"] for row in changes["household"]} == set(world.households[world.tay])
    assert changes["visit"] == []


def test_visits_of_teammates_come_without_the_note(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    _move_nam_to_lans_team(database, world)
    (visit,) = nam.exchange()["changes"]["visit"]
    assert (visit["recorded_by"], visit["note"]) == (lan.account_id, "")
    assert lan.exchange(cursor=0)["changes"]["visit"][0]["note"] == "Đã cài xong"


@pytest.mark.parametrize(
    "changes", [{"epoch": "khac"}, {"scope": "khac"}, {"cursor": 10**9}, {"cursor": None}]
)
def test_foreign_epoch_scope_or_cursor_resets_and_operations_are_applied_all_the_same(
    lan: Phone, world: World, changes: dict[str, Any]
) -> None:
    lan.exchange()
    content = lan.exchange(lan.visit(world.duc), **changes)
    assert content["reset"] is True
    assert content["results"][0]["status"] == "applied"
    assert len(content["changes"]["household"]) == 3


def test_new_assignment_changes_the_scope_and_so_resets(lan: Phone, world: World, database: Database) -> None:
    before = lan.exchange()["scope"]
    give_lan_both_hamlets(database, world)
    content = lan.exchange()
    assert content["reset"] is True
    assert content["scope"] != before
    assert len(content["changes"]["household"]) == 5


def test_long_lists_come_in_pages_that_miss_and_repeat_nothing(
    lan: Phone, world: World, database: Database
) -> None:
    add_households(database, world, 4500)
    seen: list[str] = []
    left: list[int] = []
    more = True
    while more:
        content = lan.exchange()
        seen += [row["id"] for row in content["changes"]["household"]]
        left.append(content["left"])
        more = content["more"]
        assert content["reset"] is (len(left) == 1)
    assert (len(seen), len(set(seen))) == (4503, 4503)
    assert left[-1] == 0
    assert left == sorted(left, reverse=True)
    assert len(left) == 3


def test_records_in_a_former_hamlet_are_applied_for_ninety_days(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    queued = [lan.visit(household) for household in (world.duc, world.mai)]
    clock.forward(days=1)
    _unassign(database, world, clock)
    clock.forward(days=89)
    lan.now = clock()
    content = lan.exchange(queued[0])
    assert content["results"][0]["status"] == "applied"
    assert "row" not in content["results"][0]
    assert content["changes"]["household"] == []
    clock.forward(days=2)
    lan.now = clock()
    assert lan.exchange(queued[1])["results"][0]["status"] == "quarantined"


def _move_nam_to_lans_team(database: Database, world: World) -> None:
    def work(session: Any) -> None:
        nam, lan = (session.get(Account, (world.commune_id, id)) for id in (world.nam, world.lan))
        people.join_team(session, nam, session.get(Team, (world.commune_id, lan.team_id)), NOW)

    database.write(work)


def _unassign(database: Database, world: World, clock: FakeClock) -> None:
    def work(session: Any) -> None:
        row = session.exec(select(Assignment).where(Assignment.hamlet_id == world.dong)).one()
        row.until = clock()
        session.add(row)

    database.write(work)


def test_rows_of_the_results_are_omitted_from_the_changes_on_request(
    lan: Phone, other: Phone, world: World
) -> None:
    lan.exchange()
    other.exchange(other.visit(world.mai))
    mine = lan.visit(world.duc)
    answer = lan.exchange(mine, omit_result_rows=True)
    assert answer["results"][0]["row"]["id"] == mine["data"]["id"]
    assert [row["household_id"] for row in answer["changes"]["visit"]] == [world.mai]
    assert lan.exchange(lan.visit(world.duc), omit_result_rows=True)["changes"]["visit"] == []
    assert not any(lan.exchange()["changes"].values()), "the omitted rows do not come later either"


def test_reset_has_all_rows_even_if_result_rows_are_to_be_omitted(lan: Phone, world: World) -> None:
    mine = lan.visit(world.duc)
    answer = lan.exchange(mine, omit_result_rows=True)
    assert answer["reset"] is True
    assert [row["id"] for row in answer["changes"]["visit"]] == [mine["data"]["id"]]


def test_follow_up_made_in_the_exchange_that_amends_its_visit_reaches_the_phone(
    lan: Phone, world: World
) -> None:
    """Two results with one row count as one row that the phone has already."""
    lan.exchange(omit_result_rows=True)
    visit = lan.visit(world.duc, follow_up_on="2026-11-30")
    amended = lan.amend(visit, note="Sửa", follow_up_on="2026-11-30")
    changes = lan.exchange(visit, amended, omit_result_rows=True)["changes"]
    assert [row["id"] for row in changes["follow_up"]] == [visit["data"]["id"]]


def test_repeated_operation_hides_no_new_change(lan: Phone, other: Phone, world: World) -> None:
    visit, news = lan.visit(world.duc), other.visit(world.mai)
    lan.exchange(visit)
    lan.exchange()
    other.exchange(news)
    changes = lan.exchange(visit, omit_result_rows=True)["changes"]
    assert [row["id"] for row in changes["visit"]] == [news["data"]["id"]]
