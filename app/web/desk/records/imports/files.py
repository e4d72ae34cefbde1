"""The files of lists: the upload, read after the supervisor is known and stored before anything looks into
it; the worker process that reads one; removing it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from threading import BoundedSemaphore

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import TooLarge, Unavailable
from app.intake.household_import.runs import commands, files, worker
from app.intake.household_import.runs.models import HouseholdImport
from app.web.deps import Config
from app.web.desk.page.context import Desk


@dataclass(frozen=True)
class Upload:
    """A stored file; `import_id` is empty if the form had none that can be read."""

    import_id: str = ""
    file_name: str = ""
    suffix: str = ""


async def store_upload(request: Request, _desk: Desk, settings: Config) -> AsyncIterator[Upload]:
    """Store the form's file. Raises `TooSlow`, and `Unavailable` while too many others are being received,
    or if the disk is full."""
    slots: BoundedSemaphore = request.app.state.file_slots
    if not slots.acquire(blocking=False):
        raise Unavailable
    try:
        upload = await _receive(request, settings)
    finally:
        slots.release()
    yield upload


async def _receive(request: Request, settings: Config) -> Upload:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Upload()
    try:
        form = await MultiPartParser(request.headers, request.stream(), max_files=1, max_fields=1).parse()
    except (TooLarge, ClientDisconnect, MultiPartException, LookupError, ValueError):
        return Upload()
    except OSError as error:
        raise Unavailable from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile):
            return Upload()
        return await asyncio.to_thread(_store, file, settings)
    finally:
        await form.close()


def _store(file: UploadFile, settings: Config) -> Upload:
    name = file.filename or ""
    suffix = files.suffix_of(name)
    if not suffix:
        return Upload()
    import_id, folder = commands.make_id(), files.folder_of(settings.data_dir)
    try:
        is_stored = files.store(folder, import_id, suffix, file.file)
    except OSError as error:
        raise Unavailable from error
    return Upload(import_id, files.displayed_name(name), suffix) if is_stored else Upload()


def start_worker(database: Database, settings: Settings, run: HouseholdImport) -> None:
    """Read the file of an import that was just set to `reading`."""
    file = files.path_of(files.folder_of(settings.data_dir).resolve(), run.id, run.suffix)
    address = database.engine.url.render_as_string(hide_password=False)
    key_file = str(settings.key_file.resolve()) if settings.key_file else ""
    job = worker.Job(address, key_file, str(file), run.commune_id, run.id, run.attempt)
    worker.start(database, job)


def remove_file(settings: Settings, run: HouseholdImport) -> None:
    """Remove the file of an import: it is confirmed."""
    files.remove(files.folder_of(settings.data_dir), run.id, run.suffix)


def has_file(settings: Settings, run: HouseholdImport) -> bool:
    """Whether the file can be read again."""
    return files.path_of(files.folder_of(settings.data_dir), run.id, run.suffix).is_file()
