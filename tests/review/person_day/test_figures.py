"""The figures of a day: stretches between breaks, and the pace within them."""

from datetime import datetime, timedelta

from app.core.clock import VIETNAM
from app.fieldwork.visits.codes import Result
from app.fieldwork.visits.models import Visit
from app.review.person_day.figures import DayFigures, day_figures

DAY = datetime(2026, 11, 24, tzinfo=VIETNAM)


def _visit(clock: str, household: str, result: Result = "helped", *, paper: bool = False) -> Visit:
    at = datetime.combine(DAY.date(), datetime.strptime(clock, "%H:%M").time(), VIETNAM)
    return Visit(
        commune_id="xa",
        id=f"{household}-{clock}",
        household_id=household,
        hamlet_id="dong",
        recorded_by="lan",
        device_id="may",
        seq=1,
        occurred_at=at,
        happened_at=at,
        received_at=at,
        counted_on=at.date(),
        counted_since=at,
        feed_seq=1,
        result=result,
        entered_by="binh" if paper else None,
    )


def test_day_with_a_break_at_noon_has_two_stretches_and_the_pace_of_both() -> None:
    clocks = {"08:00": "a", "08:06": "b", "08:16": "c", "13:30": "a", "13:38": "d"}
    visits = [_visit(clock, household) for clock, household in clocks.items()]
    visits[1].result = "not_home"
    found = day_figures([*visits, _visit("00:00", "e", paper=True)])
    assert [(f"{start:%H:%M}", f"{end:%H:%M}") for start, end in found.stretches] == [
        ("08:00", "08:16"),
        ("13:30", "13:38"),
    ]
    assert (found.visits, found.absent, found.households) == (6, 1, 5)
    assert found.pace == timedelta(minutes=8)  # of 6, 10 and 8


def test_pause_of_an_hour_is_a_break_and_a_second_less_is_none() -> None:
    visits = [_visit("08:00", "a"), _visit("09:00", "b")]
    assert [len(day_figures(visits).stretches), day_figures(visits).pace] == [2, None]
    visits[1].happened_at -= timedelta(seconds=1)
    assert day_figures(visits).pace == timedelta(seconds=3599)


def test_day_without_times_has_counts_only() -> None:
    assert day_figures([]) == DayFigures(0, 0, 0, [], None)
    assert day_figures([_visit("00:00", "a", paper=True)]) == DayFigures(1, 0, 1, [], None)
