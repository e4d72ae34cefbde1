"""Province viewers, whom operators begin and end: who they are, and their links."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.commune.accounts import hashing
from app.commune.accounts.people import new_id
from app.commune.areas import Commune, Province
from app.commune.credentials import links
from app.commune.credentials.instance_people import NO_COMMUNE, InstancePeople
from app.commune.credentials.models import ProvinceViewer, ProvinceViewerSession
from app.commune.credentials.supervisors import is_idle_since
from app.core import desk_log
from app.core.errors import NameTaken, NotFound
from app.core.text import nfc

VIEWERS = InstancePeople(ProvinceViewer, ProvinceViewerSession, "viewer")
LINK_EVENT = "viewer.link"  # of the desk log


@dataclass(frozen=True)
class ProvinceEntry:
    """A province; `begun`: how many of its communes have begun; `viewers`: how many may sign in."""

    province: Province
    communes: int
    begun: int
    viewers: int


@dataclass(frozen=True)
class ViewerEntry:
    """A viewer; `link_until`: when their open link expires; `sessions`: in how many browsers they are signed
    in; `idle_since`: as of an `OperatorEntry`."""

    viewer: ProvinceViewer
    sessions: int
    link_until: datetime | None
    idle_since: datetime | None = None

    def is_idle(self, now: datetime) -> bool:
        """Whether nobody has worked with the account for `IDLE_FOR`."""
        return self.viewer.disabled_at is None and is_idle_since(self.idle_since, now)


def list_provinces(session: Session) -> list[ProvinceEntry]:
    """All provinces by their official codes."""
    working = select(ProvinceViewer.province_code, func.count()).where(
        col(ProvinceViewer.disabled_at).is_(None)
    )
    rows = session.execute(working.group_by(col(ProvinceViewer.province_code)))
    viewers = {code: count for code, count in rows}
    counts = select(Commune.province_code, func.count(), func.count(col(Commune.started_at)))
    found = session.execute(counts.group_by(Commune.province_code))
    communes = {code: (count, begun) for code, count, begun in found}
    provinces = session.exec(select(Province).order_by(Province.code))
    return [
        ProvinceEntry(one, *communes.get(one.code, (0, 0)), viewers.get(one.code, 0)) for one in provinces
    ]


def find_province(session: Session, code: str) -> Province:
    """The province with this official code. Raises `NotFound`."""
    province = session.get(Province, code)
    if province is None:
        raise NotFound
    return province


def list_viewers(session: Session, province_code: str, now: datetime) -> list[ViewerEntry]:
    """The viewers of a province by sign-in name, those who were ended last."""
    of_province = col(ProvinceViewer.province_code) == province_code
    found = [
        ViewerEntry(viewer, count, links.open_link_until(session, viewer.sign_in_name, now), idle_since)
        for viewer, count, idle_since in VIEWERS.list_with_sessions(session, now, of_province)
    ]
    return sorted(found, key=lambda one: one.viewer.disabled_at is not None)


def find_viewer(session: Session, province_code: str, viewer_id: str) -> ProvinceViewer:
    """A viewer of this province. Raises `NotFound`."""
    viewer = session.get(ProvinceViewer, viewer_id)
    if viewer is None or viewer.province_code != province_code:
        raise NotFound
    return viewer


def begin_viewer(
    session: Session, province_code: str, name: str, sign_in_name: str, now: datetime, by: str = ""
) -> tuple[ProvinceViewer, str]:
    """A viewer of the province, and the token of the link with which they choose their password. `by`: the
    operator's id; empty for a command on the server.

    The same viewer again gets another link; until it is used an earlier password goes on opening. Raises
    `NotFound` without such a province, `NameTaken` if the sign-in name is anybody else's, and `TextRefused`.
    """
    province, name = find_province(session, province_code), nfc(name)
    known = VIEWERS.find(session, sign_in_name)
    if known is not None and (known.province_code, known.name) != (province.code, name):
        raise NameTaken("sign_in_name")
    viewer = known or VIEWERS.add(
        session,
        ProvinceViewer(
            id=new_id(), name=name, sign_in_name=sign_in_name, created_at=now, province_code=province.code
        ),
        hashing.UNKNOWN_NAME_HASH,
        now,
    )
    return viewer, issue_link(session, viewer, now, by)


def issue_link(session: Session, viewer: ProvinceViewer, now: datetime, by: str = "") -> str:
    """The token of a link with which the viewer chooses a password, also one who was ended."""
    desk_log.note(session, NO_COMMUNE, LINK_EVENT, now, viewer=viewer.id, **desk_log.by(by))
    return links.issue(session, viewer.sign_in_name, now)


def end_viewer(session: Session, viewer: ProvinceViewer, now: datetime) -> None:
    """Have the viewer's password, sessions and links open nothing."""
    VIEWERS.disable_password(session, viewer.id, now)
