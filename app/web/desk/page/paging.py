"""Lists with pages, and the heads of columns that sort them."""

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


@dataclass(frozen=True)
class ListPager:
    """The addresses of the pages before and after, and of the `first`, which is offered where there is one
    before. Empty at the ends."""

    previous: str
    next: str
    first: str = ""


@dataclass(frozen=True)
class SortedColumn:
    """The head of a column. `href`: the list sorted by it, empty if it cannot be. `order`: *ascending* or
    *descending* for the one that the list is sorted by, else empty."""

    label: str
    href: str = ""
    order: str = ""


def page_number(text: str) -> int:
    """The page that an address asks for; the first if it asks for none."""
    return max(1, int(text)) if _PAGE.fullmatch(text) else 1


def numbered_pager(base: str, page: int, pages: int) -> NumberedPager:
    """The pager of a list whose first page has the address `base`."""
    mark = "&" if "?" in base else "?"

    def address(of_page: int) -> str:
        return f"{base}{mark}page={of_page}" if 1 <= of_page <= pages else ""

    return NumberedPager(number(page), number(pages), address(page - 1), address(page + 1))
