"""*Nhập tệp nhờ gửi hộ*: import a phone's export file, with the operations that the phone could not send."""

from collections.abc import AsyncIterator
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from app.core.errors import Unavailable
from app.sync.export.importer import import_file, summary_sentence
from app.sync.export.refusals import FileRefused
from app.web.delivery.form_file import read_form_file
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import DEVICES
from app.web.screens import screen

router = APIRouter()

FILES_AT_ONCE = 2  # each takes up to 8 MB of memory during the upload, and a process that unpacks it


async def read_file(request: Request, _desk: Desk) -> AsyncIterator[bytes]:
    """The file of the form, read after the supervisor is known; empty if there is none or it is too large.

    Raises `TooSlow`, and `Unavailable` while `FILES_AT_ONCE` others are being imported.
    """
    slots: BoundedSemaphore = request.app.state.file_slots
    if not slots.acquire(blocking=False):
        raise Unavailable
    try:
        yield await read_form_file(request)
    finally:
        slots.release()


@router.get("/desk/export-file")
def show_form(desk: Desk) -> Response:
    return _page(desk)


@router.post("/desk/export-file")
def import_export_file(desk: Desk, content: Annotated[bytes, Depends(read_file)]) -> Response:
    """Import the file. Each of its operations is applied once, however often the file is sent."""
    try:
        actor = desk.actor
        summary = import_file(desk.database, content, desk.now, actor.commune_id, actor.account_id)
    except FileRefused as refused:
        return _page(desk, problem=refused.sentence, status=422)
    return _page(desk, done=summary_sentence(summary))


def _page(desk: DeskContext, done: str = "", problem: str = "", status: int = 200) -> Response:
    shown = {"done": done, "problem": problem}
    return screen(desk, "desk/records/export_file.html", DEVICES, lambda _: shown, status)
