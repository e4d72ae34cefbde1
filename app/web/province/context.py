"""What the routes of a province share: the context of a request and the frame of the pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session

from app.commune.province_access import Viewer, province_of
from app.core.strings import _
from app.web.deps import Db, Now, SignedInViewer
from app.web.desk.page.frame import Frame, ScreenLink
from app.web.expired_session import PROVINCE_START

ACCOUNT = f"{PROVINCE_START}account"
REPORTS, REMARKS = f"{PROVINCE_START}reports", f"{PROVINCE_START}remarks"
TOKENS = f"{PROVINCE_START}tokens"


@dataclass(frozen=True)
class ProvinceContext:
    """One request of a province viewer, the database and the instant of the request."""

    person: SignedInViewer
    database: Db
    now: Now

    @property
    def viewer(self) -> Viewer:
        """The person, as what they may see is asked for."""
        return Viewer(self.person.id, self.person.name, self.person.province_code)


ProvinceDesk = Annotated[ProvinceContext, Depends()]


def report_address(code: str) -> str:
    """The province's report of a period."""
    return f"{REPORTS}/{code}"


def province_frame(session: Session, viewer: Viewer, current: str = "") -> Frame:
    """The rail of a province's pages; `current`: the address of the screen that is open."""
    addresses = (
        (PROVINCE_START, _("Xã, phường"), "log"),
        (REPORTS, _("Số liệu"), "month"),
        (REMARKS, _("Ý kiến"), "book"),
    )
    screens = [
        ScreenLink(address, label, icon, "page" if address == current else "")
        for address, label, icon in addresses
    ]
    return Frame(province_of(session, viewer).full_name, viewer.name, screens, account=ACCOUNT)
