"""Splitting an address in one cell: *Số nhà 12, Ngõ 3, Thôn Đông, xã Yên Bình*."""

import re

from app.household_import.parsing import patterns

_SEPARATORS = re.compile(r"\s*[,;]\s*|\s+[-–]\s+")


def split_address(address: str) -> tuple[str, str, str]:
    """House number, alley and hamlet; the hamlet is the last part that begins with a word like *Thôn*."""
    house_no = hamlet = ""
    rest: list[str] = []
    for part in _SEPARATORS.split(address):
        number = patterns.HOUSE_NO.fullmatch(part)
        if place := patterns.hamlet_in_section(part[:200]):
            rest += [hamlet] if hamlet else []
            hamlet = place
        elif number and not house_no:
            house_no = number[1]
        elif part and not patterns.ABOVE_HAMLET.match(part):
            rest.append(part)
    return house_no, ", ".join(rest), hamlet
