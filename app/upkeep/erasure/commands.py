"""What a supervisor decides of a request to erase a household: *Xóa theo yêu cầu*, or *Từ chối, có lý do*.

Law 91/2025/QH15 articles 4 and 14.2, Decree 356/2025/NĐ-CP: who asks is told what was done, or why not.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account
from app.core import desk_log
from app.core.db import table_of
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.numbers.id_numbers import stored_text
from app.fieldwork.households.erased import EVENT, Decision, ErasureRequest, remember
from app.fieldwork.households.models import Household
from app.intake.household_import.runs.models import FAILED, READING, READY, HouseholdImport
from app.upkeep.erasure.erasing import erase_loaded, load_with_merged

MAX_REASON = 500  # characters


def erase_household(
    session: Session, actor: Actor, household_id: str, seen: int, reference: str, now: datetime
) -> list[tuple[str, str]]:
    """Erase the household and those merged into it; it stays as an empty shell. Erasing it again changes
    nothing.

    `seen`: the version that the supervisor saw; `reference`: where the request is filed, may be empty.
    Returns id and suffix of the lists that were waiting to be imported, whose files have to go. Raises
    `NotFound`; `StaleDecision` if the household changed or was merged meanwhile; `Invalid` for a reference
    that is too long, and `TextRefused`.
    """
    found = find(session, actor, Household, household_id)
    reason = _reason(reference)
    if found.erased_at:
        return []
    batch = load_with_merged(session, actor.commune_id, household_id)
    household = batch.get(Household, household_id)
    if household is None:  # its import was undone meanwhile
        raise NotFound
    if household["merged_into"] or household["version"] != seen:
        raise StaleDecision
    files = _open_files(session, actor)
    erased = erase_loaded(session, batch, [one["id"] for one in batch.rows(Household)], now)
    _record(session, actor, household_id, "erased", reason, now)
    remember(session, actor.commune_id, [*erased["households"], *erased["marks"]], now)
    desk_log.note(session, actor.commune_id, EVENT, now, by=actor.account_id, **erased)
    return files


def refuse_erasure(session: Session, actor: Actor, household_id: str, reason: str, now: datetime) -> None:
    """Note that a request was refused, and why. Raises `NotFound`, also for a household that was erased or
    merged; `Invalid` without a reason or for one that is too long, and `TextRefused`."""
    household = find(session, actor, Household, household_id)
    if household.erased_at or household.merged_into:
        raise NotFound
    text = _reason(reason)
    if not text:
        raise Invalid("reason")
    _record(session, actor, household_id, "refused", text, now)
    details = {"household": household_id, "by": actor.account_id}
    desk_log.note(session, actor.commune_id, "household.erasure_refused", now, **details)


@dataclass(frozen=True)
class DecidedRequest:
    """A request, and the name of the supervisor who decided it."""

    request: ErasureRequest
    by: str


def erasure_requests(session: Session, actor: Actor, household_id: str) -> list[DecidedRequest]:
    """What was decided of requests to erase a household, the newest first."""
    is_author = and_(
        col(Account.commune_id) == actor.commune_id, col(Account.id) == col(ErasureRequest.decided_by)
    )
    rows = session.execute(
        visible_to(actor, ErasureRequest)
        .where(ErasureRequest.household_id == household_id)
        .join(Account, is_author)
        .order_by(col(ErasureRequest.decided_at).desc())
        .with_only_columns(ErasureRequest, col(Account.name))
    )
    return [DecidedRequest(request, name) for request, name in rows]


def _reason(text: str) -> str:
    reason = stored_text(text, "reason")
    if len(reason) > MAX_REASON:
        raise Invalid("reason")
    return reason


def _open_files(session: Session, actor: Actor) -> list[tuple[str, str]]:
    run = table_of(HouseholdImport)
    is_open = run.c.state.in_((READING, READY, FAILED))
    rows = session.execute(
        visible_to(actor, HouseholdImport).where(is_open).with_only_columns(run.c.id, run.c.suffix)
    )
    return [(id, suffix) for id, suffix in rows]


def _record(
    session: Session, actor: Actor, household_id: str, decision: Decision, reason: str, now: datetime
) -> None:
    request = ErasureRequest(
        commune_id=actor.commune_id,
        id=secrets.token_urlsafe(12),
        household_id=household_id,
        decision=decision,
        reason=reason,
        decided_by=actor.account_id,
        decided_at=now,
    )
    session.add(request)
