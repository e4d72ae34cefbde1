"""What stands before every route: body limits, same-site proof, security headers, the names it answers to."""

import asyncio
import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.config import Settings
from app.core.errors import CrossSite, TooLarge, TooSlow
from app.sync.protocol import MAX_BODY_BYTES

OTHER_BODY = 64 * 1024
FILE_BODY = DRAIN = 8 * 1024 * 1024
BACKUP_FILE = "/desk/backup-file"
# Bodies that are larger than a form: their routes read them, once they know who asks.
LIMITS = {"/api/v1/sync": MAX_BODY_BYTES, BACKUP_FILE: FILE_BODY}
# Seconds in which a body has to be there: phones give up after 30, a file of 8 MB needs 0.4 Mbit/s.
TIMES = {BACKUP_FILE: 180}
OTHER_TIME = 60

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}  # a year


def headers_for(settings: Settings) -> dict[str, str]:
    """The headers of every answer; in production browsers come back over HTTPS only."""
    return HEADERS if settings.is_demo else HEADERS | HSTS


class SecurityHeaders:
    """Puts the policy on every answer, errors included."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class SameSite:
    """Refuses a changing request that another site may have caused (`Sec-Fetch-Site`, else `Origin`).

    No tokens: a token dies while a queue waits offline for days. A page that came over plain HTTP from
    elsewhere than this machine may have been changed on its way: it is another site.
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
    """Bounds every body in size and time. A form's is read before its route runs; a larger one is left to the
    route, that nobody unknown has memory taken for it.

    What is not read is drained (to 8 MB), so that the client reads the answer instead of a reset connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        body = _Body(receive, LIMITS.get(path, OTHER_BODY), TIMES.get(path, OTHER_TIME))
        answer = body.drained_before(send)
        if path in LIMITS:
            await self.app(scope, body.receive, answer)
            return
        try:
            content = await body.read()
        except (TooLarge, TooSlow) as fault:
            await _refusal(413 if isinstance(fault, TooLarge) else 408, fault.code)(scope, receive, answer)
            return
        await self.app(scope, _replay(content, receive), send)


class _Body:
    """The body of one request, bounded: `receive` raises `TooLarge` and `TooSlow`."""

    def __init__(self, receive: Receive, limit: int, seconds: float) -> None:
        self._receive, self._limit = receive, limit
        self._ends_at = asyncio.get_running_loop().time() + seconds
        self._size = 0
        self._is_whole = False

    async def receive(self) -> Message:
        if self._is_whole:
            return await self._receive()  # to hear of the end of the connection
        message = await self._next()
        if self._size > self._limit:
            raise TooLarge("body")
        return message

    async def read(self) -> bytes:
        """All of it; nothing of a client that has gone."""
        chunks: list[bytes] = []
        while not self._is_whole:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                return b""
            chunks.append(message.get("body", b""))
        return b"".join(chunks)

    def drained_before(self, send: Send) -> Send:
        """`send`, before which the rest of the body is drained; where that fails the connection is closed."""

        async def send_after(message: Message) -> None:
            if message["type"] == "http.response.start" and not await self._drained():
                MutableHeaders(scope=message)["connection"] = "close"
            await send(message)

        return send_after

    async def _drained(self) -> bool:
        try:
            while not self._is_whole and self._size <= DRAIN:
                await self._next()
        except TooSlow:
            return False
        return self._is_whole

    async def _next(self) -> Message:
        try:
            async with asyncio.timeout_at(self._ends_at):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow("body") from None
        self._size += len(message.get("body", b""))
        self._is_whole = message["type"] == "http.disconnect" or not message.get("more_body")
        return message


class AllowedHosts:
    """Answers under this machine's own names and `public` ones only.

    Demo mode has none but the former: its passwords are public.
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
    """*TungNha.example.:8443* → *tungnha.example*; empty for what is no host and port."""
    try:
        parts = urlsplit(f"//{host}")
        name = parts.hostname or ""
    except ValueError:
        return ""
    is_host = parts.netloc == host and "@" not in host
    return name.removesuffix(".") if is_host else ""


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


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _refusal(status: int, code: str) -> Response:
    return JSONResponse({"proto": 1, "error": code}, status, headers={"Cache-Control": "no-store"})
