"""CSV: UTF-8 with a byte order mark, one line of headings, numbers and dates as machines read them."""

import csv
import io
import re
from collections.abc import Iterable

from app.core.strings import _
from app.reports.forms.document import ReportDocument

BOM = "\ufeff"  # without it Excel reads the file in the computer's old code page
# Where a spreadsheet would read a formula (owasp.org, CSV injection): at a sign, also in full width, that
# begins the cell, or a part of it if the spreadsheet separates cells by `;` or tabs and ignores the quotes.
_FORMULA = re.compile(r"""(?:^(?=\s*[=+\-@＝＋－＠])|(?<=[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠]))""")

Cell = str | int | None


def write_csv(document: ReportDocument) -> bytes:
    """The table; remarks, if there are any, in columns of the commune's line. The heading of a last, empty
    column says what it is, of when, and who made it."""
    table = document.table
    note = "; ".join((document.title, table.commune, document.days, document.as_of, document.made_note))
    columns = ((_("Khó khăn, kiến nghị"), table.difficulties), (_("Cách làm hay"), table.practices))
    remarks = [(heading, written) for heading, written in columns if written]
    lines: list[Iterable[Cell]] = [
        [*(column.heading for column in table.columns), *(heading for heading, _written in remarks), note]
    ]
    for row in table.rows:
        texts = ["\n".join(one.text for one in written) for _heading, written in remarks]
        own = texts if row.hamlet_id is None else [None] * len(texts)
        lines.append([*row.cells, *own, None])
    return (BOM + csv_lines(lines)).encode()


def csv_lines(rows: Iterable[Iterable[Cell]]) -> str:
    """The rows as lines of CSV; no text in them is a formula."""
    return join_cells([safe_cell(cell) for cell in row] for row in rows)


def join_cells(rows: Iterable[Iterable[Cell]]) -> str:
    """The rows as lines of CSV, of cells that are safe."""
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue()


def safe_cell(cell: Cell) -> Cell:
    """`cell`; what a spreadsheet would take for a formula in a text begins with an apostrophe."""
    return _FORMULA.sub("'", cell) if isinstance(cell, str) else cell
