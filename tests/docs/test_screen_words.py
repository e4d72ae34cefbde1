"""Screens use the words of the glossary: one for each decision of a review, and no commune is called a xã."""

import re
from collections.abc import Iterator

from tests.cases import cases
from tests.docs.sources import CODE, ROOT

_STRING = re.compile(r'\b(?:_|lazy)\(\s*"((?:[^"\\]|\\.)*)"')
_FOLDERS = ("app/web", "app/cli", "app/sync", "templates", "static/field", "static/desk")
# What screens said before, and what they say instead.
OLD_WORDS = {
    "Hợp lệ": "Duyệt, Đã duyệt",
    "Được duyệt": "Đã duyệt",
    "Máy chủ nhận": "… gửi về, Gửi về lúc",
    "Có từ": "Nguồn",
    "Biết từ": "Phát hiện lúc",
    "Không liên lạc đã": "Đã … ngày không liên lạc",
    "Việc có thể làm": "Thao tác",
    "Hẹn lại": "Hẹn quay lại",
    "Mới hướng dẫn": "Chỉ cách, chưa làm",
    "Đã có sẵn": "Đã có từ trước",
    "Chuyển nơi giải quyết": "Chỉ sang nơi khác làm",
    "ệp dự phòng": "Tệp nhờ gửi hộ",
    "Rút lượt": "Bỏ lượt ghi nhầm",
    "Rút buổi": "Bỏ buổi ghi nhầm",
    "Rút ý kiến": "Bỏ ý kiến này",
    "Đã rút": "Đã bỏ",
}
# At the end of a syllable the tone of *oa*, *oe*, *uy* stands on the first vowel, as in laws: hóa, khỏe, ủy.
_OLD_SPELLING = re.compile(r"(?<!q)(?:o[àáảãạèéẻẽẹ]|u[ỳýỷỹỵ])(?!\w)", re.IGNORECASE)
_TEXTS = ("app/commune/guides/texts", "app/reports/papers/texts")
# The step of a quarantined record has this exact label, and commands name both kinds.
_NAMES_XA = ("Chờ xã xử lý", "xã, phường", "Xã, phường", "CỘNG HÒA XÃ HỘI")


@cases("old", OLD_WORDS)
def test_no_screen_says_an_old_word(old: str) -> None:
    assert [f"{where}: {text}" for where, text in read_strings() if old in text] == [], OLD_WORDS[old]


def test_no_screen_calls_every_commune_a_xa() -> None:
    """It may be a phường or a đặc khu."""
    said = [
        f"{where}: {text}"
        for where, text in read_strings()
        if re.search(r"\bxã\b", text, re.IGNORECASE)
        and not any(name in text.replace("Xã", "xã") for name in _NAMES_XA)
    ]
    assert said == []


def test_no_text_is_spelled_in_two_ways() -> None:
    texts = [(str(file), file.read_text("utf-8")) for folder in _TEXTS for file in (ROOT / folder).iterdir()]
    found = [(where, text) for where, text in (*read_strings(), *texts) if _OLD_SPELLING.search(text)]
    assert (found, len(texts) > 30) == ([], True)


@cases(
    "text, is_old",
    [
        ("hoá đơn", True),
        ("khoẻ", True),
        ("Uỷ ban", True),
        ("hóa", False),
        ("hoàn", False),
        ("quý, quỹ", False),
    ],
)
def test_spelling_is_told_by_the_tone(text: str, is_old: bool) -> None:
    assert bool(_OLD_SPELLING.search(text)) == is_old


def test_strings_of_all_sides_are_read() -> None:
    found = {text for _where, text in read_strings()}
    assert {"Duyệt", "Đã duyệt", "Đã trả lại", "Chờ xã xử lý", "Lưu"} <= found


def read_strings() -> Iterator[tuple[str, str]]:
    """Every text in `_()` or `lazy()` with its file."""
    for folder in _FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.suffix in {*CODE, ".html"} and "dist" not in file.parts:
                where = file.relative_to(ROOT).as_posix()
                yield from ((where, text) for text in _STRING.findall(file.read_text(encoding="utf-8")))
