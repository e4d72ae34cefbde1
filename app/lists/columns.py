"""The cells of a table, asked for by what their column holds."""

from bisect import bisect_left

from app.core.strings import _
from app.core.text import fold
from app.lists import addresses, kinds, letters, names
from app.lists.faults import clean, old_font
from app.lists.headings import DROPPED, NAME_PARTS, Header, Role
from app.lists.reading import Sheet

_LOOK = 200  # characters in which to see what kind of row it is
_PLACE = (Role.HOUSE_NO, Role.ALLEY, Role.ADDRESS, Role.HAMLET)
STORED = (*NAME_PARTS, Role.HEAD, *_PLACE)
_MAY_REPEAT = frozenset({Role.HOUSE_NO, Role.ALLEY, Role.HAMLET})
# Values that tell two people of one name apart; they are compared and never kept.
_TELLING = DROPPED - {Role.REMARK}


class Columns:
    """A sheet seen through its header. Ask from the top down: *nt* (as above) means the value before."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self._above: dict[int, str] = {}
        self._of = {role: header.columns(role) for role in Role}
        self._names = [column for role in (*NAME_PARTS, Role.HEAD) for column in self._of[role]]
        self._dropped, self._telling = header.columns(*DROPPED), header.columns(*_TELLING)
        self._stored = header.columns(*STORED)
        self._joined = {column: self._downwards(column) for column in header.columns(*_PLACE)}
        self._condemned = {column for column in self._stored if self._has_old_font(column)}
        self.names_hamlets = any(
            self.cell(row, column)
            for column in header.columns(Role.HAMLET)
            for row in range(header.first, len(sheet.rows))
        )
        below = range(header.first, len(sheet.rows))
        self._ordinals = [
            column
            for column in header.columns(Role.ORDINAL)
            if any(self._is_number(row, column) for row in below)
        ]
        self._numbered_by_formula = any(
            _has(sheet.uncomputed, row, column) and self._says_name(row)
            for column in self._ordinals
            for row in sheet.uncomputed
        )
        self.is_numbered_list = bool(self._ordinals)

    def name(self, row: int) -> tuple[str, str]:
        """The head's name as it is written, and without numbering, quotes and title."""
        written = " ".join(
            cell for column in self._names if self._at(row, column) and (cell := self.cell(row, column))
        )
        return written, names.bare(clean(written))

    def place(self, row: int) -> tuple[str, str, str]:
        """House number, alley and hamlet; each "" where the row does not say it."""
        house_no, alley, hamlet = addresses.split(self._value(row, Role.ADDRESS))
        own_house_no, own_alley = self._value(row, Role.HOUSE_NO), self._value(row, Role.ALLEY)
        alley = ", ".join(part for part in (own_alley, alley) if part)
        return own_house_no or house_no, alley, self._value(row, Role.HAMLET) or hamlet

    def is_numbered(self, row: int) -> bool:
        """Whether the row has its number in the list, as households have and totals have not."""
        return bool(self._ordinals) and all(self._is_number(row, column) for column in self._ordinals)

    def shares_number(self, row: int) -> bool:
        """Whether the row beside has the same number in the list: then that numbers households, not rows."""
        beside = [other for other in (row - 1, row + 1) if self.header.first <= other < len(self.sheet.rows)]
        return any(
            (number := self.cell(row, column)) and number == self.cell(other, column)
            for column in self._ordinals
            for other in beside
        )

    def is_bare(self, row: int) -> bool:
        """Whether the row holds nothing but a number: a form filled in less far than it was numbered."""
        ordinals = self._of[Role.ORDINAL]
        filled = [(column, cell.strip()) for column, cell in enumerate(self.sheet.rows[row]) if cell.strip()]
        formulas = self.sheet.uncomputed.get(row, 0)
        if self._numbered_by_formula:
            formulas &= ~sum(1 << column for column in ordinals)
        return not formulas and all(c in ordinals and kinds.NUMERAL.fullmatch(cell) for c, cell in filled)

    def fault_of_cells(self, row: int) -> str:
        """Why the row's cells are not what they seem; "" if they are."""
        if row in self.sheet.hidden_rows:
            return _("Dòng này đang bị ẩn hoặc bị lọc: hãy cho hiện ra, hoặc xóa hẳn.")
        if any(_has(self.sheet.struck, row, column) for column in self._stored):
            return _("Dòng này có chữ bị gạch ngang: hãy bỏ gạch, hoặc xóa hẳn.")
        if self._uncomputed(row):
            return _("Dòng này có công thức chưa được tính: hãy mở tệp bằng Excel và lưu lại.")
        return self._fault_of_values(row)

    def _fault_of_values(self, row: int) -> str:
        if any((row, column) in self.sheet.dates for column in self._stored):
            return _("Bảng tính đã đổi ô như 12/3 thành ngày tháng: hãy gõ lại dạng chữ.")
        if self.sheet.delimited and len(self.sheet.rows[row]) > len(self.header.headings):
            return _("Dòng có nhiều ô hơn tiêu đề, có lẽ thiếu dấu nháy kép: hãy sửa tệp CSV.")
        if any(self._may_be_old_font(row, column) for column in self._stored):
            return old_font(_("họ tên hoặc địa chỉ"))
        return ""

    def has_loose_part(self, row: int) -> bool:
        """Whether a column without a heading, beside that of the name, says something in words."""
        columns = self._names
        beside = {column + step for column in columns for step in (-1, 1)} - set(columns)
        headings = self.header.headings
        return any(
            column >= 0
            and not (column < len(headings) and headings[column])
            and any(char.isalpha() for char in self.cell(row, column))
            for column in beside
        )

    def says_gone(self, row: int) -> bool:
        """Whether a remark or a mark says that the household is no more."""
        cells = ((self.cell(row, c), self.header.headings[c]) for c in self._dropped)
        return any(
            kinds.GONE.search(cell) or (kinds.GONE.search(heading) and not kinds.NOT_SO.fullmatch(cell))
            for cell, heading in cells
            if cell
        )

    def telling(self, row: int) -> tuple[tuple[int, int], ...]:
        """What of the dropped columns tells this person from another of the same name, as hashes."""
        cells = ((column, fold(self.cell(row, column))) for column in self._telling)
        return tuple((column, hash(text)) for column, text in cells if text)

    def filled(self, row: int) -> list[str]:
        """Beginnings of the cells that hold something."""
        return [clean(cell[:_LOOK]) for cell in self.sheet.rows[row] if cell.strip()]

    def cell(self, row: int, column: int) -> str:
        cells = self.sheet.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def _value(self, row: int, role: Role) -> str:
        values = (self._at(row, column) or self._from_joined(row, column) for column in self._of[role])
        return ", ".join(value for value in values if value)

    def _at(self, row: int, column: int) -> str:
        text, role = clean(self.cell(row, column)), self.header.roles[column]
        if kinds.AS_ABOVE.fullmatch(text):
            return self._above.get(column, "") if role in _MAY_REPEAT else ""
        text = text if any(char.isalnum() or char == "?" for char in text) else ""
        if role is Role.HOUSE_NO:
            text = kinds.WHOLE_NUMBER.sub(r"\1", text)
        if role in (Role.HOUSE_NO, Role.ALLEY) and kinds.NO_NUMBER.fullmatch(text):
            text = ""
        if role is Role.HAMLET:
            text = kinds.hamlet_of_cell(text)
        self._above[column] = text
        return text

    def _from_joined(self, row: int, column: int) -> str:
        """The value of the cell that this one is joined to from above."""
        joined = self._joined.get(column, [])
        nearest = bisect_left(joined, (row, 0)) - 1
        return self._at(joined[nearest][0], column) if nearest >= 0 and joined[nearest][1] >= row else ""

    def _downwards(self, column: int) -> list[tuple[int, int]]:
        """Ranges of this column joined over several rows: first and last row, sorted."""
        return sorted(
            (top, bottom)
            for top, left, bottom, right in self.sheet.merged
            if left == right == column and bottom > top >= self.header.first
        )

    def _is_number(self, row: int, column: int) -> bool:
        """Whether the cell numbers a row that says a name, or is a number by itself."""
        number = bool(kinds.NUMBER_IN_LIST.fullmatch(self.cell(row, column)))
        return number or (_has(self.sheet.uncomputed, row, column) and self._says_name(row))

    def _says_name(self, row: int) -> bool:
        return any(self.cell(row, column) for column in self._names)

    def _uncomputed(self, row: int) -> bool:
        """Whether a formula without a value could have said something that is stored."""
        named = any(self.cell(row, column) for column in self._stored)
        columns = [*self._stored, *self._of[Role.RELATION]] if named else None
        bits = self.sheet.uncomputed.get(row, 0)
        return bits != 0 if columns is None else any(bits >> column & 1 for column in columns)

    def _has_old_font(self, column: int) -> bool:
        return any(
            letters.is_old_font(self.cell(row, column))
            for row in range(self.header.first, len(self.sheet.rows))
        )

    def _may_be_old_font(self, row: int, column: int) -> bool:
        suspect = column in self._condemned or _has(self.sheet.old_font, row, column)
        return suspect and letters.may_be_old_font(self.cell(row, column))


def _has(cells: dict[int, int], row: int, column: int) -> bool:
    return bool(cells.get(row, 0) >> column & 1)
