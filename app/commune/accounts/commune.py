"""An actor's commune: its name, and the hamlets that the actor may see."""

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Commune, Hamlet
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.sql.snapshot import once_in_a_read


class HamletName(TypedDict):
    """A hamlet as answers to phones name it."""

    id: str
    name: str


_HAMLET = table_of(Hamlet)
_HAMLETS = Prepared(
    select(_HAMLET.c.id, _HAMLET.c.name)
    .where(_HAMLET.c.commune_id == bindparam("commune_id"), in_list(_HAMLET.c.id, "ids"))
    .where(_HAMLET.c.merged_into.is_(None))
    .order_by(_HAMLET.c.position)
)


@once_in_a_read
def commune_of(session: Session, actor: Actor) -> Commune:
    """The commune that the actor belongs to."""
    return session.get_one(Commune, actor.commune_id)


def team_hamlets(session: Session, actor: Actor) -> list[HamletName]:
    """The hamlets of a field actor's team, in their commune's order, without merged ones."""
    rows = _HAMLETS.rows(session, commune_id=actor.commune_id, ids=list(actor.hamlet_ids))
    return [{"id": row["id"], "name": row["name"]} for row in rows]


def hamlet_names(session: Session, actor: Actor) -> dict[str, str]:
    """The names of the hamlets that the actor may see, by id."""
    return {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(actor, Hamlet))}


def supervisor_names(session: Session, actor: Actor) -> dict[str, str]:
    """The names of the commune's supervisors, also of those who left, by account id."""
    wanted = visible_to(actor, Account).where(col(Account.role) == "supervisor")
    return {account.id: account.name for account in session.exec(wanted)}
