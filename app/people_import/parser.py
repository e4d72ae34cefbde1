"""From the sheets of a file to the people that they list: finding the header, then one person a row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.core.strings import _, lazy
from app.core.text import fold
from app.household_import.reading.reader import Sheet
from app.people_import.records import ListedPerson, PeopleList, RefusedRow

ROLE, PHONE, PLACE, NAME = "role", "phone", "place", "name"
# Patterns for the whole folded heading, without what is in brackets. The first that matches decides.
_RULES = (
    (ROLE, r"(vai tro|chuc vu|chuc danh|nhiem vu)( .*)?"),
    (PHONE, r"(so )?(dien thoai|dt|di dong|dtdd)( .*)?|sdt|so may|phone"),
    (PLACE, r"(ten )?(thon|ban|to dan pho|tdp|khu pho|xom|ap|to)( .*)?"),
    (NAME, r"(ho( va)? )?ten( .*)?|thanh vien"),
)
_COLUMNS = {NAME: lazy("Họ và tên"), PHONE: lazy("Số điện thoại"), PLACE: lazy("Thôn hoặc tổ")}
_BRACKETS = re.compile(r"\([^)]*\)")
_NO_WORD = re.compile(r"[\W_]+")
_HEADER_ROWS = 40  # a header is looked for in this many rows
_HEADING_LENGTH = 120


@dataclass(frozen=True)
class _Header:
    row: int
    columns: dict[str, int]
    duplicates: list[str]

    @property
    def missing(self) -> list[str]:
        """The columns without which nobody can be invited."""
        return [label for role, label in _COLUMNS.items() if role not in self.columns]


def parse(sheets: list[Sheet]) -> PeopleList:
    """The people on the visible sheets, in their order."""
    found = PeopleList()
    filled = [sheet for sheet in sheets if not sheet.hidden and any(map(any, sheet.rows))]
    for sheet in filled:
        _parse_sheet(sheet, found)
    if not filled:
        found.refused.append(RefusedRow("", 0, "", _("Tệp không có dòng nào.")))
    return found


def _parse_sheet(sheet: Sheet, found: PeopleList) -> None:
    header = _find_header(sheet)
    if problem := _header_problem(sheet, header):
        found.refused.append(RefusedRow(sheet.name, 0, "", problem))
        return
    for row, cells in _rows(sheet, header):
        if problem := _row_problem(sheet, header, row):
            found.refused.append(RefusedRow(sheet.name, row + 1, cells[NAME], problem))
        else:
            listed = (cells[NAME], cells[PHONE], cells[PLACE], cells.get(ROLE, ""))
            found.people.append(ListedPerson(sheet.name, row + 1, *listed))


def _find_header(sheet: Sheet) -> _Header:
    """The row with the most of the columns."""
    headers = [_header(row, cells) for row, cells in enumerate(sheet.rows[:_HEADER_ROWS])]
    return max(headers, key=lambda header: len(header.columns))


def _header(row: int, cells: list[str]) -> _Header:
    columns: dict[str, int] = {}
    duplicates = []
    for column, heading in enumerate(cells):
        role = _role_of(heading)
        if role in columns:
            duplicates += [cells[columns[role]].strip(), heading.strip()]
        elif role:
            columns[role] = column
    return _Header(row, columns, duplicates)


def _role_of(heading: str) -> str:
    if len(heading) > _HEADING_LENGTH:
        return ""
    folded = _NO_WORD.sub(" ", fold(_BRACKETS.sub(" ", heading))).strip()
    return next((role for role, pattern in _RULES if re.fullmatch(pattern, folded)), "")


def _header_problem(sheet: Sheet, header: _Header) -> str:
    """Why nobody can be read under this header; "" if they can."""
    if header.missing:
        names = ", ".join(header.missing)
        return _("Không thấy cột: %(names)s. Tên cột phải ở một dòng phía trên danh sách.", names=names)
    if header.duplicates:
        names = ", ".join(f"“{name}”" for name in header.duplicates)
        return _("Có hai cột cùng ý nghĩa: %(columns)s. Hãy để lại một cột.", columns=names)
    hidden = [column for column in header.columns.values() if column in sheet.hidden_columns]
    if hidden:
        names = ", ".join(f"“{sheet.rows[header.row][column].strip()}”" for column in hidden)
        return _("Cột đang bị ẩn: %(columns)s. Hãy cho hiện ra, hoặc xóa hẳn.", columns=names)
    return ""


def _rows(sheet: Sheet, header: _Header) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows under the header with a name, number or place, and their cells by role."""
    for row in range(header.row + 1, len(sheet.rows)):
        line = sheet.rows[row]
        cells = {
            role: line[column].strip() if column < len(line) else ""
            for role, column in header.columns.items()
        }
        if any(cells.values()):
            yield row, cells


def _row_problem(sheet: Sheet, header: _Header, row: int) -> str:
    """Why the row's cells may not hold what the clerk meant; "" if they do."""
    columns = header.columns.values()
    problems = (
        (row in sheet.hidden_rows, _("Dòng này đang bị ẩn hoặc bị lọc: hãy cho hiện ra, hoặc xóa hẳn.")),
        (
            _has_bit(sheet.struck_out, row, columns),
            _("Dòng này có chữ bị gạch ngang: hãy bỏ gạch, hoặc xóa hẳn."),
        ),
        (
            _has_bit(sheet.uncomputed, row, columns),
            _("Dòng này có công thức chưa được tính: hãy mở tệp bằng Excel và lưu lại."),
        ),
        (
            any((row, column) in sheet.dates for column in columns),
            _("Bảng tính đã đổi một ô thành ngày tháng: hãy gõ lại dạng chữ."),
        ),
        (
            _has_bit(sheet.old_font, row, columns),
            _("Dòng này gõ phông cũ: hãy chuyển sang Unicode."),
        ),
        (
            sheet.delimited and len(sheet.rows[row]) > len(sheet.rows[header.row]),
            _("Dòng có nhiều ô hơn tiêu đề, có lẽ thiếu dấu nháy kép: hãy sửa tệp CSV."),
        ),
    )
    return next((sentence for is_so, sentence in problems if is_so), "")


def _has_bit(cells: dict[int, int], row: int, columns: Iterable[int]) -> bool:
    return any(cells.get(row, 0) >> column & 1 for column in columns)
