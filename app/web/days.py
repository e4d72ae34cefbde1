"""Days as people type them."""

import re
from datetime import date, datetime

from app.core.clock import VIETNAM
from app.core.types import validate_year

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_LOCAL = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})(?:[/.\- ]([0-9]{2}|[0-9]{4}))?")


def parse_day(text: str, today: date) -> date | None:
    """A day as people write it (24/11/2026, 24/11/26, 24-11, 24.11.2026) or in ISO form; else None.

    Without a year it is the latest such day up to today.
    """
    text = text.strip()
    try:
        if found := _ISO.fullmatch(text):
            return validate_year(date(*map(int, found.groups())))
        if found := _LOCAL.fullmatch(text):
            day, month, year = found.groups()
            if year and len(year) == 2:  # 26 is 2026; there is no 2099 yet
                if int(year) > today.year % 100 + 1:
                    return None
                year = f"20{year}"
            guess = validate_year(date(int(year or today.year), int(month), int(day)))
            return guess if year or guess <= today else guess.replace(year=today.year - 1)
    except ValueError:
        pass
    return None


def start_of(day: date | None, now: datetime) -> datetime:
    """The beginning of a day that is not ahead; `now` for none."""
    return min(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), now) if day else now
