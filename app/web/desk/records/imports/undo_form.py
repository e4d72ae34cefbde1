"""/desk/imports/{id}/undo: *Hoàn tác lần nhập*, asked once with its consequences."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import StaleDecision
from app.core.strings import _
from app.intake.household_import.runs import commands, undo
from app.intake.household_import.runs.undo import Obstacles, StandsOnIt
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import IMPORTS, build_frame
from app.web.frame import Frame
from app.web.rendering import html, number

router = APIRouter()


@dataclass(frozen=True)
class UndoPage:
    """What templates/desk/records/import_undo.html shows; `obstacles`: why it cannot be done."""

    title: str
    frame: Frame
    address: str
    file_name: str
    added: str
    updated: str
    hamlets: str
    obstacles: list[str]


@router.get("/desk/imports/{import_id}/undo")
def show_undo_form(import_id: PathId, desk: Desk) -> Response:
    return _form(desk, import_id)


@router.post("/desk/imports/{import_id}/undo")
def undo_import(import_id: PathId, desk: Desk) -> Response:
    """Undo the import."""
    try:
        desk.database.write(lambda session: undo.undo(session, desk.actor, import_id, desk.now))
    except StandsOnIt:
        return _form(desk, import_id, 409)
    except StaleDecision:
        return RedirectResponse(f"/desk/imports/{import_id}", 303)
    return RedirectResponse(f"/desk/imports/{import_id}?done=undone", 303)


def _form(desk: DeskContext, import_id: str, status: int = 200) -> Response:
    def load(session: Session) -> UndoPage | None:
        run = commands.find(session, desk.actor, import_id)
        if not undo.may_undo(run, desk.now):
            return None
        return UndoPage(
            title=_("Hoàn tác lần nhập này?"),
            frame=build_frame(session, desk.actor, IMPORTS),
            address=f"/desk/imports/{run.id}",
            file_name=run.file_name or _("Danh sách hộ"),
            added=number(run.summary["added"]),
            updated=_count(run.summary["updated"]),
            hamlets=_count(len(run.summary["hamlets_added"])),
            obstacles=_sentences(undo.find_obstacles(session, run)),
        )

    page = desk.database.read(load)
    if page is None:
        return RedirectResponse(f"/desk/imports/{import_id}", 303)
    return html("desk/records/import_undo.html", page, status)


def _count(count: int) -> str:
    """The number; empty for none."""
    return number(count) if count else ""


def _sentences(obstacles: Obstacles) -> list[str]:
    sentences = []
    if obstacles.visited:
        sentences.append(
            _(
                "%(count)s hộ đã có lượt thăm nên không hoàn tác được nữa.",
                count=number(obstacles.visited),
            )
        )
    if obstacles.changed:
        sentences.append(
            _(
                "%(count)s hộ đã được sửa, chuyển hoặc gộp sau lần nhập nên không hoàn tác được nữa.",
                count=number(obstacles.changed),
            )
        )
    return sentences
