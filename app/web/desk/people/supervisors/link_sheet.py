"""The page with a one-time link, to hand over. It is shown once."""

from fastapi.responses import Response

from app.commune.credentials import links
from app.core.strings import SOURCE, language
from app.web.screens import Office, screen


@language(SOURCE)
def link_sheet(
    office: Office, current: str, origin: str, person: str, names: tuple[str, str], token: str
) -> Response:
    """The page with the link of this token, for a person with `names`: the name and the sign-in name.
    `origin`: where the person opens the app; `person`: the address of the page to go back to."""
    name, sign_in_name = names
    shown = {
        "name": name,
        "sign_in_name": sign_in_name,
        "link": f"{origin}/link/{token}",
        "until": office.now + links.LIFETIME,
        "person": person,
    }
    return screen(office, "desk/people/link_sheet.html", current, lambda _: shown)
