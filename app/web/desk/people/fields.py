"""Checks of the fields of a person's forms: what is wrong, and how it is right, by field."""

from datetime import datetime

from app.commune.accounts import access
from app.commune.accounts.models import Team
from app.core.clock import VIETNAM, local_date
from app.core.errors import NotFound
from app.core.numbers.phone import normalize_phone
from app.core.strings import _
from app.core.types import is_id
from app.web.days import parse_day
from app.web.desk.page.context import DeskContext
from app.web.names import name_problem

MAX_PHONE = 20


def with_every_field(problems: dict[str, str]) -> dict[str, str]:
    """The sentences, empty for fields without a problem: a template names each."""
    return dict.fromkeys(("name", "phone", "team", "since"), "") | problems


def check_person(name: str, phone: str) -> dict[str, str]:
    """Sentences for a name and number that cannot be stored."""
    problems = {"name": name_problem(name, _("Nhập họ và tên.")), "phone": _phone_problem(phone)}
    return {field: sentence for field, sentence in problems.items() if sentence}


def check_team(desk: DeskContext, team_id: str) -> dict[str, str]:
    """A sentence unless this is a team of the commune."""
    try:
        if not is_id(team_id):
            raise NotFound
        desk.database.read(lambda session: access.find(session, desk.actor, Team, team_id))
    except NotFound:
        return {"team": _("Chọn một tổ.")}
    return {}


def check_member(desk: DeskContext, name: str, phone: str, team_id: str) -> dict[str, str]:
    """Sentences for the fields of a new member."""
    return check_person(name, phone) | check_team(desk, team_id)


def parse_since(text: str, now: datetime) -> datetime | None:
    """The beginning of a day up to today; `now` without a text, None if it is no such day."""
    if not text.strip():
        return now
    today = local_date(now)
    day = parse_day(text, today)
    if day is None or day > today:
        return None
    return min(datetime(day.year, day.month, day.day, tzinfo=VIETNAM), now)


def _phone_problem(phone: str) -> str:
    if not phone.strip():
        return _("Nhập số điện thoại của người này.")
    if len(phone) > MAX_PHONE or normalize_phone(phone) is None:
        return _("Số điện thoại chưa đúng. Viết như 0900 000 001.")
    return ""
