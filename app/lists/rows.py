"""Rows under a header → homes, refusals, and a count of what is neither (totals, signatures, members)."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.core.strings import _
from app.core.text import fold
from app.lists import headings, kinds
from app.lists.faults import clean, fault_of_hamlet, fault_of_label, fault_of_name
from app.lists.headings import DROPPED, Header, Role
from app.lists.reading import Sheet


@dataclass(frozen=True)
class Home:
    """A household as the list has it; `hamlet` is its name as the list has it.

    `row` counts from 1, as the clerk's program does.
    """

    sheet: str
    row: int
    head_name: str
    house_no: str
    alley: str
    hamlet: str


@dataclass(frozen=True)
class Refusal:
    """A row (0: the whole sheet) that is not taken over, and the sentence that says why and what to do.

    The sentence holds no name: the report must not become another list of people.
    """

    sheet: str
    row: int
    sentence: str


@dataclass
class Understood:
    """What a list says. `dropped` counts values by heading; `skipped` counts rows by what they are."""

    homes: list[Home] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    dropped: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)  # every sheet's name, in the file's order
    capitals: int = 0  # names left in capitals among others that are not


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
        self.hamlet = "" if kinds.says_nothing(sheet.name) else clean(sheet.name)
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
        for row in range(header.top):
            self._read_title(row)
        self._count_dropped_columns(header)
        for row in self._rows_of(header):
            self._row(header, row)
        self._settle_capitals()
        self.found.homes += self.homes

    def _read_title(self, row: int) -> None:
        filled = self._filled(row)
        if not self._is_section(filled) and len(filled) == 1:
            self.hamlet = kinds.hamlet_in_title(filled[0]) or self.hamlet

    def _rows_of(self, header: Header) -> Iterator[int]:
        """Rows with something in them, but repeated headers."""
        row, column = header.first, header.columns(Role.FAMILY, Role.HEAD)[0]
        while row < len(self.sheet.rows):
            # A cheap look first: a list has as many rows as households.
            is_heading = headings.role_of(self._cell(row, column)) is not Role.OTHER
            again = headings.at(self.sheet, row) if is_heading else None
            if again and again.roles != header.roles:
                self._refuse(row + 1, _("Bảng thứ hai có các cột khác bảng trên: hãy để ở trang riêng."))
                return
            if not again and self._filled(row):
                yield row
            row = again.first if again else row + 1

    def _row(self, header: Header, row: int) -> None:
        filled = self._filled(row)
        numbered = any(self._cell(row, column).isdecimal() for column in header.columns(Role.ORDINAL))
        name = self._value(header, row, Role.FAMILY, Role.GIVEN, Role.HEAD)
        if kinds.is_total(name or filled[0], sure=numbered):
            self._skip(_("tổng cộng"))
        elif not numbered and self._is_section(filled):
            self._skip(_("tên thôn"))
        elif not numbered and self._is_signature(filled, name):
            self._skip(_("ngày tháng và chữ ký"))
        elif self._is_member(header, row):
            self._skip(_("người trong hộ, không phải chủ hộ"))
        else:
            self._count_dropped_values(header, row)
            self._home(header, row, name)

    def _is_section(self, filled: list[str]) -> bool:
        """Whether the row only names the hamlet of those under it; numerals beside it do not count."""
        words = [cell for cell in filled if not kinds.NUMERAL.fullmatch(cell)]
        if len(words) != 1 or not (hamlet := kinds.section(words[0])):
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

    def _is_member(self, header: Header, row: int) -> bool:
        said = [fold(self._cell(row, column)) for column in header.columns(Role.RELATION)]
        return any(said) and not any(word in {"chu ho", "ch", "la chu ho", "ban than"} for word in said)

    def _home(self, header: Header, row: int, name: str) -> None:
        house_no = self._value(header, row, Role.HOUSE_NO)
        alley = self._value(header, row, Role.ALLEY, mark=", ")
        hamlet = self._hamlet_of(header, row)
        fault = (
            fault_of_name(name)
            or self._fault_of_dates(header, row)
            or fault_of_label(house_no, alley)
            or fault_of_hamlet(hamlet)
        )
        if fault:
            self._refuse(row + 1, fault)
            return
        self.homes.append(Home(self.sheet.name, row + 1, name, house_no, alley, hamlet))

    def _fault_of_dates(self, header: Header, row: int) -> str:
        columns = header.columns(Role.HOUSE_NO, Role.ALLEY, Role.HEAD, Role.HAMLET)
        if not any((row, column) in self.sheet.dates for column in columns):
            return ""
        return _("Bảng tính đã đổi số nhà hoặc ngõ (như 12/3) thành ngày tháng: hãy gõ lại dạng chữ.")

    def _hamlet_of(self, header: Header, row: int) -> str:
        for column in header.columns(Role.HAMLET):
            if text := self._value_at(row, column):
                return text
            for top, left, bottom, right in self.sheet.merged:
                if left == right == column and top < row <= bottom:
                    return self._value_at(top, column)
        return self.hamlet

    def _value(self, header: Header, row: int, *roles: Role, mark: str = " ") -> str:
        values = (self._value_at(row, column) for column in header.columns(*roles))
        return mark.join(value for value in values if value)

    def _value_at(self, row: int, column: int) -> str:
        text = clean(self._cell(row, column))
        return text if any(char.isalnum() for char in text) else ""

    def _cell(self, row: int, column: int) -> str:
        cells = self.sheet.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def _filled(self, row: int) -> list[str]:
        return [clean(cell) for cell in self.sheet.rows[row] if cell.strip()]

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
        """A column all in capitals is a habit of typing; single names in capitals may mean something."""
        capitals = [home for home in self.homes if home.head_name.isupper()]
        if len(capitals) == len(self.homes):
            self.homes = [replace(home, head_name=kinds.title(home.head_name)) for home in self.homes]
        else:
            self.found.capitals += len(capitals)

    def _skip(self, kind: str) -> None:
        self.found.skipped[kind] = self.found.skipped.get(kind, 0) + 1

    def _refuse(self, row: int, sentence: str) -> None:
        self.found.refusals.append(Refusal(self.sheet.name, row, sentence))
