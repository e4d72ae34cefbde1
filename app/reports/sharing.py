"""What a commune shares of its remarks with the province: the text as it is then, without who wrote it.

Nothing is shared until a supervisor says so, of each remark.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.calendar.period import Period
from app.core import desk_log
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.text import fold
from app.fieldwork.households.models import Household
from app.fieldwork.remarks.models import RemarkShare, ReportRemark
from app.fieldwork.remarks.queries import find_remark, list_remarks

SHARED_EVENT, UNSHARED_EVENT = "remark.shared", "remark.unshared"  # of the desk log
_WORD = re.compile(r"\w+")
_NAME_WORDS = 2  # of a name that is looked for: a single word is one of the language as well


@dataclass(frozen=True)
class SharedState:
    """A remark, the name of its author, and what is shared of it: a text, None if nothing is."""

    remark: ReportRemark
    author: str
    shared_text: str | None


def list_states(session: Session, actor: Actor, period: Period) -> list[SharedState]:
    """The remarks of a period, in their order."""
    shares = {one.remark_id: one.text for one in session.exec(visible_to(actor, RemarkShare))}
    listed = list_remarks(session, actor, period)
    return [SharedState(one.remark, one.author, shares.get(one.remark.id)) for one in listed]


def share(session: Session, actor: Actor, remark_id: str, seen: int, now: datetime) -> None:
    """Share the remark as it is; shared before, the province has its words of today. Repeating it changes
    nothing.

    `seen`: its `feed_seq` when the supervisor looked at it. Raises `NotFound`, `StaleDecision` if it was
    changed since, and `Invalid`: *name* if its text has the full name of a member or a head of household.
    """
    remark = find_remark(session, actor, remark_id)
    if remark is None:
        raise NotFound
    if remark.feed_seq != seen:
        raise StaleDecision
    if next(names_in(session, actor, remark.text), None):
        raise Invalid("name")
    session.merge(
        RemarkShare(
            commune_id=actor.commune_id,
            remark_id=remark_id,
            kind=remark.kind,
            text=remark.text,
            shared_at=now,
            shared_by=actor.account_id,
        )
    )
    desk_log.note(session, actor.commune_id, SHARED_EVENT, now, remark=remark_id, by=actor.account_id)


def unshare(session: Session, actor: Actor, remark_id: str, now: datetime) -> None:
    """*Thôi chia sẻ*: the province does not see it any more. A second time changes nothing."""
    found = session.exec(visible_to(actor, RemarkShare).where(RemarkShare.remark_id == remark_id)).first()
    if found is not None:
        session.delete(found)
        desk_log.note(session, actor.commune_id, UNSHARED_EVENT, now, remark=remark_id, by=actor.account_id)


def names_in(session: Session, actor: Actor, text: str) -> Iterator[str]:
    """The full names of people of the commune that a text has, in any case and without accents."""
    words = f" {' '.join(_words(text))} "
    heads = visible_to(actor, Household).with_only_columns(col(Household.head_name))
    people = visible_to(actor, Account).with_only_columns(col(Account.name))
    for statement in (people, heads):
        for name in session.scalars(statement):
            parts = _words(name)
            if len(parts) >= _NAME_WORDS and f" {' '.join(parts)} " in words:
                yield name


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))
