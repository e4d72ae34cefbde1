"""The report's files have the figures of the screen; the code on the Word file opens the closed figures."""

import io
import zipfile

import pytest
from docx import Document
from fastapi.testclient import TestClient

from app.core import desk_log
from app.core.audit.chain import stored_head
from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.qr import read_picture
from tests.reports.reading import read_csv, read_docx, read_xlsx
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"


def _figures(lines: list[list[str | int | None]], name: str) -> list[list[str | int | None]]:
    """The cells of the column `name` beside the hamlets."""
    at = lines[0].index(name)
    return [[line[0], line[at]] for line in lines[1:]]


def test_all_files_have_the_figures_of_the_screen(
    desk: TestClient, lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.duc), lan.visit(world.mai))
    nam.exchange(nam.visit(world.anh))
    page = desk.get(WEEK).text
    assert f'href="{WEEK}.docx" download' in page
    csv = read_csv(desk.get(f"{WEEK}.csv").content)
    xlsx = read_xlsx(desk.get(f"{WEEK}.xlsx").content)
    docx = read_docx(desk.get(f"{WEEK}.docx").content, str(csv[0][0]))
    assert csv == xlsx == docx
    assert _figures(csv, "Lượt thăm hộ") == [["Thôn Đông", 3], ["Thôn Tây", 1], ["Toàn xã", 4]]
    assert _figures(csv, "Hộ được hướng dẫn") == [["Thôn Đông", 2], ["Thôn Tây", 1], ["Toàn xã", 3]]
    assert words(page).count("Toàn xã") >= 1
    entries = [one for one in database.read(stored_entries) if one["what"] == "report.downloaded"]
    assert sorted((one["form"], one["period"]) for one in entries) == [
        ("csv", "2026-W48"), ("docx", "2026-W48"), ("xlsx", "2026-W48"),
    ]  # fmt: skip


def test_page_and_word_file_have_the_mark_of_the_desk_log(
    desk: TestClient, world: World, database: Database
) -> None:
    database.write(lambda session: desk_log.note(session, world.commune_id, "list.undone", NOW, list="l1"))
    head = database.read(lambda session: stored_head(session, world.commune_id))
    digits = [head.hash[at : at + 4] for at in (0, 4, 8, 12)]
    assert str(head) == " ".join([str(head.seq), *digits])
    note = f"Mã nhật ký: {head}. Nếu nhật ký bị sửa về sau, mã không còn khớp."
    assert note in words(desk.get(WEEK).text)
    word = Document(io.BytesIO(desk.get(f"{WEEK}.docx").content))
    assert [one.text for one in word.paragraphs if "Mã nhật ký" in one.text] == [note]


@pytest.mark.slow
def test_code_of_the_word_file_opens_the_closed_figures_for_this_commune_only(
    desk: TestClient, hoa: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=6)
    for client, name in ((desk, "binh"), (hoa, "hoa")):
        client.post("/desk/sign-in", data={"name": name, "password": f"mat-khau-{name}"})
    open_draft = desk.get(f"{WEEK}.docx").content
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    answer = desk.get(f"{WEEK}.docx")
    assert answer.status_code == 200, answer.headers
    content = answer.content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        pictures = [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")]
    (address,) = read_picture(pictures[0])
    printed = address.rpartition("/check/")[2]
    path = f"/desk/reports/check/{printed}"
    assert desk.get(path, follow_redirects=False).headers["location"] == WEEK
    assert hoa.get(path).status_code == 404
    text = "\n".join(cell.text for table in Document(io.BytesIO(content)).tables for cell in table._cells)
    code = text.partition("Mã đối chiếu: ")[2].split()[0]
    assert code == printed
    typed = desk.get(f"/desk/reports/check?code={code.lower()}", follow_redirects=False)
    assert typed.headers["location"] == WEEK
    assert b"word/media" not in open_draft, "figures that may still change have no code"
    desk.post(f"{WEEK}/reopen", data={"reason": "Nhập thiếu"})
    missing = desk.get(path)
    assert missing.status_code == 404
    assert "Không kỳ nào đang chốt có mã này" in missing.text
    desk.post(f"{WEEK}/close", data={"reason": "Đã gọi"})
    assert desk.get(path, follow_redirects=False).headers["location"] == WEEK, (
        "the same figures, the same code"
    )


def test_unknown_periods_have_no_files(desk: TestClient) -> None:
    for form in ("csv", "xlsx", "docx"):
        assert desk.get(f"/desk/reports/2026-13.{form}").status_code == 404
    assert desk.get("/desk/reports/check").status_code == 404
