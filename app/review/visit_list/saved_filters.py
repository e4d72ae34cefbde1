"""Filters of the list of visits that a supervisor has saved: a name and an address, theirs alone."""

from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, find, visible_to
from app.core.clock import Instant
from app.core.errors import Invalid, NotFound, TooLarge
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.text import fold, nfc

MOST, NAME_LENGTH, QUERY_LENGTH = 12, 40, 400


@stores(rows.DESK_ACCOUNT, {rows.DESK_ACCOUNT: "name query"})
class SavedFilter(SQLModel, table=True):
    """A name for the query of an address of the list. Nobody but `account_id` sees it."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id", "account_id"], ["account.commune_id", "account.id"]),
        UniqueConstraint("commune_id", "account_id", "name"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    account_id: str
    name: str
    query: str
    saved_at: datetime = Field(sa_type=Instant)


def saved_filters(session: Session, actor: Actor) -> list[SavedFilter]:
    """The actor's own, in the order in which they were saved."""
    return list(session.exec(_own(actor).order_by(col(SavedFilter.saved_at), col(SavedFilter.id))))


def save_filter(session: Session, actor: Actor, id: str, name: str, query: str, now: datetime) -> None:
    """Give `query` a name; one that has the name already gets the query.

    Raises `Invalid` for a name that is empty, too long or has signs that cannot be stored, and for an empty
    query, and `TooLarge` above `MOST`.
    """
    name = _valid_name(name)
    if not query or len(query) > QUERY_LENGTH:
        raise Invalid("query")
    mine = saved_filters(session, actor)
    same = next((one for one in mine if fold(one.name) == fold(name) or one.id == id), None)
    if same:
        same.name, same.query = name, query
        session.add(same)
        return
    if len(mine) >= MOST:
        raise TooLarge
    session.add(
        SavedFilter(
            commune_id=actor.commune_id,
            id=id,
            account_id=actor.account_id,
            name=name,
            query=query,
            saved_at=now,
        )
    )


def rename_filter(session: Session, actor: Actor, filter_id: str, name: str) -> None:
    """Raises `NotFound`, and `Invalid` as `save_filter` and for the name of another filter."""
    mine = saved_filters(session, actor)
    renamed, name = _find_own(session, actor, filter_id), _valid_name(name)
    if any(fold(one.name) == fold(name) and one.id != renamed.id for one in mine):
        raise Invalid("same_name")
    renamed.name = name
    session.add(renamed)


def delete_filter(session: Session, actor: Actor, filter_id: str) -> None:
    """Raises `NotFound`."""
    session.delete(_find_own(session, actor, filter_id))


def _own(actor: Actor) -> SelectOfScalar[SavedFilter]:
    return visible_to(actor, SavedFilter).where(SavedFilter.account_id == actor.account_id)


def _find_own(session: Session, actor: Actor, filter_id: str) -> SavedFilter:
    found = find(session, actor, SavedFilter, filter_id)
    if found.account_id != actor.account_id:
        raise NotFound
    return found


def _valid_name(name: str) -> str:
    name = " ".join(nfc(name, "name").split())
    if not name or len(name) > NAME_LENGTH:
        raise Invalid("name")
    return name
