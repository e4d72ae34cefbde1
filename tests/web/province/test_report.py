"""A commune's closed report as it was closed, and what the reports of a province come to."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.reading import read_csv, read_docx, read_screen, read_xlsx
from tests.web.desk.desk_client import words
from tests.web.province import test_overview
from tests.world import World

close, reopen = test_overview.close, test_overview.reopen  # fixtures
Act = Callable[[str], None]
OCTOBER, WEEK, NEXT_WEEK = "2026-10", "2026-W48", "2026-W49"
NAMES = ("Nguyễn Thị Lan", "Trần Văn Nam", "Hoàng Văn Bình", "Vi Thị Hoa", "Nguyễn Văn Đức", "Trần Thị Mai")


@pytest.fixture
def week(lan: Phone, world: World, close: Act, clock: FakeClock) -> None:
    """A closed week with three visits in two hamlets."""
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai, result="not_home", services=[]))
    clock.forward(days=7)
    close(WEEK)


@pytest.fixture
def hoas_week(week: None, hoa: TestClient, ha: TestClient) -> None:
    """The next commune has closed it as well."""
    assert hoa.post(f"/desk/reports/{WEEK}/close", data={"reason": ""}).status_code == 303


def sheet(client: TestClient, address: str, number: int = 0) -> list[list[Any]]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return read_xlsx(answer.content, number)


def column(cells: list[list[Any]], heading: str) -> list[Any]:
    return [line[cells[0].index(heading)] for line in cells[1:]]


@pytest.fixture
def binh_again(client: TestClient) -> TestClient:
    """Bình's client, signed in at the time that it is by then."""
    assert client.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"}).status_code == 303
    return client


@pytest.mark.both_databases
def test_closed_report_is_the_commune_s_own_row_by_row(
    week: None, ha: TestClient, binh_again: TestClient, world: World
) -> None:
    address = f"/province/communes/{world.commune_id}/reports/{WEEK}"
    own = f"/desk/reports/{WEEK}"
    assert read_screen(ha.get(address).text) == read_screen(binh_again.get(own).text)
    assert read_csv(ha.get(f"{address}.csv").content) == read_csv(binh_again.get(f"{own}.csv").content)
    assert sheet(ha, f"{address}.xlsx") == sheet(binh_again, f"{own}.xlsx")
    code = re.findall(r"mã đối chiếu (06391-[0-9A-Z]{4}-[0-9A-Z]{4})", ha.get(address).text)
    assert binh_again.get(f"/desk/reports/check/{code[0]}").headers["location"] == own


def test_closed_report_has_no_remark_that_is_not_shared(
    desk: TestClient, world: World, close: Act, clock: FakeClock, ha: TestClient
) -> None:
    remark = f"/desk/reports/{WEEK}/remarks/00000000-0000-4000-8000-000000000001"
    assert desk.post(remark, data={"kind": "practice", "text": "Đi buổi tối."}).status_code == 303
    clock.forward(days=7)
    close(WEEK)
    ha.post("/desk/sign-in", data={"name": "ha.lt", "password": "trâu gặm cỏ non"})
    address = f"/province/communes/{world.commune_id}/reports/{WEEK}"
    for content in (ha.get(address).text, ha.get(f"{address}.csv").text):
        assert "Toàn xã" in content
        assert "buổi tối" not in content
    assert "Cách làm hay" not in str(read_csv(ha.get(f"{address}.csv").content)[0])


@pytest.mark.both_databases
def test_open_period_and_reopened_one_have_no_figures(
    week: None, ha: TestClient, reopen: Act, world: World
) -> None:
    commune = f"/province/communes/{world.commune_id}"
    assert ha.get(f"{commune}/reports/{NEXT_WEEK}").status_code == 404
    assert ha.get(f"{commune}/reports/{NEXT_WEEK}.xlsx").status_code == 404
    assert "Tuần 48/2026 23/11/2026–29/11/2026 Đã chốt" in words(ha.get(commune).text)
    reopen(WEEK)
    page = ha.get(f"{commune}/reports/{WEEK}").text
    assert "Đã mở lại lúc 16:40 01/12/2026" in page
    assert 'class="report-box"' not in page
    for end in ("xlsx", "csv"):
        assert ha.get(f"{commune}/reports/{WEEK}.{end}").status_code == 404
    assert "Tuần 48/2026 23/11/2026–29/11/2026 Đã mở lại" in words(ha.get(commune).text)


@pytest.mark.both_databases
def test_page_excel_and_word_have_one_table_that_adds_up(hoas_week: None, ha: TestClient) -> None:
    address = f"/province/reports/{WEEK}"
    cells = read_screen(ha.get(address).text)
    assert [line[0] for line in cells] == ["Xã, phường", "Xã Yên Bình", "Xã Hữu Lũng", "Toàn tỉnh"]
    assert column(cells, "Lượt thăm hộ") == [2, 0, 2]
    assert column(cells, "Vắng nhà") == [1, 0, 1]
    assert column(cells, "Tổng số hộ") == [5, 0, 5]
    assert sheet(ha, f"{address}.xlsx") == cells
    assert read_docx(ha.get(f"{address}.docx").content, "Xã, phường") == cells


