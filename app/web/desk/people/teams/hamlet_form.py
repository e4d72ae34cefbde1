"""/desk/hamlets/new and /desk/hamlets/{id}: a hamlet's name and the households known to the commune."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.areas import Hamlet
from app.commune.teams import hamlets
from app.commune.teams.hamlets import MAX_KNOWN_HOUSEHOLDS
from app.core.clock import local_date
from app.core.errors import NameTaken
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HAMLETS, build_frame
from app.web.frame import Frame
from app.web.names import name_problem
from app.web.rendering import day, html, number

router = APIRouter()
MAX_TYPED = 40


@dataclass(frozen=True)
class HamletFields:
    """The form as it is filled in; `known`: the number of households as it was typed."""

    name: str = ""
    known: str = ""


def parse_hamlet(name: Annotated[str, Form()] = "", known: Annotated[str, Form()] = "") -> HamletFields:
    """The submitted form."""
    return HamletFields(name, known[:MAX_TYPED])


SubmittedHamlet = Annotated[HamletFields, Depends(parse_hamlet)]


@dataclass(frozen=True)
class HamletPage:
    """What templates/desk/people/hamlet_form.html shows; `address` is the form's, the problems are sentences.

    `merged`: into which hamlet it was merged and when, empty if it was not; `links`: whether there is a list
    to print and something to merge.
    """

    title: str
    frame: Frame
    address: str
    is_new: bool
    name: str
    known: str
    name_problem: str
    known_problem: str
    merged: str
    links: bool


@router.get("/desk/hamlets/new")
def show_new_hamlet(desk: Desk) -> Response:
    return _form(desk, "", HamletFields(), {})


@router.post("/desk/hamlets/new")
def add_hamlet(desk: Desk, fields: SubmittedHamlet) -> Response:
    """Add the hamlet; a wrong field shows the form again with a sentence."""
    return _save(desk, "", fields)


@router.get("/desk/hamlets/{hamlet_id}")
def show_hamlet(hamlet_id: PathId, desk: Desk) -> Response:
    hamlet = desk.database.read(lambda session: access.find(session, desk.actor, Hamlet, hamlet_id))
    known = "" if hamlet.known_households is None else str(hamlet.known_households)
    return _form(desk, hamlet_id, HamletFields(hamlet.name, known), {})


@router.post("/desk/hamlets/{hamlet_id}")
def change_hamlet(hamlet_id: PathId, desk: Desk, fields: SubmittedHamlet) -> Response:
    """Change name and number."""
    return _save(desk, hamlet_id, fields)


def _save(desk: DeskContext, hamlet_id: str, fields: HamletFields) -> Response:
    known, sentence = _parse_known(fields.known)
    problems = {"name": name_problem(fields.name, _("Nhập tên thôn.")), "known": sentence}
    if any(problems.values()):
        return _form(desk, hamlet_id, fields, problems)

    def work(session: Session) -> None:
        if hamlet_id:
            hamlets.change_hamlet(session, desk.actor, hamlet_id, fields.name, known, desk.now)
        else:
            hamlets.add_hamlet(session, desk.actor, fields.name, known, desk.now)

    try:
        desk.database.write(work)
    except NameTaken:
        return _form(desk, hamlet_id, fields, {"name": _("Đã có thôn tên này. Đặt tên khác.")})
    return RedirectResponse("/desk/hamlets?done=saved", 303)


def _parse_known(text: str) -> tuple[int | None, str]:
    """The number, None for an empty text, or a sentence that says what is wrong with it."""
    digits = text.strip().replace(".", "")
    if not digits:
        return None, ""
    if digits.isascii() and digits.isdigit() and int(digits) <= MAX_KNOWN_HOUSEHOLDS:
        return int(digits), ""
    return None, _("Ghi số hộ từ 0 đến %(most)s, hoặc để trống.", most=number(MAX_KNOWN_HOUSEHOLDS))


def _form(desk: DeskContext, hamlet_id: str, fields: HamletFields, problems: dict[str, str]) -> Response:
    def load(session: Session) -> HamletPage:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id) if hamlet_id else None
        return HamletPage(
            title=hamlet.name if hamlet else _("Thêm thôn"),
            frame=build_frame(session, desk.actor, HAMLETS),
            address=f"/desk/hamlets/{hamlet_id or 'new'}",
            is_new=hamlet is None,
            name=fields.name,
            known=fields.known,
            name_problem=problems.get("name", ""),
            known_problem=problems.get("known", ""),
            merged=_merged(session, desk, hamlet) if hamlet else "",
            links=hamlet is not None and hamlet.merged_into is None,
        )

    return html(
        "desk/people/hamlet_form.html", desk.database.read(load), 422 if any(problems.values()) else 200
    )


def _merged(session: Session, desk: DeskContext, hamlet: Hamlet) -> str:
    if hamlet.merged_into is None or hamlet.merged_at is None:
        return ""
    survivor = access.find(session, desk.actor, Hamlet, hamlet.merged_into)
    on = day(local_date(hamlet.merged_at))
    return _("Đã gộp vào %(hamlet)s từ ngày %(day)s.", hamlet=survivor.name, day=on)
