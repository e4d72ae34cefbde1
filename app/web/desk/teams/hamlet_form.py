"""/desk/hamlets/new and /desk/hamlets/{id}: a hamlet's name."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import access
from app.areas import Hamlet
from app.core.errors import NameTaken
from app.core.strings import _
from app.teams import hamlets
from app.web.desk.context import Desk, DeskContext, PathId
from app.web.desk.frame import PEOPLE, Frame, build_frame
from app.web.desk.people.fields import name_problem
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class HamletPage:
    """What templates/desk/hamlet_form.html shows; `address` is the form's, `problem` a sentence."""

    title: str
    frame: Frame
    address: str
    is_new: bool
    name: str
    problem: str


@router.get("/desk/hamlets/new")
def show_new_hamlet(desk: Desk) -> Response:
    return _form(desk, "", "", "")


@router.post("/desk/hamlets/new")
def add_hamlet(desk: Desk, name: Annotated[str, Form()] = "") -> Response:
    """Add the hamlet; a wrong name shows the form again with a sentence."""
    return _save(desk, "", name)


@router.get("/desk/hamlets/{hamlet_id}")
def show_hamlet(hamlet_id: PathId, desk: Desk) -> Response:
    name = desk.database.read(lambda session: access.find(session, desk.actor, Hamlet, hamlet_id).name)
    return _form(desk, hamlet_id, name, "")


@router.post("/desk/hamlets/{hamlet_id}")
def rename_hamlet(hamlet_id: PathId, desk: Desk, name: Annotated[str, Form()] = "") -> Response:
    """Rename the hamlet."""
    return _save(desk, hamlet_id, name)


def _save(desk: DeskContext, hamlet_id: str, name: str) -> Response:
    if problem := name_problem(name, _("Nhập tên thôn.")):
        return _form(desk, hamlet_id, name, problem)

    def work(session: Session) -> None:
        if hamlet_id:
            hamlets.rename_hamlet(session, desk.actor, hamlet_id, name, desk.now)
        else:
            hamlets.add_hamlet(session, desk.actor, name, desk.now)

    try:
        desk.database.write(work)
    except NameTaken:
        return _form(desk, hamlet_id, name, _("Đã có thôn tên này. Đặt tên khác."))
    return RedirectResponse("/desk/teams?done=hamlet", 303)


def _form(desk: DeskContext, hamlet_id: str, name: str, problem: str) -> Response:
    def load(session: Session) -> HamletPage:
        title = access.find(session, desk.actor, Hamlet, hamlet_id).name if hamlet_id else _("Thêm thôn")
        return HamletPage(
            title=title,
            frame=build_frame(session, desk.actor, PEOPLE),
            address=f"/desk/hamlets/{hamlet_id or 'new'}",
            is_new=not hamlet_id,
            name=name,
            problem=problem,
        )

    return html("desk/hamlet_form.html", desk.database.read(load), 422 if problem else 200)
