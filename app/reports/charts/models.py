"""What a chart of a report says: names, and numbers beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from app.core.strings import _

ChartCode = Literal["weeks", "services", "hamlets"]
NumberText = Callable[[int], str]


@dataclass(frozen=True)
class ChartRow:
    """A week, service or hamlet with a number for each series, None if it is unknown. `mark`: its name as
    short as an axis has it; `group`: the heading that it stands under, empty if there is none."""

    name: str
    values: tuple[int | None, ...]
    mark: str = ""
    group: str = ""


@dataclass(frozen=True)
class Chart:
    """A chart and the table behind it. `first`: the heading of the names; `series`: code and heading of each
    number; `note`: what of it is not the report's number, empty if all of it is."""

    code: ChartCode
    title: str
    first: str
    series: tuple[tuple[str, str], ...]
    rows: tuple[ChartRow, ...]
    note: str = ""

    def alternative(self, number_text: NumberText) -> str:
        """The whole table in words, for those who do not see the picture."""
        lines = [f"{row.name}: {self._numbers(row, number_text)}" for row in self.rows]
        return f"{self.title}. {'; '.join(lines)}."

    def _numbers(self, row: ChartRow, number_text: NumberText) -> str:
        return ", ".join(
            f"{heading} {_('chưa rõ') if value is None else number_text(value)}"
            for (_code, heading), value in zip(self.series, row.values, strict=True)
        )
