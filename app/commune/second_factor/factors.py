"""The second factors of a sign-in name: adding, using and removing them."""

import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, select

from app.commune.accounts.sessions import CODE, SETUP, Guard
from app.commune.second_factor import authenticator, recovery
from app.commune.second_factor.models import APP, SecondFactor
from app.core.config import FactorDemand
from app.core.errors import PasswordWrong
from app.core.id_key import encryption

MAX_FACTORS = 10  # of one person
PURPOSE = "second factor"
"""For which secrets of authenticator apps are encrypted."""


class CodeWrong(PasswordWrong):
    """A code that is wrong or was used, or somebody else's passkey. It does not say which."""

    code = "code_wrong"


def guard(session: Session, sign_in_name: str, demand: FactorDemand) -> Guard:
    """How a session begins of somebody who has shown the password: whoever has a factor is asked for it."""
    if demand == "none":
        return Guard()
    if has_factor(session, sign_in_name):
        return Guard(CODE, locks=True)
    return Guard(SETUP if demand == "required" else "", locks=True)


def has_factor(session: Session, sign_in_name: str) -> bool:
    """Whether the person has set up a second factor."""
    return count(session, sign_in_name) > 0


def count(session: Session, sign_in_name: str) -> int:
    """How many factors the person has."""
    wanted = select(func.count()).where(SecondFactor.sign_in_name == sign_in_name)
    return session.exec(wanted).one()


def list_factors(session: Session, sign_in_name: str) -> list[SecondFactor]:
    """The person's factors, the oldest first."""
    wanted = select(SecondFactor).where(SecondFactor.sign_in_name == sign_in_name)
    return list(session.exec(wanted.order_by(col(SecondFactor.added_at), SecondFactor.id)))


def add_app(session: Session, sign_in_name: str, secret: str, code: str, name: str, now: datetime) -> str:
    """Add an authenticator app with this secret, whose `code` shows that it has it; the factor's id.

    Raises `CodeWrong`.
    """
    step = authenticator.step_of_code(secret, code, now)
    if step is None:
        raise CodeWrong
    id = secrets.token_urlsafe(12)
    session.add(
        SecondFactor(
            id=id,
            sign_in_name=sign_in_name,
            kind=APP,
            name=name,
            secret=encryption.encrypt(session, PURPOSE, secret, id),
            last_step=step,
            added_at=now,
            last_used_at=now,
        )
    )
    session.flush()
    return id


def use_app_code(session: Session, sign_in_name: str, code: str, now: datetime) -> None:
    """Use the code of one of the person's apps up: neither it nor one before it opens anything once more.

    Raises `CodeWrong`; of two requests with the same code one gets it.
    """
    for factor in list_factors(session, sign_in_name):
        if factor.kind != APP:
            continue
        secret = encryption.decrypt(session, PURPOSE, factor.secret, factor.id)
        step = authenticator.step_of_code(secret, code, now)
        if step is not None and _advance(session, factor.id, step, now):
            return
    raise CodeWrong


def remove(session: Session, sign_in_name: str, factor_id: str) -> bool:
    """Remove a factor of the person; whether it was there."""
    is_factor = (col(SecondFactor.sign_in_name) == sign_in_name, col(SecondFactor.id) == factor_id)
    return cast(CursorResult[Any], session.execute(delete(SecondFactor).where(*is_factor))).rowcount == 1


def remove_all(session: Session, sign_in_name: str) -> None:
    """Remove every factor and recovery code of the person, who sets up new ones at the next sign-in."""
    session.execute(delete(SecondFactor).where(col(SecondFactor.sign_in_name) == sign_in_name))
    recovery.delete_all(session, sign_in_name)


def _advance(session: Session, factor_id: str, step: int, now: datetime) -> bool:
    """Whether no code of this half minute or a later one was used before."""
    is_new = (col(SecondFactor.id) == factor_id, col(SecondFactor.last_step) < step)
    used = update(SecondFactor).where(*is_new).values(last_step=step, last_used_at=now)
    return cast(CursorResult[Any], session.execute(used)).rowcount == 1
