"""Bad payloads, thousands at length: each is answered with a code, none with 500, none with what was sent."""

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.clock import wire_time
from app.sync.wire.protocol import MAX_OPERATIONS
from tests.phone import Phone, new_id
from tests.rounds import LONG
from tests.world import World

pytestmark = pytest.mark.slow

MARK = "bí-mật-của-hộ"

_numbers = st.one_of(
    st.integers(),
    st.floats(),
    st.just(10**400),
    st.just(-1),
    st.just(2**63),
    st.just(True),
    st.just(float("inf")),
)
_texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "\x00", "\ud800", "a\u202eb", MARK, MARK * 200, "9" * 600, "../../x", "' OR 1=1 --"]
    ),
)
_leaves = st.one_of(st.none(), st.booleans(), _numbers, _texts)
_json = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_texts, inner, max_size=4),
    max_leaves=12,
)
_deep = st.integers(min_value=150, max_value=3000).map(lambda depth: "[" * depth + "]" * depth)

_data_keys = ["id", "household_id", "result", "services", "note", "follow_up_on", "base_version", "head_name",
              "hamlet_id", "house_no", "alley", "phone", "consent", "state", "extra"]  # fmt: skip
_types = ["visit.record", "visit.amend", "visit.withdraw", "household.add", "household.amend", "nonsense"]


@st.composite
def _spoiled_operation(draw: st.DrawFn) -> dict[str, Any]:
    """A good operation with a few of its parts replaced."""
    operation: dict[str, Any] = {
        "op_id": new_id(),
        "seq": 1,
        "type": draw(st.sampled_from(_types)),
        "v": 1,
        "commune_id": "c06391",
        "at": "2026-11-24T08:02:00.000Z",
        "data": {
            "id": new_id(),
            "household_id": "HOME",
            "result": "helped",
            "services": [],
            "base_version": 1,
        },
    }
    for key in draw(st.lists(st.sampled_from([*operation, "extra"]), max_size=2)):
        operation[key] = draw(_json)
    if isinstance(operation.get("data"), dict):
        for key in draw(st.lists(st.sampled_from(_data_keys), max_size=4)):
            operation["data"][key] = draw(_json)
    return operation


_requests = st.fixed_dictionaries(
    {"ops": st.one_of(_json, st.lists(_spoiled_operation(), max_size=3))},
    optional={key: _json for key in ("proto", "build", "sent_at", "epoch", "scope", "cursor", "queue")},
)


@settings(
    max_examples=2000 if LONG else 400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)
@given(spoiled=_requests)
def test_spoiled_requests(lan: Phone, world: World, spoiled: dict[str, Any]) -> None:
    good = {"proto": 1, "device_id": lan.device_id, "sent_at": wire_time(lan.now)}
    body = json.dumps(good | spoiled).replace("HOME", world.duc)
    _post(lan, body.encode("utf-8", "surrogatepass"))


def test_bodies_that_are_not_requests(lan: Phone) -> None:
    for body in (
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"proto": 1}',
        b"[" * 100_000,
        b"NaN",
        b'"\\ud800"',
    ):
        assert _post(lan, body) == 422


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deep=_deep)
def test_deep_nesting(lan: Phone, deep: str) -> None:
    operation = f'{{"op_id":"{new_id()}","seq":1,"type":"visit.record","v":1,"data":{{"x":{deep}}}}}'
    head = f'"proto":1,"device_id":"{lan.device_id}","sent_at":"{wire_time(lan.now)}"'
    _post(lan, f'{{{head},"ops":[{operation}]}}'.encode())


def test_gzip_that_is_none_and_gzip_that_grows_without_end(lan: Phone) -> None:
    headers = {"Content-Encoding": "gzip"}
    bomb = gzip.compress(b" " * 50_000_000)
    for body, status in ((b"no gzip", 422), (gzip.compress(b"{}")[:-4], 422), (bomb, 413)):
        assert lan.client.post("/api/v1/sync", content=body, headers=headers).status_code == status


def test_too_many_operations_and_too_large_bodies(lan: Phone, world: World) -> None:
    many = [lan.visit(world.duc) for _ in range(MAX_OPERATIONS + 1)]
    assert lan.send(*many).status_code == 413
    assert lan.client.post("/api/v1/sync", content=b" " * (512 * 1024 + 1)).status_code == 413
    large = lan.visit(world.duc, note="a" * 20_000)
    assert lan.exchange(large)["results"][0]["code"] == "too_large"


def test_visit_and_household_with_one_id_are_not_confused(lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    at_a_visit, no_visit = lan.visit(visit["data"]["id"]), lan.op("visit.withdraw", {"id": world.duc})
    for op in (at_a_visit, no_visit):
        (result,) = lan.exchange(op)["results"]
        assert (result["status"], result["code"]) == ("quarantined", "waiting")


def test_numbers_that_are_none_are_refused_together(lan: Phone, world: World) -> None:
    """Refusals are written in one statement, so each must have a `seq` that the database accepts."""
    spoiled = [lan.visit(world.duc, services=[]) | {"seq": seq} for seq in (True, 1.5, "2", None, 3)]
    results = lan.exchange(*spoiled)["results"]
    assert {result["status"] for result in results} == {"rejected"}


def _post(phone: Phone, body: bytes) -> int:
    answer = phone.client.post("/api/v1/sync", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (200, 413, 422), (answer.status_code, body)
    assert answer.json()["proto"] == 1
    said = {name: answer.json().get(name) for name in ("error", "fields")}
    refusals = [result for result in answer.json().get("results", []) if result["status"] == "rejected"]
    assert MARK not in json.dumps([said, refusals], ensure_ascii=False)
    return answer.status_code
