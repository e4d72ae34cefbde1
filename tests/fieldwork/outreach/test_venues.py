"""At what kind of place a session was: unknown until its author says it, kept by who does not know of it."""

from typing import Any

import pytest
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.outreach.models import VENUES, OutreachVersion
from app.fieldwork.outreach.queries import SessionFilter, sum_by_venue, sum_sessions
from app.reports.extras.choice import choose_extras
from tests.cases import cases
from tests.conftest import NOW
from tests.fieldwork.outreach.sessions import Op, amend, record, withdraw
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.world import World


def _row(phone: Phone, op: Op) -> dict[str, Any]:
    rows = phone.exchange(scope="anew")["changes"]["outreach_session"]
    return next(row for row in rows if row["id"] == op["data"]["id"])


@pytest.mark.both_databases
def test_venue_is_left_out_until_it_is_said_and_then_on_every_phone_of_the_hamlet(
    lan: Phone, other: Phone, world: World, database: Database
) -> None:
    op = record(lan, world.dong)
    lan.exchange(op)
    assert "venue" not in _row(other, op)
    lan.exchange(amend(lan, op, venue="market"))
    assert (_row(other, op)["venue"], _row(other, op)["version"]) == ("market", 2)
    lan.exchange(amend(lan, op, 2, venue="other"))
    assert _row(other, op)["venue"] == "other"
    versions = database.read(lambda session: session.exec(select(OutreachVersion)).all())
    assert sorted((one.version, one.content.get("venue")) for one in versions) == [(1, None), (2, "market")]


@pytest.mark.both_databases
def test_amendment_of_a_phone_that_knows_no_venues_leaves_it(lan: Phone, world: World) -> None:
    op = record(lan, world.dong, venue="community_house")
    old = amend(lan, op, people=31) | {"v": 1}
    del old["data"]["venue"]
    assert lan.statuses(op, old) == ["applied", "applied"]
    assert (_row(lan, op)["venue"], _row(lan, op)["people"]) == ("community_house", 31)
    assert lan.statuses(amend(lan, op, 2, venue=None)) == ["applied"]
    assert "venue" not in _row(lan, op)


@cases("venue", ["home", "", "Chợ", True, 1])
def test_venue_that_there_is_not_is_refused_and_named(lan: Phone, world: World, venue: Any) -> None:
    (result,) = lan.exchange(record(lan, world.dong, venue=venue))["results"]
    assert (result["status"], result["code"], result["fields"]) == ("rejected", "invalid", ["venue"])


def test_phones_ask_for_it_only_if_the_commune_wants_it(lan: Phone, world: World, database: Database) -> None:
    def choose(seen: int, *wanted: str) -> None:
        database.write(lambda session: choose_extras(session, binh(session, world), wanted, seen, NOW))

    choose(0, "rates")
    assert "questions" not in lan.exchange()
    choose(1, "venue", "business")
    assert lan.exchange()["questions"] == ["business", "venue"]


@pytest.mark.both_databases
def test_sessions_are_summed_and_filtered_by_venue(lan: Phone, world: World, database: Database) -> None:
    ops = [
        record(lan, world.dong, venue="market", people=12),
        record(lan, world.dong, venue="market", people=None),
        record(lan, world.dong, people=5),
        record(lan, world.dong, venue="one_stop_centre", people=7),
        record(lan, world.dong, venue="market", people=100),
        record(lan, world.dong, venue="market", people=900, held_on="2026-11-23"),
    ]
    lan.exchange(*ops)
    lan.exchange(withdraw(lan, ops[4]))
    day = NOW.date()

    def load(session: Any) -> Any:
        actor = binh(session, world)
        sums = sum_by_venue(session, actor, day, day)
        filtered = {
            venue: sum_sessions(session, actor, SessionFilter(day, day, venue=venue))
            for venue in (*VENUES, "unknown")
        }
        return sums, filtered

    sums, filtered = database.read(load)
    assert {venue: (one.sessions, one.people, one.uncounted) for venue, one in sums.items()} == {
        "market": (2, 12, 1),
        "unknown": (1, 5, 0),
        "one_stop_centre": (1, 7, 0),
    }
    assert {venue: one for venue, one in filtered.items() if one.sessions} == sums
