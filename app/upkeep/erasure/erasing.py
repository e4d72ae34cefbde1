"""Erasing households: their rows and those of their visits, which phones have, and then all other places."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from app.core.batch import Batch
from app.core.epoch import current_epoch
from app.core.feed import COMMUNE_WIDE, FeedCounter
from app.fieldwork.derived import update as derived
from app.fieldwork.households.erased import ERASED, LabelMarks
from app.fieldwork.households.models import Household, HouseholdValues, HouseholdVersion
from app.fieldwork.visits import follow_ups
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.household_rows import WRITTEN, load_households
from app.fieldwork.visits.models import Visit
from app.sync.applying.erased import stored_labels
from app.upkeep.erasure.locations import ErasedHouseholds, erase_locations

_LABEL: Final = ("hamlet_id", "head_name", "house_no", "alley")


def erase_loaded(session: Session, batch: Batch, ids: list[str], now: datetime) -> dict[str, list[str]]:
    """Erase these households of a batch of `load_households`, with its visits.

    They stay as empty shells, so that figures do not change. Phones get tombstones of households and visits,
    as of those that have moved; that of a household goes to every phone of the commune and names `erased`, so
    that they clear what else they have. Returns the `households`, with the ids under which operations that
    were not applied would add them, and the `marks` of their labels, by which they are to be recognised.
    """
    labels = _labels(session, batch, ids)
    marks = sorted(LabelMarks(session, batch.commune_id).mark(*label) for label in labels)
    visit_ids = [visit["id"] for visit in batch.rows(Visit)]
    before = derived.load_states(session, batch.commune_id, visit_ids)
    _empty_rows(session, batch, ids, now)
    batch.write(session, WRITTEN)
    after = derived.load_states(session, batch.commune_id, visit_ids)
    derived.update(session, batch.commune_id, before, after, now)
    names = frozenset(name for _hamlet, name, _house_no, _alley in labels)
    all_ids = [*ids, *sorted(stored_labels(session, batch.commune_id, marks))]
    erase_locations(session, ErasedHouseholds(batch.commune_id, all_ids, visit_ids, names))
    return {"households": all_ids, "marks": marks}


def erase_missing(session: Session, commune_id: str, ids: list[str], marks: list[str]) -> list[str]:
    """Erase what is stored of households that are not there: operations wait for them, or would add them.
    Returns their ids."""
    all_ids = [*ids, *sorted(stored_labels(session, commune_id, marks))]
    if all_ids:
        erase_locations(session, ErasedHouseholds(commune_id, all_ids, [], frozenset()))
    return all_ids


@contextmanager
def numbered(session: Session, commune_id: str) -> Iterator[None]:
    """Also a commune that has moved away since has its rows numbered: what it left here is erased as well."""
    counter = session.get_one(FeedCounter, commune_id)
    was_away, counter.is_away = counter.is_away, False
    session.flush()
    yield
    counter.is_away = was_away
    session.flush()


def _labels(session: Session, batch: Batch, ids: list[str]) -> set[tuple[str, str, str, str]]:
    """Every label that the households ever had, each in every hamlet that they were in."""
    wanted = select(HouseholdVersion).where(
        col(HouseholdVersion.commune_id) == batch.commune_id, col(HouseholdVersion.household_id).in_(ids)
    )
    versions = sorted(session.exec(wanted), key=lambda one: (one.household_id, one.version, one.seq))
    states: dict[str, dict[str, str]] = {}
    found = [{name: str(row[name]) for name in _LABEL} for row in map(dict, _households(batch, ids))]
    for version in versions:
        texts = {name: value or "" for name, value in version.fields.items() if name in _LABEL}
        states[version.household_id] = state = states.get(version.household_id, {}) | texts
        found.append(dict.fromkeys(_LABEL, "") | state)
    hamlets = {one["hamlet_id"] for one in found if one["hamlet_id"]}
    return {
        (hamlet, one["head_name"], one["house_no"], one["alley"])
        for one in found
        for hamlet in hamlets
        if one["head_name"]
    }


def _households(batch: Batch, ids: list[str]) -> list[HouseholdValues]:
    return [row for row in batch.rows(Household) if row["id"] in ids]


def _empty_rows(session: Session, batch: Batch, ids: list[str], now: datetime) -> None:
    epoch = current_epoch(session, batch.commune_id)
    for household in _households(batch, ids):
        for hamlet_id in (household["hamlet_id"], COMMUNE_WIDE):
            add_tombstone(batch, "household", household["id"], hamlet_id, moved_to=ERASED)
        _empty_household(batch, household, epoch.next_version(household["version"]), now)
    for visit in batch.rows(Visit):
        if visit["withdrawn_at"] is None:
            add_tombstone(batch, "visit", visit["id"], visit["hamlet_id"])
        erased = batch.change(Visit, visit)
        erased["note"] = erased["review_note"] = ""
        erased["follow_up_on"], erased["answers"], erased["erased_at"] = None, None, now
    follow_ups.update(batch, batch.rows(Visit))


def _empty_household(batch: Batch, household: HouseholdValues, version: int, now: datetime) -> None:
    empty = batch.change(Household, household)
    empty["head_name"] = empty["house_no"] = empty["alley"] = ""
    empty["phone"] = empty["smart_device"] = empty["business"] = None
    empty["version"], empty["erased_at"] = version, now


def load_with_merged(session: Session, commune_id: str, household_id: str) -> Batch:
    """The household with all that were merged into it, locked, and their visits."""
    batch = load_households(session, commune_id, [household_id])
    merged = [one["id"] for one in batch.rows(Household)]
    return batch if merged == [household_id] else load_households(session, commune_id, sorted(merged))
