"""Splitting an address in one cell: *Số nhà 12, Ngõ 3, Thôn Đông, xã Yên Bình*."""

import re

from app.core.text import fold
from app.intake.household_import.parsing import patterns

_SEPARATORS = re.compile(r"(\s*[,;]\s*|\s+[-–]\s+)")


def split_address(address: str) -> tuple[str, str, str, list[str]]:
    """House number, alley, hamlet, and the parts that name the commune or a unit above it.

    The hamlet is the last part that begins with a word like *Thôn*."""
    house_no = hamlet = ""
    rest: list[str] = []
    above: list[str] = []
    for part in parts_of(address):
        number = patterns.HOUSE_NO.fullmatch(part)
        if place := patterns.hamlet_in_section(part[:200]):
            rest += [hamlet] if hamlet else []
            hamlet = place
        elif number and not house_no:
            house_no = number[1]
        elif part:
            (above if patterns.ABOVE_HAMLET.match(part) else rest).append(part)
    return house_no, ", ".join(rest), hamlet, above


def split_alley(alley: str) -> tuple[str, str, list[str]]:
    """The alley, the hamlet that is named after it (*Ngõ 3, Thôn Đông, xã Yên Bình*), "" for none, and the
    parts that name the commune or a unit above it.

    A place that comes first is the alley: *xóm* and *tổ* are parts of a hamlet in many provinces.
    """
    parts, above = parts_of(alley), []
    if found := patterns.WAY_AND_PLACE.fullmatch(parts[0]):
        parts[:1] = found.groups() if patterns.is_hamlet(found[2]) else parts[:1]
    while parts and patterns.ABOVE_HAMLET.match(parts[-1]):
        above.append(parts.pop())
    place = parts.pop() if len(parts) > 1 and patterns.is_hamlet(parts[-1]) else ""
    return ", ".join(part for part in parts if part), patterns.hamlet_of_cell(place), above


def is_same_hamlet(name: str, other: str) -> bool:
    """Whether two names, one of them perhaps without *Thôn*, are one hamlet's."""
    names = [patterns.distinctive_name(one) or fold(one) for one in (name, other)]
    return names[0] == names[1]


def parts_of(address: str) -> list[str]:
    """The parts between commas and dashes; a dash in a hamlet's name (*Thôn Đông - Nà Pài*) cuts nothing."""
    first, *others = _SEPARATORS.split(address)
    parts = [first]
    for separator, part in zip(others[::2], others[1::2], strict=True):
        if _is_in_name(parts[-1], separator, part):
            parts[-1] += separator + part
        else:
            parts.append(part)
    return parts


def _is_in_name(before: str, separator: str, part: str) -> bool:
    is_dash = separator.strip() in ("-", "–")
    is_other = (
        patterns.ABOVE_HAMLET.match(part) or patterns.is_hamlet(part) or patterns.HOUSE_NO.fullmatch(part)
    )
    return is_dash and patterns.is_hamlet(before) and bool(part) and not is_other
