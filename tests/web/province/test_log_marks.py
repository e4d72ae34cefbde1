"""A province keeps where the desk logs of its communes were: what is rewritten after that does not fit."""

import pytest
from fastapi.testclient import TestClient

from app.core.audit.chain import Head, stored_head
from app.core.db import Database
from app.upkeep.audit.witness import parse
from app.upkeep.maintenance.check import check
from tests.web.province.conftest import FOREIGN, SILENT_COMMUNE
from tests.world import World

MARKS = "/province/log-marks"


@pytest.mark.both_databases
def test_province_keeps_the_newest_place_of_each_log(
    ha: TestClient, foreigner: TestClient, desk: TestClient, database: Database, world: World
) -> None:
    desk.post("/desk/teams/new", data={"name": "Tổ Mới", "hamlet": world.dong})
    page = ha.get("/province/").text
    assert f'href="{MARKS}"' in page
    answer = ha.get(MARKS)
    assert answer.headers["content-disposition"].startswith('attachment; filename="ma-nhat-ky-2026-')
    (witness,) = parse(answer.text.splitlines())
    newest = database.read(lambda session: stored_head(session, world.commune_id))
    assert witness.heads[world.commune_id] == newest
    assert str(newest) in ha.get(f"/province/communes/{world.commune_id}").text
    assert not {FOREIGN, SILENT_COMMUNE, ""} & witness.heads.keys()
    (other,) = parse(foreigner.get(MARKS).text.splitlines())
    assert world.commune_id not in other.heads
    later = {world.commune_id: Head(newest.seq, "0" * 64)}
    named = {one.name for one in check(database, witnesses=[witness._replace(heads=later)]) if one.problems}
    assert "audit" in named
    assert ha.get("/province/communes/" + SILENT_COMMUNE).status_code == 200
