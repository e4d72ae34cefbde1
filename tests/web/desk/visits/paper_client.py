"""Steps at *Nhập từ giấy*: the form of a household, what it sends, and what is stored afterwards."""

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.web.desk.desk_client import words

DAY = "2026-11-20"
FIELDS = {
    "result": "helped",
    "service": ["vneid_install"],
    "outcome-vneid_install": "did_it",
    "people-vneid_install": "2",
    "note": "",
    "follow_up": "",
    "follow_up_on": "",
}


@dataclass
class PaperForm:
    """One form as it was opened: its address and its visit's id."""

    desk: TestClient
    address: str
    hidden: dict[str, str] = field(default_factory=dict)

    def send(self, **changes: Any) -> Any:
        return self.desk.post(self.address, data=self.hidden | FIELDS | changes)


def form_of(desk: TestClient, member: str, household: str) -> PaperForm:
    address = f"/desk/paper/{household}?member={member}&day={DAY}"
    page = desk.get(address)
    assert page.status_code == 200, page.text
    return PaperForm(desk, address, {"id": hidden_value(page.text, "id")})


def enter(desk: TestClient, member: str, household: str, **changes: Any) -> str:
    """Enter a visit; returns the page that follows."""
    answer = form_of(desk, member, household).send(**changes)
    assert answer.status_code == 303, words(answer.text)
    page: str = desk.get(answer.headers["location"]).text
    return page


def saved_id(page: str) -> str:
    found = re.search(r'action="/desk/visits/([^/"]+)/withdraw"', page)
    assert found
    return found[1]


def undo(desk: TestClient, page: str) -> Any:
    """*Hoàn tác*, or *Bỏ lượt ghi nhầm*, of a page."""
    data = {"version": hidden_value(page, "version")}
    if 'name="back"' in page:
        data["back"] = "paper"
    return desk.post(f"/desk/visits/{saved_id(page)}/withdraw", data=data)


def panel_of(desk: TestClient, visit_id: str) -> str:
    return words(desk.get(f"/desk/visits/{visit_id}").text)


def stored_visits(database: Database) -> list[Visit]:
    def work(session: Session) -> list[Visit]:
        return list(session.exec(select(Visit).order_by(col(Visit.feed_seq))))

    return database.read(work)


def hidden_value(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found
    return unescape(found[1])
