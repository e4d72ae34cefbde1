"""Parsing the rows under a header: households, rejected rows, and counts of the rest (totals, signatures)."""

from collections.abc import Iterator
from dataclasses import replace

from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing import addresses, headers, household_heads, patterns
from app.intake.household_import.parsing.column_roles import DROPPED, NAME_PARTS, ColumnRole, role_of
from app.intake.household_import.parsing.columns import STORED, Columns
from app.intake.household_import.parsing.headers import Header
from app.intake.household_import.parsing.household_heads import HeadDetector, PersonRole
from app.intake.household_import.parsing.validation import address_error, clean_text, hamlet_error, name_error
from app.intake.household_import.reading.reader import Sheet
from app.intake.household_import.records import ListedHousehold, ParsedList, RejectedRow


def parse(sheets: list[Sheet]) -> ParsedList:
    """Parse every sheet of a file, in its order."""
    parsed = ParsedList(sheets=[sheet.name for sheet in sheets])
    for sheet in sheets:
        if sheet.hidden:
            parsed.hidden_sheets.append(sheet.name)
        elif any(any(cell.strip() for cell in row) for row in sheet.rows):
            parsed.formatting_unknown |= not sheet.has_formatting
            _SheetParser(sheet, parsed).parse()
    return parsed


class _SheetParser:
    """Parses one sheet. While it goes down the rows, it keeps what the lines above say about those below:

    `hamlet`: the one that they belong to; `moved_away`: their title says that they moved away; `signed`: the
    signatures under the table have begun.
    """

    def __init__(self, sheet: Sheet, parsed: ParsedList) -> None:
        self.sheet, self.parsed = sheet, parsed
        self.hamlet = ""
        self.hamlet_from_sheet_name = False
        self.signed = False
        self.moved_away = False
        self.households: list[ListedHousehold] = []

    def parse(self) -> None:
        header = headers.find_header(self.sheet)
        if header is None:
            self._reject(0, _("Không thấy dòng tiêu đề có cột Họ và tên chủ hộ (và Số nhà, Ngõ, Thôn)."))
            return
        header = household_heads.with_marker_column(self.sheet, header)
        self.columns = Columns(self.sheet, header)
        self.heads = HeadDetector(self.columns)
        if error := header_error(self.sheet, header) or self.heads.error:
            self._reject(0, error)
            return
        self._read_titles(header)
        self._note_understood_columns(header)
        self._count_dropped_columns(header)
        for row in self._data_rows(header):
            self._parse_row(header, row)
        self._rewrite_capitals()
        self.parsed.households += self.households

    def _read_titles(self, header: Header) -> None:
        """Take the hamlet from the sheet's name, then from the titles above the header."""
        if not header.columns(ColumnRole.HAMLET):
            self.hamlet = clean_text(patterns.hamlet_of_sheet(self.sheet.name))
            self.hamlet_from_sheet_name = not patterns.has_place_type(self.hamlet)
        for row in filter(self.sheet.is_visible, range(header.top)):
            cells = self.columns.filled_cells(row)
            self.moved_away = self.moved_away or _says_moved_away(cells)
            self._is_section(cells)

    def _note_understood_columns(self, header: Header) -> None:
        for column in header.columns(*STORED):
            headings = self.parsed.understood.setdefault(header.roles[column].value, [])
            if header.headings[column] not in headings:
                headings.append(header.headings[column])

    def _data_rows(self, header: Header) -> Iterator[int]:
        """The rows that hold something and do not repeat the header."""
        row, column = header.data_row, header.columns(*NAME_PARTS, ColumnRole.HEAD)[0]
        while row < len(self.sheet.rows):
            # Looking for a header is slow: only rows with a heading in the column of names are tried.
            again = headers.header_at(self.sheet, row) if self._is_heading(row, column) else None
            if (again and again.headings != header.headings) or (not again and self._is_other_header(row)):
                self._reject(row + 1, _("Bảng thứ hai có các cột khác bảng trên: hãy để ở trang riêng."))
                return
            if again:
                self.signed = False
            elif not self.columns.has_only_number(row):
                yield row
            row = again.data_row if again else row + 1

    def _is_heading(self, row: int, column: int) -> bool:
        return role_of(self.columns.cell(row, column)) is not ColumnRole.OTHER

    def _is_other_header(self, row: int) -> bool:
        """Whether the row is the header of another kind of table, for example of the team."""
        cells = [cell for cell in self.sheet.rows[row] if cell.strip()]
        if not cells or cells[0].isdecimal() or role_of(cells[0]) is ColumnRole.OTHER:
            return False
        return sum(role_of(cell) is not ColumnRole.OTHER for cell in cells) > 1

    def _parse_row(self, header: Header, row: int) -> None:
        cells, (written, name) = self.columns.filled_cells(row), self.columns.name(row)
        numbered = self.columns.is_numbered(row)
        first_words = name or (cells[0] if cells else "")
        if patterns.is_total(first_words, sure=numbered):
            self._skip(_("tổng cộng"))
        elif not numbered and self.sheet.is_visible(row) and self._is_section(cells):
            self._skip(_("tên thôn"))
        elif not numbered and self._is_signature(cells, name):
            self._skip(_("ngày tháng, chữ ký, lời ghi cuối bảng"))
        elif not numbered and self._is_unclear_title(cells, name):
            self._reject_title(row)
        else:
            self._parse_person(header, row, written, name, numbered=numbered)

    def _is_section(self, cells: list[str]) -> bool:
        """Whether the row only names a hamlet, that of the rows below; numerals beside it do not count."""
        words = [cell for cell in cells if not patterns.NUMERAL.fullmatch(cell)]
        if len(words) != 1:
            return False
        hamlet = patterns.hamlet_in_section(words[0]) or patterns.hamlet_in_title(words[0])
        if not hamlet:
            return False
        self.hamlet, self.hamlet_from_sheet_name = hamlet, False
        self.moved_away = self.moved_away or _says_moved_away(cells)
        return True

    def _is_signature(self, cells: list[str], name: str) -> bool:
        """Whether the row is part of the text under the table: place, date, offices, names, notes."""
        if self.signed:
            return len(cells) <= 2
        matches = [bool(patterns.SIGNATURE.match(cell)) for cell in cells]
        self.signed = any(matches) and (all(matches) or not name)
        return self.signed or (len(cells) == 1 and bool(patterns.NOTE.match(cells[0])))

    def _is_unclear_title(self, cells: list[str], name: str) -> bool:
        """Whether the row may be a title: the bare name of a hamlet, or anything else."""
        words = [
            cell for cell in cells if any(map(str.isalnum, cell)) and not patterns.NUMERAL.fullmatch(cell)
        ]
        if len(words) > 1:
            return False
        if self.columns.is_numbered_list or not name:
            return True
        return not self.columns.names_hamlets and sum(map(bool, self.columns.header.headings)) > 1

    def _reject_title(self, row: int) -> None:
        """From here on it is unknown which hamlet the rows belong to, and whether they still live there."""
        self.hamlet, self.moved_away = "", _says_moved_away(self.columns.filled_cells(row))
        unclear = _("Không rõ đây là tên thôn hay tên hộ: hãy ghi rõ “Thôn …”, hoặc ghi đủ địa chỉ.")
        self._reject(row + 1, self.columns.formatting_error(row) or unclear)

    def _parse_person(self, header: Header, row: int, written: str, name: str, *, numbered: bool) -> None:
        error, role = self.columns.formatting_error(row), self.heads.role_of_person(row)
        if error:
            self._reject(row + 1, error)
        elif role is PersonRole.MEMBER:
            self._skip(_("người trong hộ, không phải chủ hộ"))
        elif role is PersonRole.UNKNOWN:
            self._reject(row + 1, _("Không rõ quan hệ với chủ hộ: hãy ghi Chủ hộ, Vợ, Con…"))
        elif error := self._number_error(row, numbered=numbered):
            self._reject(row + 1, error)
        else:
            self._count_dropped_values(header, row)
            self._parse_household(row, written, name)

    def _number_error(self, row: int, *, numbered: bool) -> str:
        """Why the row's number, or its absence, makes it unclear whether it is a household; or ""."""
        if self.columns.is_numbered_list and not numbered:
            return _("Dòng không có số thứ tự như các dòng khác: nếu là một hộ riêng, hãy đánh số.")
        if self.columns.shares_number(row):
            return _("Hai dòng liền nhau cùng số thứ tự: nếu là hai hộ, hãy đánh số khác nhau.")
        return ""

    def _parse_household(self, row: int, written: str, name: str) -> None:
        house_no, alley, own_hamlet, above = self.columns.address(row)
        alley, place, more = addresses.split_alley(alley)
        own_hamlet = own_hamlet or place
        hamlet = own_hamlet or ("" if self.columns.names_hamlets else self.hamlet)
        error = (
            name_error(written, name)
            or self._context_error(row, own_hamlet, place)
            or address_error(house_no, alley)
            or hamlet_error(hamlet)
        )
        if error:
            self._reject(row + 1, error)
            return
        self.parsed.cleaned_names += name != clean_text(written)
        household = ListedHousehold(
            self.sheet.name,
            row + 1,
            name,
            house_no,
            alley,
            hamlet,
            self.columns.identity_hashes(row),
            self.hamlet_from_sheet_name and hamlet == self.hamlet,
            self.columns.unclear_remark(row),
            (*above, *more),
        )
        self.households.append(household)

    def _context_error(self, row: int, own_hamlet: str, place: str) -> str:
        """Why other cells or the lines above contradict the row, or ""; the row itself names `own_hamlet`,
        and `place` after its alley."""
        if self.columns.has_unlabelled_text(row):
            return _("Cột không tiêu đề cạnh họ tên có chữ: hãy đặt tên cột đó.")
        if self.moved_away or self.columns.says_moved_away(row):
            return _("Danh sách ghi hộ này đã chuyển đi hoặc đã xóa: nếu còn, hãy sửa ghi chú.")
        above = "" if self.hamlet_from_sheet_name or self.columns.names_hamlets else self.hamlet
        if place and not addresses.is_same_hamlet(place, own_hamlet):
            return _("Sau ngõ có tên thôn khác với cột thôn: hãy sửa cho khớp.")
        if own_hamlet and above and fold(own_hamlet) != fold(above):
            return _("Địa chỉ nêu thôn khác với tên thôn ở trên: hãy sửa cho khớp.")
        return ""

    def _count_dropped_columns(self, header: Header) -> None:
        for heading, role in zip(header.headings, header.roles, strict=True):
            if role in DROPPED and heading:
                self.parsed.dropped_values.setdefault(heading, 0)

    def _count_dropped_values(self, header: Header, row: int) -> None:
        counts = self.parsed.dropped_values
        for column, cell in enumerate(self.sheet.rows[row]):
            known = column < len(header.roles)
            if cell.strip() and (not known or header.roles[column] in DROPPED):
                heading = header.headings[column] if known else ""
                heading = heading or _("(cột không có tiêu đề)")
                counts[heading] = counts.get(heading, 0) + 1

    def _rewrite_capitals(self) -> None:
        """Rewrite names in capitals or small letters: a whole column, or a few rows that were added later."""
        for index, household in enumerate(self.households):
            if household.head_name.isupper() or household.head_name.islower():
                self.households[index] = replace(household, head_name=patterns.title(household.head_name))
                self.parsed.capitalized_names += 1

    def _skip(self, kind: str) -> None:
        self.parsed.skipped_rows[kind] = self.parsed.skipped_rows.get(kind, 0) + 1

    def _reject(self, row: int, sentence: str) -> None:
        self.parsed.rejected_rows.append(RejectedRow(self.sheet.name, row, sentence))


def header_error(sheet: Sheet, header: Header) -> str:
    """Why the columns under this header cannot be parsed; "" if they can."""
    if header.duplicate_headings:
        columns = ", ".join(f"“{heading}”" for heading in header.duplicate_headings)
        return _("Có hai cột cùng ý nghĩa: %(columns)s. Hãy để lại một cột.", columns=columns)
    if header.unmatched_name_parts:
        columns = ", ".join(f"“{heading}”" for heading in header.unmatched_name_parts)
        return _("Không rõ họ tên chủ hộ ghép từ cột nào: %(columns)s.", columns=columns)
    if hidden := [
        header.headings[column] for column in header.columns(*STORED) if column in sheet.hidden_columns
    ]:
        columns = ", ".join(f"“{heading}”" for heading in hidden)
        return _("Cột đang bị ẩn: %(columns)s. Hãy cho hiện ra, hoặc xóa hẳn.", columns=columns)
    return ""


def _says_moved_away(cells: list[str]) -> bool:
    """Whether a title says that the households below it moved away."""
    return any(map(patterns.MOVED_AWAY.search, cells))
