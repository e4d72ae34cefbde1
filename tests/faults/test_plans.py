"""No page of the office, the province or the operators reads more because the log has grown.

Of a hundred times as many visits a page reads as much as before, apart from what it shows of them: no
statement scans a table that grows with the log. Each page behind a link is asked for, with two lengths of the
log. Seen to fail with the daily totals in another order, which the overview then read from the beginning.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.people import add_supervisor
from app.commune.credentials import operators, viewers
from app.commune.credentials.viewers import VIEWERS
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from benchmarks import databases, dataset, log
from tests import signed_in
from tests.faults.pages import Pages, Read
from tests.rounds import DATABASES, LONG

LENGTHS = (10_000, 1_000_000) if LONG else (4_000, 40_000)
HAMLETS, HOUSEHOLDS, A_DAY = (25, 240, 1_000) if LONG else (12, 80, 50)
PASSWORD = "mot-mat-khau-de-thu"
# What a page may read beside three times as much as before: rows of PostgreSQL, instructions of SQLite.
MOST = {"postgresql": 20_000, "sqlite": 400_000} if LONG else {"postgresql": 2_000, "sqlite": 60_000}
OFFICES = {"binh": "/desk/", "ha": "/province/", "an": "/operator/"}
# Statements that read more. The list of sessions says how many there are, 25 for 1,000 visits. The overview
# draws a year of days, which has 73,000 rows of PostgreSQL: of 25 hamlets and 8 results.
READ_MORE = {
    "sqlite": ("FROM outreach_session",),
    "postgresql": ("FROM outreach_session", "GROUP BY daily_total.day"),
}


@pytest.mark.parametrize("kind", DATABASES if LONG else ["sqlite"])
def test_pages_read_as_much_of_a_long_log_as_of_a_short_one(kind: str, tmp_path: Path) -> None:
    short, long = (_most_read(kind, length, tmp_path / str(length)) for length in LENGTHS)
    assert len(long) > 80
    too_much = [
        str(read)
        for route, read in long.items()
        if not any(part in read.text for part in READ_MORE[kind])
        and read.amount > MOST[kind] + 3 * (short[route].amount if route in short else 0)
    ]
    assert too_much == []


def _most_read(kind: str, visits: int, folder: Path) -> dict[str, Read]:
    """The statement of each route that reads the most."""
    most: dict[str, Read] = {}
    with _signed_in(kind, visits, folder) as offices:
        for pages, start in offices:
            for read in pages.ask(start):
                route = pages.route_of(read.page)
                most[route] = max(read, most.get(route, read), key=lambda one: one.amount)
    return most


@contextmanager
def _signed_in(kind: str, visits: int, folder: Path) -> Iterator[list[tuple[Pages, str]]]:
    """Everybody's pages, of a commune with so many visits."""
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, 4, HOUSEHOLDS)
        secret, now = hash_secret(PASSWORD), utc_now()

        def add(session: Session) -> None:
            add_supervisor(session, commune.id, "Hoàng Văn Bình", "binh", PASSWORD)
            viewer, _link = viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha", now)
            VIEWERS.set_password_hash(session, viewer, secret, now)
            operators.add_operator(session, "Lương Thị An", "an", secret, now)

        database.write(add)
        database.close()
        log.write(store, commune.id, visits, whole=True, a_day=A_DAY)
        app = create_app(Settings(database_url=store.url, data_dir=folder))
        found = []
        for name, start in OFFICES.items():
            client = signed_in.browser(app)
            answer = client.post("/desk/sign-in", data={"name": name, "password": PASSWORD})
            assert answer.status_code == 303, name
            found.append((Pages(app, client), start))
        yield found
        app.state.database.close()
