"""What a viewer has opened or downloaded, in the desk log: what is of one commune under that commune."""

from app.commune.areas import Commune
from app.commune.credentials.instance_people import NO_COMMUNE
from app.commune.province_access import Viewer

OPENED, DOWNLOADED = "province.opened", "province.downloaded"


def describe_opened(
    viewer: Viewer, period: str, *, commune: Commune | None = None, form: str = ""
) -> tuple[str, str, dict[str, str]]:
    """What is noted once the viewer has opened the report of a commune, or what communes share, of this
    period; with a `form` that it was downloaded: under which commune, what, and the details. `commune`: None
    for what is of the whole province."""
    details = {"viewer": viewer.id, "province": viewer.province_code, "period": period}
    commune_id, what = commune.id if commune else NO_COMMUNE, DOWNLOADED if form else OPENED
    return commune_id, what, details | ({"form": form} if form else {})
