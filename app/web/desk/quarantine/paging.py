"""Lists with numbered pages."""

import re
from dataclasses import dataclass

from app.web.rendering import number

_PAGE = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class NumberedPager:
    """*Trang 2/11* and the addresses of the pages before and after, empty at the ends."""

    page: str
    pages: str
    previous: str
    next: str


def parse_page(page: str) -> int:
    """From 1; the first page where `page` is not a number."""
    return int(page) if _PAGE.fullmatch(page) else 1


def numbered_pager(prefix: str, page: int, pages: int) -> NumberedPager:
    """The pager of a list; `prefix`: its address up to the name of the page's parameter."""

    def address(number_: int) -> str:
        return f"{prefix}page={number_}" if 1 <= number_ <= pages else ""

    return NumberedPager(number(page), number(pages), address(page - 1), address(page + 1))
