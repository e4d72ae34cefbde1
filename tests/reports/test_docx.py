"""The layout of the Word file: Nghị định 30/2020/NĐ-CP, phụ lục I."""

import io
from datetime import date
from typing import Any

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn

from app.reports.forms.docx import write_docx
from app.reports.table import Remark
from tests.reports.tables import document, random_table

SEED = 5  # more columns than one part of the annex has


@pytest.fixture(scope="module")
def word() -> Any:
    difficulties = (Remark(date(2026, 11, 3), "Hoàng Văn Bình", "Sóng yếu ở Pác Mỏ."),)
    return Document(io.BytesIO(write_docx(document(random_table(SEED), difficulties=difficulties))))


def _mm(length: Any) -> int:
    mm: float = length.mm
    return round(mm)


def test_pages_are_a4_with_the_margins_of_the_decree(word: Any) -> None:
    letter, annex = word.sections
    assert (_mm(letter.page_width), _mm(letter.page_height)) == (210, 297)
    assert (_mm(annex.page_width), _mm(annex.page_height)) == (297, 210)
    assert annex.orientation == WD_ORIENT.LANDSCAPE
    for section in word.sections:
        margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
        assert [_mm(margin) for margin in margins] == [20, 20, 30, 15]


def test_letters_are_times_new_roman_of_13_or_14_points(word: Any) -> None:
    style = word.styles["Normal"]
    fonts = style.element.rPr.rFonts
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "cs", "eastAsia")} == {
        "Times New Roman"
    }
    runs = [run for paragraph in word.paragraphs for run in paragraph.runs if run.text.strip()]
    assert {run.font.name for run in runs} == {None}, "no run has another font"
    assert {run.font.size.pt for run in runs if "xuất từ Từng Nhà" not in run.text} <= {13, 14}


def test_pages_are_numbered_at_the_top_from_the_second_on(word: Any) -> None:
    letter, annex = word.sections
    header = letter.header.paragraphs[0]
    assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert [one.text for one in header._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert letter.different_first_page_header_footer
    assert letter.first_page_header.paragraphs[0].text == ""
    assert annex.header.is_linked_to_previous
    assert not annex.different_first_page_header_footer


def test_number_date_and_signature_are_empty(word: Any) -> None:
    head, signature = word.tables[0], word.tables[2]
    left, right = (cell.text.split("\n") for cell in head.rows[0].cells)
    assert left[:2] == ["ỦY BAN NHÂN DÂN", "XÃ YÊN BÌNH"]
    assert [line.replace(" ", "") for line in left[3:]] == ["Số:/BC-UBND", "DỰTHẢO"]
    assert right[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right[3].split() == ["Yên", "Bình,", "ngày", "tháng", "năm"]
    assert all(run.italic for run in head.rows[0].cells[1].paragraphs[3].runs)
    receivers, signer = (cell.text.split("\n") for cell in signature.rows[0].cells)
    assert receivers == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert signer[0] == "TM. ỦY BAN NHÂN DÂN"
    assert "".join(signer[1:]).strip() == ""


def test_letter_has_the_parts_of_a_report_in_their_order(word: Any) -> None:
    texts = [paragraph.text for paragraph in word.paragraphs]
    expected = [
        "BÁO CÁO", "Kết quả hoạt động của Tổ công nghệ số cộng đồng, Tháng 11/2026", "I. Kết quả",
        "II. Khó khăn, kiến nghị", "- Sóng yếu ở Pác Mỏ. (Hoàng Văn Bình, 03/11/2026)",
        "III. Cách làm hay", "…" * 40, "PHỤ LỤC",
    ]  # fmt: skip
    positions = [texts.index(text) for text in expected]
    assert positions == sorted(positions)
    assert any(text.startswith("Kính gửi:") for text in texts)


def test_figures_of_the_commune_stand_in_the_letter(word: Any) -> None:
    table = random_table(SEED)
    shown = [[cell.text for cell in row.cells] for row in word.tables[1].rows]
    assert shown[0] == ["Nội dung", "Xã Yên Bình"]
    assert [line[0] for line in shown[1:]] == [column.heading for column in table.columns[1:]]
    totals = ["–" if cell is None else f"{cell:,}".replace(",", ".") for cell in table.rows[-1].cells[1:]]
    assert [line[1] for line in shown[1:]] == totals
