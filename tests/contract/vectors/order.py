"""Writes order.txt.gz: 20,000 invented addresses and names in the order in which lists show them.

A line is `<` or `=` (whether it sorts after the line before or beside it), then alley, house number and name,
or a name alone, with tabs between. `tests/core/test_order.py` and `tests/field/core/order.test.js` compare
every two lines that are neighbours. After a change of the order: ``python -m tests.contract.vectors.order``.
"""

import gzip
import random
import unicodedata
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from app.core.text import by_address, by_given_name

FILE = Path(__file__).with_name("order.txt.gz")
ADDRESSES, NAMES = 14_000, 6_000
SEED = 20261130

FAMILIES = """Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Lò Giàng Vàng Sùng Y
    H'Wen K'Brê Triệu Âu Ông Ưng Ẩm Ôn Ăn""".split()
MIDDLE = ["Văn", "Thị", "Đức", "A", "Ngọc", "Minh", "Thị Hoài", "Xuân", "", "Bá", "Thị  Kim", "Đình"]
SYLLABLES = """an ăn ân anh ánh ảnh bình bính đức dũng dương đạt em hà hạ hoa hòa hoà hoá hóa hoả hỏa hỡi hợi
    huy huỷ hủy khuê khuế lan ma mà mả mã má mạ mạc mai mái ngân ngần o ô ơ ốc ớt quý quí quỳ quỷ sơn sớn
    tâm tấm thuỷ thủy thúy thuý tiên tiến tuyền tuyển u ư ứng xuyến y ý yên niê fò jut wen za Ä é ñ 田 𠀋
    ɓ""".split()
ALLEYS = """Ngõ_3 ngõ_3 Ngõ_03 Ngõ_12 Ngách_12/4 Ngách_12/40 Hẻm_7 Xóm_Chùa Xóm_Đình xóm_đình Tổ_1 Tổ_2 Tổ_10
    Đầu_làng Cuối_làng Gần_giếng Ấp_Bắc Đội_5,_cạnh_đê Sau_chợ_(cũ) Phố_Huyện Bờ_hồ Bản_Nà_Ư đường_19/5
    Ngõ_١٢ Khu_tập_thể_A2 Khu_tập_thể_B""".split()
NUMBERS = """_ _ 1 2 9 10 12 12A 12a 12B 012 12/3 12/3A 12-14 100 101_B A1 A12 Lô_5 Nhà_7 20_ngõ_3 1234567890
    số_8 8_(sau) ½ 3² Ⅳ १२""".split()


def main() -> None:
    lines = [*_marked(sorted(_addresses(), key=lambda one: (by_address(*one), one)), by_address)]
    lines += _marked(sorted(_names(), key=lambda one: (by_given_name(*one), one)), by_given_name)
    with gzip.GzipFile(FILE, "wb", mtime=0) as file:
        file.write("".join(f"{line}\n" for line in lines).encode())


def _addresses() -> set[tuple[str, ...]]:
    dice = random.Random(SEED)
    found: set[tuple[str, ...]] = set()
    while len(found) < ADDRESSES:
        alley = "" if dice.random() < 0.2 else dice.choice(ALLEYS).replace("_", " ")
        number = (
            dice.choice(NUMBERS).replace("_", " ").strip()
            if dice.random() < 0.5
            else str(dice.randrange(1, 300))
        )
        found.add((_typed(alley, dice), number, _name(dice)))
    return found


def _names() -> set[tuple[str, ...]]:
    dice = random.Random(SEED + 1)
    found: set[tuple[str, ...]] = set()
    while len(found) < NAMES:
        found.add((_name(dice),))
    return found


def _name(dice: random.Random) -> str:
    personal = [dice.choice(SYLLABLES) for _ in range(dice.choice((1, 1, 2)))]
    words = [dice.choice(FAMILIES), dice.choice(MIDDLE), *(word[:1].upper() + word[1:] for word in personal)]
    return _typed(" ".join(words), dice)


def _typed(text: str, dice: random.Random) -> str:
    """As a few people type it: in capitals or small letters, decomposed, with a sign."""
    kind = dice.random()
    if kind < 0.04:
        return text.upper()
    if kind < 0.08:
        return text.lower()
    if kind < 0.12:
        return unicodedata.normalize("NFD", text)
    return text + dice.choice((".", " (con)", "’", " 2")) if kind < 0.14 else text


def _marked(ordered: list[tuple[str, ...]], key: Callable[..., bytes]) -> list[str]:
    keys = [key(*one) for one in ordered]
    same = [False, *(one == other for one, other in pairwise(keys))]
    return ["\t".join(("=" if is_same else "<", *one)) for is_same, one in zip(same, ordered, strict=True)]


if __name__ == "__main__":
    main()
