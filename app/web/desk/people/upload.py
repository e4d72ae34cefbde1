"""The forms with a list of people, read after the supervisor is known: a file, or rows understood of one."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from threading import BoundedSemaphore
from typing import Annotated

from fastapi import Request
from pydantic import Field, TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.core.errors import TooLarge, Unavailable
from app.intake.household_import.reading.reader import SUFFIXES, Limits, Sheet, read
from app.intake.people_import.records import MAX_PEOPLE, ListedPerson
from app.web.bodies import PEOPLE_BODY
from app.web.desk.page.context import Desk

FILE_LIMITS = Limits(
    file_bytes=PEOPLE_BODY, unpacked_bytes=50 << 20, sheets=20, rows=2_000, columns=50, cells=100_000
)
_Cell = Annotated[str, Field(max_length=1_000)]
_Row = tuple[_Cell, Annotated[int, Field(ge=0, le=10_000_000)], _Cell, _Cell, _Cell, _Cell]
_ROWS = TypeAdapter(Annotated[list[_Row], Field(min_length=1, max_length=MAX_PEOPLE)])


@dataclass(frozen=True)
class PeopleForm:
    """What was sent: a file with its suffix, a text, or rows; each empty if none can be read."""

    file: bytes = b""
    suffix: str = ""
    rows: str = ""
    text: str = ""


class _InMemory(MultiPartParser):
    """Keeps the file in memory: `BodyLimit` bounds it."""

    spool_max_size = PEOPLE_BODY


async def read_form(request: Request, _desk: Desk) -> AsyncIterator[PeopleForm]:
    """The form. Raises `TooSlow` and `Unavailable`."""
    async with opened_form(request) as form:
        yield form


@asynccontextmanager
async def opened_form(request: Request) -> AsyncIterator[PeopleForm]:
    """The form of a sender who is known, with a place until it has been answered. Raises `TooSlow`, and
    `Unavailable` while too many other files are being read."""
    slots: BoundedSemaphore = request.app.state.file_slots
    if not slots.acquire(blocking=False):
        raise Unavailable
    try:
        yield await _read(request)
    finally:
        slots.release()


def read_sheets(form: PeopleForm) -> list[Sheet]:
    """The file's sheets. Raises `FileRefused`."""
    suffix = form.suffix if form.suffix in SUFFIXES else ".other"
    with NamedTemporaryFile(suffix=suffix) as file:
        file.write(form.file)
        file.flush()
        return read(Path(file.name), FILE_LIMITS)


def write_rows(people: Sequence[ListedPerson]) -> str:
    """The rows for the form's hidden field."""
    return json.dumps(people, ensure_ascii=False)


def read_rows(text: str) -> list[ListedPerson] | None:
    """The rows of the hidden field; None if it has been changed into anything else."""
    try:
        return [ListedPerson(*row) for row in _ROWS.validate_json(text)]
    except ValidationError:
        return None


async def _read(request: Request) -> PeopleForm:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return PeopleForm()
    try:
        form = await _InMemory(request.headers, request.stream(), max_files=1, max_fields=2).parse()
        file, rows, text = form.get("file"), form.get("rows"), form.get("text")
        if isinstance(file, UploadFile) and (content := await file.read()):
            return PeopleForm(content, PurePath(file.filename or "").suffix.lower())
        return PeopleForm(
            rows=rows if isinstance(rows, str) else "", text=text if isinstance(text, str) else ""
        )
    except (TooLarge, ClientDisconnect, MultiPartException, LookupError, ValueError):
        return PeopleForm()
