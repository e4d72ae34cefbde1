"""What supervisors set for their commune: its days off, and the settings of `SETTINGS`."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Commune
from app.commune.calendar.period import PeriodKind
from app.commune.settings import FLAG_BOUNDS, SETTINGS, DayOff, settings_of
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, StaleDecision
from app.core.text import nfc
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.periods.queries import list_closed

_OF_MONTHS = (PeriodKind.MONTH, PeriodKind.QUARTER, PeriodKind.YEAR)
MAX_DAYS_AT_ONCE = 31
MAX_DAYS_OFF = 200
"""Of one commune, among those that `list_days_off` has."""
EARLIEST, LATEST = timedelta(days=366), timedelta(days=731)
"""How far before and after today a day off may be entered."""


def list_days_off(session: Session, actor: Actor, now: datetime) -> list[DayOff]:
    """The commune's days off of the last year and those ahead, by day."""
    since = local_date(now) - EARLIEST
    wanted = visible_to(actor, DayOff).where(col(DayOff.day) >= since)
    return list(session.exec(wanted.order_by(col(DayOff.day))))


def add_days_off(
    session: Session, actor: Actor, first: date, last: date, name: str, now: datetime
) -> list[date]:
    """Enter the days from `first` to `last` under one name; returns those that were no days off before. A day
    that is one keeps its name.

    Raises `Invalid` with *day* for a first day out of bounds, *to* for a last day before it or more than
    `MAX_DAYS_AT_ONCE` days, *name* if there would be more than `MAX_DAYS_OFF`; `TextRefused`.
    """
    today = local_date(now)
    if not today - EARLIEST <= first <= today + LATEST:
        raise Invalid("day")
    if not 0 <= (last - first).days < MAX_DAYS_AT_ONCE:
        raise Invalid("to")
    _lock(session, actor)
    known = {row.day for row in list_days_off(session, actor, now)}
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    new = [day for day in days if day not in known]
    if len(known) + len(new) > MAX_DAYS_OFF:
        raise Invalid("name")
    clean = nfc(name)
    session.add_all([DayOff(commune_id=actor.commune_id, day=day, name=clean) for day in new])
    for day in new:
        _note(session, actor, "day_off.added", now, day=day.isoformat())
    return new


def remove_day_off(session: Session, actor: Actor, day: date, now: datetime) -> None:
    """People are expected to work on `day` again; nothing happens if it is no day off."""
    row = session.exec(visible_to(actor, DayOff).where(DayOff.day == day)).first()
    if row is not None:
        session.delete(row)
        _note(session, actor, "day_off.removed", now, day=day.isoformat())


def change_settings(
    session: Session, actor: Actor, typed: Mapping[str, object], seen: Mapping[str, object], now: datetime
) -> dict[str, Any]:
    """Set these settings, by their names in `SETTINGS`; returns those before. `seen`: those that the
    supervisor looked at.

    Phones hear of it with their next exchange; thresholds hold for visits that arrive, and for those of the
    last 60 days. Raises `Invalid` with the names of those that have a value which they may not have, or
    *closed* for another first day of months while months, quarters or years are closed, because days between
    the old and the new one would be in two periods or in none; `StaleDecision` if a colleague has set others
    meanwhile.
    """
    values = {name: SETTINGS[name].stored(value) for name, value in typed.items()}
    if wrong := [name for name, value in values.items() if value is None]:
        raise Invalid(*wrong)
    _lock(session, actor)
    settings = settings_of(session, actor.commune_id)
    before = {name: getattr(settings, name) for name in values}
    changed = {name: value for name, value in values.items() if value != before[name]}
    if not changed:
        return before
    if "month_start_day" in changed and any(list_closed(session, actor, kind) for kind in _OF_MONTHS):
        raise Invalid("closed")
    if any(str(seen.get(name, "")) != str(value) for name, value in before.items()):
        raise StaleDecision
    if "legal_basis" in changed:
        settings.legal_basis_by, settings.legal_basis_at = actor.account_id, now
    for name, value in changed.items():
        setattr(settings, name, value)
    session.add(settings)
    noted = {name: value if SETTINGS[name].allowed else bool(value) for name, value in changed.items()}
    _note(session, actor, "settings.changed", now, **noted)  # the log has no telephone numbers
    if FLAG_BOUNDS.keys() & changed.keys():
        flags.reevaluate(session, actor.commune_id, now)
    return before


def _lock(session: Session, actor: Actor) -> None:
    """Two supervisors change the settings one after the other; a commune may have no row of settings yet."""
    commune = select(Commune.id).where(Commune.id == actor.commune_id)
    session.exec(commune.with_for_update(key_share=True)).one()


def _note(session: Session, actor: Actor, what: str, now: datetime, **details: object) -> None:
    desk_log.note(session, actor.commune_id, what, now, **details, by=actor.account_id)
