"""The commune's hamlets: adding and renaming them at the desk. A hamlet's id never changes."""

from datetime import datetime

from sqlmodel import Session, col

from app.commune import areas
from app.commune.accounts import access
from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.errors import NameTaken
from app.core.feed import feed
from app.core.sql.snapshot import once_in_a_read
from app.core.text import fold, nfc

MAX_KNOWN_HOUSEHOLDS = 20_000
"""Of one hamlet: more than any has."""


@once_in_a_read
def list_hamlets(session: Session, actor: Actor, *, with_merged: bool = False) -> list[Hamlet]:
    """The hamlets in the commune's order, those that were merged into another only `with_merged`."""
    wanted = visible_to(actor, Hamlet).order_by(col(Hamlet.position), col(Hamlet.id))
    return list(session.exec(wanted if with_merged else wanted.where(col(Hamlet.merged_into).is_(None))))


def add_hamlet(
    session: Session, actor: Actor, name: str, known_households: int | None, now: datetime
) -> Hamlet:
    """A new hamlet, last in the order; `known_households`: see `Hamlet`. Raises `NameTaken` if one has the
    same name but for accents and case, `TextRefused`."""
    _refuse_known_name(session, actor, name)
    hamlet_id = areas.new_hamlet_id(session, actor.commune_id, name)
    hamlet = areas.add_hamlet(session, actor.commune_id, hamlet_id, nfc(name))
    hamlet.known_households = known_households
    feed(session, hamlet.commune_id, [hamlet])
    session.add(hamlet)
    desk_log.note(session, actor.commune_id, "hamlet.added", now, hamlet=hamlet.id, by=actor.account_id)
    return hamlet


def change_hamlet(
    session: Session, actor: Actor, hamlet_id: str, name: str, known_households: int | None, now: datetime
) -> None:
    """Change the name, which phones and lists then show also for visits of before, and the number of
    households that the commune knows. Raises `NotFound`, `NameTaken`, `TextRefused`."""
    hamlet = access.find(session, actor, Hamlet, hamlet_id)
    _refuse_known_name(session, actor, name, but=hamlet_id)
    if (hamlet.name, hamlet.known_households) != (nfc(name), known_households):
        hamlet.name, hamlet.known_households = nfc(name), known_households
        feed(session, hamlet.commune_id, [hamlet])
        session.add(hamlet)
        desk_log.note(session, actor.commune_id, "hamlet.changed", now, hamlet=hamlet.id, by=actor.account_id)


def _refuse_known_name(session: Session, actor: Actor, name: str, but: str = "") -> None:
    others = [hamlet for hamlet in list_hamlets(session, actor, with_merged=True) if hamlet.id != but]
    if fold(nfc(name)) in {fold(hamlet.name) for hamlet in others}:
        raise NameTaken("name")
