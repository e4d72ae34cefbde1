"""What of a guide can become untrue rests on a fact, or the guide is not loaded."""

from datetime import date
from pathlib import Path

import pytest

from app.commune.guides import library
from app.commune.guides.statements import statement_problems
from app.core.law.facts import facts
from tests.cases import cases

_RESTS = "\n:::luat portal"  # in force since 20/07/2026
_HEAD = "title: Việc\ngroup: team\nposition: 1\n\n"


def _problems(body: str) -> list[str]:
    """What is wrong beside that the text names no fact at all."""
    return list(statement_problems(f"{body}\n\n{_RESTS.strip()}"))


@cases(
    "line",
    [
        "Hạn cuối 31/12/2026.",
        "1. Từ tháng 8/2026 đổi được.",
        "- Nộp **22.000** đồng.",
        "Sau 60 ngày thì khóa.",
        "Sim dùng trên ba tháng.",
        "Gọi [156](tel:156).",
        "> Ai cũng phải liên kết.",
        "Việc này bắt buộc.",
        "Nơi khám không được đòi bản giấy.",
        "Làm trực tuyến thì không mất lệ phí.",
        "Giấy tờ hết hạn thì tài khoản dừng.",
        "Không phải nộp tiền.",
        "### Có phải nộp 22.000 đồng không?",
        ":::buoc tien Đọc số tiền\nKhông quá 10 triệu.\n:::",
        ":::buoc tien Phải nộp\nXem trước.\n:::",
    ],
)
def test_line_without_a_fact_under_it_is_named(line: str) -> None:
    (problem,) = _problems(f"{line}\n\nMột câu nữa.")
    said = " ".join(line.replace(":::buoc tien", "").removesuffix(":::").split())
    assert problem == f"no fact stands under “{said}”"


@cases(
    "line",
    [
        "1. Mở VNeID mức 2, đọc kỹ.",
        "Mức 1 tự đăng ký. Xem [Làm mức 2](/field/guides/vneid_level_2).",
        "### Có phải nộp tiền không?",
        "Không vội. Gọi cho con, ra công an nơi ở.",
        "Mỗi tháng một lần, năm nay cũng vậy.",
        ":::buoc xong Xong\nTự bấm.\n:::",
    ],
)
def test_line_that_says_nothing_that_changes_needs_no_fact(line: str) -> None:
    assert _problems(line) == []


def test_each_number_of_a_line_is_in_the_facts_under_it() -> None:
    assert _problems(f"Từ 20/7/2026 phải nộp ở Cổng.{_RESTS}\nMột câu.") == []
    assert _problems(f":::buoc xong Nộp\nTừ 20/07/2026.\n:::{_RESTS}") == []
    (problem,) = _problems(f"Từ 21/07/2026, trong 3 ngày.{_RESTS}")
    assert problem == "“Từ 21/07/2026, trong 3 ngày.” says 21, 3, and its facts do not"


def test_guide_of_the_project_without_a_fact_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "FOLDER", tmp_path)
    guide = tmp_path / "fee.md"
    guide.write_text(f"{_HEAD}Phí 5.000 đồng.\n", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"fee\.md: it names no fact .*; no fact stands under “Phí 5\.000 đồng\.”"
    ):
        library.library.__wrapped__()
    guide.write_text(f"{_HEAD}Đọc kỹ.\n:::luat nghi_dinh_9\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"fee\.md: no fact is called nghi_dinh_9"):
        library.library.__wrapped__()
    guide.write_text(f"{_HEAD}Đọc kỹ.{_RESTS}\n", encoding="utf-8")
    assert list(library.library.__wrapped__()) == ["fee"]


def test_guide_bears_the_day_of_its_oldest_fact() -> None:
    for guide in library.library().values():
        assert guide.facts_on == min(
            fact.checked for fact in facts().values() if fact.code in guide.body.split()
        )
    assert library.library()["bills"].facts_on == date(2026, 11, 27)
    assert library.library()["sim_verify"].facts_on == date(2026, 12, 3)
