"""Operators: adding and listing them, and their links."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.people import new_id
from app.commune.credentials import links
from app.commune.credentials.instance_people import InstancePeople
from app.commune.credentials.models import Operator, OperatorSession
from app.commune.credentials.supervisors import is_idle_since
from app.core.errors import NotFound
from app.core.text import nfc

OPERATORS = InstancePeople(Operator, OperatorSession, "operator")


def add_operator(
    session: Session, name: str, sign_in_name: str, password_hash: str, now: datetime
) -> Operator:
    """A new operator. Raises `NameTaken`, `TextRefused`."""
    operator = Operator(id=new_id(), name=nfc(name), sign_in_name=sign_in_name, created_at=now)
    return OPERATORS.add(session, operator, password_hash, now)


@dataclass(frozen=True)
class OperatorEntry:
    """An operator, in how many browsers they are signed in, and since when the account is idle."""

    operator: Operator
    sessions: int
    idle_since: datetime | None = None

    def is_idle(self, now: datetime) -> bool:
        """As of a viewer."""
        return self.operator.disabled_at is None and is_idle_since(self.idle_since, now)


def list_operators(session: Session, now: datetime) -> list[OperatorEntry]:
    """All operators by sign-in name, also those whose password opens nothing."""
    return [OperatorEntry(*one) for one in OPERATORS.list_with_sessions(session, now)]


def issue_link(session: Session, sign_in_name: str, now: datetime) -> str:
    """The token of the link of a new operator, or with `sign_in_name` of one who needs a new password.

    Raises `NotFound` if no operator has this name.
    """
    if sign_in_name and OPERATORS.find(session, sign_in_name) is None:
        raise NotFound
    return links.issue(session, sign_in_name or None, now, links.OPERATOR_LIFETIME)
