"""/desk/paper/{household}: the phone's form of a visit, for a member and a day that were chosen before."""

import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import AlreadyExists, HouseholdUnknown, NotFound, Rejected
from app.core.strings import _, lazy
from app.core.types import is_id
from app.fieldwork.derived.needs.queries import find_open_needs
from app.fieldwork.visits.household_summary import HouseholdSummary, household_summaries
from app.intake.paper import commands as paper
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.visits.paper.choose import Choice, PaperQuery, check, query_of_address
from app.web.desk.visits.paper.entry import Entry, SubmittedEntry, check_entry, command_of
from app.web.desk.visits.paper.fields import VisitFields, visit_fields
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, number

router = APIRouter()
_OTHER = lazy("Biểu mẫu này đã được lưu với nội dung khác. Xem lượt đã lưu; nếu sai thì bỏ, rồi nhập lại.")
_NOT_IN_CHARGE = lazy(
    "Ngày này người ấy không phụ trách thôn của hộ. Chọn hộ khác, hoặc đổi người, đổi ngày."
)
_REFUSED = {
    "services": lazy("Có việc không thuộc danh mục. Hãy chọn lại."),
    "needs": lazy("Có việc không thuộc danh mục. Hãy chọn lại."),
    "note": lazy("Ghi chú có ký tự không dùng được. Hãy gõ lại."),
    "follow_up_on": lazy("Ngày hẹn xa quá một năm. Chọn ngày gần hơn."),
}
_FIELDS = {"follow_up_on": "follow_up"}


@dataclass(frozen=True)
class Problem:
    """A sentence at the top of the form, with the id of its field or without one."""

    field: str
    text: str


@dataclass(frozen=True)
class PaperVisitPage(VisitFields):
    """What templates/desk/visits/paper_visit.html shows; `stored`: the address of the visit with the form's
    id."""

    title: str
    frame: Frame
    address: str
    back_to: str
    household: str
    place: str
    about: str
    last_visit: str
    id: str
    errors: list[Problem]
    problem: str
    stored: str


@dataclass(frozen=True)
class PaperRequest:
    """A request for the form of one household."""

    desk: Desk
    household_id: PathId
    query: Annotated[PaperQuery, Depends(query_of_address)]

    @property
    def address(self) -> str:
        """The form's own address."""
        return self.query.address(f"/desk/paper/{self.household_id}")


OneHousehold = Annotated[PaperRequest, Depends()]


@router.get("/desk/paper/{household_id}")
def show_visit_form(request: OneHousehold) -> Response:
    return _form(request, Entry(str(uuid.uuid4())), {})


@router.post("/desk/paper/{household_id}")
def enter_visit(request: OneHousehold, entry: SubmittedEntry) -> Response:
    """Record the visit, once however often the form is sent; a wrong field shows the form again."""
    desk = request.desk
    choice, problems = desk.database.read(lambda session: _check(session, request, entry))
    if problems:
        return _form(request, entry, problems, status=422)
    command = command_of(entry, request.household_id, choice.day)
    try:
        desk.database.write(
            lambda session: paper.enter(session, desk.actor, choice.member_id, choice.day, command, desk.now)
        )
    except HouseholdUnknown:
        return _form(request, entry, {}, _NOT_IN_CHARGE, 422)
    except AlreadyExists:
        return _form(request, entry, {}, _OTHER, 409)
    except Rejected as refusal:
        named = {_FIELDS.get(name, name): _REFUSED[name] for name in refusal.fields if name in _REFUSED}
        return _form(request, entry, named, status=422)
    return RedirectResponse(request.query.address(saved=command.id), 303)


def _check(session: Session, request: PaperRequest, entry: Entry) -> tuple[Choice, dict[str, str]]:
    choice = _choice(session, request)
    catalog = services_by_code(session, request.desk.actor)
    return choice, check_entry(entry, catalog, choice.day)


def _choice(session: Session, request: PaperRequest) -> Choice:
    """Member and day of the address. Raises `NotFound`: our pages link to valid ones only."""
    choice = check(session, request.desk, request.query)
    if not isinstance(choice, Choice):
        raise NotFound
    return choice


def _form(
    request: PaperRequest,
    entry: Entry,
    problems: dict[str, str],
    problem: str = "",
    status: int = 200,
) -> Response:
    desk = request.desk

    def load(session: Session) -> PaperVisitPage:
        choice = _choice(session, request)
        summary = _find_household(session, desk, request.household_id)
        household = summary.household
        catalog = services_by_code(session, desk.actor)
        open_needs = find_open_needs(session, desk.actor, household.id, choice.day)
        return PaperVisitPage(
            title=_("Hộ %(name)s", name=household_label(household)),
            frame=build_frame(session, desk.actor, VISITS),
            address=request.address,
            back_to=request.query.address(),
            household=household_label(household),
            place=", ".join(part for part in (household.alley, summary.hamlet) if part),
            about=_("%(person)s đi thăm ngày %(day)s", person=choice.member, day=format_day(choice.day)),
            last_visit=_last_visit(summary),
            id=entry.id,
            errors=[Problem(name, text) for name, text in problems.items()],
            problem=problem,
            stored=f"/desk/visits/{entry.id}" if problem == _OTHER and is_id(entry.id) else "",
            **vars(visit_fields(entry, catalog, choice.day, open_needs, problems)),
        )

    return html("desk/visits/paper_visit.html", desk.database.read(load), status)


def _find_household(session: Session, desk: DeskContext, household_id: str) -> HouseholdSummary:
    found = household_summaries(session, desk.actor, [household_id])
    if not found:
        raise NotFound
    return found[0]


def _last_visit(summary: HouseholdSummary) -> str:
    if summary.last_on is None:
        return _("Chưa có lượt thăm nào")
    count, last = number(summary.visits), format_day(summary.last_on)
    return _("Đã có %(count)s lượt thăm, lượt cuối %(last)s", count=count, last=last)
