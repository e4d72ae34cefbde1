"""What the routes of a province share: the context of a request and the frame of the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.credentials.cookies import authenticate_person
from app.commune.credentials.models import ProvinceViewer
from app.commune.credentials.viewers import VIEWERS
from app.commune.province_access import Viewer, province_of
from app.core.strings import _
from app.province.opened import describe_opened
from app.web.deps import Config, Db, Now, SignedInViewer, desk_cookie, get_viewer
from app.web.desk.page.frame import as_of_text
from app.web.expired_session import PROVINCE_START
from app.web.frame import Frame, ScreenLink
from app.web.reading import CurrentReading, DataTime, signed_in

T = TypeVar("T")
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

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot of the database."""
        return self.database.read(work)

    def frame(self, session: Session, screen: str) -> Frame:
        """The rail around a page; `screen`: the address of the one that is open."""
        return province_frame(session, self.viewer, screen)


ProvinceDesk = Annotated[ProvinceContext, Depends()]


def get_reader(
    request: Request, reading: CurrentReading, database: Db, settings: Config, now: Now
) -> ProvinceViewer:
    """The province viewer of the desk cookie, as `get_viewer`."""
    cookie = desk_cookie(request, settings)
    return signed_in(
        reading,
        lambda: get_viewer(request, database, settings, now),
        lambda session: authenticate_person(session, VIEWERS, cookie, now, is_read_only=True),
    )


@dataclass(frozen=True)
class ProvinceReadingContext(ProvinceContext):
    """One request for a page that only shows something. `now`: the instant as of which the page shows it."""

    person: Annotated[ProvinceViewer, Depends(get_reader)]
    now: DataTime
    reading: CurrentReading

    def read(self, work: Callable[[Session], T]) -> T:
        """What `work` finds in one snapshot of the database, or of the replica that pages are read from."""
        return self.reading.read(work)

    def note_opened(self, period: str, *, commune: Commune | None = None, form: str = "") -> None:
        """Note in the desk log what the viewer has opened, or downloaded with a `form`."""
        commune_id, what, details = describe_opened(self.viewer, period, commune=commune, form=form)
        self.reading.note(commune_id, what, **details)


ProvinceReader = Annotated[ProvinceReadingContext, Depends()]


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
    return Frame(
        province_of(session, viewer).full_name,
        viewer.name,
        screens,
        account=ACCOUNT,
        as_of=as_of_text(session),
    )
