"""What the reports of a year must say: counted by `definitions` when a period is closed, and now."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlmodel import Session

from app.commune.calendar.period import Period, PeriodKind, period_label, period_of, previous_period
from tests.reports.year.definitions import WHOLE, Definitions, Figures

KINDS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
Line = list[str | int | None]
# The columns of a report around those of the services, and what the glossary calls them.
BEFORE = {
    "hamlet": "Thôn", "teams": "Tổ", "members": "Thành viên", "active_members": "Hoạt động",
    "households": "Tổng số hộ", "guided": "Hộ được hướng dẫn", "cumulative": "Lũy kế hộ được hướng dẫn",
    "met": "Hộ đã gặp", "visits": "Lượt thăm hộ", "not_home": "Vắng nhà",
}  # fmt: skip
AFTER = {
    "applications": "Hồ sơ DVC", "warned": "Hộ được cảnh báo lừa đảo", "sessions": "Buổi",
    "attended": "Người dự", "needs": "Nhu cầu",
}  # fmt: skip
OF_A_DAY = ("teams", "members", "active_members", "households", "cumulative", "needs")


def adds_up(code: str) -> bool:
    """Whether a figure is what happened in a period, so that it can change after the period was closed."""
    return code not in OF_A_DAY


@dataclass(frozen=True)
class Report:
    """A report as it must be printed: codes and headings of its columns, its lines, the hamlets' ids of the
    first ones, notes that it must have, and remarks (kind, text, author)."""

    codes: list[str]
    headings: list[str]
    lines: list[Line]
    hamlets: list[str]
    notes: list[str]
    remarks: list[tuple[str, str, str]]

    @property
    def whole(self) -> dict[str, int]:
        """What adds up of the commune's line."""
        cells = zip(self.codes[1:], self.lines[-1][1:], strict=True)
        return {code: cell for code, cell in cells if adds_up(code) and isinstance(cell, int) and cell}

    def cell(self, place: str, code: str) -> int | None:
        """A hamlet's figure, or the commune's; None if there is none."""
        if code not in self.codes or place not in (*self.hamlets, WHOLE):
            return None
        line = self.lines[-1] if place == WHOLE else self.lines[self.hamlets.index(place)]
        found = line[self.codes.index(code)]
        assert found is None or isinstance(found, int)
        return found

    def name(self, place: str) -> str:
        """What a line is called."""
        line = self.lines[-1] if place == WHOLE else self.lines[self.hamlets.index(place)]
        return str(line[0])


Change = tuple[Period, Figures]  # of a period that was closed before, what it counts more by now


@dataclass(frozen=True)
class Closed:
    """A closed period: its own figures at the closing, the changes of others that it has, and its report."""

    period: Period
    own: Figures
    changes: list[Change]
    report: Report


