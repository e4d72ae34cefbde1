"""Statements on what an actor may see that pages send again and again."""

from collections.abc import Callable
from functools import cached_property
from typing import Any, cast

from sqlalchemy import Select, bindparam
from sqlmodel import Session

from app.commune.accounts.access import Actor, ActorRole
from app.core.sql.prepared import Prepared
from app.core.types import Row

Build = Callable[[Actor], Select[*tuple[Any, ...]]]


def _anybody(role: ActorRole) -> Actor:
    """What those of this role may see differs in nothing but these ids, which are parameters here."""
    commune_id, account_id = (cast(str, bindparam(name)) for name in ("commune_id", "account_id"))
    return Actor(commune_id, account_id, name="", role=role)


class ActorStatement:
    """A statement that `build` makes from `visible_to` its actor, and of the actor's ids.

    Other values are named parameters. It is prepared once for all supervisors and once for all viewers of
    provinces (`core/sql/prepared.py`), since making it anew takes SQLAlchemy longer than the database needs
    to answer it.
    """

    def __init__(self, build: Build) -> None:
        self._build = build
        self._of_supervisors: Prepared[Row] = Prepared(build(_anybody("supervisor")))

    @cached_property
    def _of_viewers(self) -> Prepared[Row]:
        return Prepared(self._build(_anybody("province_viewer")))

    def rows(self, session: Session, actor: Actor, **values: object) -> list[Row]:
        """The rows that it finds, each a new dictionary."""
        ids = {"commune_id": actor.commune_id, "account_id": actor.account_id}
        if actor.role == "supervisor" and not actor.suspended:
            return self._of_supervisors.rows(session, **ids, **values)
        if actor.role == "province_viewer":
            return self._of_viewers.rows(session, **ids, **values)
        return [dict(row) for row in session.execute(self._build(actor), values).mappings()]

    def one(self, session: Session, actor: Actor, **values: object) -> Row:
        """The row of a statement that always finds one, as counts do."""
        (row,) = self.rows(session, actor, **values)
        return row
