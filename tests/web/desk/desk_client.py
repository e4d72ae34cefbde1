"""A client of the visit list: what it shows and what its form sends."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from fastapi.testclient import TestClient

from tests.phone import Phone

UNCLEAR = {"reason": "missing_information", "field": "note", "note": "Chưa rõ việc nào"}


@dataclass
class Page:
    """The list as Bình opened it, with the fields of its form."""

    desk: TestClient
    query: str = ""

    def __post_init__(self) -> None:
        self.html = self.desk.get(f"/desk/visits{self.query}").text
        hidden = re.findall(r'<input type="hidden" name="(id|head|at|count)" value="([^"]*)">', self.html)
        self.hidden = dict(hidden)
        self.boxes = re.findall(r'name="visit" value="([^"]*)"', self.html)

    def send(self, *picked: str, state: str = "accepted", **more: Any) -> Any:
        """Send the form with these boxes ticked."""
        form = self.hidden | {"state": state, "visit": list(picked)} | more
        return self.desk.post(f"/desk/decisions{self.query}", data=form)

    def press(self, *picked: str, state: str = "accepted", **more: Any) -> str:
        """Send the form; returns the text of the page that follows."""
        answer = self.send(*picked, state=state, **more)
        assert answer.status_code == 303, answer.text
        self.location = answer.headers["location"]
        return words(self.desk.get(self.location).text)

    def press_all(self, **more: Any) -> str:
        """Send the form for all visits of the filter; returns the text of the page that follows."""
        return self.press(all="yes", **more)

    def undo(self) -> Any:
        """The answer to *Hoàn tác* of the last decision."""
        path, _, query = self.location.partition("?")
        return self.desk.post(f"{path}/undo?{query}")

    def press_undo(self) -> str:
        """Undo; returns the text of the page that follows."""
        answer = self.undo()
        assert answer.status_code == 303, answer.text
        return words(self.desk.get(answer.headers["location"]).text)


def reviews(phone: Phone) -> dict[str, dict[str, Any]]:
    """The reviews that a phone receives, by visit."""
    return {row["id"]: row["review"] for row in phone.exchange(cursor=0)["changes"]["visit"]}


def states(phone: Phone) -> dict[str, str]:
    return {id: review["state"] for id, review in reviews(phone).items()}


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def pager_link(desk: TestClient, address: str, rel: str) -> str:
    """The address of the next or previous page; empty where there is none."""
    found = re.findall(rf'rel="{rel}" href="([^"]+)"', desk.get(address).text)
    return unescape(found[0]) if found else ""


def rows(desk: TestClient, address: str) -> list[str]:
    """The text of the list's rows, cells separated by a bar."""
    page = desk.get(address)
    assert page.status_code == 200
    rows = re.findall(r'<tr role="row" id="row-.*?</tr>', page.text, re.DOTALL)
    return [
        " | ".join(words(cell) for cell in re.findall(r"<td(?!.{,30}pick).*?</td>", row, re.DOTALL))
        for row in rows
    ]
