"""Lists of what households wait for, appointments and needs, each with the visit that it comes from."""

from dataclasses import dataclass
from datetime import date

from app.commune.areas import Hamlet
from app.core.strings import _
from app.fieldwork.households.models import Household
from app.web.desk.page.labels import Link
from app.web.rendering import number


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


def place_of(household: Household, hamlets: dict[str, Hamlet]) -> str:
    """*Ngõ 3, Thôn Đông*."""
    return ", ".join(part for part in (household.alley, hamlets[household.hamlet_id].name) if part)


def days_since(day: date, today: date) -> str:
    """*9 ngày*."""
    return _("%(days)s ngày", days=number(max(0, (today - day).days)))
