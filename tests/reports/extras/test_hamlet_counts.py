"""Adults and household businesses of hamlets: what is typed, undone and refused, and what is printed."""

import random
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from app.commune.areas import Hamlet
from app.commune.calendar.period import Period
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.db import Database
from app.core.desk_log import stored_entries
from app.core.errors import Invalid, StaleDecision
from app.fieldwork.derived.household_days.counts import places_at
from app.reports.extras.choice import choose_extras
from app.reports.extras.hamlet_counts import TypedCounts, list_counts, save_counts, undo_counts
from app.reports.extras.tables import current_extras
from app.reports.query import report_table
from tests.cases import cases
from tests.conftest import NOW
from tests.reports.random_commune import LATER, binh, history, random_period
from tests.rounds import seeds
from tests.world import World


def _save(world: World, database: Database, typed: TypedCounts, seen: int = 0) -> None:
    database.write(lambda session: save_counts(session, binh(session, world), "adults", typed, seen, NOW))


def _typed(counts: Mapping[str, str], **values: object) -> TypedCounts:
    known = {"source": "Công an xã", "as_of": date(2026, 10, 31)} | values
    return TypedCounts(**known, counts=counts)  # type: ignore[arg-type]


@cases(
    "values, counts, fields",
    [
        ({"source": " "}, {"dong": "1"}, ["source"]),
        ({"source": "a" * 81}, {"dong": "1"}, ["source"]),
        ({"source": "Ông Long 0912 345 678"}, {"dong": "1"}, ["source"]),
        ({"as_of": None}, {"dong": "1"}, ["as_of"]),
        ({"as_of": date(2026, 12, 31)}, {"dong": "1"}, ["as_of"]),
        ({"as_of": date(2015, 1, 1)}, {"dong": "1"}, ["as_of"]),
        ({}, {"dong": "", "tay": " "}, ["counts"]),
        ({}, {"elsewhere": "12"}, ["counts"]),
        ({}, {"dong": "1.85", "tay": "12"}, ["hamlet.dong"]),
        ({}, {"dong": "-1", "tay": "100.001"}, ["hamlet.dong", "hamlet.tay"]),
        ({"source": ""}, {"dong": "x"}, ["source", "hamlet.dong"]),
    ],
)
def test_what_is_not_understood_is_refused_and_named(
    world: World,
    database: Database,
    values: dict[str, object],
    counts: dict[str, str],
    fields: list[str],
) -> None:
    ids = {"dong": world.dong, "tay": world.tay}
    with pytest.raises(Invalid) as refused:
        _save(world, database, _typed({ids.get(name, name): text for name, text in counts.items()}, **values))
    names = {f"hamlet.{id}": f"hamlet.{name}" for name, id in ids.items()}
    assert [names.get(one, one) for one in refused.value.fields] == fields


def test_numbers_are_corrected_and_undone_and_each_time_stays(world: World, database: Database) -> None:
    first, second = _typed({world.dong: "1.850"}), _typed({world.dong: "1805", world.tay: "90"})
    _save(world, database, first)
    _save(world, database, first)  # the same again changes nothing
    with pytest.raises(StaleDecision):
        _save(world, database, second)
    _save(world, database, second, seen=1)

    def undo(version: int) -> None:
        database.write(lambda session: undo_counts(session, binh(session, world), "adults", version, NOW))

    with pytest.raises(StaleDecision):
        undo(1)
    undo(2)
    undo(2)  # a second time changes nothing
    assert _versions(world, database) == [(2, 1895, world.binh), (1, 1850, None)]
    _save(world, database, second, seen=1)
    undo(3)
    undo(1)
    assert [by for *_rest, by in _versions(world, database)] == [world.binh] * 3
    noted = [one for one in database.read(stored_entries) if str(one["what"]).startswith("hamlet_count")]
    assert Counter(str(one["what"]) for one in noted) == {
        "hamlet_count.typed": 3,
        "hamlet_count.undone": 3,
    }
    assert not any("Công an" in str(one) for one in noted), "the log has no texts"


