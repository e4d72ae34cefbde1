"""The households that the days are about, in the order of the phone's list, and how far they are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

EAST, WEST = "thon-dong", "thon-tay"
STEP, FLOOR, ALLEY, RIDE = 22, 40, 170, 720  # seconds: next house, one floor, another alley, the other hamlet
FLATS, MARKET, NEW_STREET = "Chung cư Hòa Bình", "Chợ Đông", "Khu tái định cư"
_FLOORS, _FLATS_OF_A_FLOOR, _STALLS = 6, 8, 36
_FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()
_MIDDLE, _FIRST = (
    "Văn Thị Đức Minh Thanh Hữu".split(),
    "An Bình Cúc Dũng Hà Hải Hạnh Khoa Lâm Nga Phúc".split(),
)


@dataclass(frozen=True)
class House:
    """A household. `steps`: how far along its alley; `floor`: of a flat; `number`: it gave its telephone
    number."""

    id: str
    hamlet: str
    alley: str
    steps: int
    house_no: str
    name: str
    floor: int = 0
    number: str = ""


def walk(one: House, other: House) -> float:
    """Seconds from one household to another at a usual pace."""
    if one.hamlet != other.hamlet:
        return RIDE
    if one.alley != other.alley:
        return ALLEY
    return STEP * abs(one.steps - other.steps) + FLOOR * abs(one.floor - other.floor)


@dataclass(frozen=True)
class Place:
    """What a member has before them. `mine`: their part of the list, from where their earlier weeks ended;
    `before`: what they visited in these, in order; `hamlet`: all of their hamlet; `other`: the second hamlet;
    `colleagues`: the parts of four others.
    """

    mine: Sequence[House]
    before: Sequence[House]
    hamlet: Sequence[House]
    other: Sequence[House]
    colleagues: Mapping[str, Sequence[House]]

    @property
    def flats(self) -> list[House]:
        return [house for house in self.hamlet if house.alley == FLATS]

    @property
    def stalls(self) -> list[House]:
        return [house for house in self.hamlet if house.alley == MARKET]


def build(random: Random, hamlet: str, alleys: int) -> list[House]:
    """The households of a hamlet: alleys with houses on both sides, in the east also flats and stalls."""
    houses = [
        _house(random, hamlet, f"Ngõ {alley}", position // 2, str(position + 1 + 2 * (position > 9)))
        for alley in range(1, alleys + 1)
        for position in range(random.randint(18, 26))
    ]
    if hamlet == EAST:
        for floor in range(1, _FLOORS + 1):
            for flat in range(1, _FLATS_OF_A_FLOOR + 1):
                houses.append(_house(random, hamlet, FLATS, flat, f"{floor}0{flat}", floor))
        houses += [_house(random, hamlet, MARKET, stall, f"Ki-ốt {stall}") for stall in range(1, _STALLS + 1)]
    return houses


def new_street(random: Random, count: int) -> list[House]:
    """Households of a new street, which no list has yet."""
    return [_house(random, EAST, NEW_STREET, place, f"Lô {place}") for place in range(1, count + 1)]


def _house(random: Random, hamlet: str, alley: str, steps: int, house_no: str, floor: int = 0) -> House:
    name = " ".join(random.choice(part) for part in (_FAMILIES, _MIDDLE, _FIRST))
    number = f"09{random.randrange(10**8):08}" if random.random() < 0.4 else ""
    id = str(uuid.UUID(int=random.getrandbits(128), version=4))
    return House(id, hamlet, alley, steps, house_no, name, floor, number)
