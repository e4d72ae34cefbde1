"""The annex of a report in Word: the whole table, laid out by Nghị định 30/2020/NĐ-CP, phụ lục I."""

from dataclasses import replace
from typing import Any

from app.core.strings import _
from app.reports.forms import docx_layout as layout
from app.reports.forms.document import ReportDocument, format_number
from app.reports.forms.parts import table_parts
from app.reports.forms.widths import column_needs, share_width
from app.reports.table import CellValue, ReportColumn, ReportRow

_ROWS_OF_HALF_A_PAGE = 12
_WIDTH, _SIZE, _PADDING = 252, 10, 4.5  # mm between the margins; points; mm beside the text of a cell


def add_annex(word: Any, document: ReportDocument) -> None:
    """The heading, the title in capitals, to which report it belongs; then the tables, each part with the
    names of its rows, on pages turned sideways with numbers of their own."""
    layout.add_landscape(word)
    layout.add_text(word, _("Phụ lục"), bold=True, align=layout.CENTER)
    layout.add_text(word, document.title.upper(), bold=True, align=layout.CENTER)
    layout.add_text(word, document.annexed_note, italic=True, align=layout.CENTER)
    facts = f"{document.table.commune}; {document.days}; {document.as_of}"
    layout.add_text(word, facts, size=13, align=layout.CENTER, after=8)
    _add_parts(word, document.table.columns, document.table.rows, document)
    for extra in document.extra:
        _add_heading(word, extra.name)
        _add_parts(word, extra.columns, extra.rows, document)


def grid_line(cells: tuple[CellValue, ...], *, is_bold: bool = False) -> list[layout.GridCell]:
    """The cells of a line as they are printed; what is unknown is a dash."""
    return [
        layout.GridCell(cell, is_bold=is_bold)
        if isinstance(cell, str)
        else layout.GridCell("–" if cell is None else format_number(cell), is_number=True, is_bold=is_bold)
        for cell in cells
    ]


def _add_parts(
    word: Any, columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...], document: ReportDocument
) -> None:
    parts = table_parts(columns, document.pillars)
    for number, part in enumerate(parts, start=1):
        if len(parts) > 1:
            heading = _add_heading(word, f"{number}. {part.heading}")
            heading.paragraph_format.page_break_before = number > 1 and len(rows) > _ROWS_OF_HALF_A_PAGE
        _add_part(word, columns, rows, (0, *part.places))
    if not parts:
        _add_part(word, columns, rows, (0,))


def _add_part(
    word: Any, columns: tuple[ReportColumn, ...], rows: tuple[ReportRow, ...], places: tuple[int, ...]
) -> None:
    names, *others = column_needs([columns[place] for place in places], _of(rows, places), _SIZE, _PADDING)
    lines = [grid_line(tuple(columns[place].heading for place in places), is_bold=True)]
    lines += [grid_line(row.cells, is_bold=row.hamlet_id is None) for row in _of(rows, places)]
    layout.add_grid(word, lines, share_width(names, others, _WIDTH), _SIZE)


def _of(rows: tuple[ReportRow, ...], places: tuple[int, ...]) -> list[ReportRow]:
    """The rows with the cells of these places alone."""
    return [replace(row, cells=tuple(row.cells[place] for place in places)) for row in rows]


def _add_heading(word: Any, text: str) -> Any:
    heading = layout.add_text(word, text, bold=True, size=13, before=6, after=4)
    heading.paragraph_format.keep_with_next = True
    return heading
