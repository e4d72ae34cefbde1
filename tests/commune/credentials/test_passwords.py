"""Which passwords may be chosen."""

import unicodedata

from app.commune.credentials import passwords
from app.commune.credentials.passwords import COMMON, LONG, OWN_NAME, OWN_PLACE, SHORT, UNPRINTABLE, refusal
from tests.cases import cases

BINH = ("Hoàng Văn Bình", "binh.hv")
PLACES = ("xã Yên Bình", "Tỉnh Lào Cai", "Thôn Đông", "Thôn Tây")


@cases(
    "password, reason",
    [
        ("cá kho tộ ngon", ""),
        ("trâu-gặm-cỏ-47", ""),
        ("9Xv!mQ2#tLw8", ""),
        ("かぎをかけて忘れないでね", ""),
        ("", SHORT),
        ("mười một ký", SHORT),
        ("x" * 201, LONG),
        ("trâu gặm\x00 cỏ non", UNPRINTABLE),
        ("trâu gặm\ncỏ non", UNPRINTABLE),
        ("Hoàng Văn Bình", OWN_NAME),
        ("hoangvanbinh1985", OWN_NAME),
        ("binh.hv binh.hv", OWN_NAME),
        ("matkhau123456", COMMON),
        ("Mật khẩu 2026!", COMMON),
        ("Anh yêu em nhiều lần"[:11] + "111", COMMON),
        ("qwertyuiop[]12", COMMON),
        ("Password2026!", COMMON),
        ("123456789012", COMMON),
        ("0900000001 0900000002", COMMON),
        ("ababababababab", COMMON),
        ("vietnamvodich", COMMON),
        ("binh yeu vietnam", COMMON),
        ("1qaz2wsx3edc", COMMON),
        ("!QAZ@WSX3edc", COMMON),
        ("zxcvfr45tgbhu8", COMMON),
        ("qwer matkhau", COMMON),
        ("poiuytmatkhau", COMMON),
        ("tre thom lua", ""),
        ("fred was here we go", ""),
        ("Xã Yên Bình 2026", OWN_PLACE),
        ("yenbinh@thondong", OWN_PLACE),
        ("Bình Thôn Đông", OWN_PLACE),
        ("thondong1qaz2wsx", COMMON),
        ("thôn đông yêu em", COMMON),
    ],
)
def test_a_password_is_long_and_not_easily_guessed(password: str, reason: str) -> None:
    assert refusal(password, *BINH, places=PLACES) == reason


def test_characters_are_counted_composed() -> None:
    eleven = unicodedata.normalize("NFD", "ậậậậậậ ỡẫễy")
    assert len(eleven) > passwords.MIN_LENGTH
    assert refusal(eleven, *BINH) == SHORT


def test_the_list_is_small_letters_without_accents() -> None:
    words = passwords.common_words()
    assert 300 < len(words) < 5_000
    assert [word for word in words if not (word.isascii() and word.isalpha() and word.islower())] == []


def test_single_letters_are_no_words() -> None:
    assert [word for word in passwords.common_words() if len(word) < 2] == []
