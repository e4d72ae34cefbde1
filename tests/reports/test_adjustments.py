"""For each kind of period the closed ones and the open one are together what is counted, whatever changes
after a closing: late visits, returns, withdrawals, moved households, merged hamlets."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.calendar.period import Period, PeriodKind, period_of
from app.core.db import Database
from app.reports.additive import is_additive
from app.reports.closing import close_period, reopen_period
from app.reports.query import report_table
from app.reports.table import CellValue
from app.upkeep.maintenance.check import check
from tests.reports import random_commune
from tests.reports.random_commune import START, binh, expected
from tests.rounds import seeds
from tests.world import World

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR, PeriodKind.WEEK)
BEGIN = START - timedelta(days=20)  # the first day with visits


@dataclass
class Calendar:
    """The earliest open period of each kind; `closed`: those before it."""

    open: dict[PeriodKind, Period] = field(
        default_factory=lambda: {kind: period_of(kind, BEGIN, 1) for kind in KINDS}
    )
    closed: dict[PeriodKind, list[Period]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def close(self, kind: PeriodKind) -> None:
        """The earliest open period is closed, and the next one the earliest."""
        self.closed[kind].append(self.open[kind])
        self.open[kind] = period_of(kind, self.open[kind].last + timedelta(days=1), 1)


@pytest.mark.parametrize("seed", seeds(100, 2))
def test_closed_periods_and_the_open_one_are_all_that_is_counted(
    world: World, database: Database, seed: int
) -> None:
    dice = random.Random(seed)

    def work(session: Session) -> None:
        actor, calendar = binh(session, world), Calendar()
        for at in random_commune.history(session, world, dice):
            _close_some(session, actor, calendar, dice, at)
            _assert_all_is_counted(session, world, calendar, at)

    database.write(work)
    # The reviews of these visits are invented: nobody decided them, which `audit` would say.
    assert [problem for one in check(database) if one.name != "audit" for problem in one.problems] == []


def _close_some(
    session: Session, actor: Actor, calendar: Calendar, dice: random.Random, at: datetime
) -> None:
    """Close what is over, most of the time; sometimes reopen the latest one first."""
    for kind in KINDS:
        if calendar.closed[kind] and dice.random() < 0.3:
            calendar.open[kind] = calendar.closed[kind].pop()
            reopen_period(session, actor, calendar.open[kind].code, "Nhập thiếu", at)
        while calendar.open[kind].last < at.date() and dice.random() < 0.9:
            period = calendar.open[kind]
            close_period(session, actor, period.code, "Vẫn chốt", at)
            calendar.close(kind)


def _assert_all_is_counted(session: Session, world: World, calendar: Calendar, at: datetime) -> None:
    for kind in KINDS:
        periods = [*calendar.closed[kind], calendar.open[kind]]
        printed, counted = Counter[str](), Counter[str]()
        for period in periods:
            printed.update(_whole(session, world, period, at))
            *_hamlets, (_name, figures) = expected(session, world, period)
            counted.update({code: n for code, n in figures.items() if is_additive(code) and n})
        assert {code: n for code, n in printed.items() if n} == dict(counted), kind


def _whole(session: Session, world: World, period: Period, at: datetime) -> dict[str, int]:
    """The commune's figures in the report, which are the sums of the rows above but for households."""
    table = report_table(session, binh(session, world), period, at)
    codes = [column.code for column in table.columns]
    *above, whole = (
        {code: _number(cell) for code, cell in zip(codes, row.cells, strict=True)} for row in table.rows
    )
    for code in ("visits", "not_home", "sessions", "applications"):
        assert sum(row[code] for row in above) == whole[code]
    return {code: count for code, count in whole.items() if is_additive(code) and count}


def _number(cell: CellValue) -> int:
    return cell if isinstance(cell, int) else 0
