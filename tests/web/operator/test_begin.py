"""/operator/begin: many communes begin from a list whose rows are all right, and each link is shown once."""

import csv
import html
import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, col, select

from app.commune.accounts.models import SignInName
from app.commune.areas import Commune, load_areas
from app.core.db import Database
from app.core.errors import Unavailable
from app.intake.supervisor_import.records import MAX_COMMUNES
from app.web.operator import begin
from tests.cases import cases
from tests.qr import read_svg
from tests.web.desk.desk_client import words
from tests.web.link_client import choose
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures
Browser = Callable[[], TestClient]
ADDRESS = "/operator/begin?province=20"
HEAD = "Mã,Xã phường,Họ và tên,Tên đăng nhập\n"


@pytest.fixture
def database(app: FastAPI, world: World) -> Database:
    found: Database = app.state.database
    found.write(load_areas)
    return found


def upload(an: TestClient, text: str | bytes, address: str = ADDRESS, name: str = "ds.csv") -> Any:
    content = text.encode() if isinstance(text, str) else text
    return an.post(address, files={"file": (name, content, "text/csv")})


def rows_of(page: Any) -> str:
    (rows,) = re.findall(r'name="rows" value="([^"]*)"', page.text)
    return html.unescape(rows)


def start(an: TestClient, rows: str, province: str = "20") -> Any:
    return an.post(f"/operator/begin/start?province={province}", files={"rows": (None, rows)})


def begun_codes(database: Database) -> set[str]:
    begun_ones = select(Commune.code).where(col(Commune.started_at).is_not(None))
    return database.read(lambda session: set(session.exec(begun_ones)))


def waiting(database: Database, count: int, province: str = "20") -> list[Commune]:
    wanted = select(Commune).where(Commune.province_code == province, col(Commune.started_at).is_(None))
    return database.read(lambda session: list(session.exec(wanted.order_by(Commune.code).limit(count))))


def line(commune: Commune, name: str = "Nông Thị Cúc", sign_in_name: str = "") -> str:
    return f"{commune.code},{commune.full_name},{name},{sign_in_name or f'cb.{commune.code}'}\n"


@pytest.mark.both_databases
def test_list_is_shown_first_and_each_link_then_opens_a_desk(
    an: TestClient, database: Database, browser: Browser
) -> None:
    before, (one, two) = begun_codes(database), waiting(database, 2)
    page = upload(an, HEAD + line(one) + line(two, "MA THỊ SEN", "Sen.MT"))
    text = words(page.text)
    assert f"{one.full_name} {one.code} Nông Thị Cúc cb.{one.code}" in text
    assert f"{two.full_name} {two.code} Ma Thị Sen sen.mt" in text
    assert "Bắt đầu 2 nơi" in text
    assert begun_codes(database) == before, "nothing begins before the confirmation"
    sheets = start(an, rows_of(page))
    assert (sheets.status_code, sheets.headers["cache-control"]) == (200, "no-store")
    assert begun_codes(database) - before == {one.code, two.code}
    addresses = re.findall(r'class="link">([^<]+)<', sheets.text)
    assert read_svg(sheets.text) == addresses
    for address, commune in zip(addresses, (one, two), strict=True):
        supervisor = browser()
        path = re.sub(r"^https?://[^/]+", "", address)
        assert choose(supervisor, path).headers["location"] == "/desk/"
        assert commune.full_name in supervisor.get("/desk/").text


def test_sent_again_the_same_list_begins_nothing_and_shows_no_link(
    an: TestClient, database: Database
) -> None:
    rows = rows_of(upload(an, HEAD + line(waiting(database, 1)[0])))
    start(an, rows)
    again = start(an, rows)
    assert (again.status_code, "/link/" in again.text) == (409, False)
    assert "Nơi này đã bắt đầu" in again.text


def test_file_to_fill_in_has_the_communes_that_wait_and_what_is_left_blank_begins_nothing(
    an: TestClient, database: Database, world: World
) -> None:
    answer = an.get("/operator/begin/template.csv?province=20")
    assert answer.headers["content-disposition"] == 'attachment; filename="bat-dau-20.csv"'
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert lines[0] == ["Mã", "Xã, phường", "Họ và tên", "Tên đăng nhập"]
    codes = [row[0] for row in lines[1:]]
    assert codes == sorted(one.code for one in waiting(database, 999))
    assert "06391" not in codes, "it has begun"
    blank = words(upload(an, answer.content).text)
    assert "Tệp này chưa ghi cán bộ của nơi nào." in blank
    assert f"{len(codes)} dòng để trống" in blank
    filled = io.StringIO()
    writer = csv.writer(filled)
    writer.writerows([lines[0], [*lines[1][:2], "Nông Thị Cúc", "cuc.nt"], *lines[2:]])
    assert "Bắt đầu 1 nơi" in words(upload(an, filled.getvalue()).text)


