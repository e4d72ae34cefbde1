"""Recognising columns by their headings, with a table of rules.

A rule is a pattern for the folded heading: lower case letters without diacritics, digits and single blanks,
without anything in brackets. *Họ và tên chủ hộ (chữ in hoa)* is folded to `ho va ten chu ho`. The first rule
that matches the whole heading decides. To support a new heading, add it to its rule (`docs/lists.md`).
"""

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

from app.core.text import fold
from app.intake.household_import.parsing import patterns


class ColumnRole(StrEnum):
    """What a column holds."""

    HEAD = "head"
    FULL_NAME = "full name"  # the head's, unless another column is that of the head
    FAMILY_NAME = "family name"
    MIDDLE_NAME = "middle name"
    GIVEN_NAME = "given name"
    HOUSE_NO = "house no"
    ALLEY = "alley"
    ADDRESS = "address"  # all in one cell; it is the alley where the hamlet has its own column
    HAMLET = "hamlet"
    XOM = "xom"  # a hamlet in some provinces, an alley in others: see `resolve_roles`
    RELATION = "relation"
    ORDINAL = "ordinal"
    PHONE = "phone"
    RESIDENTS = "residents"
    REMARK = "remark"
    PRIVATE = "private"  # what product.md §6.1 never stores
    OTHER = "other"


DROPPED = frozenset(
    {ColumnRole.PHONE, ColumnRole.RESIDENTS, ColumnRole.REMARK, ColumnRole.PRIVATE, ColumnRole.OTHER}
)

_PRIVATE = (
    r"cccd|cmnd|cmt|can cuoc|dinh danh|ngay sinh|nam sinh|sinh nam|tuoi|gioi tinh|dan toc|ton giao|ngheo|"
    r"tai khoan|the ngan hang|bhyt|bhxh|bao hiem|suc khoe|khuyet tat|chinh sach|tre em|thu nhap|toa do|gps"
)
_PLACE = r"thon|ban|to dan pho|to dp|tdp|khu pho|khu dan cu|khu|ap|khom|buon|lang|soc|phum|to"
_WAY = r"ngo|ngach|hem|kiet|duong|pho|doan duong|cum dan cu|cum|moc|vi tri|dac diem|nhan biet"
_HEAD_OF = r"(chu|dai dien|nguoi dai dien) (ho|nha)( gia dinh| su dung)?"

RULES: tuple[tuple[ColumnRole, str], ...] = (
    (ColumnRole.RELATION, r"(.* )?(quan he|qh|qhch|vai tro|tu cach)( .*)?|la chu ho( khong)?"),
    (
        ColumnRole.PHONE,
        r"(.* )?(dien thoai|di dong|sdt|dt|so may|phone|tel|zalo|email|lien he|lien lac)( .*)?",
    ),
    (ColumnRole.PRIVATE, rf"(.* )?({_PRIVATE})( .*)?|nam|nu|nam nu"),
    (ColumnRole.HOUSE_NO, rf"(so nha|nha so|sn)( (cu|moi|xom|hoac|va|{_WAY}))*"),
    (ColumnRole.ADDRESS, r"(.* )?(dia chi|thuong tru|tam tru|cho o|noi o|cu tru)( .*)?"),
    (ColumnRole.RESIDENTS, r"(.* )?(nhan khau|khau|nk|so nguoi|thanh vien|lao dong)( .*)?"),
    (ColumnRole.REMARK, r"(.* )?(ghi chu|nhan xet|luu y|chu thich|note)( .*)?|gc"),
    (ColumnRole.ORDINAL, r"((s ?)?tt|so (tt|thu tu)|thu tu)( ho)?"),
    (ColumnRole.HAMLET, rf"(ten )?({_PLACE})( ({_PLACE}|xom|hoac|va))*( moi)?"),
    (ColumnRole.ALLEY, rf"(ten )?(xom )?({_WAY})( ({_WAY}|xom|hoac|va))*"),
    (ColumnRole.XOM, r"(ten )?xom"),
    (ColumnRole.HEAD, rf"(ho( va)? )?(ten )?{_HEAD_OF}|{_HEAD_OF} (ho( va)? )?ten"),
    (ColumnRole.FAMILY_NAME, r"ho|ho( va)?( ten| chu)? (dem|lot|lot dem)"),
    (ColumnRole.MIDDLE_NAME, r"(ten |chu )?(dem|lot)"),
    (ColumnRole.GIVEN_NAME, r"ten"),
    (
        ColumnRole.FULL_NAME,
        r"ho( va)? ten( ong ba| nguoi dan| cong dan)?|ten ho( gia dinh| dan)?|ho (gia dinh|dan)",
    ),
)
_RULES = [(role, re.compile(pattern)) for role, pattern in RULES]
NAME_PARTS = (ColumnRole.FAMILY_NAME, ColumnRole.MIDDLE_NAME, ColumnRole.GIVEN_NAME)  # in the order of a name
_FAMILY_OF_HEAD = re.compile(r"ho( va)?( ten)?( dem| lot| lot dem)? chu ho")
_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]")
_NO_WORD = re.compile(r"[\W_]+")
_MAX_HEADING_LENGTH = 120  # characters of a heading


