"""What is printed: a report on pages turned sideways, on which every column of a large commune is whole,
a hamlet's map on one page, and *Sổ tay tổ viên* on two."""

import io
from collections.abc import Sequence
from datetime import date

import pypdfium2
import pytest
from playwright.sync_api import Page

from app.core.clock import utc_now
from app.core.db import Database
from app.fieldwork.periods.models import ClosedPeriod
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, wait_for_heading
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
COLUMNS, HAMLETS = 36, 25
LONG = "Đăng ký nộp thuế hộ kinh doanh bằng ứng dụng eTax Mobile"
MILLIMETRE = 72 / 25.4
IMAGE = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE


def test_every_column_is_whole_on_pages_turned_sideways(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    for year, of_hamlet, sum_of_all, printed in ((2025, 34, 850, "850"), (2024, 523, 13_075, "13.075")):
        closed = _closed(world, year, of_hamlet, sum_of_all)
        database.write(lambda session, closed=closed: session.add(closed))  # type: ignore[misc]
        desk.goto(f"/desk/reports/{year}")
        wait_for_heading(desk, f"Báo cáo: Năm {year}")
        document = pypdfium2.PdfDocument(io.BytesIO(desk.pdf(format="A4")))
        sizes = [tuple(round(side / MILLIMETRE) for side in page.get_size()) for page in document]
        assert set(sizes) == {(297, 210)}
        # What is printed over the margin is not on the paper.
        left, right = 8 * MILLIMETRE, 289 * MILLIMETRE
        texts = [page.get_textpage().get_text_bounded(left=left, right=right) for page in document]
        words = " ".join(texts).split()
        assert words.count(printed) == COLUMNS
        assert words.count(str(of_hamlet)) == COLUMNS * HAMLETS
        assert "Xã Yên Bình" in texts[0]
    add_households(database, world, 150)
    _expect_a_page_for_the_wall(desk, f"/desk/hamlets/{world.dong}/map")


def test_headings_are_on_each_page_of_a_report_of_many_hamlets(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    """A browser repeats them only if they take at most a quarter of the page."""
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    headings = [*("Cài VNeID" for _column in range(39)), *(LONG for _column in range(3))]
    closed = _closed(world, 2025, 23, 920, headings, hamlets=40)
    database.write(lambda session: session.add(closed))
    desk.goto("/desk/reports/2025")
    wait_for_heading(desk, "Báo cáo: Năm 2025")
    document = pypdfium2.PdfDocument(io.BytesIO(desk.pdf(format="A4")))
    texts = [page.get_textpage().get_text_bounded() for page in document]
    of_table = [text for text in texts if "Nà Pàn" in text]
    assert len(of_table) > 1
    assert min(text.count("VNeID") for text in of_table) == 39
    assert min(text.count("Mobile") for text in of_table) == 3
    assert sum(text.split().count("23") for text in of_table) == 42 * 40


def test_members_handbook_is_two_pages_of_a4_with_its_pictures(
    open_browser: Opener, server: Server, world: World
) -> None:
    desk = open_browser(DESKTOP).pages[0]
    desk.goto("/handbook")  # without an account
    _expect_two_pages(desk)
    desk_sign_in(desk)
    desk.goto("/desk/help/member")
    _expect_two_pages(desk)


def _expect_two_pages(desk: Page) -> None:
    wait_for_heading(desk, "Sổ tay tổ viên")
    document = pypdfium2.PdfDocument(io.BytesIO(desk.pdf(prefer_css_page_size=True)))
    assert [[round(side / MILLIMETRE) for side in page.get_size()] for page in document] == [[210, 297]] * 2
    first, second = (page.get_textpage().get_text_bounded() for page in document)
    assert first.startswith("Sổ tay tổ viên")
    assert "hoặc gọi tổ trưởng." in second
    images = [sum(one.type == IMAGE for one in page.get_objects()) for page in document]
    assert images == [3, 0]


def _expect_a_page_for_the_wall(desk: Page, address: str) -> None:
    """153 households with their numbers, and nobody's name."""
    desk.goto(address)
    wait_for_heading(desk, "Sơ đồ Thôn Đông")
    document = pypdfium2.PdfDocument(io.BytesIO(desk.pdf(prefer_css_page_size=True)))
    (printed,) = document
    assert [round(side / MILLIMETRE) for side in printed.get_size()] == [210, 297]
    text = printed.get_textpage().get_text_bounded()
    words = text.split()
    assert {str(number) for number in (5, 12, 14, *range(100, 250))} <= {*words}, text
    assert "Xã Yên Bình" in text
    assert "0 trên 153 hộ đã gặp · tính đến" in text
    assert "Chưa gặp: 153" in text
    assert not {"Nguyễn", "Trần", "Đặng", "Thử"} & {*words}


def _closed(
    world: World,
    year: int,
    of_hamlet: int,
    sum_of_all: int,
    headings: Sequence[str] = ("Đăng nhập Cổng dịch vụ công quốc gia",) * COLUMNS,
    hamlets: int = HAMLETS,
) -> ClosedPeriod:
    """A year as a commune of so many hamlets and columns has closed it."""
    columns = [[f"service.{n}", heading, "number"] for n, heading in enumerate(headings)]
    rows = [[world.dong, f"Thôn Nà Pàn {chr(65 + n)}", *[of_hamlet] * len(headings)] for n in range(hamlets)]
    return ClosedPeriod(
        commune_id=world.commune_id,
        id=f"closed-{year}",
        kind="year",
        code=str(year),
        first=date(year, 1, 1),
        last=date(year, 12, 31),
        closed_at=utc_now(),
        closed_by=world.binh,
        columns=[["hamlet", "Thôn", "text"], *columns],
        rows=[*rows, [None, "Toàn xã", *[sum_of_all] * len(headings)]],
        notes=[],
        remarks={},
        adjustments=[],
        printed_adjustments=[],
    )
