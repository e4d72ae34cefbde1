"""The table of a report, as every form shows it: screen, Excel, CSV and Word."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from app.commune.calendar.period import Period
from app.reports.adjustments import Adjustment

CellValue = str | int | None  # None: unknown, which is not zero


ColumnKind = Literal["text", "number"]


@dataclass(frozen=True)
class ReportColumn:
    """A column: its code (for tests and closed snapshots), its heading, and what its cells are. Columns of
    services have the code `service.<code>`."""

    code: str
    heading: str
    kind: ColumnKind = "number"


@dataclass(frozen=True)
class ReportRow:
    """One row: a hamlet's; an adjustment of the earlier period with the code `adjusts`; or the commune's.
    Only a hamlet's has a `hamlet_id`. A cell for every column."""

    hamlet_id: str | None
    cells: tuple[CellValue, ...]
    adjusts: str = ""


@dataclass(frozen=True)
class Remark:
    """What a supervisor wrote about the period."""

    day: date
    author: str
    text: str
    id: str = ""


@dataclass(frozen=True)
class ReportTable:
    """A period's figures: a row for every hamlet in the commune's order, the adjustments of earlier periods,
    then the commune's, which has both.

    `difficulties`, `practices`: what was written about it. `adjustments`: those of a period that is open.
    `as_of`: when the figures were read, or when the period was closed if `is_closed`.
    """

    commune: str
    period: Period
    as_of: datetime
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]
    is_closed: bool = False
    notes: tuple[str, ...] = field(default_factory=tuple)
    difficulties: tuple[Remark, ...] = ()
    practices: tuple[Remark, ...] = ()
    adjustments: tuple[Adjustment, ...] = field(default=(), compare=False)

    @property
    def whole(self) -> dict[str, int]:
        """The commune's figures by the code of their column, without those that are not known."""
        return self.figures_of(self.rows[-1]) if self.rows else {}

    def figures_of(self, row: ReportRow) -> dict[str, int]:
        """A row's figures by the code of their column, without those that are not known."""
        cells = zip(self.columns, row.cells, strict=True)
        return {column.code: cell for column, cell in cells if isinstance(cell, int)}


def kind_of(name: str) -> ColumnKind:
    """What a column's cells are, by the name that a closed period stores."""
    return "text" if name == "text" else "number"
