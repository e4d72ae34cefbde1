"""What a viewer has opened or downloaded, in the desk log: what is of one commune under that commune."""

from datetime import datetime

from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.credentials.instance_people import NO_COMMUNE
from app.commune.province_access import Viewer
from app.core import desk_log

OPENED, DOWNLOADED = "province.opened", "province.downloaded"


def note_opened(
    session: Session,
    viewer: Viewer,
    period: str,
    now: datetime,
    *,
    commune: Commune | None = None,
    form: str = "",
) -> None:
    """Note that the viewer opened the report of a commune, or what communes share, of this period; with a
    `form` that it was downloaded. `commune`: None for what is of the whole province."""
    details = {"viewer": viewer.id, "province": viewer.province_code, "period": period}
    if form:
        details["form"] = form
    commune_id, what = commune.id if commune else NO_COMMUNE, DOWNLOADED if form else OPENED
    desk_log.note(session, commune_id, what, now, **details)
