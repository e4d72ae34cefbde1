"""Access to the cells of a table by the role of their column."""

from bisect import bisect_left

from app.core.strings import _
from app.core.text import fold, mask_digits
from app.intake.household_import.parsing import addresses, encodings, names, patterns
from app.intake.household_import.parsing.column_roles import DROPPED, NAME_PARTS, ColumnRole
from app.intake.household_import.parsing.headers import Header
from app.intake.household_import.parsing.validation import clean_text, old_font_error
from app.intake.household_import.reading.reader import Sheet

_REMARK_LENGTH = 80  # characters of a remark that is asked about
_PREVIEW_LENGTH = 200  # characters of a cell; enough to recognise the kind of row
_PLACE = (ColumnRole.HOUSE_NO, ColumnRole.ALLEY, ColumnRole.ADDRESS, ColumnRole.HAMLET)
STORED = (*NAME_PARTS, ColumnRole.HEAD, *_PLACE)
_MAY_REPEAT = frozenset({ColumnRole.HOUSE_NO, ColumnRole.ALLEY, ColumnRole.HAMLET})
# Columns that distinguish people of the same name; only hashes of their values are used.
_IDENTIFYING = DROPPED - {ColumnRole.REMARK}


class Columns:
    """A sheet's cells below its header. Read rows from top to bottom: *nt* repeats the value above."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self._value_above: dict[int, str] = {}
        self._by_role = {role: header.columns(role) for role in ColumnRole}
        self._names = [column for role in (*NAME_PARTS, ColumnRole.HEAD) for column in self._by_role[role]]
        self._dropped, self._identifying = header.columns(*DROPPED), header.columns(*_IDENTIFYING)
        self._stored = header.columns(*STORED)
        self._merged_down = {column: self._vertical_ranges(column) for column in header.columns(*_PLACE)}
        self._old_font_columns = {column for column in self._stored if self._has_old_font(column)}
        self.names_hamlets = any(
            self.cell(row, column)
            for column in header.columns(ColumnRole.HAMLET)
            for row in range(header.data_row, len(sheet.rows))
        )
        below = range(header.data_row, len(sheet.rows))
        self._ordinals = [
            column
            for column in header.columns(ColumnRole.ORDINAL)
            if any(self._is_number(row, column) for row in below)
        ]
        self._numbered_by_formula = any(
            _has_bit(sheet.uncomputed, row, column) and self._has_name(row)
            for column in self._ordinals
            for row in sheet.uncomputed
        )
        self.is_numbered_list = bool(self._ordinals)

    def name(self, row: int) -> tuple[str, str]:
        """The head's name as written in the list, and the name without numbering, quotes and title."""
        written = " ".join(
            cell
            for column in self._names
            if self._clean_value(row, column) and (cell := self.cell(row, column))
        )
        return written, names.strip_title(clean_text(written))

    def address(self, row: int) -> tuple[str, str, str, list[str]]:
        """House number, alley and hamlet, "" for what the row does not have, and what is above the hamlet."""
        house_no, alley, hamlet, above = addresses.split_address(self._value(row, ColumnRole.ADDRESS))
        own_house_no, own_alley = self._value(row, ColumnRole.HOUSE_NO), self._value(row, ColumnRole.ALLEY)
        alley = ", ".join(part for part in (own_alley, alley) if part)
        return own_house_no or house_no, alley, self._value(row, ColumnRole.HAMLET) or hamlet, above

    def is_numbered(self, row: int) -> bool:
        """Whether the row has an ordinal number, as households have and totals do not."""
        return bool(self._ordinals) and all(self._is_number(row, column) for column in self._ordinals)

    def shares_number(self, row: int) -> bool:
        """Whether a neighbouring row has the same ordinal number: then it numbers households, not rows."""
        neighbours = [
            other for other in (row - 1, row + 1) if self.header.data_row <= other < len(self.sheet.rows)
        ]
        return any(
            (number := self.cell(row, column)) and number == self.cell(other, column)
            for column in self._ordinals
            for other in neighbours
        )

    def has_only_number(self, row: int) -> bool:
        """Whether the row has nothing but its ordinal number, as the unused rows of a form."""
        ordinals = self._by_role[ColumnRole.ORDINAL]
        filled = [(column, cell.strip()) for column, cell in enumerate(self.sheet.rows[row]) if cell.strip()]
        formulas = self.sheet.uncomputed.get(row, 0)
        if self._numbered_by_formula:
            formulas &= ~sum(1 << column for column in ordinals)
        return not formulas and all(c in ordinals and patterns.NUMERAL.fullmatch(cell) for c, cell in filled)

    def formatting_error(self, row: int) -> str:
        """Why the row's cells may not hold what the clerk meant (hidden, struck out, …); "" if they do."""
        if row in self.sheet.hidden_rows:
            return _("Dòng này đang bị ẩn hoặc bị lọc: hãy cho hiện ra, hoặc xóa hẳn.")
        if any(_has_bit(self.sheet.struck_out, row, column) for column in self._stored):
            return _("Dòng này có chữ bị gạch ngang: hãy bỏ gạch, hoặc xóa hẳn.")
        if self._uncomputed(row):
            return _("Dòng này có công thức chưa được tính: hãy mở tệp bằng Excel và lưu lại.")
        return self._value_error(row)

    def _value_error(self, row: int) -> str:
        if any((row, column) in self.sheet.dates for column in self._stored):
            return _("Bảng tính đã đổi ô như 12/3 thành ngày tháng: hãy gõ lại dạng chữ.")
        if self.sheet.delimited and len(self.sheet.rows[row]) > len(self.header.headings):
            return _("Dòng có nhiều ô hơn tiêu đề, có lẽ thiếu dấu nháy kép: hãy sửa tệp CSV.")
        if any(self._may_be_old_font(row, column) for column in self._stored):
            return old_font_error(_("họ tên hoặc địa chỉ"))
        return ""

    def has_unlabelled_text(self, row: int) -> bool:
        """Whether a column without a heading, next to the name, has letters in this row."""
        beside = {column + step for column in self._names for step in (-1, 1)} - set(self._names)
        headings = self.header.headings
        return any(
            column >= 0
            and not (column < len(headings) and headings[column])
            and any(char.isalpha() for char in self.cell(row, column))
            for column in beside
        )

    def says_moved_away(self, row: int) -> bool:
        """Whether a remark or a mark says that the household moved away or was deleted."""
        cells = ((self.cell(row, c), self.header.headings[c]) for c in self._dropped)
        return any(
            patterns.MOVED_AWAY.search(cell)
            or (patterns.MOVED_AWAY.search(heading) and not patterns.NEGATION.fullmatch(cell))
            for cell, heading in cells
            if cell
        )

    def unclear_remark(self, row: int) -> str:
        """What the columns of remarks say that is not understood, with digits masked; "" for nothing."""
        texts = (clean_text(self.cell(row, column)) for column in self._by_role[ColumnRole.REMARK])
        return mask_digits("; ".join(text for text in texts if _is_unclear(text)))[:_REMARK_LENGTH]

    def identity_hashes(self, row: int) -> tuple[tuple[int, int], ...]:
        """Hashes, by column, of the dropped values that distinguish people of the same name."""
        cells = ((column, fold(self.cell(row, column))) for column in self._identifying)
        return tuple((column, hash(text)) for column, text in cells if text)

    def filled_cells(self, row: int) -> list[str]:
        """The non-blank cells, cut to `_PREVIEW_LENGTH`."""
        return [clean_text(cell[:_PREVIEW_LENGTH]) for cell in self.sheet.rows[row] if cell.strip()]

    def cell(self, row: int, column: int) -> str:
        """The cell's text; "" beyond the end of the row."""
        cells = self.sheet.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def _value(self, row: int, role: ColumnRole) -> str:
        values = (
            self._clean_value(row, column) or self._merged_value(row, column)
            for column in self._by_role[role]
        )
        return ", ".join(value for value in values if value)

    def _clean_value(self, row: int, column: int) -> str:
        text, role = clean_text(self.cell(row, column)), self.header.roles[column]
        if patterns.AS_ABOVE.fullmatch(text):
            return self._value_above.get(column, "") if role in _MAY_REPEAT else ""
        text = text if any(char.isalnum() or char == "?" for char in text) else ""
        text = patterns.TEXT_MARK.sub("", text)
        if role is ColumnRole.HOUSE_NO:
            text = patterns.WHOLE_NUMBER.sub(r"\1", text)
        if role in (ColumnRole.HOUSE_NO, ColumnRole.ALLEY) and patterns.NO_HOUSE_NUMBER.fullmatch(text):
            text = ""
        if role is ColumnRole.HAMLET:
            text = patterns.hamlet_of_cell(text)
        self._value_above[column] = text
        return text

    def _merged_value(self, row: int, column: int) -> str:
        """The value of the cell above that this cell is merged with; "" if there is none."""
        ranges = self._merged_down.get(column, [])
        nearest = bisect_left(ranges, (row, 0)) - 1
        covers_row = nearest >= 0 and ranges[nearest][1] >= row
        return self._clean_value(ranges[nearest][0], column) if covers_row else ""

    def _vertical_ranges(self, column: int) -> list[tuple[int, int]]:
        """The ranges of this column that are merged over several rows: first and last row, sorted."""
        return sorted(
            (top, bottom)
            for top, left, bottom, right in self.sheet.merged
            if left == right == column and bottom > top >= self.header.data_row
        )

    def _is_number(self, row: int, column: int) -> bool:
        """Whether the cell is a number, or an uncomputed formula in a row with a name."""
        number = bool(patterns.NUMBER_IN_LIST.fullmatch(self.cell(row, column)))
        return number or (_has_bit(self.sheet.uncomputed, row, column) and self._has_name(row))

    def _has_name(self, row: int) -> bool:
        return any(self.cell(row, column) for column in self._names)

    def _uncomputed(self, row: int) -> bool:
        """Whether a formula without a computed value could hold something that would be stored."""
        has_content = any(self.cell(row, column) for column in self._stored)
        columns = [*self._stored, *self._by_role[ColumnRole.RELATION]] if has_content else None
        bits = self.sheet.uncomputed.get(row, 0)
        return bits != 0 if columns is None else any(bits >> column & 1 for column in columns)

    def _has_old_font(self, column: int) -> bool:
        return any(
            encodings.is_old_font(self.cell(row, column))
            for row in range(self.header.data_row, len(self.sheet.rows))
        )

    def _may_be_old_font(self, row: int, column: int) -> bool:
        suspect = column in self._old_font_columns or _has_bit(self.sheet.old_font, row, column)
        return suspect and encodings.may_be_old_font(self.cell(row, column))


def _is_unclear(remark: str) -> bool:
    """Whether a remark may say that the household lives there no more. What is never stored (poverty,
    illness) is understood, and so shown to nobody."""
    return any(map(str.isalpha, remark)) and not (
        len(remark) == 1
        or patterns.NEGATION.fullmatch(remark)
        or patterns.STAYS.fullmatch(remark)
        or patterns.NEVER_STORED.search(remark)
        or patterns.NEVER_STORED_FOLDED.search(fold(remark))
    )


def _has_bit(cells: dict[int, int], row: int, column: int) -> bool:
    return bool(cells.get(row, 0) >> column & 1)
