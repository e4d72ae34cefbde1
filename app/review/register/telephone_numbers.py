"""A household's telephone number at the desk: entered with a signed slip, taken back; a caller's."""

import re
from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import table_of
from app.core.epoch import current_epoch
from app.core.errors import NotFound, PhoneInvalid
from app.core.numbers.phone import normalize_phone
from app.fieldwork.derived.household_days.appointments import expecting
from app.fieldwork.households.consents import HouseholdConsent, enter_number
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.household_rows import add_version, load_households

_CALLER = re.compile(r"[\d\s().+-]{9,}")
_WRITTEN = (Household, HouseholdVersion, HouseholdConsent)


def households_of_caller(session: Session, actor: Actor, words: str) -> frozenset[str] | None:
    """The households with the telephone number that `words` are, however it is typed, of those whose number
    is shown: somebody is to come there. None if the words are no number."""
    number = normalize_phone(words) if _CALLER.fullmatch(words.strip()) else None
    if number is None:
        return None
    with_number = visible_to(actor, Household).where(col(Household.phone) == number)
    ids = session.execute(with_number.with_only_columns(col(Household.id))).scalars().all()
    return frozenset(expecting(session, actor.commune_id, ids))


def enter_signed_number(session: Session, actor: Actor, household_id: str, phone: str, now: datetime) -> None:
    """Store the number of a household that has signed a slip. Raises `PhoneInvalid`, and `NotFound` also for
    a household that was merged or erased."""
    number = normalize_phone(phone)
    if number is None:
        raise PhoneInvalid("phone")
    _enter(session, actor, household_id, number, now)
    _note(session, actor, household_id, "household.number_entered", now)


def withdraw_number(session: Session, actor: Actor, household_id: str, now: datetime) -> None:
    """Delete the number of a household that has withdrawn its consent; what was agreed before brings none
    back. Raises `NotFound` as above."""
    _enter(session, actor, household_id, None, now)
    _note(session, actor, household_id, "household.number_withdrawn", now)


def _enter(session: Session, actor: Actor, household_id: str, phone: str | None, now: datetime) -> None:
    find(session, actor, Household, household_id)
    batch = load_households(session, actor.commune_id, [household_id])
    household = batch.get(Household, household_id)
    if household is None or household["merged_into"] or household["erased_at"]:
        raise NotFound
    ids = [row["id"] for row in batch.rows(Household)]
    _load_consents(session, batch, ids)
    before, epoch = household["version"], current_epoch(session, actor.commune_id)
    batch.change(Household, household)["version"] = epoch.next_version(before)
    add_version(batch, actor.account_id, household, before, {}, now)
    enter_number(batch, actor.account_id, household, phone, now)
    batch.write(session, _WRITTEN)


def _load_consents(session: Session, batch: Batch, ids: list[str]) -> None:
    table = table_of(HouseholdConsent)
    of_households = (table.c.commune_id == batch.commune_id, table.c.household_id.in_(ids))
    found = session.execute(table.select().where(*of_households))
    batch.load(HouseholdConsent, [{**row} for row in found.mappings()])


def _note(session: Session, actor: Actor, household_id: str, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, household=household_id, by=actor.account_id)
