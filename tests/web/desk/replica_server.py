"""A server that reads pages from a standby, and its browsers and phones."""

import time
from pathlib import Path

import psycopg
from fastapi.testclient import TestClient

from app.commune.credentials import viewers
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from app.upkeep.replica import Replica
from tests import signed_in
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.standby import Standby
from tests.web.link_client import choose
from tests.world import LAN

TOKEN = "mot-ma-de-thu-dai-hon-20"


class Server:
    """A server that reads from the replica at `read_url`; `look`: what its processes do every second."""

    def __init__(self, primary: str, read_url: str, folder: Path) -> None:
        self.settings = Settings(
            database_url=primary, read_url=read_url, data_dir=folder, metrics_token=TOKEN
        )
        self.clock = FakeClock()
        self.app = create_app(self.settings, self.clock)
        self.database: Database = self.app.state.database
        self.app.state.replica.close()
        # However slow the test is, the last look counts.
        self.replica = Replica(primary, read_url, 1, self.clock, seconds=lambda: 0.0)
        self.app.state.replica = self.replica
        self.look()

    def look(self) -> None:
        self.replica.look_at_primary()
        self.replica.look_at_replica()

    def look_until_it_follows(self) -> None:
        """Until the standby has what the primary has now."""
        until = time.monotonic() + 60
        while self.replica.seen.as_of != self.clock():
            assert time.monotonic() < until, "the standby does not follow"
            time.sleep(0.02)
            self.look()

    def desk(self) -> TestClient:
        """A browser in which Bình has signed in, a minute ago."""
        client = signed_in.browser(self.app)
        form = {"name": "binh", "password": "mat-khau-binh"}
        assert client.post("/desk/sign-in", data=form).status_code == 303
        client.cookies.delete("written")
        self.look_until_it_follows()
        return client

    def province(self) -> TestClient:
        """The browser of Hà, who looks at the cast's province."""
        _viewer, token = self.database.write(
            lambda session: viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha.lt", self.clock())
        )
        client = signed_in.browser(self.app)
        assert choose(client, f"/link/{token}").headers["location"] == "/province/"
        self.look_until_it_follows()
        return client

    def phone(self) -> Phone:
        return sign_in(signed_in.browser(self.app), *LAN, self.clock())

    def visits(self, desk: TestClient) -> int:
        """How many the file of all visits has."""
        answer = desk.get("/desk/visits.csv")
        assert answer.status_code == 200, answer.text
        return answer.text.count("Nguyễn Thị Lan")

    def close(self) -> None:
        self.database.close()
        self.replica.close()


def execute(standby: Standby, statement: str) -> None:
    with psycopg.connect(
        host=str(standby.primary), user="tungnha", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute(statement.encode())


def address(folder: Path, name: str) -> str:
    return f"postgresql+psycopg://tungnha@/{name}?host={folder}"
