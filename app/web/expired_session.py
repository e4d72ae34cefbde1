"""What a request without a session, or with one that needs another step, is answered: the way to sign in or
to that step, with what was asked for and typed."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app.commune.accounts.sessions import SETUP, UNLOCK
from app.core.strings import _, lazy
from app.web.bodies import LIMITS
from app.web.rendering import html

SIGN_IN, START, OPERATOR_START, PROVINCE_START = "/desk/sign-in", "/desk/", "/operator/", "/province/"
MAX_ADDRESS = 2_000  # characters
# Characters of an encoded form; encoded once more it still is within a form's limit (`OTHER_BODY`).
MAX_FORM = 32 * 1024
MAX_FIELDS = 1_000
FORM_TYPE = "application/x-www-form-urlencoded"

# No `%`, `\\`, `:` or `@` in the path, whatever a browser may make of them; no dots that lead upwards.
_PATH = re.compile(r"/(desk|operator|province)(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*/?")
_QUERY = re.compile(r"[A-Za-z0-9/_.~%!$&'()*+,;=:@?-]*")
SECOND_FACTOR, UNLOCK_PAGE, IN_USE = "/desk/second-factor", "/desk/unlock", "/desk/in-use"
SET_UP, LOST = f"{SECOND_FACTOR}/setup", f"{SECOND_FACTOR}/lost"
_NOT_A_GOAL = {SIGN_IN, "/desk/sign-out", UNLOCK_PAGE, IN_USE}
# Where forms have passwords, which no page repeats.
_PRIVATE = ("/desk/account/", "/operator/account/", "/province/account/", "/desk/second-factor/")


@dataclass(frozen=True)
class SignInPage:
    """What templates/desk/sign_in/sign_in.html shows; `problem` and `notice` are sentences or empty.

    `next`: the address to go on to. `posted`: *yes* if a form was sent there, whose fields are in `form`,
    encoded as a browser encodes them. `own_loss`: that somebody has reported a second factor as lost, of
    `loss_name`, who has signed in with this browser before.
    """

    name: str = ""
    problem: str = ""
    notice: str = ""
    next: str = ""
    posted: str = ""
    form: str = ""
    own_loss: str = ""
    loss_name: str = ""


@dataclass(frozen=True)
class StepPage:
    """What templates/desk/sign_in/step.html shows: the form for `step` (`SecondStepRequired`). `name`: who
    shows the password, if that is what it takes; the other fields as in `SignInPage`."""

    step: str
    name: str = ""
    problem: str = ""
    notice: str = ""
    next: str = ""
    posted: str = ""
    form: str = ""


_NOTICES = {
    UNLOCK: lazy("Đã khóa vì 15 phút không dùng. Những gì vừa nhập vẫn còn: mở khóa rồi gửi tiếp."),
    "": lazy("Việc này cần xác thực thêm. Những gì vừa nhập vẫn còn: nhập mã rồi gửi tiếp."),
}


@dataclass(frozen=True)
class ResumePage:
    """What templates/desk/sign_in/resume.html shows: a form to send again. `typed`: those of its values that
    a person typed."""

    action: str
    fields: list[tuple[str, str]]
    typed: list[str]


def safe_address(text: str) -> str:
    """`text` if it is the address of a page of the desk, the operators or a province, on this server; else
    empty."""
    path, _separator, query = text.partition("?")
    is_ours = len(text) <= MAX_ADDRESS and _PATH.fullmatch(path) and _QUERY.fullmatch(query)
    return text if is_ours and path not in _NOT_A_GOAL else ""


async def ask_to_sign_in(request: Request) -> Response:
    """The answer to a request without a session: a page goes on to the sign-in, and comes back to itself; a
    form is answered with the sign-in that carries its fields."""
    if answer := _without_form(request, SIGN_IN):
        return answer
    carried = await _carried(request)
    if carried is None:
        return html("desk/sign_in/sign_in.html", SignInPage(notice=_lost(), next=_page_before(request)), 401)
    notice = _("Phiên làm việc đã hết. Những gì vừa nhập vẫn còn: đăng nhập lại rồi gửi tiếp.")
    page = SignInPage(notice=notice, next=carried[0], posted="yes", form=carried[1])
    return html("desk/sign_in/sign_in.html", page, 401)


async def ask_for_step(request: Request, step: str) -> Response:
    """The same for a session that needs another step (`SecondStepRequired`)."""
    if answer := _without_form(request, step_address(step)):
        return answer
    carried = await _carried(request)
    if carried is None:
        return html("desk/sign_in/step.html", StepPage(step, notice=_lost(), next=_page_before(request)), 401)
    notice = _NOTICES.get(step, _NOTICES[""])
    page = StepPage(step, notice=str(notice), next=carried[0], posted="yes", form=carried[1])
    return html("desk/sign_in/step.html", page, 401)


def step_address(step: str) -> str:
    """The page on which a step is shown."""
    return {SETUP: SET_UP, UNLOCK: UNLOCK_PAGE}.get(step, SECOND_FACTOR)


def _without_form(request: Request, page: str) -> Response | None:
    """The answer to a request that carries nothing: it goes on to `page`; None if it has a form."""
    path = request.url.path
    if request.method in ("GET", "HEAD"):
        return _redirect(page, f"{path}?{request.url.query}" if request.url.query else path)
    return _redirect(page, path.rpartition("/")[0]) if path.startswith(_PRIVATE) else None


async def _carried(request: Request) -> tuple[str, str] | None:
    """The address and the encoded fields of a form; None if they cannot be carried."""
    path = request.url.path
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if path in LIMITS or kind not in (FORM_TYPE, ""):  # a body that may be large, which nobody reads
        return None
    try:
        content = (await request.form()).multi_items()
    except HTTPException:  # more fields than are read
        return None
    form = urlencode([(name, value) for name, value in content if isinstance(value, str)])
    address = safe_address(f"{path}?{request.url.query}" if request.url.query else path)
    is_carried = address and len(form) <= MAX_FORM and len(content) <= MAX_FIELDS
    return (address, form) if is_carried else None


def resume_page(next_address: str, form: str) -> ResumePage | None:
    """The page that sends a carried form again; None if it cannot be read."""
    try:
        fields = parse_qsl(form[:MAX_FORM], keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return None
    if not safe_address(next_address) or len(form) > MAX_FORM:
        return None
    typed = [value.strip() for _name, value in fields if " " in value.strip() or not value.isascii()]
    return ResumePage(next_address, fields, typed)


def _redirect(page: str, address: str) -> Response:
    known = safe_address(address)
    goal = f"?next={quote(known, safe='/')}" if known and known != START else ""
    return RedirectResponse(f"{page}{goal}", 303, headers={"Cache-Control": "no-store"})


def _lost() -> str:
    """Of a file, or a form over the limit: it cannot be carried, and the page says so."""
    return _(
        "Phiên làm việc đã hết, chưa gửi được. Bấm nút quay lại của trình duyệt để lấy lại phần đã nhập."
    )


def _page_before(request: Request) -> str:
    """The page that the form was on."""
    referer = urlsplit(request.headers.get("referer", ""))
    page = f"{referer.path}?{referer.query}" if referer.query else referer.path
    return safe_address(page) if referer.netloc == request.headers.get("host") else ""
