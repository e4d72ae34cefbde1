"""What stands around every page of the desk: whose commune it is and who is signed in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from app.accounts.access import Actor
from app.areas import Commune
from app.web.deps import Db, Now, Supervisor
from app.web.strings import _

OVERVIEW, VISITS, QUARANTINE = "overview", "visits", "quarantine"
DUPLICATES, DEVICES = "duplicates", "devices"
_SCREENS = (
    (OVERVIEW, "/desk/", _("Tổng quan"), "today"),
    (VISITS, "/desk/visits", _("Lượt thăm"), "log"),
    (QUARANTINE, "/desk/quarantine", _("Chờ xử lý"), "clock"),
    (DUPLICATES, "/desk/duplicates", _("Có thể trùng"), "copy"),
    (DEVICES, "/desk/devices", _("Máy của tổ"), "phone"),
)


@dataclass(frozen=True)
class Place:
    """A screen in the left rail; `here`: it is the one that is open."""

    href: str
    label: str
    icon: str
    here: bool


@dataclass(frozen=True)
class Frame:
    """The left rail's words."""

    commune: str
    person: str
    places: list[Place]


@dataclass(frozen=True)
class Seat:
    """One request at the desk: who asks, of which database, when."""

    actor: Supervisor
    database: Db
    now: Now


Seated = Annotated[Seat, Depends()]


def frame_of(session: Session, actor: Actor, here: str = VISITS) -> Frame:
    """*Xã Yên Bình*, the supervisor's name, and the screens, of which `here` is open."""
    commune = session.get_one(Commune, actor.commune_id)
    kind = commune.kind[:1].upper() + commune.kind[1:]
    places = [Place(href, label, icon, name == here) for name, href, label, icon in _SCREENS]
    return Frame(f"{kind} {commune.name}", actor.name, places)
