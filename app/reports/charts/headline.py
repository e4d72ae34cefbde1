"""The six figures of a report, each beside that of the period before."""

from dataclasses import dataclass

from app.core.clock import local_date
from app.core.strings import lazy
from app.reports.compare import whole_figures
from app.reports.table import ReportTable

FIGURES = {
    "guided": lazy("Hộ được hướng dẫn"),
    "met": lazy("Hộ đã gặp"),
    "visits": lazy("Lượt thăm hộ"),
    "applications": lazy("Hồ sơ DVC"),
    "warned": lazy("Hộ được cảnh báo lừa đảo"),
    "sessions": lazy("Buổi tuyên truyền"),
}
"""The columns whose figures of the commune a report opens with."""


@dataclass(frozen=True)
class HeadlineFigure:
    """A figure of the commune by the code of its column, in the period and in the one before; None if it is
    unknown."""

    code: str
    label: str
    now: int | None
    before: int | None

    @property
    def change(self) -> int | None:
        """How much more it is than before; None if one of the two is unknown."""
        return None if self.now is None or self.before is None else self.now - self.before


def headline(now: ReportTable, before: ReportTable) -> list[HeadlineFigure]:
    """The six figures; `before`: the report of the period before."""
    figures = zip(whole_figures(now, FIGURES), whole_figures(before, FIGURES), strict=True)
    return [
        HeadlineFigure(code, str(FIGURES[code]), *both) for code, both in zip(FIGURES, figures, strict=True)
    ]


def has_figures(table: ReportTable) -> bool:
    """Whether anything is counted in it that could be compared with."""
    return any(whole_figures(table, ("guided", "visits", "sessions")))


def is_running(table: ReportTable) -> bool:
    """Whether its period was not over when its figures were read."""
    return not table.is_closed and local_date(table.as_of) <= table.period.last
