"""The cookie that says up to where the primary had written its log after the last change of a browser.

It is not signed, and needs no key that all servers share: whoever forges one has the primary read for a
minute, as without a replica, or sees what the replica has.
"""

from contextlib import suppress
from datetime import timedelta

from anyio import to_thread
from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.config import Settings
from app.core.db import Database
from app.core.errors import Unavailable
from app.upkeep.replica import wal_position
from app.web.cookies import set_cookie
from app.web.deps import cookie_name

_COOKIE = "written"
_MAX_AGE = timedelta(minutes=1)
_DIGITS = 19  # of a position


class RememberChanges:
    """Gives the browser whose form was accepted at the desk the cookie."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/desk/"):
            await self.app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                database: Database = scope["app"].state.database
                with suppress(Unavailable):
                    position = await to_thread.run_sync(database.read, wal_position)
                    MutableHeaders(scope=message).append("Set-Cookie", self._cookie(position))
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _cookie(self, position: int) -> str:
        response = Response()
        set_cookie(response, _COOKIE, str(position), _MAX_AGE, self.settings)
        return response.headers["set-cookie"]


def written_position(request: Request, settings: Settings) -> int | None:
    """The position in the cookie of a request; None without one, or if it is none."""
    value = request.cookies.get(cookie_name(_COOKIE, settings), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _DIGITS else None
