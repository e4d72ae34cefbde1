"""Working days: the days on which people are expected to work, and how long ago some working time began.

Nobody is expected to work on Sundays, on public holidays and on the commune's own days off.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path

from sqlmodel import Session

from app.commune.settings import days_off
from app.core.clock import VIETNAM, local_date
from app.core.strings import _

# Public holidays of 2025 to 2050 (Labour Code 2019, article 112), with days in lieu and the days before and
# after Tết that the law leaves open, from the package `holidays` 0.109; later ones are not known. The days
# that the government exchanges every year are days off that a commune enters.
HOLIDAYS_FILE = Path(__file__).parent / "holidays.csv"
LONGEST_BREAK = timedelta(days=60)
"""How far back working time is looked for; a longer time without a working day is taken as worked."""
_SUNDAY = 6
_DAY = timedelta(days=1)


@lru_cache
def public_holidays() -> Mapping[date, str]:
    """The names of the public holidays by day."""
    with HOLIDAYS_FILE.open(encoding="utf-8", newline="") as lines:
        return {date.fromisoformat(row["day"]): row["name"] for row in csv.DictReader(lines)}


@dataclass(frozen=True)
class Workdays:
    """The working days of one commune; `own`: its days off, with their names."""

    own: Mapping[date, str] = field(default_factory=dict)

    def reason_off(self, day: date) -> str:
        """Why nobody is expected to work on `day`: *Chủ nhật* or a name; empty for a working day."""
        if name := self.own.get(day) or public_holidays().get(day):
            return name
        return _("Chủ nhật") if day.weekday() == _SUNDAY else ""

    def begin_of(self, worked: timedelta, until: datetime) -> datetime:
        """The latest instant after which `worked` of working time had passed at `until`.

        A working day has 24 hours, in Vietnam. At the earliest it is `LONGEST_BREAK` before.
        """
        day, end, left = local_date(until), until, worked
        earliest = until - LONGEST_BREAK
        while end > earliest:
            start = datetime.combine(day, time.min, VIETNAM)
            if not self.reason_off(day):
                if end - start >= left:
                    return max(end - left, earliest)
                left -= end - start
            day, end = day - _DAY, start
        return earliest


def load_workdays(session: Session, commune_id: str, now: datetime) -> Workdays:
    """The working days of a commune in the `LONGEST_BREAK` before `now`."""
    today = local_date(now)
    return Workdays(days_off(session, commune_id, today - LONGEST_BREAK, today))
