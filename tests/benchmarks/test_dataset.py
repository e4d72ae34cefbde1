"""Invented visits are as phones make them: their ids, and what people record in a day."""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import col, select

from app.core.clock import local_date, utc_now
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.fieldwork.derived.flags.models import VisitFlag
from benchmarks import databases, dataset
from benchmarks.push import Phones, push_all

# As in `tests/field/core/uuid7.test.js`.
PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SERVICES = [{"code": f"service_{n}", "first": ["did_it"]} for n in range(8)]
HOUSEHOLDS = [f"h{n}" for n in range(200)]


def milliseconds(id: str) -> int:
    return int(id.replace("-", "")[:12], 16)


def recorded(operation: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(operation["at"])


def test_ids_are_uuid7_of_their_time() -> None:
    dice, at = random.Random(1), datetime(2026, 11, 24, 9, tzinfo=UTC)
    ids = {dataset.new_id(dice, at) for _ in range(1_000)}
    assert len(ids) == 1_000
    assert [id for id in ids if not PATTERN.fullmatch(id)] == []
    assert {milliseconds(id) for id in ids} == {int(at.timestamp() * 1000)}


def test_a_visit_and_its_operation_have_ids_of_the_time_of_recording() -> None:
    [operation] = dataset.recorded_visits(random.Random(1), "c1", range(1, 2), HOUSEHOLDS, SERVICES)
    for id in (operation["op_id"], operation["data"]["id"]):
        assert abs(milliseconds(id) - recorded(operation).timestamp() * 1000) <= 1


def test_a_phone_records_sixteen_visits_a_day_and_none_twice_at_a_household() -> None:
    visits = dataset.recorded_visits(random.Random(1), "c1", range(1, 929), HOUSEHOLDS, SERVICES)
    days = Counter(local_date(recorded(visit)) for visit in visits)
    assert set(days.values()) == {dataset.PER_DAY}
    assert len(days) == dataset.SENT_DAYS
    assert len({(local_date(recorded(one)), one["data"]["household_id"]) for one in visits}) == len(visits)
    assert [recorded(one) for one in visits] == sorted(recorded(one) for one in visits)
    assert utc_now() - timedelta(days=60) < recorded(visits[0])
    assert recorded(visits[-1]) < utc_now()


def test_a_plausible_day_has_no_flags_and_each_visit_of_a_long_one_has() -> None:
    assert flagged(dataset.PER_DAY, visits=160) == 0
    assert flagged(dataset.LONG_DAY, visits=160) == 160


def flagged(per_day: int, visits: int) -> int:
    """How many visits of two phones of a team have a flag, when each has sent half of these."""
    with databases.store("sqlite") as store:
        database = Database(store.url)
        phones = Phones(database)
        for _ in range(visits // 40):
            for member in phones.members[:2]:
                push_all(database, member, phones.operations(member, per_day))
        evaluate_all(database)
        flags = select(VisitFlag.visit_id).where(col(VisitFlag.notice).is_(False))
        found = database.read(lambda session: set(session.exec(flags)))
        database.close()
        return len(found)
