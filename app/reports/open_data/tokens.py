"""Tokens of a commune or a province: made, listed and revoked there, and presented by programs.

A token has 256 random bits, is shown once, and is stored as a hash. It never stands in an address.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.people import new_id
from app.commune.accounts.sessions import hash_token
from app.commune.credentials.instance_people import NO_COMMUNE
from app.core import desk_log
from app.core.errors import Invalid, NotFound, SignInRequired
from app.core.text import nfc
from app.reports.open_data.models import ApiToken

CREATED, REVOKED = "token.created", "token.revoked"  # entries of the desk log
LIFETIMES = (30, 90, 365)  # days
MAX_LABEL = 80  # characters
MAX_VALID = 20  # tokens of one owner
USE_NOTED = timedelta(minutes=10)  # between two writes of `last_used_at`


@dataclass(frozen=True)
class Scope:
    """What a token reads: one commune, or all of a province. Exactly one of them is set."""

    commune_id: str = ""
    province_code: str = ""


@dataclass(frozen=True)
class Owner:
    """Who makes and revokes tokens of this scope: an account's or viewer's id and name."""

    scope: Scope
    id: str
    name: str

    def note(self, session: Session, what: str, token: ApiToken, now: datetime) -> None:
        """Note in the desk log what the owner did with a token."""
        commune_id = self.scope.commune_id or NO_COMMUNE
        desk_log.note(session, commune_id, what, now, by=self.id, token=token.id, label=token.label)


def create_token(session: Session, owner: Owner, label: str, days: int, now: datetime) -> str:
    """A new token, which is stored as a hash.

    Raises `Invalid`: *label* if it is empty or too long, *days* if it is none of `LIFETIMES`, *tokens* if the
    owner has `MAX_VALID` already.
    """
    label = nfc(label, "label")
    if not label or len(label) > MAX_LABEL:
        raise Invalid("label")
    if days not in LIFETIMES:
        raise Invalid("days")
    valid = _of(owner.scope).where(col(ApiToken.revoked_at).is_(None), ApiToken.expires_at > now)
    if len(session.exec(valid.limit(MAX_VALID)).all()) == MAX_VALID:
        raise Invalid("tokens")
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        token_hash=hash_token(token),
        id=new_id(),
        commune_id=owner.scope.commune_id or None,
        province_code=owner.scope.province_code or None,
        label=label,
        made_by=owner.name,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    owner.note(session, CREATED, row, now)
    return token


def list_tokens(session: Session, scope: Scope) -> list[ApiToken]:
    """The owner's tokens, the newest first, also those that are over."""
    return list(session.exec(_of(scope).order_by(col(ApiToken.made_at).desc(), col(ApiToken.id))))


def find_token(session: Session, scope: Scope, token_id: str) -> ApiToken:
    """A token of this owner. Raises `NotFound`."""
    token = session.exec(_of(scope).where(ApiToken.id == token_id)).first()
    if token is None:
        raise NotFound
    return token


def revoke_token(session: Session, owner: Owner, token_id: str, now: datetime) -> None:
    """End a token; one that was ended before stays as it is. Raises `NotFound`."""
    token = find_token(session, owner.scope, token_id)
    if token.revoked_at is None:
        token.revoked_at = now
        session.add(token)
        session.flush()
        owner.note(session, REVOKED, token, now)


def revoke_again(session: Session, token_id: str, now: datetime) -> None:
    """End the token that the desk log says was revoked, if this database still has it."""
    ended = update(ApiToken).where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
    session.execute(ended.values(revoked_at=now))


def present_token(session: Session, token: str, now: datetime) -> tuple[Scope, bool]:
    """What the token reads, and whether its use is to be noted. Raises `SignInRequired` for one that is
    unknown, expired or revoked."""
    row = session.get(ApiToken, hash_token(token))
    if row is None or row.revoked_at or row.expires_at <= now:
        raise SignInRequired
    is_use_due = row.last_used_at is None or now - row.last_used_at >= USE_NOTED
    return Scope(row.commune_id or "", row.province_code or ""), is_use_due


def note_use(session: Session, token: str, now: datetime) -> None:
    """Note that the token was used now."""
    used = update(ApiToken).where(col(ApiToken.token_hash) == hash_token(token))
    session.execute(used.values(last_used_at=now))


def _of(scope: Scope) -> SelectOfScalar[ApiToken]:
    if scope.province_code:
        return select(ApiToken).where(ApiToken.province_code == scope.province_code)
    return select(ApiToken).where(ApiToken.commune_id == scope.commune_id)
