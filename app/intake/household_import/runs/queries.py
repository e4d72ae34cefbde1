"""What the desk shows of imports: the history, and pages of an import's rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.core.db import table_of
from app.core.personal_data.codes import Term
from app.core.strings import lazy
from app.intake.household_import.records import RejectedRow
from app.intake.household_import.runs.confirm import rows_of
from app.intake.household_import.runs.files import RETENTION_DAYS
from app.intake.household_import.runs.models import (
    APPLIED,
    FAILED,
    NEW,
    READY,
    REJECTED,
    HouseholdImport,
    ImportRow,
)

MAX_IMPORTS = 100
PAGE_ROWS = 50
EXPIRED = lazy("Quá 7 ngày chưa xác nhận nên tệp đã được xóa. Hãy tải tệp lên lại.")


@dataclass(frozen=True)
class RowPage:
    """Some rows of an import, of `total`; `page` counts from 1."""

    rows: list[ImportRow]
    total: int
    page: int
    pages: int


def list_imports(session: Session, actor: Actor) -> list[HouseholdImport]:
    """The commune's newest imports."""
    newest = visible_to(actor, HouseholdImport).order_by(
        col(HouseholdImport.created_at).desc(), col(HouseholdImport.id)
    )
    return list(session.exec(newest.limit(MAX_IMPORTS)))


def find_rows(session: Session, run: HouseholdImport, kind: str, page: int) -> RowPage:
    """A page of the rows of a kind; the last one if `page` is beyond it."""
    wanted = (*rows_of(run), col(ImportRow.kind) == kind)
    total: int = session.execute(select(func.count()).select_from(ImportRow).where(*wanted)).scalar_one()
    pages = max(1, -(-total // PAGE_ROWS))
    page = min(max(page, 1), pages)
    rows = select(ImportRow).where(*wanted).order_by(col(ImportRow.number))
    found = session.scalars(rows.offset((page - 1) * PAGE_ROWS).limit(PAGE_ROWS))
    return RowPage(list(found), total, page, pages)


def count_choices(session: Session, run: HouseholdImport) -> dict[str, int]:
    """How many changed rows have each choice."""
    choice = col(ImportRow.choice)
    counts = select(choice, func.count()).where(*rows_of(run), choice != "").group_by(choice)
    return {name: count for name, count in session.execute(counts)}


def rejected_rows(session: Session, run: HouseholdImport) -> list[RejectedRow]:
    """All rejected rows, in the order of the list."""
    row = table_of(ImportRow).c
    rows = select(row.sheet, row.row, row.sentence).where(*rows_of(run), row.kind == REJECTED)
    return [RejectedRow(*one) for one in session.execute(rows.order_by(row.number))]


def names_of(session: Session, actor: Actor, runs: list[HouseholdImport]) -> dict[str, str]:
    """The names of those who imported, confirmed or undid, by account."""
    ids = {id for run in runs for id in (run.created_by, run.applied_by, run.undone_by) if id}
    accounts = session.exec(visible_to(actor, Account).where(col(Account.id).in_(ids)))
    return {account.id: account.name for account in accounts}


def rows_of_household(
    session: Session, actor: Actor, household_id: str
) -> list[tuple[HouseholdImport, ImportRow]]:
    """The rows of applied imports that added or changed a household, the newest first."""
    is_run = (col(HouseholdImport.commune_id) == actor.commune_id) & (
        col(HouseholdImport.id) == ImportRow.import_id
    )
    rows = (
        visible_to(actor, ImportRow)
        .where(ImportRow.household_id == household_id, HouseholdImport.state == APPLIED)
        .where((col(ImportRow.kind) == NEW) | (col(ImportRow.choice) != ""))
        .join(HouseholdImport, is_run)
        .with_only_columns(HouseholdImport, ImportRow)
        .order_by(col(HouseholdImport.applied_at).desc())
    )
    return [(run, row) for run, row in session.execute(rows.limit(MAX_IMPORTS))]


def is_purged(run: HouseholdImport, now: datetime) -> bool:
    """Whether the rows of the import are so old that their labels and sentences are purged."""
    return run.created_at < Term.IMPORTED.before(now)


def purge_expired(session: Session, now: datetime) -> None:
    """Imports that nobody confirmed: delete their rows, and say so in their state."""
    old = (
        col(HouseholdImport.created_at) < now - timedelta(days=RETENTION_DAYS),
        col(HouseholdImport.state).in_((READY, FAILED)),
        col(HouseholdImport.problem) != EXPIRED,
    )
    for run in session.scalars(select(HouseholdImport).where(*old)):
        session.execute(delete(ImportRow).where(*rows_of(run)))
    session.execute(update(HouseholdImport).where(*old).values(state=FAILED, problem=EXPIRED))
