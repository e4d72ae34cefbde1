"""What stands before every route: body limits, same-site proof, security headers, the names it answers to."""

import ipaddress
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.config import Settings
from app.core.errors import CrossSite, TooLarge

SYNC_BODY = 512 * 1024
OTHER_BODY = 64 * 1024
DRAIN = 8 * 1024 * 1024
BACKUP_FILE = "/desk/backup-file"
LIMITS = {"/api/v1/sync": SYNC_BODY, BACKUP_FILE: DRAIN}

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
    """Reads a body up to its limit before any route runs; a larger one is drained and answered 413.

    Draining (to 8 MB) lets the client read the answer instead of a reset connection.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self.app(scope, receive, send)
            return
        limit = LIMITS.get(scope["path"], OTHER_BODY)
        body = await _read(receive, limit)
        if body is None and scope["path"] == BACKUP_FILE:
            body = b""  # the page says so in a sentence, where nothing was chosen
        if body is None:
            await _refusal(413, TooLarge.code)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


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


async def _read(receive: Receive, limit: int) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        chunk = message.get("body", b"")
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        if not message.get("more_body") or size > DRAIN:
            return b"".join(chunks) if size <= limit else None


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
