"""visit.record: applied once and completely, with the server's row in the answer."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, select

from app.commune.accounts import people
from app.commune.accounts.models import Account, Team
from app.commune.catalog.services import Service
from app.core.db import Database
from app.core.feed import feed
from app.sync.applying import ledger, quota
from app.sync.wire.models import RefusedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, new_id, sign_in
from tests.world import LAN, World


def test_visit_is_applied_and_comes_back_as_the_servers_row(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc)
    result = lan.exchange(op)["results"][0]
    row = result["row"]
    assert (result["op_id"], result["status"], result["version"]) == (op["op_id"], "applied", 1)
    assert row["id"] == op["data"]["id"]
    assert row["services"] == [{"code": "vneid_install", "outcome": "did_it", "people": 1}]
    assert (row["recorded_by"], row["hamlet_id"], row["counted_on"]) == (
        lan.account_id,
        world.dong,
        "2026-11-24",
    )
    assert row["review"] == {"state": "received", "reason": "", "field": "", "note": "", "at": None}
    assert row["feed_seq"] > 0


def test_same_operation_again_is_a_duplicate_and_counts_once(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc)
    first = lan.exchange(op)["results"][0]
    again = lan.exchange(op)["results"][0]
    assert again["status"] == "duplicate"
    assert again["row"] == first["row"]
    assert len(_visits(lan)) == 1


def test_same_operation_twice_in_one_request_counts_once(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc)
    content = lan.exchange(op, op)
    assert [result["status"] for result in content["results"]] == ["applied", "applied"]
    assert len(_visits(lan)) == 1


def test_same_operation_id_with_other_content_is_quarantined(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc)
    lan.exchange(op)
    forged = op | {"data": op["data"] | {"note": "khác"}}
    result = lan.exchange(forged)["results"][0]
    assert (result["status"], result["code"]) == ("quarantined", "op_reused")
    assert lan.statuses(op) == ["duplicate"]


def test_household_added_and_visited_in_one_exchange(lan: Phone, world: World) -> None:
    household = {
        "id": new_id(),
        "hamlet_id": world.dong,
        "head_name": "Vũ Thị  Thắm",
        "house_no": "9",
        "alley": "",
    }
    add = lan.op("household.add", household | {"phone": None})
    visit = lan.visit(household["id"])
    content = lan.exchange(add, visit)
    assert [result["status"] for result in content["results"]] == ["applied", "applied"]
    assert content["results"][0]["row"]["head_name"] == "Vũ Thị Thắm"


def test_operations_are_applied_in_the_order_of_their_numbers(lan: Phone, world: World) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    add, visit = lan.op("household.add", household), lan.visit(household["id"])
    assert lan.statuses(visit, add) == ["applied", "applied"]


def test_results_are_in_the_order_of_the_operations(lan: Phone, world: World) -> None:
    ops = [lan.visit(world.duc), lan.visit(new_id()), lan.visit(world.mai)]
    content = lan.exchange(*ops)
    assert [result["op_id"] for result in content["results"]] == [op["op_id"] for op in ops]
    assert [result["status"] for result in content["results"]] == ["applied", "quarantined", "applied"]


def test_refused_operation_is_refused_again_whatever_changed_meanwhile(
    lan: Phone, world: World, database: Database
) -> None:
    """Its author already has to correct it: a copy that the network delayed must not count as well."""
    visit = lan.visit(world.duc, services=[{"code": "dowsing", "outcome": "did_it", "people": 1}])
    refusal = lan.exchange(visit)["results"]
    assert (refusal[0]["status"], refusal[0]["fields"]) == ("rejected", ["services"])
    database.write(lambda session: _offer(session, world.commune_id, "dowsing"))
    assert lan.exchange(visit)["results"] == refusal
    assert _visits(lan) == []
    mended = visit["data"] | {"note": "sửa rồi"}
    assert lan.statuses(lan.op("visit.record", mended)) == ["applied"]


def test_refusal_that_is_repeated_uses_no_quota(
    lan: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quota, "MAX_ROWS", 1)
    visit = lan.visit(world.duc, services=[])
    assert [lan.statuses(visit) for _ in range(3)] == [["rejected"]] * 3
    assert lan.statuses(lan.visit(world.duc, services=[])) == ["retry"], "the quota is used up"


def test_refused_operation_with_other_content_is_applied(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc, services=[])
    assert lan.statuses(visit) == ["rejected"]
    other = lan.visit(world.duc) | {"op_id": visit["op_id"]}
    assert lan.statuses(other) == ["applied"]


def _offer(session: Session, commune_id: str, code: str) -> None:
    model = session.exec(select(Service).where(Service.commune_id == commune_id)).first()
    assert model is not None
    service = Service(**(model.model_dump() | {"code": code, "outcomes": ["did_it"]}))
    feed(session, commune_id, [service])
    session.add(service)


def test_each_broken_rule_of_a_visits_content_has_its_code(lan: Phone, world: World) -> None:
    service = {"code": "vneid_install", "outcome": "did_it", "people": 1}
    cases: dict[str, dict[str, object]] = {
        "service_required": {"services": []},
        "services_not_allowed": {"result": "not_home"},
        "duplicate_service": {"services": [service, service]},
        "service_unknown": {"services": [service | {"code": "dowsing"}]},
        "outcome_not_allowed": {"services": [service | {"code": "vneid_level_2"}]},
        "follow_up_invalid": {"follow_up_on": "2031-01-01"},
        "text_refused": {"note": "a\u202eb"},
        "invalid": {"services": [service | {"people": 21}]},
    }
    content = lan.exchange(*(lan.visit(world.duc, **changes) for changes in cases.values()))
    assert [result["code"] for result in content["results"]] == list(cases)


def test_text_is_stored_composed_and_without_extra_blanks(lan: Phone, world: World) -> None:
    row = lan.exchange(lan.visit(world.duc, note="  Đa\u0303  ca\u0300i\u00a0xong "))["results"][0]["row"]
    assert row["note"] == "Đã cài xong"


def test_visit_of_another_hamlet_is_refused_without_a_hint_that_it_exists(lan: Phone, world: World) -> None:
    known, unknown = lan.exchange(lan.visit(world.anh), lan.visit(new_id()))["results"]
    assert known == unknown | {"op_id": known["op_id"]}
    assert known["status"] == "quarantined"


def test_operation_of_another_commune_is_refused(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc) | {"commune_id": world.neighbour_id}
    assert lan.exchange(op)["results"][0]["code"] == "commune_unknown"


def test_day_counted_follows_the_corrected_clock(lan: Phone, world: World, clock: FakeClock) -> None:
    """Lan's phone runs two days ahead: its visit counts on the day it happened."""
    ahead = lan.now.replace(day=26)
    op = lan.visit(world.duc) | {"at": "2026-11-26T09:00:00.000Z"}
    row = lan.exchange(op, sent_at=ahead.isoformat())["results"][0]["row"]
    assert (row["counted_on"], row["occurred_at"]) == ("2026-11-24", "2026-11-26T09:00:00.000Z")


