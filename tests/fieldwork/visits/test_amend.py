"""visit.amend and visit.withdraw: only by the author; old contents stay, late writes are not applied."""

from typing import Any

from sqlmodel import select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Team
from app.core.db import Database
from app.fieldwork.visits.models import Visit, VisitVersion
from tests.conftest import NOW
from tests.phone import Phone
from tests.world import World


def test_amended_visit_has_the_new_content_and_a_version_with_the_old(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    services = [{"code": "vietqr", "outcome": "explained", "people": 2}]
    result = lan.exchange(lan.amend(visit, note="Sửa lại", services=services))["results"][0]
    assert (result["status"], result["version"]) == ("applied", 2)
    assert (result["row"]["note"], result["row"]["services"]) == ("Sửa lại", services)
    (old,) = _versions(database)
    assert (old.version, old.content["note"], old.content["services"]) == (
        1,
        "Đã cài xong",
        [{"code": "vneid_install", "outcome": "did_it", "people": 1}],
    )


def test_visit_is_recorded_and_amended_in_one_exchange(lan: Phone, world: World, database: Database) -> None:
    visit = lan.visit(world.duc)
    assert lan.statuses(visit, lan.amend(visit, note="Sửa ngay")) == ["applied", "applied"]
    assert [version.version for version in _versions(database)] == [1]
    assert _pulled(lan, "visit")[0]["note"] == "Sửa ngay"


def test_amendment_on_a_stale_base_applies_and_both_versions_are_kept(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit, lan.amend(visit, note="hai"))
    result = lan.exchange(lan.amend(visit, base_version=1, note="ba"))["results"][0]
    assert (result["status"], result["version"], result["row"]["note"]) == ("applied", 3, "ba")
    assert [version.content["note"] for version in _versions(database)] == ["Đã cài xong", "hai"]


def test_older_amendment_that_arrives_late_does_not_replace_the_newer_one(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    older, newer = lan.amend(visit, note="cũ"), lan.amend(visit, note="mới")
    lan.exchange(visit)
    lan.exchange(newer)
    result = lan.exchange(older)["results"][0]
    assert (result["status"], result["version"], result["row"]["note"]) == ("applied", 2, "mới")
    assert {version.content["note"] for version in _versions(database)} == {"Đã cài xong", "cũ"}


def test_amendment_moves_a_visit_to_the_right_household(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    row = lan.exchange(lan.amend(visit, household_id=world.mai))["results"][0]["row"]
    assert row["household_id"] == world.mai


def test_day_counted_stays_when_a_visit_is_amended_later(lan: Phone, world: World, clock: Any) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    clock.forward(days=3)
    assert lan.exchange(lan.amend(visit))["results"][0]["row"]["counted_on"] == "2026-11-24"


def test_withdrawn_visit_leaves_every_phone_and_cannot_come_back(
    lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    content = lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert content["results"][0]["status"] == "applied"
    assert "row" not in content["results"][0]
    (tombstone,) = content["changes"]["tombstone"]
    assert (tombstone["kind"], tombstone["id"], tombstone["hamlet_id"]) == (
        "visit",
        visit["data"]["id"],
        world.dong,
    )
    again = lan.exchange(lan.amend(visit))["results"][0]
    assert (again["status"], again["code"]) == ("rejected", "withdrawn")
    assert _pulled(lan, "visit") == []
    assert database.read(lambda session: len(session.exec(select(Visit)).all())) == 1


def test_visit_of_a_teammate_cannot_be_changed(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    """Nam joins Lan's team, sees her visit, and still may not rewrite it."""
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    _join(database, world)
    result = nam.exchange(nam.amend(visit))["results"][0]
    assert (result["status"], result["code"]) == ("rejected", "not_author")


def test_amendment_of_an_unknown_visit_is_quarantined(lan: Phone, world: World) -> None:
    never_sent = lan.visit(world.duc)
    result = lan.exchange(lan.amend(never_sent))["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "waiting")


def _join(database: Database, world: World) -> None:
    def work(session: Any) -> None:
        nam, lan = (session.get(Account, (world.commune_id, id)) for id in (world.nam, world.lan))
        people.join_team(session, nam, session.get(Team, (world.commune_id, lan.team_id)), NOW)

    database.write(work)


def _versions(database: Database) -> list[VisitVersion]:
    return database.read(
        lambda session: list(session.exec(select(VisitVersion).order_by(VisitVersion.version)))  # type: ignore[arg-type]
    )


def _pulled(phone: Phone, kind: str) -> list[dict[str, Any]]:
    phone.state = {}
    rows: list[dict[str, Any]] = phone.exchange()["changes"][kind]
    return rows
