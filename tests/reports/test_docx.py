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
from app.reports.report_form.models import ReportForm
from app.reports.table import Remark
from tests.cases import cases
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


def test_pages_are_numbered_at_the_top_from_the_second_on_and_those_of_the_annex_anew(word: Any) -> None:
    letter, annex = word.sections
    header = letter.header.paragraphs[0]
    assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert [one.text for one in header._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert letter.different_first_page_header_footer
    assert letter.first_page_header.paragraphs[0].text == ""
    assert annex.header.is_linked_to_previous
    assert annex.different_first_page_header_footer
    starts = [one.get(qn("w:start")) for one in annex._sectPr.iter(qn("w:pgNumType"))]
    assert starts == ["1"]
    assert [*letter._sectPr.iter(qn("w:pgNumType"))] == []


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
        "III. Cách làm hay", "…" * 40, "Phụ lục",
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


def test_annex_says_to_which_report_it_belongs(word: Any) -> None:
    texts = [
        (one.text, {(run.bold, run.italic, run.font.size.pt) for run in one.runs}) for one in word.paragraphs
    ]
    at = [text for text, _looks in texts].index("Phụ lục")
    (_heading, heading), (title, bold), (belongs, italic) = texts[at : at + 3]
    assert heading == bold == {(True, False, 14)}
    assert title == "KẾT QUẢ HOẠT ĐỘNG CỦA TỔ CÔNG NGHỆ SỐ CỘNG ĐỒNG, THÁNG 11/2026"
    assert belongs.split() == (
        "(Kèm theo Báo cáo số /BC-UBND ngày tháng năm của Ủy ban nhân dân xã Yên Bình)".split()
    )
    assert italic == {(False, True, 14)}


@cases(
    "form, left, signers, body",
    [
        (
            ReportForm("chairman"),
            ["ỦY BAN NHÂN DÂN", "XÃ YÊN BÌNH"],
            ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"],
            "của Ủy ban",
        ),
        (
            ReportForm("deputy"),
            ["ỦY BAN NHÂN DÂN", "XÃ YÊN BÌNH"],
            ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"],
            "của Ủy ban nhân dân xã Yên Bình",
        ),
        (
            ReportForm("head"),
            ["ỦY BAN NHÂN DÂN", "XÃ YÊN BÌNH"],
            ["TL. CHỦ TỊCH", "TRƯỞNG PHÒNG"],
            "của Ủy ban",
        ),
        (
            ReportForm("department", "Phòng Văn hóa - Xã hội", "BC-VHXH"),
            ["ỦY BAN NHÂN DÂN", "XÃ YÊN BÌNH", "PHÒNG VĂN HÓA - XÃ HỘI"],
            ["TRƯỞNG PHÒNG"],
            "của Phòng Văn hóa - Xã hội)",
        ),
    ],
)
def test_form_says_who_writes_and_who_signs(
    form: ReportForm, left: list[str], signers: list[str], body: str
) -> None:
    word = _write(form)
    head, signature = word.tables[0], word.tables[2]
    assert head.rows[0].cells[0].text.split("\n")[: len(left)] == left
    assert f"/{form.series}" in head.rows[0].cells[0].text
    assert signature.rows[0].cells[1].text.split("\n")[: len(signers)] == signers
    (belongs,) = (one.text for one in word.paragraphs if one.text.startswith("(Kèm theo"))
    assert body in belongs
    assert f"/{form.series} " in belongs


def test_form_says_to_whom_it_goes_and_where_it_is_filed() -> None:
    one = ReportForm("chairman", addressees=("Sở Khoa học và Công nghệ",), receivers=("Đảng ủy xã",))
    several = ReportForm(
        "chairman", addressees=("Sở Khoa học và Công nghệ", "UBND tỉnh"), drafting_unit="VHXH"
    )
    texts = [paragraph.text for paragraph in _write(one).paragraphs]
    assert "Kính gửi: Sở Khoa học và Công nghệ" in texts
    receivers = _write(one).tables[2].rows[0].cells[0].text.split("\n")
    assert receivers == ["Nơi nhận:", "- Như trên;", "- Đảng ủy xã;", "- Lưu: VT."]
    texts = [paragraph.text for paragraph in _write(several).paragraphs]
    at = texts.index("Kính gửi:")
    assert texts[at + 1 : at + 3] == ["- Sở Khoa học và Công nghệ;", "- UBND tỉnh."]
    assert _write(several).tables[2].rows[0].cells[0].text.split("\n")[-1] == "- Lưu: VT, VHXH."


def _write(form: ReportForm) -> Any:
    return Document(io.BytesIO(write_docx(document(random_table(SEED), form=form))))
