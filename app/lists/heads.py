"""Who of a list is a household's head: what a column says of each person, or the list of all of them.

A list of people that says neither is refused: nobody becomes a household for standing in a table.
"""

import re
from dataclasses import replace
from enum import Enum

from app.core.strings import _
from app.core.text import fold
from app.lists import kinds
from app.lists.columns import Columns
from app.lists.headings import Header, Role, role_of, settled
from app.lists.reading import Sheet

_NO_WORD = re.compile(r"[\W_]+")
_HEAD = frozenset({"chu ho", "ch", "la chu ho", "ban than", "chu nha"})
_YES = _HEAD | {"co", "x", "xx", "v", "1", "true", "dung", "yes", "✓", "✔", "√", "☑", "✅"}
_NO = frozenset({"", "khong", "ko", "k", "0", "false", "sai", "no", "thanh vien"})
_MEMBER = frozenset(
    "vo chong con chau bo me cha ong ba anh chi em co di chu bac cau mo thim duong dau re chat "
    "thanh o tro".split()
)
# Headings of what a person has and a household has not.
_PERSONAL = re.compile(
    r"(.* )?(cccd|cmnd|cmt|can cuoc|dinh danh|ngay sinh|nam sinh|sinh nam|tuoi|gioi tinh|dan toc|ton giao|"
    r"bhyt|bhxh|nghe|nghe nghiep|chuc vu|chuc danh|nhiem vu|phu trach|don vi|co quan|trinh do|hoc van|hoc vi|"
    r"lop|que quan|hon nhan|noi lam viec|dang vien|doan vien)( .*)?|nam|nu|nam nu"
)
_NAMES_HOUSEHOLD = re.compile(r"ten ho( gia dinh| dan)?|ho (gia dinh|dan)")


class Said(Enum):
    """What a list says of a row's person."""

    HEAD = "head"
    MEMBER = "member"
    UNKNOWN = "unknown"


def with_marks(sheet: Sheet, header: Header) -> Header:
    """The header, its column *Chủ hộ* being one of marks (Có, x, Vợ) if that is what stands in it."""
    raw = [role_of(heading) if heading else Role.OTHER for heading in header.headings]
    for column, role in enumerate(raw):
        if role is Role.HEAD:
            words = _words(sheet, header, column)
            marks = sum(word in _YES or word in _NO or _is_member(word) for word in words)
            raw[column] = Role.RELATION if 2 * marks > len(words) else role
    if Role.RELATION not in raw or not any(role in raw for role in (Role.FULL_NAME, Role.GIVEN, Role.HEAD)):
        return header
    return replace(header, roles=tuple(settled(raw, list(header.headings))))


class Heads:
    """The heads of one table. `fault` is why nobody of it can be said to be one; "" if somebody can."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        sheet, header = columns.sheet, columns.header
        said = {column: _words(sheet, header, column) for column in header.columns(Role.RELATION)}
        self._relations = [column for column, words in said.items() if words]
        # A column of relations tells members by name; one of marks tells them by a blank.
        self._named = {c for c in self._relations if any(_is_member(word) for word in said[c])}
        self.fault = self._fault(sheet, header)

    def said_of(self, row: int) -> Said:
        answers = {self._said(row, column) for column in self._relations}
        if Said.HEAD in answers or not answers:
            return Said.HEAD if len(answers) < 2 else Said.UNKNOWN
        return Said.UNKNOWN if Said.UNKNOWN in answers else Said.MEMBER

    def _said(self, row: int, column: int) -> Said:
        word = _word(self._columns.cell(row, column))
        if word in _HEAD or (word in _YES and column not in self._named):
            return Said.HEAD
        if _is_member(word) or (word in _NO and column not in self._named):
            return Said.MEMBER
        return Said.UNKNOWN

    def _fault(self, sheet: Sheet, header: Header) -> str:
        if self._relations:
            heads = (self.said_of(row) is Said.HEAD for row in range(header.first, len(sheet.rows)))
            return "" if any(heads) else _("Không dòng nào trong cột Quan hệ hay cột đánh dấu ghi là chủ hộ.")
        if _names_heads(sheet, header):
            return ""
        people = _is_personal(header) or any(
            map(self._columns.shares_number, range(header.first, len(sheet.rows)))
        )
        if _is_of_households(sheet, header) and not people:
            return ""
        return _("Không rõ ai là chủ hộ: hãy ghi tiêu đề “Họ và tên chủ hộ”, hoặc thêm cột Quan hệ.")


def _names_heads(sheet: Sheet, header: Header) -> bool:
    """Whether the heading of the names, or the one joined above it, is that of heads or of households."""
    headings = [cell for row in sheet.rows[header.top : header.first] for cell in row if cell.strip()]
    return any(
        role_of(heading) is Role.HEAD
        or _NAMES_HOUSEHOLD.fullmatch(_word(heading))
        or kinds.HOUSEHOLD.fullmatch(heading.strip())
        for heading in headings
    )


def _is_of_households(sheet: Sheet, header: Header) -> bool:
    """Whether titles, the sheet's name or a count of residents say that each row is a household."""
    titles = [cell for row in sheet.rows[: header.top] for cell in row] + [sheet.name]
    if any(kinds.OF_PEOPLE.search(title) for title in titles):
        return False
    return bool(header.columns(Role.RESIDENTS)) or any(kinds.OF_HOUSEHOLDS.search(title) for title in titles)


def _is_personal(header: Header) -> bool:
    return any(_PERSONAL.fullmatch(_word(heading)) for heading in header.headings)


def _words(sheet: Sheet, header: Header, column: int) -> list[str]:
    """What stands in a column, folded, blanks left out."""
    return [
        word
        for row in sheet.rows[header.first :]
        if (word := _word(row[column] if column < len(row) else ""))
    ]


def _word(cell: str) -> str:
    folded = fold(cell[:60])
    return _NO_WORD.sub(" ", folded).strip() or folded


def _is_member(word: str) -> bool:
    return word not in _YES and word.split(" ", 1)[0] in _MEMBER and bool(word)
