"""/desk/help: what a supervisor, a member and a teacher read; the texts are in Vietnamese (`texts/`)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.guides.rendering import render
from app.core.errors import NotFound
from app.core.strings import _
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import OVERVIEW, Frame, build_frame
from app.web.desk.page.labels import Link
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/help"
TEXTS = Path(__file__).parent / "texts"
HANDBOOKS = ("officer", "member", "training")  # in this order


@dataclass(frozen=True)
class Handbook:
    """The title of a text, and its content as HTML that holds nothing else than text and lists."""

    title: str
    content: str


@dataclass(frozen=True)
class HelpPage:
    """What templates/desk/help.html shows; `handbook`: the one that is open, None for the list alone."""

    title: str
    frame: Frame
    handbooks: list[Link]
    handbook: Handbook | None


@cache
def load_handbook(name: str) -> Handbook:
    """One of `HANDBOOKS`."""
    title, _line, body = (TEXTS / f"{name}.md").read_text("utf-8").partition("\n")
    return Handbook(title.removeprefix("# "), render(body))


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
