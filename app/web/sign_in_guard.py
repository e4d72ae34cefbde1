"""What stands before both sign-ins: how many are judged at once, by whom they are counted, what is logged."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.accounts import throttle
from app.accounts.throttle import Attempt
from app.core import logs
from app.core.config import Settings
from app.core.errors import Busy, Fault, InviteInvalid, PasswordWrong, TooManyAttempts
from app.web.deps import cookie_name
from app.web.errors import answer_fault

KNOWN_BROWSER = "known"  # the cookie
SIGN_INS = {"/api/v1/devices", "/desk/sign-in"}

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


class SignInLimit:
    """How many sign-ins are in hand at once; those beyond are refused before any work is done for them.

    Each holds one of the 40 threads that exchanges and `/healthz` need too. One address has half of the
    room at most, so that it cannot keep everybody else out. Stands behind `BodyLimit`: a body that comes
    slowly takes no room.
    """

    MOST = 16
    MOST_FROM_ADDRESS = 8

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._lock = threading.Lock()
        self._in_hand: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] not in SIGN_INS:
            await self.app(scope, receive, send)
            return
        try:
            with self._room(throttle.network_of(_address(scope))):
                await self.app(scope, receive, send)
        except Busy as busy:
            await answer_fault(Request(scope), busy)(scope, receive, send)

    @contextmanager
    def _room(self, address: str) -> Iterator[None]:
        with self._lock:
            if self._in_hand.total() >= self.MOST or self._in_hand[address] >= self.MOST_FROM_ADDRESS:
                raise Busy
            self._in_hand[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_hand[address] -= 1
                self._in_hand += Counter()  # drops those at zero


@dataclass(frozen=True)
class Guarded:
    """One try to sign in, `kind` *phone* or *desk*, and the log lines it leaves: no name, no number."""

    kind: str
    attempt: Attempt
    neighbourhood: str

    @contextmanager
    def judged(self) -> Iterator[None]:
        """Log what is refused within."""
        try:
            yield
        except (InviteInvalid, PasswordWrong) as refused:
            self._log("sign_in.failed", refused)
            raise
        except TooManyAttempts as refused:
            self._log("sign_in.throttled", refused)
            raise

    def succeeded(self, account_id: str) -> None:
        logs.event("sign_in.succeeded", kind=self.kind, account=account_id, address=self.neighbourhood)

    def _log(self, what: str, refused: Fault) -> None:
        logs.event(what, logs.WARNING, kind=self.kind, code=refused.code, address=self.neighbourhood)


def guarded(request: Request, settings: Settings, kind: str, tried: str) -> Guarded:
    """The try of this request at the name or number `tried`."""
    address = _address(request.scope)
    browser = request.cookies.get(cookie_name(KNOWN_BROWSER, settings), "")
    known = browser if _BROWSER.fullmatch(browser) else ""
    attempt = Attempt(f"{kind} {tried}", throttle.network_of(address), known)
    return Guarded(kind, attempt, throttle.abbreviated(address))


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else throttle.UNKNOWN_ADDRESS
