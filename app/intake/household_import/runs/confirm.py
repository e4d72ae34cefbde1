"""Confirming an import: its new rows and the chosen changes are written in one transaction, or nothing."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Select, delete, insert, select
from sqlmodel import Session, col

from app.commune import areas
from app.commune.accounts.access import Actor
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.epoch import current_epoch
from app.core.errors import Invalid, StaleDecision
from app.core.feed import lock_feed
from app.core.id_key.derived import Ids
from app.core.text import nfc
from app.fieldwork.households.commands import add_imported, new_household
from app.fieldwork.households.models import Household, HouseholdVersion, HouseholdVersionValues
from app.intake.household_import.comparison import REMARKS
from app.intake.household_import.runs import outcome
from app.intake.household_import.runs.commands import lock
from app.intake.household_import.runs.models import (
    ADD,
    APPLIED,
    CHANGED,
    NEW,
    READY,
    REJECTED,
    UPDATE,
    HouseholdImport,
    ImportRow,
)

LABEL = ("head_name", "house_no", "alley")
_ROW, _HOUSEHOLD = table_of(ImportRow), table_of(Household)


class NothingChosen(Invalid):
    """The import has no row to write."""


class ListChanged(StaleDecision):
    """Households or hamlets of the commune changed since the comparison: it has to be made again."""


def confirm(
    session: Session, actor: Actor, import_id: str, seen: str, now: datetime, *, skip_rejected: bool
) -> HouseholdImport:
    """Write the import. `seen`: the `mark` of what the supervisor looked at.

    Raises `NotFound`; `StaleDecision` if it is not ready, because somebody confirmed it meanwhile, or if it
    was read or chosen anew; `ListChanged`; `Invalid` if there are rejected rows and `skip_rejected` is false;
    `NothingChosen`.
    """
    run = lock(session, actor, import_id)
    if run.state != READY or seen != mark(session, run):
        raise StaleDecision
    if run.summary["rejected"] and not skip_rejected:
        raise Invalid("skip")
    rows = _chosen_rows(session, run)
    if not rows:
        raise NothingChosen
    batch = Batch(run.commune_id)
    # Households before the feed: the order in which a push locks.
    batch.load(Household, [{**row} for row in session.execute(_locked_households(run)).mappings()])
    lock_feed(session, run.commune_id)
    if outcome.newest_change(session, run.commune_id) != run.compared_at:
        raise ListChanged
    _write(session, actor, run, batch, rows, now)
    return run


def mark(session: Session, run: HouseholdImport) -> str:
    """What a confirmation would write: it changes with the attempt and with the choices."""
    choices = select(_ROW.c.number, _ROW.c.choice).where(*rows_of(run), _ROW.c.choice != "")
    chosen = [tuple(row) for row in session.execute(choices.order_by(_ROW.c.number))]
    return hashlib.sha256(json.dumps([run.attempt, chosen]).encode()).hexdigest()[:16]


def _chosen_rows(session: Session, run: HouseholdImport) -> list[Row]:
    is_chosen = (_ROW.c.kind == NEW) | ((_ROW.c.kind == CHANGED) & _ROW.c.choice.in_((UPDATE, ADD)))
    wanted = select(_ROW).where(*rows_of(run), is_chosen).order_by(_ROW.c.number)
    return [{**row} for row in session.execute(wanted).mappings()]


def rows_of(run: HouseholdImport) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition of the rows of an import."""
    return (_ROW.c.commune_id == run.commune_id, _ROW.c.import_id == run.id)


def _locked_households(run: HouseholdImport) -> Select[*tuple[object, ...]]:
    """The households that are to be changed, in the order of their ids."""
    return (
        select(_HOUSEHOLD)
        .join(
            _ROW,
            (_HOUSEHOLD.c.commune_id == run.commune_id) & (_ROW.c.household_id == _HOUSEHOLD.c.id),
        )
        .where(*rows_of(run), _ROW.c.kind == CHANGED, _ROW.c.choice == UPDATE)
        .order_by(_HOUSEHOLD.c.id)
        .with_for_update(of=_HOUSEHOLD, key_share=True)
    )