@cases(
    "row, sentence",
    [
        ("0639,,Nông Thị Cúc,cuc.nt", "Tỉnh Lạng Sơn không có xã, phường nào mã 00639."),
        ("00004,,Nông Thị Cúc,cuc.nt", "Tỉnh Lạng Sơn không có xã, phường nào mã 00004."),
        ("6x,,Nông Thị Cúc,cuc.nt", "Mã chưa đúng: 5 chữ số"),
        (",,Nông Thị Cúc,cuc.nt", "Mã chưa đúng: 5 chữ số"),
        ("06391,,Nông Thị Cúc,cuc.nt", "Nơi này đã bắt đầu"),
        ("{code},Xã Khác,Nông Thị Cúc,cuc.nt", "là của"),
        ("{code},,,cuc.nt", "Thiếu họ và tên."),
        ("{code},,Nông Thị Cúc 1980,cuc.nt", "Họ tên"),
        ("{code},,Nông Thị Cúc,", "Tên đăng nhập từ 3 đến 40 ký tự"),
        ("{code},,Nông Thị Cúc,cúc nông", "Tên đăng nhập từ 3 đến 40 ký tự"),
        ("{code},,Nông Thị Cúc,binh", "Tên đăng nhập này đã có người dùng."),
        ("{code},,=1+1,cuc.nt", "Thiếu họ và tên."),
    ],
)
def test_row_that_is_not_clear_is_named_and_nothing_can_begin(
    an: TestClient, database: Database, row: str, sentence: str
) -> None:
    one, two = waiting(database, 2)
    page = upload(an, f"{HEAD}{line(two)}{row.format(code=one.code)}\n")
    text = words(page.text)
    assert "Dòng 3" in text
    assert sentence in text
    assert 'name="rows"' not in page.text, "the other row does not begin either"


def test_two_rows_of_a_commune_or_of_a_sign_in_name_are_refused(an: TestClient, database: Database) -> None:
    one, two = waiting(database, 2)
    assert "Cùng nơi với dòng 2." in words(upload(an, HEAD + line(one) + line(one, sign_in_name="khac")).text)
    same = upload(an, HEAD + line(one, sign_in_name="cuc") + line(two, sign_in_name="CUC"))
    assert "Cùng tên đăng nhập với dòng 2." in words(same.text)


def test_codes_without_their_zeros_and_lists_without_names_of_communes_are_read(
    an: TestClient, database: Database
) -> None:
    one = waiting(database, 1)[0]
    page = upload(an, f"Mã xã,Họ tên,Tài khoản\n{one.code.lstrip('0')},Nông Thị Cúc,cuc.nt\n")
    assert f"{one.full_name} {one.code} Nông Thị Cúc cuc.nt" in words(page.text)


@cases(
    "content, sentence",
    [
        (b"", "Chọn một tệp"),
        (b"PK\x03\x04rubbish", ""),
        ("Tên\nCúc\n".encode(), "Không thấy cột: Mã"),
        ((HEAD + "00001,,A,abc\n" * (MAX_COMMUNES + 1)).encode(), "Mỗi lần bắt đầu được 200 nơi"),
        ("Mã,Mã,Họ tên,Tài khoản\n1,1,A,b\n".encode(), "Có hai cột cùng ý nghĩa"),
    ],
)
def test_file_that_is_no_list_is_refused_with_a_sentence(
    an: TestClient, database: Database, content: bytes, sentence: str
) -> None:
    page = upload(an, content)
    assert page.status_code in (200, 422)
    assert sentence in words(page.text)
    assert 'name="rows"' not in page.text


@cases("rows", ["", "[]", "{}", "null", json.dumps([["", 1, "x" * 2_000, "", "", ""]]), "[[1]]"])
def test_changed_rows_are_refused(an: TestClient, database: Database, rows: str) -> None:
    assert start(an, rows).status_code == 422


def test_other_provinces_are_not_found(an: TestClient, database: Database, desk: TestClient) -> None:
    for province in ("", "99"):
        assert an.get(f"/operator/begin?province={province}").status_code == 404
        assert start(an, json.dumps([["", 1, "", "", "", ""]]), province).status_code == 404
    assert an.get("/operator/begin?province=%00").status_code == 422
    assert desk.get(ADDRESS).status_code == 404
    assert upload(desk, HEAD).status_code == 404


def test_what_fails_half_way_is_named_and_the_links_before_it_are_shown(
    an: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = waiting(database, 4)
    rows = rows_of(upload(an, HEAD + "".join(map(line, listed))))
    real = begin._begin

    def begin_or_fail(context: Any, one: Any, session: Session) -> str:
        if one.commune_id == listed[1].id:
            raise Unavailable
        if one.commune_id == listed[2].id:
            session.add(SignInName(name=one.sign_in_name, password_hash="of somebody"))
            session.flush()
        return real(context, one, session)

    monkeypatch.setattr(begin, "_begin", begin_or_fail)
    page = start(an, rows)
    text = words(page.text)
    assert len(re.findall(r'class="link">', page.text)) == 2
    assert f"{listed[1].full_name}: máy chủ bận" in text
    assert f"{listed[2].full_name}: tên đăng nhập vừa có người dùng" in text
    assert begun_codes(database) >= {listed[0].code, listed[3].code}
    assert not begun_codes(database) & {listed[1].code, listed[2].code}
