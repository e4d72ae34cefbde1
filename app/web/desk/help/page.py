"""/desk/help: what a supervisor, a member and a teacher read; the texts are in Vietnamese."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.errors import NotFound
from app.core.strings import _
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import Link
from app.web.frame import Frame
from app.web.handbooks.library import HANDBOOKS, Handbook, load_handbook
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/help"


@dataclass(frozen=True)
class HelpPage:
    """What templates/desk/help.html shows; `handbook`: the one that is open, None for the list alone."""

    title: str
    frame: Frame
    handbooks: list[Link]
    handbook: Handbook | None


@router.get(PATH)
def list_handbooks(desk: Desk) -> Response:
    """The names of the handbooks."""
    return html("desk/help.html", desk.database.read(lambda session: _page(session, desk, None)))


@router.get(f"{PATH}/{{name}}")
def show_handbook(name: str, desk: Desk) -> Response:
    """One handbook, to read and to print."""
    if name not in HANDBOOKS:
        raise NotFound
    handbook = load_handbook(name)
    return html("desk/help.html", desk.database.read(lambda session: _page(session, desk, handbook)))


def _page(session: Session, desk: Desk, handbook: Handbook | None) -> HelpPage:
    return HelpPage(
        title=handbook.title if handbook else _("Sổ tay"),
        frame=build_frame(session, desk.actor, OVERVIEW),
        handbooks=[Link(load_handbook(name).title, f"{PATH}/{name}") for name in HANDBOOKS],
        handbook=handbook,
    )
