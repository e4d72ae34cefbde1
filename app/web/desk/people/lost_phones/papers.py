"""/desk/lost-phones/{id}: the notice and the record of one lost phone, as drafts to print."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import commune_of
from app.core.law.hours import INCIDENT, NOTICE, SERIOUS_INCIDENT
from app.core.strings import _, lazy
from app.sync.lost_phones import commands
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import DEVICES, build_frame
from app.web.desk.people.lost_phones.lost_list import hours_left
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()
_DONE = {"reported": lazy("Đã báo mất và thu hồi máy. In các bản dự thảo dưới đây.")}


@dataclass(frozen=True)
class PapersPage:
    """What templates/desk/people/lost_phone.html shows, and on paper lost_phone_papers.html: what the server
    knows of the phone. What only the commune knows stays blank."""

    title: str
    frame: Frame
    done: str
    commune: str
    person: str
    device_name: str
    reporter: str
    reported: str
    detected: str
    serious: str
    incident: str
    notice: str
    left: str
    happened: str
    last_contact: str
    revoked: str
    hamlets: str
    households: str
    visits: str
    notes: str
    numbers: str
    members: str
    contacts: str
    unsent: str


@router.get("/desk/lost-phones/{lost_id}")
def show_papers(lost_id: PathId, desk: Desk, done: str = "") -> Response:
    page = desk.database.read(lambda session: _page(session, desk, lost_id, _DONE.get(done, "")))
    return html("desk/people/lost_phone.html", page)


def _page(session: Session, desk: DeskContext, lost_id: str, done: str) -> PapersPage:
    lost, device, owner = commands.find_lost(session, desk.actor, lost_id)
    counts = ("households", "visits", "notes", "numbers", "members", "contacts", "unsent")
    return PapersPage(
        title=_("%(person)s – Máy bị mất", person=owner.name),
        frame=build_frame(session, desk.actor, DEVICES),
        done=done,
        commune=commune_of(session, desk.actor).full_name,
        person=owner.name,
        device_name=device.name,
        reporter=commands.reporter(session, lost),
        reported=moment(lost.reported_at),
        detected=moment(lost.detected_at),
        serious=moment(lost.detected_at + SERIOUS_INCIDENT),
        incident=moment(lost.detected_at + INCIDENT),
        notice=moment(lost.detected_at + NOTICE),
        left=hours_left(desk, lost),
        happened=lost.happened,
        last_contact=moment(lost.last_contact_at),
        revoked=moment(device.revoked_at) if device.revoked_at else "",
        hamlets=lost.hamlets,
        **{name: number(getattr(lost, name)) for name in counts},
    )
