"""*Trả lời cán bộ*: what the author of a visit answers is stored, whatever was decided meanwhile."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.answers import MAX_ANSWERS
from app.fieldwork.visits.models import Visit
from app.review.decisions.verdicts import Verdict
from app.sync.wire.models import QuarantinedOperation
from tests.conftest import FakeClock
from tests.phone import Phone, sign_in
from tests.reports.test_closing import FIRST, Close, close, forward
from tests.review.decisions.test_seen_return import RETURNED, decide, one_visit
from tests.web.desk.desk_client import words
from tests.world import LAN, World

__all__ = ["close"]
WORDS = "Em hỏi lại rồi: nhà số 46"


@pytest.fixture
def returned(lan: Phone, world: World, database: Database, clock: FakeClock) -> tuple[dict[str, Any], str]:
    """Lan's visit, sent and returned, and when."""
    operation = lan.visit(world.duc)
    lan.exchange(operation)
    clock.forward(minutes=1)
    at = decide(database, world, RETURNED, clock)
    lan.now = clock()
    return operation, at


def texts(database: Database) -> list[str]:
    return [one["text"] for one in one_visit(database).answers or ()]


def test_answer_is_beside_the_visit_and_goes_to_its_author_alone(
    lan: Phone, nam: Phone, desk: TestClient, database: Database, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    answer = lan.exchange(lan.amend(visit, seen_return=at, answer=f"{WORDS}, 001099012345"))
    (row,) = answer["changes"]["visit"] or [answer["results"][0]["row"]]
    stored = f"{WORDS}, ••••••••••••"
    assert [one["text"] for one in row["answers"]] == [stored]
    assert (row["review"]["state"], row["note"]) == ("received", "Đã cài xong")
    (entry,) = one_visit(database).answers or []
    assert (entry["seen_return"], entry["text"]) == (at, stored)
    panel = desk.get(f"/desk/visits/{visit['data']['id']}").text
    assert "Người ghi trả lời" in panel
    assert panel.count(f"“{stored}”") == 2, "beside the verdict, and in the history"
    assert "answers" not in str(nam.exchange()["changes"]["visit"])


def test_answer_that_raced_another_decision_is_stored_and_the_decision_stands(
    lan: Phone, world: World, database: Database, clock: FakeClock, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    again = Verdict("returned", "other", "", "Gọi cho tôi")
    decide(database, world, again, clock)
    lan.exchange(lan.amend(visit, seen_return=at, answer=WORDS))
    assert (one_visit(database).review_state, one_visit(database).review_note) == ("returned", "Gọi cho tôi")
    assert texts(database) == [WORDS]


@pytest.mark.parametrize("meanwhile", ["withdrawn", "period_closed"])
def test_answer_is_stored_although_the_amendment_is_refused(
    lan: Phone,
    world: World,
    database: Database,
    clock: FakeClock,
    close: Close,
    returned: tuple[dict[str, Any], str],
    meanwhile: str,
) -> None:
    visit, at = returned
    if meanwhile == "withdrawn":
        lan.exchange(lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    else:
        decide(database, world, Verdict("accepted"), clock)
        forward(lan, clock)
        close(FIRST)
    amendment = lan.amend(visit, seen_return=at, answer=WORDS)
    (result,) = lan.exchange(amendment)["results"]
    assert (result["status"], result["code"]) == ("rejected", meanwhile)
    assert texts(database) == [WORDS]
    assert one_visit(database).version == 1


def test_same_words_to_the_same_return_are_one_answer_and_to_the_next_another(
    lan: Phone, world: World, database: Database, clock: FakeClock, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    lan.exchange(lan.amend(visit, seen_return=at, answer=WORDS))
    lan.exchange(lan.amend(visit, 2, seen_return=at, answer=WORDS))
    assert texts(database) == [WORDS]
    later = decide(database, world, RETURNED, clock, version=3)
    lan.now = clock()
    lan.exchange(lan.amend(visit, 3, seen_return=later, answer=WORDS))
    assert texts(database) == [WORDS, WORDS]


def test_answer_reaches_the_phone_that_replaces_hers(
    lan: Phone,
    client: TestClient,
    world: World,
    database: Database,
    clock: FakeClock,
    returned: tuple[dict[str, Any], str],
) -> None:
    visit, at = returned
    lan.exchange(lan.amend(visit, seen_return=at, answer=WORDS))
    new = sign_in(client, *LAN, clock())
    (row,) = [one for one in new.exchange()["changes"]["visit"] if one["id"] == visit["data"]["id"]]
    assert [one["text"] for one in row["answers"]] == [WORDS]


def test_answers_are_bounded_and_the_one_too_many_is_refused_and_named(
    lan: Phone, database: Database, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    many = [lan.amend(visit, n + 1, seen_return=at, answer=f"Lần {n}") for n in range(MAX_ANSWERS)]
    assert set(lan.statuses(*many)) == {"applied"}
    (result,) = lan.exchange(lan.amend(visit, 1, seen_return=at, answer="Nữa"))["results"]
    assert (result["status"], result["code"], result["fields"]) == (
        "rejected",
        "too_many_answers",
        ["answer"],
    )
    assert len(texts(database)) == MAX_ANSWERS
    (result,) = lan.exchange(lan.amend(visit, 1, answer="x" * 501))["results"]
    assert (result["status"], result["fields"]) == ("rejected", ["answer"])


def test_answer_that_waits_is_shown_and_is_stored_with_the_decision(
    lan: Phone, desk: TestClient, world: World, database: Database, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    assert desk.post(f"/desk/people/{world.lan}/end").status_code == 303
    lan.exchange(lan.amend(visit, seen_return=at, answer=WORDS))
    assert texts(database) == []
    (waiting,) = database.read(lambda session: session.exec(select(QuarantinedOperation)).all())
    item = f"/desk/quarantine/{waiting.op_id}/{waiting.payload_hash}"
    assert WORDS in desk.get(item).text
    assert desk.post(f"{item}/accept").status_code == 303
    assert texts(database) == [WORDS]
    assert f"Người ghi trả lời {WORDS}" in words(desk.get(f"/desk/households/{world.duc}/data-sheet").text)


def test_answer_of_somebody_else_is_no_answer(
    lan: Phone, nam: Phone, database: Database, world: World, returned: tuple[dict[str, Any], str]
) -> None:
    visit, at = returned
    nam.exchange(nam.amend(visit, seen_return=at, answer=WORDS))
    assert database.read(lambda session: session.exec(select(Visit)).one()).answers is None
