"""*Hoàn tác gộp*: a merge is undone within a day, as long as nothing else happened to the two households.

What arrived since for one of them cannot be told from what belongs to the other, so a merge with such a
visit stands. Reviews and withdrawals are no obstacle: they stay with their visits.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.core import desk_log
from app.core.batch import Batch
from app.core.epoch import Epoch, current_epoch
from app.core.errors import NotFound, StaleDecision, UndoTooLate
from app.core.feed import Tombstone
from app.fieldwork.derived import update as derived
from app.fieldwork.households.models import (
    HOUSEHOLD_FACTS,
    Household,
    HouseholdValues,
    HouseholdVersion,
)
from app.fieldwork.visits.commands import add_tombstone
from app.fieldwork.visits.household_rows import WRITTEN, add_version, load_households, loaded, move_visits
from app.fieldwork.visits.models import Visit
from app.review.deduplication.merging import visit_versions
from app.review.deduplication.models import HouseholdMerge

UNDO_TIME = timedelta(days=1)
_EMPTY: dict[str, str | None] = {"house_no": "", "alley": "", **dict.fromkeys(("phone", *HOUSEHOLD_FACTS))}


@dataclass(frozen=True)
class RecentMerge:
    """A merge that stands and is less than a day old. It cannot be undone if there are `changed_visits`,
    which were added or amended since, or if one of the households `is_changed`."""

    losing_id: str
    until: datetime
    changed_visits: int
    is_changed: bool


def recent_merges(session: Session, actor: Actor, surviving_id: str, now: datetime) -> dict[str, RecentMerge]:
    """The recent merges into a household, by the losing one's id."""
    merges = [one for one in _standing(session, actor, surviving_id) if one.merged_at > now - UNDO_TIME]
    if not merges:
        return {}
    surviving = find(session, actor, Household, surviving_id)
    losing_ids = [merge.losing_id for merge in merges]
    losing = {
        one.id: one
        for one in session.exec(visible_to(actor, Household).where(col(Household.id).in_(losing_ids)))
    }
    rows = visible_to(actor, Visit).where(Visit.household_id == surviving_id)
    visits = {
        id: version
        for id, version in session.execute(rows.with_only_columns(col(Visit.id), col(Visit.version)))
    }
    return {
        merge.losing_id: RecentMerge(
            merge.losing_id,
            merge.merged_at + UNDO_TIME,
            _count_changed(merge, visits),
            _is_changed(merge, losing[merge.losing_id].model_dump(), surviving.model_dump(), merges),
        )
        for merge in merges
    }


def undo_merge(session: Session, actor: Actor, losing_id: str, now: datetime) -> str:
    """Undo the newest merge of a household; returns the id of the survivor. Undoing it again changes nothing.

    Both households, their visits and follow-ups are as before; phones are given all of these rows. Raises
    `NotFound` if it was not merged, `UndoTooLate` after a day, and `StaleDecision` if one of the households
    was changed, or visits there were added or amended since.
    """
    merge = _find_merge(session, actor, losing_id)
    if merge.undone_at:
        return merge.surviving_id
    if now >= merge.merged_at + UNDO_TIME:
        raise UndoTooLate
    batch = load_households(session, actor.commune_id, [losing_id, merge.surviving_id])
    session.refresh(merge)  # another supervisor may have undone it before the households were locked
    if merge.undone_at:
        return merge.surviving_id
    losing, surviving = loaded(batch, losing_id), loaded(batch, merge.surviving_id)
    visits = visit_versions(batch, merge.surviving_id)
    standing = _standing(session, actor, merge.surviving_id)
    if _is_changed(merge, losing, surviving, standing) or _count_changed(merge, visits):
        raise StaleDecision
    moving = list(merge.moved_visits)
    before = derived.load_states(session, actor.commune_id, moving)
    _reopen(batch, actor, merge, losing, surviving, current_epoch(session, actor.commune_id), now)
    for household, version in ((losing, merge.losing_version), (surviving, merge.surviving_version)):
        _carry_over(session, actor, household, version)
    move_visits(batch, moving, losing, {id: hamlet_id for id, (_, hamlet_id) in merge.moved_visits.items()})
    batch.write(session, WRITTEN)
    after = derived.load_states(session, actor.commune_id, moving)
    derived.update(session, actor.commune_id, before, after, now)
    merge.undone_by, merge.undone_at = actor.account_id, now
    session.add(merge)
    details = {"by": actor.account_id, "households": [losing_id, merge.surviving_id]}
    desk_log.note(session, actor.commune_id, "household.merge_undone", now, **details)
    return merge.surviving_id


