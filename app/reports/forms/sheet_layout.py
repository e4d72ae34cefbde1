"""Excel sheets: how they are named, and how they are printed on A4."""

import re
from collections.abc import Collection, Sequence
from itertools import count
from typing import Any

from app.core.strings import _
from app.reports.forms.document import xml_text
from app.reports.forms.parts import TablePart
from app.reports.forms.widths import column_needs, share_width
from app.reports.table import ReportColumn, ReportRow

SIZE = 11  # points of the letters
LONGEST_NAME = 31  # characters, as Excel allows
_REFUSED = re.compile(r"[\[\]:*?/\\\x00-\x1f]+")
_RESERVED = "history"  # by Excel
_A4 = 9  # the number of the paper's size
# Inches: the margin, and of a column the width of a character and what is around them.
_MARGIN, _CHARACTER, _AROUND = 0.5, 7.33 / 96, 5 / 96
_INCH = 25.4
_PADDING = 3  # mm beside the text of a cell
# Mm between the margins of A4 turned sideways, without what offices round up.
_PAPER = (297 - 2 * _MARGIN * _INCH) * 0.97
_SMALLEST = 0.9  # letters of ten points


def sheet_name(wanted: str, used: Collection[str]) -> str:
    """A name that Excel takes: without the characters that it refuses, at most as long as it allows, and none
    of the `used` ones, whose capitals do not count."""
    clean = _REFUSED.sub(" ", xml_text(wanted)).strip(" '")[:LONGEST_NAME].strip(" '") or _("Báo cáo")
    known, name = {_RESERVED, *(one.casefold() for one in used)}, clean
    for number in count(2):
        if name.casefold() not in known:
            break
        ending = f" ({number})"
        name = clean[: LONGEST_NAME - len(ending)].rstrip() + ending
    return name


def prepare_print(sheet: Any, title: str, note: str) -> None:
    """Landscape A4, as wide as a page; the headings, title and `note` on each page."""
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.repeat_rows(0)
    _fit_to_page(sheet, title)
    sheet.set_footer("&L" + _header_text(note, 200))


def prepare_facts(sheet: Any, title: str) -> None:
    """Upright A4, as wide as a page, so that a name and its value are on the same one."""
    sheet.set_margins(left=_MARGIN, right=_MARGIN)
    _fit_to_page(sheet, title)


def set_columns(
    sheet: Any, columns: Sequence[ReportColumn], rows: Sequence[ReportRow], parts: Sequence[TablePart]
) -> None:
    """The width of each column, so that no word and no number is broken; and of several parts each on pages
    of its own, with the names of the rows, as large as the widest one allows. A spreadsheet that fits its
    sheet to a page's width would leave out where pages end."""
    sheet.hide_gridlines(0)  # hides none of them: they are printed
    sheet.set_margins(left=_MARGIN, right=_MARGIN)
    names, *others = column_needs(columns, rows, SIZE, _PADDING)
    available = _PAPER / (_SMALLEST if len(parts) > 1 else 1)
    shared = [share_width(names, [others[place - 1] for place in part.places], available) for part in parts]
    name = min((widths[0] for widths in shared), default=min(names.most, _PAPER))
    sheet.set_column(0, 0, _characters(name))
    for part, widths in zip(parts, shared, strict=True):
        for place, width in zip(part.places, widths[1:], strict=True):
            sheet.set_column(place, place, _characters(width))
    if len(parts) > 1:
        widest = max(name + sum(widths[1:]) for widths in shared)
        sheet.set_print_scale(min(100, int(100 * _PAPER / widest)))
        sheet.repeat_columns(0)
        sheet.set_v_pagebreaks([part.places[0] for part in parts[1:]])


def _characters(mm: float) -> float:
    return max(1, (mm / _INCH - _AROUND) / _CHARACTER)


def _fit_to_page(sheet: Any, title: str) -> None:
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_header("&L" + _header_text(title, 120) + "&R&P/&N")


def _header_text(text: str, limit: int) -> str:
    """`text` where `&` begins a code, in the 255 characters that Excel allows."""
    return xml_text(text)[:limit].replace("&", "&&")
