"""Who sends an exchange is found in its own transaction, whatever the process remembers of the cookie."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.web.phone import callers
from app.web.phone.callers import KnownCallers
from tests.faults.mutants import install
from tests.phone import Phone
from tests.web.test_bodies import SYNC, Upload, run
from tests.world import World


def test_phone_revoked_between_two_exchanges_is_suspended_at_once(
    lan: Phone, desk: TestClient, world: World
) -> None:
    assert lan.statuses(lan.visit(world.duc)) == ["applied"]
    assert desk.post(f"/desk/devices/{lan.device_id}/revoke").status_code == 303
    answer = lan.exchange(lan.visit(world.duc))
    assert (answer["results"][0]["status"], answer.get("erase")) == ("quarantined", True)


@pytest.mark.mutant
def test_caller_who_is_remembered_is_detected(
    lan: Phone, desk: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("caller_remembered", monkeypatch.setattr)
    with pytest.raises(AssertionError):
        test_phone_revoked_between_two_exchanges_is_suspended_at_once(lan, desk, world)


def test_session_that_has_ended_is_refused_and_its_next_body_takes_no_memory(
    lan: Phone, world: World, app: FastAPI
) -> None:
    cookie = f"device={lan.client.cookies['device']}"
    again = lan.copy(lan.visit(world.duc))
    lan.exchange()
    assert lan.client.delete("/api/v1/devices/current").status_code == 204
    lan.client.cookies.set("device", cookie.removeprefix("device="))
    assert again().status_code == 401
    upload = Upload(SYNC, cookie, chunks=100)
    assert run(app, upload) < 4
    assert upload.answer["status"] == 401


def test_only_a_limited_number_of_cookies_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callers, "MAX_CALLERS", 2)
    known = KnownCallers()
    for cookie in ("a", "b", "c"):
        known.add(cookie)
    assert [cookie in known for cookie in ("a", "b", "c", None)] == [False, True, True, False]
    known.forget("c")
    known.forget("never known")
    assert "c" not in known
