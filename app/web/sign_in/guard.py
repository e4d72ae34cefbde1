"""Guards of the sign-ins: the limit of attempts in progress, what counts them, and their log lines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from app.commune.accounts import throttle
from app.commune.accounts.throttle import Attempt
from app.core import logs
from app.core.config import Settings
from app.core.db import Database
from app.core.errors import (
    Busy,
    CodedError,
    InviteInvalid,
    LinkInvalid,
    PasswordWrong,
    TooManyAttempts,
    Unavailable,
)
from app.web.deps import cookie_name
from app.web.errors import error_response
from app.web.middleware.active_limit import ActiveLimit
from app.web.middleware.security import client_address

KNOWN_BROWSER = "known"  # the cookie
# Every address at which a password or code is hashed or verified.
SIGN_INS = {
    "/api/v1/devices",
    "/desk/sign-in",
    "/desk/second-factor",
    "/desk/second-factor/setup",
    "/desk/second-factor/codes",
    "/desk/second-factor/passkey/new",
    "/desk/unlock",
    "/desk/account/password",
    "/operator/account/password",
    "/province/account/password",
    "/link",
}

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


class SignInLimit:
    """Limits the sign-ins in progress; above the limit they are answered 503 before any work is done.

    Each uses one of the 40 threads that exchanges and `/healthz` need too. One address may use half of the
    limit, so that it cannot block all others; known browsers have places of their own, so that no number of
    addresses can. Runs after `BodyLimit`: a slow body does not count.
    """

    MAX_ACTIVE = 16  # of all workers of a server
    MAX_ACTIVE_OF_ADDRESS = 8
    MAX_KNOWN = 8
    MAX_OF_KNOWN_BROWSER = 2
    MAX_LOOKED_UP = 4  # cookies at once; anybody can send one that looks like a known browser's

    def __init__(self, app: ASGIApp, workers: int = 1) -> None:
        self.app = app
        self._active = ActiveLimit(
            max(2, self.MAX_ACTIVE // workers), max(1, self.MAX_ACTIVE_OF_ADDRESS // workers)
        )
        self._known = ActiveLimit(max(2, self.MAX_KNOWN // workers), self.MAX_OF_KNOWN_BROWSER)
        self._lookups = ActiveLimit(self.MAX_LOOKED_UP, self.MAX_LOOKED_UP)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in SIGN_INS:
            await self.app(scope, receive, send)
            return
        try:
            browser = await self._known_browser(Request(scope))
            address = throttle.network_of(client_address(scope))
            with self._known.slot(browser) if browser else self._active.slot(address):
                await self.app(scope, receive, send)
        except Busy as busy:
            await error_response(Request(scope), busy)(scope, receive, send)

    async def _known_browser(self, request: Request) -> str:
        """The cookie of a known browser; empty if it is none, or too many are looked up at the moment."""
        state = request.app.state
        browser = known_browser(request, state.settings)
        if not browser:
            return ""
        database: Database = state.database
        try:
            with self._lookups.slot(""):
                is_known = await run_in_threadpool(
                    database.read, lambda session: throttle.is_known_browser(session, browser)
                )
        except (Busy, Unavailable):
            return ""
        return browser if is_known else ""


@dataclass(frozen=True)
class SignInGuard:
    """One attempt to sign in, and its log lines, without name or number. `kind`: *phone*, *desk* or
    *link*."""

    kind: str
    attempt: Attempt
    network: str

    @contextmanager
    def log_refusal(self) -> Iterator[None]:
        """Log a refusal that is raised in the block."""
        try:
            yield
        except (InviteInvalid, LinkInvalid, PasswordWrong) as refused:
            self._log("sign_in.failed", refused)
            raise
        except TooManyAttempts as refused:
            self._log("sign_in.throttled", refused)
            raise

    def log_success(self, account_id: str) -> None:
        """Log that the attempt succeeded."""
        logs.event("sign_in.succeeded", kind=self.kind, account=account_id, address=self.network)

    def _log(self, event: str, refused: CodedError) -> None:
        logs.event(event, logs.WARNING, kind=self.kind, code=refused.code, address=self.network)


def guard_for(request: Request, settings: Settings, kind: str, identity: str) -> SignInGuard:
    """The guard of this request's attempt; `identity`: the sign-in name, phone number or token."""
    address = client_address(request.scope)
    known = known_browser(request, settings)
    attempt = Attempt(f"{kind} {identity}", throttle.network_of(address), known)
    return SignInGuard(kind, attempt, throttle.truncate_address(address))


def known_browser(request: Request, settings: Settings) -> str:
    """The cookie of the known browser, if it has the form of one."""
    browser = request.cookies.get(cookie_name(KNOWN_BROWSER, settings), "")
    return browser if _BROWSER.fullmatch(browser) else ""


def remove_unprintable(text: str) -> str:
    """`text` without characters that cannot be printed, such as control characters."""
    return "".join(char for char in text if char.isprintable())
