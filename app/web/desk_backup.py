"""*Nhận tệp dự phòng*: what a phone could not send, brought to the desk as a file."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, UploadFile
from fastapi.responses import Response

from app.sync.backup.sealed import FileRefused
from app.sync.backup.taking_in import sentence, take_in
from app.web.desk_frame import DEVICES, Frame, Seat, Seated, frame_of
from app.web.rendering import html
from app.web.strings import _

router = APIRouter()


@dataclass(frozen=True)
class BackupPage:
    """What templates/desk/backup_file.html shows: the form, what became of a file, or why it was refused."""

    title: str
    frame: Frame
    done: str
    problem: str


@router.get("/desk/backup-file")
def show_form(desk: Seated) -> Response:
    return _page(desk)


@router.post("/desk/backup-file")
def take_file_in(desk: Seated, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Take the file in. Sent again, by a reload too, it doubles nothing."""
    content = file.file.read() if file else b""
    try:
        taken = take_in(desk.database, content, desk.now, desk.actor.commune_id)
    except FileRefused as refused:
        return _page(desk, problem=refused.sentence, status=422)
    return _page(desk, done=sentence(taken))


def _page(desk: Seat, done: str = "", problem: str = "", status: int = 200) -> Response:
    frame = desk.database.read(lambda session: frame_of(session, desk.actor, DEVICES))
    return html("desk/backup_file.html", BackupPage(_("Nhận tệp dự phòng"), frame, done, problem), status)
