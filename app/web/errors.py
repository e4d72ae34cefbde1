"""Errors as HTTP answers: one table of statuses; JSON for the API, a page for people."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.commune.accounts.sessions import SecondStepRequired
from app.commune.areas import OtherAddress
from app.core.db import error_code
from app.core.errors import (
    AlreadyExists,
    CodedError,
    Invalid,
    InviteInvalid,
    LastService,
    LinkInvalid,
    NameTaken,
    NotFound,
    NumberKnown,
    NumberShared,
    OtherDevice,
    Outdated,
    PasswordWrong,
    Rejected,
    SignInRequired,
    StaleDecision,
    TooLarge,
    TooManyAttempts,
    TooSlow,
    Unavailable,
    UndoTooLate,
)
from app.core.feed import CommuneMoved, CommuneOff
from app.core.strings import _, lazy
from app.fieldwork.periods.errors import PeriodClosed
from app.sync.export.refusals import FileRefused
from app.web.expired_session import ask_for_step, ask_to_sign_in
from app.web.rendering import html

INTERNAL = "internal"  # the code of an unexpected exception
STATUSES: dict[type[CodedError], int] = {
    NotFound: 404,
    SignInRequired: 401,
    OtherDevice: 401,
    InviteInvalid: 401,
    PasswordWrong: 401,
    TooManyAttempts: 429,
    Outdated: 426,
    Invalid: 422,
    TooLarge: 413,
    TooSlow: 408,
    StaleDecision: 409,
    UndoTooLate: 409,
    NameTaken: 409,
    AlreadyExists: 409,
    LastService: 409,
    LinkInvalid: 410,
    NumberKnown: 409,
    NumberShared: 409,
    Unavailable: 503,
    CommuneOff: 503,
    OtherAddress: 409,
    PeriodClosed: 409,
    Rejected: 422,
    FileRefused: 422,
}


@dataclass(frozen=True)
class ErrorPage:
    """What templates/error.html shows: a heading, and what to do."""

    heading: str
    advice: str


_PAGES = {
    404: ErrorPage(lazy("Không tìm thấy trang này"), lazy("Có thể đường dẫn đã cũ. Hãy về trang đầu.")),
    408: ErrorPage(lazy("Gửi quá lâu"), lazy("Mạng đang yếu. Hãy thử lại.")),
    409: ErrorPage(lazy("Lượt thăm vừa thay đổi"), lazy("Hãy mở lại lượt thăm, xem bản mới rồi quyết định.")),
    410: ErrorPage(
        lazy("Đường dẫn này không dùng được nữa"),
        lazy("Đã dùng rồi hoặc đã hết hạn. Hãy xin một đường dẫn mới."),
    ),
    413: ErrorPage(lazy("Nội dung quá lớn"), lazy("Hãy gửi ít hơn rồi thử lại.")),
    422: ErrorPage(lazy("Nội dung chưa đúng"), lazy("Hãy quay lại, xem các ô đã nhập rồi thử lại.")),
    429: ErrorPage(lazy("Thử lại sau ít phút"), lazy("Đã thử quá nhiều lần.")),
    503: ErrorPage(lazy("Máy chủ đang bận"), lazy("Dữ liệu đã lưu vẫn còn. Hãy thử lại sau ít phút.")),
    500: ErrorPage(lazy("Máy chủ gặp lỗi"), lazy("Dữ liệu đã lưu vẫn còn. Hãy thử lại sau ít phút.")),
}
_PERIOD_CLOSED = ErrorPage(
    lazy("Kỳ này đã chốt"),
    lazy("Có lượt thuộc kỳ đã chốt nên chưa đổi gì. Hãy mở lại kỳ đó ở Báo cáo, rồi làm lại."),
)
_COMMUNE_OFF = ErrorPage(
    lazy("Nơi này đang tạm dừng"),
    lazy("Mọi dữ liệu vẫn còn, kể cả trên máy của tổ. Người vận hành mở lại thì dùng tiếp được."),
)
_PAGES_OF_CODES = {PeriodClosed.code: _PERIOD_CLOSED, CommuneOff.code: _COMMUNE_OFF}


def install(app: FastAPI) -> None:
    """Answer the errors and invalid requests of `app`; no answer repeats what was sent."""
    app.add_exception_handler(CodedError, _on_coded_error)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)


async def _on_coded_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, CodedError)
    if isinstance(error, SecondStepRequired) and not _is_api(request):
        return await ask_for_step(request, error.step)
    if isinstance(error, SignInRequired) and not _is_api(request):
        return await ask_to_sign_in(request)
    return error_response(request, error)


def error_response(request: Request, error: CodedError) -> Response:
    """The answer to a request that raised `error`."""
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after else {}
    extra = {"min_build": error.min_build} if isinstance(error, Outdated) else {}
    if isinstance(error, CommuneMoved):
        return _moved(request, status, error)
    if isinstance(error, OtherAddress):
        return _other_address(request, status, error)
    if reason := error_code(error.__cause__):
        request.state.reason = reason
    return _answer(request, status, error.code, error.fields, headers, extra)


def _moved(request: Request, status: int, error: CommuneMoved) -> Response:
    """Where the commune is now, if that is known and is another address."""
    is_elsewhere = error.address and urlsplit(error.address).hostname != request.url.hostname
    extra = {"address": error.address} if is_elsewhere else {}
    if _is_api(request) or not error.address:
        return _answer(request, status, error.code, [], {}, extra)
    heading = _("Nơi này đã chuyển sang máy chủ khác")
    advice = _(
        "Từ nay mở ở %(address)s. Mọi dữ liệu chuyển sang đó. Nếu chưa mở được, hãy thử lại sau ít phút.",
        address=error.address,
    )
    return _page(request, status, error.code, ErrorPage(heading, advice))


def _other_address(request: Request, status: int, error: OtherAddress) -> Response:
    """Under which name the commune is opened."""
    address = f"https://{error.host}"
    if _is_api(request):
        return _answer(request, status, error.code, [], {}, {"address": address})
    heading = _("Nơi này có địa chỉ riêng")
    advice = _("Hãy mở %(address)s rồi đăng nhập ở đó.", address=address)
    return _page(request, status, error.code, ErrorPage(heading, advice))


def _page(request: Request, status: int, code: str, shown: ErrorPage) -> Response:
    request.state.code = code
    page = html("error.html", shown, status)
    page.headers["Cache-Control"] = "no-store"
    return page


def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    # Only declared names: a location may also hold a key that was sent.
    names = sorted(
        {str(part) for item in error.errors() for part in item["loc"][1:2] if item["type"] != "extra"}
    )
    return _answer(request, 422, Invalid.code, [name for name in names if name.isidentifier()], {})


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405 and request.method == "GET" and (page := _page_of_form(request)):
        return RedirectResponse(page, 303)
    code = {404: NotFound.code, 405: "method_not_allowed"}.get(error.status_code, Invalid.code)
    return _answer(request, error.status_code, code, [], dict(error.headers or {}))


def _page_of_form(request: Request) -> str:
    """The page above an address that only takes a form, or nothing: whoever reloads its answer gets it."""
    path = "" if _is_api(request) else request.url.path
    while path := path.rpartition("/")[0]:
        scope = {**request.scope, "path": path}
        if any(route.matches(scope)[0] == Match.FULL for route in request.app.router.routes):
            return path
    return path


def internal_error(request: Request) -> Response:
    """The answer to an unexpected exception."""
    return _answer(request, 500, INTERNAL, [], {})


def _answer(
    request: Request,
    status: int,
    code: str,
    names: list[str],
    headers: dict[str, str],
    extra: dict[str, str] | None = None,
) -> Response:
    headers = {"Cache-Control": "no-store", **headers}
    request.state.code = code
    if _is_api(request):
        content = {"proto": 1, "error": code} | ({"fields": names} if names else {}) | (extra or {})
        return JSONResponse(content, status, headers=headers)
    shown = _PAGES_OF_CODES.get(code) or _PAGES.get(status, _PAGES[404])
    page = html("error.html", shown, status)
    page.headers.update(headers)
    return page


def _is_api(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/healthz"))
