"""Choosing which extras a commune's reports have."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, select

from app.commune.accounts.access import Actor
from app.commune.areas import Commune
from app.commune.settings import ReportExtras, stored_extras
from app.core import desk_log
from app.core.errors import Invalid, StaleDecision
from app.reports.extras.models import EXTRAS


def choose_extras(session: Session, actor: Actor, wanted: Collection[str], seen: int, now: datetime) -> None:
    """Have these extras in open and later reports; `seen`: the version that the supervisor saw, 0 if there
    was none. What was typed for one that is not wanted any more stays stored.

    Raises `Invalid` with *wanted* for one that there is not, and `StaleDecision` if a colleague has chosen
    others meanwhile.
    """
    if set(wanted) - set(EXTRAS):
        raise Invalid("wanted")
    chosen: list[str] = [one for one in EXTRAS if one in wanted]
    lock_commune(session, actor)
    row = stored_extras(session, actor.commune_id)
    if chosen == (row.wanted if row else []):
        return
    if (row.version if row else 0) != seen:
        raise StaleDecision
    session.merge(
        ReportExtras(
            commune_id=actor.commune_id,
            wanted=chosen,
            version=seen + 1,
            changed_by=actor.account_id,
            changed_at=now,
        )
    )
    desk_log.note(
        session, actor.commune_id, "settings.changed", now, by=actor.account_id, report_extras=chosen
    )


def lock_commune(session: Session, actor: Actor) -> None:
    """Two supervisors write one after the other, also where there is no row yet."""
    commune = select(Commune.id).where(Commune.id == actor.commune_id)
    session.exec(commune.with_for_update(key_share=True)).one()
