"""No number of an identity card is stored, however it is written and whatever becomes of its operation."""

import random
import re
import unicodedata
from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app.core.db import Database, table_of
from app.fieldwork.visits.models import Visit
from tests.phone import Phone, new_id
from tests.world import World

NOTES = 200
# Zeros of scripts: as typed, full width, mathematical, Arabic, Thai, raised by their own list.
ZEROS = ("0", "０", "𝟎", "𝟬", "٠", "๐")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
SIGNS = (" ", ".", "-", "–", "_", "/", "·", " - ", ". ", "\n", "\u200b", "'", "*", ",", "   ", ")(")
GROUPS = {9: ([9], [3, 3, 3], [1] * 9, [2, 3, 4]), 12: ([12], [3] * 4, [4] * 3, [1] * 12, [6, 6])}
BEFORE = ("CCCD ", "số", "cmnd:", "Ông Đức (", "12/03/2026 ", "Gọi 0912 345 678, cccd ", "nhà 12B. ", "")
AFTER = ("", " 2 người", ", hẹn 24/11/2026", ") đã cài", "x", " và 0987654321")
UNTOUCHED = [
    "Gọi 0912 345 678 sau 17 giờ",
    "0912345678 hoặc 0987.654.321",
    "+84 912 345 678, nhà 12/34/5",
    "Hẹn 24/11/2026, 9 giờ, số 491/13/25/7A",
    "ngày 1/12/2026 - 5 hộ: 12, 15, 18, 20, 22, 9",
]


def hostile(seed: int) -> Iterator[tuple[str, str]]:
    """Notes, each with the digits of the number in it."""
    dice = random.Random(seed)
    for _ in range(NOTES):
        length = dice.choice((9, 12))
        digits = "0" + "".join(dice.choices("0123456789", k=length - 1))
        written, sign, rest = [], dice.choice(SIGNS), digits
        for size in dice.choice(GROUPS[length]):
            written.append(_in_script(dice, rest[:size]))
            rest = rest[size:]
        yield dice.choice(BEFORE) + sign.join(written) + dice.choice(AFTER), digits


def _in_script(dice: random.Random, digits: str) -> str:
    if dice.randrange(8) == 0:
        return "".join(RAISED[int(digit)] for digit in digits)
    zero = ord(dice.choice(ZEROS))
    return "".join(chr(zero + int(digit)) for digit in digits)


def test_two_hundred_hostile_notes(lan: Phone, world: World, database: Database) -> None:
    written = list(hostile(seed=31))
    for start in range(0, NOTES, 20):
        ops = [_operation(lan, world, n, note) for n, (note, _) in enumerate(written[start : start + 20])]
        first = lan.send(*ops).json()["results"]
        assert {one["status"] for one in first} == {"applied", "quarantined", "rejected"}
        stored = [one for one in first if one["status"] in ("applied", "quarantined")]
        again = lan.send(*ops).json()["results"]
        assert [one["status"] for one in again if one["op_id"] in {each["op_id"] for each in stored}] == [
            "duplicate" if one["status"] == "applied" else "quarantined" for one in stored
        ]
    database.read(lambda session: _expect_none(session, [digits for _, digits in written]))


def _operation(lan: Phone, world: World, number: int, note: str) -> dict[str, object]:
    """Visits, households and sessions; some wait for a household, are refused, or are of a newer app."""
    match number % 8:
        case 0:
            name = {"id": new_id(), "hamlet_id": world.dong, "head_name": note, "house_no": "", "alley": ""}
            return lan.op("household.add", name)
        case 1:
            return lan.visit(new_id(), note=note)  # waits for its household
        case 2:
            return lan.visit(world.duc, note=note, services=[])  # refused
        case 3:
            return lan.visit(world.duc, note="Đã cài", more={"texts": [note]})  # of a newer app
        case 4:
            place = {"id": new_id(), "hamlet_id": world.dong, "place": note, "services": ["vneid_install"]}
            return lan.op("outreach.record", place | {"people": 20, "held_on": lan.now.date().isoformat()})
        case _:
            return lan.visit(world.duc, note=note)


def _expect_none(session: Session, numbers: list[str]) -> None:
    """None of the numbers is in any text of any table, its signs left out."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        for row in session.execute(select(table)).mappings():
            text = _digits_of(" | ".join(str(value) for name, value in row.items() if "hash" not in name))
            found += [(table.name, number) for number in numbers if number in text]
    assert found == []


def _digits_of(text: str) -> str:
    """Its digits, those that are separated by letters apart."""
    text = re.sub(r"\\u[0-9a-f]{4}", lambda code: chr(int(code[0][2:], 16)), text)
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))


def test_telephone_numbers_dates_and_house_numbers_stay(lan: Phone, world: World, database: Database) -> None:
    visits = [lan.visit(world.duc, note=note) for note in UNTOUCHED]
    lan.exchange(*visits)
    table = table_of(Visit)
    notes = database.read(lambda session: set(session.scalars(select(table.c.note)).all()))
    assert notes == set(UNTOUCHED)


def test_phone_gets_the_masked_row_of_an_older_app(lan: Phone, world: World) -> None:
    (result,) = lan.exchange(lan.visit(world.duc, note="CCCD 001 085 012 345"))["results"]
    assert result["row"]["note"] == "CCCD ••••••••••••"
