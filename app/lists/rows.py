"""Rows under a header → homes, refusals, and a count of what is neither (totals, signatures, members)."""

from collections.abc import Iterator
from dataclasses import replace

from app.core.strings import _
from app.lists import headings, kinds
from app.lists.columns import Columns
from app.lists.faults import clean, fault_of_hamlet, fault_of_label, fault_of_name
from app.lists.headings import DROPPED, Header, Role
from app.lists.homes import Home, Refusal, Understood
from app.lists.reading import Sheet


def understand(sheets: list[Sheet]) -> Understood:
    """Every sheet of a file, in its order."""
    found = Understood(sheets=[sheet.name for sheet in sheets])
    for sheet in sheets:
        if sheet.hidden:
            found.hidden.append(sheet.name)
        elif any(any(cell.strip() for cell in row) for row in sheet.rows):
            _Table(sheet, found).read()
    return found


class _Table:
    """One sheet on its way: where its header is, and which hamlet its rows stand under."""

    def __init__(self, sheet: Sheet, found: Understood) -> None:
        self.sheet, self.found = sheet, found
        self.hamlet = ""
        self.signed = False
        self.homes: list[Home] = []

    def read(self) -> None:
        header = headings.find(self.sheet)
        if header is None:
            self._refuse(0, _("Không thấy dòng tiêu đề có cột Họ và tên chủ hộ (và Số nhà, Ngõ, Thôn)."))
            return
        if header.twice:
            columns = ", ".join(f"“{heading}”" for heading in header.twice)
            self._refuse(0, _("Có hai cột cùng ý nghĩa: %(columns)s. Hãy để lại một cột.", columns=columns))
            return
        self.columns = Columns(self.sheet, header)
        if not header.columns(Role.HAMLET):
            self.hamlet = clean(kinds.hamlet_of_sheet(self.sheet.name))
        for row in range(header.top):
            self._is_section(self.columns.filled(row))
        self._count_dropped_columns(header)
        for row in self._rows_of(header):
            self._row(header, row)
        self._settle_capitals()
        self.found.homes += self.homes

    def _rows_of(self, header: Header) -> Iterator[int]:
        """Rows with something in them, but repeated headers."""
        row, column = header.first, header.columns(Role.FAMILY, Role.HEAD)[0]
        while row < len(self.sheet.rows):
            # A cheap look first: a list has as many rows as households.
            is_heading = headings.role_of(self.columns.cell(row, column)) is not Role.OTHER
            again = headings.at(self.sheet, row) if is_heading else None
            if again and again.roles != header.roles:
                self._refuse(row + 1, _("Bảng thứ hai có các cột khác bảng trên: hãy để ở trang riêng."))
                return
            if again:
                self.signed = False
            elif not self.columns.is_bare(row):
                yield row
            row = again.first if again else row + 1

    def _row(self, header: Header, row: int) -> None:
        filled, name, numbered = (
            self.columns.filled(row),
            self.columns.name(row),
            self.columns.is_numbered(row),
        )
        if kinds.is_total(name or filled[0], sure=numbered):
            self._skip(_("tổng cộng"))
        elif not numbered and self._is_section(filled):
            self._skip(_("tên thôn"))
        elif not numbered and self._is_signature(filled, name):
            self._skip(_("ngày tháng, chữ ký, lời ghi cuối bảng"))
        elif not self.columns.is_head(row):
            self._skip(_("người trong hộ, không phải chủ hộ"))
        else:
            self._count_dropped_values(header, row)
            self._home(row, name)

    def _is_section(self, filled: list[str]) -> bool:
        """Whether the row only names the hamlet of those under it; numerals beside it do not count."""
        words = [cell for cell in filled if not kinds.NUMERAL.fullmatch(cell)]
        if len(words) != 1 or not (hamlet := kinds.section(words[0]) or kinds.hamlet_in_title(words[0])):
            return False
        self.hamlet = hamlet
        return True

    def _is_signature(self, filled: list[str], name: str) -> bool:
        """Whether the row belongs to what stands under the table: place, date, offices, names."""
        if self.signed:
            return len(filled) <= 2
        signs = [bool(kinds.SIGNATURE.match(cell)) for cell in filled]
        self.signed = all(signs) or (any(signs) and not name)
        return self.signed

    def _home(self, row: int, name: str) -> None:
        house_no, alley, hamlet = self.columns.place(row)
        hamlet = hamlet or self.hamlet
        fault = (
            fault_of_name(name)
            or (
                self.columns.has_dates(row)
                and _("Bảng tính đã đổi ô như 12/3 thành ngày tháng: hãy gõ dạng chữ.")
            )
            or fault_of_label(house_no, alley)
            or fault_of_hamlet(hamlet)
        )
        if fault:
            self._refuse(row + 1, fault)
        else:
            self.homes.append(Home(self.sheet.name, row + 1, name, house_no, alley, hamlet))

    def _fault_of_dates(self, row: int) -> str:
        if not self.columns.has_dates(row):
            return ""
        return _("Bảng tính đã đổi ô như 12/3 thành ngày tháng: hãy gõ lại dạng chữ.")

    def _count_dropped_columns(self, header: Header) -> None:
        for heading, role in zip(header.headings, header.roles, strict=True):
            if role in DROPPED and heading:
                self.found.dropped.setdefault(heading, 0)

    def _count_dropped_values(self, header: Header, row: int) -> None:
        for column, cell in enumerate(self.sheet.rows[row]):
            known = column < len(header.roles)
            if cell.strip() and (not known or header.roles[column] in DROPPED):
                heading = header.headings[column] if known else ""
                heading = heading or _("(cột không có tiêu đề)")
                self.found.dropped[heading] = self.found.dropped.get(heading, 0) + 1

    def _settle_capitals(self) -> None:
        """Capitals are a habit of typing, of a whole column or of whoever added a few rows later."""
        for place, home in enumerate(self.homes):
            if home.head_name.isupper():
                self.homes[place] = replace(home, head_name=kinds.title(home.head_name))
                self.found.capitals += 1

    def _skip(self, kind: str) -> None:
        self.found.skipped[kind] = self.found.skipped.get(kind, 0) + 1

    def _refuse(self, row: int, sentence: str) -> None:
        self.found.refusals.append(Refusal(self.sheet.name, row, sentence))
