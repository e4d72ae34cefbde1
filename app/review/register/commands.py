"""What a supervisor changes of a household: its label, its state and its facts; and adding one.

Fields are written with a version, as a phone's are: a phone's older change of the same field, still in its
queue, becomes a conflict that a supervisor decides.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.access import Actor, find
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.batch import Batch
from app.core.db import table_of
from app.core.epoch import current_epoch
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.feed import lock_feed
from app.core.numbers.id_numbers import mask_id_numbers
from app.core.text import nfc
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import (
    FACT_VALUES,
    HOUSEHOLD_FACTS,
    HOUSEHOLD_STATES,
    Household,
    HouseholdVersion,
)
from app.fieldwork.visits.household_rows import add_version

_WRITTEN = (Household, HouseholdVersion)


@dataclass(frozen=True)
class HouseholdLabel:
    """What people recognise a household by."""

    head_name: str
    house_no: str
    alley: str


def add_household(
    session: Session, actor: Actor, household_id: str, hamlet_id: str, label: HouseholdLabel, now: datetime
) -> None:
    """A new household. `household_id`: a new UUID, made with the form: the same form sent twice adds one.

    Raises `NotFound` for the hamlet, and `TextRefused`.
    """
    hamlet = find(session, actor, Hamlet, hamlet_id)
    if hamlet.merged_into is not None:
        raise NotFound
    lock_feed(session, actor.commune_id)
    if session.get(Household, (actor.commune_id, household_id)):
        return
    batch = Batch(actor.commune_id)
    household = new_household(household_id, hamlet.id, label.head_name, label.house_no, label.alley)
    batch.add(Household, household)
    fields: dict[str, str | None] = {"hamlet_id": hamlet.id, **_written(label)}
    add_version(batch, actor.account_id, household, 0, fields, now)
    batch.write(session, _WRITTEN)
    _note(session, actor, household_id, "household.added", now)


def edit_household(
    session: Session, actor: Actor, household_id: str, seen: int, label: HouseholdLabel, now: datetime
) -> None:
    """Change the label. `seen`: the version that the supervisor saw. Raises `NotFound`, `TextRefused`, and
    `StaleDecision` if the household changed or was merged meanwhile."""
    _change(session, actor, household_id, seen, _written(label), now)


def set_state(
    session: Session, actor: Actor, household_id: str, seen: int, state: str, now: datetime
) -> None:
    """*Hộ đã chuyển đi*, *Nhà trống*, *Thêm nhầm*, or back in the list. Raises as `edit_household`, and
    `Invalid` for a state that there is not."""
    if state not in HOUSEHOLD_STATES:
        raise Invalid("state")
    _change(session, actor, household_id, seen, {"state": state}, now)


def set_fact(
    session: Session, actor: Actor, household_id: str, seen: int, fact: tuple[str, str], now: datetime
) -> None:
    """Say one of `HOUSEHOLD_FACTS`. `fact`: its name, and one of `FACT_VALUES`, or empty if nobody knows.
    Raises as `edit_household`, and `Invalid` for what there is not."""
    name, value = fact
    if name not in HOUSEHOLD_FACTS or value not in (*FACT_VALUES, ""):
        raise Invalid("fact")
    _change(session, actor, household_id, seen, {name: value or None}, now)


def _change(
    session: Session,
    actor: Actor,
    household_id: str,
    seen: int,
    values: Mapping[str, str | None],
    now: datetime,
) -> None:
    """Write the fields of `values` that differ; nothing if none does."""
    find(session, actor, Household, household_id)
    table = table_of(Household)
    locked = (
        table.select()
        .where(table.c.commune_id == actor.commune_id, table.c.id == household_id)
        .with_for_update(key_share=True)
    )
    batch = Batch(actor.commune_id)
    batch.load(Household, [{**row} for row in session.execute(locked).mappings()])
    household = batch.get(Household, household_id)
    if household is None:  # its import was undone meanwhile
        raise NotFound
    before, now_stored = household["version"], {**household}
    if household["merged_into"] or household["erased_at"] or before != seen:
        raise StaleDecision
    changed: dict[str, str | None] = {
        name: value for name, value in values.items() if value != now_stored[name]
    }
    if not changed:
        return
    epoch = current_epoch(session, actor.commune_id)
    batch.change(Household, household, changed)["version"] = epoch.next_version(before)
    add_version(batch, actor.account_id, household, before, changed, now)
    batch.write(session, _WRITTEN)
    _note(session, actor, household_id, "household.edited", now)


def _written(label: HouseholdLabel) -> dict[str, str]:
    texts = {name: nfc(value, name) for name, value in asdict(label).items()}
    return texts | {"head_name": mask_id_numbers(texts["head_name"])}


def _note(session: Session, actor: Actor, household_id: str, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, household=household_id, by=actor.account_id)
