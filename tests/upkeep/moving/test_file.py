"""A commune's file: what is in it, and that one which is not whole or not for this instance is refused."""

import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.commune.accounts import people
from app.commune.accounts.models import SignInName
from app.commune.areas import Commune, start_commune
from app.commune.moving import CommuneArrival
from app.upkeep.maintenance.files import MaintenanceRefused
from app.upkeep.migrations.tables import METADATA
from app.upkeep.moving import departure, tables
from app.upkeep.moving.file import examine, rows
from tests.phone import Phone
from tests.upkeep.moving.conftest import CODE, Move
from tests.world import World

Lines = list[Any]


def test_each_table_is_carried_or_has_a_reason_why_not() -> None:
    for table in METADATA.sorted_tables:
        is_carried = "commune_id" in table.c or table.name in tables.OF_NAMES
        assert is_carried or table.name in tables.LEFT_OUT, table.name
    assert tables.LEFT_OUT.keys() <= METADATA.tables.keys()
    assert all(tables.LEFT_OUT.values())


def test_every_type_of_the_tables_can_be_read() -> None:
    types = {type(column.type) for table in tables.carried() for column in tables.columns(table)}
    assert types <= tables._DECODERS.keys()


def test_rows_of_the_file_are_those_of_the_tables(move: Move, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    count = move.leave()
    content = examine(move.file)
    assert (content.counts["visit"], content.counts["household"], content.counts.total()) == (1, 5, count)
    assert content.names == ["binh"]
    communes = {values.get("commune_id") for _table, values in rows(move.file, content.head)}
    assert communes - {None} == {world.commune_id}
    assert move.file.stat().st_mode & 0o077 == 0


@pytest.fixture
def changed(move: Move) -> Callable[[Callable[[Lines], Lines]], None]:
    """Exports, and has the lines of the file be others, with a last line that fits them."""

    def change(work: Callable[[Lines], Lines], *, fits: bool = True) -> None:
        move.leave()
        lines = [json.loads(line) for line in gzip.decompress(move.file.read_bytes()).splitlines()]
        lines = work(lines)
        if fits:
            text = [json.dumps(line).encode() + b"\n" for line in lines[:-1]]
            counts = Counter(line[0] for line in lines[1:-1])
            lines[-1] = {"counts": counts, "sha256": hashlib.sha256(b"".join(text)).hexdigest()}
        move.file.write_bytes(gzip.compress(b"".join(json.dumps(line).encode() + b"\n" for line in lines)))

    return change


def test_one_changed_byte_is_refused_or_changes_no_text(move: Move) -> None:
    move.leave()
    good = move.file.read_bytes()
    for position in range(0, len(good), max(1, len(good) // 40)):
        move.file.write_bytes(good[:position] + bytes([good[position] ^ 1]) + good[position + 1 :])
        try:
            content = examine(move.file)
        except MaintenanceRefused:
            continue
        # In the head of gzip bytes say nothing, and a back-reference may name another copy of the same text.
        assert gzip.decompress(move.file.read_bytes()) == gzip.decompress(good), position
        assert content.counts
    for end in (0, 5, len(good) // 2, len(good) - 1):
        move.file.write_bytes(good[:end])
        with pytest.raises(MaintenanceRefused):
            examine(move.file)


def _other_revision(lines: Lines) -> Lines:
    return [lines[0] | {"revision": "0021"}, *lines[1:]]


def _production(lines: Lines) -> Lines:
    return [lines[0] | {"mode": "production"}, *lines[1:]]


def _newer(lines: Lines) -> Lines:
    return [lines[0] | {"tungnha_commune": 2}, *lines[1:]]


def _unknown_column(lines: Lines) -> Lines:
    return [lines[0] | {"tables": lines[0]["tables"] | {"visit": ["commune_id", "mood"]}}, *lines[1:]]


def _unknown_table(lines: Lines) -> Lines:
    return [lines[0] | {"tables": lines[0]["tables"] | {"operator": ["id"]}}, *lines[1:]]


def _foreign_row(lines: Lines) -> Lines:
    return [
        [*row[:1], "c06400", *row[2:]] if isinstance(row, list) and row[0] == "team" else row for row in lines
    ]


def _lost_row(lines: Lines) -> Lines:
    return [*lines[:-2], lines[-1]]


def _province(lines: Lines) -> Lines:
    return [lines[0] | {"commune": lines[0]["commune"] | {"province_code": "99"}}, *lines[1:]]


@pytest.mark.parametrize(
    ("work", "fits", "word"),
    [
        (_other_revision, True, "same version"),
        (_production, True, "production mode"),
        (_newer, True, "newer version"),
        (_unknown_column, True, "other tables"),
        (_unknown_table, True, "other tables"),
        (_foreign_row, True, "another commune"),
        (_lost_row, False, "damaged"),
        (_province, True, "load-areas"),
    ],
)
def test_file_that_is_not_for_this_instance_is_refused_and_nothing_is_stored(
    move: Move, changed: Callable[..., None], work: Callable[[Lines], Lines], fits: bool, word: str
) -> None:
    changed(work, fits=fits)
    with pytest.raises(MaintenanceRefused) as refused:
        move.arrive()
    assert word in refused.value.sentence
    assert move.new.rows(CommuneArrival) == []
    assert [one.id for one in move.new.rows(Commune) if one.code == CODE and one.started_at] == []


def test_commune_that_has_started_there_is_refused(move: Move) -> None:
    move.new.database.write(lambda session: start_commune(session, CODE, move.new.clock))
    move.leave()
    with pytest.raises(MaintenanceRefused) as refused:
        move.arrive()
    assert "has started on this instance already" in refused.value.sentence


def test_sign_in_name_that_is_in_use_is_named_and_can_be_another(move: Move, world: World) -> None:
    other = next(one for one in move.new.rows(Commune) if one.code == "06400")
    move.new.database.write(
        lambda session: people.add_supervisor(session, other.id, "Lê Thị Bình", "binh", "mat-khau-khac")
    )
    move.leave()
    with pytest.raises(MaintenanceRefused) as refused:
        move.arrive()
    assert "1 sign-in names of the file are in use here: binh." in refused.value.sentence
    move.place = replace(move.place, names={"binh": "binh.yb"})
    move.arrive()
    names = {one.name: one.commune_id for one in move.new.rows(SignInName)}
    assert names == {"binh": other.id, "binh.yb": world.commune_id}


def test_file_that_is_there_is_never_replaced(move: Move, tmp_path: Path) -> None:
    move.file.write_text("something else")
    with pytest.raises(MaintenanceRefused):
        departure.export(
            move.old.database, move.old.settings, CODE, move.file, "https://a.example", move.old.clock()
        )
    assert [one.moved_at for one in move.old.rows(Commune) if one.code == CODE] == [None]
