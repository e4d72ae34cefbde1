"""The commune's hamlets: adding and renaming them at the desk. A hamlet's id never changes."""

from datetime import datetime

from sqlmodel import Session, col

from app import areas
from app.accounts import access
from app.accounts.access import Actor, visible_to
from app.areas import Hamlet
from app.core import desk_log
from app.core.errors import NameTaken
from app.core.feed import feed
from app.core.text import fold, nfc


def list_hamlets(session: Session, actor: Actor) -> list[Hamlet]:
    """The hamlets in the commune's order."""
    return list(session.exec(visible_to(actor, Hamlet).order_by(col(Hamlet.position), col(Hamlet.id))))


def add_hamlet(session: Session, actor: Actor, name: str, now: datetime) -> Hamlet:
    """A new hamlet, last in the order. Raises `NameTaken` if one has the same name but for accents and case,
    `TextRefused`."""
    _refuse_known_name(session, actor, name)
    hamlet_id = areas.new_hamlet_id(session, actor.commune_id, name)
    hamlet = areas.add_hamlet(session, actor.commune_id, hamlet_id, nfc(name))
    desk_log.note(session, actor.commune_id, "hamlet.added", now, hamlet=hamlet.id, by=actor.account_id)
    return hamlet


def rename_hamlet(session: Session, actor: Actor, hamlet_id: str, name: str, now: datetime) -> None:
    """Change the name: phones and lists show the new one, also for visits of before. Raises `NotFound`,
    `NameTaken`, `TextRefused`."""
    hamlet = access.find(session, actor, Hamlet, hamlet_id)
    _refuse_known_name(session, actor, name, but=hamlet_id)
    if hamlet.name != nfc(name):
        hamlet.name = nfc(name)
        feed(session, hamlet.commune_id, [hamlet])
        session.add(hamlet)
        desk_log.note(session, actor.commune_id, "hamlet.renamed", now, hamlet=hamlet.id, by=actor.account_id)


def _refuse_known_name(session: Session, actor: Actor, name: str, but: str = "") -> None:
    others = [hamlet for hamlet in list_hamlets(session, actor) if hamlet.id != but]
    if fold(nfc(name)) in {fold(hamlet.name) for hamlet in others}:
        raise NameTaken("name")
