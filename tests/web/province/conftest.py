"""A province viewer, one of another province, and communes around the cast's two."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.commune.areas import Commune, Province, start_commune
from app.commune.credentials import viewers
from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.link_client import choose
from tests.world import World

Browser = Callable[[], TestClient]
SILENT_COMMUNE, FOREIGN = "c06500", "c00004"  # has not begun; of another province


@pytest.fixture
def province(database: Database, world: World, clock: FakeClock) -> World:
    """The cast's province has a third commune, which has not begun; another province has one that has."""

    def work(session: Session) -> None:
        session.add(Province(code="01", name="Hà Nội", kind="thành phố"))
        session.flush()
        session.add(Commune(id=SILENT_COMMUNE, code="06500", name="Chi Lăng", kind="xã", province_code="20"))
        session.add(Commune(id=FOREIGN, code="00004", name="Ba Đình", kind="phường", province_code="01"))
        session.flush()
        start_commune(session, "00004", clock)

    database.write(work)
    return world


@pytest.fixture
def begin_viewer(browser: Browser, database: Database, clock: FakeClock) -> Callable[[str, str], TestClient]:
    """Begins a viewer of a province, who has chosen a password; their client."""

    def begin(province_code: str, sign_in_name: str) -> TestClient:
        _viewer, token = database.write(
            lambda session: viewers.begin_viewer(session, province_code, "Lê Thị Hà", sign_in_name, clock())
        )
        client = browser()
        assert choose(client, f"/link/{token}").headers["location"] == "/province/"
        return client

    return begin


@pytest.fixture
def ha(province: World, begin_viewer: Callable[[str, str], TestClient]) -> TestClient:
    """The client of Hà, who looks at the cast's province."""
    return begin_viewer("20", "ha.lt")


@pytest.fixture
def foreigner(province: World, begin_viewer: Callable[[str, str], TestClient]) -> TestClient:
    """The client of a viewer of another province."""
    return begin_viewer("01", "khac")
