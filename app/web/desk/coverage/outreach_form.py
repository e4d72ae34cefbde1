"""The form of an outreach session at the desk: its fields as they were sent, checked as the phone checks
them, and as the page shows them."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Form
from pydantic import ValidationError
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.errors import HamletUnknown, Invalid, Rejected, TextRefused
from app.core.strings import _, lazy
from app.core.text import nfc
from app.core.types import code_of
from app.fieldwork.outreach.commands import MAX_PEOPLE, PLACE_LENGTH, OutreachContent
from app.fieldwork.outreach.models import VENUES, OutreachSession
from app.fieldwork.visits.content import MAX_SERVICES
from app.intake.paper.commands import first_day
from app.intake.paper.session_withdrawal import REASON_LENGTH
from app.reports.extras.models import wanted_extras
from app.reports.extras.venues import VENUE_NAMES, place_of
from app.web.days import parse_day
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.labels import hamlet_label
from app.web.rendering import day as format_day

_NOT_IN_CHARGE = lazy("Ngày này người ấy không phụ trách thôn này. Chọn thôn khác, hoặc đổi người, đổi ngày.")
_ODD_CHARACTERS = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")
_UNKNOWN_SERVICE = lazy("Có việc không thuộc danh mục. Hãy chọn lại.")
NO_REASON = lazy("Ghi lý do sửa, nhiều nhất %(most)s ký tự.", most=REASON_LENGTH)
UNCHANGED = lazy("Chưa đổi ô nào. Sửa ô sai rồi lưu.")


@dataclass(frozen=True)
class SessionForm:
    """The form as it was sent. `member`: of a new session; `reason`: of a correction."""

    id: str = ""
    member: str = ""
    held_on: str = ""
    hamlet: str = ""
    place: str = ""
    people: str = ""
    services: tuple[str, ...] = ()
    reason: str = ""
    venue: str = ""


def read_form(
    id: Annotated[str, Form()] = "",
    member: Annotated[str, Form()] = "",
    held_on: Annotated[str, Form()] = "",
    hamlet: Annotated[str, Form()] = "",
    place: Annotated[str, Form()] = "",
    people: Annotated[str, Form()] = "",
    service: Annotated[list[str], Form()] = [],  # noqa: B006 - FastAPI copies it
    reason: Annotated[str, Form()] = "",
    venue: Annotated[str, Form()] = "",
) -> SessionForm:
    """What is longer than any valid text is cut behind it, and stays invalid."""
    services = tuple(dict.fromkeys(code[:65] for code in service[: MAX_SERVICES + 1]))
    texts = id[:65], member[:65], held_on[:21], hamlet[:65]
    long = place[: 2 * PLACE_LENGTH], people[:8], services, reason[: 2 * REASON_LENGTH]
    return SessionForm(*texts, *long, venue[:65])


Submitted = Annotated[SessionForm, Depends(read_form)]


@dataclass(frozen=True)
class SessionFields:
    """The fields of the form with what was entered; `problems`: a sentence for each wrong one, by its id.
    `venues`: empty unless the commune wants them, or one is stored."""

    held_on: str
    day_hint: str
    hamlets: list[Option]
    place: str
    people: str
    services: list[Option]
    venues: list[Option]
    problems: dict[str, str]


def form_of(row: OutreachSession) -> SessionForm:
    """The form of a session as it is stored."""
    people = "" if row.people is None else str(row.people)
    held_on = format_day(row.held_on)
    texts = (row.id, row.recorded_by, held_on, row.hamlet_id, row.place, people)
    return SessionForm(*texts, (*row.services,), venue=row.venue or "")


def session_fields(
    session: Session,
    desk: DeskContext,
    form: SessionForm,
    problems: dict[str, str],
    stored: OutreachSession | None = None,
) -> SessionFields:
    """The fields to show; of a hamlet or a service that is not offered any more only what `form` has."""
    catalog = sorted(services_by_code(session, desk.actor).values(), key=lambda one: one.position)
    hamlets = list_hamlets(session, desk.actor, with_merged=True)
    earliest = first_day(stored.received_at if stored else desk.now)
    return SessionFields(
        held_on=form.held_on,
        day_hint=_("Từ %(first)s đến hôm nay.", first=format_day(earliest)),
        hamlets=[
            Option(one.id, hamlet_label(one), one.id == form.hamlet)
            for one in hamlets
            if one.merged_into is None or one.id == form.hamlet
        ],
        place=form.place,
        people=form.people,
        services=[
            Option(one.code, one.label, one.code in form.services)
            for one in catalog
            if one.active or one.code in form.services
        ],
        venues=_venue_options(session, desk, form),
        problems=dict.fromkeys(_FIELDS, "") | problems,
    )


def _venue_options(session: Session, desk: DeskContext, form: SessionForm) -> list[Option]:
    if not form.venue and "venue" not in wanted_extras(session, desk.actor):
        return []
    return [Option(code, str(VENUE_NAMES[code]), code == form.venue) for code in VENUES]


_FIELDS = ("member", "held_on", "hamlet", "place", "people", "services", "reason", "venue")


@dataclass
class Checked:
    """The content of a form, None if `problems` has a sentence."""

    content: OutreachContent | None = None
    problems: dict[str, str] = field(default_factory=dict)


def check_form(
    session: Session, desk: DeskContext, form: SessionForm, stored: OutreachSession | None = None
) -> Checked:
    """The content that was entered, or a sentence for each wrong field. `stored`: the session that is
    corrected; its day stays possible, however old it is."""
    held_on, day_problem = _parse_held_on(desk, form.held_on, stored)
    known = services_by_code(session, desk.actor).keys() | {*(stored.services if stored else ())}
    venue = code_of(VENUES, form.venue)
    place = form.place.strip() or place_of(venue)
    problems = {
        "held_on": day_problem,
        "hamlet": "" if form.hamlet else _("Chọn thôn, bản hoặc tổ dân phố."),
        "place": _place_problem(place),
        "people": _people_problem(form.people.strip()),
        "services": _services_problem(form.services, known),
        "venue": "" if venue or not form.venue else _("Chọn lại nơi giúp bà con."),
    }
    if wrong := {name: sentence for name, sentence in problems.items() if sentence}:
        return Checked(problems=wrong)
    try:
        content = OutreachContent(
            id=form.id,
            hamlet_id=form.hamlet,
            place=nfc(place),
            held_on=held_on,
            services=[*form.services],
            people=int(form.people) if form.people.strip() else None,
            venue=venue,
        )
    except ValidationError as error:
        names = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]}
        raise Invalid(*sorted(names)) from None
    return Checked(content)


def refusal_problems(refusal: Rejected) -> dict[str, str]:
    """The sentence for what a command refused, by field. Raises the refusal again if our form cannot have
    caused it."""
    if isinstance(refusal, HamletUnknown):
        return {"hamlet": _NOT_IN_CHARGE}
    if isinstance(refusal, TextRefused):
        return {name: _ODD_CHARACTERS for name in refusal.fields}
    raise refusal


def _parse_held_on(desk: DeskContext, text: str, stored: OutreachSession | None) -> tuple[date | None, str]:
    """The day, or a sentence that says what is wrong with it."""
    today = local_date(desk.now)
    earliest = first_day(stored.received_at if stored else desk.now)
    on = parse_day(text, today)
    if on is None:
        return None, _("Ghi ngày theo mẫu 24/11/2026.")
    if stored and on == stored.held_on:
        return on, ""
    if on > today:
        return None, _("Ngày này chưa tới. Ghi ngày đến hôm nay, %(today)s.", today=format_day(today))
    if on < earliest:
        return None, _("Chỉ ghi được ngày từ %(first)s.", first=format_day(earliest))
    return on, ""


def _place_problem(text: str) -> str:
    try:
        written = nfc(text.strip())
    except TextRefused:
        return _ODD_CHARACTERS
    if not written:
        return _("Ghi nơi tổ chức.")
    too_long = len(written) > PLACE_LENGTH
    return _("Dài quá %(most)s ký tự. Viết ngắn lại.", most=PLACE_LENGTH) if too_long else ""


def _people_problem(text: str) -> str:
    """Empty is *chưa đếm*."""
    is_count = text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PEOPLE
    return "" if not text or is_count else _("Ghi số từ 1 đến %(most)s.", most=MAX_PEOPLE)


def _services_problem(services: tuple[str, ...], known: set[str]) -> str:
    if not services:
        return _("Chọn ít nhất một việc đã hướng dẫn.")
    is_wrong = len(services) > MAX_SERVICES or not known.issuperset(services)
    return _UNKNOWN_SERVICE if is_wrong else ""
