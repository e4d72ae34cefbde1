"""Each route has a row that says who may ask it, and everybody else is refused.

`ACCESS=write python -m pytest -q tests/web/test_access.py` writes the table of docs/access.md anew.
"""

import os
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.commune.credentials import viewers
from app.core.config import Settings
from app.core.db import Database
from app.main import create_app
from tests.conftest import FakeClock
from tests.docs.sources import ROOT
from tests.phone import Phone
from tests.web import access
from tests.web.access import ANYBODY, OPERATOR, PHONE, SIGNED_IN, SUPERVISOR, VIEWER
from tests.web.link_client import choose
from tests.web.operator import test_operator
from tests.world import World

PAGE = ROOT / "docs" / "access.md"
RULE = "|---|---|---|\n"  # above the table's rows
link, an = test_operator.link, test_operator.an  # fixtures
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_route_has_its_row(app: FastAPI) -> None:
    lines = [f"| `{one.name}` | {one.who} | {'yes' if one.factor else ''} |\n" for one in access.rows(app)]
    head, rule, table = PAGE.read_text(encoding="utf-8").partition(RULE)
    if os.environ.get("ACCESS") == "write":
        PAGE.write_text(head + rule + "".join(lines), encoding="utf-8")
        table = "".join(lines)
    assert table == "".join(lines)


def test_route_that_nothing_guards_is_named(database_url: str) -> None:
    app = create_app(Settings(database_url=database_url))
    app.add_api_route("/desk/everything", lambda: None)
    with pytest.raises(LookupError, match="GET /desk/everything: nothing says who may ask it"):
        access.rows(app)
    app.state.database.close()


def test_everybody_else_is_refused(
    app: FastAPI,
    browser: Callable[[], TestClient],
    desk: TestClient,
    an: TestClient,
    lan: Phone,
    world: World,
    database: Database,
    clock: FakeClock,
) -> None:
    """With the ids of the commune's own rows. What is refused changes nothing, so all are asked in one go."""
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    people = {
        "": browser(),
        PHONE: lan.client,
        SUPERVISOR: desk,
        OPERATOR: an,
        VIEWER: _new_viewer(browser(), database, clock),
    }
    ids = {
        "household_id": world.duc,
        "visit_id": visit["data"]["id"],
        "account_id": world.lan,
        "device_id": lan.device_id,
        "hamlet_id": world.dong,
        "commune_id": world.commune_id,
    }
    let_in = []
    for row in access.rows(app):
        path = re.sub(r"\{(\w+)(:path)?\}", lambda found: ids.get(found[1], "2026-11"), row.path)
        for who, client in people.items():
            if row.who in (ANYBODY, who) or (row.who == SIGNED_IN and who in (SUPERVISOR, OPERATOR, VIEWER)):
                continue
            answer = client.request(row.method, path)
            if not _is_refused(answer.status_code, answer.headers.get("location", "")):
                let_in.append((who or "nobody", row.name, answer.status_code))
    assert not let_in, "\n".join(map(str, let_in))


def _is_refused(status: int, location: str) -> bool:
    is_sent_away = location.startswith("/desk/sign-in") or location in ("/desk/", "/operator/", "/province/")
    return status in (401, 403, 404) or (status == 303 and is_sent_away)


def _new_viewer(client: TestClient, database: Database, clock: FakeClock) -> TestClient:
    _viewer, token = database.write(
        lambda session: viewers.begin_viewer(session, "20", "Lê Thị Hà", "ha.lt", clock())
    )
    assert choose(client, f"/link/{token}").headers["location"] == "/province/"
    return client
