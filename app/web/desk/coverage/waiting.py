"""Lists of what households wait for, appointments and needs, each with the visit that it comes from."""

from dataclasses import dataclass
from datetime import date

from app.areas import Hamlet
from app.core.strings import _
from app.households.models import Household
from app.web.desk.labels import Link
from app.web.rendering import number

MAX_PAGE = 999


@dataclass(frozen=True)
class WaitingRow:
    """What one household waits for. `service`: what it asked for, empty for an appointment; `waiting`: *9
    ngày*; `visit_label`: the link to the visit for screen readers."""

    household: Link
    place: str
    service: str
    day: str
    waiting: str
    person: Link
    visit: str
    visit_label: str


@dataclass(frozen=True)
class NumberedPager:
    """The page that is shown, of how many, and the addresses of those before and after."""

    page: str
    pages: str
    previous: str
    next: str


def place_of(household: Household, hamlets: dict[str, Hamlet]) -> str:
    """*Ngõ 3, Thôn Đông*."""
    return ", ".join(part for part in (household.alley, hamlets[household.hamlet_id].name) if part)


def days_since(day: date, today: date) -> str:
    """*9 ngày*."""
    return _("%(days)s ngày", days=number(max(0, (today - day).days)))


def page_number(text: str) -> int:
    """The page that an address asks for; the first if it asks for none."""
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_PAGE)) else 1


def numbered_pager(base: str, page: int, pages: int) -> NumberedPager:
    """The pager of a list whose first page has the address `base`."""
    mark = "&" if "?" in base else "?"
    return NumberedPager(
        page=number(page),
        pages=number(pages),
        previous=f"{base}{mark}page={page - 1}" if page > 1 else "",
        next=f"{base}{mark}page={page + 1}" if page < pages else "",
    )
