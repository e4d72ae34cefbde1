"""Working days: Sundays, public holidays, a commune's own days off, and working time before an instant."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.commune.calendar.workdays import LONGEST_BREAK, Workdays, public_holidays
from app.core.clock import VIETNAM, local_date
from tests.cases import cases

# The first day of Tết and 10 March of the lunar calendar, as published by the government or, from 2027, in
# printed Vietnamese calendars. In 2030 the Chinese new year is a day later.
TET = ["2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23"]
HUNG_KINGS = ["2025-04-07", "2026-04-26", "2027-04-16", "2028-04-04", "2029-04-23", "2030-04-12"]


@cases("first", TET)
def test_tet_is_at_least_five_days_with_the_eve(first: str) -> None:
    days = [date.fromisoformat(first) + timedelta(days=n) for n in range(-1, 4)]
    assert public_holidays()[days[1]] == "Tết Nguyên Đán"
    assert all(Workdays().reason_off(day) for day in days)


@cases("day", HUNG_KINGS)
def test_anniversary_of_the_hung_kings(day: str) -> None:
    assert public_holidays()[date.fromisoformat(day)] == "Ngày Giỗ Tổ Hùng Vương"


@cases("year", range(2025, 2051))
def test_every_year_has_the_fixed_holidays_and_a_neighbour_of_the_second_of_september(year: int) -> None:
    known = public_holidays()
    assert all(date(year, month, day) in known for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)))
    assert date(year, 9, 1) in known or date(year, 9, 3) in known


def test_sunday_and_the_communes_own_day_off_have_their_reasons() -> None:
    workdays = Workdays({date(2026, 11, 27): "Hội xã"})
    assert workdays.reason_off(date(2026, 11, 29)) == "Chủ nhật"
    assert workdays.reason_off(date(2026, 11, 27)) == "Hội xã"
    assert workdays.reason_off(date(2026, 11, 28)) == "", "a Saturday is a working day"


@cases(
    "until, worked, begin",
    [
        ("2026-11-20T16:40", 3, "2026-11-17T16:40"),  # a Friday
        ("2026-11-24T08:00", 3, "2026-11-20T00:00"),  # a Tuesday that is a holiday, after a Sunday
        ("2026-11-23T08:00", 1, "2026-11-21T08:00"),  # a Monday
        ("2026-02-23T09:00", 2, "2026-02-14T09:00"),  # over Tết and two Sundays, Friday and Saturday between
    ],
)
def test_working_time_leaves_out_what_nobody_works(until: str, worked: int, begin: str) -> None:
    instant = datetime.fromisoformat(until).replace(tzinfo=VIETNAM)
    found = Workdays().begin_of(timedelta(days=worked), instant)
    assert found == datetime.fromisoformat(begin).replace(tzinfo=VIETNAM)


def test_commune_that_never_works_is_looked_back_at_for_a_bounded_time() -> None:
    now = datetime(2026, 6, 15, 3, tzinfo=UTC)
    off = {date(2026, 6, 15) - timedelta(days=n): "Nghỉ" for n in range(400)}
    assert Workdays(off).begin_of(timedelta(days=3), now) == now - LONGEST_BREAK


@given(
    until=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    hours=st.integers(0, 240),
    own=st.dictionaries(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.just("Nghỉ"), max_size=30),
)
def test_hours_on_working_days_after_the_begin_are_those_asked_for(
    until: datetime, hours: int, own: Mapping[date, str]
) -> None:
    workdays = Workdays(own)
    begin = workdays.begin_of(timedelta(hours=hours), until)
    minutes, step = 0, timedelta(minutes=30)
    instant = begin
    while instant < until:
        end = min(instant + step, until)
        middle = instant + (end - instant) / 2
        minutes += 0 if workdays.reason_off(local_date(middle)) else round((end - instant).total_seconds())
        instant = end
    assert abs(minutes - hours * 3600) <= 1800, "half an hour may lie on both sides of midnight"
