"""An address in one cell taken apart: *Số nhà 12, Ngõ 3, Thôn Đông, xã Yên Bình*."""

import re

from app.lists import kinds

_MARKS = re.compile(r"\s*[,;]\s*|\s+[-–]\s+")


def split(address: str) -> tuple[str, str, str]:
    """House number, alley and hamlet of an address; the hamlet is the last part that is named as one."""
    house_no = hamlet = ""
    rest: list[str] = []
    for part in _MARKS.split(address):
        number = kinds.HOUSE_NO.fullmatch(part)
        if place := kinds.section(part[:200]):
            rest += [hamlet] if hamlet else []
            hamlet = place
        elif number and not house_no:
            house_no = number[1]
        elif part and not kinds.ABOVE_HAMLET.match(part):
            rest.append(part)
    return house_no, ", ".join(rest), hamlet
