"""Checks before every route: limits of bodies, same-site requests, host names; and the security headers."""

import asyncio
import ipaddress
import json
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.commune.accounts.throttle import UNKNOWN_ADDRESS
from app.core.config import Settings
from app.core.errors import CrossSite, TooLarge, TooSlow
from app.web.bodies import DRAIN, LIMITS, MIN_RATES, OTHER_BODY, OTHER_TIME, RATE_GRACE, TIMES

STATIC = "/static/"
WORKER = "/field/sw.js"
CSP = "Content-Security-Policy"
# No address below these is a document, for which `POLICIES` are, or a worker, for which the first of them is:
# 3 KB of a first visit less.
NO_DOCUMENTS = (STATIC, "/field/manifest.webmanifest")
# In a file, because the phone's service worker answers with documents too: the build gives it the same ones.
POLICIES: dict[str, str] = json.loads(
    (Path(__file__).parents[1] / "document_headers.json").read_text(encoding="utf-8")
)
HEADERS = {"X-Content-Type-Options": "nosniff"}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}  # a year


def headers_for(settings: Settings) -> dict[str, str]:
    """The headers of every answer, in production with HSTS."""
    return HEADERS if settings.is_demo else HEADERS | HSTS


class SecurityHeaders:
    """Adds the security headers to every answer, errors included; what is no document needs no `POLICIES`."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (self.headers | _policies(scope["path"])).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _policies(path: str) -> dict[str, str]:
    if path.startswith(NO_DOCUMENTS):
        return {}
    return {CSP: POLICIES[CSP]} if path == WORKER else POLICIES


class SameSite:
    """Refuses a changing request that another site may have caused (`Sec-Fetch-Site`, else `Origin`).

    There are no tokens, because they would expire while an outbox waits offline for days. A page that came
    over plain HTTP from another machine counts as another site: it may have been changed in transit.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS")
        if changes and not _is_same_site(Headers(scope=scope)):
            await _refusal(403, CrossSite.code)(scope, receive, send)
            return
        await self.app(scope, receive, send)


class BodyLimit:
    """Limits the size of every body, and the time in which it has to arrive.

    A form is read before its route runs; a larger body is read by its route, so that unknown senders cost no
    memory. What the route did not read is drained (up to `DRAIN` beyond the limit): otherwise the connection
    would be reset and the client could not read the answer.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        body = _Body(receive, LIMITS.get(path, OTHER_BODY), TIMES.get(path, OTHER_TIME), MIN_RATES.get(path))
        send_drained = body.drain_before(send)
        if path in LIMITS:
            await self.app(scope, body.receive, send_drained)
            return
        try:
            content = await body.read()
        except (TooLarge, TooSlow) as error:
            await _refusal(413 if isinstance(error, TooLarge) else 408, error.code)(
                scope, receive, send_drained
            )
            return
        await self.app(scope, _receive_again(content, receive), send)


class _Body:
    """The body of one request, bounded: `receive` raises `TooLarge` and `TooSlow`."""

    def __init__(self, receive: Receive, limit: int, seconds: float, rate: int | None) -> None:
        self._receive, self._limit, self._rate = receive, limit, rate
        self._began_at = asyncio.get_running_loop().time()
        self._ends_at = self._began_at + seconds
        self._size = 0
        self._is_complete = False

    async def receive(self) -> Message:
        if self._is_complete:
            return await self._receive()  # `http.disconnect`
        message = await self._next()
        if self._size > self._limit:
            raise TooLarge("body")
        return message

    async def read(self) -> bytes:
        """The whole body; empty if the client disconnects."""
        chunks: list[bytes] = []
        while not self._is_complete:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return b""
            chunks.append(message.get("body", b""))
        return b"".join(chunks)

    def drain_before(self, send: Send) -> Send:
        """A `send` that first drains the rest of the body, and closes the connection if that fails."""

        async def send_after(message: Message) -> None:
            if message["type"] == "http.response.start" and not await self._drain():
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        return send_after

    async def _drain(self) -> bool:
        try:
            while not self._is_complete and self._size <= self._limit + DRAIN:
                await self._next()
        except TooSlow:
            return False
        return self._is_complete

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout_at(self._next_by()):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow("body") from None
        self._size += len(message.get("body", b""))
        self._is_complete = message["type"] == "http.disconnect" or not message.get("more_body")
        return message

    def _next_by(self) -> float:
        """When more of the body has to be there, in the loop's time."""
        if self._rate is None:
            return self._ends_at
        return min(self._ends_at, self._began_at + RATE_GRACE + self._size / self._rate)


class AllowedHosts:
    """Refuses requests for host names other than this machine's own and those of the settings.

    Demo mode has none in the settings, because its passwords are public.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.public = settings.public_hosts
        self.refusal = (403, "demo_is_loopback_only") if settings.is_demo else (400, "host_not_allowed")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = _host_name(Headers(scope=scope).get("host", ""))
            if name not in self.public and not is_loopback(name):
                await _refusal(*self.refusal)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _host_name(host: str) -> str:
    """*TungNha.example.:8443* → *tungnha.example*; empty if `host` is anything but a host and a port."""
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname or ""
    except ValueError:
        return ""
    is_host = parts.netloc == host and "@" not in host
    return name.removesuffix(".") if is_host else ""


def client_address(scope: Scope) -> str:
    """The network address that a request came from."""
    client = scope.get("client")
    return client[0] if client else UNKNOWN_ADDRESS


def is_loopback(host: str) -> bool:
    """Whether `host` names this machine's loopback interface."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_same_site(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    try:
        origin = urlsplit(headers.get("origin", ""))
    except ValueError:
        return False
    host = headers.get("host", "")
    scheme_fits = origin.scheme == "https" or (origin.scheme == "http" and is_loopback(_host_name(host)))
    return scheme_fits and origin.netloc == host


def _receive_again(body: bytes, receive: Receive) -> Receive:
    """A `receive` for a body that was read already."""
    sent = False

    async def receive_again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again


def _refusal(status: int, code: str) -> Response:
    return JSONResponse({"proto": 1, "error": code}, status, headers={"Cache-Control": "no-store"})
