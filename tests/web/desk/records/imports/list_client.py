"""Steps at *Nhập danh sách hộ*: upload a list, wait until it is read, answer, choose, confirm, undo."""

import re
import time
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.intake.household_import.files import csv_file
from tests.web.desk.desk_client import words

HEADER = ("STT", "Chủ hộ", "Số nhà", "Ngõ", "Thôn")
NEW = ("1", "Nguyễn Văn Thử", "21", "Ngõ 9", "Thôn Đông")
OTHER = ("2", "Trần Thị Mẫu", "22", "Ngõ 9", "Thôn Đông")
TIMEOUT = 60  # seconds; a busy machine needs several to import the app


def upload(desk: TestClient, content: bytes, name: str = "danh-sach.csv") -> Any:
    return desk.post("/desk/imports", files={"file": (name, content)})


def upload_rows(desk: TestClient, folder: Path, *rows: Sequence[object]) -> "ListPage":
    """The page of a list with `HEADER` and these rows, once it is read."""
    file = csv_file(folder / "danh-sach.csv", [HEADER, *rows])
    return read_list(desk, upload(desk, file.read_bytes()))


def read_list(desk: TestClient, answer: Any) -> "ListPage":
    assert answer.status_code == 303, words(answer.text)
    page = ListPage(desk, answer.headers["location"].split("?")[0])
    page.wait()
    return page


class ListPage:
    """The page of one import."""

    def __init__(self, desk: TestClient, address: str) -> None:
        self.desk, self.address = desk, address

    def html(self, query: str = "") -> str:
        answer = self.desk.get(self.address + query)
        assert answer.status_code == 200
        return answer.text

    def text(self, query: str = "") -> str:
        return words(self.html(query))

    def wait(self) -> None:
        """Until the worker process has ended."""
        end = time.monotonic() + TIMEOUT
        while 'id="progress"' in self.desk.get(f"{self.address}/progress").text:
            assert time.monotonic() < end, "the file was not read"
            time.sleep(0.02)

    def post(self, action: str, **form: object) -> Any:
        return self.desk.post(f"{self.address}/{action}", data=form)

    def mark(self) -> str:
        found = re.search(r'name="mark" value="([^"]*)"', self.html())
        return found[1] if found else ""

    def confirm(self, **form: object) -> Any:
        return self.post("confirm", mark=self.mark(), **form)

    def choose(self, choice: str) -> Any:
        """The choice for each changed row of the first page."""
        numbers = re.findall(r'name="number" value="(\d+)"', self.html("?show=changed"))
        return self.post("choices", number=numbers, choice=[choice] * len(numbers))

    def answer_hamlets(self, answer: str) -> None:
        keys = [unescape(key) for key in re.findall(r'name="key" value="([^"]*)"', self.html())]
        assert self.post("hamlets", key=keys, answer=[answer] * len(keys)).status_code == 303
        self.wait()


def labels(database: Database) -> dict[str, tuple[str, str, str]]:
    """Head, house number and alley of every household, by id."""
    rows = database.read(lambda session: list(session.exec(select(Household))))
    return {row.id: (row.head_name, row.house_no, row.alley) for row in rows}
