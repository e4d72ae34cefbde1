"""Finding the header of a sheet's table, of one row or two, and the role of each of its columns."""

import re
from collections import Counter
from dataclasses import dataclass, replace

from app.intake.household_import.parsing.column_roles import NAME_PARTS, ColumnRole, resolve_roles, role_of
from app.intake.household_import.reading.reader import Sheet

_HEADS = frozenset({ColumnRole.HEAD, ColumnRole.FULL_NAME, *NAME_PARTS})
_MERGEABLE = frozenset(
    {ColumnRole.HEAD, ColumnRole.FULL_NAME, ColumnRole.ADDRESS, ColumnRole.ALLEY}
)  # these headings may be merged over several columns
_HEADER_ROWS = 40  # a header is looked for in this many rows
# A row of column numbers under a header: (1) (2) (3), or A B 1 2.
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[A-Za-z])\s*\)?(\s*=.*)?")


@dataclass(frozen=True)
class Header:
    """The header of a table; `headings` are written as in the list.

    `merged_columns`: the columns under a heading that is merged over several, except the first one.
    """

    top: int  # the first row of the header
    data_row: int  # the first row under it
    roles: tuple[ColumnRole, ...]
    headings: tuple[str, ...]
    merged_columns: frozenset[int] = frozenset()

    def columns(self, *roles: ColumnRole) -> list[int]:
        """The columns that hold one of `roles`, from left to right."""
        return [column for column, role in enumerate(self.roles) if role in roles]

    @property
    def duplicate_headings(self) -> list[str]:
        """Headings of different columns that would all be the head, the house number or the hamlet."""
        counts = Counter(
            role
            for column, role in enumerate(self.roles)
            if role in {*_HEADS, ColumnRole.HOUSE_NO, ColumnRole.HAMLET} and column not in self.merged_columns
        )
        return [
            heading
            for heading, role in zip(self.headings, self.roles, strict=True)
            if counts.get(role, 0) > 1
        ]

    @property
    def unmatched_name_parts(self) -> list[str]:
        """Headings of parts that make no whole name: *Chủ hộ* beside *Tên*, *Đệm* without *Họ*."""
        parts = {role for role in self.roles if role in NAME_PARTS}
        whole = not parts or (
            ColumnRole.HEAD not in self.roles and parts >= {ColumnRole.FAMILY_NAME, ColumnRole.GIVEN_NAME}
        )
        return [] if whole else [self.headings[c] for c in self.columns(ColumnRole.HEAD, *NAME_PARTS)]


def find_header(sheet: Sheet, start: int = 0) -> Header | None:
    """The first header at or under row `start`; None if the sheet has no table of households."""
    for top in range(start, min(len(sheet.rows), start + _HEADER_ROWS)):
        if header := header_at(sheet, top):
            return header
    return None


def header_at(sheet: Sheet, top: int) -> Header | None:
    """The header that starts in row `top`, of one row or two; None if there is none."""
    one = _header(top, top + 1, *_row_headings(sheet, top))
    two = _two_row_header(sheet, top)
    if two and _known_columns(two) > _known_columns(one):
        return _skip_column_numbers(sheet, two)
    return _skip_column_numbers(sheet, one) if one else None


def _row_headings(sheet: Sheet, top: int) -> tuple[list[str], frozenset[int]]:
    """The headings in a row, merged ones repeated in each column; and the columns that repeat one."""
    headings, merged = list(sheet.rows[top]), set()
    for left, right in sheet.merged_across(top):
        if left < len(headings) and role_of(headings[left]) in _MERGEABLE:
            headings += [""] * (right + 1 - len(headings))
            headings[left + 1 : right + 1] = [headings[left]] * (right - left)
            merged |= set(range(left + 1, right + 1))
    return headings, frozenset(merged)


def _two_row_header(sheet: Sheet, top: int) -> Header | None:
    """Rows `top` and the next as one header, if the lower one alone has fewer known columns."""
    upper, *lower = sheet.rows[top : top + 2]
    if not lower or not any(map(str.strip, upper)) or any(cell.strip().isdecimal() for cell in lower[0]):
        return None
    both = _header(top, top + 2, *_two_row_headings(sheet, top))
    return (
        both
        if _known_columns(both) > _known_columns(_header(top + 1, top + 2, lower[0], frozenset()))
        else None
    )


def _known_columns(header: Header | None) -> int:
    """The number of columns whose role is known; those under a merged heading count once."""
    if header is None:
        return 0
    return sum(
        role is not ColumnRole.OTHER and column not in header.merged_columns
        for column, role in enumerate(header.roles)
    )


def _header(top: int, data_row: int, headings: list[str], merged: frozenset[int]) -> Header | None:
    roles = resolve_roles(
        [role_of(heading) if heading.strip() else ColumnRole.OTHER for heading in headings], headings
    )
    shown = tuple(" ".join(heading.split()) for heading in headings)
    header = Header(top, data_row, tuple(roles), shown, merged)
    alone = [heading for heading in header.headings if heading] == [
        header.headings[column] for column in header.columns(ColumnRole.HEAD)
    ]
    enough = _known_columns(header) >= 2 or alone
    return header if enough and header.columns(ColumnRole.HEAD, ColumnRole.GIVEN_NAME) else None


def _two_row_headings(sheet: Sheet, top: int) -> tuple[list[str], frozenset[int]]:
    """The headings of two rows: the lower one where it is known, else both joined. Also the columns that only
    repeat a merged heading above."""
    upper, lower = sheet.rows[top], sheet.rows[top + 1]
    width = max(len(upper), len(lower))
    lower = lower + [""] * (width - len(lower))
    filled = _fill_merged(sheet, top, upper + [""] * (width - len(upper)), lower)
    headings = []
    for over, under in zip(filled, lower, strict=True):
        both = f"{over} {under}".strip()
        heading = under if role_of(under) is not ColumnRole.OTHER else both
        # *Chủ hộ* over *Họ và tên*: the name is the head's.
        over_head = role_of(over) is ColumnRole.HEAD and role_of(under) is ColumnRole.FULL_NAME
        headings.append(both if over_head and role_of(both) is ColumnRole.HEAD else heading or both)
    merged = {
        column
        for left, right in sheet.merged_across(top)
        for column in range(left + 1, min(right + 1, width))
        if not lower[column].strip()
        and not lower[column - 1].strip()
        and role_of(headings[column]) in _MERGEABLE
    }
    return headings, frozenset(merged)


def _fill_merged(sheet: Sheet, top: int, upper: list[str], lower: list[str]) -> list[str]:
    """The upper row, with each merged heading repeated in all columns that it covers."""
    filled = list(upper)
    for left, right in sheet.merged_across(top):
        filled[left : right + 1] = upper[left : left + 1] * len(filled[left : right + 1])
    if not sheet.merged:  # some formats do not say which cells are merged
        for column in range(1, len(filled)):
            if not filled[column] and column < len(lower) and lower[column].strip():
                filled[column] = filled[column - 1]
    return filled


def _skip_column_numbers(sheet: Sheet, header: Header) -> Header:
    """The header without the row of column numbers below it, if there is one."""
    cells = (
        [cell.strip() for cell in sheet.rows[header.data_row]] if header.data_row < len(sheet.rows) else []
    )
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all(map(_COLUMN_NUMBER.fullmatch, filled)):
        return replace(header, data_row=header.data_row + 1)
    return header
