"""Failures: one log line for every answer 5xx; exceptions become 500."""

import logging
import traceback
from pathlib import Path

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import logs
from app.core.errors import Unavailable
from app.web.errors import INTERNAL, internal_error

_CODES = {503: Unavailable.code}
_APP = Path(__file__).resolve().parents[2]
NOT_DONE = 501  # an option of OData that this service refuses: no failure


class LogFailures:
    """Logs code, route and place in the program of every answer 5xx, and answers exceptions with 500.

    Never logs the path or the exception's message, which may contain what was sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_and_log(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if message["status"] >= 500 and message["status"] != NOT_DONE:
                    _log(scope, message["status"])
            await send(message)

        try:
            await self.app(scope, receive, send_and_log)
        except Exception as error:
            scope.setdefault("state", {})["code"] = INTERNAL
            _log(scope, 500, error=type(error).__name__, at=_location(error))
            if not started:
                await internal_error(Request(scope))(scope, receive, send)


def _log(scope: Scope, status: int, **details: str) -> None:
    state = scope.get("state", {})
    code = state.get("code") or _CODES.get(status, INTERNAL)
    if reason := state.get("reason"):
        details["reason"] = reason
    route = getattr(scope.get("route"), "path", "-")
    level = logging.ERROR if status == 500 else logging.WARNING
    logs.event("request.failed", level, status=status, code=code, route=route, **details)


def _location(error: Exception) -> str:
    """The innermost line of the traceback that is in `app`: *web/sync.py:60*."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_ours(frame.filename)]
    if not frames:
        return "-"
    return f"{Path(frames[-1].filename).relative_to(_APP)}:{frames[-1].lineno}"


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(_APP)
