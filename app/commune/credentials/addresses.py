"""The name of its own under which the people of a commune open the app.

A web app's storage belongs to the name in its address: a commune that may move to another instance needs one
that moves along, before its first phone signs in.
"""

from datetime import datetime

from sqlmodel import Session, col, select

from app.commune.accounts.models import Device
from app.commune.areas import Commune
from app.core import desk_log
from app.core.errors import NameTaken, NotFound, StaleDecision

HOST_EVENT = "commune.host"  # of the desk log


def set_host(session: Session, commune_id: str, host: str, now: datetime, by: str = "") -> None:
    """Give a commune that has begun a name of its own, or none (""). `by`: the operator.

    Raises `NotFound`, `NameTaken` if it is another commune's, `StaleDecision` once a phone has signed in.
    """
    commune = session.exec(select(Commune).where(Commune.id == commune_id).with_for_update()).first()
    if commune is None or commune.started_at is None or commune.moved_at is not None:
        raise NotFound
    if (commune.host or "") == host:
        return
    if not can_change(session, commune_id):
        raise StaleDecision
    if host and session.exec(select(Commune.id).where(Commune.host == host)).first():
        raise NameTaken
    commune.host = host or None
    session.add(commune)
    desk_log.note(session, commune_id, HOST_EVENT, now, host=host, **desk_log.by(by))


def can_change(session: Session, commune_id: str) -> bool:
    """Whether no phone knows the commune yet."""
    phones = select(Device.id).where(col(Device.commune_id) == commune_id).limit(1)
    return session.exec(phones).first() is None


def repeat(session: Session, commune_id: str, host: str) -> None:
    """Repeat what an operator decided after the backup that was restored: phones know the name by now."""
    if commune := session.get(Commune, commune_id):
        commune.host = host or None
        session.add(commune)
