"""Reading the file of a form into memory; `BodyLimit` bounds it."""

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.core.errors import TooLarge
from app.web.bodies import FILE_BODY


class _InMemory(MultiPartParser):
    spool_max_size = FILE_BODY


async def read_form_file(request: Request) -> bytes:
    """The field `file`; empty if there is none or it is too large. Raises `TooSlow`."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return b""
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=1).parse()
        file = form.get("file")
        return await file.read() if isinstance(file, UploadFile) else b""
    except (TooLarge, ClientDisconnect, MultiPartException, LookupError, ValueError):
        return b""