def _write(
    session: Session, actor: Actor, run: HouseholdImport, batch: Batch, rows: list[Row], now: datetime
) -> None:
    changed = [row for row in rows if row["kind"] == CHANGED and row["choice"] == UPDATE]
    added = [row for row in rows if row["kind"] == NEW or row["choice"] == ADD]
    hamlets = _add_hamlets(session, run.commune_id, added)
    _add_households(session, batch, added, hamlets, now)
    next_version = current_epoch(session, run.commune_id).next_version
    for row in changed:
        household = batch.get(Household, row["household_id"])
        assert household is not None, "loaded and locked above; its version is the compared one"
        fields = {name: row[name] for name in LABEL if row[name] != row["old"][name]}
        before, row["version"] = household["version"], next_version(household["version"])
        batch.change(Household, household, fields)["version"] = row["version"]
        version = version_of(actor.account_id, row["household_id"], row["version"], before, fields, now)
        batch.add(HouseholdVersion, version)
    batch.write(session, (Household, HouseholdVersion))
    _record_households(session, run, [*added, *changed])
    counts = {"added": len(added), "updated": len(changed), "hamlets_added": list(hamlets.values())}
    asked = [one for one in run.summary["questions"] if one["key"] != REMARKS]
    run.summary = {**run.summary, "questions": asked, **counts}
    run.state, run.applied_at, run.applied_by = APPLIED, now, actor.account_id
    session.add(run)
    details = {"list": run.id, "count": len(added), "changed": len(changed), "by": actor.account_id}
    desk_log.note(session, run.commune_id, "list.imported", now, **details)


def _add_hamlets(session: Session, commune_id: str, added: Iterable[Row]) -> dict[str, str]:
    """Create the new hamlets that have a household; their ids by name."""
    names = dict.fromkeys(row["new_hamlet"] for row in added if row["new_hamlet"])
    ids: dict[str, str] = {}
    for name in names:
        hamlet_id = areas.new_hamlet_id(session, commune_id, name)
        hamlet: Hamlet = areas.add_hamlet(session, commune_id, hamlet_id, name)
        ids[name] = hamlet.id
    return ids


def _add_households(
    session: Session, batch: Batch, added: list[Row], hamlets: dict[str, str], now: datetime
) -> None:
    """Add the households with the ids that an import by command would derive."""
    ids = Ids(session, "household", batch.commune_id)
    used = set(session.scalars(select(_HOUSEHOLD.c.id).where(_HOUSEHOLD.c.commune_id == batch.commune_id)))
    for row in added:
        hamlet_id, label = row["hamlet_id"] or hamlets[row["new_hamlet"]], [row[name] for name in LABEL]
        household_id = ids.uuid(hamlet_id, *(nfc(part).casefold() for part in label), used=used)
        used.add(household_id)
        add_imported(batch, new_household(household_id, hamlet_id, *label), now)
        row["household_id"], row["version"], row["hamlet_id"] = household_id, 1, hamlet_id


def version_of(
    account_id: str,
    household_id: str,
    version: int,
    base_version: int,
    fields: dict[str, str | None],
    now: datetime,
) -> HouseholdVersionValues:
    """A version of a household that a supervisor writes."""
    return {
        "household_id": household_id,
        "version": version,
        "base_version": base_version,
        "fields": fields,
        "late": [],
        "written_by": account_id,
        "device_id": None,
        "seq": 0,
        "received_at": now,
    }


def _record_households(session: Session, run: HouseholdImport, rows: list[Row]) -> None:
    """Replace the rows of the list by those that were imported, without labels that the households have.

    The sentences about rejected rows stay: they have no names. Rows are not updated one by one, because
    PostgreSQL may scan all of them for each until it has analysed the table.
    """
    session.execute(delete(ImportRow).where(*rows_of(run), col(ImportRow.kind) != REJECTED))
    for row in rows:
        if row["kind"] == NEW:
            row.update(dict.fromkeys(LABEL, ""))
    session.execute(insert(_ROW), rows)
