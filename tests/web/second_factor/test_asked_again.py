"""What is worth a second look asks for the factor again once it was shown 15 minutes ago."""

import pytest

from app.core.db import Database
from tests.conftest import FakeClock
from tests.web.second_factor.conftest import NewClient
from tests.web.second_factor.factor_client import STEP, FactorClient
from tests.web.second_factor.test_sign_in import PASSWORD, add_operator_and_viewer
from tests.web.test_expired_session import hidden
from tests.world import World

ID = "a" * 16
FILES = ("/desk/visits.csv", "/desk/visits.xlsx?state=received", f"/desk/imports/{ID}/rejected.xlsx")
FORMS = (
    f"/desk/devices/{ID}/revoke",
    f"/desk/people/{ID}/role",
    "/desk/supervisors/new",
    f"/desk/supervisors/{ID}/link",
    f"/desk/supervisors/{ID}/end",
    f"/desk/supervisors/{ID}/return",
    "/desk/reports/2026-11/close",
    "/desk/reports/2026-11/reopen",
)
OF_OPERATORS = (
    f"/operator/communes/{ID}/supervisors",
    f"/operator/communes/{ID}/supervisors/{ID}/link",
    "/operator/provinces/20/viewers",
    f"/operator/provinces/20/viewers/{ID}/link",
    f"/operator/provinces/20/viewers/{ID}/end",
)


def wait(client: FactorClient, clock: FakeClock, minutes: int = 15) -> None:
    """Let the time pass while the desk is in use."""
    for _ in range(minutes):
        clock.forward(minutes=1)
        client.get("/desk/people")
        client.get("/operator/provinces")


@pytest.mark.both_databases
def test_forms_and_files_are_asked_about_after_fifteen_minutes(binh: FactorClient, clock: FakeClock) -> None:
    wait(binh, clock, 14)
    assert binh.post("/desk/supervisors/new", {"name": ""}).status_code == 422, "it was shown just now"
    wait(binh, clock, 1)
    for path in FORMS:
        asked = binh.post(path, {"role": "leader"})
        assert (asked.status_code, f'action="{STEP}"' in asked.text) == (401, True), path
        assert dict(hidden(asked.text)) == {"next": path, "posted": "yes", "form": "role=leader"}
    for path in FILES:
        assert binh.location(path).startswith(f"{STEP}?next={path.partition('?')[0]}"), path
    assert binh.get("/desk/people").status_code == 200, "all else goes on"
    assert binh.post("/desk/teams/new", {"name": ""}).status_code == 422


def test_operators_are_asked_too(
    browsers: NewClient, world: World, database: Database, clock: FakeClock
) -> None:
    database.write(lambda session: add_operator_and_viewer(session, clock))
    an = browsers()
    an.sign_in("an.lt", PASSWORD)
    an.set_up()
    assert an.get("/operator/begin?province=20").status_code == 200
    wait(an, clock)
    for path in OF_OPERATORS:
        assert an.post(path, {"name": "x"}).status_code == 401, path
    assert an.location("/operator/begin?province=20").startswith(f"{STEP}?next=/operator/begin")
    shown = an.show(an.next_code(), next="/operator/begin?province=20")
    assert shown.headers["location"] == "/operator/begin?province=20"
    assert an.get("/operator/begin?province=20").status_code == 200


def test_what_was_typed_is_sent_again_after_the_code(binh: FactorClient, clock: FakeClock) -> None:
    typed = {"name": "Nông Thị Cúc", "sign_in_name": "cuc.nt"}
    wait(binh, clock)
    asked = binh.post("/desk/supervisors/new", typed)
    wrong = binh.show("000000", **dict(hidden(asked.text)))
    assert wrong.status_code == 401
    resumed = binh.show(binh.next_code(), **dict(hidden(wrong.text)))
    assert dict(hidden(resumed.text)) == typed
    assert "Đường dẫn cho Nông Thị Cúc" in binh.post("/desk/supervisors/new", typed).text


def test_file_is_offered_after_the_code(binh: FactorClient, clock: FakeClock) -> None:
    wait(binh, clock)
    shown = binh.show(binh.next_code(), next="/desk/visits.csv?state=received")
    assert (shown.status_code, 'href="/desk/visits.csv?state=received"' in shown.text) == (200, True)
    assert binh.get("/desk/visits.csv?state=received").headers["content-type"].startswith("text/csv")


def test_changing_ones_factors_is_asked_about(binh: FactorClient, clock: FakeClock) -> None:
    wait(binh, clock)
    assert binh.location(f"{STEP}/setup").startswith(STEP)
    for path in ("setup", "codes", "remove"):
        asked = binh.post(f"{STEP}/{path}", {"secret": "A" * 32, "code": "1"})
        assert asked.headers["location"] == f"{STEP}?next={STEP}", "nothing of these forms is carried"
    assert binh.show(binh.next_code(), next=STEP).headers["location"] == STEP
    assert binh.post(f"{STEP}/codes").status_code == 200


@pytest.mark.parametrize("path", FORMS[:1])
def test_demo_is_not_asked(desk: "object", path: str, clock: FakeClock) -> None:
    clock.forward(hours=1)
    assert desk.post(path).status_code == 404  # type: ignore[attr-defined]


def test_only_one_of_several_factors_can_be_removed(binh: FactorClient) -> None:
    first = binh.secret
    assert "Bỏ" not in binh.get(STEP).text, "the only one stays"
    binh.set_up()
    page = binh.get(STEP)
    factor = dict(hidden(page.text))["factor"]
    assert binh.post(f"{STEP}/remove", {"factor": factor}).headers["location"] == f"{STEP}?done=removed"
    (last,) = {part.partition('"')[0] for part in page.text.split('name="factor" value="')[1:]} - {factor}
    assert binh.post(f"{STEP}/remove", {"factor": last}).status_code == 404
    assert binh.secret != first