def test_files_say_whose_they_are_and_what_is_not_in_them(week: None, ha: TestClient) -> None:
    answer = ha.get(f"/province/reports/{WEEK}.xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="bao-cao-tinh-20-2026-W48.xlsx"'
    left_out = sheet(ha, f"/province/reports/{WEEK}.xlsx", 1)
    assert left_out == [
        ["Nơi", "Vì sao"],
        ["Xã Hữu Lũng", "Chưa chốt"],
        ["Xã Chi Lăng", "Chưa bắt đầu"],
    ]
    facts = dict(row[:2] for row in sheet(ha, f"/province/reports/{WEEK}.xlsx", 2))
    assert (facts["Đơn vị"], facts["Người xuất"]) == ("Tỉnh Lạng Sơn", "Lê Thị Hà")
    text = " ".join(str(row[1]) for row in sheet(ha, f"/province/reports/{WEEK}.xlsx", 2))
    assert "Tổng của 1/3 xã, phường: chỉ gồm báo cáo đã chốt" in text


def test_reopened_period_is_in_no_total_and_page_and_files_say_so(
    hoas_week: None, ha: TestClient, reopen: Act
) -> None:
    reopen(WEEK)
    address = f"/province/reports/{WEEK}"
    page = ha.get(address).text
    assert [line[0] for line in read_screen(page)] == ["Xã, phường", "Xã Hữu Lũng", "Toàn tỉnh"]
    sentence = "Đã mở lại nên không tính: Xã Yên Bình."
    assert sentence in page
    assert sentence in str(sheet(ha, f"{address}.xlsx", 2))
    assert ["Xã Yên Bình", "Đã mở lại, chưa chốt lại"] in sheet(ha, f"{address}.xlsx", 1)
    assert column(sheet(ha, f"{address}.xlsx"), "Lượt thăm hộ") == [0, 0]


@pytest.mark.both_databases
def test_period_is_compared_with_the_one_before_where_both_are_closed(
    hoas_week: None, ha: TestClient, lan: Phone, world: World, close: Act, clock: FakeClock
) -> None:
    lan.now = clock()
    lan.exchange(lan.visit(world.duc), lan.visit(world.anh), lan.visit(world.mai))
    clock.forward(days=7)
    close(NEXT_WEEK)
    ha.post("/desk/sign-in", data={"name": "ha.lt", "password": "trâu gặm cỏ non"})
    compared = sheet(ha, f"/province/reports/{NEXT_WEEK}.xlsx", 1)
    assert compared[0] == [
        "Nội dung",
        "Tuần 49/2026 (1 nơi)",
        "Tuần 48/2026 (2 nơi)",
        "Chênh lệch ở 1 nơi đã chốt cả hai kỳ",
    ]
    figures = {line[0]: line[1:] for line in compared[1:]}
    assert figures["Lượt thăm hộ"] == [2, 2, 0]
    assert figures["Vắng nhà"] == [0, 1, -1]


@pytest.mark.both_databases
def test_adjustments_are_in_the_commune_s_row_and_stand_beside_it(
    hoas_week: None, ha: TestClient, lan: Phone, world: World, close: Act, clock: FakeClock
) -> None:
    late = lan.visit(world.duc)  # of last week
    lan.now = clock()
    lan.exchange(late)
    clock.forward(days=7)
    close(NEXT_WEEK)
    ha.post("/desk/sign-in", data={"name": "ha.lt", "password": "trâu gặm cỏ non"})
    address = f"/province/reports/{NEXT_WEEK}"
    assert column(read_screen(ha.get(address).text), "Lượt thăm hộ") == [1, 1]
    beside = sheet(ha, f"{address}.xlsx", 2)
    assert [line[0] for line in beside[1:]] == ["Điều chỉnh kỳ Tuần 48/2026: Xã Yên Bình", "Tổng điều chỉnh"]
    assert column(beside, "Lượt thăm hộ") == [1, 1]
    assert "Điều chỉnh kỳ Tuần 48/2026: Xã Yên Bình" in ha.get(address).text


def test_chart_is_a_table_with_a_bar_for_each_commune_in_the_official_order(
    hoas_week: None, ha: TestClient
) -> None:
    page = ha.get(f"/province/reports/{WEEK}?figure=visits").text
    chart = page.partition('<table class="bars">')[2].partition("</table>")[0]
    assert "<caption>Lượt thăm hộ theo xã, phường, Tuần 48/2026</caption>" in chart
    assert re.findall(r'class="done" width="(\d+)"', chart) == ["100", "0"]
    assert words(chart.partition("<tbody>")[2]) == "Xã Yên Bình 2 Xã Hữu Lũng 0"
    assert "Biểu đồ: Hộ được hướng dẫn" in ha.get(f"/province/reports/{WEEK}?figure=khong-co").text


def test_period_that_nobody_has_closed_says_so(ha: TestClient) -> None:
    assert ha.get("/province/reports").headers["location"] == f"/province/reports/{OCTOBER}"
    assert "Chưa xã, phường nào chốt kỳ này." in ha.get(f"/province/reports/{OCTOBER}").text
    assert sheet(ha, f"/province/reports/{OCTOBER}.xlsx") == [["Xã, phường"], ["Toàn tỉnh"]]
    assert ha.get(f"/province/reports/{OCTOBER}.docx").status_code == 200


def test_what_is_opened_and_downloaded_is_in_the_desk_log(
    week: None, ha: TestClient, database: Database, world: World
) -> None:
    commune = f"/province/communes/{world.commune_id}/reports/{WEEK}"
    for address in (
        commune,
        f"{commune}.xlsx",
        f"/province/reports/{WEEK}.docx",
        f"/province/remarks?period={WEEK}",
    ):
        assert ha.get(address).status_code == 200
    entries = [one for one in database.read(stored_entries) if one["what"].startswith("province.")]
    facts = [(one["commune_id"], one["what"], one.get("form"), one["period"]) for one in entries]
    assert sorted(facts, key=str) == sorted(
        [
            (world.commune_id, "province.opened", None, WEEK),
            (world.commune_id, "province.downloaded", "xlsx", WEEK),
            ("", "province.downloaded", "docx", WEEK),
            ("", "province.opened", None, WEEK),
        ],
        key=str,
    )
    assert {one["province"] for one in entries} == {"20"}


def test_no_page_and_no_file_has_a_person_or_a_household(
    hoas_week: None, ha: TestClient, binh_again: TestClient, world: World
) -> None:
    remark = "00000000-0000-4000-8000-000000000001"
    form = {"kind": "practice", "text": "Đi buổi tối thì nhà nào cũng có người."}
    assert binh_again.post(f"/desk/reports/{NEXT_WEEK}/remarks/{remark}", data=form).status_code == 303
    page = binh_again.get(f"/desk/reports/{NEXT_WEEK}/sharing").text
    seen = page.partition('name="version" value="')[2].partition('"')[0]
    shared = binh_again.post(f"/desk/reports/{NEXT_WEEK}/sharing/{remark}", data={"version": seen})
    assert shared.status_code == 303
    commune = f"/province/communes/{world.commune_id}"
    texts = [
        ha.get(address).text
        for address in (
            "/province/", f"/province/?period={WEEK}", commune, f"{commune}/reports/{WEEK}",
            f"/province/reports/{WEEK}", f"/province/remarks?period={NEXT_WEEK}",
        )
    ]  # fmt: skip
    assert "Đi buổi tối thì nhà nào cũng có người." in texts[-1]
    for address in (f"{commune}/reports/{WEEK}.xlsx", f"/province/reports/{NEXT_WEEK}.xlsx"):
        texts += [str(sheet(ha, address, number)) for number in range(2)]
    for name in NAMES:
        assert all(name not in text for text in texts), name


def test_service_that_a_commune_has_switched_off_is_none_there(
    week: None, hoa: TestClient, ha: TestClient
) -> None:
    assert hoa.post("/desk/services/bills/off").status_code == 303
    assert hoa.post(f"/desk/reports/{WEEK}/close", data={"reason": ""}).status_code == 303
    cells = read_screen(ha.get(f"/province/reports/{WEEK}").text)
    assert column(cells, "Trả điện, nước, học phí") == [0, 0, 0]


def test_services_of_a_commune_s_own_are_one_column_and_listed(
    ha: TestClient, desk: TestClient, lan: Phone, world: World, close: Act, clock: FakeClock
) -> None:
    fields = {"label": "Cài camera an ninh", "pillar": "more", "first": ["did_it", "explained", "declined"]}
    assert desk.post("/desk/services/new", data=fields).status_code == 303
    code = next(
        row["code"] for row in lan.exchange(cursor=0)["changes"]["service"] if row["code"].startswith("own_")
    )
    lan.exchange(lan.visit(world.duc, services=[{"code": code, "outcome": "did_it", "people": 3}]))
    clock.forward(days=7)
    close(WEEK)
    ha.post("/desk/sign-in", data={"name": "ha.lt", "password": "trâu gặm cỏ non"})
    cells = read_screen(ha.get(f"/province/reports/{WEEK}").text)
    assert column(cells, "Việc riêng của xã, phường") == [3, 3]
    assert sheet(ha, f"/province/reports/{WEEK}.xlsx", 1) == [
        ["Việc riêng", "Người"],
        ["Xã Yên Bình: Cài camera an ninh", 3],
    ]