@lru_cache(maxsize=4096)
def role_of(heading: str) -> ColumnRole:
    """The role of a column with this heading."""
    if len(heading) > _MAX_HEADING_LENGTH:
        return ColumnRole.OTHER
    if patterns.HOUSEHOLD.fullmatch(
        unicodedata.normalize("NFC", heading).strip()
    ):  # *Họ* without its marks as well
        return ColumnRole.FULL_NAME
    for text in (_BRACKETS.sub(" ", heading), heading):
        folded = _NO_WORD.sub(" ", fold(text)).strip()
        for role, pattern in _RULES:
            if folded and pattern.fullmatch(folded):
                return role
    return ColumnRole.OTHER


def resolve_roles(roles: list[ColumnRole], headings: list[str]) -> list[ColumnRole]:
    """Replace roles that depend on other columns: whose name it is, and whether *xóm* is the hamlet."""
    roles = _parts_of_head(roles, headings)
    replacements: dict[ColumnRole, ColumnRole] = {}
    if ColumnRole.HEAD in roles:
        replacements = {ColumnRole.FULL_NAME: ColumnRole.OTHER}
    elif ColumnRole.FULL_NAME in roles:
        replacements = {ColumnRole.FULL_NAME: ColumnRole.HEAD}
    elif ColumnRole.FAMILY_NAME not in roles and ColumnRole.MIDDLE_NAME not in roles:
        replacements = {ColumnRole.GIVEN_NAME: ColumnRole.HEAD}
    if ColumnRole.HAMLET in roles:
        replacements[ColumnRole.ADDRESS] = ColumnRole.ALLEY
    replacements[ColumnRole.XOM] = ColumnRole.ALLEY if ColumnRole.HAMLET in roles else ColumnRole.HAMLET
    return [replacements.get(role, role) for role in roles]


def _parts_of_head(roles: list[ColumnRole], headings: list[str]) -> list[ColumnRole]:
    """*Họ chủ hộ* and *Tên chủ hộ* are parts of one name; a single one of them is the whole name."""
    folded = [_NO_WORD.sub(" ", fold(heading)).strip() for heading in headings]
    heads = [column for column, role in enumerate(roles) if role is ColumnRole.HEAD]
    family_columns = [column for column in heads if _FAMILY_OF_HEAD.fullmatch(folded[column])]
    given_columns = [column for column in heads if folded[column] == "ten chu ho"]
    if (
        len(heads) > len(family_columns) + len(given_columns)
        or not given_columns
        or not (family_columns or ColumnRole.FAMILY_NAME in roles)
    ):
        return roles
    parts = dict.fromkeys(family_columns, ColumnRole.FAMILY_NAME) | dict.fromkeys(
        given_columns, ColumnRole.GIVEN_NAME
    )
    return [parts.get(column, role) for column, role in enumerate(roles)]
