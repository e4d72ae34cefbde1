"""A phone with its owner's card, and the desk that checks it."""

import re
from base64 import b64decode
from dataclasses import dataclass
from typing import Any

from fastapi.testclient import TestClient

from app.commune.card.answers import answer_of
from tests.phone import Phone
from tests.web.desk.desk_client import words


@dataclass
class CardPhone:
    """`key_id`, `secret`: what the phone has stored; empty before it was in contact."""

    phone: Phone
    key_id: str = ""
    secret: bytes = b""

    def ask(self) -> Any:
        """One request; what the answer has to store is not stored yet."""
        body = {"proto": 1, "device_id": self.phone.device_id, "key_id": self.key_id}
        return self.phone.client.post("/api/v1/card", json=body)

    def store(self, answer: Any) -> None:
        """Store the key of an answer, if it has one."""
        if key := answer.json().get("key"):
            self.key_id, self.secret = key["id"], b64decode(key["secret"])

    def renew(self) -> dict[str, Any]:
        """As the phone does it: ask, store, and say that it is stored. The content of the card."""
        self.store(self.ask())
        answer = self.ask()
        assert (answer.status_code, "key" in answer.json()) == (200, False), answer.text
        content: dict[str, Any] = answer.json()
        return content

    def answer(self, question: str) -> str:
        """What its owner reads back."""
        return answer_of(self.secret, question)


@dataclass
class CardDesk:
    """*Kiểm tra thẻ* of one member."""

    desk: TestClient
    account_id: str

    @property
    def address(self) -> str:
        return f"/desk/card/{self.account_id}"

    def begin(self) -> str:
        """The digits that the supervisor reads out; empty if there are none."""
        answer = self.desk.post(f"{self.address}/begin")
        assert (answer.status_code, answer.headers["location"]) == (303, self.address)
        found = re.search(r'class="code"[^>]*>(\d{4})<', self.desk.get(self.address).text)
        return found[1] if found else ""

    def says(self) -> str:
        """What the page says now."""
        return words(self.desk.get(self.address).text)

    def compare(self, question: str, digits: str) -> tuple[int, str]:
        """The status and the words of the page after *So sáu số*."""
        answer = self.desk.post(f"{self.address}/answer", data={"question": question, "digits": digits})
        return answer.status_code, words(answer.text)

    def accepts(self, question: str, digits: str) -> bool:
        """Whether the desk says that the card is right."""
        return "Đúng thẻ" in self.compare(question, digits)[1]


def wrong(digits: str) -> str:
    """Other six digits."""
    return f"{(int(digits) + 1) % 1_000_000:06}"
