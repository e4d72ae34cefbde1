"""The list of visits as a supervisor looks at it, and what its form sends."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from tests.sync.phone import Phone

UNCLEAR = {"reason": "missing_information", "field": "note", "note": "Chưa rõ việc nào"}


@dataclass
class Page:
    """A list as Bình looks at it: what its form would send."""

    desk: TestClient
    query: str = ""

    def __post_init__(self) -> None:
        self.html = self.desk.get(f"/desk/visits{self.query}").text
        hidden = re.findall(r'<input type="hidden" name="(id|head|at|count)" value="([^"]*)">', self.html)
        self.hidden = dict(hidden)
        self.boxes = re.findall(r'name="visit" value="([^"]*)"', self.html)

    def send(self, *picked: str, state: str = "accepted", **more: Any) -> Any:
        """Press a button with these boxes ticked."""
        form = self.hidden | {"state": state, "visit": list(picked)} | more
        return self.desk.post(f"/desk/decisions{self.query}", data=form)

    def press(self, *picked: str, state: str = "accepted", **more: Any) -> str:
        """The same; the page that comes of it, as words."""
        answer = self.send(*picked, state=state, **more)
        assert answer.status_code == 303, answer.text
        self.place = answer.headers["location"]
        return words(self.desk.get(self.place).text)

    def press_all(self, **more: Any) -> str:
        return self.press(all="yes", **more)

    def undo(self) -> Any:
        path, _, query = self.place.partition("?")
        return self.desk.post(f"{path}/undo?{query}")

    def undone(self) -> str:
        """Undo; the page that comes of it, as words."""
        answer = self.undo()
        assert answer.status_code == 303, answer.text
        return words(self.desk.get(answer.headers["location"]).text)


def reviews(phone: Phone) -> dict[str, dict[str, Any]]:
    """The reviews as a phone gets them, by visit."""
    return {row["id"]: row["review"] for row in phone.exchange(cursor=0)["changes"]["visit"]}


def states(phone: Phone) -> dict[str, str]:
    return {id: review["state"] for id, review in reviews(phone).items()}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def way(desk: TestClient, address: str, rel: str) -> str:
    """The address of the page beside this one; empty where there is none."""
    found = re.findall(rf'rel="{rel}" href="([^"]+)"', desk.get(address).text)
    return unescape(found[0]) if found else ""


def rows(desk: TestClient, address: str) -> list[str]:
    """The list's rows as words, cells parted by a bar."""
    page = desk.get(address)
    assert page.status_code == 200
    rows = re.findall(r'<tr role="row" id="row-.*?</tr>', page.text, re.DOTALL)
    return [
        " | ".join(words(cell) for cell in re.findall(r"<td(?!.{,30}pick).*?</td>", row, re.DOTALL))
        for row in rows
    ]
