"""Guards of the sign-ins: the limit of attempts in progress, what counts them, and their log lines."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.accounts import throttle
from app.accounts.throttle import Attempt
from app.core import logs
from app.core.config import Settings
from app.core.errors import Busy, CodedError, InviteInvalid, LinkInvalid, PasswordWrong, TooManyAttempts
from app.web.deps import cookie_name
from app.web.errors import error_response
from app.web.middleware.active_limit import ActiveLimit
from app.web.middleware.security import client_address

KNOWN_BROWSER = "known"  # the cookie
# Every address at which a password or code is hashed or verified.
SIGN_INS = {"/api/v1/devices", "/desk/sign-in", "/desk/account/password", "/link"}

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


class SignInLimit:
    """Limits the sign-ins in progress; above the limit they are answered 503 before any work is done.

    Each uses one of the 40 threads that exchanges and `/healthz` need too. One address may use half of the
    limit, so that it cannot block all others. Runs after `BodyLimit`: a slow body does not count.
    """

    MAX_ACTIVE = 16  # of all workers of a server
    MAX_ACTIVE_OF_ADDRESS = 8

    def __init__(self, app: ASGIApp, workers: int = 1) -> None:
        self.app = app
        self._active = ActiveLimit(
            max(2, self.MAX_ACTIVE // workers), max(1, self.MAX_ACTIVE_OF_ADDRESS // workers)
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in SIGN_INS:
            await self.app(scope, receive, send)
            return
        try:
            with self._active.slot(throttle.network_of(client_address(scope))):
                await self.app(scope, receive, send)
        except Busy as busy:
            await error_response(Request(scope), busy)(scope, receive, send)


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
    browser = request.cookies.get(cookie_name(KNOWN_BROWSER, settings), "")
    known = browser if _BROWSER.fullmatch(browser) else ""
    attempt = Attempt(f"{kind} {identity}", throttle.network_of(address), known)
    return SignInGuard(kind, attempt, throttle.truncate_address(address))


def remove_unprintable(text: str) -> str:
    """`text` without characters that cannot be printed, such as control characters."""
    return "".join(char for char in text if char.isprintable())