def test_day_counted_is_vietnams_on_both_sides_of_midnight(lan: Phone, world: World) -> None:
    ops = [lan.visit(world.duc) | {"at": f"2026-11-23T{time}Z"} for time in ("16:59:59.000", "17:00:00.000")]
    days = [result["row"]["counted_on"] for result in lan.exchange(*ops)["results"]]
    assert days == ["2026-11-23", "2026-11-24"]


def test_day_counted_is_never_in_the_future_nor_older_than_sixty_days(lan: Phone, world: World) -> None:
    future = lan.visit(world.duc) | {"at": "2027-05-01T00:00:00.000Z"}
    past = lan.visit(world.duc) | {"at": "2019-01-01T00:00:00.000Z"}
    days = [result["row"]["counted_on"] for result in lan.exchange(future, past)["results"]]
    assert days == ["2026-11-24", "2026-09-25"]


def test_queue_of_another_device_is_refused(
    lan: Phone, browser: Callable[[], TestClient], world: World, clock: FakeClock
) -> None:
    second = sign_in(browser(), *LAN, clock())
    answer = second.send(lan.visit(world.duc), device_id=lan.device_id)
    assert (answer.status_code, answer.json()) == (401, {"proto": 1, "error": "other_device"})
    assert _visits(lan) == []


