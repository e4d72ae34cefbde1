"""People who belong to no commune, operators and province viewers: their passwords and sessions.

Nobody of them is an `Actor`, and their cookies name no commune: nothing that starts from what an actor may
see can be asked for them.
"""

import secrets
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, delete
from sqlmodel import Session, col, func, select

from app.commune.accounts import hashing
from app.commune.accounts.models import OneTimeLink, SignInName
from app.commune.accounts.sessions import (
    DESK_SESSION_LIFETIME,
    NO_GUARD,
    Guard,
    SecondStepRequired,
    hash_token,
    is_idle,
    is_use_due,
    step_of,
)
from app.commune.credentials.models import InstancePerson, InstanceSession
from app.commune.credentials.own_account import OwnSession
from app.core import desk_log
from app.core.db import table_of
from app.core.errors import NameTaken, PasswordWrong

P = TypeVar("P", bound=InstancePerson)
S = TypeVar("S", bound=InstanceSession)

NO_COMMUNE = ""  # the commune of their cookies and of their entries in the desk log


class InstancePeople(Generic[P, S]):
    """The people of one role, and their sessions."""

    def __init__(self, people: type[P], sessions: type[S], kind: str) -> None:
        """`kind`: names the events of the desk log, and the column of a session with its person's id."""
        self._people, self._sessions, self.kind = people, sessions, kind
        self.set_event = f"{kind}.password"  # of the desk log: added, or given another password
        self._owner_name = f"{kind}_id"
        self._owner: ColumnElement[str] = table_of(sessions).c[self._owner_name]

    def add(self, session: Session, person: P, password_hash: str, now: datetime) -> P:
        """Store somebody new. Raises `NameTaken`."""
        if session.get(SignInName, person.sign_in_name) is not None:
            raise NameTaken("sign_in_name")
        session.add(SignInName(name=person.sign_in_name, password_hash=password_hash))
        session.flush()
        session.add(person)
        session.flush()
        self._note(session, person, now)
        return person

    def find(self, session: Session, sign_in_name: str) -> P | None:
        """The person with this sign-in name."""
        return session.exec(select(self._people).where(self._people.sign_in_name == sign_in_name)).first()

    def get(self, session: Session, person_id: str) -> P | None:
        """The person of this id."""
        return session.get(self._people, person_id)

    def find_verified(self, session: Session, sign_in_name: str, verified_hash: str) -> P | None:
        """The person with this sign-in name, if the password is still the one of `verified_hash`."""
        row = session.get(SignInName, sign_in_name)
        return self.find(session, sign_in_name) if row and row.password_hash == verified_hash else None

    def set_password_hash(self, session: Session, person: P, password_hash: str, now: datetime) -> None:
        """Store the hash of a new password; all the person's sessions and open links end."""
        row = session.get_one(SignInName, person.sign_in_name)
        row.password_hash = password_hash
        person.disabled_at = None
        session.add_all([row, person])
        session.execute(delete(self._sessions).where(self._owner == person.id))
        _delete_links(session, person)
        self._note(session, person, now)
        session.flush()

    def disable_password(self, session: Session, person_id: str, now: datetime) -> None:
        """Have the password of a person open nothing, if there is one of this id; their sessions end."""
        person = session.get(self._people, person_id)
        if person is not None:
            self.set_password_hash(session, person, hashing.UNKNOWN_NAME_HASH, now)
            person.disabled_at = now
            session.add(person)
            session.flush()

    def change_password(
        self,
        session: Session,
        person: P,
        verified_hash: str,
        new_hash: str,
        cookie: str | None,
        now: datetime,
    ) -> None:
        """Store the hash of a person's own new password; open links and every other session end.

        Raises `PasswordWrong` if the old password is not the one of `verified_hash` any more.
        """
        row = session.get_one(SignInName, person.sign_in_name)
        if row.password_hash != verified_hash:
            raise PasswordWrong
        row.password_hash = new_hash
        session.add(row)
        self.sign_out_elsewhere(session, person, cookie)
        _delete_links(session, person)
        self._note(session, person, now)

    def open_session(
        self, session: Session, person: P, now: datetime, browser: str = "", guard: Guard = NO_GUARD
    ) -> str:
        """Open a session; the value of its cookie, which is no supervisor's because it names no commune."""
        secret = secrets.token_urlsafe(32)
        owner: dict[str, Any] = {self._owner_name: person.id}
        opened = self._sessions(
            token_hash=hash_token(secret),
            created_at=now,
            expires_at=now + DESK_SESSION_LIFETIME,
            browser=browser,
            last_used_at=now,
            pending=guard.pending,
            locks=guard.locks,
            **owner,
        )
        session.add(opened)
        return f"{NO_COMMUNE}.{secret}"

    def find_signed_in(
        self, session: Session, cookie: str | None, now: datetime, *, is_read_only: bool = False
    ) -> P | None:
        """The person whose open session has this cookie. `is_read_only`: as in `authenticate_desk`. Raises
        `SecondStepRequired`."""
        found = self.find_row(session, cookie, now)
        if found is None:
            return None
        person, row = found
        if step := step_of(row.pending, row.last_used_at, now, locks=row.locks and not is_read_only):
            raise SecondStepRequired(step)
        return person

    def find_row(self, session: Session, cookie: str | None, now: datetime) -> tuple[P, S] | None:
        """The person and the row of a cookie's session, whatever has to be shown before it opens anything."""
        found = self._find_session(session, cookie)
        if found is None or not _is_open(found, now):
            return None
        return session.get_one(self._people, getattr(found, self._owner_name)), found

    def record_use(self, session: Session, cookie: str | None, now: datetime) -> None:
        """Record that the session of a cookie is in use, every few minutes."""
        found = self._find_session(session, cookie)
        if found is not None and is_use_due(found.last_used_at, now, locks=found.locks):
            found.last_used_at = now
            session.add(found)

    def is_use_recorded(self, session: Session, cookie: str | None, now: datetime) -> bool:
        """Whether `record_use` has nothing to do."""
        found = self._find_session(session, cookie)
        return found is None or not is_use_due(found.last_used_at, now, locks=found.locks)

    def sign_out(self, session: Session, cookie: str | None) -> None:
        """End the session of a cookie, if it is one of these people."""
        found = self._find_session(session, cookie)
        if found is not None:
            session.delete(found)

    def sign_out_elsewhere(self, session: Session, person: P, cookie: str | None) -> None:
        """*Đăng xuất nơi khác*: every session of the person but this one ends."""
        current = self._find_session(session, cookie)
        others = col(self._sessions.token_hash) != (current.token_hash if current else "")
        session.execute(delete(self._sessions).where(self._owner == person.id, others))

    def list_sessions(
        self, session: Session, person: P, cookie: str | None, now: datetime
    ) -> list[OwnSession]:
        """The person's open sessions: the current one first, then by last use."""
        current = self._find_session(session, cookie)
        rows = session.exec(select(self._sessions).where(self._owner == person.id))
        own = [
            OwnSession(one.browser, one.created_at, one.last_used_at or one.created_at, one is current)
            for one in rows
            if _is_open(one, now)
        ]
        own.sort(key=lambda one: one.last_used_at, reverse=True)
        return sorted(own, key=lambda one: not one.is_current)

    def list_with_sessions(
        self, session: Session, now: datetime, *where: ColumnElement[bool]
    ) -> list[tuple[P, int, datetime | None]]:
        """The people by sign-in name, also those whose password opens nothing, each with the number of
        browsers in which they are signed in, and since when nobody has worked with the account, as far as it
        is known."""
        own = self._owner == col(self._people.id)
        open_sessions = select(func.count()).where(own, self._sessions.expires_at > now).scalar_subquery()
        used = select(func.max(self._sessions.last_used_at)).where(own).scalar_subquery()
        found = select(self._people, open_sessions, SignInName.idle_since, used).join(
            SignInName, col(SignInName.name) == col(self._people.sign_in_name)
        )
        rows = session.execute(found.where(*where).order_by(self._people.sign_in_name))
        return [(person, count, max(filter(None, known), default=None)) for person, count, *known in rows]

    def _find_session(self, session: Session, cookie: str | None) -> S | None:
        commune_id, _dot, secret = (cookie or "").partition(".")
        is_ours = secret and commune_id == NO_COMMUNE
        return session.get(self._sessions, hash_token(secret)) if is_ours else None

    def _note(self, session: Session, person: P, now: datetime) -> None:
        desk_log.note(session, NO_COMMUNE, self.set_event, now, **{self.kind: person.id})


def _is_open(found: InstanceSession, now: datetime) -> bool:
    return found.expires_at > now and not is_idle(found.created_at, found.expires_at, found.last_used_at, now)


def _delete_links(session: Session, person: InstancePerson) -> None:
    session.execute(delete(OneTimeLink).where(col(OneTimeLink.sign_in_name) == person.sign_in_name))
