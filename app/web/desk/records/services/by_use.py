"""*Xếp theo mức dùng*: the services that the commune records most, before *Việc khác*.

The order is the commune's: it is proposed, and changes on one click, which can be taken back. A list that
orders itself would move under the thumb of whoever knows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.catalog import commands
from app.commune.catalog.services import FRONT_COUNT, Service
from app.core.errors import Invalid, StaleDecision
from app.fieldwork.derived.sums import sum_visits
from app.web.desk.page.context import Desk

router = APIRouter()
_LIST = "/desk/services"
SPAN = timedelta(days=90)
_ENOUGH = 30  # visits with a service; of fewer nothing follows


@dataclass(frozen=True)
class Reordering:
    """Codes of the services that are offered: the order that is shown, and the one that a click makes of it.
    `labels`: what comes to the front by it."""

    shown: str
    wanted: str
    labels: list[str]


def count_uses(session: Session, actor: Actor, services: Sequence[Service], today: date) -> dict[str, int]:
    """The visits of the last 90 days that have each service, by code; without services that have none."""
    codes = [service.code for service in services]
    return sum_visits(session, actor, today - SPAN + timedelta(days=1), today, codes)


def proposed_order(offered: Sequence[Service], uses: dict[str, int]) -> Reordering | None:
    """The most used ones first, the others as they are. None if they stand first already, or there are too
    few visits to tell."""
    if sum(uses.values()) < _ENOUGH:
        return None
    by_use = sorted(offered, key=lambda service: -uses.get(service.code, 0))
    front = [service for service in by_use[:FRONT_COUNT] if uses.get(service.code)]
    rising = [service for service in front if service not in offered[:FRONT_COUNT]]
    if not rising:
        return None
    wanted = [*front, *(service for service in offered if service not in front)]
    return Reordering(_codes(offered), _codes(wanted), [service.label for service in rising])


def order_before(offered: Sequence[Service], before: str) -> Reordering | None:
    """What takes a reordering back: the order `before` it; None if that has other services."""
    codes = before.split(" ")
    is_same = sorted(codes) == sorted(service.code for service in offered)
    return Reordering(_codes(offered), before, []) if is_same else None


@router.post("/desk/services/order")
def reorder(
    desk: Desk, shown: Annotated[str, Form()] = "", wanted: Annotated[str, Form()] = "", undo: bool = False
) -> Response:
    """*Đưa lên đầu*, and *Hoàn tác* with the order before."""
    before, after = shown.split(" "), wanted.split(" ")
    try:
        desk.database.write(lambda session: commands.reorder(session, desk.actor, before, after, desk.now))
    except (StaleDecision, Invalid):
        return RedirectResponse(f"{_LIST}?done=changed", 303)
    done = {"done": "undone"} if undo else {"done": "ordered", "before": shown}
    return RedirectResponse(f"{_LIST}?{urlencode(done)}", 303)


def _codes(services: Sequence[Service]) -> str:
    """Their codes, of which none has a blank."""
    return " ".join(service.code for service in services)