def _find_merge(session: Session, actor: Actor, losing_id: str) -> HouseholdMerge:
    newest = visible_to(actor, HouseholdMerge).where(HouseholdMerge.losing_id == losing_id)
    merge = session.exec(newest.order_by(col(HouseholdMerge.losing_version).desc()).limit(1)).first()
    if merge is None:
        raise NotFound
    return merge


def _standing(session: Session, actor: Actor, surviving_id: str) -> Sequence[HouseholdMerge]:
    """The merges into a household that are not undone."""
    wanted = visible_to(actor, HouseholdMerge).where(
        HouseholdMerge.surviving_id == surviving_id, col(HouseholdMerge.undone_at).is_(None)
    )
    return session.exec(wanted).all()


def _is_changed(
    merge: HouseholdMerge,
    losing: Mapping[str, object],
    surviving: Mapping[str, object],
    standing: Iterable[HouseholdMerge],
) -> bool:
    """Whether one of the two was changed, moved, or merged again since; `standing`: the survivor's merges."""
    return (
        (losing["merged_into"], losing["version"]) != (merge.surviving_id, merge.losing_version)
        or (surviving["merged_into"], surviving["version"]) != (None, merge.surviving_version)
        or any(one is not merge and one.merged_at >= merge.merged_at for one in standing)
    )


def _count_changed(merge: HouseholdMerge, visits: dict[str, int]) -> int:
    """How many visits of the survivor were added, amended, or moved to another household since."""
    moved = {id: version for id, (version, _) in merge.moved_visits.items()}
    return len(visits.items() ^ (moved | merge.own_visits).items())


def _carry_over(session: Session, actor: Actor, household: HouseholdValues, made: int) -> None:
    """Let the merges into a household from before one that is undone be undone as well: the version that they
    made is what the household is now. `made`: its version by the merge that is undone."""
    if household["version"] == made:
        return
    key = (actor.commune_id, household["id"], made, 0)
    base_version = session.get_one(HouseholdVersion, key).base_version
    wanted = visible_to(actor, HouseholdMerge).where(
        HouseholdMerge.surviving_id == household["id"],
        HouseholdMerge.surviving_version == base_version,
        col(HouseholdMerge.undone_at).is_(None),
    )
    for earlier in session.exec(wanted):
        earlier.surviving_version = household["version"]
        session.add(earlier)


def _reopen(
    batch: Batch,
    actor: Actor,
    merge: HouseholdMerge,
    losing: HouseholdValues,
    surviving: HouseholdValues,
    epoch: Epoch,
    now: datetime,
) -> None:
    """Give both households the values that they had, and the losing one those merged into it before."""
    filled = {name: _EMPTY[name] for name in merge.filled}
    before = surviving["version"]
    batch.change(Household, surviving, filled)["merged_at"] = merge.surviving_merged_at
    if filled:
        surviving["version"] = epoch.next_version(before)
        add_version(batch, actor.account_id, surviving, before, filled, now)
    before = losing["version"]
    batch.change(Household, losing)["state"] = merge.losing_state
    losing["merged_into"], losing["merged_at"] = None, merge.losing_merged_at
    losing["version"] = epoch.next_version(before)
    fields = {"state": merge.losing_state, "merged_into": None}
    add_version(batch, actor.account_id, losing, before, fields, now)
    for tombstone in list(batch.rows(Tombstone)):
        if (tombstone["id"], tombstone["moved_to"]) == (losing["id"], surviving["id"]):
            batch.remove(Tombstone, tombstone)
    for household_id in merge.earlier_ids:
        earlier = batch.change(Household, loaded(batch, household_id))
        earlier["merged_into"] = losing["id"]
        add_tombstone(batch, "household", household_id, earlier["hamlet_id"], moved_to=losing["id"])
