"""Outreach sessions by the protocol: recorded once, changed by their author only, seen by the team."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.commune.accounts.models import Assignment
from app.core.db import Database
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from tests.fieldwork.outreach.sessions import amend, record, withdraw
from tests.phone import Phone
from tests.world import World, give_lan_both_hamlets


def test_session_is_recorded_once_and_comes_back_as_a_row(
    lan: Phone, world: World, database: Database
) -> None:
    session = record(lan, world.dong)
    content = lan.exchange(session)
    (result,) = content["results"]
    assert (result["status"], result["kind"], result["version"]) == ("applied", "outreach_session", 1)
    assert result["row"] == {
        "id": session["data"]["id"], "hamlet_id": world.dong, "recorded_by": world.lan,
        "place": "Nhà văn hóa thôn", "held_on": "2026-11-24", "counted_on": "2026-11-24",
        "services": ["vneid_install", "vietqr"], "people": 30, "occurred_at": session["at"],
        "received_at": result["row"]["received_at"],
        "version": 1, "feed_seq": result["row"]["feed_seq"],
    }  # fmt: skip
    assert content["changes"]["outreach_session"] == [result["row"]]
    assert lan.statuses(session) == ["duplicate"]
    assert len(_rows(database)) == 1


def test_people_that_nobody_counted_are_unknown_and_not_zero(lan: Phone, world: World) -> None:
    session = record(lan, world.dong, people=None)
    assert lan.exchange(session)["results"][0]["row"]["people"] is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"people": 0}, "invalid"),
        ({"people": 2001}, "invalid"),
        ({"people": True}, "invalid"),
        ({"place": ""}, "invalid"),
        ({"place": "  "}, "invalid"),
        ({"place": "a" * 161}, "invalid"),
        ({"place": "a\u202eb"}, "text_refused"),
        ({"held_on": "1990-01-01"}, "invalid"),
        ({"services": []}, "service_required"),
        ({"services": ["vietqr", "vietqr"]}, "duplicate_service"),
        ({"services": ["no_such"]}, "service_unknown"),
        ({"services": ["vietqr"] * 41}, "invalid"),
        ({"hamlet_id": "elsewhere"}, "hamlet_unknown"),
        ({"note": "unknown field"}, "invalid"),
    ],
)
def test_what_is_not_understood_is_refused_and_named(
    lan: Phone, world: World, database: Database, changes: dict[str, Any], code: str
) -> None:
    (result,) = lan.exchange(record(lan, world.dong, **changes))["results"]
    assert (result["status"], result["code"]) == ("rejected", code)
    assert result["fields"] in ([], list(changes))
    assert _rows(database) == []


def test_hamlet_of_another_team_is_refused(lan: Phone, world: World, database: Database) -> None:
    (result,) = lan.exchange(record(lan, world.tay))["results"]
    assert (result["status"], result["code"], result["fields"]) == (
        "rejected", "hamlet_unknown", ["hamlet_id"],
    )  # fmt: skip
    assert _rows(database) == []


def test_day_is_counted_between_sixty_days_ago_and_the_day_of_writing(lan: Phone, world: World) -> None:
    ops = [record(lan, world.dong, held_on=day) for day in ("2026-11-20", "2026-11-30", "2026-08-01")]
    rows = [result["row"] for result in lan.exchange(*ops)["results"]]
    assert [row["held_on"] for row in rows] == ["2026-11-20", "2026-11-30", "2026-08-01"]
    assert [row["counted_on"] for row in rows] == ["2026-11-20", "2026-11-24", "2026-09-25"]


def test_amended_session_has_the_new_content_and_a_version_with_the_old(
    lan: Phone, world: World, database: Database
) -> None:
    session = record(lan, world.dong)
    lan.exchange(session)
    (result,) = lan.exchange(amend(lan, session, place="Sân trường", people=45))["results"]
    assert (result["status"], result["version"]) == ("applied", 2)
    assert (result["row"]["place"], result["row"]["people"]) == ("Sân trường", 45)
    (old,) = database.read(lambda s: list(s.exec(select(OutreachVersion))))
    assert (old.version, old.late, old.content["place"], old.content["people"]) == (
        1, False, "Nhà văn hóa thôn", 30,
    )  # fmt: skip


def test_day_counted_stays_when_a_session_is_amended_months_later(
    lan: Phone, world: World, clock: Any
) -> None:
    session = record(lan, world.dong)
    lan.exchange(session)
    clock.forward(days=80)
    lan.now = clock()
    (result,) = lan.exchange(amend(lan, session, place="Sân trường"))["results"]
    assert result["row"]["counted_on"] == "2026-11-24"
    (result,) = lan.exchange(amend(lan, session, 2, held_on="2026-11-22"))["results"]
    assert result["row"]["counted_on"] == "2026-11-22"


def test_older_amendment_that_arrives_late_does_not_replace_the_newer_one(
    lan: Phone, world: World, database: Database
) -> None:
    session = record(lan, world.dong)
    older, newer = amend(lan, session, place="cũ"), amend(lan, session, place="mới")
    lan.exchange(session)
    lan.exchange(newer)
    (result,) = lan.exchange(older)["results"]
    assert (result["status"], result["row"]["place"]) == ("applied", "mới")
    places = database.read(lambda s: {one.content["place"] for one in s.exec(select(OutreachVersion))})
    assert places == {"Nhà văn hóa thôn", "cũ"}


def test_withdrawn_session_leaves_the_phones_and_cannot_come_back(
    lan: Phone, world: World, database: Database
) -> None:
    session = record(lan, world.dong)
    lan.exchange(session)
    content = lan.exchange(withdraw(lan, session))
    assert "row" not in content["results"][0]
    (tombstone,) = content["changes"]["tombstone"]
    assert (tombstone["kind"], tombstone["id"], tombstone["hamlet_id"]) == (
        "outreach_session", session["data"]["id"], world.dong,
    )  # fmt: skip
    (again,) = lan.exchange(amend(lan, session))["results"]
    assert (again["status"], again["code"]) == ("rejected", "withdrawn")
    lan.state = {}
    assert lan.exchange()["changes"]["outreach_session"] == []
    assert _rows(database)[0].withdrawn_at is not None


def test_session_moved_to_another_hamlet_leaves_the_phones_of_the_first(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    give_lan_both_hamlets(database, world)
    session = record(lan, world.tay)
    lan.exchange(session)
    assert [row["id"] for row in nam.exchange()["changes"]["outreach_session"]] == [session["data"]["id"]]
    lan.exchange(amend(lan, session, hamlet_id=world.dong))
    changes = nam.exchange()["changes"]
    assert (changes["outreach_session"], len(changes["tombstone"])) == ([], 1)


def test_team_sees_a_session_and_only_its_author_changes_it(
    lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    give_lan_both_hamlets(database, world)
    session = record(lan, world.tay)
    lan.exchange(session)
    (result,) = nam.exchange(amend(nam, session))["results"]
    assert (result["status"], result["code"]) == ("rejected", "not_author")


def test_change_of_a_session_that_has_not_arrived_waits_for_it(lan: Phone, world: World) -> None:
    session = record(lan, world.dong)
    change = amend(lan, session, place="Sân trường")
    (result,) = lan.exchange(change)["results"]
    assert (result["status"], result["code"]) == ("quarantined", "waiting")
    lan.exchange(session)
    (result,) = lan.exchange(change)["results"]
    assert (result["status"], result["row"]["place"], result["row"]["version"]) == (
        "duplicate", "Sân trường", 2,
    )  # fmt: skip


def test_session_of_a_suspended_phone_is_quarantined(
    lan: Phone, world: World, desk: Any, database: Database
) -> None:
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    (result,) = lan.exchange(record(lan, world.dong))["results"]
    assert (result["status"], result["code"]) == ("quarantined", "revoked")
    assert _rows(database) == []


def test_session_recorded_in_a_former_hamlet_arrives_within_ninety_days(
    lan: Phone, world: World, database: Database, clock: Any
) -> None:
    session = record(lan, world.dong)

    def leave(session: Any) -> None:
        for row in session.exec(select(Assignment).where(Assignment.hamlet_id == world.dong)):
            row.until = clock() + timedelta(hours=1)
            session.add(row)

    database.write(leave)
    clock.forward(days=30)
    lan.now = clock()
    (result,) = lan.exchange(session)["results"]
    assert result["status"] == "applied"
    assert "row" not in result, "the phone holds the hamlet no longer"


def _rows(database: Database) -> list[OutreachSession]:
    return database.read(lambda session: list(session.exec(select(OutreachSession))))
