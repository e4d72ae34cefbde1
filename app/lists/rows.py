"""Rows under a header → homes, refusals, and a count of what is neither (totals, signatures, members)."""

from collections.abc import Iterator
from dataclasses import replace

from app.core.strings import _
from app.core.text import fold
from app.lists import headings, heads, kinds
from app.lists.columns import STORED, Columns
from app.lists.faults import clean, fault_of_hamlet, fault_of_label, fault_of_name
from app.lists.headings import DROPPED, NAME_PARTS, Header, Role
from app.lists.heads import Heads, Said
from app.lists.homes import Home, Refusal, Understood
from app.lists.reading import Sheet


def understand(sheets: list[Sheet]) -> Understood:
    """Every sheet of a file, in its order."""
    found = Understood(sheets=[sheet.name for sheet in sheets])
    for sheet in sheets:
        if sheet.hidden:
            found.hidden.append(sheet.name)
        elif any(any(cell.strip() for cell in row) for row in sheet.rows):
            found.unseen |= not sheet.formatted
            _Table(sheet, found).read()
    return found


class _Table:
    """One sheet on its way: where its header is, and which hamlet its rows stand under."""

    def __init__(self, sheet: Sheet, found: Understood) -> None:
        self.sheet, self.found = sheet, found
        self.hamlet = ""
        self.hamlet_of_sheet = False
        self.signed = False
        self.gone = False
        self.homes: list[Home] = []

    def read(self) -> None:
        header = headings.find(self.sheet)
        if header is None:
            self._refuse(0, _("Không thấy dòng tiêu đề có cột Họ và tên chủ hộ (và Số nhà, Ngõ, Thôn)."))
            return
        header = heads.with_marks(self.sheet, header)
        self.columns = Columns(self.sheet, header)
        self.heads = Heads(self.columns)
        if fault := fault_of_header(self.sheet, header) or self.heads.fault:
            self._refuse(0, fault)
            return
        if not header.columns(Role.HAMLET):
            self.hamlet = clean(kinds.hamlet_of_sheet(self.sheet.name))
            self.hamlet_of_sheet = not kinds.names_place(self.hamlet)
        for row in filter(self.sheet.shows, range(header.top)):
            filled = self.columns.filled(row)
            self.gone = self.gone or _tells_gone(filled)
            self._is_section(filled)
        self._count_dropped_columns(header)
        for row in self._rows_of(header):
            self._row(header, row)
        self._settle_capitals()
        self.found.homes += self.homes

    def _rows_of(self, header: Header) -> Iterator[int]:
        """Rows with something in them, but repeated headers."""
        row, column = header.first, header.columns(*NAME_PARTS, Role.HEAD)[0]
        while row < len(self.sheet.rows):
            # A cheap look first: a list has as many rows as households.
            again = headings.at(self.sheet, row) if self._is_heading(row, column) else None
            if (again and again.headings != header.headings) or (not again and self._is_other_header(row)):
                self._refuse(row + 1, _("Bảng thứ hai có các cột khác bảng trên: hãy để ở trang riêng."))
                return
            if again:
                self.signed = False
            elif not self.columns.is_bare(row):
                yield row
            row = again.first if again else row + 1

    def _is_heading(self, row: int, column: int) -> bool:
        return headings.role_of(self.columns.cell(row, column)) is not Role.OTHER

    def _is_other_header(self, row: int) -> bool:
        """Whether the row is the header of a table of something else, of the team for example."""
        first = next((cell for cell in self.sheet.rows[row] if cell.strip()), "")
        if first.isdecimal() or headings.role_of(first) is Role.OTHER:
            return False
        return (
            sum(headings.role_of(cell) is not Role.OTHER for cell in self.sheet.rows[row] if cell.strip()) > 1
        )

    def _row(self, header: Header, row: int) -> None:
        filled, (written, name), numbered = (
            self.columns.filled(row),
            self.columns.name(row),
            self.columns.is_numbered(row),
        )
        words = name or (filled[0] if filled else "")
        if kinds.is_total(words, sure=numbered):
            self._skip(_("tổng cộng"))
        elif not numbered and self.sheet.shows(row) and self._is_section(filled):
            self._skip(_("tên thôn"))
        elif not numbered and self._is_signature(filled, name):
            self._skip(_("ngày tháng, chữ ký, lời ghi cuối bảng"))
        elif not numbered and self._is_unclear(filled, name):
            self._refuse_title(row)
        else:
            self._person(header, row, written, name, numbered=numbered)

    def _is_section(self, filled: list[str]) -> bool:
        """Whether the row only names the hamlet of those under it; numerals beside it do not count."""
        words = [cell for cell in filled if not kinds.NUMERAL.fullmatch(cell)]
        if len(words) != 1 or not (hamlet := kinds.section(words[0]) or kinds.hamlet_in_title(words[0])):
            return False
        self.hamlet, self.hamlet_of_sheet = hamlet, False
        self.gone = self.gone or _tells_gone(filled)
        return True

    def _is_signature(self, filled: list[str], name: str) -> bool:
        """Whether the row belongs to what stands under the table: place, date, offices, names, notes."""
        if self.signed:
            return len(filled) <= 2
        signs = [bool(kinds.SIGNATURE.match(cell)) for cell in filled]
        self.signed = any(signs) and (all(signs) or not name)
        return self.signed or (len(filled) == 1 and bool(kinds.NOTE.match(filled[0])))

    def _is_unclear(self, filled: list[str], name: str) -> bool:
        """Whether the row may be a title, of a hamlet by its bare name or of anything else."""
        words = [cell for cell in filled if any(map(str.isalnum, cell)) and not kinds.NUMERAL.fullmatch(cell)]
        if len(words) > 1:
            return False
        if self.columns.is_numbered_list or not name:
            return True
        return not self.columns.names_hamlets and sum(map(bool, self.columns.header.headings)) > 1

    def _refuse_title(self, row: int) -> None:
        """Nobody knows where those below such a line live, or whether they still do."""
        self.hamlet, self.gone = "", _tells_gone(self.columns.filled(row))
        unclear = _("Không rõ đây là tên thôn hay tên hộ: hãy ghi rõ “Thôn …”, hoặc ghi đủ địa chỉ.")
        fault = self.columns.fault_of_cells(row) or unclear
        self._refuse(row + 1, fault)

    def _person(self, header: Header, row: int, written: str, name: str, *, numbered: bool) -> None:
        fault, said = self.columns.fault_of_cells(row), self.heads.said_of(row)
        if fault:
            self._refuse(row + 1, fault)
        elif said is Said.MEMBER:
            self._skip(_("người trong hộ, không phải chủ hộ"))
        elif said is Said.UNKNOWN:
            self._refuse(row + 1, _("Không rõ quan hệ với chủ hộ: hãy ghi Chủ hộ, Vợ, Con…"))
        elif fault := self._fault_of_number(row, numbered=numbered):
            self._refuse(row + 1, fault)
        else:
            self._count_dropped_values(header, row)
            self._home(row, written, name)

    def _fault_of_number(self, row: int, *, numbered: bool) -> str:
        """Why the row's number, or that it has none, makes it doubtful that it is a household of its own."""
        if self.columns.is_numbered_list and not numbered:
            return _("Dòng không có số thứ tự như các dòng khác: nếu là một hộ riêng, hãy đánh số.")
        if self.columns.shares_number(row):
            return _("Hai dòng liền nhau cùng số thứ tự: nếu là hai hộ, hãy đánh số khác nhau.")
        return ""

    def _home(self, row: int, written: str, name: str) -> None:
        house_no, alley, said = self.columns.place(row)
        hamlet = said or ("" if self.columns.names_hamlets else self.hamlet)
        fault = (
            fault_of_name(written, name)
            or self._fault_of_rest(row, said)
            or fault_of_label(house_no, alley)
            or fault_of_hamlet(hamlet)
        )
        if fault:
            self._refuse(row + 1, fault)
            return
        self.found.bare_names += name != clean(written)
        telling, of_sheet = self.columns.telling(row), self.hamlet_of_sheet and hamlet == self.hamlet
        self.homes.append(Home(self.sheet.name, row + 1, name, house_no, alley, hamlet, telling, of_sheet))

    def _fault_of_rest(self, row: int, hamlet: str) -> str:
        """Why what else the row says makes it doubtful; `hamlet` is the one that the row itself names."""
        if self.columns.has_loose_part(row):
            return _("Cột không tiêu đề cạnh họ tên có chữ: hãy đặt tên cột đó.")
        if self.gone or self.columns.says_gone(row):
            return _("Danh sách ghi hộ này đã chuyển đi hoặc đã xóa: nếu còn, hãy sửa ghi chú.")
        above = "" if self.hamlet_of_sheet or self.columns.names_hamlets else self.hamlet
        if hamlet and above and fold(hamlet) != fold(above):
            return _("Địa chỉ nêu thôn khác với tên thôn ở trên: hãy sửa cho khớp.")
        return ""

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


def fault_of_header(sheet: Sheet, header: Header) -> str:
    """Why the columns under this header cannot be read; "" if they can."""
    if header.twice:
        columns = ", ".join(f"“{heading}”" for heading in header.twice)
        return _("Có hai cột cùng ý nghĩa: %(columns)s. Hãy để lại một cột.", columns=columns)
    if header.loose_parts:
        columns = ", ".join(f"“{heading}”" for heading in header.loose_parts)
        return _("Không rõ họ tên chủ hộ ghép từ cột nào: %(columns)s.", columns=columns)
    if hidden := [
        header.headings[column] for column in header.columns(*STORED) if column in sheet.hidden_columns
    ]:
        columns = ", ".join(f"“{heading}”" for heading in hidden)
        return _("Cột đang bị ẩn: %(columns)s. Hãy cho hiện ra, hoặc xóa hẳn.", columns=columns)
    return ""


def _tells_gone(title: list[str]) -> bool:
    """Whether a title is that of households that are no more."""
    return any(map(kinds.GONE.search, title))
