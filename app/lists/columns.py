"""The cells of a table, asked for by what their column holds."""

from bisect import bisect_left

from app.core.text import fold
from app.lists import addresses, kinds
from app.lists.faults import clean
from app.lists.headings import Header, Role
from app.lists.reading import Sheet

_LOOK = 200  # characters in which to see what kind of row it is
_STORED = (Role.FAMILY, Role.GIVEN, Role.HEAD, Role.HOUSE_NO, Role.ALLEY, Role.ADDRESS, Role.HAMLET)
_MAY_REPEAT = frozenset({Role.HOUSE_NO, Role.ALLEY, Role.HAMLET})


class Columns:
    """A sheet seen through its header. Ask from the top down: *nt* (as above) means the value before."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self._above: dict[int, str] = {}
        self._joined = {column: self._downwards(column) for column in header.columns(Role.HAMLET)}

    def name(self, row: int) -> str:
        return self._value(row, Role.FAMILY, Role.GIVEN, Role.HEAD)

    def place(self, row: int) -> tuple[str, str, str]:
        """House number, alley and hamlet; each "" where the row does not say it."""
        house_no, alley, hamlet = addresses.split(self._value(row, Role.ADDRESS, mark=", "))
        own_house_no, own_alley = self._value(row, Role.HOUSE_NO), self._value(row, Role.ALLEY, mark=", ")
        alley = ", ".join(part for part in (own_alley, alley) if part)
        return own_house_no or house_no, alley, self._hamlet(row) or hamlet

    def is_numbered(self, row: int) -> bool:
        """Whether the row has its number in the list, as households have and totals have not."""
        return any(self.cell(row, column).isdecimal() for column in self.header.columns(Role.ORDINAL))

    def is_bare(self, row: int) -> bool:
        """Whether the row holds nothing but a number: a form filled in less far than it was numbered."""
        ordinals = self.header.columns(Role.ORDINAL)
        filled = [(column, cell.strip()) for column, cell in enumerate(self.sheet.rows[row]) if cell.strip()]
        return all(column in ordinals and kinds.NUMERAL.fullmatch(cell) for column, cell in filled)

    def is_head(self, row: int) -> bool:
        """Whether the row is a head's, where the list names everyone of a household."""
        said = [fold(self.cell(row, column)) for column in self.header.columns(Role.RELATION)]
        return not any(said) or any(word in {"chu ho", "ch", "la chu ho", "ban than"} for word in said)

    def has_dates(self, row: int) -> bool:
        """Whether the program made a date of something that would be stored."""
        return any((row, column) in self.sheet.dates for column in self.header.columns(*_STORED))

    def filled(self, row: int) -> list[str]:
        """Beginnings of the cells that hold something."""
        return [clean(cell[:_LOOK]) for cell in self.sheet.rows[row] if cell.strip()]

    def cell(self, row: int, column: int) -> str:
        cells = self.sheet.rows[row]
        return cells[column].strip() if column < len(cells) else ""

    def _value(self, row: int, *roles: Role, mark: str = " ") -> str:
        values = (self._at(row, column) for column in self.header.columns(*roles))
        return mark.join(value for value in values if value)

    def _at(self, row: int, column: int) -> str:
        text, role = clean(self.cell(row, column)), self.header.roles[column]
        if kinds.AS_ABOVE.fullmatch(text):
            return self._above.get(column, "") if role in _MAY_REPEAT else ""
        text = text if any(char.isalnum() for char in text) else ""
        if role is Role.HOUSE_NO:
            text = kinds.WHOLE_NUMBER.sub(r"\1", text)
        self._above[column] = text
        return text

    def _hamlet(self, row: int) -> str:
        for column, joined in self._joined.items():
            if text := self._at(row, column):
                return text
            nearest = bisect_left(joined, (row, 0)) - 1
            if nearest >= 0 and joined[nearest][1] >= row:
                return self._at(joined[nearest][0], column)
        return ""

    def _downwards(self, column: int) -> list[tuple[int, int]]:
        """Ranges of this column joined over several rows: first and last row, sorted."""
        return sorted(
            (top, bottom)
            for top, left, bottom, right in self.sheet.merged
            if left == right == column and bottom > top
        )
