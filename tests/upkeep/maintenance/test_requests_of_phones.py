"""Citizens' requests that a restored database lacks: phones send theirs again, the desk enters its own."""

from fastapi.testclient import TestClient

from app.review.citizen_requests.models import CitizenRequest
from tests.phone import Phone, new_id
from tests.upkeep.maintenance.conftest import Instance, heal, send
from tests.world import World


def test_request_from_a_phone_comes_again_by_itself_and_that_of_the_desk_is_listed(
    instance: Instance, lan: Phone, world: World, desk: TestClient
) -> None:
    instance.back_up()
    heard = {"id": new_id(), "household_id": world.duc, "kind": "view"}
    sent = send(lan, lan.op("request.record", heard))
    form = {"id": "request-1", "kind": "copy", "day": "24/11/2026"}
    assert desk.post("/desk/citizen-requests/new", data=form).status_code == 303
    done = instance.restore()
    listed = [(entry["what"], entry["request"]) for entry in done.reverted.decisions]
    assert listed == [("request.entered", "request-1")]
    assert [result["status"] for result in heal(lan, sent)] == ["applied"]
    assert [row.id for row in instance.rows(CitizenRequest)] == [heard["id"]]
