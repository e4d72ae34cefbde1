"""Setting up and showing passkeys: what the session has its person sign, and what that opens."""

from datetime import datetime

from sqlmodel import Session

from app.commune.credentials.second_step.changing import Setup, finish_setup, require_change
from app.commune.credentials.second_step.holder import Holder, NewCookie, find_holder, opened
from app.commune.credentials.second_step.losing import replace_lost
from app.commune.second_factor import factors, passkeys
from app.commune.second_factor.passkeys import Site
from app.core.errors import NotFound


def options_to_add(session: Session, cookie: str | None, site: Site, now: datetime) -> str:
    """What the browser needs to make a passkey. Raises `SecondStepRequired`, `SignInRequired`, and `NotFound`
    where there are none."""
    holder = require_change(session, cookie, now)
    challenge = _challenge(session, holder, site)
    return passkeys.registration_options(session, site, holder.sign_in_name, holder.name, challenge)


def options_to_show(session: Session, cookie: str | None, site: Site, now: datetime) -> str:
    """What the browser needs to show one. Raises `SignInRequired`, and `NotFound` for whoever has none."""
    holder = find_holder(session, cookie, now)
    challenge = _challenge(session, holder, site)
    options = passkeys.authentication_options(session, site, holder.sign_in_name, challenge)
    if options is None:
        raise NotFound
    return options


def add(
    session: Session,
    cookie: str | None,
    site: Site,
    credential: str,
    name: str,
    hashes: list[str],
    now: datetime,
) -> Setup:
    """Add the passkey that a browser made; whether it is the person's first factor, as `set_up_app`.

    Raises `CodeWrong`, `SecondStepRequired`, `SignInRequired`, and `NotFound` above `MAX_FACTORS`.
    """
    holder = require_change(session, cookie, now)
    replace_lost(session, holder, now)
    known = factors.count(session, holder.sign_in_name)
    if known >= factors.MAX_FACTORS:
        raise NotFound
    challenge, holder.row.challenge = holder.row.challenge, ""
    added = passkeys.add(session, site, holder.sign_in_name, credential, challenge, name, now)
    return finish_setup(session, cookie, holder, added, hashes, now, is_first=known == 0)


def show(
    session: Session, cookie: str | None, site: Site, credential: str, now: datetime
) -> NewCookie | None:
    """Open the session, or a locked desk, by a passkey. Raises `CodeWrong`, `SignInRequired`."""
    holder = find_holder(session, cookie, now)
    challenge, holder.row.challenge = holder.row.challenge, ""
    passkeys.use(session, site, holder.sign_in_name, credential, challenge, now)
    return opened(session, holder, now)


def _challenge(session: Session, holder: Holder, site: Site) -> str:
    if not site.has_passkeys:
        raise NotFound
    holder.row.challenge = passkeys.new_challenge()
    session.add(holder.row)
    return holder.row.challenge
