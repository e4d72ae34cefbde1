"""Communes from which no phone has been heard: for operators, who see no phone and no member."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from app.commune.accounts.models import Device
from app.commune.areas import IS_SERVED, Commune
from app.commune.calendar.workdays import load_workdays

SILENT_AFTER = timedelta(days=3)  # of working time, as for a phone (app/commune/accounts/calls.py)


@dataclass(frozen=True)
class SilentCommune:
    """`phones`: those in use; `heard_at`: when one of them was last in contact, None if none ever was."""

    commune: Commune
    phones: int
    heard_at: datetime | None


def silent_communes(session: Session, now: datetime) -> list[SilentCommune]:
    """The silent communes, the longest silent first.

    A commune is silent if it has begun, is not switched off, has not moved, and for `SILENT_AFTER` of its
    working time no phone was in contact; without any phone in use, the time is counted from its beginning.
    """
    in_use = (
        select(Device.commune_id, func.count(), func.max(Device.last_contact_at))
        .where(col(Device.revoked_at).is_(None))
        .group_by(Device.commune_id)
    )
    phones = {commune_id: (count, heard) for commune_id, count, heard in session.execute(in_use)}
    begun = session.exec(select(Commune).where(IS_SERVED, col(Commune.off_at).is_(None)))
    found = [SilentCommune(commune, *phones.get(commune.id, (0, None))) for commune in begun]
    silent = [one for one in found if is_silent(session, one, now)]
    return sorted(silent, key=lambda one: (_since(one), one.commune.code))


def is_silent(session: Session, one: SilentCommune, now: datetime) -> bool:
    """Whether this commune, which has begun, is silent now. One that is off or has moved is not."""
    if one.commune.off_at is not None or one.commune.moved_at is not None:
        return False
    if _since(one) > now - SILENT_AFTER:
        return False  # without asking for days off
    return _since(one) <= load_workdays(session, one.commune.id, now).begin_of(SILENT_AFTER, now)


def _since(one: SilentCommune) -> datetime:
    since = one.heard_at or one.commune.started_at
    assert since is not None, "a commune that has begun has its instant"
    return since
