"""Statements on what an actor may see that pages of the desk send again and again."""

from collections.abc import Callable
from typing import Any, cast

from sqlalchemy import Select, bindparam
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.core.sql.prepared import Prepared
from app.core.types import Row

# What supervisors may see differs in nothing but these ids, which are parameters here.
_COMMUNE_ID, _ACCOUNT_ID = (cast(str, bindparam(name)) for name in ("commune_id", "account_id"))
_ANY_SUPERVISOR = Actor(_COMMUNE_ID, _ACCOUNT_ID, name="", role="supervisor")
Build = Callable[[Actor], Select[*tuple[Any, ...]]]


class ActorStatement:
    """A statement that `build` makes from `visible_to` its actor, and of the actor's ids.

    Other values are named parameters. It is prepared once for all supervisors (`core/sql/prepared.py`), since
    making it anew takes SQLAlchemy longer than the database needs to answer it.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._of_supervisors = Prepared(build(_ANY_SUPERVISOR))

    def rows(self, session: Session, actor: Actor, **values: object) -> list[Row]:
        """The rows that it finds, each a new dictionary."""
        if actor.role == "supervisor" and not actor.suspended:
            ids = {"commune_id": actor.commune_id, "account_id": actor.account_id}
            return self._of_supervisors.rows(session, **ids, **values)
        return [dict(row) for row in session.execute(self._build(actor), values).mappings()]

    def one(self, session: Session, actor: Actor, **values: object) -> Row:
        """The row of a statement that always finds one, as counts do."""
        (row,) = self.rows(session, actor, **values)
        return row
