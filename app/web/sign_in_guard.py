"""What stands before both sign-ins: how many are judged at once, by whom they are counted, what is logged."""

import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request

from app.accounts import throttle
from app.accounts.throttle import Attempt
from app.core import logs
from app.core.config import Settings
from app.core.errors import Busy, Fault, InviteInvalid, PasswordWrong, TooManyAttempts
from app.web.deps import cookie_name

KNOWN_BROWSER = "known"  # the cookie

_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")


class SignInSlots:
    """How many sign-ins are in hand at once; those beyond are refused before any work is done for them.

    Each holds one of the 40 threads that exchanges and `/healthz` need too. One address has half of the
    slots at most, so that it cannot keep everybody else out.
    """

    MOST = 16
    MOST_FROM_ADDRESS = 8

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Hold a slot. Raises `Busy` if there is none."""
        with self._lock:
            if self._taken.total() >= self.MOST or self._taken[address] >= self.MOST_FROM_ADDRESS:
                raise Busy
            self._taken[address] += 1
        try:
            yield
        finally:
            with self._lock:
                self._taken[address] -= 1
                self._taken += Counter()  # drops those at zero


async def sign_in_slot(request: Request) -> AsyncIterator[None]:
    """Dependency of both sign-ins; it does not wait for a thread. Raises `Busy`."""
    slots: SignInSlots = request.app.state.sign_in_slots
    with slots.one(throttle.network_of(_address(request))):
        yield


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
    address = _address(request)
    browser = request.cookies.get(cookie_name(KNOWN_BROWSER, settings), "")
    known = browser if _BROWSER.fullmatch(browser) else ""
    attempt = Attempt(f"{kind} {tried}", throttle.network_of(address), known)
    return Guarded(kind, attempt, throttle.abbreviated(address))


def _address(request: Request) -> str:
    return request.client.host if request.client else throttle.UNKNOWN_ADDRESS
