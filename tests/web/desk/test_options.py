"""What a form of the desk offers, its own answer accepts: each option is sent once."""

import re
import uuid
from typing import Any

from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.visits import codes
from app.web.desk.people.labels import ROLES
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.visits.paper_client import form_of
from tests.world import World


def options(page: str, name: str) -> list[str]:
    """The values of the radio buttons, boxes or of the list `name`, without the empty one."""
    values = re.findall(rf'<input type="(?:radio|checkbox)"[^>]* name="{name}" value="([^"]+)"', page)
    values += re.findall(rf'<input[^>]* name="{name}"[^>]* value="([^"]+)"[^>]* type="radio"', page)
    for choice in re.findall(rf'<select[^>]* name="{name}".*?</select>', page, re.S):
        values += re.findall(r'<option value="([^"]+)"', choice)
    assert values, name
    return list(dict.fromkeys(values))


def is_saved(answer: Any) -> str:
    """Empty if the form was accepted, else what the page says."""
    return "" if answer.status_code == 303 else words(answer.text)


def test_each_reason_and_field_of_a_return_is_stored(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    address = f"/desk/visits/{visit['data']['id']}"
    page = desk.get(f"{address}/return").text
    reasons, fields = options(page, "reason"), options(page, "field")
    assert (reasons, fields) == ([*codes.RETURN_REASONS], [*codes.RETURN_FIELDS])
    for reason in reasons:
        for field in fields:
            form = {"version": "1", "reason": reason, "field": field, "note": "Xem lại"}
            answer = desk.post(f"{address}/return", data=form | {"review": _seen(desk, address)})
            assert is_saved(answer) == "", (reason, field)


def test_each_result_and_outcome_on_paper_is_stored(desk: TestClient, world: World) -> None:
    page = desk.get(form_of(desk, world.lan, world.duc).address).text
    results = options(page, "result")
    assert results == [*codes.RESULTS]
    for result in results:
        follow_up = {"follow_up": "unknown"} if result == "come_back" else {}
        assert is_saved(form_of(desk, world.lan, world.duc).send(result=result, **follow_up)) == "", result
    for outcome in options(page, "outcome-vneid_install"):
        form = form_of(desk, world.lan, world.mai)
        assert is_saved(form.send(**{"outcome-vneid_install": outcome})) == "", outcome


def test_each_group_and_outcome_of_an_own_service_is_stored(desk: TestClient) -> None:
    page = desk.get("/desk/services/new").text
    pillars, firsts, outcomes = (options(page, name) for name in ("pillar", "first", "outcome"))
    form = {"pillar": pillars[0], "first": firsts[:3], "outcome": outcomes, "first_day": "", "last_day": ""}
    tried: list[dict[str, Any]] = [{"pillar": pillar} for pillar in pillars]
    tried += [{"first": [one, *[other for other in firsts if other != one][:2]]} for one in firsts]
    for number, changed in enumerate(tried):
        answer = desk.post("/desk/services/new", data=form | {"label": f"Việc {number}"} | changed)
        assert is_saved(answer) == "", changed


def test_each_role_of_an_invite_is_stored(desk: TestClient) -> None:
    page = desk.get("/desk/people/new").text
    team = options(page, "team")[0]
    for number, role in enumerate(options(page, "role")):
        form = {"name": "Vũ Thị Hà", "phone": f"091200000{number}", "team": team, "role": role}
        assert f"Vai trò {ROLES[role]}" in words(desk.post("/desk/people/new", data=form).text)


def test_each_state_of_a_household_is_stored(desk: TestClient, world: World) -> None:
    address = f"/desk/households/{world.duc}"
    for version, state in enumerate(("moved", "empty", "mistake"), start=1):
        page = desk.get(address).text
        if version == 1:
            assert re.findall(r'name="state" value="([^"]+)"', page) == ["moved", "empty", "mistake"]
        answer = desk.post(f"{address}/state", data={"version": str(version), "state": state})
        assert is_saved(answer) == "", state


def test_each_kind_of_remark_is_stored(desk: TestClient) -> None:
    address = "/desk/reports/2026-11/remarks"
    for kind in options(desk.get(f"{address}/new").text, "kind"):
        answer = desk.post(f"{address}/{uuid.uuid4()}", data={"kind": kind, "text": "Sóng yếu ở cuối thôn"})
        assert is_saved(answer) == "", kind


def _seen(desk: TestClient, address: str) -> str:
    found = re.search(r'name="review" value="([^"]*)"', desk.get(f"{address}/return").text)
    return found[1] if found else ""
