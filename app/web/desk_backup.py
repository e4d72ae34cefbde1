"""*Nhận tệp dự phòng*: what a phone could not send, brought to the desk as a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.core.errors import TooLarge, Unavailable
from app.sync.backup.sealed import FileRefused
from app.sync.backup.taking_in import sentence, take_in
from app.web.desk_frame import DEVICES, Frame, Seat, Seated, frame_of
from app.web.rendering import html
from app.web.security import FILE_BODY
from app.web.strings import _

router = APIRouter()

FILES_AT_ONCE = 2  # each takes up to 8 MB while it comes, and a process that unpacks it


@dataclass(frozen=True)
class BackupPage:
    """What templates/desk/backup_file.html shows: the form, what became of a file, or why it was refused."""

    title: str
    frame: Frame
    done: str
    problem: str


class _InMemory(MultiPartParser):
    """Bodies are bounded: none is worth a file on the disk."""

    spool_max_size = FILE_BODY


async def read_file(request: Request, _desk: Seated) -> AsyncIterator[bytes]:
    """The file of the form, read when it is known who brings it; empty if it is none or too large.

    Raises `TooSlow`, and `Unavailable` while as many as can be are being taken in.
    """
    places: BoundedSemaphore = request.app.state.file_places
    if not places.acquire(blocking=False):
        raise Unavailable
    try:
        yield await _file_of(request)
    finally:
        places.release()


@router.get("/desk/backup-file")
def show_form(desk: Seated) -> Response:
    return _page(desk)


@router.post("/desk/backup-file")
def take_file_in(desk: Seated, content: Annotated[bytes, Depends(read_file)]) -> Response:
    """Take the file in. Sent again, by a reload too, it doubles nothing."""
    try:
        taken = take_in(desk.database, content, desk.now, desk.actor.commune_id)
    except FileRefused as refused:
        return _page(desk, problem=refused.sentence, status=422)
    return _page(desk, done=sentence(taken))


async def _file_of(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return b""
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=1).parse()
        file = form.get("file")
        return await file.read() if isinstance(file, UploadFile) else b""
    except (TooLarge, ClientDisconnect, MultiPartException, LookupError, ValueError):
        return b""


def _page(desk: Seat, done: str = "", problem: str = "", status: int = 200) -> Response:
    frame = desk.database.read(lambda session: frame_of(session, desk.actor, DEVICES))
    return html("desk/backup_file.html", BackupPage(_("Nhận tệp dự phòng"), frame, done, problem), status)
