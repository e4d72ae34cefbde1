"""Recovery codes: ten for each person, each good once; they are shown when they are made and never again."""

import secrets
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import Session, col, select

from app.commune.accounts import hashing
from app.commune.second_factor.models import RecoveryCode
from app.core.id_key.derived import derived_salt

NUMBER = 10
LENGTH = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look like others on paper


def salt(session: Session) -> bytes:
    """The salt of the instance's codes. They share one, so that a code is looked up by its hash."""
    return derived_salt(session, "recovery codes")


def new_codes() -> list[str]:
    """Ten new codes of 49 random bits."""
    return ["".join(secrets.choice(_ALPHABET) for _ in range(LENGTH)) for _ in range(NUMBER)]


def grouped(code: str) -> str:
    """*abcde-fghjk*, as it is printed."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def replace(session: Session, sign_in_name: str, hashes: list[str]) -> None:
    """Store the hashes of new codes (`hashing.hash_code`); those of before open nothing any more."""
    delete_all(session, sign_in_name)
    session.add_all(
        RecoveryCode(id=secrets.token_urlsafe(12), sign_in_name=sign_in_name, code_hash=one) for one in hashes
    )
    session.flush()


def hashes_of(codes: list[str], salt: bytes) -> list[str]:
    """Their hashes. Slow: never within a transaction."""
    return [hashing.hash_code(code, salt) for code in codes]


def use(session: Session, sign_in_name: str, code_hash: str, now: datetime) -> str | None:
    """Use a code up; its id, or None if the person has no such code any more: of two requests with it one
    gets it."""
    is_code = (col(RecoveryCode.sign_in_name) == sign_in_name, col(RecoveryCode.code_hash) == code_hash)
    found = session.exec(select(RecoveryCode.id).where(*is_code)).first()
    used = update(RecoveryCode).where(col(RecoveryCode.id) == found, col(RecoveryCode.used_at).is_(None))
    outcome = cast(CursorResult[Any], session.execute(used.values(used_at=now)))
    return found if outcome.rowcount == 1 else None


def use_again(session: Session, code_id: str, now: datetime) -> None:
    """Repeat that a code was used up after the backup that was restored."""
    is_code = (col(RecoveryCode.id) == code_id, col(RecoveryCode.used_at).is_(None))
    session.execute(update(RecoveryCode).where(*is_code).values(used_at=now))


def count_left(session: Session, sign_in_name: str) -> int:
    """How many codes the person has not used."""
    left = select(func.count()).where(RecoveryCode.sign_in_name == sign_in_name)
    return session.exec(left.where(col(RecoveryCode.used_at).is_(None))).one()


def delete_all(session: Session, sign_in_name: str) -> None:
    """Delete all codes of a person."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.sign_in_name) == sign_in_name))
