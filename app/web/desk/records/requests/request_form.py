"""/desk/citizen-requests/new: entering what a citizen asked for, about a household or none of the list."""

import secrets
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.access import find
from app.core.clock import local_date
from app.core.errors import Invalid, NotFound, TextRefused
from app.core.strings import _
from app.core.types import is_id
from app.fieldwork.households.models import Household
from app.review.citizen_requests import commands
from app.web.days import parse_day
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import IdField, IdFilter, Option
from app.web.desk.page.frame import REQUESTS, build_frame
from app.web.desk.page.labels import REQUEST_KINDS, Link, household_link
from app.web.desk.records.requests.words import PATH
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, number

router = APIRouter()
_MAX_TYPED = 200
_NO_PROBLEMS = {"kind": "", "day": "", "reference": ""}


@dataclass(frozen=True)
class RequestForm:
    """What was typed, with the sentences of a refused form by field."""

    id: str
    kind: str = ""
    day: str = ""
    others: bool = False
    reference: str = ""
    problems: dict[str, str] = field(default_factory=lambda: _NO_PROBLEMS)


@dataclass(frozen=True)
class RequestFormPage:
    """What templates/desk/records/request_form.html shows. `household`: whom it is about, None for somebody
    on no list."""

    title: str
    frame: Frame
    household_id: str
    household: Link | None
    kinds: list[Option]
    form: RequestForm


@router.get(f"{PATH}/new")
def show_request_form(desk: Desk, household: IdFilter = "") -> Response:
    """The form, for the household of the address, or for none."""
    today = format_day(local_date(desk.now))
    return _show(desk, household, RequestForm(secrets.token_urlsafe(12), day=today))


@router.post(f"{PATH}/new")
def enter_request(
    desk: Desk,
    id: IdField = "",
    household: IdField = "",
    kind: IdField = "",
    day: Annotated[str, Form()] = "",
    others: IdField = "",
    reference: Annotated[str, Form()] = "",
) -> Response:
    """*Vào sổ*, then its page."""
    typed = RequestForm(id, kind, day[:_MAX_TYPED], bool(others), reference[: 4 * commands.MAX_REFERENCE])
    received_on = parse_day(day, local_date(desk.now))
    if kind not in REQUEST_KINDS or received_on is None:
        return _refused(desk, household, typed, "received_on" if kind in REQUEST_KINDS else "kind")
    new = commands.NewRequest(id, kind, received_on, bool(others), household, reference)
    try:
        entered = desk.database.write(lambda session: commands.enter(session, desk.actor, new, desk.now).id)
    except (Invalid, TextRefused) as error:
        return _refused(desk, household, typed, error.fields[0])
    return RedirectResponse(f"{PATH}/{entered}?done=entered", 303)


def _refused(desk: DeskContext, household: str, typed: RequestForm, wrong: str) -> Response:
    problems = {
        "kind": {"kind": _("Chọn bà con yêu cầu việc gì.")},
        "received_on": {"day": _("Ghi ngày nhận trong một năm qua, như 24/11/2026.")},
        "reference": {
            "reference": _("Viết nhiều nhất %(limit)s ký tự.", limit=number(commands.MAX_REFERENCE))
        },
    }
    return _show(desk, household, replace(typed, problems=_NO_PROBLEMS | problems[wrong]), 422)


def _show(desk: DeskContext, household_id: str, form: RequestForm, status: int = 200) -> Response:
    page = desk.database.read(lambda session: _page(session, desk, household_id, form))
    return html("desk/records/request_form.html", page, status)


def _page(session: Session, desk: DeskContext, household_id: str, form: RequestForm) -> RequestFormPage:
    if household_id and not is_id(household_id):
        raise NotFound
    household = find(session, desk.actor, Household, household_id) if household_id else None
    return RequestFormPage(
        title=_("Ghi yêu cầu của bà con"),
        frame=build_frame(session, desk.actor, REQUESTS),
        household_id=household_id,
        household=household_link(household) if household else None,
        kinds=[Option(kind, label, kind == form.kind) for kind, label in REQUEST_KINDS.items()],
        form=form,
    )
