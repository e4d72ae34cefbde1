"""The operators' pages of an instance with every commune of the country, and its start.

One commune of 12 hamlets with two members each gets phones; the other 3,320 are copies of its rows. Their
signs are counted, then an operator asks for the list again and again. The server is started last, several
times, from nothing to the first answer of `/healthz`.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import Account, Assignment, Device, Membership, Team
from app.commune.accounts.people import add_supervisor
from app.commune.areas import Commune, Hamlet, load_areas
from app.commune.catalog.services import Service
from app.commune.credentials import operators
from app.commune.guides.library import add_guides
from app.commune.guides.models import Guide
from app.core.clock import local_date, utc_now
from app.core.db import Database, table_of
from app.core.feed import FeedCounter
from app.fieldwork.households.models import Household
from app.province.status import count_due
from benchmarks import databases, dataset, log
from benchmarks.desk_server import NAMES, ROUNDS, WARM, Desk, judged, signed_in
from benchmarks.figures import Figure, main
from benchmarks.processes import ROOT, free_port, server

COMMUNES = 3_321
HAMLETS, MEMBERS, HOUSEHOLDS = 12, 2, 3
LIST_BUDGET, START_BUDGET = 150, 5  # ms; s
STARTS = 5
NAME, PASSWORD = "an", "mat-khau-an"
# What a commune has, in the order of their foreign keys.
COPIED: tuple[type[SQLModel], ...] = (
    FeedCounter, Hamlet, Team, Account, Membership, Assignment, Service, Guide, Device, Household,
)  # fmt: skip
PAGES = {
    "the list": "/operator/",
    "the list's last page": "/operator/?page=999",
    "communes to call about": "/operator/?show=attention",
    "a search": "/operator/?q=yen+binh",
    "silent communes and failures": "/operator/status",
}


def measure(
    small: bool = False, communes: int = COMMUNES, rounds: int = ROUNDS, only: list[str] | None = None
) -> list[Figure]:
    """The pages and the start on both databases."""
    kinds, starts = only or (["sqlite"] if small else list(NAMES)), STARTS
    if small:
        communes, rounds, starts = 60, 2, 1
    return [figure for kind in kinds for figure in _figures(kind, communes, rounds, starts)]


def _figures(kind: str, communes: int, rounds: int, starts: int) -> Iterator[Figure]:
    with databases.store(kind) as store:
        _fill(store, communes)
        beside = f"{communes:,} communes, {NAMES[kind]}"
        with server(store.url) as instance:
            visit_log = log.VisitLog([], [], local_date(utc_now()))
            desk = Desk(store, instance, visit_log, *signed_in(instance.port, NAME, PASSWORD))
            for name, address in PAGES.items():
                answers = desk.ask_all([address] * (WARM + rounds))
                yield judged(f"operators: {name}, {beside}", {communes: answers}, LIST_BUDGET)
        took = sorted(_start(store.url) for _ in range(starts))
        spread = f"of {starts}: {took[0]:.2f} to {took[-1]:.2f} s"
        yield Figure(f"start of `serve`, {beside}", took[starts // 2], "s", START_BUDGET, detail=spread)


def _fill(store: databases.Store, communes: int) -> None:
    database = Database(store.url)
    commune = dataset.settle(database, HAMLETS, MEMBERS, HOUSEHOLDS)
    database.write(_complete)
    ids = database.write(lambda session: _begin(session, communes))
    began = time.monotonic()
    connection = store.connect()
    try:
        store.trust(connection)
        for model in COPIED:
            _copy(store, connection, model, commune.id)
        store.settle(connection)
    finally:
        connection.close()
    print(f"{ids} communes begun in {time.monotonic() - began:.0f} s", flush=True)
    began = time.monotonic()
    count_due(database, utc_now)
    print(f"their signs counted in {time.monotonic() - began:.0f} s", flush=True)
    store.analyze()
    database.close()


def _complete(session: Session) -> None:
    """The other communes of the country, guides, a phone of each member, a supervisor and an operator."""
    load_areas(session)
    add_guides(session, "c1")
    now = utc_now()
    for number, account in enumerate(session.exec(select(Account).order_by(Account.id))):
        session.add(
            Device(
                commune_id=account.commune_id,
                id=f"d{number}",
                account_id=account.id,
                name="Chrome trên Android",
                enrolled_at=now,
                last_contact_at=now,
                build="0.1.0",
            )
        )
    add_supervisor(session, "c1", "Hoàng Văn Bình", "binh")
    operators.add_operator(session, "Lương Thị An", NAME, hash_secret(PASSWORD), now)


def _begin(session: Session, communes: int) -> int:
    """So many communes have begun."""
    found = session.exec(select(Commune).order_by(col(Commune.id) != "c1", col(Commune.code)).limit(communes))
    begun = list(found)
    for one in begun:
        one.started_at = utc_now()
    return len(begun)


def _copy(store: databases.Store, connection: Any, model: type[SQLModel], old: str) -> None:
    """Give the other communes that have begun this one's rows: ids are each commune's own."""
    table = table_of(model)
    columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "commune_id")
    copied = ", ".join(f'old."{column.name}"' for column in table.columns if column.name != "commune_id")
    connection.execute(
        f"INSERT INTO {table.name} (commune_id, {columns}) SELECT commune.id, {copied}"
        f" FROM {table.name} AS old, commune WHERE old.commune_id = {store.mark}"
        f" AND commune.started_at IS NOT NULL AND commune.id <> old.commune_id",
        (old,),
    )


def _start(url: str) -> float:
    """Seconds from the start of the command to the first answer."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {"TUNGNHA_MODE": "demo", "TUNGNHA_DATA_DIR": folder, "TUNGNHA_DATABASE_URL": url}
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            while not _is_well(port):
                if process.poll() is not None:
                    raise RuntimeError("the server did not start")
                time.sleep(0.02)
            return time.monotonic() - began
        finally:
            process.terminate()
            process.wait()


def _is_well(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--communes", type=int, default=COMMUNES)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each page")
    parser.add_argument("--only", choices=list(NAMES), action="append", help="on this database only")


if __name__ == "__main__":
    main(measure, _options)
