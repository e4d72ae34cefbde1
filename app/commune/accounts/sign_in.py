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
from sqlmodel.sql.expression import Select

from app.commune import phone_communes
from app.commune.accounts import hashing
from app.commune.accounts.deactivation import end_sessions
from app.commune.accounts.models import Account, Device, Invite, SignInName
from app.commune.accounts.sessions import open_session
from app.core import desk_log
from app.core.errors import InviteInvalid, PasswordWrong
from app.core.numbers.phone import normalize_phone
from app.core.sql.query_hints import no_index_hint

INVITE_LIFETIME = timedelta(days=14)
RETRY_WINDOW = timedelta(minutes=15)
MAX_INVITE_FAILURES = 20  # an invite with more is void
# For every phone number so many codes of older releases are verified, and one is hashed: the time must
# not tell how many open invites it has.
OLDER_CHECKED = 2
_NO_COMMUNE = ""


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
class OlderInvite:
    """An open invite whose code cannot be looked up by its hash: of a release with another salt or cost."""

    commune_id: str
    id: str
    code_hash: str
    created_at: datetime


@dataclass(frozen=True)
class InviteSearch:
    """What is compared with a code, outside of transactions: the invites of one commune."""

    salt: bytes
    older: list[OlderInvite]


@dataclass(frozen=True)
class CodeMatch:
    """The hash of the code that was sent, and the older invite that has this code."""

    code_hash: str
    older: OlderInvite | None


def normalize_code(text: str) -> str:
    """An invite code without the spaces, dots and hyphens that people type between its digits."""
    return "".join(char for char in text if char not in " .-\u00a0\u2011\u2013")


def communes_of(session: Session, enrolment: Enrolment) -> list[str]:
    """The communes of which accounts have the phone number. Of a number that nobody has one that does not
    exist: the statements are the same ones."""
    return phone_communes.communes_of(session, normalize_phone(enrolment.phone) or "") or [_NO_COMMUNE]


def begin_redeeming(
    session: Session, commune_id: str, enrolment: Enrolment, now: datetime, *, demo: bool
) -> InviteSearch:
    """Count a failure for each open invite of the phone number in the commune, and say what to compare the
    code with.

    `redeem_invite` sets the count of the right one back to 0.
    """
    salt, older = hashing.code_salt(session), []
    for _account, invite in session.exec(_open_invites(commune_id, enrolment, now, demo=demo)).all():
        invite.failures += not invite.reusable
        session.add(invite)
        if not hashing.is_comparable(invite.code_hash, salt):
            older.append(OlderInvite(commune_id, invite.id, invite.code_hash, invite.created_at))
    return InviteSearch(salt, older)


def match_code(searches: Sequence[InviteSearch], code: str) -> CodeMatch:
    """Hash the code, which takes equally long for any number of invites. `searches`: one of each commune."""
    digits = normalize_code(code)
    code_hash = hashing.hash_code(digits, searches[0].salt)
    older = (invite for search in searches for invite in search.older)
    newest = sorted(older, key=lambda invite: invite.created_at, reverse=True)[:OLDER_CHECKED]
    matches = [invite for invite in newest if hashing.verifies(invite.code_hash, digits)]
    for _missing in range(OLDER_CHECKED - len(newest)):
        hashing.verifies(hashing.UNKNOWN_CODE_HASH, digits)
    return CodeMatch(code_hash, matches[0] if matches else None)


def redeem_invite(
    session: Session, commune_id: str, enrolment: Enrolment, match: CodeMatch, now: datetime, *, demo: bool
) -> tuple[Account, str | None]:
    """Use up the invite of the number that has this code in the commune; its account, and who issued it.

    Raises `InviteInvalid` if there is none, or it is void or not open any more. In demo mode reusable invites
    stay open. The phone that used an invite may use it again for `RETRY_WINDOW`: it may not have received the
    first answer.
    """
    account, invite = _with_code(session, commune_id, enrolment, match, now, demo=demo)
    invite.used_at, invite.used_by, invite.failures = now, enrolment.installation_id, 0
    session.add(invite)
    return account, invite.created_by


def forget_failures(
    session: Session, commune_id: str, enrolment: Enrolment, match: CodeMatch, now: datetime, *, demo: bool
) -> None:
    """The code was right, and nobody may sign in at the moment: it stays open, however often it is tried."""
    _account, invite = _with_code(session, commune_id, enrolment, match, now, demo=demo)
    invite.failures = 0
    session.add(invite)


def _with_code(
    session: Session, commune_id: str, enrolment: Enrolment, match: CodeMatch, now: datetime, *, demo: bool
) -> tuple[Account, Invite]:
    """The invite of the number that has this code. Raises `InviteInvalid`."""
    older = match.older
    has_code = col(Invite.code_hash) == match.code_hash
    if older is not None and older.commune_id == commune_id:
        has_code = or_(has_code, col(Invite.id) == older.id)
    wanted = _open_invites(commune_id, enrolment, now, demo=demo).where(has_code).limit(1)
    found = session.exec(wanted).first()
    if found is None or found[1].failures > MAX_INVITE_FAILURES:
        raise InviteInvalid
    return found


def _open_invites(
    commune_id: str, enrolment: Enrolment, now: datetime, *, demo: bool
) -> Select[Account, Invite]:
    """The open invites of a phone number in a commune, the newest first, locked in this order."""
    phone, installation_id = normalize_phone(enrolment.phone) or "", enrolment.installation_id
    used_at, reusable = col(Invite.used_at), col(Invite.reusable)
    is_retry = (
        and_(col(Invite.used_by) == installation_id, used_at > now - RETRY_WINDOW)
        if installation_id
        else false()
    )
    is_open = or_(used_at.is_(None), is_retry) & ~reusable
    return (
        select(Account, Invite)
        # The hint has SQLite begin with the number: a commune has a few of it, and hundreds of invites.
        .join(Invite, no_index_hint(col(Account.id)) == col(Invite.account_id))
        .where(Account.commune_id == commune_id, Invite.commune_id == commune_id)
        .where(Account.phone == phone, col(Account.ended_at).is_(None))
        .where(Invite.expires_at > now, or_(is_open, reusable) if demo else is_open)
        .order_by(col(Invite.created_at).desc(), col(Invite.id))
        .with_for_update(of=Invite)
    )


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


def record_sign_in(session: Session, name: str, now: datetime) -> None:
    """Note that somebody signed in with this name."""
    session.execute(update(SignInName).where(col(SignInName.name) == name).values(idle_since=now))


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
