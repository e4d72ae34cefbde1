"""*Nhập tệp dự phòng*: import a phone's export file, with the operations that the phone could not send."""

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
from app.core.strings import _
from app.sync.export.envelope import FileRefused
from app.sync.export.importer import import_file, summary_sentence
from app.web.desk.context import Desk, DeskContext
from app.web.desk.frame import DEVICES, Frame, build_frame
from app.web.middleware.security import FILE_BODY
from app.web.rendering import html

router = APIRouter()

FILES_AT_ONCE = 2  # each takes up to 8 MB of memory during the upload, and a process that unpacks it


@dataclass(frozen=True)
class ExportFilePage:
    """What templates/desk/export_file.html shows: the form, the summary of an import, or why a file was
    refused."""

    title: str
    frame: Frame
    done: str
    problem: str


class _InMemory(MultiPartParser):
    """Keeps the file in memory: `BodyLimit` bounds it."""

    spool_max_size = FILE_BODY


async def read_file(request: Request, _desk: Desk) -> AsyncIterator[bytes]:
    """The file of the form, read after the supervisor is known; empty if there is none or it is too large.

    Raises `TooSlow`, and `Unavailable` while `FILES_AT_ONCE` others are being imported.
    """
    slots: BoundedSemaphore = request.app.state.file_slots
    if not slots.acquire(blocking=False):
        raise Unavailable
    try:
        yield await _read_form_file(request)
    finally:
        slots.release()


@router.get("/desk/export-file")
def show_form(desk: Desk) -> Response:
    return _page(desk)


@router.post("/desk/export-file")
def import_export_file(desk: Desk, content: Annotated[bytes, Depends(read_file)]) -> Response:
    """Import the file. Each of its operations is applied once, however often the file is sent."""
    try:
        summary = import_file(desk.database, content, desk.now, desk.actor.commune_id)
    except FileRefused as refused:
        return _page(desk, problem=refused.sentence, status=422)
    return _page(desk, done=summary_sentence(summary))


async def _read_form_file(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return b""
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=1).parse()
        file = form.get("file")
        return await file.read() if isinstance(file, UploadFile) else b""
    except (TooLarge, ClientDisconnect, MultiPartException, LookupError, ValueError):
        return b""


def _page(desk: DeskContext, done: str = "", problem: str = "", status: int = 200) -> Response:
    frame = desk.database.read(lambda session: build_frame(session, desk.actor, DEVICES))
    return html("desk/export_file.html", ExportFilePage(_("Nhập tệp dự phòng"), frame, done, problem), status)
