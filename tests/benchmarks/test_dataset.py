"""Invented visits have the ids that phones make."""

import random
import re
from datetime import UTC, datetime

from benchmarks import dataset

# As in `tests/field/core/uuid7.test.js`.
PATTERN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
SERVICE = {"code": "vneid_install", "first": ["did_it"]}


def milliseconds(id: str) -> int:
    return int(id.replace("-", "")[:12], 16)


def test_ids_are_uuid7_of_their_time() -> None:
    dice, at = random.Random(1), datetime(2026, 11, 24, 9, tzinfo=UTC)
    ids = {dataset.new_id(dice, at) for _ in range(1_000)}
    assert len(ids) == 1_000
    assert [id for id in ids if not PATTERN.fullmatch(id)] == []
    assert {milliseconds(id) for id in ids} == {int(at.timestamp() * 1000)}


def test_a_visit_and_its_operation_have_ids_of_the_time_of_recording() -> None:
    operation = dataset.recorded_visit(random.Random(1), "c1", 1, "h1", [SERVICE])
    recorded = datetime.fromisoformat(operation["at"]).timestamp() * 1000
    for id in (operation["op_id"], operation["data"]["id"]):
        assert abs(milliseconds(id) - recorded) <= 1
