"""Where somebody goes on who has signed in or shown what was still asked: to the page that was asked for, or
to the form that waits to be sent again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse, Response

from app.web.expired_session import resume_page, safe_address
from app.web.rendering import html

_FILES = (".csv", ".xlsx")


@dataclass(frozen=True)
class FilePage:
    """What templates/desk/sign_in/file.html shows: the address of a file, which replaces no page."""

    href: str
    start: str


@dataclass(frozen=True)
class Carried:
    """What a form of these pages carries: the fields of `SignInPage`."""

    next: str = ""
    posted: str = ""
    form: str = ""


def parse_carried(
    next_address: Annotated[str, Form(alias="next")] = "",
    posted: Annotated[str, Form()] = "",
    form: Annotated[str, Form()] = "",
) -> Carried:
    """The hidden fields of a form."""
    return Carried(safe_address(next_address), posted and "yes", form)


def go_on(carried: Carried, start: str, default: str = "") -> Response:
    """The page that was asked for, or the form that waits. `start`: the first page of whoever it is; their
    other pages begin with its address. `default`: the page for whom none was asked for."""
    goal = carried.next if carried.next.startswith(start) else default or start
    resumed = resume_page(carried.next, carried.form) if carried.posted else None
    if resumed:
        return html("desk/sign_in/resume.html", resumed)
    if goal.partition("?")[0].endswith(_FILES):
        return html("desk/sign_in/file.html", FilePage(goal, start))
    return RedirectResponse(goal, 303)
