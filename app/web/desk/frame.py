"""The frame of every desk page: the commune, the supervisor and the links to the screens."""

from dataclasses import dataclass

from sqlmodel import Session

from app.accounts.access import Actor
from app.accounts.commune import commune_of
from app.core.strings import _

OVERVIEW, VISITS, QUARANTINE = "overview", "visits", "quarantine"
HOUSEHOLDS, DUPLICATES, IMPORTS = "households", "duplicates", "imports"
PEOPLE, DEVICES, SERVICES = "people", "devices", "services"
_SCREENS = (
    (OVERVIEW, "/desk/", _("Tổng quan"), "today"),
    (VISITS, "/desk/visits", _("Lượt thăm"), "log"),
    (HOUSEHOLDS, "/desk/households", _("Hộ dân"), "home"),
    (QUARANTINE, "/desk/quarantine", _("Chờ xử lý"), "clock"),
    (DUPLICATES, "/desk/duplicates", _("Có thể trùng"), "copy"),
    (IMPORTS, "/desk/imports", _("Nhập hộ"), "update"),
    (PEOPLE, "/desk/people", _("Tổ và người"), "people"),
    (DEVICES, "/desk/devices", _("Máy của tổ"), "phone"),
    (SERVICES, "/desk/services", _("Việc hướng dẫn"), "help"),
)


@dataclass(frozen=True)
class ScreenLink:
    """A link to a screen; `is_current` for the one that is open."""

    href: str
    label: str
    icon: str
    is_current: bool


@dataclass(frozen=True)
class Frame:
    """The texts of the left rail; `account`: the address of one's own account."""

    commune: str
    person: str
    screens: list[ScreenLink]
    account: str = "/desk/account"


def build_frame(session: Session, actor: Actor, screen: str) -> Frame:
    """*Xã Yên Bình*, the supervisor's name, and the links, of which that to `screen` is current."""
    commune = commune_of(session, actor)
    kind = commune.kind[:1].upper() + commune.kind[1:]
    screens = [ScreenLink(href, label, icon, name == screen) for name, href, label, icon in _SCREENS]
    return Frame(f"{kind} {commune.name}", actor.name, screens)
