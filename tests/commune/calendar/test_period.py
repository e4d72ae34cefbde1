"""The days of periods, their names and their addresses."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commune.calendar.period import (
    PeriodKind,
    parse_period,
    period_label,
    period_of,
    previous_period,
    same_span,
    year_earlier,
)
from app.core.errors import NotFound
from tests.cases import cases

KINDS = [kind for kind in PeriodKind if kind is not PeriodKind.DATES]
DAYS = st.dates(date(2021, 1, 1), date(2099, 1, 1))
STARTS = st.integers(1, 28)


@cases(
    "code, start, first, last, label",
    [
        ("2026-W48", 1, date(2026, 11, 23), date(2026, 11, 29), "Tuần 48/2026"),
        ("2026-W01", 15, date(2025, 12, 29), date(2026, 1, 4), "Tuần 1/2026"),
        ("2026-11", 1, date(2026, 11, 1), date(2026, 11, 30), "Tháng 11/2026"),
        ("2026-11", 15, date(2026, 10, 15), date(2026, 11, 14), "Tháng 11/2026"),
        ("2026-01", 15, date(2025, 12, 15), date(2026, 1, 14), "Tháng 1/2026"),
        ("2026-Q4", 1, date(2026, 10, 1), date(2026, 12, 31), "Quý IV/2026"),
        ("2026-Q1", 15, date(2025, 12, 15), date(2026, 3, 14), "Quý I/2026"),
        ("2026", 1, date(2026, 1, 1), date(2026, 12, 31), "Năm 2026"),
        ("2026", 15, date(2025, 12, 15), date(2026, 12, 14), "Năm 2026"),
        ("2026-11-03..2026-11-09", 1, date(2026, 11, 3), date(2026, 11, 9), "03/11/2026–09/11/2026"),
    ],
)
def test_an_address_names_the_days_of_its_period(
    code: str, start: int, first: date, last: date, label: str
) -> None:
    period = parse_period(code, start)
    assert (period.code, period.first, period.last, period_label(period)) == (code, first, last, label)


@cases(
    "code",
    [
        "", "2026-13", "2026-00", "2026-W54", "2027-W53", "2026-Q5", "1999", "0000", "9999-W53",
        "2026-11-31..2026-12-01", "2026-11-09..2026-11-03", "2020-01-01..2026-01-01", "2026-11-01", "٢٠٢٦",
        "2026-11 ", "nay",
    ],
)  # fmt: skip
def test_an_address_that_names_no_period_is_not_found(code: str) -> None:
    with pytest.raises(NotFound):
        parse_period(code, 1)


@given(DAYS, STARTS, st.sampled_from(KINDS))
def test_every_day_lies_in_one_period_of_each_kind(day: date, start: int, kind: PeriodKind) -> None:
    period = period_of(kind, day, start)
    assert day in period
    assert parse_period(period.code, start) == period
    assert period_of(kind, period.last + timedelta(days=1), start).first == period.last + timedelta(days=1)


@given(DAYS, STARTS, st.sampled_from(KINDS))
def test_the_period_before_ends_on_the_day_before(day: date, start: int, kind: PeriodKind) -> None:
    period = period_of(kind, day, start)
    before = previous_period(period, start)
    assert (before.kind, before.last) == (kind, period.first - timedelta(days=1))


@given(DAYS, STARTS, st.sampled_from(KINDS))
def test_the_period_a_year_earlier_has_the_same_number(day: date, start: int, kind: PeriodKind) -> None:
    period = period_of(kind, day, start)
    earlier = year_earlier(period, start)
    assert (earlier.kind, earlier.code[:4]) == (kind, str(int(period.code[:4]) - 1))
    assert earlier.code[4:] == period.code[4:] or period.code.endswith("W53")


def test_running_period_is_compared_with_as_many_days() -> None:
    march, february = parse_period("2027-03", 1), parse_period("2027-02", 1)
    spans = {day: same_span(february, march, date(2027, 3, day)).code for day in (1, 27, 28, 31)}
    assert spans == {1: "2027-02-01..2027-02-01", 27: "2027-02-01..2027-02-27", 28: "2027-02", 31: "2027-02"}
    assert same_span(march, february, date(2027, 2, 28)).code == "2027-03-01..2027-03-28"
    for today in (date(2027, 4, 1), date(2027, 2, 28)):  # over, and not begun
        assert same_span(february, march, today) == february


def test_dates_are_compared_with_as_many_days_before_them() -> None:
    period = parse_period("2026-11-03..2026-11-09", 1)
    assert previous_period(period, 1).code == "2026-10-27..2026-11-02"
    assert year_earlier(period, 1).code == "2025-11-03..2025-11-09"
