"""Signing in: phones by invite code and phone number, the desk by name and password.

A secret is verified between two transactions, never within one: argon2 takes as long as a hundred pushes. The
second transaction checks again that the invite is open or that the password is still the same.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, false, or_, true, update
from sqlmodel import Session, col, select

from app.accounts import hashing
from app.accounts.deactivation import end_sessions
from app.accounts.models import Account, Device, Invite, SignInName
from app.accounts.sessions import open_session
from app.core import desk_log
from app.core.errors import InviteInvalid, PasswordWrong
from app.core.phone import normalize_phone

INVITE_LIFETIME = timedelta(days=14)
RETRY_WINDOW = timedelta(minutes=15)
MAX_INVITE_FAILURES = 20  # an invite with more is void
# So many hashes are verified for every phone number: the time must not tell how many open invites it has.
INVITES_CHECKED = 2


@dataclass(frozen=True)
class Enrolment:
    """What a phone sends to sign in; `device_id`: its device until now, which is resumed if it is the
    account's. `device_key`: the public key of its export files' signatures."""

    invite: str
    phone: str
    name: str
    device_id: str | None = None
    installation_id: str | None = None
    device_key: str | None = None


@dataclass(frozen=True)
class InviteCandidate:
    """An open invite of a phone number, whose code is not verified yet."""

    commune_id: str
    id: str
    code_hash: str


def normalize_code(text: str) -> str:
    """An invite code without the spaces, dots and hyphens that people type between its digits."""
    return "".join(char for char in text if char not in " .-\u00a0\u2011\u2013")


def candidate_invites(
    session: Session, enrolment: Enrolment, now: datetime, *, demo: bool
) -> list[InviteCandidate]:
    """The open invites of the phone number that are not void.

    A failure is counted for each; `redeem_invite` sets the count of the right one back to 0.
    """
    candidates = []
    for _account, invite in _open_invites(session, enrolment, now, demo=demo):
        invite.failures += not invite.reusable
        session.add(invite)
        if invite.failures <= MAX_INVITE_FAILURES:
            candidates.append(InviteCandidate(invite.commune_id, invite.id, invite.code_hash))
    return candidates


def match_invite(candidates: Sequence[InviteCandidate], code: str) -> InviteCandidate:
    """The candidate with this code; takes equally long for any number of them. Raises `InviteInvalid`."""
    digits = normalize_code(code)
    matches = [candidate for candidate in candidates if hashing.verifies(candidate.code_hash, digits)]
    for _missing in range(INVITES_CHECKED - len(candidates)):
        hashing.verifies(hashing.UNKNOWN_CODE_HASH, digits)
    if not matches:
        raise InviteInvalid
    return matches[0]


def redeem_invite(
    session: Session, enrolment: Enrolment, match: InviteCandidate, now: datetime, *, demo: bool
) -> tuple[Account, str | None]:
    """Use up the invite whose code was right; its account, and who issued it.

    Raises `InviteInvalid` if it is not open any more.

    In demo mode reusable invites stay open. The phone that used an invite may use it again for
    `RETRY_WINDOW`: it may not have received the first answer.
    """
    for account, invite in _open_invites(session, enrolment, now, demo=demo):
        if (invite.commune_id, invite.id) == (match.commune_id, match.id):
            invite.used_at, invite.used_by, invite.failures = now, enrolment.installation_id, 0
            session.add(invite)
            return account, invite.created_by
    raise InviteInvalid


def _open_invites(
    session: Session, enrolment: Enrolment, now: datetime, *, demo: bool
) -> Sequence[tuple[Account, Invite]]:
    phone, installation_id = normalize_phone(enrolment.phone) or "", enrolment.installation_id
    used_at, reusable = col(Invite.used_at), col(Invite.reusable)
    is_retry = (
        and_(col(Invite.used_by) == installation_id, used_at > now - RETRY_WINDOW)
        if installation_id
        else false()
    )
    is_open = or_(used_at.is_(None), is_retry) & ~reusable
    invites = (
        select(Account, Invite)
        .where(Account.commune_id == Invite.commune_id, Account.id == Invite.account_id)
        .where(Account.phone == phone, col(Account.ended_at).is_(None))
        .where(Invite.expires_at > now, or_(is_open, reusable) if demo else is_open)
        .order_by(col(Invite.created_at).desc(), col(Invite.id))
        .limit(INVITES_CHECKED)
        .with_for_update(of=Invite)
    )
    return session.exec(invites).all()


def enrol_device(
    session: Session, account: Account, enrolment: Enrolment, invited_by: str | None, now: datetime
) -> tuple[Device, str]:
    """The device of the enrolment, resumed or new, and the cookie value of a new session. Earlier sessions of
    the device end; other phones of the account are told."""
    known = _resumable_device(session, account, enrolment)
    device = known or Device(
        commune_id=account.commune_id,
        id=secrets.token_urlsafe(12),
        account_id=account.id,
        name=enrolment.name,
        enrolled_at=now,
    )
    installation_id = enrolment.installation_id
    if device.installation_id and installation_id and installation_id != device.installation_id:
        device.reinstalled_at = now  # its storage was emptied: what it had not sent is lost
    device.installation_id = installation_id or device.installation_id
    device.last_contact_at, device.invited_by = now, invited_by
    session.add(device)
    session.flush()
    end_sessions(session, device)
    what = "device.resumed" if known else "device.enrolled"
    desk_log.note(
        session, account.commune_id, what, now, device=device.id, account=account.id, invited_by=invited_by
    )
    _tell_other_phones(session, device, now)
    return device, open_session(session, account, now, device.id)


def find_password_hash(session: Session, name: str) -> str:
    """The password hash of a sign-in name; that of no password if nobody has the name."""
    row = session.get(SignInName, name)
    return row.password_hash if row else hashing.UNKNOWN_NAME_HASH


def check_password(password_hash: str, password: str) -> None:
    """Raises `PasswordWrong` if the hash is of another password."""
    if not hashing.verifies(password_hash, password):
        raise PasswordWrong


def find_desk_account(session: Session, name: str, verified_hash: str) -> Account:
    """The account of a sign-in name, whose password was verified against `verified_hash`.

    Raises `PasswordWrong` if there is none, it has ended, or its password has changed since.
    """
    row = session.get(SignInName, name)
    if row is None or row.account_id is None or row.password_hash != verified_hash:
        raise PasswordWrong
    account = session.get(Account, (row.commune_id, row.account_id))
    if account is None or account.ended_at is not None:
        raise PasswordWrong
    return account


def _resumable_device(session: Session, account: Account, enrolment: Enrolment) -> Device | None:
    """The device that the phone says it was, if it is the account's and not revoked.

    The desk shows the ids of devices: who has only the id of one with a key, and neither the key nor the
    storage, is another phone.
    """
    device_id = enrolment.device_id
    device = session.get(Device, (account.commune_id, device_id)) if device_id else None
    if device is None or device.account_id != account.id or device.revoked_at is not None:
        return None
    is_same_storage = device.installation_id in (None, enrolment.installation_id)
    return device if is_same_storage or device.public_key in (None, enrolment.device_key) else None


def _tell_other_phones(session: Session, device: Device, now: datetime) -> None:
    """Have every other phone of the account say that this one signed in."""
    is_other = or_(
        col(Device.installation_id).is_(None), col(Device.installation_id) != device.installation_id
    )
    others = (
        col(Device.commune_id) == device.commune_id,
        col(Device.account_id) == device.account_id,
        col(Device.id) != device.id,
    )
    session.execute(
        update(Device)
        .where(*others, is_other if device.installation_id else true())
        .values(other_phone_at=now)
    )
