"""Starting the worker process of an import from a request."""

from app.core.config import Settings
from app.core.db import Database
from app.intake.household_import.runs import files, worker
from app.intake.household_import.runs.models import HouseholdImport


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
