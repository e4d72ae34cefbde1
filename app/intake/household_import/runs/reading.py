"""What the worker process does: read the file, compare it with the commune, store what was found."""

from functools import partial
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col

from app.commune.areas import Commune
from app.core.db import Database
from app.core.strings import lazy
from app.intake.household_import.comparison import ImportPlan, make_plan
from app.intake.household_import.parsing import parser
from app.intake.household_import.reading import reader
from app.intake.household_import.records import ParsedList
from app.intake.household_import.runs import outcome
from app.intake.household_import.runs.commands import fail
from app.intake.household_import.runs.models import READING, READY, HouseholdImport
from app.intake.household_import.runs.worker import Job

EMPTY = lazy("Không thấy hộ nào trong tệp. Chưa ghi gì: hãy xem lại tệp rồi tải lên lại.")
NO_MEMORY = lazy("Tệp cần quá nhiều bộ nhớ để đọc: hãy chia danh sách thành nhiều tệp.")


def run(job: Job) -> None:
    """Do the job. A failure is stored as a sentence."""
    database = Database(job.database_url, key_file=Path(job.key_file) if job.key_file else None)
    try:
        problem = _attempt(database, job)
    except reader.FileRefused as refused:
        problem = refused.sentence
    except MemoryError:
        problem = NO_MEMORY
    if problem:
        database.write(lambda session: fail(session, job.commune_id, job.import_id, job.attempt, problem))
    database.close()


def _attempt(database: Database, job: Job) -> str:
    database.write(partial(_set_step, job=job, step="read"))
    parsed = parser.parse(reader.read(Path(job.file)))
    database.write(partial(_set_step, job=job, step="compare"))
    plan, compared_at = database.read(partial(_compare, job=job, parsed=parsed))
    if not (plan.parsed.households or plan.rejected_rows):
        return EMPTY
    database.write(partial(_set_step, job=job, step="store"))
    database.write(partial(_store, job=job, plan=plan, compared_at=compared_at))
    return ""


def _compare(session: Session, job: Job, parsed: ParsedList) -> tuple[ImportPlan, int]:
    found = session.get_one(HouseholdImport, (job.commune_id, job.import_id))
    commune = session.get_one(Commune, job.commune_id)
    plan = make_plan(session, commune, parsed, hamlet_answers=found.hamlet_answers)
    return plan, outcome.newest_change(session, job.commune_id)


def _store(session: Session, job: Job, plan: ImportPlan, compared_at: int) -> None:
    """Store the result, unless a newer attempt was started or the import is no longer being read."""
    found = session.get(HouseholdImport, (job.commune_id, job.import_id), with_for_update=True)
    if found is None or found.state != READING or found.attempt != job.attempt:
        return
    outcome.store(session, found, plan)
    found.state, found.compared_at, found.step = READY, compared_at, ""
    session.add(found)


def _set_step(session: Session, job: Job, step: str) -> None:
    session.execute(
        update(HouseholdImport)
        .where(
            col(HouseholdImport.commune_id) == job.commune_id,
            col(HouseholdImport.id) == job.import_id,
            col(HouseholdImport.attempt) == job.attempt,
        )
        .values(step=step)
    )
