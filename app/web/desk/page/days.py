"""Days and periods as people type them."""

from dataclasses import dataclass
from datetime import date

from app.commune.calendar.period import Period, PeriodKind, period_of
from app.core.strings import lazy
from app.core.text import fold
from app.web.days import parse_day
from app.web.rendering import day as format_day

PERIODS = {PeriodKind.WEEK: lazy("Tuần này"), PeriodKind.MONTH: lazy("Tháng này")}


def parse_period(text: str, today: date, month_start: int) -> Period | None:
    """*Tuần này*, *tháng này*, with or without accents: the period that has today; else None.

    In an address the words stay, so that a saved filter is of the week in which it is opened.
    """
    words = fold(text)
    kind = next((kind for kind, label in PERIODS.items() if words and fold(label) == words), None)
    return period_of(kind, today, month_start) if kind else None


@dataclass(frozen=True)
class TypedDays:
    """What the fields *Ngày, từ ngày* and *Đến ngày* say. `span`: the first and the last day, None for no
    bound. `day` and `to`: how the fields show it. `wrong`: the field whose text is neither a day nor a
    period; then there is no bound."""

    span: tuple[date | None, date | None]
    day: str
    to: str
    wrong: str


def parse_days(day: str, to: str, today: date, month_start: int) -> TypedDays:
    """`day` alone is that day, or a period; `to` alone every day up to it; both, from the earlier to the
    later."""
    period = parse_period(day, today, month_start)
    first, last = parse_day(day, today), parse_day(to, today)
    day_text = PERIODS[period.kind] if period else format_day(first) if first else day
    to_text = format_day(last) if last else to
    wrong = ""
    if day.strip() and not (first or period):
        wrong = "day"
    elif to.strip() and not last:
        wrong = "to"
    span: tuple[date | None, date | None] = (None, None)
    if period and not wrong:
        span = period.first, period.last
    elif first and last:
        span = min(first, last), max(first, last)
    elif not wrong:
        span = (first, first) if first else (None, last)
    return TypedDays(span, day_text, to_text, wrong)
