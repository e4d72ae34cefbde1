"""One of the machines with communes is down: those of the others go on, and its own are told to wait."""

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.core.errors import Unavailable
from app.province.models import CommuneStatus
from app.province.status import count_due
from tests.conftest import NOW
from tests.distributed.cluster import Node
from tests.distributed.content import Distributed
from tests.phone import Phone, sign_in
from tests.world import LAN, LY, World, add_next_door

Browser = Callable[[], TestClient]


@pytest.fixture
def next_door(world: World, database: Database) -> list[str]:
    """The households of Lý, in the other commune."""
    return add_next_door(database, world, NOW)


@pytest.fixture
def down(next_door: list[str], lan: Phone, world: World, distributed: Distributed) -> Iterator[Node]:
    """The machine of Lan's commune, which has just lost its power."""
    lan.exchange(lan.visit(world.duc))
    distributed.cluster.separate(world.commune_id, world.neighbour_id)
    node = distributed.cluster.worker_of(world.commune_id)
    node.stop()
    yield node
    if not (node.data / "postmaster.pid").exists():
        node.start()


def test_other_communes_sign_in_send_and_read(
    down: Node, next_door: list[str], world: World, browser: Browser
) -> None:
    ly = sign_in(browser(), *LY, NOW)
    assert ly.statuses(ly.visit(next_door[0])) == ["applied"]
    hoa = browser()
    answer = hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert answer.status_code == 303
    for path in ("/desk/", "/desk/visits", "/desk/households", "/desk/people"):
        assert hoa.get(path).status_code == 200, path
    assert hoa.get("/healthz").status_code == 200


def test_signs_of_other_communes_are_counted(down: Node, database: Database) -> None:
    with pytest.raises(Unavailable):
        count_due(database, lambda: NOW)
    rows = database.read(lambda session: session.exec(select(CommuneStatus.commune_id)).all())
    assert list(rows) == ["c06400"]


def test_its_own_communes_are_told_to_wait_and_lose_nothing(
    down: Node, lan: Phone, world: World, browser: Browser
) -> None:
    visit = lan.visit(world.mai)
    for _attempt in range(2):
        refused = lan.send(visit)
        assert (refused.status_code, refused.json()["error"]) == (503, "unavailable")
    form = {"invite": LAN[1], "phone": LAN[0], "name": "Máy khác"}
    assert browser().post("/api/v1/devices", json=form).status_code == 503
    desk = browser().post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert (desk.status_code, "Hãy thử lại sau ít phút." in desk.text) == (503, True)
    down.start()
    assert lan.statuses(visit) == ["applied"]
