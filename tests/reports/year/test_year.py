"""The year of a supervisor walked: twelve months closed, some of them reopened and closed again, with late
visits, returns, quarantined records, merges and moves. Every figure that is printed is what SQL counts that
knows the glossary's definitions alone."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.calendar.period import Period, PeriodKind, period_of
from app.core.clock import local_date
from app.core.db import Database
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.year import printed
from tests.reports.year.closings import KINDS, Closings, Counts, adds_up
from tests.reports.year.commune import Commune, evening
from tests.reports.year.definitions import WHOLE
from tests.rounds import LONG, SEED
from tests.world import World

pytestmark = pytest.mark.slow

MONTHS, STEPS_A_MONTH = 13, 40 if LONG else 26
FIRST = date(2027, 1, 1)
YEARS = [1, *(SEED + 1 + n for n in range(5 if LONG else 0))]


class Year:
    """A commune, and what its reports must say."""

    def __init__(self, commune: Commune, seed: int) -> None:
        self.commune, self.dice = commune, random.Random(~seed)
        first = period_of(PeriodKind.YEAR, FIRST, commune.month_start).first
        self.closings = Closings(commune.month_start, first)
        commune.clock.now = evening(first)

    def run(self) -> None:
        for month in range(MONTHS):
            period = self._period(PeriodKind.MONTH)
            until = evening(period.last + timedelta(days=self.dice.choice((1, 3, 20))))
            if until < self.commune.clock():
                until = self.commune.clock() + timedelta(days=1)
            self.commune.live(until, STEPS_A_MONTH)
            if month == 5:
                self.commune.merge_hamlets()  # after the period, before it is closed
            self._reopen_some()
            self._close_what_is_over()
            if LONG or month % 3 == 2:
                self._check(with_word=month % 6 == 5)
        self._check_everything_closed()

    def _period(self, kind: PeriodKind) -> Period:
        return self.closings.open_period(kind)

    def _reopen_some(self) -> None:
        for kind in KINDS:
            if self.closings.closed[kind] and self.dice.random() < 0.4:
                period = self.closings.closed[kind][-1].period
                address = f"/desk/reports/{period.code}/reopen"
                assert self.commune.at_desk(address, {"reason": "Nhập thiếu"}) == 303
                self.closings.reopen(kind)
                self.commune.clock.forward(minutes=1)
                if self.dice.random() < 0.5:
                    self.commune.live(self.commune.clock() + timedelta(hours=5), 6)

    def _close_what_is_over(self) -> None:
        for kind in KINDS:
            while (period := self._period(kind)).last < local_date(self.commune.clock()):
                self._note(period)
                address = f"/desk/reports/{period.code}/close"
                assert self.commune.at_desk(address, {"reason": "Vẫn chốt"}) == 303
                self.commune.clock.forward(seconds=1)

    def _note(self, period: Period) -> None:
        """What it counts, right before it is closed."""
        id, now = self.commune.world.commune_id, self.commune.clock()
        self._read(lambda session: self.closings.close(session, id, period, now))

    def _check(self, *, with_word: bool) -> None:
        """What was closed last, what is open, and all screens with figures."""
        self._read(lambda session: self._check_now(session, with_word=with_word))

    def _check_now(self, session: Session, *, with_word: bool) -> None:
        commune = self.commune
        counts = Counts(session, commune.world.commune_id, commune.clock(), self.closings)
        today, start = local_date(commune.clock()), commune.month_start
        people = {"lan": commune.world.lan, "nam": commune.world.nam}
        for kind in KINDS:
            closed = [one.period for one in self.closings.closed[kind][-1:]]
            for period in (*closed, self._period(kind)):
                printed.check_report(commune.page, period, counts.report(period), with_word=with_word)
            if kind is PeriodKind.MONTH or with_word:
                printed.check_comparison(commune.page, counts, period, today, start)
                printed.check_activity(commune.page, counts.definitions, people, period)
                at_now = period_of(kind, today, start)
                printed.check_overview(commune.page, counts.definitions, at_now, today, start)
            self._check_sums(counts, kind)
        printed.check_coverage(commune.page, counts.definitions, today)

    def _check_sums(self, counts: Counts, kind: PeriodKind) -> None:
        """The closed periods and the open one are together what is counted today."""
        periods = [*(one.period for one in self.closings.closed[kind]), self._period(kind)]
        shown, counted = Counter[str](), Counter[str]()
        for period in periods:
            shown.update(counts.report(period).whole)
            whole = counts.figures(period)[WHOLE]
            counted.update({code: figure for code, figure in whole.items() if adds_up(code)})
        assert {code: n for code, n in shown.items() if n} == {code: n for code, n in counted.items() if n}

    def _check_everything_closed(self) -> None:
        """No closed report has changed in the course of the year."""
        self.commune.sync_all()
        for kind in KINDS:
            for one in self.closings.closed[kind]:
                with_word = kind is PeriodKind.YEAR
                printed.check_report(self.commune.page, one.period, one.report, with_word=with_word)
        self._check(with_word=False)

    def _read(self, work: Callable[[Session], None]) -> None:
        self.commune.database.read(work)


@pytest.mark.parametrize("seed", YEARS)
def test_every_printed_figure_of_a_year_is_what_the_glossary_defines(
    world: World, database: Database, clock: FakeClock, desk: TestClient, lan: Phone, nam: Phone, seed: int
) -> None:
    commune = Commune(seed, world, database, clock, desk)
    commune.settle(lan, nam)
    commune.sync()
    Year(commune, seed).run()
    assert [problem for one in check(database) for problem in one.problems] == []
