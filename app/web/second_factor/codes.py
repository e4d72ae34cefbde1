"""The page with ten new recovery codes. It is shown once."""

from dataclasses import dataclass

from fastapi.responses import RedirectResponse, Response

from app.commune.credentials.second_step.changing import Setup
from app.commune.credentials.second_step.holder import Holder
from app.commune.second_factor import recovery
from app.core.config import Settings
from app.web.expired_session import SECOND_FACTOR, ResumePage, resume_page
from app.web.rendering import html
from app.web.sign_in.going_on import Carried
from app.web.sign_in.session_cookies import set_session_cookie, start_of_pages


@dataclass(frozen=True)
class CodesPage:
    """What templates/desk/second_factor/codes.html shows; `resumed`: a form that waits to be sent again."""

    name: str
    sign_in_name: str
    codes: list[str]
    goal: str
    resumed: ResumePage | None


def setup_answer(
    holder: Holder, setup: Setup, codes: list[str], carried: Carried, settings: Settings
) -> Response:
    """What follows a new factor: the codes, if it is the first one, and the session's new cookie."""
    page = codes_page(holder, codes, carried) if setup.is_first else RedirectResponse(SECOND_FACTOR, 303)
    return set_session_cookie(page, setup.cookie, settings)


def codes_page(holder: Holder, codes: list[str], carried: Carried) -> Response:
    """The codes, and the way to the page that was asked for."""
    start = start_of_pages(holder.pages)
    page = CodesPage(
        name=holder.name,
        sign_in_name=holder.sign_in_name,
        codes=[recovery.grouped(code) for code in codes],
        goal=carried.next if carried.next.startswith(start) else start,
        resumed=resume_page(carried.next, carried.form) if carried.posted else None,
    )
    return html("desk/second_factor/codes.html", page)
