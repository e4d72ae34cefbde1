"""Drawing a month and entering answers, on the database."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlmodel import Session

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.models import Account
from app.commune.calendar.period import Period, parse_period
from app.core.db import Database, table_of
from app.core.errors import Invalid, NotFound
from app.review.spot_checks.commands import EnteredAnswer, WantedDraw, draw_households, enter_answers
from app.review.spot_checks.models import SpotCheck, SpotCheckAnswer, SpotCheckHousehold
from app.review.spot_checks.population import met_households
from app.review.spot_checks.queries import drawn_households, find_check, is_drawn_again
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.world import World, add_households

MONTH = "2026-11"


def _binh(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.commune_id, world.binh)))


def _draw(
    database: Database, world: World, clock: FakeClock, size: int = 2, *, id: str = "lan-1", reason: str = ""
) -> SpotCheck:
    return database.write(
        lambda session: draw_households(
            session,
            _binh(session, world),
            _month(),
            WantedDraw(id, size, reason, 2_026),
            clock(),
        )
    )


def _month() -> Period:
    return parse_period(MONTH, 1)


def _answer(
    database: Database,
    world: World,
    clock: FakeClock,
    answers: dict[str, tuple[SpotCheckAnswer | None, SpotCheckAnswer | None]],
) -> list[str]:
    entered = {id: EnteredAnswer(*pair) for id, pair in answers.items()}
    return database.write(
        lambda session: enter_answers(
            session,
            _binh(session, world),
            "lan-1",
            entered,
            clock(),
        )
    )


def _population(database: Database, world: World, code: str) -> set[tuple[str, str, str]]:
    """Household, hamlet and person of what the month can be drawn from."""
    found = database.read(
        lambda session: met_households(session, _binh(session, world), parse_period(code, 1))
    )
    return {(one.household_id, *one.stratum) for one in found}


def test_only_households_that_were_met_and_are_on_the_list_are_drawn(
    lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    absent, moved, *others = add_households(database, world, 4)
    twice, taken_back = lan.visit(others[0]), lan.visit(others[1])
    later = lan.visit(others[0], services=[], result="not_needed")
    statuses = lan.statuses(
        lan.visit(world.duc),
        lan.visit(absent, result="not_home", services=[]),
        lan.visit(moved),
        twice,
        taken_back,
        later,
        lan.op("visit.withdraw", {"id": taken_back["data"]["id"]}),
        lan.op("household.amend", {"id": moved, "base_version": 1, "state": "moved"}),
    )
    assert statuses == ["applied"] * 8
    assert nam.statuses(nam.visit(world.anh)) == ["applied"]

    expected = {
        (world.duc, world.dong, world.lan),
        (others[0], world.dong, world.lan),
        (world.anh, world.tay, world.nam),
    }
    assert _population(database, world, MONTH) == expected
    assert _population(database, world, "2026-10") == set()
    with pytest.raises(Invalid) as refused:
        _draw(database, world, clock, 1)  # of two strata
    assert refused.value.fields == ["size"]
    check = _draw(database, world, clock, 3)
    assert (check.households, check.drawn) == (3, 3)


def test_month_is_drawn_again_with_a_reason_only_and_the_same_form_draws_once(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    first = _draw(database, world, clock)
    assert _draw(database, world, clock).drawn_at == first.drawn_at
    for reason, problem in (("", "reason"), ("x" * 301, "reason"), ("Gọi 0912345678", "digits")):
        with pytest.raises(Invalid) as refused:
            _draw(database, world, clock, id="lan-2", reason=reason)
        assert refused.value.fields == [problem]
    clock.forward(minutes=1)
    _draw(database, world, clock, 4, id="lan-2", reason="Phiếu ướt mưa")
    results = database.read(
        lambda session: [find_check(session, _binh(session, world), id) for id in (first.id, "lan-2")]
    )
    assert [(one.number, one.check.reason, one.check.drawn) for one in results] == [
        (1, "", 2),
        (2, "Phiếu ướt mưa", 4),
    ]
    with pytest.raises(NotFound):
        database.read(lambda session: find_check(session, _of_the_next_commune(session, world), "lan-2"))


def _of_the_next_commune(session: Session, world: World) -> Actor:
    return actor_for(session, session.get_one(Account, (world.neighbour_id, world.hoa)))


def test_answer_of_a_colleague_is_not_overridden_unseen(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(*(lan.visit(id) for id in add_households(database, world, 6)))
    _draw(database, world, clock, 3)
    first, second, third = (
        one.household.id
        for one in database.read(lambda session: drawn_households(session, _binh(session, world), "lan-1"))
    )
    assert _answer(database, world, clock, {first: (None, "confirmed"), "other": (None, "refuted")}) == []
    # From a page of before: what is the same or was not touched is no conflict.
    stale: dict[str, tuple[SpotCheckAnswer | None, SpotCheckAnswer | None]] = {
        first: (None, "refuted"),
        second: (None, "not_met"),
        third: (None, None),
    }
    assert _answer(database, world, clock, stale) == [first]
    result = database.read(lambda session: find_check(session, _binh(session, world), "lan-1"))
    assert result.answers == {"confirmed": 1, "not_met": 1, None: 1}
    assert _answer(database, world, clock, {first: ("confirmed", None)}) == []
    result = database.read(lambda session: find_check(session, _binh(session, world), "lan-1"))
    assert result.answers == {"not_met": 1, None: 2}
    assert result.estimate is None


def test_draw_is_repeated_from_its_seed_until_the_month_has_other_households(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    *met, late = add_households(database, world, 7)
    lan.exchange(*(lan.visit(id) for id in met))
    _draw(database, world, clock, 3)

    def again() -> bool | None:
        return database.read(
            lambda session: is_drawn_again(
                session, _binh(session, world), find_check(session, _binh(session, world), "lan-1")
            )
        )

    assert again() is True
    table = table_of(SpotCheckHousehold)
    drawn = database.read(lambda session: {row.household_id for row in session.execute(table.select())})
    other = next(id for id in met if id not in drawn)
    change = update(table).where(table.c.household_id == min(drawn)).values(household_id=other)
    database.write(lambda session: session.execute(change))
    assert again() is False
    clock.forward(minutes=5)
    lan.now += timedelta(minutes=5)
    lan.exchange(lan.visit(late))
    assert again() is None
