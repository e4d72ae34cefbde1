"""What a worker process found in a list: the summary of an import, and its rows."""

from collections.abc import Iterator

from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from app.commune.areas import Hamlet
from app.core.db import table_of
from app.core.feed import Tombstone
from app.core.text import mask_digits
from app.core.types import JsonObject, Row
from app.fieldwork.households.models import Household
from app.intake.household_import.comparison import REMARKS, ImportPlan
from app.intake.household_import.records import ListedHousehold, RejectedRow
from app.intake.household_import.report import note_lines, remarks_text
from app.intake.household_import.runs.models import CHANGED, NEW, REJECTED, HouseholdImport, ImportRow

MAX_LISTED = 200  # hamlets, headings and questions in a summary


def newest_change(session: Session, commune_id: str) -> int:
    """The feed number of the commune's newest change of households and hamlets, removed ones included."""
    counts = [
        select(func.max(col(model.feed_seq))).where(col(model.commune_id) == commune_id).scalar_subquery()
        for model in (Household, Hamlet)
    ]
    is_household = (col(Tombstone.commune_id) == commune_id) & (col(Tombstone.kind) == "household")
    counts.append(select(func.max(col(Tombstone.feed_seq))).where(is_household).scalar_subquery())
    return max(value or 0 for value in session.execute(select(*counts)).one())


def store(session: Session, run: HouseholdImport, plan: ImportPlan) -> None:
    """Replace the rows and the summary of an import. Choices stay for changes that are still the same."""
    ids = {change.household_id for change in plan.changes}
    choices = _choices(session, run)
    rows_of_run = (col(ImportRow.commune_id) == run.commune_id, col(ImportRow.import_id) == run.id)
    session.execute(delete(ImportRow).where(*rows_of_run))
    current = _labels(session, run.commune_id) if ids else {}
    rows = [*_new_rows(plan), *_changed_rows(plan, current), *_rejected_rows(plan)]
    for number, row in enumerate(rows):
        row |= {"commune_id": run.commune_id, "import_id": run.id, "number": number}
        if row["kind"] == CHANGED:
            key = (row["sheet"], row["row"], row["household_id"], row["version"], row["head_name"])
            row["choice"] = choices.get(key, "")
    if rows:
        session.execute(insert(table_of(ImportRow)), rows)
    run.summary = _summary(plan, rows)


def _choices(session: Session, run: HouseholdImport) -> dict[tuple[object, ...], str]:
    rows = select(
        col(ImportRow.sheet), col(ImportRow.row), col(ImportRow.household_id), col(ImportRow.version),
        col(ImportRow.head_name), col(ImportRow.choice),
    ).where(
        col(ImportRow.commune_id) == run.commune_id,
        col(ImportRow.import_id) == run.id,
        col(ImportRow.kind) == CHANGED,
    )  # fmt: skip
    return {tuple(key): choice for *key, choice in session.execute(rows)}


def _labels(session: Session, commune_id: str) -> dict[str, tuple[int, str, dict[str, str]]]:
    """Version, hamlet and label of each household."""
    columns = select(
        col(Household.id), col(Household.version), col(Household.hamlet_id), col(Household.head_name),
        col(Household.house_no), col(Household.alley),
    ).where(col(Household.commune_id) == commune_id)  # fmt: skip
    return {
        id: (version, hamlet_id, {"head_name": head_name, "house_no": house_no, "alley": alley})
        for id, version, hamlet_id, head_name, house_no, alley in session.execute(columns)
    }


def _row(kind: str, one: ListedHousehold | RejectedRow, **values: object) -> Row:
    row: Row = {
        "kind": kind, "sheet": one.sheet, "row": one.row, "sentence": "", "hamlet_id": "", "new_hamlet": "",
        "head_name": "", "house_no": "", "alley": "", "household_id": None, "version": 0, "old": None,
        "choice": "",
    }  # fmt: skip
    if isinstance(one, ListedHousehold):
        row |= {"head_name": one.head_name, "house_no": one.house_no, "alley": one.alley}
    return row | values


def _new_rows(plan: ImportPlan) -> Iterator[Row]:
    for hamlet, one in plan.households:
        is_known = hamlet in plan.hamlet_names
        yield _row(NEW, one, hamlet_id=hamlet if is_known else "", new_hamlet="" if is_known else hamlet)


def _changed_rows(plan: ImportPlan, current: dict[str, tuple[int, str, dict[str, str]]]) -> Iterator[Row]:
    for change in plan.changes:
        version, hamlet_id, old = current[change.household_id]
        yield _row(
            CHANGED, change.household, household_id=change.household_id, hamlet_id=hamlet_id,
            sentence=change.sentence, version=version, old=old,
        )  # fmt: skip


def _rejected_rows(plan: ImportPlan) -> Iterator[Row]:
    """The rows that nobody can choose: refused ones, and those that may be one of several households."""
    decidable = {(change.household.sheet, change.household.row) for change in plan.changes}
    unclear = [one for one in plan.similar if (one.sheet, one.row) not in decidable]
    for one in (*plan.rejected_rows, *unclear):
        yield _row(REJECTED, one, sentence=one.sentence)


def _remark_question(plan: ImportPlan) -> list[JsonObject]:
    """One question about all remarks that are not understood. Their texts go with the confirmation."""
    if not plan.unclear_remarks:
        return []
    rows = plan.unclear_remarks.total()
    return [
        {"key": REMARKS, "name": remarks_text(plan), "rows": rows, "similar": [], "new": False, "near": []}
    ]


def _summary(plan: ImportPlan, rows: list[Row]) -> JsonObject:
    kinds = [row["kind"] for row in rows]
    respelled = sum(change.is_spelling for change in plan.changes)
    return {
        "new": kinds.count(NEW),
        "changed": kinds.count(CHANGED),
        "rejected": kinds.count(REJECTED),
        "same": sum(plan.existing.values()) - respelled,
        "repeated": len(plan.duplicates),
        "columns": {role: [mask_digits(h)[:40] for h in hs] for role, hs in plan.parsed.understood.items()},
        "notes": note_lines(plan),
        "hamlets": [
            [name, plan.added.get(name, 0), plan.existing.get(name, 0)]
            for name in list(dict.fromkeys((*plan.added, *plan.existing)))[:MAX_LISTED]
        ],
        "new_hamlets": list(plan.new_hamlets),
        "questions": [
            *_remark_question(plan),
            *(
                {
                    "key": key,
                    "name": one.name,
                    "rows": one.rows,
                    "similar": one.similar,
                    "new": one.may_be_new,
                    "near": one.near,
                }
                for key, one in list(plan.unknown_hamlets.items())[:MAX_LISTED]
            ),
        ],
        "more_questions": max(0, len(plan.unknown_hamlets) - MAX_LISTED),
    }
