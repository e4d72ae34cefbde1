"""`/upload`: anybody hands in an export file for its owner. The page learns nothing of what is in it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from app.commune.accounts import throttle
from app.core.strings import _
from app.sync.export.refusals import FileMissing, FileRefused
from app.web.delivery.form_file import read_form_file
from app.web.delivery.limits import delivery_limits
from app.web.deps import Db, Now
from app.web.middleware.security import client_address
from app.web.rendering import html

router = APIRouter()

ADDRESS = "/upload"


@dataclass(frozen=True)
class UploadPage:
    """What templates/upload.html shows: the form, that a file has arrived, or why it was refused."""

    is_received: bool = False
    problem: str = ""


async def read_upload(request: Request, database: Db, now: Now) -> AsyncIterator[bytes]:
    """The file, read once the sender has a place and is within the limits of deliveries.

    Raises `Busy`, `TooManyAttempts` and `TooSlow`.
    """
    address = throttle.network_of(client_address(request.scope))
    with delivery_limits(request).public.slot(address):
        await run_in_threadpool(
            database.write, lambda session: throttle.count_delivery(session, address, now, is_public=True)
        )
        yield await read_form_file(request)


@router.get(ADDRESS)
def show_form() -> Response:
    return html("upload.html", UploadPage())


@router.post(ADDRESS)
def receive_file(
    request: Request, content: Annotated[bytes, Depends(read_upload)], database: Db, now: Now
) -> Response:
    """Deliver the file. Each of its operations is applied once, however often it comes and by whom."""
    try:
        if not content:
            raise FileMissing
        address = client_address(request.scope)
        delivery_limits(request).deliver(database, content, now, "upload", address)
    except FileRefused as refused:
        problem = (
            _("Chọn tệp gửi hộ, không quá 3 MB.") if refused.code == FileMissing.code else refused.sentence
        )
        return html("upload.html", UploadPage(problem=problem), 422)
    return html("upload.html", UploadPage(is_received=True))
