"""What a request without a session is answered: the way to sign in, with what was asked for and typed."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app.core.strings import _
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
_NOT_A_GOAL = {SIGN_IN, "/desk/sign-out"}
# Where forms have passwords, which no page repeats.
_PRIVATE = ("/desk/account/", "/operator/account/", "/province/account/")


@dataclass(frozen=True)
class SignInPage:
    """What templates/desk/sign_in/sign_in.html shows; `problem` and `notice` are sentences or empty.

    `next`: the address to go on to. `posted`: *yes* if a form was sent there, whose fields are in `form`,
    encoded as a browser encodes them.
    """

    name: str = ""
    problem: str = ""
    notice: str = ""
    next: str = ""
    posted: str = ""
    form: str = ""


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
    path = request.url.path
    if request.method in ("GET", "HEAD"):
        return _redirect(f"{path}?{request.url.query}" if request.url.query else path)
    if path.startswith(_PRIVATE):
        return _redirect(path.rpartition("/")[0])
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if path in LIMITS or kind not in (FORM_TYPE, ""):  # a body that may be large, which nobody reads
        return _lost(request)
    try:
        content = (await request.form()).multi_items()
    except HTTPException:  # more fields than are read
        return _lost(request)
    form = urlencode([(name, value) for name, value in content if isinstance(value, str)])
    address = safe_address(f"{path}?{request.url.query}" if request.url.query else path)
    if not address or len(form) > MAX_FORM or len(content) > MAX_FIELDS:
        return _lost(request)
    notice = _("Phiên làm việc đã hết. Những gì vừa nhập vẫn còn: đăng nhập lại rồi gửi tiếp.")
    page = SignInPage(notice=notice, next=address, posted="yes", form=form)
    return html("desk/sign_in/sign_in.html", page, 401)


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


def _redirect(address: str) -> Response:
    known = safe_address(address)
    goal = f"?next={quote(known, safe='/')}" if known and known != START else ""
    return RedirectResponse(f"{SIGN_IN}{goal}", 303, headers={"Cache-Control": "no-store"})


def _lost(request: Request) -> Response:
    """The sign-in for a file, or a form over the limit: it cannot be carried, and the page says so."""
    notice = _(
        "Phiên làm việc đã hết, chưa gửi được. Bấm nút quay lại của trình duyệt để lấy lại phần đã nhập."
    )
    referer = urlsplit(request.headers.get("referer", ""))
    page = f"{referer.path}?{referer.query}" if referer.query else referer.path
    is_ours = referer.netloc == request.headers.get("host")
    goal = safe_address(page) if is_ours else ""
    return html("desk/sign_in/sign_in.html", SignInPage(notice=notice, next=goal), 401)
