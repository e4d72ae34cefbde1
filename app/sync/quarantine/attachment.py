"""Attachment: a supervisor says which household a visit is about whose household the commune lacks.

The missing id then exists, as a new household or as one merged into a household of the commune. So whatever
else names it, waiting or still on a phone, finds the same household
(`households.commands.resolve_household`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from app.commune.accounts import access
from app.commune.accounts.access import Actor
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.core.batch import Batch
from app.core.epoch import current_epoch
from app.core.errors import NotFound, StaleDecision
from app.core.feed import Tombstone, lock_feed
from app.core.types import is_id
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import (
    Household,
    HouseholdValues,
    HouseholdVersion,
    HouseholdVersionValues,
)
from app.fieldwork.visits.commands import add_tombstone
from app.sync.quarantine.decisions import apply_decided, lock_household, lock_operation
from app.sync.quarantine.replay import stored_operation
from app.sync.wire.models import QuarantinedOperation

_WRITTEN = (Tombstone, Household, HouseholdVersion)


@dataclass(frozen=True)
class NewHousehold:
    """What a supervisor writes of a household that the commune does not have yet."""

    hamlet_id: str
    head_name: str
    house_no: str
    alley: str


def attach_to_existing(
    session: Session, actor: Actor, op_id: str, payload_hash: str, household_id: str, now: datetime
) -> str:
    """*Gắn vào hộ này*: the missing id counts as merged into this household. Returns the state afterwards.

    A decided operation stays as it is. Raises `NotFound`, `HouseholdUnknown`, `StaleDecision` if the missing
    household has arrived, and the errors of the command; then nothing changes.
    """
    quarantined = lock_operation(session, actor, op_id, payload_hash)
    if quarantined.state != "open":
        return quarantined.state
    missing_id = missing_household_id(quarantined)
    chosen = lock_household(session, actor, household_id)
    _require_missing(session, actor, missing_id)
    batch = Batch(actor.commune_id)
    hamlet_id = _hamlet_of_alias(session, quarantined, chosen)
    alias = new_household(missing_id, hamlet_id, chosen.head_name, chosen.house_no, chosen.alley)
    alias["state"], alias["merged_into"], alias["merged_at"] = "mistake", chosen.id, now
    batch.add(Household, alias)
    _add_version(batch, actor, alias, {"state": "mistake", "merged_into": chosen.id}, now)
    # An attachment that was undone has left one.
    known = session.get(Tombstone, (actor.commune_id, "household", missing_id, hamlet_id))
    batch.load(Tombstone, [known.model_dump()] if known else [])
    batch.load(Household, [chosen.model_dump()])
    survivor = batch.get(Household, chosen.id)
    assert survivor is not None, "loaded in the line before"
    batch.change(Household, survivor)["merged_at"] = now
    add_tombstone(batch, "household", missing_id, hamlet_id, moved_to=chosen.id)
    return _write(session, actor, quarantined, batch, missing_id, now)


def attach_to_new(
    session: Session, actor: Actor, op_id: str, payload_hash: str, new: NewHousehold, now: datetime
) -> str:
    """*Thêm hộ này*: the household is added with the id that the visit names. Returns the state afterwards.

    Raises what `attach_to_existing` raises, and `TextRefused`.
    """
    quarantined = lock_operation(session, actor, op_id, payload_hash)
    if quarantined.state != "open":
        return quarantined.state
    missing_id = missing_household_id(quarantined)
    if access.find(session, actor, Hamlet, new.hamlet_id).merged_into:
        raise NotFound
    _require_missing(session, actor, missing_id)
    batch = Batch(actor.commune_id)
    row = new_household(missing_id, new.hamlet_id, new.head_name, new.house_no, new.alley)
    # The phone that added the household has it as version 1: what it changed since has not seen this one.
    row["version"] = current_epoch(session, actor.commune_id).next_version(row["version"])
    batch.add(Household, row)
    label = {name: str(vars(new)[name]) for name in ("hamlet_id", "head_name", "house_no", "alley")}
    _add_version(batch, actor, row, {**label}, now)
    return _write(session, actor, quarantined, batch, missing_id, now)


def missing_household_id(quarantined: QuarantinedOperation) -> str:
    """The id of the household that a visit names. Raises `NotFound` for other operations."""
    household_id = stored_operation(quarantined).data.get("household_id")
    if quarantined.kind != "visit" or not isinstance(household_id, str) or not is_id(household_id):
        raise NotFound
    return household_id


def _require_missing(session: Session, actor: Actor, household_id: str) -> None:
    """Raises `StaleDecision` if the commune has the household by now. No push can add it until this
    transaction ends."""
    lock_feed(session, actor.commune_id)
    wanted = select(Household.id).where(
        Household.commune_id == actor.commune_id, Household.id == household_id
    )
    if session.exec(wanted).first():
        raise StaleDecision


def _hamlet_of_alias(session: Session, quarantined: QuarantinedOperation, chosen: Household) -> str:
    """The hamlet whose phones learn where the missing id leads: one of the author's."""
    author = session.get_one(Account, (quarantined.commune_id, quarantined.account_id))
    hamlet_ids = access.actor_for(session, author).hamlet_ids
    return chosen.hamlet_id if chosen.hamlet_id in hamlet_ids or not hamlet_ids else hamlet_ids[0]


def _add_version(
    batch: Batch, actor: Actor, row: HouseholdValues, fields: dict[str, str | None], now: datetime
) -> None:
    first: HouseholdVersionValues = {
        "household_id": row["id"],
        "version": row["version"],
        "base_version": 0,
        "fields": fields,
        "late": [],
        "written_by": actor.account_id,
        "device_id": None,
        "seq": 0,
        "received_at": now,
    }
    batch.add(HouseholdVersion, first)


def _write(
    session: Session,
    actor: Actor,
    quarantined: QuarantinedOperation,
    batch: Batch,
    missing_id: str,
    now: datetime,
) -> str:
    batch.write(session, _WRITTEN)
    operation = stored_operation(quarantined)
    apply_decided(session, actor, quarantined, operation, now, created=[missing_id])
    return quarantined.state
