"""What the desk reads of flags: how many, whose, and in which words."""

from datetime import timedelta

import pytest

from app.commune.calendar.period import Period, PeriodKind
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.rules import CLOCK
from app.review.visit_list.flag_queries import Flag, count_flagged, flags_of_visits, list_groups
from app.review.visit_list.flag_sentences import flag_lines, group_sentence
from tests.cases import cases
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import LONG_NOTE, MORNING, Op, ids, visits_at
from tests.phone import Phone
from tests.review.deduplication.merges import actor_of
from tests.world import World, add_households


@pytest.fixture
def invented(lan: Phone, database: Database, world: World) -> list[Op]:
    """44 visits at 12 seconds with one note."""
    operations = visits_at(lan, add_households(database, world, 44), 12, note=LONG_NOTE)
    lan.exchange(*operations)
    evaluate_all(database)
    return operations


def test_44_invented_visits_are_one_group_and_two_of_the_day_before_another(
    invented: list[Op], lan: Phone, nam: Phone, database: Database, world: World
) -> None:
    twice = visits_at(lan, [world.duc, world.duc], 3600, MORNING - timedelta(days=1))
    lan.exchange(*twice)
    nam.exchange(nam.visit(world.anh))
    evaluate_all(database)
    groups = database.read(
        lambda session: list_groups(session, actor_of(session, world.commune_id, world.binh))
    )
    assert [(group.person, group.day, group_sentence(group)) for group in groups] == [
        ("Nguyễn Thị Lan", MORNING.date(), "44 lượt, cách nhau 12 giây, cùng ghi chú"),
        ("Nguyễn Thị Lan", MORNING.date() - timedelta(days=1), "1 lượt, trùng hộ trong ngày"),
    ]
    assert sorted(groups[0].visit_ids) == sorted(ids(*invented))


def test_a_rule_that_holds_for_some_of_a_group_says_for_how_many(
    invented: list[Op], lan: Phone, database: Database, world: World
) -> None:
    lan.exchange(lan.amend(invented[0], note="CCCD 001085012345"))
    evaluate_all(database)
    groups = database.read(
        lambda session: list_groups(session, actor_of(session, world.commune_id, world.binh))
    )
    assert [group_sentence(group) for group in groups] == [
        "44 lượt, cách nhau 12 giây, 43 lượt cùng ghi chú, 1 lượt ghi chú có số như số căn cước"
    ]


def test_undecided_flagged_visits_are_counted_once_and_by_period(
    invented: list[Op], database: Database, world: World
) -> None:
    today = NOW.date()

    def count(first_ago: int, last_ago: int) -> int:
        first, last = today - timedelta(days=first_ago), today - timedelta(days=last_ago)
        period = Period(PeriodKind.DATES, f"{first}..{last}", first, last)
        return database.read(
            lambda session: count_flagged(session, actor_of(session, world.commune_id, world.binh), period)
        )

    assert (count(5, 0), count(5, 1), count(0, 0)) == (44, 0, 44)


def test_the_supervisor_next_door_finds_none(invented: list[Op], database: Database, world: World) -> None:
    def read(who: str, commune_id: str) -> tuple[int, int, int]:
        return database.read(
            lambda session: (
                count_flagged(session, actor := actor_of(session, commune_id, who)),
                len(list_groups(session, actor)),
                len(flags_of_visits(session, actor, ids(*invented))),
            )
        )

    assert read(world.binh, world.commune_id) == (44, 1, 44)
    assert read(world.hoa, world.neighbour_id) == (0, 0, 0)
    assert read(world.lan, world.commune_id) == (0, 0, 0)


def test_the_sentences_of_one_visit_have_its_numbers(
    invented: list[Op], database: Database, world: World
) -> None:
    (id,) = ids(invented[3])
    flags = database.read(
        lambda session: flags_of_visits(session, actor_of(session, world.commune_id, world.binh), [id])
    )
    assert [line.text for line in flag_lines(flags[id])] == [
        "Người này ghi 44 lượt trong ngày.",
        "44 lượt ghi liền nhau, cách nhau 12 giây.",
        "44 lượt trong ngày có cùng ghi chú.",
    ]


@cases("minutes, words", [(23, "23 phút"), (310, "5 giờ"), (47_520, "33 ngày")])
def test_a_wrong_clock_is_said_in_the_unit_in_which_people_think_of_it(minutes: int, words: str) -> None:
    flag = Flag(CLOCK, {"minutes": minutes}, is_notice=True)
    assert [line.text for line in flag_lines([flag], notices=True)] == [f"Đồng hồ của máy sai {words}."]