def _versions(world: World, database: Database) -> list[tuple[int, int, str | None]]:
    found = database.read(lambda session: list_counts(session, binh(session, world), "adults"))
    return [(one.version, sum(one.counts.values()), one.undone_by) for one in found]


@pytest.mark.parametrize("seed", seeds(12))
def test_printed_numbers_are_those_of_the_people_who_live_there(
    world: World, database: Database, seed: int
) -> None:
    """Each hamlet has its people from the beginning; somebody counts those who live in the hamlets that
    stand, and leaves some out. What a report prints of a hamlet of its time is right, or a dash."""
    dice = random.Random(seed)

    def compare(session: Session) -> None:
        actor = binh(session, world)
        people = _Population(dice)
        choose_extras(session, actor, ["adults"], 0, NOW)
        for seen, at in enumerate(history(session, world, dice)):
            counts = people.count(session, world, at, dice)
            save_counts(session, actor, "adults", _typed(counts, as_of=at.date()), seen, at)
        for _ in range(3):
            period = random_period(dice, 1)
            table = report_table(session, actor, period, LATER)
            (extra,) = current_extras(session, actor, table)
            assert len(extra.rows) == sum(not row.adjusts for row in table.rows)
            latest = list_counts(session, actor, "adults")[0]
            for row in extra.rows:
                expected, is_known = people.at(
                    session, world, period, row.hamlet_id, latest.typed_at, latest.counts
                )
                assert row.cells[1] == (expected if is_known else None), (period, row)

    database.write(compare)


class _Population:
    """How many people each hamlet had in the beginning, wherever they are counted later."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._people = dice, dict[str, int]()

    def count(self, session: Session, world: World, at: datetime, dice: random.Random) -> dict[str, str]:
        """What somebody counts at a time in each hamlet that stands, without a few."""
        there = self._places(session, world, local_date(at))
        standing = [one.id for one in list_hamlets(session, binh(session, world)) if dice.random() < 0.9]
        numbers = {id: sum(self._of(one) for one in there if there[one] == id) for id in standing}
        return {id: f"{number:,}".replace(",", ".") for id, number in numbers.items()}

    def at(
        self,
        session: Session,
        world: World,
        period: Period,
        hamlet_id: str | None,
        typed_at: datetime,
        counts: Mapping[str, int],
    ) -> tuple[int, bool]:
        """The people of a row of the report, and whether the count says how many they are."""
        there = self._places(session, world, period.last)
        then = self._places(session, world, local_date(typed_at))
        inside = {one for one in there if hamlet_id in (None, there[one])}
        together = {one for one in then if then[one] in {then[id] for id in inside}}
        is_known = together == inside and all(then[one] in counts for one in inside)
        return sum(self._of(one) for one in inside), is_known

    def _of(self, hamlet_id: str) -> int:
        return self._people.setdefault(hamlet_id, self._dice.randrange(3_000))

    def _places(self, session: Session, world: World, day: date) -> dict[str, str]:
        hamlets = session.exec(select(Hamlet).where(Hamlet.commune_id == world.commune_id)).all()
        return places_at(hamlets, day)


def test_report_has_the_newest_numbers_of_its_year_and_none_of_a_later_one(
    world: World, database: Database
) -> None:
    def compare(session: Session) -> None:
        actor = binh(session, world)
        choose_extras(session, actor, ["businesses"], 0, NOW)
        for seen, (day, count) in enumerate(
            [(date(2025, 6, 1), "5"), (date(2026, 6, 1), "6"), (date(2025, 7, 1), "7")]
        ):
            typed = _typed({world.dong: count}, as_of=day)
            save_counts(session, actor, "businesses", typed, seen, NOW)
        for year, number in ((2024, None), (2025, 7), (2026, 6)):
            last = date(year, 12, 31)
            period = random_period(random.Random(0), 1)
            period = Period(period.kind, period.code, last - timedelta(days=30), last)
            extras = current_extras(session, actor, report_table(session, actor, period, LATER))
            assert [one.rows[0].cells[1] for one in extras] == ([number] if number else [])

    database.write(compare)
