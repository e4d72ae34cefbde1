"""Periods of a report: week, month, quarter, year, or any dates; and how an address names them.

A commune's months may begin on a later day than the first. As in Decree 09/2019/NĐ-CP on reports, article 12,
such a month has the name of the calendar month in which it ends: November is 15 October to 14 November, and
quarters and years consist of such months.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.errors import NotFound
from app.core.strings import _

MAX_DAYS = 366 * 2  # of a period between two dates
_YEARS = range(2020, 2101)
_FORMS = {
    "week": re.compile(r"(\d{4})-W(\d\d)", re.ASCII),
    "month": re.compile(r"(\d{4})-(\d\d)", re.ASCII),
    "quarter": re.compile(r"(\d{4})-Q([1-4])", re.ASCII),
    "year": re.compile(r"(\d{4})", re.ASCII),
    "dates": re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", re.ASCII),
}


class PeriodKind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    DATES = "dates"


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included. `code` names it in addresses: `2026-W48`, `2026-11`,
    `2026-Q4`, `2026`, `2026-11-01..2026-11-30`."""

    kind: PeriodKind
    code: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def parse_period(code: str, month_start: int) -> Period:
    """The period that `code` names; months begin on day `month_start` (1 to 28).

    Raises `NotFound` for an unknown form, a year outside 2020 to 2100, a week or month that does not exist,
    dates in the wrong order, and dates more than `MAX_DAYS` apart.
    """
    for kind, form in _FORMS.items():
        if match := form.fullmatch(code):
            try:
                period = _period(kind, match.groups(), month_start)
            except ValueError:
                break
            if period.last.year in _YEARS and period.days <= MAX_DAYS and period.first <= period.last:
                return period
    raise NotFound


def period_of(kind: PeriodKind, day: date, month_start: int) -> Period:
    """The week, month, quarter or year that `day` lies in. Raises `ValueError` for `dates`."""
    if kind is PeriodKind.WEEK:
        return _week(*day.isocalendar()[:2])
    later = 1 if 1 < month_start <= day.day else 0
    year, month = _months_later(day.year, day.month, later)
    if kind is PeriodKind.MONTH:
        return _month(year, month, month_start)
    if kind is PeriodKind.QUARTER:
        return _quarter(year, (month + 2) // 3, month_start)
    if kind is PeriodKind.YEAR:
        return _year(year, month_start)
    raise ValueError(kind)


def previous_period(period: Period, month_start: int) -> Period:
    """The period before: of the same kind, or the same number of days."""
    if period.kind is not PeriodKind.DATES:
        return period_of(period.kind, period.first - timedelta(days=1), month_start)
    return dates_period(period.first - timedelta(days=period.days), period.first - timedelta(days=1))


def year_earlier(period: Period, month_start: int) -> Period:
    """The same period a year earlier: the week with the same number (52 for 53), the same month or dates."""
    if period.kind is PeriodKind.WEEK:
        year, week = period.first.isocalendar()[:2]
        return _week(year - 1, min(week, _weeks_in(year - 1)))
    if period.kind is PeriodKind.DATES:
        return dates_period(_last_year(period.first), _last_year(period.last))
    return period_of(period.kind, _last_year(period.first), month_start)


def same_span(other: Period, period: Period, today: date) -> Period:
    """What `other`, a period of the same kind, is compared by: the whole of it, or while `period` is running
    as many of its first days as have passed of that one."""
    last = other.first + (today - period.first)
    is_whole = last >= other.last or not period.first <= today <= period.last
    return other if is_whole else dates_period(other.first, last)


def dates_period(first: date, last: date) -> Period:
    """The period from `first` to `last`."""
    return Period(PeriodKind.DATES, f"{first.isoformat()}..{last.isoformat()}", first, last)


def period_label(period: Period) -> str:
    """*Tuần 48/2026*, *Tháng 11/2026*, *Quý IV/2026*, *Năm 2026*, *01/11/2026–15/11/2026*."""
    if period.kind is PeriodKind.WEEK:
        year, week = period.first.isocalendar()[:2]
        return _("Tuần %(week)s/%(year)s", week=week, year=year)
    if period.kind is PeriodKind.MONTH:
        return _("Tháng %(month)s/%(year)s", month=period.last.month, year=period.last.year)
    if period.kind is PeriodKind.QUARTER:
        quarter = ("I", "II", "III", "IV")[int(period.code[-1]) - 1]
        return _("Quý %(quarter)s/%(year)s", quarter=quarter, year=period.last.year)
    if period.kind is PeriodKind.YEAR:
        return _("Năm %(year)s", year=period.last.year)
    return f"{period.first:%d/%m/%Y}–{period.last:%d/%m/%Y}"


def month_of(day: date) -> int:
    """The number of the day's calendar month."""
    return day.year * 12 + day.month - 1


def _period(kind: str, parts: tuple[str, ...], start: int) -> Period:
    """The period of these parts of its code. Raises `ValueError` if there is no such week, month or day."""
    if kind == "dates":
        return dates_period(*map(date.fromisoformat, parts))
    year, number = int(parts[0]), int(parts[-1])
    if kind == "week":
        return _week(year, number)
    if kind == "month":
        date(year, number, 1)
        return _month(year, number, start)
    return _quarter(year, number, start) if kind == "quarter" else _year(year, start)


def _week(year: int, week: int) -> Period:
    first = date.fromisocalendar(year, week, 1)
    return Period(PeriodKind.WEEK, f"{year:04}-W{week:02}", first, first + timedelta(days=6))


def _weeks_in(year: int) -> int:
    return date(year, 12, 28).isocalendar()[1]


def _month(year: int, month: int, start: int) -> Period:
    return Period(PeriodKind.MONTH, f"{year:04}-{month:02}", *_months(year, month, 1, start))


def _quarter(year: int, quarter: int, start: int) -> Period:
    days = _months(year, quarter * 3 - 2, 3, start)
    return Period(PeriodKind.QUARTER, f"{year:04}-Q{quarter}", *days)


def _year(year: int, start: int) -> Period:
    return Period(PeriodKind.YEAR, f"{year:04}", *_months(year, 1, 12, start))


def _months(year: int, month: int, count: int, start: int) -> tuple[date, date]:
    """The first and last day of `count` months that begin on day `start`."""
    earlier = 1 if start > 1 else 0
    first = date(*_months_later(year, month, -earlier), start)
    following = date(*_months_later(year, month, count - earlier), start)
    return first, following - timedelta(days=1)


def _months_later(year: int, month: int, count: int) -> tuple[int, int]:
    years, index = divmod(month - 1 + count, 12)
    return year + years, index + 1


def _last_year(day: date) -> date:
    """The same day of the year before; 28 February for 29 February."""
    return day.replace(year=day.year - 1, day=min(day.day, 28) if day.month == 2 else day.day)
