"""Which persons of a list are heads of households: a column says so of each, or the list says so of all.

A list of people that says neither is rejected, because not everybody in a table is a household.
"""

import re
from dataclasses import replace
from enum import Enum

from app.core.strings import _
from app.core.text import fold
from app.intake.household_import.parsing import patterns
from app.intake.household_import.parsing.column_roles import ColumnRole, resolve_roles, role_of
from app.intake.household_import.parsing.columns import Columns
from app.intake.household_import.parsing.headers import Header
from app.intake.household_import.reading.reader import Sheet

_NO_WORD = re.compile(r"[\W_]+")
_HEAD = frozenset({"chu ho", "ch", "la chu ho", "ban than", "chu nha"})
_YES = _HEAD | {"co", "x", "xx", "v", "1", "true", "dung", "yes", "✓", "✔", "√", "☑", "✅"}
_NO = frozenset({"", "khong", "ko", "k", "0", "false", "sai", "no", "thanh vien"})
_MEMBER = frozenset(
    "vo chong con chau bo me cha ong ba anh chi em co di chu bac cau mo thim duong dau re chat "
    "thanh o tro".split()
)
# Headings of facts about a person, not about a household.
_PERSONAL = re.compile(
    r"(.* )?(cccd|cmnd|cmt|can cuoc|dinh danh|ngay sinh|nam sinh|sinh nam|tuoi|gioi tinh|dan toc|ton giao|"
    r"bhyt|bhxh|nghe|nghe nghiep|chuc vu|chuc danh|nhiem vu|phu trach|don vi|co quan|trinh do|hoc van|hoc vi|"
    r"lop|que quan|hon nhan|noi lam viec|dang vien|doan vien)( .*)?|nam|nu|nam nu"
)
_NAMES_HOUSEHOLD = re.compile(r"ten ho( gia dinh| dan)?|ho (gia dinh|dan)")


class PersonRole(Enum):
    """What a list says about a row's person."""

    HEAD = "head"
    MEMBER = "member"
    UNKNOWN = "unknown"


def with_marker_column(sheet: Sheet, header: Header) -> Header:
    """The header; its column *Chủ hộ* has the role `RELATION` if most of its cells are marks (Có, x, Vợ)."""
    raw = [role_of(heading) if heading else ColumnRole.OTHER for heading in header.headings]
    for column, role in enumerate(raw):
        if role is ColumnRole.HEAD:
            words = _column_words(sheet, header, column)
            marks = sum(word in _YES or word in _NO or _is_member(word) for word in words)
            raw[column] = ColumnRole.RELATION if 2 * marks > len(words) else role
    names = {ColumnRole.FULL_NAME, ColumnRole.GIVEN_NAME, ColumnRole.HEAD}
    if ColumnRole.RELATION not in raw or names.isdisjoint(raw):
        return header
    return replace(header, roles=tuple(resolve_roles(raw, list(header.headings))))


class HeadDetector:
    """Finds the heads in one table. `error` says why nobody can be recognised as one; "" if somebody can."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        sheet, header = columns.sheet, columns.header
        relations = header.columns(ColumnRole.RELATION)
        words_of = {column: _column_words(sheet, header, column) for column in relations}
        self._relations = [column for column, words in words_of.items() if words]
        # Columns that name relations (*Vợ*). In the others, of marks, a blank means a member.
        self._named_relations = {c for c in self._relations if any(map(_is_member, words_of[c]))}
        self.error = self._error(sheet, header)

    def role_of_person(self, row: int) -> PersonRole:
        """The role of the row's person in the household; `UNKNOWN` also if columns contradict each other."""
        answers = {self._role_in(row, column) for column in self._relations}
        if PersonRole.HEAD in answers or not answers:
            return PersonRole.HEAD if len(answers) < 2 else PersonRole.UNKNOWN
        return PersonRole.UNKNOWN if PersonRole.UNKNOWN in answers else PersonRole.MEMBER

    def _role_in(self, row: int, column: int) -> PersonRole:
        word = _word(self._columns.cell(row, column))
        if word in _HEAD or (word in _YES and column not in self._named_relations):
            return PersonRole.HEAD
        if _is_member(word) or (word in _NO and column not in self._named_relations):
            return PersonRole.MEMBER
        return PersonRole.UNKNOWN

    def _error(self, sheet: Sheet, header: Header) -> str:
        rows = range(header.data_row, len(sheet.rows))
        if self._relations:
            has_heads = any(self.role_of_person(row) is PersonRole.HEAD for row in rows)
            return "" if has_heads else _("Không dòng nào trong cột Quan hệ hay cột đánh dấu ghi là chủ hộ.")
        if _names_heads(sheet, header):
            return ""
        lists_people = _has_personal_columns(header) or any(map(self._columns.shares_number, rows))
        if _is_household_list(sheet, header) and not lists_people:
            return ""
        return _("Không rõ ai là chủ hộ: hãy ghi tiêu đề “Họ và tên chủ hộ”, hoặc thêm cột Quan hệ.")


def _names_heads(sheet: Sheet, header: Header) -> bool:
    """Whether the heading of the names, or the merged one above it, speaks of heads or households."""
    headings = [cell for row in sheet.rows[header.top : header.data_row] for cell in row if cell.strip()]
    return any(
        role_of(heading) is ColumnRole.HEAD
        or _NAMES_HOUSEHOLD.fullmatch(_word(heading))
        or patterns.HOUSEHOLD.fullmatch(heading.strip())
        for heading in headings
    )


def _is_household_list(sheet: Sheet, header: Header) -> bool:
    """Whether titles, the sheet's name or a column of residents say that each row is a household."""
    titles = [cell for row in sheet.rows[: header.top] for cell in row] + [sheet.name]
    if any(patterns.OF_PEOPLE.search(title) for title in titles):
        return False
    return bool(header.columns(ColumnRole.RESIDENTS)) or any(
        patterns.OF_HOUSEHOLDS.search(title) for title in titles
    )


def _has_personal_columns(header: Header) -> bool:
    return any(_PERSONAL.fullmatch(_word(heading)) for heading in header.headings)


def _column_words(sheet: Sheet, header: Header, column: int) -> list[str]:
    """The non-blank cells of a column, folded."""
    return [
        word
        for row in sheet.rows[header.data_row :]
        if (word := _word(row[column] if column < len(row) else ""))
    ]


def _word(cell: str) -> str:
    folded = fold(cell[:60])
    return _NO_WORD.sub(" ", folded).strip() or folded


def _is_member(word: str) -> bool:
    return word not in _YES and word.split(" ", 1)[0] in _MEMBER and bool(word)
