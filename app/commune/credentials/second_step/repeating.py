"""Repeating what was done with factors after a backup that is restored."""

import secrets
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.models import Account
from app.commune.accounts.people import set_password
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.own_account import sign_in_name_of
from app.commune.credentials.second_step.events import ADDED, CODE_USED, EVENTS, NEW_CODES, REMOVED, RESET
from app.commune.credentials.viewers import VIEWERS
from app.commune.second_factor import factors, losses, recovery
from app.core.desk_log import Entry


def repeat(session: Session, lost: list[Entry], now: datetime) -> list[str]:
    """Repeat what was done with factors after the backup that was restored; ids of the supervisors whose
    passwords open nothing any more.

    What was removed or used is so again. Of whoever has set up a factor since then, and has none now, the
    password would be enough for a new one: it is void.
    """
    names: dict[str, Entry] = {}
    for entry in sorted(lost, key=lambda entry: str(entry["at"])):
        name = _name_of(session, entry) if entry["what"] in EVENTS else ""
        if not name:
            continue
        _repeat(session, name, entry, now)
        if entry["what"] in (ADDED, RESET):
            names[name] = entry
    void = [entry for name, entry in names.items() if not factors.has_factor(session, name)]
    for entry in void:
        _disable(session, entry, now)
    return [entry["account"] for entry in void if "account" in entry]


def _repeat(session: Session, name: str, entry: Entry, now: datetime) -> None:
    what = entry["what"]
    if what == REMOVED:
        factors.remove(session, name, entry["factor"])
    elif what == CODE_USED:
        recovery.use_again(session, entry["code"], now)
    elif what == NEW_CODES:
        recovery.delete_all(session, name)
    elif what == RESET:
        factors.remove_all(session, name)
    if what in (RESET, losses.STOPPED):
        losses.end_again(session, entry["commune_id"], entry["loss"], now)


def _name_of(session: Session, entry: Entry) -> str:
    if "account" in entry:
        return sign_in_name_of(session, entry["commune_id"], entry["account"])
    for people in (OPERATORS, VIEWERS):
        person = people.get(session, entry[people.kind]) if people.kind in entry else None
        if person is not None:
            return person.sign_in_name
    return ""


def _disable(session: Session, entry: Entry, now: datetime) -> None:
    if "account" in entry:
        account = session.get_one(Account, (entry["commune_id"], entry["account"]))
        set_password(session, account, secrets.token_urlsafe(), now)
    for people in (OPERATORS, VIEWERS):
        if people.kind in entry:
            people.disable_password(session, entry[people.kind], now)
