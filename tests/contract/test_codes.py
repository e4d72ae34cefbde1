"""The phone's lists of codes are the server's: every code has its label on both sides, in the same words."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import pytest

from app.cli.account_lookup import ROLES as ROLES_OF_COMMANDS
from app.commune.accounts.access import FIELD_ROLES
from app.commune.accounts.models import Role
from app.commune.catalog import services
from app.core.strings import labels
from app.fieldwork.derived.flags.rules import RULES
from app.fieldwork.derived.needs.update import STILL_OPEN
from app.fieldwork.households.models import HOUSEHOLD_STATES
from app.fieldwork.visits import codes
from app.review.visit_list import flag_sentences
from app.sync.applying.operations import HANDLERS
from app.sync.wire.models import QuarantineReason
from app.sync.wire.protocol import OperationStatus
from app.web.desk.page import labels as desk
from app.web.desk.people.labels import ROLES
from app.web.desk.records.quarantine import labels as quarantine
from tests.cases import cases

ROOT = Path(__file__).parents[2]
FIELD = ROOT / "static" / "field"
# On the phone a household that is active has no label: its page offers *Đưa lại vào danh sách*.
INACTIVE = {code: text for code, text in quarantine.HOUSEHOLD_STATES.items() if code != "active"}
LABELS = [
    ("RESULTS", desk.RESULTS),
    ("OUTCOMES", desk.OUTCOMES),
    ("PILLARS", desk.PILLARS),
    ("REASONS", desk.REASONS),
    ("HOUSEHOLD_STATES", INACTIVE),
]
SETS: list[tuple[str, str, Sequence[str]]] = [
    ("pages/visits/visitEntry", "WITHOUT_SERVICES", codes.WITHOUT_SERVICES),
    ("pages/visits/visitEntry", "WITHOUT_FOLLOW_UP", codes.WITHOUT_FOLLOW_UP),
    ("pages/visits/visitEntry", "WITHOUT_NEEDS", codes.WITHOUT_NEEDS),
    ("store/view/counted", "GUIDED", services.GUIDED),
    ("store/view/needs", "STILL_OPEN", STILL_OPEN),
    ("sync/answer", "STATUSES", get_args(OperationStatus)),
]
_VALUE = re.compile(r'name="(result|state|outcome|reason|role|kind)" value="([a-z_]+)"')


@cases("name, expected", LABELS)
def test_the_phone_has_the_desks_label_for_each_code(name: str, expected: dict[str, str]) -> None:
    assert list(phone_labels(name).items()) == list(expected.items())


@cases("module, name, expected", SETS)
def test_what_the_phone_decides_by_a_code_is_what_the_server_decides(
    module: str, name: str, expected: Sequence[str]
) -> None:
    assert set(phone_set(module, name)) == set(expected)


def test_desk_commands_and_sentences_have_each_code_and_no_other() -> None:
    assert list(desk.RESULTS) == list(codes.RESULTS)
    assert list(desk.REASONS) == list(codes.RETURN_REASONS)
    assert list(desk.FIELDS) == list(codes.RETURN_FIELDS)
    assert list(desk.STATES) == [*codes.REVIEW_STATES, "withdrawn"]
    assert list(desk.OUTCOMES) == list(services.OUTCOMES)
    assert list(ROLES) == list(FIELD_ROLES)
    assert list(ROLES_OF_COMMANDS) == list(get_args(Role))
    assert list(quarantine.HOUSEHOLD_STATES) == list(HOUSEHOLD_STATES)
    assert list(flag_sentences.NAMES) == list(RULES)
    assert ["waiting", *quarantine.REASONS] == list(get_args(QuarantineReason))
    assert list(quarantine.OPERATIONS) == list(HANDLERS)


@cases("texts", [{"helped": "Đã hỗ trợ"}, {"helped": "a", "refused": "b", "gone": "c"}])
def test_a_code_without_a_label_and_a_label_without_a_code_start_nothing(texts: dict[str, str]) -> None:
    with pytest.raises(
        ValueError, match=r"^codes without a label, or labels without a code: (refused|gone)$"
    ):
        labels(("helped", "refused"), texts)


def test_labels_are_in_the_order_of_the_codes() -> None:
    assert list(labels(("a", "b"), {"b": "2", "a": "1"})) == ["a", "b"]


def test_a_value_that_a_template_sends_is_a_code() -> None:
    """`accepted_flagged`: *Duyệt … lượt cần xem*, a button and not a state."""
    known = {*codes.RESULTS, *codes.REVIEW_STATES, *HOUSEHOLD_STATES, "accepted_flagged"}
    sent = [
        (file.name, value)
        for file in sorted((ROOT / "templates").rglob("*.html"))
        for _name, value in _VALUE.findall(file.read_text("utf-8"))
    ]
    assert len(sent) >= 9
    assert [(file, value) for file, value in sent if value not in known] == []


def phone_labels(name: str) -> dict[str, str]:
    """A list of labels in `pages/labels`: the text of each code."""
    found = re.findall(r'^  (\w+): _\("([^"]*)"\),$', _body("pages/labels", name, r"\{\n(.*?)\n\}"), re.M)
    assert found, name
    return dict(found)


def phone_set(module: str, name: str) -> list[str]:
    """The codes of `const NAME = new Set([…])`."""
    found: list[str] = json.loads(_body(module, name, r"new Set(?:<[^=]*>)?\((\[.*?\])\)"))
    return found


def _body(module: str, name: str, pattern: str) -> str:
    """What `pattern` finds in the declaration of `name`, in JavaScript or in TypeScript."""
    files = [FIELD / f"{module}{suffix}" for suffix in (".js", ".ts")]
    [file] = [file for file in files if file.is_file()]
    [found] = re.findall(
        rf"^(?:export )?const {name}\b[^=]*= {pattern}", file.read_text("utf-8"), re.M | re.S
    )
    return str(found)
