"""/desk/supervisors/new: *Mời cán bộ mới*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from app.commune.credentials import supervisors
from app.core.errors import NameTaken
from app.core.strings import _
from app.web.addresses import commune_origin
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import SUPERVISORS, build_frame
from app.web.desk.people.supervisors.link_sheet import link_sheet
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html
from app.web.sign_in.new_name import NAME_IS_IN_USE, name_problems

router = APIRouter()


@dataclass(frozen=True)
class InvitePage:
    """What templates/desk/people/supervisor_form.html shows; `problems` are sentences by field."""

    title: str
    frame: Frame
    name: str
    sign_in_name: str
    problems: dict[str, str]


@router.get("/desk/supervisors/new")
def show_invite_form(desk: Desk) -> Response:
    return _form(desk, "", "", {})


@router.post("/desk/supervisors/new", dependencies=[RecentFactor])
def invite_supervisor(
    request: Request,
    desk: Desk,
    name: Annotated[str, Form()] = "",
    sign_in_name: Annotated[str, Form()] = "",
) -> Response:
    """Add the supervisor and show their link; a wrong field shows the form again with a sentence."""
    chosen = sign_in_name.strip().lower()
    problems = name_problems(name, chosen)
    if problems:
        return _form(desk, name, sign_in_name, problems)
    try:
        account, token = desk.database.write(
            lambda session: supervisors.invite_supervisor(session, desk.actor, name, chosen, desk.now)
        )
    except NameTaken:
        return _form(desk, name, sign_in_name, {"sign_in_name": NAME_IS_IN_USE})
    frame = desk.database.read(lambda session: build_frame(session, desk.actor, SUPERVISORS))
    person = f"/desk/supervisors/{account.id}"
    origin = desk.database.read(lambda session: commune_origin(session, request, desk.actor.commune_id))
    return link_sheet(origin, frame, person, (account.name, chosen), token, desk.now)


def _form(desk: DeskContext, name: str, sign_in_name: str, problems: dict[str, str]) -> Response:
    page = InvitePage(
        title=_("Mời cán bộ mới"),
        frame=desk.database.read(lambda session: build_frame(session, desk.actor, SUPERVISORS)),
        name=name,
        sign_in_name=sign_in_name,
        problems={"name": "", "sign_in_name": ""} | problems,
    )
    return html("desk/people/supervisor_form.html", page, 422 if problems else 200)
