"""*Giấy tờ*: every paper opens, is filled in as far as is known, and names the law that it rests on."""

import io
import re
from dataclasses import replace
from datetime import date

import pytest
from docx import Document
from docx.shared import Mm

from app.commune.guides.fact_lines import fact_codes
from app.commune.guides.library import library
from app.core.law.facts import facts
from app.reports.papers.figures import ListBasis
from app.reports.papers.filling import DOTS
from app.reports.papers.library import FOLDER, all_papers, papers
from app.review.citizen_requests.deadlines import KINDS, term_of
from tests.cases import cases
from tests.reports.papers.drafts import COMMUNE, texts, write

CODES = list(papers())
ALL = list(all_papers())
NEEDED = "information rights record breach article_19 officer host level rules impact"
ONE_PAGE = 2_800  # characters of the information sheet: more were two pages in LibreOffice


def test_every_paper_is_there_the_most_needed_first() -> None:
    assert NEEDED.split() == CODES


@cases("code", ALL)
def test_paper_is_whole(code: str) -> None:
    """It opens, on A4, with its title and parts, and nothing is left to be filled in by a program."""
    paper, content = all_papers()[code], write(code)
    section = Document(io.BytesIO(content)).sections[0]
    assert section.page_width
    assert abs(section.page_width - Mm(210)) < Mm(1)
    shown = texts(content)
    assert re.search(r"[{}\[\]]|None", shown) is None
    parts = re.findall(r"^#+ ([^{}\n]*)$", paper.body, re.MULTILINE)
    assert [part for part in (paper.kind, paper.title, *parts) if part not in shown] == []
    assert ("DỰ THẢO" in shown) == bool(paper.number)
    assert "Hoàng Văn Bình lập dự thảo từ Từng Nhà lúc 09:00 01/12/2026" in shown


@cases("code", ALL)
def test_paper_lists_the_law_that_it_names(code: str) -> None:
    """Each with its act, article, since when, and the day on which it was checked."""
    shown = texts(write(code))
    cited = set(re.findall(r"\{fact (\w+)\}", all_papers()[code].body))
    assert cited, "a paper rests on law"
    for fact in (facts()[one] for one in cited):
        assert fact.citation in shown
        since = f"{fact.act.in_force:%d/%m/%Y}" if fact.act.in_force else "…………"
        row = f"{fact.act.name} | {fact.article} | {fact.says} | {since} | {fact.checked:%d/%m/%Y}"
        line = f"{fact.citation} (hiệu lực từ {since}, kiểm tra ngày {fact.checked:%d/%m/%Y}"
        assert row in shown or line in shown
        assert fact.source == "G" or f"{row}, theo nguồn thứ cấp" in shown


def test_every_fact_is_used() -> None:
    sources = "".join(
        path.read_text("utf-8") for path in FOLDER.parent.rglob("*") if path.suffix in {".md", ".toml"}
    )
    in_guides = {code for guide in library().values() for code in fact_codes(guide.body)}
    assert {code for code in facts() if f"{{fact {code}}}" not in sources} <= in_guides


def test_texts_type_no_term_of_law() -> None:
    """Hours and days come from the code that counts by them."""
    for path in FOLDER.glob("*.md"):
        found = re.findall(r"\d+ (?:giờ|ngày|phút|ký tự)", path.read_text("utf-8"))
        assert set(found) <= {"1 giờ"}, path.name


def test_procedure_has_the_terms_of_the_clocks() -> None:
    shown = texts(write("rights"))
    rows = re.findall(r"^.* \| (\d+) ngày \| (\d+) ngày \| (\d+) ngày$", shown, re.MULTILINE)
    terms = [term_of(kind) for kind in KINDS]
    assert rows == [(str(one.usual), str(one.with_others), str(one.extension)) for one in terms]
    assert "trong 2 ngày làm việc kể từ ngày nhận" in shown


def test_breach_has_the_hours() -> None:
    shown = texts(write("breach"))
    assert "các nội dung của Mẫu 08 | 72 giờ | Cơ quan chuyên trách" in shown
    assert "Báo cáo sự cố an ninh mạng nghiêm trọng | 24 giờ | Bộ Công an" in shown


