"""What the closed reports of a period come to in a province: a line for each commune, as it closed it with
its adjustments, and their sums. What was reopened is in none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from app.commune.areas import Commune, Province
from app.commune.calendar.period import Period, parse_period, previous_period
from app.commune.catalog.services import DEFAULT_SERVICES, OWN
from app.commune.province_access import Viewer, province_of, visible_communes
from app.core.strings import _
from app.fieldwork.periods.models import ReportSummary
from app.province.glance import Glance, look
from app.reports.additive import APPLICATIONS, SERVICE_PREFIX

OWN_SERVICES = f"{SERVICE_PREFIX}{OWN}"  # the column of all services that communes have defined themselves
# The columns before and after those of the services, in the order of a commune's report.
_BEFORE = (
    "teams",
    "members",
    "active_members",
    "households",
    "guided",
    "cumulative",
    "met",
    "visits",
    "not_home",
)
_AFTER = (APPLICATIONS, "warned", "sessions", "attended", "needs")
_DEFAULTS = tuple(f"{SERVICE_PREFIX}{one.code}" for one in DEFAULT_SERVICES)


@dataclass(frozen=True)
class Line:
    """A commune's closed report in one row. `figures`: by column, that of a service of its own by
    `OWN_SERVICES`; `own`: the people of each of these, by its label. `adjusted`: as in `ReportSummary`."""

    commune: Commune
    days: tuple[date, date]
    headings: dict[str, str]
    figures: dict[str, int | None]
    own: dict[str, int]
    adjusted: dict[str, dict[str, int]]

    def figure(self, code: str) -> int | None:
        """The figure of a column. A service without a column was switched off and has none; of another
        column that a report lacks it is not known."""
        return self.figures.get(code, 0 if code.startswith(SERVICE_PREFIX) else None)


@dataclass(frozen=True)
class ComparedFigure:
    """A column of the province: its sum in the period, in the one before, and the difference of the communes
    that have closed both."""

    code: str
    heading: str
    now: int | None
    before: int | None
    difference: int | None


@dataclass(frozen=True)
class Totals:
    """The closed reports of a period in a province. `glances`: all communes; `lines`: those that have closed
    it; `before`: those that have closed the `previous` one; `both`: how many have closed both."""

    province: Province
    period: Period
    previous: Period
    as_of: datetime
    glances: list[Glance]
    lines: list[Line]
    before: list[Line]

    @property
    def both(self) -> int:
        """How many communes have closed this period and the one before."""
        return len(self._ids(self.lines) & self._ids(self.before))

    @property
    def codes(self) -> list[str]:
        """The columns that a report has, in the order of a commune's report."""
        used = {code for line in self.lines for code in line.figures}
        known = (*_BEFORE, *_DEFAULTS, OWN_SERVICES, *_AFTER)
        return [*(code for code in known if code in used), *sorted(used - set(known))]

    def heading(self, code: str) -> str:
        """The heading of a column, as most reports have it."""
        if code == OWN_SERVICES:
            return _("Việc riêng của xã, phường")
        found = [line.headings[code] for line in (*self.lines, *self.before) if code in line.headings]
        return max(dict.fromkeys(found), key=found.count) if found else code

    def compare(self) -> list[ComparedFigure]:
        """Each column beside the period before."""
        both = self._ids(self.lines) & self._ids(self.before)
        return [
            ComparedFigure(
                code,
                self.heading(code),
                add(line.figure(code) for line in self.lines),
                add(line.figure(code) for line in self.before),
                _difference(
                    add(line.figure(code) for line in self.lines if line.commune.id in both),
                    add(line.figure(code) for line in self.before if line.commune.id in both),
                ),
            )
            for code in self.codes
        ]

    @staticmethod
    def _ids(lines: list[Line]) -> set[str]:
        return {line.commune.id for line in lines}


def read_totals(session: Session, viewer: Viewer, code: str, now: datetime) -> Totals:
    """The closed reports of the period, and of the one before. Raises `NotFound` for a code that names no
    period."""
    period = parse_period(code, 1)
    previous = previous_period(period, 1)
    return Totals(
        province=province_of(session, viewer),
        period=period,
        previous=previous,
        as_of=now,
        glances=look(session, viewer, code, now),
        lines=_lines(session, viewer, period.code),
        before=_lines(session, viewer, previous.code),
    )


def add(figures: Iterable[int | None]) -> int | None:
    """The sum of the figures that are known; None if none is."""
    known = [figure for figure in figures if figure is not None]
    return sum(known) if known else None


def column_of(code: str) -> str:
    """The province's column of a commune's column."""
    return OWN_SERVICES if code.startswith(OWN_SERVICES) else code


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def _lines(session: Session, viewer: Viewer, code: str) -> list[Line]:
    """The reports that are closed, by the communes' official codes."""
    closed = (
        visible_communes(viewer)
        .join(ReportSummary, col(ReportSummary.commune_id) == Commune.id)
        .where(ReportSummary.code == code, col(ReportSummary.reopened_at).is_(None))
        .add_columns(ReportSummary)
        .order_by(Commune.code)
    )
    return [_line(commune, summary) for commune, summary in session.execute(closed)]


def _line(commune: Commune, summary: ReportSummary) -> Line:
    headings: dict[str, str] = {}
    figures: dict[str, int | None] = {}
    own: dict[str, int] = {}
    for (code, heading), figure in zip(summary.columns, summary.figures, strict=True):
        if column_of(code) == OWN_SERVICES:
            own[heading] = own.get(heading, 0) + (figure or 0)
        else:
            headings[code], figures[code] = heading, figure
    if own:
        figures[OWN_SERVICES] = sum(own.values())
    return Line(commune, (summary.first, summary.last), headings, figures, own, summary.adjusted)
