"""The feed: every change gets the next number, and no change bypasses it."""

import re
import threading
from pathlib import Path

import pytest
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.core.db import Database
from app.core.feed import FeedCounter, feed
from tests.world import World

APP = Path(__file__).parents[2] / "app"


def _hamlet(session: Session, world: World) -> Hamlet:
    hamlet = session.get(Hamlet, (world.commune_id, world.dong))
    assert hamlet is not None
    return hamlet


def test_changed_row_gets_the_communes_next_number(database: Database, world: World) -> None:
    def work(session: Session) -> tuple[int, int]:
        counter = session.get(FeedCounter, world.commune_id)
        assert counter is not None
        before, hamlet = counter.head, _hamlet(session, world)
        hamlet.name = "Thôn Đông Mới"
        feed(session, world.commune_id, [hamlet])
        session.add(hamlet)
        return before, hamlet.feed_seq

    before, number = database.write(work)
    assert number == before + 1


def test_feed_row_changed_without_the_feed_is_refused(database: Database, world: World) -> None:
    def work(session: Session) -> None:
        hamlet = _hamlet(session, world)
        hamlet.name = "Thôn Lậu"
        session.add(hamlet)

    with pytest.raises(RuntimeError, match=r"without core\.feed\.feed"):
        database.write(work)
    assert database.read(lambda session: _hamlet(session, world).name) == "Thôn Đông"


@pytest.mark.slow
def test_reader_behind_the_head_misses_no_row_while_many_write(database: Database, world: World) -> None:
    """Eight writers on one row, one reader: the newest number it sees is always the counter's."""
    _write_names(database, world, writer=99)
    writers = [threading.Thread(target=_write_names, args=(database, world, n)) for n in range(8)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        head, newest = database.read(lambda session: _head_and_newest(session, world))
        assert newest == head
    for writer in writers:
        writer.join()


def _write_names(database: Database, world: World, writer: int) -> None:
    for turn in range(10):

        def work(session: Session, turn: int = turn) -> None:
            hamlet = session.get(Hamlet, (world.commune_id, world.dong), with_for_update=True)
            assert hamlet is not None
            hamlet.name = f"Thôn {writer}-{turn}"
            feed(session, world.commune_id, [hamlet])
            session.add(hamlet)

        database.write(work)


def _head_and_newest(session: Session, world: World) -> tuple[int, int]:
    counter = session.get(FeedCounter, world.commune_id)
    assert counter is not None
    return counter.head, _hamlet(session, world).feed_seq


def test_commit_is_called_in_one_place_only() -> None:
    """Only `core/db.py` commits, before the answer is sent (decision 0003), and for it the group commit: its
    transactions end with their blocks."""
    callers = {file.name for file in APP.rglob("*.py") if re.search(r"\.commit\(", file.read_text("utf-8"))}
    assert callers == {"db.py"}


def test_feed_numbers_are_set_by_feed_only() -> None:
    setters = [
        str(file.relative_to(APP))
        for file in APP.rglob("*.py")
        if re.search(
            r"feed_seq\s*=[^=]|\[\"feed_seq\"\]\s*=", re.sub(r"feed_seq=0\b", "", file.read_text("utf-8"))
        )
    ]
    revision = "upkeep/migrations/versions/0009_store_last_days_of_households.py"
    assert sorted(setters) == ["core/feed.py", revision]
