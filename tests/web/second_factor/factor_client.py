"""A browser at the desk of a production server, with the authenticator app of its owner."""

import re
from typing import Any

import pyotp
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.conftest import FakeClock
from tests.web.test_expired_session import hidden

HOST = "https://tungnha.example"
STEP, SETUP, UNLOCK = "/desk/second-factor", "/desk/second-factor/setup", "/desk/unlock"


class FactorClient:
    """One browser. `secret`: of the app; `codes`: the recovery codes that were shown."""

    def __init__(self, client: TestClient, clock: FakeClock) -> None:
        self.client, self._clock = client, clock
        self.secret = ""
        self.codes: list[str] = []

    def get(self, path: str, **more: Any) -> Response:
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> Response:
        return self.client.post(path, data=data, **more)

    def location(self, path: str) -> str:
        """Where a page leads; empty if it is shown."""
        return self.get(path).headers.get("location", "")

    def sign_in(self, name: str, password: str, **more: str) -> Response:
        return self.post("/desk/sign-in", {"name": name, "password": password} | more)

    def app_code(self, secret: str = "") -> str:
        """What the app shows now."""
        return pyotp.TOTP(secret or self.secret).at(int(self._clock().timestamp()))

    def set_up(self, **more: str) -> Response:
        """Add an app, as the page says."""
        fields = dict(hidden(self.get(SETUP).text))
        answer = self.post(SETUP, fields | {"code": self.app_code(fields["secret"])} | more)
        self.secret = fields["secret"]
        self.codes = re.findall(r"<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", answer.text) or self.codes
        return answer

    def show(self, code: str, **more: str) -> Response:
        """Show a code."""
        return self.post(STEP, {"code": code} | more)

    def next_code(self) -> str:
        """A code of the app that was not used yet."""
        self._clock.forward(seconds=60)
        return self.app_code()
