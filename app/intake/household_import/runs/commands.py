"""Commands on an import before it is confirmed: begin, answer, choose, read again."""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.commune.accounts import access
from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.people import new_id
from app.commune.areas import Commune
from app.core.errors import NotFound, StaleDecision, Unavailable
from app.core.strings import lazy
from app.intake.household_import.comparison import CREATE
from app.intake.household_import.runs.models import (
    ADD,
    CHANGED,
    FAILED,
    READING,
    READY,
    UPDATE,
    HouseholdImport,
    ImportRow,
)

WORKER_SECONDS = 150
"""After this time a worker process is killed, and counts as dead if nobody is left to kill it."""
STOPPED = lazy("Việc đọc tệp đã bị dừng giữa chừng. Chưa ghi gì: hãy bấm Thử lại.")
CHOICES = ("", UPDATE, ADD)


class OtherImportReading(Unavailable):
    """Another list of the commune is being read."""


def begin(
    session: Session, actor: Actor, import_id: str, file_name: str, suffix: str, now: datetime
) -> HouseholdImport:
    """An import whose file is stored, in the state `reading`. Raises `OtherImportReading`."""
    _refuse_second_reading(session, actor, now)
    run = HouseholdImport(
        commune_id=actor.commune_id,
        id=import_id,
        file_name=file_name,
        suffix=suffix,
        state=READING,
        created_at=now,
        created_by=actor.account_id,
        started_at=now,
    )
    session.add(run)
    session.flush()
    return run


def read_again(session: Session, actor: Actor, import_id: str, now: datetime) -> HouseholdImport:
    """Read the file once more: *Thử lại*, or because the commune's households changed meanwhile.

    Raises `NotFound`, `OtherImportReading`, and `StaleDecision` if the import was confirmed already.
    """
    _refuse_second_reading(session, actor, now, but=import_id)
    run = lock(session, actor, import_id)
    if effective_state(run, now) not in (READY, FAILED):
        raise StaleDecision
    run.state, run.attempt, run.started_at = READING, run.attempt + 1, now
    run.step, run.problem = "", ""
    session.add(run)
    return run


def answer_hamlets(
    session: Session,
    actor: Actor,
    import_id: str,
    answers: dict[str, str],
    now: datetime,
    *,
    create_others: bool = False,
) -> HouseholdImport:
    """Say what the list's unknown hamlets are, and compare again. Raises as `read_again` does.

    `create_others`: those without an answer are new, unless their name differs from another by one letter.
    """
    run = read_again(session, actor, import_id, now)
    questions = run.summary.get("questions", [])
    keys = {question["key"] for question in questions}
    known = {k: v for k, v in answers.items() if k in keys}
    if create_others:
        new = {one["key"]: CREATE for one in questions if one["new"] and not one.get("near")}
        known = new | {k: v for k, v in known.items() if v}
    run.hamlet_answers = {**run.hamlet_answers, **known}
    session.add(run)
    return run


def choose(session: Session, actor: Actor, import_id: str, choices: dict[int, str], now: datetime) -> None:
    """What becomes of changed rows, by number. Raises `NotFound`, and `StaleDecision` unless it is ready."""
    run = lock(session, actor, import_id)
    if effective_state(run, now) != READY:
        raise StaleDecision
    for choice in CHOICES:
        numbers = [number for number, chosen in choices.items() if chosen == choice]
        _set_choice(session, run, choice, numbers)


def choose_all(session: Session, actor: Actor, import_id: str, choice: str, now: datetime) -> None:
    """The same for all changed rows. Raises as `choose` does."""
    run = lock(session, actor, import_id)
    if effective_state(run, now) != READY or choice not in CHOICES:
        raise StaleDecision
    _set_choice(session, run, choice, None)


def find(session: Session, actor: Actor, import_id: str) -> HouseholdImport:
    """The import. Raises `NotFound`."""
    return access.find(session, actor, HouseholdImport, import_id)


def lock(session: Session, actor: Actor, import_id: str) -> HouseholdImport:
    """The import, locked against other decisions until the transaction ends. Raises `NotFound`."""
    wanted = visible_to(actor, HouseholdImport).where(col(HouseholdImport.id) == import_id)
    run = session.exec(wanted.with_for_update().execution_options(populate_existing=True)).first()
    if run is None:
        raise NotFound
    return run


def fail(session: Session, commune_id: str, import_id: str, attempt: int, problem: str) -> None:
    """Set the state `failed` with a sentence, if this attempt is still being read."""
    this = (col(HouseholdImport.commune_id) == commune_id, col(HouseholdImport.id) == import_id)
    reading = (col(HouseholdImport.state) == READING, col(HouseholdImport.attempt) == attempt)
    session.execute(update(HouseholdImport).where(*this, *reading).values(state=FAILED, problem=problem))


def effective_state(run: HouseholdImport, now: datetime) -> str:
    """The state; `failed` if the process that reads the file must be dead."""
    return FAILED if run.state == READING and is_stale(run, now) else run.state


def is_stale(run: HouseholdImport, now: datetime) -> bool:
    """Whether the worker process was started too long ago to be alive."""
    return now - run.started_at > timedelta(seconds=WORKER_SECONDS + 10)


def make_id() -> str:
    """The id of a new import."""
    return new_id()


def _refuse_second_reading(session: Session, actor: Actor, now: datetime, but: str = "") -> None:
    # The commune's row is locked, so that two uploads at once do not both find nothing being read.
    session.exec(select(Commune.id).where(Commune.id == actor.commune_id).with_for_update()).one()
    reading = visible_to(actor, HouseholdImport).where(col(HouseholdImport.state) == READING)
    if any(run.id != but and not is_stale(run, now) for run in session.exec(reading)):
        raise OtherImportReading


def _set_choice(session: Session, run: HouseholdImport, choice: str, numbers: list[int] | None) -> None:
    changed = update(ImportRow).where(
        col(ImportRow.commune_id) == run.commune_id,
        col(ImportRow.import_id) == run.id,
        col(ImportRow.kind) == CHANGED,
    )
    if numbers is not None:
        changed = changed.where(col(ImportRow.number).in_(numbers))
    session.execute(changed.values(choice=choice))
