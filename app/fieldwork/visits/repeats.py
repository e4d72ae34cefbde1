"""Whether a visit that arrives was recorded before, by the visit alone: the ledger may be purged of it."""

from datetime import datetime

from app.commune.accounts.models import ANONYMOUS
from app.core.batch import Batch
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.households.models import Household
from app.fieldwork.visits.commands import RecordVisit
from app.fieldwork.visits.content import current_content, submitted_content
from app.fieldwork.visits.models import VersionContent, Visit, VisitValues, VisitVersion


def is_recorded(batch: Batch, command: RecordVisit, occurred_at: datetime) -> bool:
    """Whether the visit is there, and was recorded at that time of its phone with this content, whatever
    happened to it since. Of one whose note is purged only the time is compared.

    A batch that has a stored visit needs its services and versions too. Raises `TextRefused`.
    """
    row = batch.get(Visit, command.id)
    if row is None or row["occurred_at"] != occurred_at:
        return False
    if row["recorded_by"] == ANONYMOUS:  # what it said is purged
        return True
    first, sent = _first_content(batch, row), _content(command)
    is_same_household = _survivor(batch, first["household_id"]) == _survivor(batch, sent["household_id"])
    return is_same_household and first | {"household_id": ""} == sent | {"household_id": ""}


def _first_content(batch: Batch, row: VisitValues) -> VersionContent:
    """What the visit said before its author amended it."""
    replaced = [one for one in batch.rows(VisitVersion) if one["visit_id"] == row["id"] and not one["late"]]
    if not replaced:
        return current_content(batch, row)
    return min(replaced, key=lambda one: one["version"])["content"]


def _content(command: RecordVisit) -> VersionContent:
    """As it was stored if it was: then it has been checked."""
    return submitted_content(
        {
            "household_id": command.household_id,
            "result": command.result,
            "note": stored_text(command.note or "", "note"),
            "follow_up_on": command.follow_up_on,
            "needs": command.needs or None,
            "dropped_needs": command.dropped_needs or None,
        },
        command,
    )


def _survivor(batch: Batch, household_id: str) -> str:
    """The household, or the one into which it was merged since."""
    household = batch.get(Household, household_id)
    return household["merged_into"] or household_id if household else household_id
