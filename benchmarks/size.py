"""Size: what a visit takes on the disk, by table and index, after a year of one commune.

The log is written directly into the tables, in the order of receipt, with all that a push leaves beside the
visits (`benchmarks/whole_log.py`); then the daily purge runs. What a commune has before its first visit does
not count.
"""

import argparse
from collections import Counter

from sqlmodel import Session, select

from app.commune.accounts.models import Account, Device
from app.core.clock import utc_now
from app.core.db import Database
from app.upkeep.retention import daily
from benchmarks import databases, dataset, log
from benchmarks.figures import Figure, main

VISITS, A_DAY = 90_000, 360  # 250 days
HAMLETS, MEMBERS, HOUSEHOLDS = 10, 15, 240  # of a hamlet
BUDGET, GOAL = 1_200, 1_000
_DETAILED = 12  # of an index or table, in bytes a visit: what takes less is summed up

_SQLITE = (
    "SELECT m.tbl_name, m.name, sum(d.pgsize) FROM dbstat d JOIN sqlite_master m ON m.name = d.name"
    " GROUP BY m.tbl_name, m.name"
)
_POSTGRESQL = (
    "SELECT coalesce(t.relname, c.relname), c.relname, pg_relation_size(c.oid) FROM pg_class c"
    " LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')"
)
Sizes = Counter[tuple[str, str]]


def measure(small: bool = False, visits: int = VISITS, only: list[str] | None = None) -> list[Figure]:
    """The bytes of a visit on each database."""
    kinds = only or ["sqlite", "postgresql"]
    return [_figure(kind, 2_000 if small else visits) for kind in kinds]


def _figure(kind: str, visits: int) -> Figure:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, MEMBERS, HOUSEHOLDS)
        database.write(lambda session: _add_device(session, commune.id, visits))
        before = _sizes(store)
        log.write(store, commune.id, visits, whole=True, a_day=A_DAY)
        daily.purge_ledgers(database, utc_now())
        database.close()
        _pack_ledger(store)
        grown = {name: (size - before[name]) / visits for name, size in _sizes(store).items()}
    total = sum(grown.values())
    indexes = sum(size for (table, name), size in grown.items() if table != name)
    return Figure(
        f"a visit on the disk after a year of {visits:,}, {store.name}",
        total,
        "B",
        budget=BUDGET,
        goal=GOAL,
        detail=f"{indexes:,.0f} of them indexes; {_account(grown)}",
    )


def _add_device(session: Session, commune_id: str, visits: int) -> None:
    """The device of the log, all of whose numbers the server has."""
    account = session.exec(select(Account).where(Account.commune_id == commune_id)).first()
    assert account
    next_seq = visits + 1
    session.add(
        Device(
            commune_id=commune_id, id=log.DEVICE, account_id=account.id, name="", enrolled_at=utc_now(),
            next_seq=next_seq, settled_seq=next_seq,
        )
    )  # fmt: skip


def _account(grown: dict[tuple[str, str], float]) -> str:
    """*visit 300 (ix_visit_feed 60, …); ledger …*: tables with their indexes, the largest first."""
    tables: Counter[str] = Counter()
    for (table, _name), size in grown.items():
        tables[table] += size  # type: ignore[assignment]
    lines = []
    for table, size in tables.most_common():
        parts = sorted(((one, name) for (of, name), one in grown.items() if of == table), reverse=True)
        shown = ", ".join(
            f"{'rows' if name == table else name} {one:,.0f}" for one, name in parts if one >= _DETAILED
        )
        if size >= _DETAILED:
            lines.append(f"{table} {size:,.0f} ({shown})")
    return "; ".join(lines)


def _sizes(store: databases.Store) -> Sizes:
    connection = store.connect()
    try:
        if isinstance(store, databases.Sqlite):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        statement = _SQLITE if isinstance(store, databases.Sqlite) else _POSTGRESQL
        return Counter({(table, name): int(size) for table, name, size in connection.execute(statement)})
    finally:
        connection.close()


def _pack_ledger(store: databases.Store) -> None:
    """Give back what was purged: the next entries would use it again."""
    if isinstance(store, databases.Postgresql):
        connection = store.connect()
        connection.execute("VACUUM FULL ledger")
        connection.close()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--only", nargs="+", choices=["sqlite", "postgresql"])


if __name__ == "__main__":
    main(measure, _options)
