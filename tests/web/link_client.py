"""Steps with one-time links: the address on a sheet, and choosing a password with it."""

import re
from typing import Any

from fastapi.testclient import TestClient

PASSWORD = "trâu gặm cỏ non"
BINH_PASSWORD = "mat-khau-binh"


def link_of(answer: Any) -> str:
    """The path of the link that a sheet shows."""
    assert answer.status_code == 200, answer.text
    found = re.search(r'class="link">http[^<]*?(/link/[A-Za-z0-9_-]+)<', answer.text)
    assert found
    return found[1]


def choose(client: TestClient, link: str, password: str = PASSWORD, repeated: str | None = None) -> Any:
    """Open the link and send its form."""
    opened = client.get(link)
    assert opened.status_code == 303, opened.text
    again = password if repeated is None else repeated
    return client.post("/link", data={"password": password, "repeated": again})


def sign_in(client: TestClient, name: str, password: str) -> int:
    """The status of a sign-in at the desk: 303 or 401."""
    return int(client.post("/desk/sign-in", data={"name": name, "password": password}).status_code)
