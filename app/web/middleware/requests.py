"""Requests: an id for each, one log line and one measurement when it is answered."""

import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import logs
from app.web.middleware.security import STATIC
from app.web.monitoring import counters

REQUEST_ID = "X-Request-Id"
# Asked every few seconds by what watches the server: they are not logged.
_WATCHED = {"/healthz", "/readyz", "/metrics"}


class LogRequests:
    """Logs route, status and duration of every request but those for static files, and counts it.

    The route is the template of the path: the path itself holds ids. An answer 5xx has the request's id.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(STATIC) or scope["path"] in _WATCHED:
            await self.app(scope, receive, send)
            return
        id = logs.request_id(Headers(scope=scope).get(REQUEST_ID, ""))
        began = time.perf_counter()
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                if status >= 500:
                    MutableHeaders(scope=message)[REQUEST_ID] = id
            await send(message)

        with logs.of_request(id):
            try:
                await self.app(scope, receive, send_and_note)
            finally:
                seconds = time.perf_counter() - began
                route = getattr(scope.get("route"), "path", "-")
                counters.count_request(route, status, seconds)
                milliseconds = round(seconds * 1000)
                logs.event("request", logger=logs.REQUESTS, route=route, status=status, ms=milliseconds)
