"""From the sheets of a file to the people that they list: finding the header, then one person a row."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from app.core.strings import _, lazy
from app.core.text import fold
from app.intake.household_import.parsing import patterns
from app.intake.household_import.reading.reader import Sheet
from app.intake.people_import.records import ListedPerson, PeopleList, RefusedRow
from app.intake.people_import.roles import place_in, role_of

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
class Header:
    """A row of headings, which count from 0: the columns by role, and headings that have the same one."""

    row: int
    columns: dict[str, int]
    duplicates: list[str]

    @property
    def missing(self) -> list[str]:
        """The columns without which nobody can be invited."""
        return [label for role, label in _COLUMNS.items() if role not in self.columns]

    @property
    def missing_of_people(self) -> bool:
        """Whether names or numbers have no column; the place may stand elsewhere."""
        return not {NAME, PHONE} <= self.columns.keys()


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
    header = find_header(sheet)
    places = _Places(sheet, header)
    if problem := _header_problem(sheet, header, has_places=places.has_any):
        found.refused.append(RefusedRow(sheet.name, 0, "", problem))
        return
    for row, cells in cells_below(sheet, header):
        if places.is_section(row):
            continue
        if problem := row_problem(sheet, header, row):
            found.refused.append(RefusedRow(sheet.name, row + 1, cells[NAME], problem))
        else:
            listed = (cells[NAME], cells[PHONE], places.of(row), cells.get(ROLE, ""))
            found.people.append(ListedPerson(sheet.name, row + 1, *listed))


def find_header(sheet: Sheet) -> Header:
    """The row with the most of the columns."""
    headers = [read_header(row, cells, _role) for row, cells in enumerate(sheet.rows[:_HEADER_ROWS])]
    return _with_one_role(sheet, max(headers, key=lambda header: len(header.columns)))


def _with_one_role(sheet: Sheet, header: Header) -> Header:
    """The header with one column of roles: of *Chức vụ* and *Nhiệm vụ trong Tổ* the one that has the roles of
    a team; as it is if that is not clear."""
    headings = sheet.rows[header.row]
    columns = [column for column, heading in enumerate(headings) if _role(_folded(heading)) == ROLE]
    below = sheet.rows[header.row + 1 :]
    clear = [
        column
        for column in columns
        if any(row[column].strip() and role_of(row[column]) for row in below if column < len(row))
    ]
    if len(columns) < 2 or len(clear) != 1:
        return header
    others = {headings[column].strip() for column in columns}
    duplicates = [heading for heading in header.duplicates if heading not in others]
    return Header(header.row, header.columns | {ROLE: clear[0]}, duplicates)


def read_header(row: int, cells: list[str], role_of_heading: Callable[[str], str]) -> Header:
    """The columns of a row by their role, which `role_of_heading` says of a folded heading; "" is none."""
    columns: dict[str, int] = {}
    duplicates = []
    for column, heading in enumerate(cells):
        role = role_of_heading(_folded(heading))
        if role in columns:
            duplicates += [cells[columns[role]].strip(), heading.strip()]
        elif role:
            columns[role] = column
    return Header(row, columns, duplicates)


def _folded(heading: str) -> str:
    if len(heading) > _HEADING_LENGTH:
        return ""
    return _NO_WORD.sub(" ", fold(_BRACKETS.sub(" ", heading))).strip()


def _role(folded: str) -> str:
    return next((role for role, pattern in _RULES if re.fullmatch(pattern, folded)), "")


def _header_problem(sheet: Sheet, header: Header, *, has_places: bool) -> str:
    """Why nobody can be read under this header; "" if they can."""
    if header.missing_of_people or (header.missing and not has_places):
        names = ", ".join(header.missing)
        return _("Không thấy cột: %(names)s. Tên cột phải ở một dòng phía trên danh sách.", names=names)
    return duplicate_problem(sheet, header)


def duplicate_problem(sheet: Sheet, header: Header) -> str:
    """Why it is not clear which columns hold the list; "" if it is."""
    if header.duplicates:
        names = ", ".join(f"“{name}”" for name in header.duplicates)
        return _("Có hai cột cùng ý nghĩa: %(columns)s. Hãy để lại một cột.", columns=names)
    hidden = [column for column in header.columns.values() if column in sheet.hidden_columns]
    if hidden:
        names = ", ".join(f"“{sheet.rows[header.row][column].strip()}”" for column in hidden)
        return _("Cột đang bị ẩn: %(columns)s. Hãy cho hiện ra, hoặc xóa hẳn.", columns=names)
    return ""


class _Places:
    """The hamlet or team of each row: its cell, the line of its section, the title or the sheet's name."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self._sheet, self._column = sheet, header.columns.get(PLACE)
        self._sections = {
            row: place
            for row, line in enumerate(sheet.rows)
            if row != header.row and (place := _section(line, is_title=row < header.row))
        }
        self._merged = {
            row: top
            for top, left, bottom, right in sheet.merged
            if left == right == self._column
            for row in range(top, min(bottom, len(sheet.rows) - 1) + 1)
        }
        name = patterns.hamlet_of_sheet(sheet.name)
        self._of_sheet = place_in(name) if self._column is None else ""
        self.has_any = bool(self._sections or self._of_sheet)

    def is_section(self, row: int) -> bool:
        return row in self._sections

    def of(self, row: int) -> str:
        """The place of the row; "" if nothing names it."""
        above = max((section for section in self._sections if section < row), default=-1)
        return self._cell(row) or self._sections.get(above, self._of_sheet)

    def _cell(self, row: int) -> str:
        if self._column is None:
            return ""
        line = self._sheet.rows[self._merged.get(row, row)]
        return line[self._column].strip() if self._column < len(line) else ""


def _section(line: list[str], *, is_title: bool) -> str:
    """The place in a line that only names one, beside a numeral; titles may have other words beside it."""
    cells = [text for cell in line if (text := cell.strip()) and not patterns.NUMERAL.fullmatch(text)]
    return place_in(cells[0]) if len(cells) == 1 or (cells and is_title) else ""


def cells_below(sheet: Sheet, header: Header) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows under the header with a cell in one of its columns, and these cells by role."""
    for row in range(header.row + 1, len(sheet.rows)):
        line = sheet.rows[row]
        cells = {
            role: line[column].strip() if column < len(line) else ""
            for role, column in header.columns.items()
        }
        if any(cells.values()):
            yield row, cells


def row_problem(sheet: Sheet, header: Header, row: int) -> str:
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