def test_signing_in_again_resumes_the_device(
    lan: Phone, browser: Callable[[], TestClient], world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    again = sign_in(browser(), *LAN, clock(), device_id=lan.device_id)
    assert again.device_id == lan.device_id
    assert again.exchange()["next_seq"] == 2


def test_same_operation_id_twice_in_one_request_with_other_content(lan: Phone, world: World) -> None:
    op = lan.visit(world.duc)
    forged = op | {"data": op["data"] | {"note": "khác"}}
    first, second = lan.exchange(op, forged)["results"]
    assert (first["status"], second["status"], second["code"]) == ("applied", "rejected", "op_reused")


def test_refusal_of_text_names_its_field(lan: Phone, world: World) -> None:
    for note in ("a\u202eb", "a\ud800b", "a\x00b"):
        result = lan.exchange(lan.visit(world.duc, note=note))["results"][0]
        assert (result["code"], result["fields"]) == ("text_refused", ["note"])


def test_same_operation_from_two_devices_at_once_is_a_duplicate_for_the_second(
    lan: Phone, other: Phone, world: World
) -> None:
    """A phone was set up from another one's copy: both have the same queue."""
    for _ in range(5):
        op = lan.visit(world.duc)
        with ThreadPoolExecutor(2) as both:
            answers = [both.submit(phone.exchange, op) for phone in (lan, other)]
        statuses = sorted(answer.result()["results"][0]["status"] for answer in answers)
        assert statuses == ["applied", "duplicate"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_same_operation_committed_by_another_device_between_two_reads_is_a_duplicate(
    lan: Phone, other: Phone, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = lan.visit(world.duc)
    find_entries, is_first = ledger.find_entries, iter([True])

    def find_then_commit(session: Session, commune_id: str, op_ids: list[str]) -> dict[str, Any]:
        found = find_entries(session, commune_id, op_ids)
        if next(is_first, False):
            assert lan.statuses(op) == ["applied"]
        return found

    monkeypatch.setattr(ledger, "find_entries", find_then_commit)
    assert other.statuses(op) == ["duplicate"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_same_refused_operation_from_two_devices_at_once_is_refused_on_both(
    lan: Phone, other: Phone, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = lan.op("visit.record", {"id": new_id()}, v=0)
    store, both_judged = ledger.store_refused, threading.Barrier(2, timeout=10)

    def store_together(*arguments: Any) -> None:
        both_judged.wait()
        store(*arguments)

    monkeypatch.setattr(ledger, "store_refused", store_together)
    with ThreadPoolExecutor(2) as both:
        answers = [both.submit(phone.statuses, op) for phone in (lan, other)]
    assert [answer.result() for answer in answers] == [["rejected"], ["rejected"]]
    (stored,) = database.read(lambda session: session.exec(select(RefusedOperation)).all())
    assert stored.failures == 2


def test_queue_of_a_member_who_changed_the_team_is_still_accepted(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    queued = lan.visit(world.duc)
    clock.forward(days=1)
    database.write(lambda session: _to_nams_team(session, world, clock()))
    clock.forward(days=80)
    lan.now = clock()
    result = lan.exchange(queued)["results"][0]
    assert (result["status"], "row" in result) == ("applied", False)


def _to_nams_team(session: Session, world: World, now: datetime) -> None:
    lan, nam = (session.get(Account, (world.commune_id, id)) for id in (world.lan, world.nam))
    assert lan is not None
    assert nam is not None
    team = session.get(Team, (world.commune_id, nam.team_id))
    assert team is not None
    people.join_team(session, lan, team, now)


def _visits(phone: Phone) -> list[dict[str, object]]:
    phone.state = {}
    visits: list[dict[str, object]] = phone.exchange()["changes"]["visit"]
    return visits
