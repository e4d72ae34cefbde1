"""docs/personal-data.md: what is stored about whom, written from the rows of the columns."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import Table

from app.core.personal_data.columns import NotPersonal, Personal, row_of

RULE = "|---|---|---|---|---|---|---|\n"  # above the table's rows


def lines(tables: Iterable[Table]) -> list[str]:
    """The page's rows: of each table first what tells of somebody. Raises `LookupError` for a column that has
    none, and names it."""
    if missing := missing_rows(tables):
        raise LookupError(f"nothing says what is stored in {', '.join(missing)}")
    return [line for table in sorted(tables, key=lambda one: one.name) for line in _lines(table)]


def missing_rows(tables: Iterable[Table]) -> list[str]:
    """The columns without a row, as *table.column*."""
    return sorted(str(column) for table in tables for column in table.columns if row_of(column) is None)


def _lines(table: Table) -> list[str]:
    columns = defaultdict(list)
    for column in table.columns:
        columns[row_of(column)].append(f"`{column.name}`")
    cells = [(_cells(row), names) for row, names in columns.items() if row is not None]
    cells.sort(key=lambda one: (len(one[0]) == 1, one[1]))
    return [
        f"| `{table.name}` | {', '.join(names)} | {' | '.join(of_row + [''] * (5 - len(of_row)))} |\n"
        for of_row, names in cells
    ]


def _cells(row: Personal | NotPersonal) -> list[str]:
    if isinstance(row, NotPersonal):
        return [f"nobody: {row.content}"]
    return [f"{row.subject}: {row.what}", row.purpose, row.basis, row.keep, ", ".join(row.seen_by)]
