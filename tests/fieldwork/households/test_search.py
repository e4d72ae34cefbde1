"""A search by words finds the households that a look at every label finds, whatever changed before it."""

import random
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.commune.accounts.access import Actor
from app.core.db import Database
from app.core.feed import feed
from app.core.text import fold, has_words, search_text, words_to_find
from app.fieldwork.households.models import Household
from app.fieldwork.households.search import find_household_ids
from tests.world import World

FAMILIES = "Nguyễn Trần Lê Vũ Hà Hồ Đặng Vi Lò Mông Hoàng".split()
MIDDLE = ["Văn", "Thị", "Đình", "Thị Ngọc", ""]
NAMES = "Đức Ước Mai Lan Loan Lân Hà Vũ Lê Bá Anh Ông Long Đông Hoa Páo Sim Thử".split()
NUMBERS = ["", "2", "17", "12A", "12/3", "12B-3", "12/A", "217", "số 17", "7"]
ALLEYS = ["", "Ngõ 3", "ngõ 31", "Ngõ 12/5", "Xóm Giếng", "Gốc đa – Đình", "Hẻm 3", "To 2"]
TITLES = ["nhà", "hộ", "ông", "bà", "anh", "nhà ông", "số", "so nha", "Bác"]
SEARCHES, EACH, HOUSEHOLDS = 5_000, 100, 250
_folded = cache(search_text)


def actor_of(world: World) -> Actor:
    return Actor(world.commune_id, "binh", "Bình", "supervisor")


def invented(numbers: random.Random) -> dict[str, Any]:
    name = " ".join(filter(None, (numbers.choice(FAMILIES), numbers.choice(MIDDLE), numbers.choice(NAMES))))
    return {"head_name": name, "house_no": numbers.choice(NUMBERS), "alley": numbers.choice(ALLEYS)}


def typed(numbers: random.Random, labels: list[str]) -> str:
    """What somebody types: words of a label or other ones, whole, begun or from within; with accents or
    without; with or without a form of address."""
    source = numbers.choice([*labels, " ".join(NAMES), " ".join(NUMBERS), "12 a3 ngo3 xyz"])
    words = numbers.sample(source.split(), k=min(numbers.randint(1, 3), len(source.split())))
    cut = [word[numbers.choice((0, 0, 0, 1)) :][: numbers.choice((1, 2, 3, 9))] for word in words]
    if numbers.random() < 0.2:
        cut.insert(numbers.randint(0, 1), numbers.choice(TITLES))
    text = numbers.choice((" ", " ", " ", "/", ", ")).join(cut)
    return numbers.choice((text, fold(text), text.upper()))


def label_of(household: Household) -> str:
    return f"{household.head_name} {household.house_no} {household.alley}"


def looked_through(households: Iterable[Household], words: str) -> tuple[str, ...]:
    """Each label compared by itself."""
    labels = {one.id: _folded(label_of(one)) for one in households}
    wanted = words_to_find(words, labels.values())
    return tuple(sorted(id for id, label in labels.items() if has_words(label, wanted)))


def change_some(database: Database, world: World, numbers: random.Random, round: int) -> None:
    """Add, rename, move, merge and delete a few households, as phones, supervisors and undone imports do."""

    def work(session: Session) -> None:
        added = [
            Household(
                commune_id=world.commune_id, id=f"h{round}-{n}", hamlet_id=world.dong, **invented(numbers)
            )
            for n in range(HOUSEHOLDS if round == 0 else numbers.randint(0, 2))
        ]
        feed(session, world.commune_id, added)
        session.add_all(added)
        session.flush()
        rows = session.exec(select(Household).where(col(Household.id).startswith("h"))).all()
        renamed = numbers.sample(rows, k=numbers.randint(0, 2))
        for one in renamed:
            one.sqlmodel_update(invented(numbers))
        merged = numbers.sample([one for one in rows if one not in renamed], k=numbers.randint(0, 1))
        for one in merged:
            one.merged_into, one.state = rows[0].id, "mistake"
        feed(session, world.commune_id, [*renamed, *merged])
        others = [one for one in rows if one not in renamed and one not in merged]
        for one in numbers.sample(others, k=numbers.randint(0, 2)):
            session.delete(one)

    database.write(work)


@pytest.mark.slow
def test_a_search_finds_what_a_look_at_every_label_finds(database: Database, world: World) -> None:
    numbers = random.Random(17)
    actor, found_some = actor_of(world), 0

    def search(session: Session) -> int:
        households = session.exec(select(Household).where(Household.commune_id == world.commune_id)).all()
        labels = [label_of(one) for one in households]
        some = 0
        for _ in range(EACH):
            words = typed(numbers, labels)
            found = find_household_ids(session, actor, words)
            assert found == looked_through(households, words), words
            some += bool(found)
        return some

    for round in range(SEARCHES // EACH):
        change_some(database, world, numbers, round)
        found_some += database.read(search)
    assert found_some > SEARCHES // 2


def test_a_change_that_was_undone_is_not_found_by_a_search(database: Database, world: World) -> None:
    """Its number of the feed is that of the next change."""
    actor = actor_of(world)

    def rename(session: Session, name: str) -> None:
        household = session.get_one(Household, (world.commune_id, world.duc))
        household.head_name = name
        feed(session, world.commune_id, [household])
        session.flush()

    def rename_and_fail(session: Session) -> None:
        rename(session, "Vũ Thị Hão")
        assert find_household_ids(session, actor, "hao") == (world.duc,)
        raise ZeroDivisionError

    assert database.read(lambda session: find_household_ids(session, actor, "duc")) == (world.duc,)
    with pytest.raises(ZeroDivisionError):
        database.write(rename_and_fail)
    assert database.read(lambda session: find_household_ids(session, actor, "hao")) == ()

    def rename_and_search(session: Session) -> list[tuple[str, ...]]:
        rename(session, "Lê Thị Thật")
        return [find_household_ids(session, actor, words) for words in ("hao", "le that")]

    assert database.write(rename_and_search) == [(), (world.duc,)]


def test_supervisors_of_two_communes_find_their_own_households(database: Database, world: World) -> None:
    next_door = Actor(world.neighbour_id, "hoa", "Hoa", "supervisor")

    def search(session: Session) -> list[tuple[str, ...]]:
        return [find_household_ids(session, actor, "duc") for actor in (actor_of(world), next_door)]

    assert database.read(search) == [(world.duc,), ()]
    assert database.read(search) == [(world.duc,), ()]
