"""Where the data of a household are beside its own row and those of its visits: the register of all places.

Whoever stores what a household is recognised by, or what was written of it, in another table adds a function
to `LOCATIONS`. `tests/upkeep/erasure` searches each column of each table for what was erased.

What supervisors and leaders write about a period, places of sessions, and notes of calls name no household by
an id: nobody can find one there (`docs/decisions/0144-erased-on-request.md`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_plus

from sqlalchemy import ColumnElement, String, Table, and_, cast, delete, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlmodel import Session

from app.core.db import table_of
from app.core.strings import lazy
from app.core.text import fold
from app.fieldwork.households.erased import ErasureRequest
from app.fieldwork.households.models import HOUSEHOLD_FACTS, HouseholdVersion
from app.fieldwork.visits.models import VisitVersion
from app.intake.household_import.runs.models import FAILED, READING, READY, HouseholdImport, ImportRow
from app.review.citizen_requests.models import CitizenRequest
from app.review.decisions.models import Decision
from app.review.visit_list.saved_filters import SavedFilter
from app.sync.applying.erased import erase_stored
from app.sync.wire.models import ERASED_HASH, LedgerEntry

LIST_DROPPED = lazy("Vừa có hộ được xóa theo yêu cầu, nên tệp này đã được xóa. Hãy tải tệp lên lại.")
_LABEL: Final = ("head_name", "house_no", "alley")
_PERSONAL = frozenset({*_LABEL, "phone", *HOUSEHOLD_FACTS})


@dataclass(frozen=True)
class ErasedHouseholds:
    """Households that are erased together, because they were merged; their visits; and the names of their
    heads."""

    commune_id: str
    household_ids: list[str]
    visit_ids: list[str]
    names: frozenset[str]

    @property
    def ids(self) -> list[str]:
        """All ids by which an operation may name them."""
        return [*self.household_ids, *self.visit_ids]


def erase_locations(session: Session, erased: ErasedHouseholds) -> None:
    """Take the data out of every place. The households' rows and those of their visits are the caller's."""
    for erase in LOCATIONS:
        erase(session, erased)


def _household_versions(session: Session, erased: ErasedHouseholds) -> None:
    """What each write set: the hamlet, the state and a merge stay, because later changes are compared with
    them."""
    table = table_of(HouseholdVersion)
    for row in _rows(session, table, erased, "household_id", erased.household_ids):
        fields = {name: value for name, value in row["fields"].items() if name not in _PERSONAL}
        late = [name for name in row["late"] if name not in _PERSONAL]
        _change(session, table, row, fields=fields, late=late)


def _visit_versions(session: Session, erased: ErasedHouseholds) -> None:
    """What visits said before they were changed, also those that their authors have moved to another
    household."""
    table = table_of(VisitVersion)
    names_one = or_(*(cast(table.c.content, String).contains(id) for id in erased.household_ids))
    elsewhere = select(table).where(table.c.commune_id == erased.commune_id, names_one)
    rows = [*session.execute(elsewhere).mappings()]
    for row in [*rows, *_rows(session, table, erased, "visit_id", erased.visit_ids)]:
        _change(session, table, row, content=row["content"] | {"note": "", "follow_up_on": None})


def _decisions(session: Session, erased: ErasedHouseholds) -> None:
    """What supervisors wrote when they returned a visit."""
    table = table_of(Decision)
    for row in _rows(session, table, erased, "visit_id", erased.visit_ids):
        earlier = row["earlier"] and row["earlier"] | {"note": ""}
        _change(session, table, row, note="", earlier=earlier)


def _operations(session: Session, erased: ErasedHouseholds) -> None:
    """Quarantined and refused operations, as they were sent."""
    erase_stored(session, erased.commune_id, erased.ids)


def _ledger(session: Session, erased: ErasedHouseholds) -> None:
    """Hashes of what was sent: who has one can find out whether a name is the right one."""
    table = table_of(LedgerEntry)
    is_about = (table.c.commune_id == erased.commune_id, table.c.record_id.in_(erased.ids))
    session.execute(update(table).where(*is_about).values(status="applied", payload_hash=ERASED_HASH))


def _applied_lists(session: Session, erased: ErasedHouseholds) -> None:
    """What lists that were imported said of them, and the labels before."""
    table = table_of(ImportRow)
    is_about = (table.c.commune_id == erased.commune_id, table.c.household_id.in_(erased.household_ids))
    empty = dict.fromkeys(("sentence", *_LABEL), "")
    session.execute(update(table).where(*is_about).values(empty | {"old": None}))


def _open_lists(session: Session, erased: ErasedHouseholds) -> None:
    """Lists that nobody has confirmed: they may name the household in a way that nothing here recognises.
    Their files are deleted by whoever called (`commands.erase_household`)."""
    run, row = table_of(HouseholdImport), table_of(ImportRow)
    is_open = (run.c.commune_id == erased.commune_id, run.c.state.in_((READING, READY, FAILED)))
    ids = list(session.scalars(select(run.c.id).where(*is_open)))
    session.execute(delete(row).where(row.c.commune_id == erased.commune_id, row.c.import_id.in_(ids)))
    dropped = {"state": FAILED, "problem": str(LIST_DROPPED), "summary": {}, "attempt": run.c.attempt + 1}
    session.execute(update(run).where(*is_open).values(dropped))


def _saved_filters(session: Session, erased: ErasedHouseholds) -> None:
    """Filters of the list of visits that search for the name of a head, or are called so."""
    table = table_of(SavedFilter)
    names = [fold(name) for name in erased.names if name]
    for row in session.execute(select(table).where(table.c.commune_id == erased.commune_id)).mappings().all():
        text = fold(f"{row['name']} {unquote_plus(row['query'])}")
        if any(name in text for name in names):
            session.execute(delete(table).where(_is_row(table, row)))


def _requests(session: Session, erased: ErasedHouseholds) -> None:
    """Why an earlier request was refused."""
    table = table_of(ErasureRequest)
    is_about = (table.c.commune_id == erased.commune_id, table.c.household_id.in_(erased.household_ids))
    session.execute(update(table).where(*is_about, table.c.decision == "refused").values(reason=""))


def _citizen_requests(session: Session, erased: ErasedHouseholds) -> None:
    """Why another request was extended or refused. Its days stay, and the number of its paper."""
    table = table_of(CitizenRequest)
    is_about = (table.c.commune_id == erased.commune_id, table.c.household_id.in_(erased.household_ids))
    empty = {"extension_reason": "", "refusal_reason": ""}
    session.execute(update(table).where(*is_about).values(empty))


Location = Callable[[Session, ErasedHouseholds], None]
LOCATIONS: tuple[Location, ...] = (
    _household_versions, _visit_versions, _decisions, _operations, _ledger, _applied_lists,
    _open_lists, _saved_filters, _requests, _citizen_requests,
)  # fmt: skip


def _rows(
    session: Session, table: Table, erased: ErasedHouseholds, column: str, ids: list[str]
) -> list[RowMapping]:
    wanted = select(table).where(table.c.commune_id == erased.commune_id, table.c[column].in_(ids))
    return list(session.execute(wanted).mappings())


def _change(session: Session, table: Table, row: RowMapping, **values: object) -> None:
    session.execute(update(table).where(_is_row(table, row)).values(values))


def _is_row(table: Table, row: RowMapping) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in table.primary_key))