@dataclass
class Closings:
    """The closed periods of a commune by kind, the earliest first, and the earliest that is open."""

    month_start: int
    first_day: date
    closed: dict[PeriodKind, list[Closed]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def open_period(self, kind: PeriodKind) -> Period:
        """The earliest period of a kind that is not closed."""
        closed = self.closed[kind]
        day = closed[-1].period.last + timedelta(days=1) if closed else self.first_day
        return period_of(kind, day, self.month_start)

    def close(self, session: Session, commune_id: str, period: Period, now: datetime) -> None:
        """Note what the period counts now, right before it is closed."""
        counts = Counts(session, commune_id, now, self)
        closed = Closed(period, counts.figures(period), counts.changes(period), counts.report(period))
        self.closed[period.kind].append(closed)

    def reopen(self, kind: PeriodKind) -> Period:
        """The latest closed one of its kind."""
        return self.closed[kind].pop().period


class Counts:
    """The figures at one moment, each counted once."""

    def __init__(self, session: Session, commune_id: str, now: datetime, closings: Closings) -> None:
        self.definitions = Definitions(session, commune_id, now)
        self._closings, self._counted = closings, dict[str, Figures]()

    def figures(self, period: Period) -> Figures:
        """The period's own, whether it is closed or not."""
        if period.code not in self._counted:
            self._counted[period.code] = self.definitions.figures(period.first, period.last)
        return self._counted[period.code]

    def changes(self, period: Period) -> list[Change]:
        """Of each period of its kind that was closed before it what that one counts more by now, and that no
        report has printed: by hamlet as it stands at the end of `period`."""
        if period.kind not in KINDS:
            return []
        standing = self.definitions.standing(period.last)
        closed = self._closings.closed[period.kind]
        found = []
        for earlier in (one for one in closed if one.period.last < period.first):
            printed = [
                figures for one in closed for changed, figures in one.changes if changed == earlier.period
            ]
            change: defaultdict[str, Counter[str]] = defaultdict(Counter)
            _add(change, self.figures(earlier.period), standing, 1)
            for figures in (earlier.own, *printed):
                _add(change, figures, standing, -1)
            nonzero = {
                place: Counter({code: n for code, n in counts.items() if n})
                for place, counts in change.items()
            }
            if any(nonzero.values()):
                found.append((earlier.period, {place: counts for place, counts in nonzero.items() if counts}))
        return found

    def report(self, period: Period) -> Report:
        """The report as it must be printed: of a closed period as it was closed."""
        for one in self._closings.closed.get(period.kind, []):
            if one.period == period:
                return one.report
        figures, changes = self.figures(period), self.changes(period)
        standing = self.definitions.standing(period.last)
        hamlets = [one for one in self.definitions.hamlets() if standing[one[0]] == one[0]]
        columns = self._columns(figures, changes)
        lines = [
            _line(name, figures.get(id, Counter()), columns, hides_households=is_merged)
            for id, name, is_merged in hamlets
        ]
        for changed, cells in changes:
            lines += [
                [
                    f"Điều chỉnh kỳ {period_label(changed)}: {name}",
                    *(cells[id][code] if adds_up(code) else None for code in list(columns)[1:]),
                ]
                for id, name, _is_merged in hamlets
                if id in cells
            ]
        whole = Counter(figures[WHOLE])
        for _changed, cells in changes:
            whole.update(cells.get(WHOLE, Counter()))
        lines.append(_line("Toàn xã", whole, columns))
        return Report(
            [*columns],
            [*columns.values()],
            lines,
            [id for id, _name, _is_merged in hamlets],
            self._notes(period, standing, is_adjusted=bool(changes)),
            self._remarks(period),
        )

    def year_earlier(self, period: Period) -> Period:
        """The same period of the year before."""
        years = {PeriodKind.MONTH: 12, PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}[period.kind]
        for _step in range(years):
            period = previous_period(period, self._closings.month_start)
        return period

    def _columns(self, figures: Figures, changes: Iterable[Change]) -> dict[str, str]:
        used = {code for code, figure in figures.get(WHOLE, Counter()).items() if figure}
        for _period, cells in changes:
            used.update(code for place, counts in cells.items() if place != WHOLE for code in counts)
        services = {
            f"service.{code}": label
            for code, label, unit, is_on in self.definitions.services()
            if unit != "applications" and (is_on or f"service.{code}" in used)
        }
        return BEFORE | services | AFTER

    def _notes(self, period: Period, standing: dict[str, str], *, is_adjusted: bool) -> list[str]:
        before = self.definitions.standing(period.first - timedelta(days=1))
        names = {id: name for id, name, _is_merged in self.definitions.hamlets()}
        notes = ["Dòng Điều chỉnh:"] if is_adjusted else []
        notes += [
            f"{names[id]} đã gộp vào {names[into]}: cả kỳ tính vào {names[into]}."
            for id, into in standing.items()
            if id != into and before[id] == id
        ]
        if since := self.definitions.first_guided():
            notes.append(f"Lũy kế: hộ được hướng dẫn ít nhất một lần, từ tháng {since:%m/%Y} đến hết kỳ.")
        return notes

    def _remarks(self, period: Period) -> list[tuple[str, str, str]]:
        written = self.definitions.remarks(period.first, period.last)
        return [one for kind in ("difficulty", "practice") for one in written if one[0] == kind]


def _add(
    change: defaultdict[str, Counter[str]], figures: Figures, standing: dict[str, str], sign: int
) -> None:
    for place, counts in figures.items():
        for code, figure in counts.items():
            if adds_up(code):
                change[standing.get(place, WHOLE)][code] += sign * figure


def _line(
    name: str, figures: Counter[str], columns: Iterable[str], *, hides_households: bool = False
) -> Line:
    """A line; nobody knows how many households a hamlet had that was merged since, nor how many people came
    to sessions at which nobody counted them."""
    cells: dict[str, str | int | None] = {code: figures[code] for code in columns} | {"hamlet": name}
    if hides_households:
        cells["households"] = None
    if figures["sessions"] and not figures["attended"]:
        cells["attended"] = None
    return [cells[code] for code in columns]
