"""Finding households by name and address, ignoring diacritics and capitals, as the phone does."""

from collections.abc import Collection
from functools import lru_cache

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.actor_statement import ActorStatement
from app.core.sql.revision_cache import RevisionCache
from app.core.sql.snapshot import is_snapshot, once_in_a_read
from app.core.text import has_words, search_text, search_words, words_to_find
from app.fieldwork.households.models import Household


def find_household_ids(session: Session, actor: Actor, words: str) -> tuple[str, ...]:
    """The sorted ids of the households that the actor may see and whose label contains each of `words`."""
    labels = _find_labels(session, actor)
    wanted = words_to_find(words, labels.values())
    return tuple(sorted(id for id, label in labels.items() if has_words(label, wanted)))


def find_households(
    session: Session, actor: Actor, words: str, hamlet_ids: Collection[str]
) -> list[Household]:
    """The households whose label contains each of `words`; without words, all of these hamlets. Not those
    that were merged into another, or erased."""
    is_there = (col(Household.merged_into).is_(None), col(Household.erased_at).is_(None))
    wanted = visible_to(actor, Household).where(*is_there)
    if search_words(words):
        rows = [(row, _searched(row.head_name, row.house_no, row.alley)) for row in session.exec(wanted)]
        parts = words_to_find(words, (label for _, label in rows))
        return [row for row, label in rows if has_words(label, parts)]
    return list(session.exec(wanted.where(col(Household.hamlet_id).in_(hamlet_ids)))) if hamlet_ids else []


def _find_labels(session: Session, actor: Actor) -> dict[str, str]:
    """What searches compare, of each household that the actor may see, by id: those of a commune are read
    again only after a household has changed.

    Not from a transaction that writes: when it is undone, another change gets the number of its changes.
    """
    if actor.suspended or actor.role != "supervisor" or not is_snapshot(session):
        return _read_labels(session, actor)
    revision = household_revision(session, actor)
    return _LABELS.get(session, actor.commune_id, revision, lambda: _read_labels(session, actor))


def _read_labels(session: Session, actor: Actor) -> dict[str, str]:
    labels = visible_to(actor, Household).with_only_columns(
        col(Household.id), col(Household.head_name), col(Household.house_no), col(Household.alley)
    )
    return {id: _searched(*label) for id, *label in session.execute(labels)}


@once_in_a_read
def household_revision(session: Session, actor: Actor) -> tuple[int | None, int]:
    """Differs after any change of the households that the actor may see; the number of them differs after an
    import was undone."""
    row = _NEWEST.one(session, actor)
    return row["head"], row["count"]


def count_households(session: Session, actor: Actor) -> int:
    """How many households the actor may see."""
    count: int = session.execute(visible_to(actor, Household).with_only_columns(func.count())).scalar_one()
    return count


def count_active_by_hamlet(session: Session, actor: Actor) -> dict[str, int]:
    """How many households that live there each hamlet has, of those that the actor may see."""
    counted = (
        visible_to(actor, Household)
        .where(Household.state == "active", col(Household.merged_into).is_(None))
        .with_only_columns(col(Household.hamlet_id), func.count())
        .group_by(col(Household.hamlet_id))
    )
    return {hamlet_id: count for hamlet_id, count in session.execute(counted)}


@lru_cache(20_000)  # folding all labels of a commune takes 20 ms
def _searched(head_name: str, house_no: str, alley: str) -> str:
    return search_text(f"{head_name} {house_no} {alley}")


_LABELS = RevisionCache[dict[str, str]]()
_NEWEST = ActorStatement(
    lambda actor: visible_to(actor, Household).with_only_columns(
        func.max(col(Household.feed_seq)).label("head"), func.count().label("count")
    )
)
