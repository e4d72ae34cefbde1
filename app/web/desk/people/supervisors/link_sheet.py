"""The page with a one-time link, to hand over. It is shown once."""

from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import Response

from app.commune.credentials import links
from app.core.strings import SOURCE, _, language
from app.web.frame import Frame
from app.web.rendering import html, moment


@dataclass(frozen=True)
class LinkSheet:
    """What templates/desk/people/link_sheet.html shows; `person` is the address of the page to go back to."""

    title: str
    frame: Frame
    name: str
    sign_in_name: str
    link: str
    until: str
    person: str


@language(SOURCE)
def link_sheet(
    origin: str, frame: Frame, person: str, names: tuple[str, str], token: str, now: datetime
) -> Response:
    """The page with the link of this token, for a person with `names`: the name and the sign-in name.
    `origin`: where the person opens the app."""
    name, sign_in_name = names
    page = LinkSheet(
        title=_("Đường dẫn cho %(name)s", name=name),
        frame=frame,
        name=name,
        sign_in_name=sign_in_name,
        link=f"{origin}/link/{token}",
        until=moment(now + links.LIFETIME),
        person=person,
    )
    return html("desk/people/link_sheet.html", page)
