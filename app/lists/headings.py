"""Which column is what: a table of rules over headings, and how a sheet's header is found.

A rule is a pattern over the heading folded to bare small letters, digits and single blanks, without
what stands in brackets: *Họ và tên chủ hộ (chữ in hoa)* is `ho va ten chu ho`. The first rule that
fits the whole heading decides. To teach a new heading, add it to its rule (`docs/lists.md`).
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

from app.core.text import fold
from app.lists import kinds
from app.lists.reading import Sheet


class Role(StrEnum):
    """What a column holds."""

    HEAD = "head"
    FULL_NAME = "full name"  # of the head, unless another column says that it is the head's
    FAMILY = "family name"
    MIDDLE = "middle name"
    GIVEN = "given name"
    HOUSE_NO = "house no"
    ALLEY = "alley"
    ADDRESS = "address"  # all in one cell; an alley where the hamlet has its own column
    HAMLET = "hamlet"
    XOM = "xom"  # a hamlet in some provinces, an alley in others: the other columns tell
    RELATION = "relation"
    ORDINAL = "ordinal"
    PHONE = "phone"
    RESIDENTS = "residents"
    REMARK = "remark"
    PRIVATE = "private"  # what product.md §6.1 never stores
    OTHER = "other"


DROPPED = frozenset({Role.PHONE, Role.RESIDENTS, Role.REMARK, Role.PRIVATE, Role.OTHER})

_PRIVATE = (
    r"cccd|cmnd|cmt|can cuoc|dinh danh|ngay sinh|nam sinh|sinh nam|tuoi|gioi tinh|dan toc|ton giao|ngheo|"
    r"tai khoan|the ngan hang|bhyt|bhxh|bao hiem|suc khoe|khuyet tat|chinh sach|tre em|thu nhap|toa do|gps"
)
_PLACE = r"thon|ban|to dan pho|to dp|tdp|khu pho|khu dan cu|khu|ap|khom|buon|lang|soc|phum|to"
_WAY = r"ngo|ngach|hem|kiet|duong|pho|doan duong|cum dan cu|cum|moc|vi tri|dac diem|nhan biet"
_HEAD_OF = r"(chu|dai dien|nguoi dai dien) (ho|nha)( gia dinh| su dung)?"

RULES: tuple[tuple[Role, str], ...] = (
    (Role.RELATION, r"(.* )?(quan he|qh|qhch|vai tro|tu cach)( .*)?|la chu ho( khong)?"),
    (Role.PHONE, r"(.* )?(dien thoai|di dong|sdt|dt|so may|phone|tel|zalo|email|lien he|lien lac)( .*)?"),
    (Role.PRIVATE, rf"(.* )?({_PRIVATE})( .*)?|nam|nu|nam nu"),
    (Role.HOUSE_NO, rf"(so nha|nha so|sn)( (cu|moi|xom|hoac|va|{_WAY}))*"),
    (Role.ADDRESS, r"(.* )?(dia chi|thuong tru|tam tru|cho o|noi o|cu tru)( .*)?"),
    (Role.RESIDENTS, r"(.* )?(nhan khau|khau|nk|so nguoi|thanh vien|lao dong)( .*)?"),
    (Role.REMARK, r"(.* )?(ghi chu|nhan xet|luu y|chu thich|note)( .*)?|gc"),
    (Role.ORDINAL, r"((s ?)?tt|so (tt|thu tu)|thu tu)( ho)?"),
    (Role.HAMLET, rf"(ten )?({_PLACE})( ({_PLACE}|xom|hoac|va))*( moi)?"),
    (Role.ALLEY, rf"(ten )?(xom )?({_WAY})( ({_WAY}|xom|hoac|va))*"),
    (Role.XOM, r"(ten )?xom"),
    (Role.HEAD, rf"(ho( va)? )?(ten )?{_HEAD_OF}|{_HEAD_OF} (ho( va)? )?ten"),
    (Role.FAMILY, r"ho|ho( va)?( ten| chu)? (dem|lot|lot dem)"),
    (Role.MIDDLE, r"(ten |chu )?(dem|lot)"),
    (Role.GIVEN, r"ten"),
    (
        Role.FULL_NAME,
        r"ho( va)? ten( ong ba| nguoi dan| cong dan)?|ten ho( gia dinh| dan)?|ho (gia dinh|dan)",
    ),
)
_RULES = [(role, re.compile(pattern)) for role, pattern in RULES]
NAME_PARTS = (Role.FAMILY, Role.MIDDLE, Role.GIVEN)  # in the order of a name
_HEADS = frozenset({Role.HEAD, Role.FULL_NAME, *NAME_PARTS})
_SPREAD = frozenset(
    {Role.HEAD, Role.FULL_NAME, Role.ADDRESS, Role.ALLEY}
)  # may be joined over several columns
_FAMILY_OF_HEAD = re.compile(r"ho( va)?( ten)?( dem| lot| lot dem)? chu ho")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_NO_WORD = re.compile(r"[\W_]+")
_LONGEST = 120  # characters of a heading
_TOP = 40  # rows in which a header is looked for
# A row of column numbers under a header: (1) (2) (3), or A B 1 2.
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[A-Za-z])\s*\)?(\s*=.*)?")


@dataclass(frozen=True)
class Header:
    """Where a sheet's table begins and what its columns are; `headings` are as they stand in the list.

    `repeated` are columns under a heading that is joined over several, all but the first of them.
    """

    top: int
    first: int  # the first row under the header
    roles: tuple[Role, ...]
    headings: tuple[str, ...]
    repeated: frozenset[int] = frozenset()

    def columns(self, *roles: Role) -> list[int]:
        """The columns that hold one of `roles`, from left to right."""
        return [column for column, role in enumerate(self.roles) if role in roles]

    @property
    def twice(self) -> list[str]:
        """Headings of columns that would both be the head, the house number or the hamlet."""
        single = Counter(
            role
            for column, role in enumerate(self.roles)
            if role in {*_HEADS, Role.HOUSE_NO, Role.HAMLET} and column not in self.repeated
        )
        return [
            heading
            for heading, role in zip(self.headings, self.roles, strict=True)
            if single.get(role, 0) > 1
        ]

    @property
    def loose_parts(self) -> list[str]:
        """Headings of parts of a name that belong to nothing: *Chủ hộ* beside *Tên*, *Đệm* without *Họ*."""
        parts = {role for role in self.roles if role in NAME_PARTS}
        whole = not parts or (Role.HEAD not in self.roles and parts >= {Role.FAMILY, Role.GIVEN})
        return [] if whole else [self.headings[c] for c in self.columns(Role.HEAD, *NAME_PARTS)]


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role:
    """What a column under `heading` holds."""
    if len(heading) > _LONGEST:
        return Role.OTHER
    if kinds.HOUSEHOLD.fullmatch(
        unicodedata.normalize("NFC", heading).strip()
    ):  # *Họ* without its marks as well
        return Role.FULL_NAME
    for text in (_BRACKETS.sub(" ", heading), heading):
        bare = _NO_WORD.sub(" ", fold(text)).strip()
        for role, pattern in _RULES:
            if bare and pattern.fullmatch(bare):
                return role
    return Role.OTHER


def find(sheet: Sheet, start: int = 0) -> Header | None:
    """The first header at or under row `start`; None if the sheet has no table of households."""
    for top in range(start, min(len(sheet.rows), start + _TOP)):
        if header := at(sheet, top):
            return header
    return None


def at(sheet: Sheet, top: int) -> Header | None:
    """The header that begins in row `top`, of one row or of two, if there is one."""
    one = _header(top, top + 1, *_repeated(sheet, top))
    two = _of_two_rows(sheet, top)
    if two and _known(two) > _known(one):
        return _past_numbers(sheet, two)
    return _past_numbers(sheet, one) if one else None


def _repeated(sheet: Sheet, top: int) -> tuple[list[str], frozenset[int]]:
    """A row of headings, the joined ones over all their columns; and which of these repeat another."""
    headings, repeated = list(sheet.rows[top]), set()
    for left, right in sheet.joined_across(top):
        if left < len(headings) and role_of(headings[left]) in _SPREAD:
            headings += [""] * (right + 1 - len(headings))
            headings[left + 1 : right + 1] = [headings[left]] * (right - left)
            repeated |= set(range(left + 1, right + 1))
    return headings, frozenset(repeated)


def _of_two_rows(sheet: Sheet, top: int) -> Header | None:
    """Rows `top` and the next as one header, if the lower one alone says less."""
    upper, *lower = sheet.rows[top : top + 2]
    if not lower or not any(map(str.strip, upper)) or any(cell.strip().isdecimal() for cell in lower[0]):
        return None
    both = _header(top, top + 2, *_combined(sheet, top))
    return both if _known(both) > _known(_header(top + 1, top + 2, lower[0], frozenset())) else None


def _known(header: Header | None) -> int:
    """How many columns it knows; those under a joined heading count once."""
    if header is None:
        return 0
    return sum(
        role is not Role.OTHER and column not in header.repeated for column, role in enumerate(header.roles)
    )


def _header(top: int, first: int, headings: list[str], repeated: frozenset[int]) -> Header | None:
    roles = settled([role_of(heading) if heading.strip() else Role.OTHER for heading in headings], headings)
    shown = tuple(" ".join(heading.split()) for heading in headings)
    header = Header(top, first, tuple(roles), shown, repeated)
    alone = [heading for heading in header.headings if heading] == [
        header.headings[column] for column in header.columns(Role.HEAD)
    ]
    enough = _known(header) >= 2 or alone
    return header if enough and header.columns(Role.HEAD, Role.GIVEN) else None


def settled(roles: list[Role], headings: list[str]) -> list[Role]:
    """Roles that depend on their neighbours: whose name it is, and whether *xóm* is the hamlet."""
    roles = _parts_of_head(roles, headings)
    rest: dict[Role, Role] = {}
    if Role.HEAD in roles:
        rest = {Role.FULL_NAME: Role.OTHER}
    elif Role.FULL_NAME in roles:
        rest = {Role.FULL_NAME: Role.HEAD}
    elif Role.FAMILY not in roles and Role.MIDDLE not in roles:
        rest = {Role.GIVEN: Role.HEAD}
    if Role.HAMLET in roles:
        rest[Role.ADDRESS] = Role.ALLEY
    rest[Role.XOM] = Role.ALLEY if Role.HAMLET in roles else Role.HAMLET
    return [rest.get(role, role) for role in roles]


def _parts_of_head(roles: list[Role], headings: list[str]) -> list[Role]:
    """*Họ chủ hộ* and *Tên chủ hộ* are parts of one name; either alone is all of it."""
    bare = [_NO_WORD.sub(" ", fold(heading)).strip() for heading in headings]
    heads = [column for column, role in enumerate(roles) if role is Role.HEAD]
    family = [column for column in heads if _FAMILY_OF_HEAD.fullmatch(bare[column])]
    given = [column for column in heads if bare[column] == "ten chu ho"]
    if len(heads) > len(family) + len(given) or not given or not (family or Role.FAMILY in roles):
        return roles
    parts = dict.fromkeys(family, Role.FAMILY) | dict.fromkeys(given, Role.GIVEN)
    return [parts.get(column, role) for column, role in enumerate(roles)]


def _combined(sheet: Sheet, top: int) -> tuple[list[str], frozenset[int]]:
    """Headings over two rows, the lower one where it says enough, else both together; and which of them
    only repeat a joined one above."""
    upper, lower = sheet.rows[top], sheet.rows[top + 1]
    width = max(len(upper), len(lower))
    lower = lower + [""] * (width - len(lower))
    spread = _spread(sheet, top, upper + [""] * (width - len(upper)), lower)
    headings = []
    for over, under in zip(spread, lower, strict=True):
        both = f"{over} {under}".strip()
        plain = under if role_of(under) is not Role.OTHER else both
        # *Chủ hộ* over *Họ và tên*: the name is the head's.
        over_head = role_of(over) is Role.HEAD and role_of(under) is Role.FULL_NAME
        headings.append(both if over_head and role_of(both) is Role.HEAD else plain or both)
    repeated = {
        column
        for left, right in sheet.joined_across(top)
        for column in range(left + 1, min(right + 1, width))
        if not lower[column].strip()
        and not lower[column - 1].strip()
        and role_of(headings[column]) in _SPREAD
    }
    return headings, frozenset(repeated)


def _spread(sheet: Sheet, top: int, upper: list[str], lower: list[str]) -> list[str]:
    """The upper row with a joined heading repeated over all columns that it stands above."""
    spread = list(upper)
    for left, right in sheet.joined_across(top):
        spread[left : right + 1] = upper[left : left + 1] * len(spread[left : right + 1])
    if not sheet.merged:  # formats that do not say what is joined
        for column in range(1, len(spread)):
            if not spread[column] and column < len(lower) and lower[column].strip():
                spread[column] = spread[column - 1]
    return spread


def _past_numbers(sheet: Sheet, header: Header) -> Header:
    """The header, past a row of column numbers."""
    cells = [cell.strip() for cell in sheet.rows[header.first]] if header.first < len(sheet.rows) else []
    filled = [cell for cell in cells if cell]
    if len(filled) > 1 and all(map(_COLUMN_NUMBER.fullmatch, filled)):
        return replace(header, first=header.first + 1)
    return header
