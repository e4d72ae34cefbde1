"""What a one-time link does: it stores a password, once, and signs its person in."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from app.commune.accounts import people, sessions, sign_in
from app.commune.accounts.models import Account
from app.commune.accounts.sessions import Guard
from app.commune.credentials import links, operators, resets
from app.commune.credentials.links import LinkTarget
from app.commune.credentials.models import Operator, ProvinceViewer
from app.commune.credentials.operators import OPERATORS
from app.commune.credentials.viewers import VIEWERS
from app.commune.second_factor import factors
from app.core.config import FactorDemand
from app.core.errors import LinkInvalid

Pages = Literal["desk", "operator", "province"]


@dataclass(frozen=True)
class SignedIn:
    """Who signed in: the id of the account, operator or viewer, the value of the desk cookie, and the `pages`
    that are theirs.

    `step`: what they have to show before the session opens anything, as `DeskSession.pending`.
    `commune_id`: of a supervisor. `has_reset`: somebody else has set their password since they last signed in
    with one.
    """

    id: str
    cookie: str
    pages: Pages
    step: str = ""
    is_remembered: bool = False
    has_reset: bool = False
    commune_id: str = ""


def choose_password(
    session: Session,
    target: LinkTarget,
    names: tuple[str, str],
    password_hash: str,
    now: datetime,
    browser: str,
    demand: FactorDemand,
) -> SignedIn:
    """Use the link up: store the hash of the password that its person chose, end all their sessions and open
    one, in which a factor that they had is still asked. `names`: the name and sign-in name of a new operator.

    Raises `LinkInvalid` if the link is not open any more, `NameTaken`.
    """
    links.use_up(session, target, now)
    guard = factors.guard(session, target.sign_in_name or names[1], demand)
    sign_in.record_sign_in(session, target.sign_in_name, now)
    if target.account is not None:
        people.set_password_hash(session, target.account, password_hash, now)
        if target.reset_by:
            resets.record(session, target.account, target.reset_by, target.reset_by_id, now)
        return _open(session, target.account, now, browser, guard)
    if not target.sign_in_name:
        operator = operators.add_operator(session, *names, password_hash, now)
        return _open(session, operator, now, browser, guard)
    if known := OPERATORS.find(session, target.sign_in_name):
        OPERATORS.set_password_hash(session, known, password_hash, now)
        return _open(session, known, now, browser, guard)
    if viewer := VIEWERS.find(session, target.sign_in_name):
        VIEWERS.set_password_hash(session, viewer, password_hash, now)
        return _open(session, viewer, now, browser, guard)
    raise LinkInvalid


def sign_in_at_desk(
    session: Session,
    sign_in_name: str,
    verified_hash: str,
    now: datetime,
    browser: str,
    demand: FactorDemand,
    *,
    remember: bool,
) -> SignedIn:
    """Open a session for the supervisor, operator or viewer with this name, whose password was verified
    against `verified_hash`. `remember`: *Ghi nhớ máy này*, for supervisors. Raises `PasswordWrong`."""
    person = (
        OPERATORS.find_verified(session, sign_in_name, verified_hash)
        or VIEWERS.find_verified(session, sign_in_name, verified_hash)
        or sign_in.find_desk_account(session, sign_in_name, verified_hash)
    )
    has_reset = isinstance(person, Account) and resets.mark_seen(session, person, now)
    guard = factors.guard(session, sign_in_name, demand)
    sign_in.record_sign_in(session, sign_in_name, now)
    return replace(_open(session, person, now, browser, guard, remember=remember), has_reset=has_reset)


def _open(
    session: Session,
    person: Account | Operator | ProvinceViewer,
    now: datetime,
    browser: str,
    guard: Guard,
    *,
    remember: bool = False,
) -> SignedIn:
    step = guard.pending
    if isinstance(person, Operator):
        cookie = OPERATORS.open_session(session, person, now, browser, guard)
        return SignedIn(person.id, cookie, "operator", step)
    if isinstance(person, ProvinceViewer):
        cookie = VIEWERS.open_session(session, person, now, browser, guard)
        return SignedIn(person.id, cookie, "province", step)
    cookie = sessions.open_session(session, person, now, browser=browser, remember=remember, guard=guard)
    return SignedIn(person.id, cookie, "desk", step, is_remembered=remember, commune_id=person.commune_id)
