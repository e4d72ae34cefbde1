"""From the sheets of a file to the supervisors that they list: finding the header, then one commune a row."""

import re

from app.core.strings import _, lazy
from app.intake.household_import.reading.reader import Sheet
from app.intake.people_import.parser import Header, cells_below, duplicate_problem, read_header, row_problem
from app.intake.supervisor_import.records import ListedSupervisor, RefusedRow, SupervisorList

CODE, COMMUNE, NAME, SIGN_IN = "code", "commune", "name", "sign_in_name"
# Patterns for the whole folded heading, without what is in brackets. The first that matches decides.
_RULES = (
    (SIGN_IN, r"(ten )?(dang nhap|tai khoan)( .*)?"),
    (CODE, r"ma( .*)?"),
    (NAME, r"(ho( va)? )?ten( can bo)?|can bo( .*)?"),
    (COMMUNE, r"(ten )?(xa|phuong|dac khu|don vi)( .*)?"),
)
_COLUMNS = {CODE: lazy("Mã"), NAME: lazy("Họ và tên"), SIGN_IN: lazy("Tên đăng nhập")}
_HEADER_ROWS = 40  # a header is looked for in this many rows


def parse(sheets: list[Sheet]) -> SupervisorList:
    """The supervisors on the visible sheets, in their order."""
    found = SupervisorList()
    filled = [sheet for sheet in sheets if not sheet.hidden and any(map(any, sheet.rows))]
    for sheet in filled:
        _parse_sheet(sheet, found)
    if not filled:
        found.refused.append(RefusedRow("", 0, "", _("Tệp không có dòng nào.")))
    return found


def _parse_sheet(sheet: Sheet, found: SupervisorList) -> None:
    headers = [read_header(row, cells, _role_of) for row, cells in enumerate(sheet.rows[:_HEADER_ROWS])]
    header = max(headers, key=lambda one: len(one.columns))
    if problem := _header_problem(sheet, header):
        found.refused.append(RefusedRow(sheet.name, 0, "", problem))
        return
    for row, cells in cells_below(sheet, header):
        commune = cells.get(COMMUNE, "")
        if problem := row_problem(sheet, header, row):
            refused = RefusedRow(sheet.name, row + 1, commune or cells[CODE], problem)
            found.refused.append(refused)
        elif not cells[NAME] and not cells[SIGN_IN]:
            found.blank += 1
        else:
            listed = (cells[CODE], commune, cells[NAME], cells[SIGN_IN])
            found.rows.append(ListedSupervisor(sheet.name, row + 1, *listed))


def _role_of(folded: str) -> str:
    return next((role for role, pattern in _RULES if re.fullmatch(pattern, folded)), "")


def _header_problem(sheet: Sheet, header: Header) -> str:
    """Why nobody can be read under this header; "" if they can."""
    missing = [str(label) for role, label in _COLUMNS.items() if role not in header.columns]
    if missing:
        names = ", ".join(missing)
        return _("Không thấy cột: %(names)s. Tên cột phải ở một dòng phía trên danh sách.", names=names)
    return duplicate_problem(sheet, header)
