"""Guides that the project does not have: a commune adds, removes and brings them back."""

import uuid
from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.guides.commands import GuideText, chosen_place, find_for_change, normalize_body, save
from app.commune.guides.library import set_text
from app.commune.guides.models import Guide
from app.commune.guides.positions import OWN, is_added
from app.core.clock import local_date
from app.core.errors import AlreadyExists, Invalid, NotFound, StaleDecision
from app.core.feed import lock_feed
from app.core.text import nfc

MAX_ADDED = 20  # of a commune, without removed ones
MAX_STORED = 100  # with removed ones


def new_form() -> str:
    """What a form for a new guide is known by: sent twice, it adds one."""
    return uuid.uuid4().hex


def is_full(session: Session, actor: Actor) -> bool:
    """Whether the commune has as many guides of its own as it may have."""
    added = _added(session, actor)
    return len(added) >= MAX_STORED or _count_in_use(added) >= MAX_ADDED


def add_guide(session: Session, actor: Actor, form: str, written: GuideText, now: datetime) -> str:
    """Add a guide; returns its code, made from the form's. Repeating the call changes nothing.

    Raises `TextRefused`; `Invalid`: *form*, *group*, *count* if the commune has as many as it may have;
    `AlreadyExists` if the form has added a guide of another text or another place.
    """
    code = _code_of(form)
    title, body = nfc(written.title, "title"), normalize_body(written.body)
    lock_feed(session, actor.commune_id)  # two supervisors add one after the other
    added = _added(session, actor)
    known = next((one for one in added if one.code == code), None)
    stored = known.place if known else None
    place = chosen_place(written, stored["position"] if stored else _next_position(added))
    if known is not None:
        if (known.title, known.body, stored) != (title, body, place):
            raise AlreadyExists
        return code
    if len(added) >= MAX_STORED or _count_in_use(added) >= MAX_ADDED:
        raise Invalid("count")
    guide = Guide(
        commune_id=actor.commune_id, code=code, title="", body="", html="", source="",
        changed_on=local_date(now), place=place, feed_seq=0,
    )  # fmt: skip
    set_text(guide, title, body, local_date(now), is_own=True)
    save(session, actor, guide, "guide.added", now)
    return code


def remove_guide(session: Session, actor: Actor, code: str, version: int, now: datetime) -> None:
    """Have phones delete a guide that the commune has added. `version`: its `feed_seq` when it was shown.

    A second time changes nothing. Raises `NotFound`, `StaleDecision`.
    """
    guide = _find_added(session, actor, code)
    if guide.removed_at is not None:
        return
    if guide.feed_seq != version:
        raise StaleDecision
    guide.removed_at = now
    save(session, actor, guide, "guide.removed", now)


def restore_guide(session: Session, actor: Actor, code: str, now: datetime) -> None:
    """Bring a removed guide back, with its text; a second time changes nothing. Raises `NotFound`, and
    `Invalid` with *count* if the commune has `MAX_ADDED` without it."""
    guide = _find_added(session, actor, code)
    if guide.removed_at is None:
        return
    if _count_in_use(_added(session, actor)) >= MAX_ADDED:
        raise Invalid("count")
    guide.removed_at = None
    save(session, actor, guide, "guide.restored", now)


def _find_added(session: Session, actor: Actor, code: str) -> Guide:
    if not is_added(code):
        raise NotFound
    return find_for_change(session, actor, code)


def _code_of(form: str) -> str:
    try:
        return OWN + uuid.UUID(hex=form).hex
    except ValueError:
        raise Invalid("form") from None


def _added(session: Session, actor: Actor) -> list[Guide]:
    wanted = visible_to(actor, Guide).where(col(Guide.code).startswith(OWN, autoescape=True))
    return list(session.exec(wanted.execution_options(populate_existing=True)))


def _count_in_use(added: list[Guide]) -> int:
    return sum(one.removed_at is None for one in added)


def _next_position(added: list[Guide]) -> int:
    return max((one.place["position"] for one in added if one.place), default=0) + 1
