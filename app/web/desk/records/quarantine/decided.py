"""/desk/quarantine/decided: what was decided within a day, and *Hoàn tác*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.strings import _
from app.sync.quarantine.undo import refusal_of, undo
from app.sync.quarantine.view import QuarantineItem, find_decided
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import QUARANTINE, build_frame
from app.web.desk.page.labels import Link, supervisor_link
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.records.quarantine.item import STATES, ItemRow, PathKey, item_response, item_row
from app.web.desk.records.quarantine.labels import UNDO_REFUSALS
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()
_LIST = "/desk/quarantine/decided"


@dataclass(frozen=True)
class DecidedRow:
    """One decided operation, and who decided it; `refusal`: why its undo is refused already, empty if it is
    offered."""

    row: ItemRow
    decision: str
    who: Link
    state: str
    refusal: str


@dataclass(frozen=True)
class DecidedPage:
    """What templates/desk/records/quarantine_decided.html shows."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[DecidedRow]
    pager: NumberedPager


@router.get("/desk/quarantine/decided")
def show_decided(desk: Desk, page: str = "") -> Response:
    """The newest decision first."""

    def row(item: QuarantineItem) -> DecidedRow:
        stored = item.quarantined
        when = moment(stored.decided_at) if stored.decided_at else ""
        decision = f"{STATES[stored.state]} {when}"
        who = supervisor_link(stored.decided_by, item.decided_by)
        refusal = UNDO_REFUSALS.get(refusal_of(stored, desk.now), "")
        return DecidedRow(item_row(item), decision, who, stored.state, refusal)

    def load(session: Session) -> DecidedPage:
        found = find_decided(session, desk.actor, page_number(page), desk.now)
        return DecidedPage(
            title=_("Đã quyết định trong một ngày"),
            frame=build_frame(session, desk.actor, QUARANTINE),
            as_of=moment(desk.now),
            count=number(found.total),
            rows=[row(item) for item in found.items],
            pager=numbered_pager(_LIST, found.page, found.pages),
        )

    return html("desk/records/quarantine_decided.html", desk.database.read(load))


@router.post("/desk/quarantine/{op_id}/{payload_hash}/undo")
def undo_decision(key: PathKey, desk: Desk, state: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác*; `state` is the one that the page showed. A refusal says why."""
    refusal = desk.database.write(lambda session: undo(session, desk.actor, *key.parts, state, desk.now))
    if refusal:
        return item_response(desk, key, UNDO_REFUSALS[refusal], 409)
    return RedirectResponse("/desk/quarantine?done=reopened", 303)