def test_papers_have_the_figures_of_the_instance() -> None:
    shown = texts(write("record"))
    for figure in ("2.034 hộ ở 12 thôn", "187 hộ có số", "38 người, 35 máy", "https://tham-ho.example"):
        assert figure in shown
    assert "lượt thăm trong 61 ngày; máy không liên lạc 60 ngày" in shown
    assert f"Đơn vị vận hành máy chủ: {DOTS}." in shown, "nobody has said who runs it"


def test_what_an_operator_typed_is_printed_as_it_is() -> None:
    shown = texts(write("record", host="Trung tâm {basis} *A* <b>"))
    assert "Đơn vị vận hành máy chủ: Trung tâm {basis} *A* <b>." in shown


@pytest.mark.parametrize(
    ("stated", "seen", "sentence"),
    [
        ("yes", "encrypted", "khai dữ liệu lưu trữ đã được mã hóa (máy chủ thấy phân vùng mã hóa)"),
        (
            "no",
            "unknown",
            "khai dữ liệu lưu trữ CHƯA được mã hóa (máy chủ không xem được việc này); phải mã hóa",
        ),
        (
            "",
            "not_seen",
            "chưa khai dữ liệu lưu trữ có được mã hóa hay không (máy chủ không thấy phân vùng mã hóa",
        ),
    ],
)
def test_papers_say_whether_the_disk_is_encrypted(stated: str, seen: str, sentence: str) -> None:
    for code in ("record", "host", "level", "rules", "article_19", "impact", "server_level"):
        assert sentence in texts(write(code, is_encrypted=stated, seen=seen)), code


def test_basis_of_the_list_is_stated_or_left_to_be_ticked() -> None:
    unknown = texts(write("record"))
    assert "chưa nêu, đánh dấu một ô: ☐ sự đồng ý của hộ" in unknown
    assert "☐ không cần sự đồng ý (điểm c khoản 1 Điều 19 Luật 91/2025/QH15)" in unknown
    stated = texts(write("record", ListBasis("task", "Hoàng Văn Bình", date(2026, 11, 3))))
    article = "(điểm c khoản 1 Điều 19 Luật 91/2025/QH15)"
    assert f"không cần sự đồng ý {article}, Hoàng Văn Bình xác định ngày 03/11/2026." in stated
    assert "☐ sự đồng ý" not in stated


def test_retention_is_a_table_or_lines_to_fill_in() -> None:
    assert "…" * 33 in texts(write("record"))
    terms = (("Dữ liệu", "Lưu trong"), ("Ghi chú", "24 tháng"))
    shown = texts(write("record", retention=terms))
    assert "Ghi chú | 24 tháng" in shown
    assert "…" * 33 not in shown


@pytest.mark.parametrize(
    ("communes", "level", "owner"),
    [
        (1, "cấp độ 2", "Ủy ban nhân dân xã Yên Bình, tỉnh Lạng Sơn"),
        (37, "cấp độ 3", "………… (cơ quan của tỉnh: máy"),
    ],
)
def test_level_follows_from_how_many_communes_share_the_server(communes: int, level: str, owner: str) -> None:
    shown = texts(write("level", communes=communes))
    assert f"Đề xuất: {level}" in shown
    assert owner in shown.partition("Đơn vị vận hành")[0]
    assert ("yêu cầu thêm của cấp độ 3" in shown) == (communes > 1)


def test_information_sheet_fits_a_page() -> None:
    host = "Trung tâm dữ liệu của Sở Khoa học và Công nghệ tỉnh, số 1 đường Thử, phường Thử"
    assert len(texts(write("information", host=host))) <= ONE_PAGE


def test_impact_assessment_says_who_does_not_need_it() -> None:
    shown = texts(write("impact"))
    assert "cơ quan nhà nước có thẩm quyền không phải lập hồ sơ đánh giá tác động (khoản 6" in shown
    assert "Một đơn vị tư nhân vận hành hệ thống thì không được miễn" in shown


@cases("code", CODES)
def test_no_paper_calls_every_commune_a_xa(code: str) -> None:
    """It may be a phường or a đặc khu."""
    ward = replace(COMMUNE, commune="phường Tam Thanh", kind="phường", place="Tam Thanh")
    shown = texts(write(code, commune=ward)).replace("CỘNG HÒA XÃ HỘI", "").replace("mạng xã hội", "")
    assert "hường Tam Thanh" in shown or "PHƯỜNG TAM THANH" in shown
    assert re.findall(r"\bxã\b(?!, phường)", shown, re.IGNORECASE) == []
