"""Whose session a desk cookie is: a supervisor's, an operator's or a province viewer's. One form signs all of
them in, and to each the pages of the others do not exist."""

from datetime import datetime

from sqlmodel import Session

from app.commune.accounts.sessions import authenticate
from app.commune.credentials.instance_people import InstancePeople, P, S
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.viewers import VIEWERS
from app.core.errors import NotFound


def authenticate_person(
    session: Session,
    people: InstancePeople[P, S],
    cookie: str | None,
    now: datetime,
    *,
    is_read_only: bool = False,
) -> P:
    """The one of these people whose session it is. `is_read_only`: as in `authenticate_desk`.

    Raises `SignInRequired`, and `NotFound` if it is somebody else's.
    """
    if person := people.find_signed_in(session, cookie, now, is_read_only=is_read_only):
        return person
    refuse_instance_people(session, cookie, now)
    authenticate(session, cookie, now, device=False)
    raise NotFound


def refuse_instance_people(session: Session, cookie: str | None, now: datetime) -> None:
    """Raises `NotFound` if it is a session of somebody without a commune, who has no desk."""
    for people in (OPERATORS, VIEWERS):
        if people.find_signed_in(session, cookie, now):
            raise NotFound


def sign_out(session: Session, cookie: str | None) -> None:
    """End the session, if it is one of somebody without a commune."""
    for people in (OPERATORS, VIEWERS):
        people.sign_out(session, cookie)
