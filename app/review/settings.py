"""What supervisors set for their commune: days off, the first day of its months, thresholds of flags."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Commune
from app.commune.calendar.period import PeriodKind
from app.commune.legal_basis import BASIS_CODES, DUTIES
from app.commune.settings import FLAG_BOUNDS, MONTH_STARTS, SILENCE_DAYS, DayOff, settings_of
from app.core import desk_log
from app.core.clock import local_date
from app.core.errors import Invalid, StaleDecision
from app.core.numbers.phone import normalize_phone
from app.core.text import nfc
from app.core.types import code_of
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


def change_month_start(session: Session, actor: Actor, day: int, seen: int, now: datetime) -> None:
    """Let the commune's months begin on `day`; `seen`: the day that the supervisor looked at.

    Raises `Invalid`: *closed* if months, quarters or years are closed, because days between the old and the
    new first day would be in two periods or in none; `StaleDecision` if a colleague has set another day
    meanwhile.
    """
    if day not in MONTH_STARTS:
        raise Invalid("month_start_day")
    _lock(session, actor)
    is_new = day != settings_of(session, actor.commune_id).month_start_day
    if is_new and any(list_closed(session, actor, kind) for kind in _OF_MONTHS):
        raise Invalid("closed")
    _change(session, actor, {"month_start_day": day}, {"month_start_day": seen}, now)


def change_silence_days(session: Session, actor: Actor, days: int, seen: int, now: datetime) -> None:
    """Let phones that were silent for `days` seal what they have; `seen`: the days that the supervisor saw.

    Phones hear of it with their next exchange. Raises `Invalid` for days that are not of `SILENCE_DAYS`, and
    `StaleDecision` if a colleague has set others meanwhile.
    """
    if days not in SILENCE_DAYS:
        raise Invalid("silence_days")
    _change(session, actor, {"silence_days": days}, {"silence_days": seen}, now)


def change_card_phone(session: Session, actor: Actor, number: str, seen: str, now: datetime) -> str:
    """Have members' cards name this number, as people write it, or none if it is empty; `seen`: the one in
    E.164 that the supervisor looked at. Returns the one before.

    Raises `Invalid` for what is no possible number, and `StaleDecision` if a colleague has set another one
    meanwhile.
    """
    normal = normalize_phone(number) if number.strip() else ""
    if normal is None:
        raise Invalid("card_phone")
    _lock(session, actor)
    settings = settings_of(session, actor.commune_id)
    before = settings.card_phone
    if before == normal:
        return before
    if before != seen:
        raise StaleDecision
    settings.card_phone = normal
    session.add(settings)
    _note(session, actor, "settings.changed", now, card_phone=bool(normal))  # the log has no numbers
    return before


def state_legal_basis(
    session: Session, actor: Actor, basis: str, duties: Collection[str], seen: str, now: datetime
) -> None:
    """State on which basis of law the commune has its list; `seen`: the one that the supervisor looked at.

    Raises `Invalid`: *legal_basis* for one that there is not, *duty* unless `duties` are all of `DUTIES` for
    that of a state body; `StaleDecision` if a colleague has stated another one meanwhile.
    """
    code = code_of(BASIS_CODES, basis)
    if code is None:
        raise Invalid("legal_basis")
    if code == "public_task" and set(duties) != set(DUTIES):
        raise Invalid("duty")
    _lock(session, actor)
    settings = settings_of(session, actor.commune_id)
    if settings.legal_basis == code:
        return
    if settings.legal_basis != seen:
        raise StaleDecision
    settings.legal_basis, settings.legal_basis_by, settings.legal_basis_at = code, actor.account_id, now
    session.add(settings)
    _note(session, actor, "settings.changed", now, legal_basis=code)


def change_thresholds(
    session: Session, actor: Actor, thresholds: Mapping[str, int], seen: Mapping[str, int], now: datetime
) -> None:
    """Set the thresholds of flags, by the names of `FLAG_BOUNDS`; `seen`: those that the supervisor saw.

    They hold for visits that arrive, and for those of the last 60 days. Raises `Invalid` with the names of
    those out of their bounds, and `StaleDecision` if a colleague has set others meanwhile.
    """
    wrong = [
        name
        for name, (least, most) in FLAG_BOUNDS.items()
        if not least <= thresholds.get(name, least - 1) <= most
    ]
    if wrong:
        raise Invalid(*wrong)
    _change(session, actor, {name: thresholds[name] for name in FLAG_BOUNDS}, seen, now)
    flags.reevaluate(session, actor.commune_id, now)


def _change(
    session: Session, actor: Actor, values: Mapping[str, int], seen: Mapping[str, int], now: datetime
) -> None:
    _lock(session, actor)
    settings = settings_of(session, actor.commune_id)
    known = {name: getattr(settings, name) for name in values}
    changed = {name: value for name, value in values.items() if value != known[name]}
    if not changed:
        return
    if any(seen.get(name) != value for name, value in known.items()):
        raise StaleDecision
    for name, value in changed.items():
        setattr(settings, name, value)
    session.add(settings)
    _note(session, actor, "settings.changed", now, **changed)


def _lock(session: Session, actor: Actor) -> None:
    """Two supervisors change the settings one after the other; a commune may have no row of settings yet."""
    commune = select(Commune.id).where(Commune.id == actor.commune_id)
    session.exec(commune.with_for_update(key_share=True)).one()


def _note(session: Session, actor: Actor, what: str, now: datetime, **details: object) -> None:
    desk_log.note(session, actor.commune_id, what, now, **details, by=actor.account_id)
